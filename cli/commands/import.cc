#include <filesystem>
#include <iostream>
#include <memory>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "cli/commands/command.h"
#include "cli/import/run.h"
#include "cli/render/progress.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "nlohmann/json.hpp"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

// A stream is opened anew, and goes on, when it has lasted this long.
constexpr absl::Duration kStreamTimeout = absl::Minutes(30);

struct Arguments {
  std::string folder, mapping, rejects = "import-rejects.csv";
  bool dry_run = false;
};

std::string Seconds(absl::Duration duration) {
  return absl::StrFormat("%.1f s", absl::ToDoubleSeconds(duration));
}

void PrintTable(const ImportReport& report, bool dry_run, absl::Duration took, const Session& session) {
  const KindCounts total = report.total();
  std::vector<Table::Column> columns = {{"records"}};
  for (const char* name : dry_run ? std::vector<const char*>{"usable", "rejected"}
                                  : std::vector<const char*>{"created", "updated", "unchanged", "rejected"}) {
    columns.push_back({name, true});
  }
  const auto cells = [&](std::string_view name, const KindCounts& counts) -> std::vector<std::string> {
    if (dry_run) return {std::string(name), FormatCount(counts.usable), FormatCount(counts.rejected)};
    return {std::string(name), FormatCount(counts.created), FormatCount(counts.updated),
            FormatCount(counts.unchanged), FormatCount(counts.rejected)};
  };
  Table table(columns);
  for (const auto& [kind, counts] : report.counts()) table.Add(cells(Humanize(kind->name), counts));
  table.SetTotal(cells("in all", total));
  std::cout << table.Draw(session.out) << "\n";
  if (dry_run) {
    std::cout << "  Nothing was sent: this was a dry run.\n";
  } else if (total.created + total.updated == 0) {
    std::cout << "  Nothing changed: everything was there already (" << Seconds(took) << ").\n";
  } else {
    std::cout << "  Done in " << Seconds(took) << ".\n";
  }
  if (total.rejected > 0) {
    std::cout << "  " << FormatCount(total.rejected) << (total.rejected == 1 ? " row" : " rows")
              << " could not be used; which, and why: " << report.rejects_path() << "\n";
  }
}

void PrintReport(const ImportReport& report, bool dry_run, absl::Duration took) {
  nlohmann::ordered_json json;
  json["dryRun"] = dry_run;
  json["seconds"] = absl::ToDoubleSeconds(took);
  for (const auto& [kind, counts] : report.counts()) {
    auto& entry = json["records"][std::string(kind->name)];
    if (dry_run) entry["usable"] = counts.usable;
    if (!dry_run)
      entry = {{"created", counts.created}, {"updated", counts.updated}, {"unchanged", counts.unchanged}};
    entry["rejected"] = counts.rejected;
  }
  if (report.total().rejected > 0) json["rejectsFile"] = report.rejects_path();
  std::cout << json.dump(1) << "\n";
}

absl::Status Run(const Arguments& arguments, Session& session) {
  const absl::StatusOr<Mapping> mapping = MappingFor(arguments.folder, arguments.mapping);
  if (!mapping.ok()) return mapping.status();
  OpenImportStream open;
  if (!arguments.dry_run) {
    if (absl::Status signed_in = session.gateway.CheckSignedIn(); !signed_in.ok()) return signed_in;
    open = ImportStreamsOver(session.gateway.channel(), [&](grpc::ClientContext* context, bool renew) {
      return session.gateway.Prepare(context, kStreamTimeout, renew);
    });
  }
  const absl::Time start = absl::Now();
  ImportReport report(arguments.rejects);
  absl::Status done;
  {
    Progress progress(StrCat(arguments.dry_run ? "Reading " : "Importing ", arguments.folder), session.err);
    ImportOptions options;
    options.on_retry = [&](const absl::Status& why, absl::Duration pause) {
      progress.Say(StrCat(Gateway::Why(why), "; trying again in ", absl::FormatDuration(pause)));
    };
    done = RunImport(arguments.folder, *mapping, open, options, &report, [&](const ImportProgress& now) {
      progress.Update(now.bytes_read, now.bytes_total,
                      StrCat(FormatCount(arguments.dry_run ? now.records_read : now.records_answered),
                             " records, ", now.kind->name));
    });
  }
  if (!done.ok()) return done;
  if (session.json) {
    PrintReport(report, arguments.dry_run, absl::Now() - start);
  } else {
    PrintTable(report, arguments.dry_run, absl::Now() - start, session);
  }
  return absl::OkStatus();
}

}  // namespace

void AddImport(CLI::App& app, Command* chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("import", "Bring a folder of CSV files in; again changes nothing");
  command->add_option("FOLDER", arguments->folder, "Where the CSV files are")->required();
  command->add_option("--mapping", arguments->mapping,
                      "Which file holds what (YAML, see cli/README.md); default: the folder's mapping.yaml, "
                      "else the default columns");
  command->add_option("--rejects", arguments->rejects, "Where rows that could not be used are written")
      ->capture_default_str();
  command->add_flag("--dry-run", arguments->dry_run, "Read and check only; send nothing");
  command->callback([=] { *chosen = [arguments](Session& session) { return Run(*arguments, session); }; });
}

}  // namespace clientele::cli
