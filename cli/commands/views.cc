// The pyramid, and the scoring behind it.
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "cli/commands/command.h"
#include "cli/commands/slice.h"
#include "cli/render/charts.h"
#include "cli/render/progress.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/customer/v1/target_market_service.grpc.pb.h"
#include "clientele/value/v1/score_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

struct PyramidArguments {
  Slice slice;
  std::string as_of;
};

absl::Status Pyramid(const PyramidArguments& arguments, Session& session) {
  value::v1::QueryPyramidRequest request;
  if (absl::Status set = SetSlice(session.gateway, arguments.slice, &request); !set.ok()) return set;
  if (!arguments.as_of.empty()) {
    auto as_of = ParseTime("--as-of", arguments.as_of, OfDay::kEnd);
    if (!as_of.ok()) return as_of.status();
    *request.mutable_as_of_time() = *std::move(as_of);
  }
  using Service = value::v1::ScoreService;
  const auto pyramid = session.gateway.Call<Service>(&Service::Stub::QueryPyramid, request);
  if (!pyramid.ok()) return pyramid.status();
  if (session.json) {
    session.PrintJson(*pyramid);
  } else {
    std::cout << DrawPyramid(*pyramid, session.out);
  }
  return absl::OkStatus();
}

absl::Status Markets(const PyramidArguments& arguments, Session& session) {
  using Service = value::v1::ScoreService;
  value::v1::QueryTargetMarketValuesRequest request;
  const auto names = FindSlice(session.gateway, arguments.slice);
  if (!names.ok()) return names.status();
  request.set_team(names->team);
  request.set_owner(names->owner);
  request.set_industry(arguments.slice.industry);
  if (!arguments.as_of.empty()) {
    auto as_of = ParseTime("--as-of", arguments.as_of, OfDay::kEnd);
    if (!as_of.ok()) return as_of.status();
    *request.mutable_as_of_time() = *std::move(as_of);
  }
  const auto values = session.gateway.Call<Service>(&Service::Stub::QueryTargetMarketValues, request);
  if (!values.ok()) return values.status();
  if (session.json) {
    session.PrintJson(*values);
    return absl::OkStatus();
  }
  using Markets = customer::v1::TargetMarketService;
  const auto markets = session.gateway.Call<Markets>(&Markets::Stub::ListTargetMarkets, {});
  if (!markets.ok()) return markets.status();
  std::map<std::string, std::string> called;
  for (const auto& market : markets->target_markets()) called[market.name()] = market.display_name();
  Table table({{"target market", false, 40},
               {"customers", true},
               {"active", true},
               {"revenue", true},
               {"profit", true},
               {"value at risk", true},
               {"name"}});
  for (const auto& row : values->rows()) {
    table.Add({Printable(called[row.target_market()]), FormatCount(row.customer_count()),
               FormatCount(row.active_customer_count()), FormatMoneyShort(row.revenue()),
               FormatMoneyShort(row.profit()), FormatMoneyShort(row.value_at_risk()), row.target_market()});
  }
  std::cout << (table.empty() ? "  No customer is in a target market.\n" : table.Draw(session.out));
  return absl::OkStatus();
}

absl::Status Rescore(Session& session) {
  grpc::ClientContext context;
  if (absl::Status prepared = session.gateway.Prepare(&context, absl::Hours(1)); !prepared.ok())
    return prepared;
  auto stub = value::v1::ScoreService::NewStub(session.gateway.channel());
  auto stream = stub->RescoreCustomers(&context, {});
  value::v1::RescoreCustomersResponse step;
  {
    Progress progress("Scoring", session.err);
    while (stream->Read(&step)) {
      progress.Update(step.scored_count(), step.customer_count(),
                      StrCat(FormatCount(step.scored_count()), " customers"));
    }
  }
  if (const grpc::Status status = stream->Finish(); !status.ok()) return Gateway::ToStatus(status);
  if (session.json) {
    session.PrintJson(step);
  } else {
    std::cout << "  " << FormatCount(step.scored_count()) << " customers scored.\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddPyramid(CLI::App& app, Command* chosen) {
  auto arguments = std::make_shared<PyramidArguments>();
  CLI::App* command = app.add_subcommand("pyramid", "What customers are worth, in tiers");
  AddSliceOptions(command, &arguments->slice);
  command->add_option("--as-of", arguments->as_of, "As the last run up to this day or time found it");
  command->callback(
      [=] { *chosen = [arguments](Session& session) { return Pyramid(*arguments, session); }; });
}

void AddMarkets(CLI::App& app, Command* chosen) {
  auto arguments = std::make_shared<PyramidArguments>();
  CLI::App* command = app.add_subcommand("markets", "What the members of each target market are worth");
  AddSliceOptions(command, &arguments->slice);
  command->remove_option(command->get_option("--target-market"));
  command->add_option("--as-of", arguments->as_of, "As the last run up to this day or time found it");
  command->callback(
      [=] { *chosen = [arguments](Session& session) { return Markets(*arguments, session); }; });
}

void AddRescore(CLI::App& app, Command* chosen) {
  CLI::App* command =
      app.add_subcommand("rescore", "Freeze a new reference and score every customer against it");
  command->callback([=] { *chosen = Rescore; });
}

}  // namespace clientele::cli
