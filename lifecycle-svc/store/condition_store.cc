#include "lifecycle-svc/store/condition_store.h"

#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Row;
using servicekit::Sql;

constexpr servicekit::SqlText kSelect =
    "SELECT kind, stage, supplier, enforced, version FROM stage_conditions";

StageCondition ReadCondition(const Row& row) {
  return {ReadEnum<ConditionKind>(row, 0), ReadEnum<Stage>(row, 1), ReadEnum<Department>(row, 2), row.Bool(3),
          row.Int64(4)};
}

}  // namespace

absl::StatusOr<std::vector<StageCondition>> ConditionStore::List(Transaction& tx) {
  return tx.QueryAll(Sql(kSelect) + Sql(" ORDER BY stage, kind"), ReadCondition);
}

absl::StatusOr<StageCondition> ConditionStore::GetForUpdate(Transaction& tx, ConditionKind kind) {
  return tx.QueryOne(Sql(kSelect) + Sql(" WHERE kind = ? FOR UPDATE", {NumberOf(kind)}), ReadCondition);
}

absl::Status ConditionStore::Update(Transaction& tx, const StageCondition& condition) {
  return tx
      .Execute(
          Sql("UPDATE stage_conditions SET stage = ?, supplier = ?, enforced = ?, version = ? WHERE kind = ?",
              {NumberOf(condition.stage), NumberOf(condition.supplier), condition.enforced ? 1 : 0,
               condition.version, NumberOf(condition.kind)}))
      .status();
}

absl::StatusOr<absl::flat_hash_map<Id, DealFacts>> ConditionStore::FindFacts(
    Transaction& tx, const std::vector<Id>& customers) {
  absl::flat_hash_map<Id, DealFacts> facts;
  if (customers.empty()) return facts;
  // The open ones (before WON, 5) that are alike are one row: at most four for each customer.
  absl::Status status = tx.Query(
      Sql("SELECT customer_id, amount IS NOT NULL, expected_close_date IS NOT NULL FROM opportunities"
          " WHERE step < 5 AND customer_id IN ") +
          InList(customers) + Sql(" GROUP BY 1, 2, 3"),
      [&](const Row& row) {
        facts[row.Id(0)].AddOpportunity(row.Bool(1), row.Bool(2));
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  // 3: cancelled.
  status = tx.Query(Sql("SELECT customer_id, COUNT(*) FROM orders WHERE state <> 3 AND customer_id IN ") +
                        InList(customers) + Sql(" GROUP BY 1"),
                    [&](const Row& row) {
                      facts[row.Id(0)].orders = static_cast<int>(row.Int64(1));
                      return absl::OkStatus();
                    });
  if (!status.ok()) return status;
  return facts;
}

}  // namespace clientele::lifecycle
