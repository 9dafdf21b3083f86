#include "customer-svc/store/target_market_store.h"

#include <algorithm>
#include <set>

#include "customer-svc/store/customer_filter.h"
#include "customer-svc/store/customer_store.h"
#include "customer-svc/store/lookup.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Parameter;
using servicekit::Principal;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;
using servicekit::Transaction;

constexpr SqlText kSelect = R"sql(
    SELECT id, display_name, description, filter, estimated_size,
           EXISTS (SELECT 1 FROM target_market_searches WHERE market_id = target_markets.id), version, create_time,
           update_time
      FROM target_markets
     WHERE deleted = 0)sql";

TargetMarket ReadMarket(const Row& row) {
  return {.id = row.Id(0),
          .display_name = row.Text(1),
          .description = row.Text(2),
          .filter = row.Text(3),
          .estimated_size = row.Int64(4),
          .computing = row.Bool(5),
          .version = row.Int64(6),
          .create_time = row.Time(7),
          .update_time = row.Time(8)};
}

// A statement takes no more than 65,535 values, and whoever changes teams may own more customers than that.
constexpr size_t kPlacedAtOnce = 1000;

// Looks for the members of a target market from the first customer on.
absl::Status StartSearch(Transaction& tx, Id market) {
  return tx
      .Execute(Sql("INSERT INTO target_market_searches (market_id, done_up_to) VALUES (?, ?)"
                   " ON DUPLICATE KEY UPDATE done_up_to = VALUES(done_up_to)",
                   {market, Id()}))
      .status();
}

struct Definition {
  Id market;
  std::string filter;
};

// What all the definitions may name, read once.
absl::StatusOr<FilterScope> ScopeOf(Transaction& tx, const std::vector<Definition>& definitions) {
  std::string filters;
  for (const Definition& definition : definitions) filters += definition.filter;
  absl::StatusOr<FilterScope> scope = FilterScope::For(tx, filters);
  if (scope.ok()) scope->target_markets = scope->searched = false;
  return scope;
}

// Never NULL. A filter that is none any more, which nothing but a fault could bring about, has no members: no
// customer could be written else.
Sql MemberCondition(const std::string& filter, const FilterScope& scope) {
  const auto compiled = CompileCustomerFilter(filter, scope);
  if (!compiled.ok() || compiled->condition.empty()) return Sql("(1 = 0)");
  return Sql("(") + compiled->condition + Sql(" IS TRUE)");
}

using Membership = std::pair<Id, Id>;  // Customer, market.

// Which of `customers` the definitions make members.
absl::StatusOr<std::set<Membership>> Members(Transaction& tx, const std::vector<Definition>& definitions,
                                             const std::vector<Id>& customers) {
  std::set<Membership> members;
  if (definitions.empty()) return members;
  Sql sql("SELECT customers.id");
  const absl::StatusOr<FilterScope> scope = ScopeOf(tx, definitions);
  if (!scope.ok()) return scope.status();
  for (const Definition& definition : definitions) {
    sql += Sql(", ") + MemberCondition(definition.filter, *scope);
  }
  const absl::Status status =
      tx.Query(sql + Sql(" FROM customers WHERE customers.id IN ") + InList(customers), [&](const Row& row) {
        for (size_t i = 0; i < definitions.size(); ++i) {
          if (row.Bool(1 + i)) members.insert({row.Id(0), definitions[i].market});
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return members;
}

absl::StatusOr<std::set<Membership>> StoredMembers(Transaction& tx, const std::vector<Id>& customers) {
  std::set<Membership> members;
  const absl::Status status =
      tx.Query(Sql("SELECT customer_id, market_id FROM target_market_members WHERE customer_id IN ") +
                   InList(customers),
               [&](const Row& row) {
                 members.insert({row.Id(0), row.Id(1)});
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  return members;
}

absl::Status Remove(Transaction& tx, const std::vector<Membership>& members) {
  absl::flat_hash_map<Id, std::vector<Id>> by_market;
  for (const auto& [customer, market] : members) by_market[market].push_back(customer);
  for (const auto& [market, customers] : by_market) {
    const absl::Status status =
        tx.Execute(
              Sql("DELETE FROM target_market_members WHERE market_id = ? AND customer_id IN ", {market}) +
              InList(customers))
            .status();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Add(Transaction& tx, const std::vector<Membership>& members) {
  if (members.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  for (const auto& [customer, market] : members) rows.push_back({market, customer});
  return tx.InsertMany("INSERT INTO target_market_members (market_id, customer_id) VALUES ", rows).status();
}

std::vector<Membership> Without(const std::set<Membership>& a, const std::set<Membership>& b) {
  std::vector<Membership> rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(rest));
  return rest;
}

}  // namespace

absl::StatusOr<TargetMarket> TargetMarketStore::Get(Transaction& tx, Id id) {
  auto market = tx.QueryOne(Sql(kSelect) + Sql(" AND id = ?", {id}), ReadMarket);
  if (absl::IsNotFound(market.status())) return absl::NotFoundError("no such target market");
  return market;
}

absl::StatusOr<std::vector<TargetMarket>> TargetMarketStore::List(Transaction& tx) {
  return tx.QueryAll(Sql(kSelect) + Sql(" ORDER BY id"), ReadMarket);
}

absl::Status TargetMarketStore::LockDefinitions(Transaction& tx) {
  return tx
      .QueryOne(Sql("SELECT id FROM target_market_lock FOR UPDATE"),
                [](const Row& row) { return row.Int64(0); })
      .status();
}

absl::Status TargetMarketStore::Insert(Transaction& tx, const TargetMarket& market) {
  const absl::Status status =
      tx.Execute(
            Sql("INSERT INTO target_markets (id, display_name, description, filter, estimated_size, deleted,"
                " version, create_time, update_time) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)",
                {market.id, market.display_name, market.description, market.filter, market.estimated_size,
                 market.version, market.create_time, market.update_time}))
          .status();
  return status.ok() ? StartSearch(tx, market.id) : status;
}

absl::Status TargetMarketStore::Update(Transaction& tx, const TargetMarket& before,
                                       const TargetMarket& after) {
  const absl::Status status =
      tx.Execute(Sql("UPDATE target_markets SET display_name = ?, description = ?, filter = ?,"
                     " estimated_size = ?, version = ?, update_time = ? WHERE id = ?",
                     {after.display_name, after.description, after.filter, after.estimated_size,
                      after.version, after.update_time, after.id}))
          .status();
  return status.ok() && before.filter != after.filter ? StartSearch(tx, after.id) : status;
}

absl::Status TargetMarketStore::Delete(Transaction& tx, Id id) {
  const absl::Status status =
      tx.Execute(Sql("UPDATE target_markets SET deleted = 1 WHERE id = ?", {id})).status();
  return status.ok() ? StartSearch(tx, id) : status;
}

absl::StatusOr<absl::flat_hash_map<Id, int64_t>> TargetMarketStore::CountMembers(
    Transaction& tx, const Principal& reader, const std::optional<Id>& market) {
  absl::flat_hash_map<Id, int64_t> counts;
  Sql sql(
      "SELECT market_id, COUNT(*) FROM target_market_members"
      " JOIN customers ON customers.id = target_market_members.customer_id WHERE ");
  sql += MayRead(reader, CustomerRowColumns());
  if (market) sql += Sql(" AND market_id = ?", {*market});
  const absl::Status status = tx.Query(sql + Sql(" GROUP BY market_id"), [&](const Row& row) {
    counts.emplace(row.Id(0), row.Int64(1));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return counts;
}

absl::StatusOr<Memberships> TargetMarketStore::Place(Transaction& tx, const std::vector<Id>& customers) {
  Memberships memberships;
  if (customers.empty()) return memberships;
  // The lock row is always there, so also the writes before the first definition are waited for.
  std::vector<Definition> definitions;
  bool any = false;
  absl::Status status =
      tx.Query(Sql("SELECT market.id, market.filter, market.deleted FROM target_market_lock AS guard"
                   " LEFT JOIN target_markets AS market ON market.id IS NOT NULL LOCK IN SHARE MODE"),
               [&](const Row& row) {
                 if (row.IsNull(0)) return absl::OkStatus();
                 any = true;
                 if (!row.Bool(2)) definitions.push_back({row.Id(0), row.Text(1)});
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  if (!any) return memberships;
  for (size_t begin = 0; begin < customers.size(); begin += kPlacedAtOnce) {
    const size_t end = std::min(customers.size(), begin + kPlacedAtOnce);
    const std::vector<Id> some(customers.begin() + static_cast<std::ptrdiff_t>(begin),
                               customers.begin() + static_cast<std::ptrdiff_t>(end));
    const auto members = Members(tx, definitions, some);
    if (!members.ok()) return members.status();
    const auto stored = StoredMembers(tx, some);
    if (!stored.ok()) return stored.status();
    status = Remove(tx, Without(*stored, *members));
    if (status.ok()) status = Add(tx, Without(*members, *stored));
    if (!status.ok()) return status;
    for (const auto& [customer, market] : *members) memberships[customer].push_back(market);
  }
  return memberships;
}

absl::Status TargetMarketStore::Forget(Transaction& tx, Id customer) {
  return tx.Execute(Sql("DELETE FROM target_market_members WHERE customer_id = ?", {customer})).status();
}

absl::Status TargetMarketStore::Rename(Transaction& tx, Id customer) {
  return tx
      .Execute(Sql("INSERT INTO target_market_searches (market_id, done_up_to)"
                   " SELECT id, ? FROM target_markets WHERE LOCATE(?, filter) > 0"
                   " ON DUPLICATE KEY UPDATE done_up_to = VALUES(done_up_to)",
                   {Id(), servicekit::NameOf("customers", customer)}))
      .status();
}

absl::StatusOr<TargetMarketStore::Step> TargetMarketStore::NextStep(Transaction& tx, int64_t limit) {
  struct Search {
    Id market, done_up_to;
  };
  // Held until the step is committed, the guard keeps the definition as it is.
  const auto guard = tx.QueryOne(Sql("SELECT id FROM target_market_lock LOCK IN SHARE MODE"),
                                 [](const Row& row) { return row.Int64(0); });
  if (!guard.ok()) return guard.status();
  // The row's lock keeps the search to one process at a time.
  const auto searches = tx.QueryAll(
      Sql("SELECT market_id, done_up_to FROM target_market_searches ORDER BY market_id LIMIT 1 FOR UPDATE"),
      [](const Row& row) {
        return Search{row.Id(0), row.Id(1)};
      });
  if (!searches.ok()) return searches.status();
  Step step;
  if (searches->empty()) return step;
  const Search& search = searches->front();
  step.market = search.market;
  const auto market = Get(tx, search.market);
  if (!market.ok() && !absl::IsNotFound(market.status())) return market.status();
  // One that was deleted has no members.
  Sql condition("(1 = 0)");
  if (market.ok()) {
    const absl::StatusOr<FilterScope> scope =
        ScopeOf(tx, std::vector<Definition>{Definition{market->id, market->filter}});
    if (!scope.ok()) return scope.status();
    condition = MemberCondition(market->filter, *scope);
  }
  int64_t seen = 0;
  const absl::Status status = tx.Query(
      Sql("SELECT customers.id, members.customer_id IS NOT NULL, ") + condition +
          Sql(" FROM (SELECT id FROM customers WHERE id > ? ORDER BY id LIMIT ?) AS page"
              " JOIN customers ON customers.id = page.id"
              " LEFT JOIN target_market_members AS members"
              " ON members.market_id = ? AND members.customer_id = customers.id ORDER BY customers.id",
              {search.done_up_to, limit, search.market}),
      [&](const Row& row) {
        ++seen;
        step.last = row.Id(0);
        if (row.Bool(1) != row.Bool(2)) step.differing.push_back(row.Id(0));
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  if (seen < limit) step.last.reset();
  return step;
}

absl::Status TargetMarketStore::FinishStep(Transaction& tx, const Step& step) {
  if (step.last) {
    return tx
        .Execute(Sql("UPDATE target_market_searches SET done_up_to = ? WHERE market_id = ?",
                     {*step.last, step.market}))
        .status();
  }
  const absl::Status status =
      tx.Execute(Sql("DELETE FROM target_market_searches WHERE market_id = ?", {step.market})).status();
  if (!status.ok()) return status;
  return tx.Execute(Sql("DELETE FROM target_markets WHERE id = ? AND deleted = 1", {step.market})).status();
}

}  // namespace clientele::customer
