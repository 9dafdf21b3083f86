// Scoring models: drafts that are tried out on today's customers before they come into force.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "cli/commands/command.h"
#include "cli/commands/draw_migration.h"
#include "cli/commands/request_id.h"
#include "cli/render/progress.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/value/v1/migration_service.grpc.pb.h"
#include "clientele/value/v1/score_service.grpc.pb.h"
#include "clientele/value/v1/scoring_model_service.grpc.pb.h"
#include "clientele/value/v1/scoring_run_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

namespace v1 = value::v1;
using servicekit::StrCat;
using Service = v1::ScoringModelService;

constexpr absl::Duration kLookEvery = absl::Milliseconds(200);

std::string Weights(const v1::ScoringModel& model) {
  std::string text;
  for (const auto& weight : model.weights()) {
    text += StrCat(text.empty() ? "" : " / ", FormatMicros(weight.weight_micros() * 100, 0));
  }
  return text;
}

absl::Status List(Session& session) {
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

struct NewModel {
  std::string name;
  std::vector<double> weights;
  int horizon_days = 0;
};

absl::Status Create(const NewModel& wanted, Session& session) {
  v1::CreateScoringModelRequest request;
  request.set_request_id(NewRequestId());
  v1::ScoringModel& model = *request.mutable_scoring_model();
  model.set_display_name(wanted.name);
  model.set_horizon_days(wanted.horizon_days);
  int factor = v1::SALES_CONTRIBUTION;
  for (const double percent : wanted.weights) {
    auto& weight = *model.add_weights();
    weight.set_factor(static_cast<v1::Factor>(factor++));
    weight.set_weight_micros(static_cast<int64_t>(percent * 10'000 + 0.5));
  }
  const auto created = session.gateway.Call<Service>(&Service::Stub::CreateScoringModel, request);
  if (!created.ok()) return created.status();
  if (session.json) {
    session.PrintJson(*created);
  } else {
    std::cout << "  " << created->name() << ": try it out with `clientele models preview`\n";
  }
  return absl::OkStatus();
}

// Until it is finished, or somebody cancelled it.
absl::StatusOr<v1::ScoringRun> WaitFor(v1::ScoringRun run, Session& session) {
  using Runs = v1::ScoringRunService;
  Progress progress("Scoring", session.err);
  v1::GetScoringRunRequest request;
  request.set_name(run.name());
  while (run.state() == v1::ScoringRun::READING || run.state() == v1::ScoringRun::SCORING) {
    progress.Update(run.scored_count(), run.customer_count(),
                    StrCat(FormatCount(run.scored_count()), " customers"));
    absl::SleepFor(kLookEvery);
    auto now = session.gateway.Call<Runs>(&Runs::Stub::GetScoringRun, request);
    if (!now.ok()) return now.status();
    run = *std::move(now);
  }
  if (run.state() != v1::ScoringRun::FINISHED) return absl::AbortedError("the run was cancelled");
  return run;
}

absl::Status Preview(const std::string& name, Session& session) {
  v1::PreviewScoringModelRequest request;
  request.set_name(name);
  request.set_request_id(NewRequestId());
  const auto begun = session.gateway.Call<Service>(&Service::Stub::PreviewScoringModel, request);
  if (!begun.ok()) return begun.status();
  const auto run = WaitFor(*begun, session);
  if (!run.ok()) return run.status();
  v1::QueryMigrationRequest change;
  change.mutable_span()->set_to_run(run->name());
  using Migrations = v1::MigrationService;
  const auto migration = session.gateway.Call<Migrations>(&Migrations::Stub::QueryMigration, change);
  if (!migration.ok()) return migration.status();
  if (session.json) {
    session.PrintJson(*migration);
    return absl::OkStatus();
  }
  std::cout << "  From the tiers in force to those of the draft (" << run->name() << "):\n\n";
  DrawMigration(*migration, session.out);
  return absl::OkStatus();
}

absl::Status Publish(const std::string& name, const std::string& etag, Session& session) {
  v1::PublishScoringModelRequest request;
  request.set_name(name);
  request.set_etag(etag);
  request.set_request_id(NewRequestId());
  const auto begun = session.gateway.Call<Service>(&Service::Stub::PublishScoringModel, request);
  if (!begun.ok()) return begun.status();
  const auto run = WaitFor(*begun, session);
  if (!run.ok()) return run.status();
  if (session.json) {
    session.PrintJson(*run);
  } else {
    std::cout << "  " << run->scoring_model() << " is in force: " << FormatCount(run->scored_count())
              << " customers scored.\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddModels(CLI::App& app, Command* chosen) {
  CLI::App* command =
      app.add_subcommand("models", "The scoring models: drafts, the one in force, retired ones");
  command->require_subcommand(0, 1);
  command->add_subcommand("list", "All of them, newest first; the same without a word");
  command->preparse_callback([=](size_t) { *chosen = List; });

  auto wanted = std::make_shared<NewModel>();
  CLI::App* create = command->add_subcommand("create", "Make a draft (administrators)");
  create->add_option("--name", wanted->name, "What it is called")->required();
  create
      ->add_option("--weights", wanted->weights,
                   "Of sales contribution, sales expectation, credit, profit contribution and demonstration "
                   "effect, in %; those in force when left out")
      ->delimiter(',')
      ->expected(5);
  create->add_option("--horizon", wanted->horizon_days,
                     "How many days back and ahead; as in force when left out");
  create->callback([=] { *chosen = [wanted](Session& session) { return Create(*wanted, session); }; });

  auto name = std::make_shared<std::string>();
  auto etag = std::make_shared<std::string>();
  CLI::App* preview = command->add_subcommand("preview", "Who would change tiers by a draft");
  preview->add_option("NAME", *name, "scoringModels/…")->required();
  preview->callback([=] { *chosen = [name](Session& session) { return Preview(*name, session); }; });
  CLI::App* publish =
      command->add_subcommand("publish", "Bring a draft into force, and score everybody by it");
  publish->add_option("NAME", *name, "scoringModels/…")->required();
  publish->add_option("--etag", *etag, "Only if it is as it was read");
  publish->callback(
      [=] { *chosen = [name, etag](Session& session) { return Publish(*name, *etag, session); }; });
}

}  // namespace clientele::cli
