#include "cli/import/run.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace clientele::cli {

absl::Status RunImport(const std::string& folder, const Mapping& mapping, const OpenImportStream& open,
                       const ImportOptions& options, ImportReport* report,
                       const std::function<void(const ImportProgress&)>& on_progress) {
  std::vector<std::unique_ptr<RecordReader>> readers;
  ImportProgress progress;
  for (const RecordMapping& record : mapping.records) {
    auto reader = RecordReader::Open(folder, mapping.path, record);
    if (!reader.ok()) return reader.status();
    progress.bytes_total += (*reader)->bytes_total();
    readers.push_back(*std::move(reader));
  }

  std::optional<Importer> importer;
  int64_t bytes_done = 0, answered_before = 0;
  ImportService service = ImportService::kCustomer;
  const auto finish = [&]() -> absl::Status {
    if (!importer.has_value()) return absl::OkStatus();
    absl::Status finished = importer->Finish();
    answered_before += importer->answered();
    importer.reset();
    return finished;
  };
  for (size_t i = 0; i < readers.size(); ++i) {
    const Kind& kind = *mapping.records[i].kind;
    if (kind.service != service) {
      if (absl::Status finished = finish(); !finished.ok()) return finished;
      service = kind.service;
    }
    const bool asked = !options.validate_only || service == ImportService::kCustomer;
    if (open && asked && !importer.has_value()) importer.emplace(service, open, options, report);
    progress.kind = &kind;
    SourceRecord next;
    while (readers[i]->Next(&next)) {
      ++progress.records_read;
      if (next.rejection.has_value()) {
        report->Rejected(next.origin, *next.rejection);
      } else if (!importer.has_value()) {
        report->Usable(next.origin);
      } else if (absl::Status sent = importer->Send(std::move(next)); !sent.ok()) {
        return sent;
      }
      if (progress.records_read % 100 != 0) continue;
      progress.bytes_read = bytes_done + readers[i]->bytes_read();
      progress.records_answered = answered_before + (importer.has_value() ? importer->answered() : 0);
      on_progress(progress);
    }
    bytes_done += readers[i]->bytes_total();
    readers[i].reset();
  }
  if (absl::Status finished = finish(); !finished.ok()) return finished;
  progress.bytes_read = progress.bytes_total;
  progress.records_answered = answered_before;
  on_progress(progress);
  return report->Close();
}

}  // namespace clientele::cli
