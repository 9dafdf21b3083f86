#include "customer-svc/store/history_store.h"

#include "customer-svc/store/lookup.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"
#include "servicekit/types/utf8.h"

namespace clientele::customer {

using servicekit::Id;
using servicekit::NameOf;
using servicekit::Parameter;
using servicekit::Sql;
using servicekit::StrCat;

absl::Status HistoryStore::Append(servicekit::Transaction& tx, const Author& author,
                                  const std::vector<Entry>& entries) {
  if (entries.empty()) return absl::OkStatus();
  // Who signs tokens may choose long subjects; the column ends somewhere.
  const std::string actor = servicekit::CutUtf8(author.subject, 255);
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(entries.size());
  for (const Entry& entry : entries) {
    rows.push_back({entry.customer, Id::New(author.time), author.time, actor, author.method, entry.resource,
                    entry.changes.empty() ? "[]" : entry.changes, author.import});
  }
  return tx
      .InsertMany(
          "INSERT INTO history (customer_id, id, time, actor, method, resource, changes, import_id) VALUES ",
          rows)
      .status();
}

absl::StatusOr<std::vector<HistoryStore::Change>> HistoryStore::List(servicekit::Transaction& tx,
                                                                     const std::vector<Id>& customers,
                                                                     Id before, int64_t limit) {
  Sql sql = Sql("SELECT id, time, actor, method, resource, changes FROM history WHERE customer_id IN ") +
            InList(customers);
  if (!before.is_nil()) sql += Sql(" AND id < ?", {before});
  return tx.QueryAll(sql + Sql(" ORDER BY id DESC LIMIT ?", {limit}), [](const servicekit::Row& row) {
    return Change{row.Id(0),   row.Time(1), row.Text(2),
                  row.Text(3), row.Text(4), ChangesFromJson(row.Text(5))};
  });
}

absl::Status HistoryStore::AppendMerge(servicekit::Transaction& tx, const Author& author, Id merged,
                                       Id survivor) {
  return Append(tx, author,
                {{merged, NameOf("customers", merged),
                  StrCat(R"([{"field":"merged_into","new":")", NameOf("customers", survivor), "\"}]")}});
}

absl::Status HistoryStore::AppendSplit(servicekit::Transaction& tx, const Author& author, Id merged,
                                       Id survivor) {
  return Append(tx, author,
                {{merged, NameOf("customers", merged),
                  StrCat(R"([{"field":"merged_into","old":")", NameOf("customers", survivor), "\"}]")}});
}

}  // namespace clientele::customer
