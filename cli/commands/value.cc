// How value changes: who moves between tiers, why a score is another one, and by which models customers are
// scored.
#include <iostream>
#include <memory>
#include <vector>

#include "cli/commands/command.h"
#include "cli/commands/find.h"
#include "cli/commands/slice.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/value/v1/migration_service.grpc.pb.h"
#include "clientele/value/v1/score_history_service.grpc.pb.h"
#include "clientele/value/v1/score_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

namespace v1 = value::v1;
using servicekit::StrCat;

std::string TierName(v1::Tier tier, const char* none) {
  return tier == v1::TIER_UNSPECIFIED ? none : Humanize(v1::Tier_Name(tier));
}

struct MigrationArguments {
  Slice slice;
  std::string from, to;
};

void DrawMigration(const v1::QueryMigrationResponse& migration, const Terminal& terminal) {
  std::vector<Table::Column> columns = {{"before"}, {"customers", true}};
  for (const auto& cell : migration.rows(0).cells()) columns.push_back({TierName(cell.to_tier(), ""), true});
  columns.push_back({"revenue before", true});
  Table table(columns);
  for (const auto& row : migration.rows()) {
    std::vector<std::string> cells = {TierName(row.from_tier(), "New"), FormatCount(row.customer_count())};
    for (const auto& cell : row.cells()) {
      cells.push_back(cell.customer_count() == 0
                          ? ""
                          : StrCat(FormatCount(cell.customer_count()), " (",
                                   FormatPercent(static_cast<double>(cell.share_micros()) / 1e6), ")"));
    }
    cells.push_back(row.from_tier() == v1::TIER_UNSPECIFIED ? "" : FormatMoneyShort(row.from_revenue()));
    table.Add(cells);
  }
  std::cout << "  From " << FormatTime(migration.from().as_of_time()) << " to "
            << FormatTime(migration.to().as_of_time()) << "\n\n"
            << table.Draw(terminal) << "\n";
  Table expected({{"tier"}, {"mean profit", true}, {"expected over the periods", true}});
  for (const auto& tier : migration.expectations()) {
    expected.Add({TierName(tier.tier(), ""), FormatMoneyShort(tier.mean_profit()),
                  FormatMoneyShort(tier.expected_value())});
  }
  std::cout << expected.Draw(terminal);
}

absl::Status Migration(const MigrationArguments& arguments, Session& session) {
  v1::QueryMigrationRequest request;
  v1::MigrationSpan& span = *request.mutable_span();
  if (absl::Status set = SetSlice(session.gateway, arguments.slice, &span); !set.ok()) return set;
  auto from = ParseTime("--from", arguments.from, OfDay::kEnd);
  if (!from.ok()) return from.status();
  *span.mutable_from_time() = *std::move(from);
  if (!arguments.to.empty()) {
    auto to = ParseTime("--to", arguments.to, OfDay::kEnd);
    if (!to.ok()) return to.status();
    *span.mutable_to_time() = *std::move(to);
  }
  const auto migration =
      session.gateway.Call<v1::MigrationService>(&v1::MigrationService::Stub::QueryMigration, request);
  if (!migration.ok()) return migration.status();
  if (session.json) {
    session.PrintJson(*migration);
  } else {
    DrawMigration(*migration, session.out);
  }
  return absl::OkStatus();
}

std::string Weights(const v1::ScoringModel& model) {
  std::string text;
  for (const auto& weight : model.weights()) {
    text += StrCat(text.empty() ? "" : " / ", FormatMicros(weight.weight_micros() * 100, 0));
  }
  return text;
}

absl::Status Models(Session& session) {
  v1::ListScoringModelsRequest request;
  Table table({{"model"},
               {"version", true},
               {"state"},
               {"name", false, 30},
               {"weights"},
               {"as of"},
               {"reference", true}});
  do {
    const auto page =
        session.gateway.Call<v1::ScoreService>(&v1::ScoreService::Stub::ListScoringModels, request);
    if (!page.ok()) return page.status();
    for (const v1::ScoringModel& model : page->scoring_models()) {
      if (session.json) session.PrintJson(model, true);
      table.Add({model.name(), FormatCount(model.version()),
                 Humanize(v1::ScoringModel::State_Name(model.state())), model.display_name(), Weights(model),
                 model.has_as_of_time() ? FormatTime(model.as_of_time()) : "",
                 FormatCount(model.reference_size())});
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (session.json) return absl::OkStatus();
  if (table.empty()) {
    std::cout << "  No model yet. `clientele rescore` publishes the first.\n";
  } else {
    std::cout << table.Draw(session.out)
              << "\n  Weights: sales contribution / sales expectation / credit / profit contribution / "
                 "demonstration effect, in %.\n";
  }
  return absl::OkStatus();
}

struct DiffArguments {
  std::string customer, from, to;
};

std::string Points(int64_t micros) { return StrCat(micros > 0 ? "+" : "", FormatMicros(micros, 2)); }

void DrawDifference(const v1::CompareScoresResponse& compared, const Terminal& terminal) {
  Table table({{"factor"}, {"behaviour", true}, {"weights", true}, {"cut-offs", true}, {"in all", true}});
  for (const auto& factor : compared.factors()) {
    table.Add({Humanize(v1::Factor_Name(factor.factor())), Points(factor.behaviour_micros()),
               Points(factor.weights_micros()), Points(factor.cutoffs_micros()),
               Points(factor.difference_micros())});
  }
  table.SetTotal({"Score", Points(compared.behaviour_micros()), Points(compared.weights_micros()),
                  Points(compared.cutoffs_micros()), Points(compared.difference_micros())});
  std::cout << "  " << FormatMicros(compared.from().score_micros(), 2) << " ("
            << TierName(compared.from().tier(), "no tier") << ") as of "
            << FormatTime(compared.from().as_of_time()) << ", "
            << FormatMicros(compared.to().score_micros(), 2) << " ("
            << TierName(compared.to().tier(), "no tier") << ") as of "
            << FormatTime(compared.to().as_of_time()) << "\n\n"
            << table.Draw(terminal);
}

absl::Status Difference(const DiffArguments& arguments, Session& session) {
  const auto customer = FindCustomer(session.gateway, arguments.customer);
  if (!customer.ok()) return customer.status();
  v1::CompareScoresRequest request;
  request.set_name(StrCat(customer->name(), "/score"));
  auto from = ParseTime("--from", arguments.from, OfDay::kEnd);
  if (!from.ok()) return from.status();
  *request.mutable_from_time() = *std::move(from);
  if (!arguments.to.empty()) {
    auto to = ParseTime("--to", arguments.to, OfDay::kEnd);
    if (!to.ok()) return to.status();
    *request.mutable_to_time() = *std::move(to);
  }
  const auto compared =
      session.gateway.Call<v1::ScoreHistoryService>(&v1::ScoreHistoryService::Stub::CompareScores, request);
  if (!compared.ok()) return compared.status();
  if (session.json) {
    session.PrintJson(*compared);
  } else {
    DrawDifference(*compared, session.out);
  }
  return absl::OkStatus();
}

}  // namespace

void AddMigration(CLI::App& app, Command* chosen) {
  auto arguments = std::make_shared<MigrationArguments>();
  CLI::App* command = app.add_subcommand("migration", "Who moved between the tiers from one day to another");
  AddSliceOptions(command, &arguments->slice);
  command->add_option("--from", arguments->from, "The earlier day or time")->required();
  command->add_option("--to", arguments->to, "The later one; what is in force when it is left out");
  command->callback(
      [=] { *chosen = [arguments](Session& session) { return Migration(*arguments, session); }; });
}

void AddModels(CLI::App& app, Command* chosen) {
  CLI::App* command =
      app.add_subcommand("models", "The scoring models: drafts, the one in force, retired ones");
  command->callback([=] { *chosen = Models; });
}

void AddScore(CLI::App& app, Command* chosen) {
  CLI::App* score = app.add_subcommand("score", "What one customer is worth");
  score->require_subcommand(1);
  auto arguments = std::make_shared<DiffArguments>();
  CLI::App* diff = score->add_subcommand(
      "diff", "Why a score differs between two days: behaviour, weights and cut-offs, adding up exactly");
  diff->add_option("customer", arguments->customer, "A name, system:id or customers/…")->required();
  diff->add_option("--from", arguments->from, "The earlier day or time")->required();
  diff->add_option("--to", arguments->to, "The later one; now when it is left out");
  diff->callback(
      [=] { *chosen = [arguments](Session& session) { return Difference(*arguments, session); }; });
}

}  // namespace clientele::cli
