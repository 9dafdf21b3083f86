#include "value-svc/store/policy_store.h"

#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::value {
namespace {

using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

constexpr SqlText kSelect = R"sql(
    SELECT id, display_name, condition_text, goal, department, recommended_action, priority, disabled, version,
           update_time, author
      FROM policies )sql";

Policy Decode(const Row& row) {
  Policy policy;
  policy.id = row.Id(0);
  policy.display_name = row.Text(1);
  policy.condition = row.Text(2);
  policy.goal = static_cast<Goal>(row.Int64(3));
  policy.department = static_cast<Department>(row.Int64(4));
  policy.recommended_action = row.Text(5);
  policy.priority = row.Int64(6);
  policy.disabled = row.Bool(7);
  policy.version = row.Int64(8);
  policy.update_time = row.Time(9);
  policy.author = row.Text(10);
  return policy;
}

std::vector<Parameter> Encode(const Policy& policy) {
  return {policy.id,
          policy.display_name,
          policy.condition,
          static_cast<int>(policy.goal),
          static_cast<int>(policy.department),
          policy.recommended_action,
          policy.priority,
          policy.disabled,
          policy.version,
          policy.update_time,
          policy.author};
}

absl::Status InsertVersion(Transaction& tx, const Policy& policy) {
  return tx
      .InsertMany(R"sql(
        INSERT INTO policy_versions (id, display_name, condition_text, goal, department, recommended_action, priority,
                                     disabled, version, update_time, author) VALUES )sql",
                  {Encode(policy)})
      .status();
}

absl::StatusOr<Policy> One(absl::StatusOr<Policy> policy, Id id) {
  if (!absl::IsNotFound(policy.status())) return policy;
  return absl::NotFoundError(servicekit::StrCat("there is no ", servicekit::NameOf("policies", id)));
}

}  // namespace

absl::Status PolicyStore::Insert(Transaction& tx, const Policy& policy) {
  const auto inserted = tx.InsertMany(R"sql(
      INSERT INTO policies (id, display_name, condition_text, goal, department, recommended_action, priority, disabled,
                            version, update_time, author) VALUES )sql",
                                      {Encode(policy)});
  if (!inserted.ok()) return inserted.status();
  return InsertVersion(tx, policy);
}

absl::Status PolicyStore::Update(Transaction& tx, const Policy& policy) {
  const auto updated =
      tx.Execute(Sql(R"sql(
        UPDATE policies
           SET display_name = ?, condition_text = ?, goal = ?, department = ?, recommended_action = ?, priority = ?,
               disabled = ?, version = ?, update_time = ?, author = ?
         WHERE id = ?)sql",
                     {policy.display_name, policy.condition, static_cast<int>(policy.goal),
                      static_cast<int>(policy.department), policy.recommended_action, policy.priority,
                      policy.disabled, policy.version, policy.update_time, policy.author, policy.id}));
  if (!updated.ok()) return updated.status();
  return InsertVersion(tx, policy);
}

absl::StatusOr<Policy> PolicyStore::Get(Transaction& tx, Id id) {
  return One(tx.QueryOne(Sql(kSelect) + Sql("WHERE id = ?", {id}), Decode), id);
}

absl::StatusOr<Policy> PolicyStore::GetForUpdate(Transaction& tx, Id id) {
  return One(tx.QueryOne(Sql(kSelect) + Sql("WHERE id = ? FOR UPDATE", {id}), Decode), id);
}

absl::StatusOr<std::vector<Policy>> PolicyStore::List(Transaction& tx, const std::optional<Place>& after,
                                                      int64_t limit) {
  Sql sql(kSelect);
  if (after.has_value()) {
    sql += Sql("WHERE priority >= ? AND (priority > ? OR id > ?)",
               {after->priority, after->priority, after->id});
  }
  return tx.QueryAll(sql + Sql(" ORDER BY priority, id LIMIT ?", {limit}), Decode);
}

absl::StatusOr<std::vector<Policy>> PolicyStore::ListEnabled(Transaction& tx, const Place& from) {
  return tx.QueryAll(Sql(kSelect) + Sql(R"sql(
      WHERE disabled = 0 AND priority >= ? AND (priority > ? OR id >= ?) ORDER BY priority, id)sql",
                                        {from.priority, from.priority, from.id}),
                     Decode);
}

absl::StatusOr<std::vector<Policy>> PolicyStore::ListVersions(Transaction& tx, Id id,
                                                              std::optional<int64_t> below, int64_t limit) {
  Sql sql(R"sql(
    SELECT id, display_name, condition_text, goal, department, recommended_action, priority, disabled, version,
           update_time, author
      FROM policy_versions
     WHERE id = ?)sql",
          {id});
  if (below.has_value()) sql += Sql(" AND version < ?", {*below});
  return tx.QueryAll(sql + Sql(" ORDER BY version DESC LIMIT ?", {limit}), Decode);
}

}  // namespace clientele::value
