#include "lifecycle-svc/store/sales_step_store.h"

#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Row;

constexpr servicekit::SqlText kSelect =
    "SELECT step, probability_percent, forecast_category, update_time, version FROM sales_steps";

StepDefaults ReadDefaults(const Row& row) {
  return {static_cast<int>(row.Int64(1)), ReadEnum<ForecastCategory>(row, 2), row.Time(3), row.Int64(4)};
}

}  // namespace

absl::StatusOr<SalesSteps> SalesStepStore::Get(Transaction& tx) {
  SalesSteps steps;
  const absl::Status status = tx.Query(Sql(kSelect), [&](const Row& row) {
    steps.Set(ReadEnum<SalesStep>(row, 0), ReadDefaults(row));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return steps;
}

absl::StatusOr<StepDefaults> SalesStepStore::GetForUpdate(Transaction& tx, SalesStep step) {
  return tx.QueryOne(Sql(kSelect) + Sql(" WHERE step = ? FOR UPDATE", {NumberOf(step)}), ReadDefaults);
}

absl::Status SalesStepStore::Update(Transaction& tx, SalesStep step, const StepDefaults& defaults) {
  return tx
      .Execute(Sql("UPDATE sales_steps SET probability_percent = ?, forecast_category = ?, update_time = ?,"
                   " version = ? WHERE step = ?",
                   {defaults.probability_percent, NumberOf(defaults.forecast_category), defaults.update_time,
                    defaults.version, NumberOf(step)}))
      .status();
}

}  // namespace clientele::lifecycle
