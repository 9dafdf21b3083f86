#include <filesystem>
#include <iostream>
#include <memory>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "cli/commands/command.h"
#include "cli/commands/definitions.h"
#include "cli/commands/request_id.h"
#include "cli/import/run.h"
#include "cli/render/progress.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/customer/v1/attribute_service.grpc.pb.h"
#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "nlohmann/json.hpp"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

namespace v1 = customer::v1;
using Imports = v1::CustomerImportService;
using servicekit::StrCat;

// A stream is opened anew, and goes on, when it has lasted this long.
constexpr absl::Duration kStreamTimeout = absl::Minutes(30);
constexpr int kMostBreaks = 20;

struct Arguments {
  std::string folder, mapping, rejects = "import-rejects.csv";
  bool dry_run = false;
  size_t streams = 2;
};

std::string Seconds(absl::Duration duration) {
  return absl::StrFormat("%.1f s", absl::ToDoubleSeconds(duration));
}

void PrintTable(const ImportReport& report, bool dry_run, absl::Duration took, const Session& session) {
  const KindCounts total = report.total();
  std::vector<Table::Column> columns = {{"records"}};
  for (const char* name : {"created", "updated", "unchanged", "rejected"}) columns.push_back({name, true});
  // Services that tell nothing beforehand.
  if (dry_run) columns.push_back({"only read", true});
  const auto cells = [&](std::string_view name, const KindCounts& counts) -> std::vector<std::string> {
    std::vector<std::string> row = {std::string(name), FormatCount(counts.created),
                                    FormatCount(counts.updated), FormatCount(counts.unchanged),
                                    FormatCount(counts.rejected)};
    if (dry_run) row.push_back(FormatCount(counts.usable));
    return row;
  };
  Table table(columns);
  for (const auto& [kind, counts] : report.counts()) table.Add(cells(Humanize(kind->name), counts));
  table.SetTotal(cells("in all", total));
  std::cout << table.Draw(session.out) << "\n";
  if (dry_run) {
    std::cout << "  Nothing was stored: this was a dry run.\n";
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
    entry = {{"created", counts.created}, {"updated", counts.updated}, {"unchanged", counts.unchanged}};
    if (dry_run) entry["onlyRead"] = counts.usable;
    entry["rejected"] = counts.rejected;
  }
  if (report.total().rejected > 0) json["rejectsFile"] = report.rejects_path();
  std::cout << json.dump(1) << "\n";
}

// Begins an import that can be taken back; answers its name.
absl::StatusOr<std::string> Begin(const std::string& folder, Session& session) {
  v1::CreateCustomerImportRequest request;
  request.mutable_customer_import()->set_description(Fit(folder, 200));
  request.set_request_id(NewRequestId());
  const auto run = session.gateway.Call<Imports>(&Imports::Stub::CreateCustomerImport, request);
  if (!run.ok()) return run.status();
  return run->name();
}

absl::Status Complete(const std::string& run, Session& session) {
  v1::CompleteCustomerImportRequest request;
  request.set_name(run);
  request.set_request_id(NewRequestId());
  return session.gateway.Call<Imports>(&Imports::Stub::CompleteCustomerImport, request).status();
}

absl::Status ListImports(Session& session) {
  Table table({{"import"},
               {"of", false, 32},
               {"state"},
               {"begun"},
               {"created", true},
               {"updated", true},
               {"rejected", true}});
  v1::ListCustomerImportsRequest request;
  do {
    const auto page = session.gateway.Call<Imports>(&Imports::Stub::ListCustomerImports, request);
    if (!page.ok()) return page.status();
    for (const v1::CustomerImport& run : page->customer_imports()) {
      if (session.json) session.PrintJson(run, true);
      table.Add({run.name(), run.description(), Humanize(v1::CustomerImport::State_Name(run.state())),
                 FormatTime(run.create_time()), FormatCount(run.created_count()),
                 FormatCount(run.updated_count()), FormatCount(run.rejected_count())});
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (session.json) return absl::OkStatus();
  std::cout << (table.empty() ? "  No import yet.\n" : table.Draw(session.out));
  return absl::OkStatus();
}

// One stream of a revert.
absl::Status ReadRevert(const std::string& run, Session& session, Progress& progress,
                        v1::RevertCustomerImportResponse* all) {
  grpc::ClientContext context;
  if (absl::Status prepared = session.gateway.Prepare(&context, kStreamTimeout); !prepared.ok())
    return prepared;
  v1::RevertCustomerImportRequest request;
  request.set_name(run);
  auto stream = Imports::NewStub(session.gateway.channel())->RevertCustomerImport(&context, request);
  v1::RevertCustomerImportResponse response;
  while (stream->Read(&response)) {
    all->MergeFrom(response);
    progress.Update(0, 0, StrCat(FormatCount(response.customer_import().reverted_count()), " writes"));
  }
  const grpc::Status status = stream->Finish();
  return status.ok() ? absl::OkStatus() : Gateway::ToStatus(status);
}

absl::Status RevertImport(const std::string& run, Session& session) {
  v1::RevertCustomerImportResponse all;
  {
    Progress progress(StrCat("Taking back ", run), session.err);
    for (int breaks = 0;; ++breaks) {
      const absl::Status status = ReadRevert(run, session, progress, &all);
      if (status.ok()) break;
      const bool passes = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
                          absl::IsResourceExhausted(status);
      if (!passes || breaks >= kMostBreaks) return status;
      progress.Say(StrCat(Gateway::Why(status), "; trying again"));
      absl::SleepFor(absl::Seconds(1));
    }
  }
  if (session.json) {
    session.PrintJson(all);
    return absl::OkStatus();
  }
  std::cout << "  Took back " << FormatCount(all.customer_import().reverted_count()) << " writes.\n";
  if (!all.kept_writes().empty()) std::cout << "  What was changed since stays:\n";
  for (const auto& kept : all.kept_writes()) {
    std::cout << "    " << kept.resource() << (kept.fields().empty() ? "" : ", ")
              << absl::StrJoin(kept.fields(), ", ") << ": " << kept.reason() << "\n";
  }
  return absl::OkStatus();
}

absl::Status Run(const Arguments& arguments, Session& session) {
  if (arguments.folder.empty()) {
    return absl::InvalidArgumentError("say which folder: clientele import FOLDER; --help shows more");
  }
  absl::StatusOr<Mapping> mapping = MappingFor(arguments.folder, arguments.mapping);
  if (!mapping.ok()) return mapping.status();
  if (absl::Status signed_in = session.gateway.CheckSignedIn(); !signed_in.ok()) return signed_in;
  const auto unmade = ImportDefinitions(arguments.folder, arguments.dry_run, session);
  if (!unmade.ok()) return unmade.status();
  if (mapping->NamesAttributes()) {
    auto attributes = session.gateway.Call<v1::AttributeService>(&v1::AttributeService::Stub::ListAttributes,
                                                                 v1::ListAttributesRequest());
    if (!attributes.ok()) return attributes.status();
    attributes->MergeFrom(*unmade);
    mapping->SetAttributes(TypesOf(*attributes));
  }
  const OpenImportStream open =
      ImportStreamsOver(session.gateway.channel(), [&](grpc::ClientContext* context, bool renew) {
        return session.gateway.Prepare(context, kStreamTimeout, renew);
      });
  std::string run;
  if (!arguments.dry_run) {
    absl::StatusOr<std::string> begun = Begin(arguments.folder, session);
    if (!begun.ok()) return begun.status();
    run = *std::move(begun);
  }
  const absl::Time start = absl::Now();
  ImportReport report(arguments.rejects);
  absl::Status done;
  {
    Progress progress(StrCat(arguments.dry_run ? "Reading " : "Importing ", arguments.folder), session.err);
    ImportOptions options;
    options.customer_import = run;
    options.validate_only = arguments.dry_run;
    for (const auto& [id, type] : TypesOf(*unmade)) options.unmade_attributes.insert(id);
    options.streams = arguments.streams;
    options.on_change = [](const Origin& origin, const std::string& change) {
      std::cout << "  " << origin.file << ":" << origin.line << "  " << Printable(change) << "\n";
    };
    options.on_retry = [&](const absl::Status& why, absl::Duration pause) {
      progress.Say(StrCat(Gateway::Why(why), "; trying again in ", absl::FormatDuration(pause)));
    };
    done = RunImport(arguments.folder, *mapping, open, options, &report, [&](const ImportProgress& now) {
      progress.Update(now.bytes_read, now.bytes_total,
                      StrCat(FormatCount(now.records_answered), " records, ", now.kind->name));
    });
  }
  if (done.ok() && !run.empty()) done = Complete(run, session);
  if (!done.ok()) return done;
  if (session.json) {
    PrintReport(report, arguments.dry_run, absl::Now() - start);
  } else {
    PrintTable(report, arguments.dry_run, absl::Now() - start, session);
    if (!run.empty())
      std::cout << "  `clientele import revert " << run << "` takes back what it wrote of customers.\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddImport(CLI::App& app, Command* chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("import", "Bring a folder of files in; again changes nothing");
  command->add_option("FOLDER", arguments->folder,
                      "Where the CSV files are, or a file of JSON lines (.jsonl) as `export` writes it");
  command->add_option("--mapping", arguments->mapping,
                      "Which file holds what (YAML, see cli/README.md); default: the folder's mapping.yaml, "
                      "else the default columns");
  command->add_option("--rejects", arguments->rejects, "Where rows that could not be used are written")
      ->capture_default_str();
  command->add_flag("--dry-run", arguments->dry_run, "Show what would change of customers; store nothing");
  command->add_option("--streams", arguments->streams, "How many at the same time, where the order allows it")
      ->capture_default_str()
      ->check(CLI::Range(1, 16));
  command->require_subcommand(0, 1);
  CLI::App* list = command->add_subcommand("list", "Imports, newest first");
  list->callback([=] { *chosen = [](Session& session) { return ListImports(session); }; });
  auto run = std::make_shared<std::string>();
  CLI::App* revert =
      command->add_subcommand("revert", "Take an import back; what was changed since stays and is told");
  revert->add_option("IMPORT", *run, "customerImports/…, as `import` and `import list` tell it")->required();
  revert->callback([=] { *chosen = [run](Session& session) { return RevertImport(*run, session); }; });
  command->callback([=] {
    if (!command->get_subcommands().empty()) return;
    *chosen = [arguments](Session& session) { return Run(*arguments, session); };
  });
}

}  // namespace clientele::cli
