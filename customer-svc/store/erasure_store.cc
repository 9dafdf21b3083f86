#include "customer-svc/store/erasure_store.h"

#include <google/protobuf/any.pb.h>

#include "clientele/customer/v1/customer_feed.pb.h"
#include "customer-svc/domain/erasure.h"
#include "customer-svc/store/field_changes.h"
#include "customer-svc/store/lookup.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::Bytes;
using servicekit::Id;
using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::Transaction;

constexpr int64_t kAtOnce = 500;

// The names of the fields alone.
std::string WithoutValues(const std::string& changes) {
  std::string json = "[";
  for (const FieldChange& change : ChangesFromJson(changes)) {
    servicekit::StrAppend(&json, json.size() == 1 ? "" : ",", "{\"field\":", ToJson(change.field), "}");
  }
  return json + "]";
}

// The payload with another name of the customer; empty when it needs no change.
std::string WithName(const std::string& payload, const std::string& display_name) {
  google::protobuf::Any any;
  v1::CustomerChanged event;
  if (!any.ParseFromString(payload) || !any.UnpackTo(&event) || event.display_name() == display_name)
    return "";
  event.set_display_name(display_name);
  any.PackFrom(event);
  return any.SerializeAsString();
}

// Of the rows of one customer that meet the condition.
absl::StatusOr<int64_t> EraseHistoryWhere(Transaction& tx, Id customer, const Sql& condition) {
  int64_t erased = 0;
  Id after;
  for (int64_t seen = kAtOnce; seen == kAtOnce;) {
    seen = 0;
    std::vector<std::vector<Parameter>> rows;
    const Sql sql = Sql("SELECT customer_id, id, time, actor, method, resource, changes FROM history"
                        " WHERE customer_id = ? AND id > ?",
                        {customer, after}) +
                    condition + Sql(" ORDER BY id LIMIT ?", {kAtOnce});
    const absl::Status read = tx.Query(sql, [&](const Row& row) {
      ++seen;
      after = row.Id(1);
      const std::string changes = row.Text(6), erased_changes = WithoutValues(changes);
      if (changes == erased_changes) return absl::OkStatus();
      rows.push_back(
          {row.Id(0), row.Id(1), row.Time(2), row.Text(3), row.Text(4), row.Text(5), erased_changes});
      return absl::OkStatus();
    });
    if (!read.ok()) return read;
    if (rows.empty()) continue;
    // Many rows in one statement; all of them are there.
    const absl::Status written =
        tx.InsertMany("INSERT INTO history (customer_id, id, time, actor, method, resource, changes) VALUES ",
                      rows, " ON DUPLICATE KEY UPDATE changes = VALUES(changes)")
            .status();
    if (!written.ok()) return written;
    erased += static_cast<int64_t>(rows.size());
  }
  return erased;
}

// In the entries of the customers that meet the condition.
absl::StatusOr<int64_t> RenameInFeedWhere(Transaction& tx, const std::vector<Id>& customers,
                                          const Sql& condition, const std::string& display_name) {
  int64_t renamed = 0, after = 0;
  while (true) {
    std::vector<std::pair<int64_t, std::string>> entries;
    int64_t seen = 0;
    const absl::Status read =
        tx.Query(Sql("SELECT seq, payload FROM feed WHERE customer_id IN ") + InList(customers) + condition +
                     Sql(" AND seq > ? ORDER BY seq LIMIT ?", {after, kAtOnce}),
                 [&](const Row& row) {
                   ++seen;
                   after = row.Int64(0);
                   if (std::string payload = WithName(row.Blob(1), display_name); !payload.empty()) {
                     entries.emplace_back(after, std::move(payload));
                   }
                   return absl::OkStatus();
                 });
    if (!read.ok()) return read;
    for (auto& [seq, payload] : entries) {
      const absl::Status written =
          tx.Execute(Sql("UPDATE feed SET payload = ? WHERE seq = ?", {Bytes{std::move(payload)}, seq}))
              .status();
      if (!written.ok()) return written;
    }
    renamed += static_cast<int64_t>(entries.size());
    if (seen < kAtOnce) return renamed;
  }
}

}  // namespace

absl::StatusOr<int64_t> ErasureStore::DeleteContacts(Transaction& tx, Id customer) {
  return tx.Execute(Sql("DELETE FROM contacts WHERE customer_id = ?", {customer}));
}

absl::Status ErasureStore::DeleteContact(Transaction& tx, Id contact) {
  const absl::Status status =
      tx.Execute(Sql("DELETE FROM match_keys WHERE source_id = ?", {contact})).status();
  if (!status.ok()) return status;
  return tx.Execute(Sql("DELETE FROM contacts WHERE id = ?", {contact})).status();
}

absl::StatusOr<int64_t> ErasureStore::EraseNeeds(Transaction& tx, Id customer, absl::Time now) {
  return tx.Execute(Sql(
      "UPDATE needs SET description = ?, product_interest = '', external_system = NULL, external_id = NULL,"
      " version = version + 1, update_time = ? WHERE customer_id = ? AND description <> ?",
      {kErased, now, customer, kErased}));
}

absl::StatusOr<int64_t> ErasureStore::EraseInteractions(Transaction& tx, Id customer, absl::Time now) {
  return tx.Execute(
      Sql("UPDATE interactions SET subject = '', outcome = '', external_system = NULL, external_id = NULL,"
          " version = version + 1, update_time = ? WHERE customer_id = ?"
          " AND NOT (subject = '' AND outcome = '' AND external_id IS NULL)",
          {now, customer}));
}

absl::StatusOr<int64_t> ErasureStore::EraseHistory(Transaction& tx, const std::vector<Id>& customers,
                                                   const std::string& resource) {
  Sql condition;
  if (!resource.empty()) condition = Sql(" AND resource = ?", {resource});
  int64_t erased = 0;
  for (const Id customer : customers) {
    const absl::StatusOr<int64_t> rows = EraseHistoryWhere(tx, customer, condition);
    if (!rows.ok()) return rows;
    erased += *rows;
  }
  return erased;
}

absl::StatusOr<int64_t> ErasureStore::EraseHistory(Transaction& tx, const SharedTime& shared) {
  return EraseHistoryWhere(tx, shared.survivor,
                           Sql(" AND time BETWEEN ? AND ?", {shared.merge_time, shared.split_time}));
}

absl::Status ErasureStore::EraseOwnershipReasons(Transaction& tx, const std::vector<Id>& customers) {
  return tx.Execute(Sql("UPDATE ownerships SET reason = '' WHERE customer_id IN ") + InList(customers))
      .status();
}

absl::Status ErasureStore::EraseMerges(Transaction& tx, const std::vector<Id>& customers) {
  const absl::Status status =
      tx.Execute(Sql("UPDATE customer_aliases SET registration_number = NULL WHERE alias_id IN ") +
                 InList(customers))
          .status();
  if (!status.ok()) return status;
  return tx
      .Execute(Sql("UPDATE customer_merges SET state = IF(state = 1, 3, state), survivor_before = NULL,"
                   " survivor_after = NULL, merged_before = NULL WHERE survivor_id IN ") +
               InList(customers) + Sql(" OR merged_id IN ") + InList(customers))
      .status();
}

absl::Status ErasureStore::EraseSnapshots(Transaction& tx, const SharedTime& shared) {
  return tx
      .Execute(
          Sql("UPDATE customer_merges SET survivor_before = NULL, survivor_after = NULL, merged_before = NULL"
              " WHERE id = ?",
              {shared.merge}))
      .status();
}

absl::StatusOr<int64_t> ErasureStore::EraseFeed(Transaction& tx, const std::vector<Id>& customers) {
  return RenameInFeedWhere(tx, customers, Sql(), std::string(kErased));
}

absl::StatusOr<int64_t> ErasureStore::RenameInFeed(Transaction& tx, const SharedTime& shared,
                                                   const std::string& display_name) {
  return RenameInFeedWhere(tx, {shared.survivor},
                           Sql(" AND event_time BETWEEN ? AND ?", {shared.merge_time, shared.split_time}),
                           display_name);
}

absl::Status ErasureStore::EraseAnswers(Transaction& tx, const std::vector<Id>& ids) {
  std::vector<Sql> named;
  for (const Id id : ids) named.push_back(Sql("LOCATE(?, answer) > 0", {Bytes{id.ToString()}}));
  // Answers are kept for a week and have no index by what they say; read without locks, then changed by key.
  const auto found = tx.QueryAll(Sql("SELECT request_id FROM requests WHERE ") + Sql::Join(named, " OR "),
                                 [](const Row& row) { return Bytes{row.Blob(0)}; });
  if (!found.ok()) return found.status();
  for (size_t begin = 0; begin < found->size(); begin += static_cast<size_t>(kAtOnce)) {
    const size_t end = std::min(found->size(), begin + static_cast<size_t>(kAtOnce));
    const std::vector<Bytes> some(found->begin() + static_cast<std::ptrdiff_t>(begin),
                                  found->begin() + static_cast<std::ptrdiff_t>(end));
    const absl::Status status =
        tx.Execute(Sql("UPDATE requests SET answer = NULL WHERE request_id IN ") + InList(some)).status();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace clientele::customer
