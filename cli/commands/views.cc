// The pyramid, and the scoring behind it.
#include <iostream>
#include <memory>

#include "cli/commands/command.h"
#include "cli/commands/slice.h"
#include "cli/render/charts.h"
#include "cli/render/progress.h"
#include "cli/render/text.h"
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

void AddRescore(CLI::App& app, Command* chosen) {
  CLI::App* command =
      app.add_subcommand("rescore", "Freeze a new reference and score every customer against it");
  command->callback([=] { *chosen = Rescore; });
}

}  // namespace clientele::cli
