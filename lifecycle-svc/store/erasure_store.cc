#include "lifecycle-svc/store/erasure_store.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "servicekit/mysql/row.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Bytes;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

// Each on rows `t` of one kind that belong to the customer, with those of its own if it is an alias: three
// placeholders, customer, survivor, customer.
// clang-format off
constexpr SqlText kErase[] = {
    "UPDATE moves t LEFT JOIN alias_rows a ON a.kind = 1 AND a.id = t.id"
    " SET t.reason = '', t.external_system = NULL, t.external_id = NULL"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "UPDATE opportunities t LEFT JOIN alias_rows a ON a.kind = 2 AND a.id = t.id"
    " SET t.display_name = '', t.lost_note = '', t.external_system = NULL, t.external_id = NULL"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "UPDATE opportunity_lines l JOIN opportunities t ON t.id = l.opportunity_id"
    " LEFT JOIN alias_rows a ON a.kind = 2 AND a.id = t.id SET l.description = ''"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "UPDATE opportunity_competitors c JOIN opportunities t ON t.id = c.opportunity_id"
    " LEFT JOIN alias_rows a ON a.kind = 2 AND a.id = t.id SET c.note = ''"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "UPDATE orders t LEFT JOIN alias_rows a ON a.kind = 3 AND a.id = t.id"
    " SET t.external_system = NULL, t.external_id = NULL, t.cancel_reason = ''"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "UPDATE order_returns p JOIN orders t ON t.id = p.order_id LEFT JOIN alias_rows a ON a.kind = 3 AND a.id = t.id"
    " SET p.reason = '', p.external_system = NULL, p.external_id = NULL"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "UPDATE order_lines l JOIN orders t ON t.id = l.order_id LEFT JOIN alias_rows a ON a.kind = 3 AND a.id = t.id"
    " SET l.description = ''"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "UPDATE refunds p JOIN orders t ON t.id = p.order_id LEFT JOIN alias_rows a ON a.kind = 3 AND a.id = t.id"
    " SET p.note = '', p.external_system = NULL, p.external_id = NULL"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "UPDATE payments p JOIN orders t ON t.id = p.order_id LEFT JOIN alias_rows a ON a.kind = 3 AND a.id = t.id"
    " SET p.external_system = NULL, p.external_id = NULL"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "UPDATE referrals t LEFT JOIN alias_rows a ON a.kind = 5 AND a.id = t.id"
    " SET t.external_system = NULL, t.external_id = NULL, t.cancel_reason = ''"
    " WHERE t.referred_id IN (?, ?) AND COALESCE(a.own_customer_id, t.referred_id) = ?",
    "UPDATE follow_ups t LEFT JOIN alias_rows a ON a.kind = 6 AND a.id = t.id SET t.why = '', t.note = ''"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "UPDATE service_projects t LEFT JOIN alias_rows a ON a.kind = 7 AND a.id = t.id"
    " SET t.display_name = '', t.cancel_reason = '', t.external_system = NULL, t.external_id = NULL"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "UPDATE service_tasks s JOIN service_projects t ON t.id = s.project_id"
    " LEFT JOIN alias_rows a ON a.kind = 7 AND a.id = t.id SET s.title = ''"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "UPDATE service_work s JOIN service_projects t ON t.id = s.project_id"
    " LEFT JOIN alias_rows a ON a.kind = 7 AND a.id = t.id SET s.note = ''"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
};

// What is the customer's own, with the same placeholders. Payments, returns and refunds are named after their order, tasks
// after their project.
constexpr SqlText kOwnIds[] = {
    "SELECT t.id FROM opportunities t LEFT JOIN alias_rows a ON a.kind = 2 AND a.id = t.id"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "SELECT t.id FROM orders t LEFT JOIN alias_rows a ON a.kind = 3 AND a.id = t.id"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "SELECT t.id FROM referrals t LEFT JOIN alias_rows a ON a.kind = 5 AND a.id = t.id"
    " WHERE t.referred_id IN (?, ?) AND COALESCE(a.own_customer_id, t.referred_id) = ?",
    "SELECT t.id FROM follow_ups t LEFT JOIN alias_rows a ON a.kind = 6 AND a.id = t.id"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
    "SELECT t.id FROM service_projects t LEFT JOIN alias_rows a ON a.kind = 7 AND a.id = t.id"
    " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
};
// clang-format on

constexpr size_t kIdsAtOnce = 16;

// The customer and all that is its own, with its moves.
absl::StatusOr<absl::flat_hash_set<Id>> FindOwn(Transaction& tx, Id customer, Id survivor) {
  absl::flat_hash_set<Id> own = {customer};
  const auto add = [&](const Sql& sql) {
    return tx.Query(sql, [&](const Row& row) {
      own.insert(row.Id(0));
      return absl::OkStatus();
    });
  };
  absl::Status status =
      add(Sql("SELECT t.id FROM moves t LEFT JOIN alias_rows a ON a.kind = 1 AND a.id = t.id"
              " WHERE t.customer_id IN (?, ?) AND COALESCE(a.own_customer_id, t.customer_id) = ?",
              {customer, survivor, customer}));
  for (const SqlText& text : kOwnIds) {
    if (status.ok()) status = add(Sql(text, {customer, survivor, customer}));
  }
  if (!status.ok()) return status;
  return own;
}

// Whether a text, such as a resource's name or a message, holds a name of one of `ids`.
bool NamesOneOf(std::string_view text, const absl::flat_hash_set<Id>& ids) {
  constexpr size_t kIdLength = 26;
  for (size_t at = text.find('/'); at != std::string_view::npos; at = text.find('/', at + 1)) {
    const absl::StatusOr<Id> id = Id::Parse(text.substr(at + 1, kIdLength));
    if (id.ok() && ids.contains(*id)) return true;
  }
  return false;
}

}  // namespace

absl::Status ErasureStore::Erase(Transaction& tx, Id customer, Id survivor) {
  for (const SqlText& text : kErase) {
    const auto done = tx.Execute(Sql(text, {customer, survivor, customer}));
    if (!done.ok()) return done.status();
  }
  for (const Sql& sql : {Sql("UPDATE journeys SET display_name = '' WHERE customer_id = ?", {customer}),
                         Sql("UPDATE customer_aliases SET display_name = '' WHERE alias_id = ?", {customer}),
                         Sql("UPDATE history SET changes = '{}' WHERE customer_id = ?", {customer})}) {
    const auto done = tx.Execute(sql);
    if (!done.ok()) return done.status();
  }
  return absl::OkStatus();
}

absl::Status ErasureStore::EraseAnswers(Transaction& tx, Id customer, Id survivor) {
  std::vector<Id> ids = {customer};
  for (const SqlText& text : kOwnIds) {
    const absl::Status status = tx.Query(Sql(text, {customer, survivor, customer}), [&](const Row& row) {
      ids.push_back(row.Id(0));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
  }
  for (size_t begin = 0; begin < ids.size(); begin += kIdsAtOnce) {
    std::vector<Sql> named;
    // Always as many, the last one again and again, so that all lists share a prepared statement.
    for (size_t i = begin; i < begin + kIdsAtOnce; ++i) {
      const Id id = ids[std::min(i, ids.size() - 1)];
      named.push_back(Sql("LOCATE(?, answer) > 0", {Bytes{id.ToString()}}));
    }
    // Answers are kept for a week and have no index by what they say; read without locks, then changed by
    // key.
    const auto found = tx.QueryAll(Sql("SELECT request_id FROM requests WHERE ") + Sql::Join(named, " OR "),
                                   [](const Row& row) { return Bytes{row.Blob(0)}; });
    if (!found.ok()) return found.status();
    for (const Bytes& request : *found) {
      const auto done = tx.Execute(Sql("UPDATE requests SET answer = NULL WHERE request_id = ?", {request}));
      if (!done.ok()) return done.status();
    }
  }
  return absl::OkStatus();
}

absl::Status ErasureStore::EraseTraces(Transaction& tx, Id customer, Id survivor,
                                       const std::vector<Id>& past_survivors,
                                       absl::FunctionRef<std::string(const std::string&)> scrub) {
  if (past_survivors.empty()) return absl::OkStatus();
  absl::StatusOr<absl::flat_hash_set<Id>> own = FindOwn(tx, customer, survivor);
  for (size_t i = 0; own.ok() && i < past_survivors.size(); ++i) {
    const Id other = past_survivors[i];
    std::vector<Id> entries;
    absl::Status status =
        tx.Query(Sql("SELECT id, resource FROM history WHERE customer_id = ?", {other}), [&](const Row& row) {
          if (NamesOneOf(row.Text(1), *own)) entries.push_back(row.Id(0));
          return absl::OkStatus();
        });
    for (const Id& entry : entries) {
      if (!status.ok()) return status;
      status = tx.Execute(Sql("UPDATE history SET changes = '{}' WHERE customer_id = ? AND id = ?",
                              {other, entry}))
                   .status();
    }
    if (!status.ok()) return status;
    status = RewriteFeed(tx, other, [&](const std::string& payload) {
      return NamesOneOf(payload, *own) ? scrub(payload) : payload;
    });
    if (!status.ok()) return status;
  }
  return own.status();
}

absl::Status ErasureStore::RewriteFeed(Transaction& tx, Id customer,
                                       absl::FunctionRef<std::string(const std::string&)> scrub) {
  std::vector<std::pair<int64_t, std::string>> changed;
  const absl::Status status =
      tx.Query(Sql("SELECT seq, payload FROM feed WHERE customer_id = ?", {customer}), [&](const Row& row) {
        const std::string before = row.Blob(1);
        std::string after = scrub(before);
        if (after != before) changed.emplace_back(row.Int64(0), std::move(after));
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  for (auto& [seq, payload] : changed) {
    const auto done = tx.Execute(Sql("UPDATE feed SET payload = ? WHERE seq = ?", {Bytes{payload}, seq}));
    if (!done.ok()) return done.status();
  }
  return absl::OkStatus();
}

absl::Status ErasureStore::DeleteBare(Transaction& tx, Id customer) {
  const absl::StatusOr<bool> in_use = tx.QueryOne(Sql(R"sql(
        SELECT EXISTS (SELECT 1 FROM moves WHERE customer_id = ? AND kind <> 1)
            OR EXISTS (SELECT 1 FROM opportunities WHERE customer_id = ?)
            OR EXISTS (SELECT 1 FROM orders WHERE customer_id = ?)
            OR EXISTS (SELECT 1 FROM service_projects WHERE customer_id = ?)
            OR EXISTS (SELECT 1 FROM credit_limits WHERE customer_id = ?)
            OR EXISTS (SELECT 1 FROM referrals WHERE referrer_id = ?)
            OR EXISTS (SELECT 1 FROM referrals WHERE referred_id = ?)
            OR EXISTS (SELECT 1 FROM customer_aliases WHERE alias_id = ?)
            OR EXISTS (SELECT 1 FROM customer_aliases WHERE survivor_id = ?))sql",
                                                      std::vector<servicekit::Parameter>(9, customer)),
                                                  [](const Row& row) { return row.Bool(0); });
  if (!in_use.ok() || *in_use) return in_use.status();
  for (const SqlText statement : {SqlText("DELETE FROM follow_ups WHERE customer_id = ?"),
                                  SqlText("DELETE FROM target_market_members WHERE customer_id = ?"),
                                  SqlText("DELETE FROM moves WHERE customer_id = ?"),
                                  SqlText("DELETE FROM journeys WHERE customer_id = ?")}) {
    const absl::Status status = tx.Execute(Sql(statement, {customer})).status();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace clientele::lifecycle
