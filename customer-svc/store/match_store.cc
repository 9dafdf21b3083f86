#include "customer-svc/store/match_store.h"

#include <algorithm>
#include <tuple>

#include "customer-svc/store/lookup.h"
#include "servicekit/types/utf8.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;
using servicekit::Transaction;

// Keys asked for in one statement; always as many, so that it stays prepared.
constexpr size_t kKeysAtOnce = 32;

MatchKey ReadKey(const Row& row) { return {static_cast<MatchKind>(row.Int64(0)), row.Int64(1)}; }

// In the order of the table's key, so that neighbours go to the same page and two writers lock in the same
// order.
std::vector<std::vector<Parameter>> RowsOf(const std::vector<MatchStore::Source>& sources) {
  std::vector<std::tuple<int64_t, Id, Id, MatchKind>> sorted;
  for (const MatchStore::Source& source : sources) {
    for (const MatchKey& key : source.keys) {
      sorted.emplace_back(key.hash, source.customer, source.source, key.kind);
    }
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(sorted.size());
  for (const auto& [hash, customer, source, kind] : sorted) {
    rows.push_back({hash, static_cast<int64_t>(kind), customer, source});
  }
  return rows;
}

constexpr SqlText kInsert = "INSERT INTO match_keys (hash, kind, customer_id, source_id) VALUES ";

std::vector<MatchKey> Without(const std::vector<MatchKey>& a, const std::vector<MatchKey>& b) {
  std::vector<MatchKey> rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(rest));
  return rest;
}

// `keys` in pieces of kKeysAtOnce, the last one filled up with its last key.
std::vector<std::vector<MatchKey>> Pieces(const std::vector<MatchKey>& keys) {
  std::vector<std::vector<MatchKey>> pieces;
  for (size_t begin = 0; begin < keys.size(); begin += kKeysAtOnce) {
    const size_t end = std::min(keys.size(), begin + kKeysAtOnce);
    pieces.emplace_back(keys.begin() + static_cast<std::ptrdiff_t>(begin),
                        keys.begin() + static_cast<std::ptrdiff_t>(end));
    pieces.back().resize(kKeysAtOnce, pieces.back().back());
  }
  return pieces;
}

}  // namespace

absl::Status MatchStore::Insert(Transaction& tx, const std::vector<Source>& sources) {
  const auto rows = RowsOf(sources);
  return rows.empty() ? absl::OkStatus() : tx.InsertMany(kInsert, rows).status();
}

absl::Status MatchStore::Fill(Transaction& tx, const std::vector<Source>& sources) {
  const auto rows = RowsOf(sources);
  if (rows.empty()) return absl::OkStatus();
  return tx.InsertMany(kInsert, rows, " ON DUPLICATE KEY UPDATE kind = VALUES(kind)").status();
}

absl::Status MatchStore::Replace(Transaction& tx, const Source& source, const std::vector<MatchKey>& before) {
  std::vector<int64_t> gone;
  for (const MatchKey& key : Without(before, source.keys)) gone.push_back(key.hash);
  if (!gone.empty()) {
    const absl::Status status =
        tx.Execute(Sql("DELETE FROM match_keys WHERE customer_id = ? AND source_id = ? AND hash IN ",
                       {source.customer, source.source}) +
                   InList(gone))
            .status();
    if (!status.ok()) return status;
  }
  return Fill(tx, {{source.customer, source.source, Without(source.keys, before)}});
}

absl::StatusOr<absl::flat_hash_map<Id, std::vector<MatchKey>>> MatchStore::KeysOf(
    Transaction& tx, const std::vector<Id>& customers) {
  absl::flat_hash_map<Id, std::vector<MatchKey>> keys;
  if (customers.empty()) return keys;
  const absl::Status status = tx.Query(
      Sql("SELECT kind, hash, customer_id FROM match_keys WHERE customer_id IN ") + InList(customers),
      [&](const Row& row) {
        keys[row.Id(2)].push_back(ReadKey(row));
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return keys;
}

absl::StatusOr<absl::flat_hash_map<MatchKey, std::vector<Id>>> MatchStore::Sharing(
    Transaction& tx, const std::vector<MatchKey>& keys) {
  absl::flat_hash_map<MatchKey, std::vector<Id>> sharing;
  std::vector<MatchKey> once = keys;
  std::sort(once.begin(), once.end());
  once.erase(std::unique(once.begin(), once.end()), once.end());
  for (const std::vector<MatchKey>& piece : Pieces(once)) {
    std::vector<Sql> selects;
    for (const MatchKey& key : piece) {
      selects.push_back(Sql("(SELECT kind, hash, customer_id FROM match_keys WHERE hash = ? LIMIT ?)",
                            {key.hash, kMostSharing + 1}));
    }
    // UNION without ALL: the same customer comes once for each key, whichever of its contacts have it.
    const absl::Status status = tx.Query(Sql::Join(selects, " UNION "), [&](const Row& row) {
      sharing[ReadKey(row)].push_back(row.Id(2));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
  }
  for (auto& [key, customers] : sharing) {
    if (static_cast<int64_t>(customers.size()) <= kMostSharing) continue;
    customers.resize(key.kind == MatchKind::kNamePart ? 0 : kMostSharing);
  }
  return sharing;
}

absl::Status MatchStore::Dismiss(Transaction& tx, Id a, Id b, const std::string& actor, absl::Time now) {
  return tx
      .Execute(
          Sql("INSERT INTO dismissed_duplicates (customer_id, other_id, actor, create_time)"
              " VALUES (?, ?, ?, ?), (?, ?, ?, ?) ON DUPLICATE KEY UPDATE actor = dismissed_duplicates.actor",
              {a, b, servicekit::CutUtf8(actor, 255), now, b, a, servicekit::CutUtf8(actor, 255), now}))
      .status();
}

absl::StatusOr<std::vector<std::pair<Id, Id>>> MatchStore::Dismissed(Transaction& tx,
                                                                     const std::vector<Id>& customers) {
  if (customers.empty()) return std::vector<std::pair<Id, Id>>();
  return tx.QueryAll(
      Sql("SELECT customer_id, other_id FROM dismissed_duplicates WHERE customer_id IN ") + InList(customers),
      [](const Row& row) { return std::pair(row.Id(0), row.Id(1)); });
}

absl::Status MatchStore::Delete(Transaction& tx, const std::vector<Id>& customers) {
  if (customers.empty()) return absl::OkStatus();
  return tx.Execute(Sql("DELETE FROM match_keys WHERE customer_id IN ") + InList(customers)).status();
}

absl::Status MatchStore::MoveContacts(Transaction& tx, Id from, Id to) {
  return tx
      .Execute(Sql("UPDATE match_keys SET customer_id = ? WHERE customer_id = ? AND source_id <> ?",
                   {to, from, from}))
      .status();
}

absl::Status MatchStore::MoveContacts(Transaction& tx, const std::vector<Id>& contacts, Id to) {
  if (contacts.empty()) return absl::OkStatus();
  return tx.Execute(Sql("UPDATE match_keys SET customer_id = ? WHERE source_id IN ", {to}) + InList(contacts))
      .status();
}

absl::StatusOr<MatchStore::Progress> MatchStore::LockProgress(Transaction& tx, int64_t rules) {
  const absl::Status made =
      tx.Execute(Sql("INSERT INTO match_progress (rules, after_id, done) VALUES (?, ?, 0)"
                     " ON DUPLICATE KEY UPDATE rules = match_progress.rules",
                     {rules, Id()}))
          .status();
  if (!made.ok()) return made;
  return tx.QueryOne(Sql("SELECT after_id, done FROM match_progress WHERE rules = ? FOR UPDATE", {rules}),
                     [](const Row& row) {
                       return Progress{row.Id(0), row.Bool(1)};
                     });
}

absl::Status MatchStore::SetProgress(Transaction& tx, int64_t rules, const Progress& progress) {
  return tx
      .Execute(Sql("UPDATE match_progress SET after_id = ?, done = ? WHERE rules = ?",
                   {progress.after, progress.done, rules}))
      .status();
}

}  // namespace clientele::customer
