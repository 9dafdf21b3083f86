#include <string>
#include <vector>

#include "absl/types/span.h"
#include "lifecycle-svc/operations/import_batch.h"
#include "lifecycle-svc/operations/import_references.h"
#include "lifecycle-svc/operations/operations.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/status.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

using type::v1::ImportResult;

constexpr int kMaxRecords = 1000;

// Whether an error is the record's own fault, rather than the database's or another service's.
bool IsRefusal(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kPermissionDenied:
      return true;
    default:
      return false;
  }
}

ImportResult Rejected(const ImportItem& item, const absl::Status& status) {
  ImportResult result;
  result.set_row(item.record->row());
  result.set_outcome(ImportResult::REJECTED);
  const grpc::Status refusal = servicekit::ToGrpcStatus(status);
  if (!result.mutable_error()->ParseFromString(refusal.error_details())) result.mutable_error()->Clear();
  result.mutable_error()->set_code(refusal.error_code());
  result.mutable_error()->set_message(refusal.error_message());
  return result;
}

// Imports in one transaction.
absl::StatusOr<std::vector<ImportResult>> TryImport(const Environment& environment, const CallContext& call,
                                                    const ImportReferences& references,
                                                    absl::Span<const ImportItem> items) {
  return servicekit::RunInTransaction(environment.pool, call.deadline,
                                      [&](Transaction& tx) -> absl::StatusOr<std::vector<ImportResult>> {
                                        ImportBatch batch(environment, call, tx, references);
                                        absl::Status status = batch.Load(items);
                                        if (!status.ok()) return status;
                                        std::vector<ImportResult> results;
                                        results.reserve(items.size());
                                        for (const ImportItem& item : items) {
                                          const absl::StatusOr<ImportBatch::Taken> taken = batch.Take(item);
                                          if (taken.ok()) {
                                            ImportResult& result = results.emplace_back();
                                            result.set_row(item.record->row());
                                            result.set_outcome(taken->outcome);
                                            result.set_name(taken->name);
                                          } else if (IsRefusal(taken.status())) {
                                            results.push_back(Rejected(item, taken.status()));
                                          } else {
                                            return taken.status();
                                          }
                                        }
                                        status = batch.Flush();
                                        if (!status.ok()) return status;
                                        return results;
                                      });
}

// Imports all at once; when the database refuses that, by halves, so that what it refuses ends up alone.
absl::Status Import(const Environment& environment, const CallContext& call,
                    const ImportReferences& references, absl::Span<const ImportItem> items,
                    std::vector<ImportResult>& results) {
  const absl::StatusOr<std::vector<ImportResult>> imported = TryImport(environment, call, references, items);
  if (imported.ok()) {
    results.insert(results.end(), imported->begin(), imported->end());
    return absl::OkStatus();
  }
  const bool refused = IsRefusal(imported.status()) || absl::IsInternal(imported.status());
  if (!refused) return imported.status();
  if (items.size() == 1) {
    results.push_back(Rejected(items.front(), imported.status()));
    return absl::OkStatus();
  }
  const size_t half = items.size() / 2;
  const absl::Status status = Import(environment, call, references, items.subspan(0, half), results);
  if (!status.ok()) return status;
  return Import(environment, call, references, items.subspan(half), results);
}

}  // namespace

absl::StatusOr<v1::ImportRecordsResponse> ImportRecords(const Environment& environment,
                                                        const CallContext& call,
                                                        const v1::ImportRecordsRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  if (request.records().empty() || request.records_size() > kMaxRecords) {
    return servicekit::InvalidField("records", "must be 1 to 1,000");
  }
  std::vector<ImportItem> items;
  items.reserve(request.records_size());
  for (const v1::ImportRecord& record : request.records()) items.push_back(ReadItem(record));
  ImportReferences references;
  absl::Status status = references.Resolve(environment, call, items);
  if (!status.ok()) return status;
  std::vector<ImportResult> results;
  status = Import(environment, call, references, items, results);
  if (!status.ok()) return status;
  v1::ImportRecordsResponse response;
  for (ImportResult& result : results) *response.add_results() = std::move(result);
  return response;
}

}  // namespace clientele::lifecycle
