#include "customer-svc/operations/import_records.h"

#include <algorithm>

#include "absl/types/span.h"
#include "customer-svc/domain/text.h"
#include "customer-svc/operations/dry_run.h"
#include "customer-svc/operations/import_batch.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/error.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Transaction;
using Outcome = ImportResult::Outcome;

absl::Status Reverted() {
  return servicekit::WithReason(
      absl::FailedPreconditionError("the import is being taken back, or was, and gets no more records"),
      "IMPORT_REVERTED");
}

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

// Counts the outcomes into the run, whose row is locked from here on. FAILED_PRECONDITION (reason
// IMPORT_REVERTED) when the run takes no more records.
absl::Status CountInto(Stores& stores, Transaction& tx, Id id, absl::Time now,
                       const std::vector<ImportResult>& results) {
  absl::StatusOr<ImportRun> run = stores.imports.Lock(tx, id);
  if (!run.ok()) return run.status();
  if (run->state == ImportRun::State::kReverting || run->state == ImportRun::State::kReverted)
    return Reverted();
  for (const ImportResult& result : results) {
    run->last_row = std::max(run->last_row, result.row);
    if (result.outcome == Outcome::kCreated) ++run->created;
    if (result.outcome == Outcome::kUpdated) ++run->updated;
    if (result.outcome == Outcome::kUnchanged) ++run->unchanged;
    if (result.outcome == Outcome::kRejected) ++run->rejected;
  }
  run->state = ImportRun::State::kRunning;
  run->update_time = now;
  return stores.imports.Update(tx, *run);
}

// Tries the records and reads what they changed from what they wrote into the history, under an import that
// is gone with them.
absl::Status Try(Stores& stores, Transaction& tx, Author author, absl::Span<const ImportRecord> records,
                 std::vector<ImportResult>& results, DryRun& dry_run) {
  const std::vector<ImportRecord> stand_ins = dry_run.StandIns(records);
  absl::Status status = Apply({stores, tx, author}, stand_ins, results);
  if (!status.ok()) return status;
  author.import = Id::New(author.time);
  status = Apply({stores, tx, author}, records, results);
  if (!status.ok()) return status;
  const auto writes =
      stores.imports.Writes(tx, *author.import, Id(), static_cast<int64_t>(results.size()) * 2);
  if (!writes.ok()) return writes.status();
  absl::flat_hash_map<std::string, std::vector<FieldChange>> by_name;
  for (const ImportStore::Write& write : *writes) by_name.emplace(write.resource, write.fields);
  dry_run.changes.clear();
  for (const ImportResult& result : results) {
    const auto found = by_name.find(result.name);
    if (result.name.empty() || found == by_name.end()) continue;
    dry_run.changes.push_back({result.row, std::move(found->second)});
    by_name.erase(found);  // Told once, at the first of several records that speak of it.
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ImportResult>> ApplyInTransaction(Stores& stores, servicekit::Pool& pool,
                                                             absl::Time deadline, const Caller& caller,
                                                             absl::Span<const ImportRecord> records,
                                                             const ImportOptions& options) {
  std::vector<ImportResult> results;
  Author author = caller.author;
  author.import = options.run;
  // Two importers look for the same missing keys; READ COMMITTED spares them each other's gap locks. Whoever
  // comes second meets the unique key.
  const absl::Status status = RunTransaction(
      pool, deadline,
      [&](Transaction& tx) -> absl::Status {
        if (options.dry_run != nullptr) {
          const absl::Status tried = Try(stores, tx, author, records, results, *options.dry_run);
          return tried.ok() ? absl::CancelledError("a dry run") : tried;
        }
        const absl::Status applied = Apply({stores, tx, author}, records, results);
        if (!applied.ok()) return applied;
        return options.run ? CountInto(stores, tx, *options.run, author.time, results) : absl::OkStatus();
      },
      {.read_committed = true});
  if (options.dry_run != nullptr && absl::IsCancelled(status)) {
    options.dry_run->Remember(records, results);
    return results;
  }
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

namespace {

// What one look-up may be overtaken, and then another.
constexpr int kMostLookUps = 3;

absl::StatusOr<CustomerNames> LookUp(ImportBatch batch, const Referenced& referenced) {
  CustomerNames names;
  auto found = batch.stores.customers.FindByExternalIds(batch.tx, referenced.external_ids);
  if (!found.ok()) return found.status();
  names.by_external_id = *std::move(found);
  auto aliases = batch.stores.customers.Aliases(batch.tx, referenced.ids);
  if (!aliases.ok()) return aliases.status();
  names.aliases = *std::move(aliases);
  return names;
}

}  // namespace

absl::StatusOr<CustomerNames> LockNamed(
    ImportBatch batch, const Referenced& referenced,
    absl::FunctionRef<absl::StatusOr<absl::flat_hash_set<Id>>(std::vector<Id>)> lock) {
  absl::StatusOr<CustomerNames> names = LookUp(batch, referenced);
  for (int look_ups = 1; names.ok(); ++look_ups) {
    std::vector<Id> ids = referenced.ids;
    for (const auto& [external_id, id] : names->by_external_id) ids.push_back(id);
    for (const auto& [alias, id] : names->aliases) ids.push_back(id);
    const auto locked = lock(ids);
    if (!locked.ok()) return locked.status();
    const bool all = std::all_of(ids.begin(), ids.end(),
                                 [&](Id id) { return locked->contains(id) || names->aliases.contains(id); });
    if (all) break;
    absl::StatusOr<CustomerNames> again = LookUp(batch, referenced);
    // What is missing then is not there.
    if (again.ok() && *again == *names) break;
    if (again.ok() && look_ups == kMostLookUps) {
      return absl::AbortedError("customers were merged while they were looked for");
    }
    names = std::move(again);
  }
  return names;
}

absl::StatusOr<std::vector<ImportResult>> ImportRecords(Stores& stores, servicekit::Pool& pool,
                                                        absl::Time deadline, const Caller& caller,
                                                        const std::vector<ImportRecord>& records,
                                                        const ImportOptions& options) {
  if (const absl::Status status = CheckAdministrator(caller.principal); !status.ok()) return status;
  if (options.run) {
    // Before anything is tried: a run that is not there is not the records' fault.
    const auto run =
        RunReading(pool, deadline, [&](Transaction& tx) { return stores.imports.Get(tx, *options.run); });
    if (!run.ok()) return run.status();
    if (run->state == ImportRun::State::kReverting || run->state == ImportRun::State::kReverted) {
      return Reverted();
    }
  }
  absl::StatusOr<std::vector<ImportResult>> all =
      ApplyInTransaction(stores, pool, deadline, caller, records, options);
  if (all.ok() || !IsTheRecordsFault(all.status())) return all;

  std::vector<ImportResult> results;
  std::vector<DryRun::RecordChange> changes;
  results.reserve(records.size());
  for (const ImportRecord& record : records) {
    auto one = ApplyInTransaction(stores, pool, deadline, caller, absl::MakeConstSpan(&record, 1), options);
    if (one.ok()) {
      results.push_back(std::move(one->front()));
      if (options.dry_run != nullptr) {
        const auto& made = options.dry_run->changes;
        changes.insert(changes.end(), made.begin(), made.end());
      }
    } else if (IsTheRecordsFault(one.status())) {
      results.push_back({.row = record.row, .outcome = Outcome::kRejected, .error = one.status()});
      if (options.run && options.dry_run == nullptr) {
        const absl::Status counted = RunTransaction(pool, deadline, [&](Transaction& tx) {
          return CountInto(stores, tx, *options.run, caller.author.time, {results.back()});
        });
        if (!counted.ok()) return counted;
      }
    } else {
      return one.status();
    }
  }
  if (options.dry_run != nullptr) options.dry_run->changes = std::move(changes);
  return results;
}

absl::StatusOr<ImportRun> CreateImportRun(Stores& stores, Transaction& tx, const Caller& caller,
                                          const std::string& description) {
  if (const absl::Status status = CheckAdministrator(caller.principal); !status.ok()) return status;
  servicekit::Violations violations;
  CheckText(violations, "customer_import.description", description, 0, 255);
  if (!violations.empty()) return violations.status();
  const ImportRun run{.id = Id::New(caller.author.time),
                      .description = description,
                      .actor = caller.author.subject,
                      .create_time = caller.author.time,
                      .update_time = caller.author.time};
  const absl::Status status = stores.imports.Insert(tx, run);
  if (!status.ok()) return status;
  return run;
}

absl::StatusOr<ImportRun> CompleteImportRun(Stores& stores, Transaction& tx, const Caller& caller, Id id) {
  if (const absl::Status status = CheckAdministrator(caller.principal); !status.ok()) return status;
  absl::StatusOr<ImportRun> run = stores.imports.Lock(tx, id);
  if (!run.ok()) return run;
  if (run->state == ImportRun::State::kReverting || run->state == ImportRun::State::kReverted)
    return Reverted();
  run->state = ImportRun::State::kSucceeded;
  run->update_time = caller.author.time;
  const absl::Status status = stores.imports.Update(tx, *run);
  if (!status.ok()) return status;
  return run;
}

}  // namespace clientele::customer
