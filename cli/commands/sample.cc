#include <iostream>
#include <memory>

#include "absl/time/clock.h"
#include "cli/commands/command.h"
#include "cli/render/progress.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "cli/sample/generate.h"
#include "nlohmann/json.hpp"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

struct Arguments {
  std::string folder, until;
  int64_t customers = 2000;
  uint64_t seed = 1;
};

absl::Status Run(const Arguments& arguments, Session& session) {
  SampleOptions options{.customers = arguments.customers, .seed = arguments.seed};
  options.until = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  if (!arguments.until.empty() && !absl::ParseCivilTime(arguments.until, &options.until)) {
    return absl::InvalidArgumentError(
        StrCat("--until ", arguments.until, ": is not a date such as 2026-01-31"));
  }
  Progress progress(StrCat("Making ", FormatCount(arguments.customers), " customers"), session.err);
  const auto rows = GenerateSample(arguments.folder, options, [&](int64_t done) {
    progress.Update(done, arguments.customers, StrCat(FormatCount(done), " customers"));
  });
  progress.Clear();
  if (!rows.ok()) return rows.status();
  if (session.json) {
    std::cout << nlohmann::json(*rows).dump(1) << "\n";
    return absl::OkStatus();
  }
  Table table({{"file"}, {"rows", true}});
  for (const auto& [file, count] : *rows) table.Add({file, FormatCount(count)});
  std::cout << table.Draw(session.out) << "\n  To bring it in: clientele import " << arguments.folder << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddSample(CLI::App& app, Command* chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "sample", "Make an invented company as CSV files; the same seed gives the same bytes");
  command->add_option("FOLDER", arguments->folder, "Where the CSV files go")->required();
  command->add_option("--customers", arguments->customers, "How many customers")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{100'000'000}));
  command->add_option("--seed", arguments->seed, "Another number, another company")->capture_default_str();
  command->add_option("--until", arguments->until, "The day on which its three years end; default: today");
  command->callback([=] { *chosen = [arguments](Session& session) { return Run(*arguments, session); }; });
}

}  // namespace clientele::cli
