#include "cli/import/run.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "cli/import/field_reader.h"
#include "cli/import/json_lines.h"
#include "cli/import/record_reader.h"

namespace clientele::cli {
namespace {

// In the order in which kinds depend on each other.
absl::StatusOr<std::vector<std::unique_ptr<RecordSource>>> OpenAll(const std::string& folder,
                                                                   const Mapping& mapping) {
  std::vector<std::unique_ptr<RecordSource>> sources;
  for (const RecordMapping& record : mapping.records) {
    auto reader = RecordReader::Open(folder, mapping.path, record);
    if (!reader.ok()) return reader.status();
    sources.push_back(*std::move(reader));
  }
  for (const std::string& path : mapping.json_lines) {
    auto lines = OpenJsonLines(path);
    if (!lines.ok()) return lines.status();
    for (auto& source : *lines) sources.push_back(std::move(source));
  }
  // Kinds() lie in their order.
  std::stable_sort(sources.begin(), sources.end(),
                   [](const auto& a, const auto& b) { return &a->kind() < &b->kind(); });
  return sources;
}

// By whose id records go to one stream or another: those of one customer come one after the other, so that
// the later of two rows of one record wins and no stream waits for another's lock.
size_t ShardOf(const SourceRecord& record, size_t count) {
  const Kind& kind = *record.origin.kind;
  const Field* key = FindField(kind, "customer");
  if (key == nullptr) key = FindField(kind, "external_id");
  if (key == nullptr) return 0;
  const auto* reflection = record.record->GetReflection();
  const auto* field = record.record->GetDescriptor()->FindFieldByName(std::string(kind.name));
  return std::hash<std::string>()(ReadCell(reflection->GetMessage(*record.record, field), key->path)) % count;
}

// A dry run remembers by stream what it would have stored, parents come before their children, and
// lifecycle-svc has the events of one journey in their order.
size_t StreamsFor(const RecordSource& source, const ImportOptions& options) {
  const bool alone =
      options.validate_only || source.nested() || source.kind().service != ImportService::kCustomer;
  return alone ? 1 : std::max<size_t>(options.streams, 1);
}

// Importers side by side.
class Streams {
 public:
  Streams(size_t count, ImportService service, const OpenImportStream& open, const ImportOptions& options,
          ImportReport* report) {
    for (size_t i = 0; i < count; ++i) {
      importers_.push_back(std::make_unique<Importer>(service, open, options, report));
    }
  }
  size_t count() const { return importers_.size(); }
  absl::Status Send(SourceRecord record) {
    const size_t shard = ShardOf(record, count());
    return importers_[shard]->Send(std::move(record));
  }
  absl::Status Finish() {
    for (const auto& importer : importers_) {
      if (absl::Status finished = importer->Finish(); !finished.ok()) return finished;
    }
    return absl::OkStatus();
  }
  int64_t answered() const {
    int64_t sum = 0;
    for (const auto& importer : importers_) sum += importer->answered();
    return sum;
  }

 private:
  std::vector<std::unique_ptr<Importer>> importers_;
};

}  // namespace

absl::Status RunImport(const std::string& folder, const Mapping& mapping, const OpenImportStream& open,
                       const ImportOptions& options, ImportReport* report,
                       const std::function<void(const ImportProgress&)>& on_progress) {
  auto opened = OpenAll(folder, mapping);
  if (!opened.ok()) return opened.status();
  std::vector<std::unique_ptr<RecordSource>> sources = *std::move(opened);
  ImportProgress progress;
  for (const auto& source : sources) progress.bytes_total += source->bytes_total();

  std::optional<Streams> streams;
  int64_t bytes_done = 0, answered_before = 0;
  ImportService service = ImportService::kCustomer;
  const auto finish = [&]() -> absl::Status {
    if (!streams.has_value()) return absl::OkStatus();
    absl::Status finished = streams->Finish();
    answered_before += streams->answered();
    streams.reset();
    return finished;
  };
  for (std::unique_ptr<RecordSource>& source : sources) {
    const Kind& kind = source->kind();
    const size_t count = StreamsFor(*source, options);
    // With several streams a kind is stored before what refers to it is sent; one stream keeps the order by
    // itself.
    if (streams.has_value() && (kind.service != service || count > 1 || streams->count() > 1)) {
      if (absl::Status finished = finish(); !finished.ok()) return finished;
    }
    service = kind.service;
    const bool asked = !options.validate_only || service == ImportService::kCustomer;
    if (open && asked && !streams.has_value()) streams.emplace(count, service, open, options, report);
    progress.kind = &kind;
    SourceRecord next;
    while (source->Next(&next)) {
      ++progress.records_read;
      if (next.rejection.has_value()) {
        report->Rejected(next.origin, *next.rejection);
      } else if (!streams.has_value()) {
        report->Usable(next.origin);
      } else if (absl::Status sent = streams->Send(std::move(next)); !sent.ok()) {
        return sent;
      }
      if (progress.records_read % 100 != 0) continue;
      progress.bytes_read = bytes_done + source->bytes_read();
      progress.records_answered = answered_before + (streams.has_value() ? streams->answered() : 0);
      on_progress(progress);
    }
    bytes_done += source->bytes_total();
    source.reset();
  }
  if (absl::Status finished = finish(); !finished.ok()) return finished;
  progress.bytes_read = progress.bytes_total;
  progress.records_answered = answered_before;
  on_progress(progress);
  return report->Close();
}

}  // namespace clientele::cli
