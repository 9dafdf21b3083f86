#include "customer-svc/store/attribute_store.h"

#include "customer-svc/store/json.h"
#include "customer-svc/store/lookup.h"

namespace clientele::customer {
namespace {

using servicekit::Bytes;
using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;
using servicekit::Transaction;

constexpr SqlText kSelect =
    "SELECT id, display_name, type, choices, version, create_time, update_time FROM attributes";

Attribute ReadAttribute(const Row& row) {
  return {.id = row.Blob(0),
          .display_name = row.Text(1),
          .type = static_cast<AttributeType>(row.Int64(2)),
          .choices = TagsFromJson(row.Text(3)),
          .version = row.Int64(4),
          .create_time = row.Time(5),
          .update_time = row.Time(6)};
}

absl::StatusOr<Attribute> OrNotFound(absl::StatusOr<Attribute> attribute) {
  if (absl::IsNotFound(attribute.status())) return absl::NotFoundError("no such attribute");
  return attribute;
}

absl::StatusOr<bool> Exists(Transaction& tx, const Sql& sql) {
  const auto rows = tx.QueryAll(sql, [](const Row&) { return true; });
  if (!rows.ok()) return rows.status();
  return !rows->empty();
}

}  // namespace

absl::StatusOr<Attribute> AttributeStore::Get(Transaction& tx, const std::string& id) {
  return OrNotFound(tx.QueryOne(Sql(kSelect) + Sql(" WHERE id = ?", {Bytes{id}}), ReadAttribute));
}

absl::StatusOr<std::vector<Attribute>> AttributeStore::List(Transaction& tx) {
  return tx.QueryAll(Sql(kSelect) + Sql(" ORDER BY id"), ReadAttribute);
}

absl::StatusOr<Attribute> AttributeStore::Lock(Transaction& tx, const std::string& id) {
  return OrNotFound(tx.QueryOne(Sql(kSelect) + Sql(" WHERE id = ? FOR UPDATE", {Bytes{id}}), ReadAttribute));
}

absl::StatusOr<AttributeDefinitions> AttributeStore::LockDefinitions(Transaction& tx,
                                                                     const std::vector<std::string>& ids) {
  AttributeDefinitions definitions;
  if (ids.empty()) return definitions;
  std::vector<Bytes> keys;
  for (const std::string& id : ids) keys.push_back({id});
  const absl::Status status = tx.Query(
      Sql(kSelect) + Sql(" WHERE id IN ") + InList(keys) + Sql(" LOCK IN SHARE MODE"), [&](const Row& row) {
        Attribute attribute = ReadAttribute(row);
        const std::string id = attribute.id;
        definitions.emplace(id, std::move(attribute));
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return definitions;
}

absl::Status AttributeStore::Insert(Transaction& tx, const Attribute& attribute) {
  const absl::Status status =
      tx.Execute(
            Sql("INSERT INTO attributes (id, display_name, type, choices, version, create_time, update_time)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                {Bytes{attribute.id}, attribute.display_name, static_cast<int64_t>(attribute.type),
                 ToJson(attribute.choices), attribute.version, attribute.create_time, attribute.update_time}))
          .status();
  return absl::IsAlreadyExists(status) ? absl::AlreadyExistsError("there is an attribute of this id")
                                       : status;
}

absl::Status AttributeStore::Update(Transaction& tx, const Attribute& attribute) {
  return tx
      .Execute(Sql(
          "UPDATE attributes SET display_name = ?, choices = ?, version = ?, update_time = ? WHERE id = ?",
          {attribute.display_name, ToJson(attribute.choices), attribute.version, attribute.update_time,
           Bytes{attribute.id}}))
      .status();
}

absl::Status AttributeStore::Delete(Transaction& tx, const std::string& id) {
  return tx.Execute(Sql("DELETE FROM attributes WHERE id = ?", {Bytes{id}})).status();
}

// With a lock, so that they see what was committed while Lock() waited.
absl::StatusOr<bool> AttributeStore::IsUsed(Transaction& tx, const std::string& id) {
  return Exists(tx, Sql("SELECT 1 FROM customer_attributes WHERE attribute = ? LIMIT 1 LOCK IN SHARE MODE",
                        {Bytes{id}}));
}

absl::StatusOr<bool> AttributeStore::IsChosen(Transaction& tx, const std::string& id,
                                              const std::vector<std::string>& choices) {
  if (choices.empty()) return false;
  return Exists(tx, Sql("SELECT 1 FROM customer_attributes WHERE attribute = ? AND text IN ", {Bytes{id}}) +
                        InList(choices) + Sql(" LIMIT 1 LOCK IN SHARE MODE"));
}

}  // namespace clientele::customer
