#include "lifecycle-svc/store/delivery_store.h"

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Parameter;
using servicekit::Row;

DeliveryStep ReadStep(const Row& row) {
  DeliveryStep step;
  step.key = row.Text(2);
  step.title = row.Text(3);
  step.department = ReadEnum<Department>(row, 4);
  step.due_days = static_cast<int>(row.Int64(5));
  step.planned_minutes = static_cast<int>(row.Int64(6));
  step.depends_on = absl::StrSplit(row.Text(7), ',', absl::SkipEmpty());
  return step;
}

}  // namespace

absl::Status DeliveryStore::LockMatrix(Transaction& tx) {
  return tx.Query(Sql("SELECT value_level FROM delivery_matrix ORDER BY value_level, standardization_level"
                      " FOR UPDATE"),
                  [](const Row&) { return absl::OkStatus(); });
}

absl::StatusOr<DeliveryMatrix> DeliveryStore::GetMatrix(Transaction& tx) {
  DeliveryMatrix matrix;
  const absl::Status status = tx.Query(
      Sql("SELECT value_level, standardization_level, delivery_model, version FROM delivery_matrix"),
      [&](const Row& row) {
        matrix.Set(ReadEnum<Level>(row, 0), ReadEnum<Level>(row, 1), ReadEnum<DeliveryModel>(row, 2));
        matrix.version = row.Int64(3);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return matrix;
}

absl::Status DeliveryStore::PutMatrix(Transaction& tx, const DeliveryMatrix& matrix) {
  std::vector<std::vector<Parameter>> rows;
  for (const Level value : kLevels) {
    for (const Level standardization : kLevels) {
      rows.push_back({NumberOf(value), NumberOf(standardization), NumberOf(matrix.At(value, standardization)),
                      matrix.version});
    }
  }
  return tx
      .InsertMany(
          "INSERT INTO delivery_matrix (value_level, standardization_level, delivery_model, version) VALUES ",
          rows, " ON DUPLICATE KEY UPDATE delivery_model = VALUES(delivery_model), version = VALUES(version)")
      .status();
}

absl::Status DeliveryStore::LockTemplate(Transaction& tx, DeliveryModel model) {
  return tx.Query(Sql("SELECT delivery_model FROM delivery_templates WHERE delivery_model = ? FOR UPDATE",
                      {NumberOf(model)}),
                  [](const Row&) { return absl::OkStatus(); });
}

absl::StatusOr<std::vector<DeliveryTemplate>> DeliveryStore::GetTemplates(Transaction& tx) {
  absl::StatusOr<std::vector<DeliveryTemplate>> templates =
      tx.QueryAll(Sql("SELECT delivery_model, repurchase_days, update_time, version FROM delivery_templates"
                      " ORDER BY delivery_model"),
                  [](const Row& row) {
                    DeliveryTemplate found;
                    found.model = ReadEnum<DeliveryModel>(row, 0);
                    found.repurchase_days = static_cast<int>(row.Int64(1));
                    found.update_time = row.Time(2);
                    found.version = row.Int64(3);
                    return found;
                  });
  if (!templates.ok()) return templates;
  const absl::Status status =
      tx.Query(Sql("SELECT delivery_model, is_task, step_key, title, department, due_days, planned_minutes,"
                   " depends_on FROM delivery_template_steps ORDER BY delivery_model, is_task, position"),
               [&](const Row& row) {
                 for (DeliveryTemplate& found : *templates) {
                   if (found.model != ReadEnum<DeliveryModel>(row, 0)) continue;
                   (row.Bool(1) ? found.tasks : found.pre_sale_steps).push_back(ReadStep(row));
                 }
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  return templates;
}

absl::Status DeliveryStore::PutTemplate(Transaction& tx, const DeliveryTemplate& changed) {
  absl::Status status =
      tx.Execute(
            Sql("UPDATE delivery_templates SET repurchase_days = ?, update_time = ?, version = ?"
                " WHERE delivery_model = ?",
                {changed.repurchase_days, changed.update_time, changed.version, NumberOf(changed.model)}))
          .status();
  if (status.ok()) {
    status = tx.Execute(Sql("DELETE FROM delivery_template_steps WHERE delivery_model = ?",
                            {NumberOf(changed.model)}))
                 .status();
  }
  std::vector<std::vector<Parameter>> rows;
  const auto add = [&](const std::vector<DeliveryStep>& steps, bool is_task) {
    for (size_t i = 0; i < steps.size(); ++i) {
      const DeliveryStep& step = steps[i];
      rows.push_back({NumberOf(changed.model), is_task, i, step.key, step.title, NumberOf(step.department),
                      step.due_days, step.planned_minutes, absl::StrJoin(step.depends_on, ",")});
    }
  };
  add(changed.pre_sale_steps, false);
  add(changed.tasks, true);
  if (!status.ok() || rows.empty()) return status;
  return tx
      .InsertMany(
          "INSERT INTO delivery_template_steps (delivery_model, is_task, position, step_key, title, "
          "department,"
          " due_days, planned_minutes, depends_on) VALUES ",
          rows)
      .status();
}

}  // namespace clientele::lifecycle
