// How value changes: who moves between tiers, and why a score is what it is, and another one than before.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands/command.h"
#include "cli/commands/draw_migration.h"
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
  std::string from, to, from_run, to_run;
};

}  // namespace

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

namespace {

absl::Status Migration(const MigrationArguments& arguments, Session& session) {
  v1::QueryMigrationRequest request;
  v1::MigrationSpan& span = *request.mutable_span();
  if (absl::Status set = SetSlice(session.gateway, arguments.slice, &span); !set.ok()) return set;
  span.set_from_run(arguments.from_run);
  span.set_to_run(arguments.to_run);
  if (!arguments.from.empty()) {
    auto from = ParseTime("--from", arguments.from, OfDay::kEnd);
    if (!from.ok()) return from.status();
    *span.mutable_from_time() = *std::move(from);
  }
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

std::string Points(int64_t micros) { return StrCat(micros > 0 ? "+" : "", FormatMicros(micros, 2)); }

struct ShowArguments {
  std::string customer, as_of;
};

void DrawScore(const v1::Score& score, const Terminal& terminal) {
  Table table({{"factor"}, {"score", true}, {"weight", true}, {"contribution", true}, {"from", false, 110}});
  for (const v1::FactorScore& factor : score.factors()) {
    table.Add({Humanize(v1::Factor_Name(factor.factor())), FormatMicros(factor.score_micros(), 2),
               FormatPercent(static_cast<double>(factor.weight_micros()) / 1e6),
               Points(factor.contribution_micros()), factor.explanation()});
  }
  table.SetTotal({StrCat("Score, from ", FormatMicros(score.baseline_micros(), 0)), "", "",
                  FormatMicros(score.score_micros(), 2)});
  std::cout << "  " << TierName(score.tier(), "no tier");
  if (score.pending_tier() != v1::TIER_UNSPECIFIED) {
    std::cout << ", " << TierName(score.pending_tier(), "") << " if confirmed";
  }
  std::cout << ", as of " << FormatTime(score.as_of_time()) << ": revenue "
            << FormatMoneyShort(score.revenue()) << ", profit " << FormatMoneyShort(score.profit())
            << ", value at risk " << FormatMoneyShort(score.value_at_risk()) << "\n\n"
            << table.Draw(terminal);
}

absl::Status Show(const ShowArguments& arguments, Session& session) {
  const auto customer = FindCustomer(session.gateway, arguments.customer);
  if (!customer.ok()) return customer.status();
  v1::GetScoreRequest request;
  request.set_name(StrCat(customer->name(), "/score"));
  if (!arguments.as_of.empty()) {
    auto as_of = ParseTime("--as-of", arguments.as_of, OfDay::kEnd);
    if (!as_of.ok()) return as_of.status();
    *request.mutable_as_of_time() = *std::move(as_of);
  }
  const auto score = session.gateway.Call<v1::ScoreService>(&v1::ScoreService::Stub::GetScore, request);
  if (!score.ok()) return score.status();
  if (session.json) {
    session.PrintJson(*score);
  } else {
    DrawScore(*score, session.out);
  }
  return absl::OkStatus();
}

struct DiffArguments {
  std::string customer, from, to;
};

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
  command->add_option("--from", arguments->from,
                      "The earlier day or time; what is in force when it is left out");
  command->add_option("--to", arguments->to, "The later one; what is in force when it is left out");
  command->add_option("--from-run", arguments->from_run, "scoringRuns/… instead of --from");
  command->add_option("--to-run", arguments->to_run, "scoringRuns/… instead of --to, as of a preview");
  command->callback(
      [=] { *chosen = [arguments](Session& session) { return Migration(*arguments, session); }; });
}

void AddScore(CLI::App& app, Command* chosen) {
  CLI::App* score = app.add_subcommand("score", "What one customer is worth");
  score->require_subcommand(1);
  auto shown = std::make_shared<ShowArguments>();
  CLI::App* show = score->add_subcommand("show", "The score, what each factor contributes, and from what");
  show->add_option("customer", shown->customer, "A name, system:id or customers/…")->required();
  show->add_option("--as-of", shown->as_of, "As of this day or time");
  show->callback([=] { *chosen = [shown](Session& session) { return Show(*shown, session); }; });

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
