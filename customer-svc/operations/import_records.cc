#include "customer-svc/operations/import_records.h"

#include "absl/types/span.h"
#include "customer-svc/operations/import_batch.h"
#include "servicekit/access/row_rule.h"

namespace clientele::customer {
namespace {

using servicekit::Transaction;
using Outcome = ImportResult::Outcome;

template <typename Record>
Imports<Record> OfKind(absl::Span<const ImportRecord> records, std::vector<ImportResult>& results) {
  Imports<Record> imports;
  for (size_t i = 0; i < records.size(); ++i) {
    const auto* record = std::get_if<Record>(&records[i].record);
    if (record != nullptr && records[i].malformed.ok()) imports.push_back({record, &results[i]});
  }
  return imports;
}

// Kind after kind, so that whatever refers to another kind finds it.
absl::Status Apply(ImportBatch batch, absl::Span<const ImportRecord> records,
                   std::vector<ImportResult>& results) {
  results.assign(records.size(), ImportResult());
  for (size_t i = 0; i < records.size(); ++i) {
    results[i].row = records[i].row;
    if (!records[i].malformed.ok()) Reject(results[i], records[i].malformed);
  }
  absl::Status status = ImportTeams(batch, OfKind<TeamRecord>(records, results));
  if (status.ok()) status = ImportRepresentatives(batch, OfKind<RepresentativeRecord>(records, results));
  if (status.ok()) status = ImportCustomers(batch, OfKind<CustomerRecord>(records, results));
  if (status.ok()) status = ImportChildren<Contact>(batch, OfKind<ChildRecord<Contact>>(records, results));
  if (status.ok()) status = ImportChildren<Need>(batch, OfKind<ChildRecord<Need>>(records, results));
  if (status.ok())
    status = ImportChildren<Interaction>(batch, OfKind<ChildRecord<Interaction>>(records, results));
  return status;
}

absl::StatusOr<std::vector<ImportResult>> ApplyInTransaction(Stores& stores, servicekit::Pool& pool,
                                                             absl::Time deadline, const Caller& caller,
                                                             absl::Span<const ImportRecord> records) {
  std::vector<ImportResult> results;
  // Two importers look for the same missing keys; READ COMMITTED spares them each other's gap locks. Whoever
  // comes second meets the unique key.
  const absl::Status status = RunTransaction(pool, deadline,
                                             [&](Transaction& tx) {
                                               return Apply({stores, tx, caller.author}, records, results);
                                             },
                                             {.read_committed = true});
  if (!status.ok()) return status;
  return results;
}

// Whether the fault lies with the record, so that sending it again would not help.
bool IsTheRecordsFault(const absl::Status& status) {
  return absl::IsAlreadyExists(status) || absl::IsInvalidArgument(status) || absl::IsInternal(status) ||
         absl::IsNotFound(status) || absl::IsFailedPrecondition(status);
}

}  // namespace

void Referenced::Add(const Reference& reference) {
  if (const auto* id = std::get_if<servicekit::Id>(&reference)) ids.push_back(*id);
  if (const auto* external_id = std::get_if<ExternalId>(&reference)) external_ids.push_back(*external_id);
}

absl::StatusOr<std::vector<ImportResult>> ImportRecords(Stores& stores, servicekit::Pool& pool,
                                                        absl::Time deadline, const Caller& caller,
                                                        const std::vector<ImportRecord>& records) {
  if (const absl::Status status = CheckAdministrator(caller.principal); !status.ok()) return status;
  absl::StatusOr<std::vector<ImportResult>> all = ApplyInTransaction(stores, pool, deadline, caller, records);
  if (all.ok() || !IsTheRecordsFault(all.status())) return all;

  std::vector<ImportResult> results;
  results.reserve(records.size());
  for (const ImportRecord& record : records) {
    auto one = ApplyInTransaction(stores, pool, deadline, caller, absl::MakeConstSpan(&record, 1));
    if (one.ok()) {
      results.push_back(std::move(one->front()));
    } else if (IsTheRecordsFault(one.status())) {
      results.push_back({.row = record.row, .outcome = Outcome::kRejected, .error = one.status()});
    } else {
      return one.status();
    }
  }
  return results;
}

}  // namespace clientele::customer
