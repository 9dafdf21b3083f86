#include "customer-svc/store/requirement_store.h"

#include <algorithm>

#include "customer-svc/store/customer_store.h"
#include "customer-svc/store/lookup.h"
#include "customer-svc/store/requirement_condition.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Principal;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;
using servicekit::Transaction;

constexpr SqlText kSelect = "SELECT stage, requirements, version, update_time FROM requirement_sets";

RequirementSet ReadSet(const Row& row) {
  return {.stage = static_cast<Stage>(row.Int64(0)),
          .requirements = RequirementsFromJson(row.Text(1)),
          .version = row.Int64(2),
          .update_time = row.Time(3)};
}

absl::StatusOr<RequirementSet> OrNotFound(absl::StatusOr<RequirementSet> set) {
  if (absl::IsNotFound(set.status())) return absl::NotFoundError("no such requirement set");
  return set;
}

// Everything that the set asks of the customer in `customers` is known.
Sql AllKnown(const std::vector<Requirement>& requirements, absl::Time now) {
  std::vector<Sql> all = {Sql("1 = 1")};
  for (const Requirement& requirement : requirements) {
    const Sql known = KnownCondition(requirement.condition, now);
    all.push_back(requirement.customer_type == CustomerType::kUnspecified
                      ? known
                      : Sql("(customers.type <> ? OR ", {static_cast<int64_t>(requirement.customer_type)}) +
                            known + Sql(")"));
  }
  return Sql("(") + Sql::Join(all, " AND ") + Sql(")");
}

}  // namespace

void ShortCounts::Add(const ShortCounts& other) {
  customers += other.customers;
  short_before += other.short_before;
  short_after += other.short_after;
  newly_short += other.newly_short;
  newly_complete += other.newly_complete;
  last = other.last;
}

absl::StatusOr<RequirementSet> RequirementStore::Get(Transaction& tx, Stage stage) {
  return OrNotFound(
      tx.QueryOne(Sql(kSelect) + Sql(" WHERE stage = ?", {static_cast<int64_t>(stage)}), ReadSet));
}

absl::StatusOr<std::vector<RequirementSet>> RequirementStore::List(Transaction& tx) {
  return tx.QueryAll(Sql(kSelect) + Sql(" ORDER BY stage"), ReadSet);
}

absl::StatusOr<RequirementSet> RequirementStore::Lock(Transaction& tx, Stage stage) {
  return OrNotFound(
      tx.QueryOne(Sql(kSelect) + Sql(" WHERE stage = ? FOR UPDATE", {static_cast<int64_t>(stage)}), ReadSet));
}

absl::Status RequirementStore::Update(Transaction& tx, const RequirementSet& set) {
  return tx
      .Execute(
          Sql("UPDATE requirement_sets SET requirements = ?, version = ?, update_time = ? WHERE stage = ?",
              {ToJson(set.requirements), set.version, set.update_time, static_cast<int64_t>(set.stage)}))
      .status();
}

absl::StatusOr<std::vector<KnownOfCustomer>> RequirementStore::Known(
    Transaction& tx, const Principal& reader, const std::vector<Id>& customers,
    const std::vector<Requirement>& requirements, absl::Time now) {
  if (customers.empty()) return std::vector<KnownOfCustomer>();
  Sql sql("SELECT customers.id, customers.type");
  for (const Requirement& requirement : requirements) {
    sql += Sql(", ") + KnownCondition(requirement.condition, now);
  }
  sql += Sql(" FROM customers WHERE customers.id IN ") + InList(customers) + Sql(" AND ") +
         MayRead(reader, CustomerRowColumns());
  return tx.QueryAll(sql, [&](const Row& row) {
    KnownOfCustomer one{.customer = row.Id(0), .type = static_cast<CustomerType>(row.Int64(1))};
    one.known.reserve(requirements.size());
    for (size_t i = 0; i < requirements.size(); ++i) one.known.push_back(row.Bool(2 + i));
    return one;
  });
}

absl::StatusOr<ShortCounts> RequirementStore::Compare(Transaction& tx, const Principal& reader,
                                                      const std::vector<Requirement>& before,
                                                      const std::vector<Requirement>& requirements_after,
                                                      absl::Time now, Id after, int64_t limit) {
  // Grouped rather than summed up: MariaDB 10.11 refuses sums over these conditions when the statement,
  // prepared once, runs again.
  const Sql sql = Sql("SELECT ") + AllKnown(before, now) + Sql(" AS was, ") +
                  AllKnown(requirements_after, now) +
                  Sql(" AS would_be, COUNT(*), MAX(customers.id)"
                      " FROM (SELECT customers.id FROM customers WHERE ") +
                  MayRead(reader, CustomerRowColumns()) +
                  Sql(" AND customers.id > ? ORDER BY customers.id LIMIT ?) AS page"
                      " JOIN customers ON customers.id = page.id GROUP BY was, would_be",
                      {after, limit});
  ShortCounts counts;
  const absl::Status status = tx.Query(sql, [&](const Row& row) {
    const bool was = row.Bool(0), would_be = row.Bool(1);
    const int64_t customers = row.Int64(2);
    counts.customers += customers;
    if (!was) counts.short_before += customers;
    if (!would_be) counts.short_after += customers;
    if (was && !would_be) counts.newly_short += customers;
    if (!was && would_be) counts.newly_complete += customers;
    counts.last = std::max(counts.last, row.OptionalId(3));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return counts;
}

}  // namespace clientele::customer
