#include "customer-svc/rpc/customer_order.h"

#include <vector>

#include "absl/strings/str_split.h"
#include "servicekit/types/error.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::PageKey;
using servicekit::Parameter;
using servicekit::Sql;

// The column by itself first, as a range that an index can start from; a comparison of pairs would be none.
Sql AfterPair(bool descending, Sql at_least, Sql beyond, Id id) {
  return std::move(at_least) + Sql(" AND (") + beyond +
         (descending ? Sql(" OR customers.id < ?)", {id}) : Sql(" OR customers.id > ?)", {id}));
}

}  // namespace

absl::StatusOr<CustomerOrder> CustomerOrder::Parse(const std::string& order_by) {
  const std::vector<std::string> words = absl::StrSplit(order_by, ' ', absl::SkipWhitespace());
  CustomerOrder order;
  if (words.empty()) return order;
  order.descending = words.size() == 2 && words[1] == "desc";
  if (words[0] == "name") {
    order.column = Column::kName;
  } else if (words[0] == "display_name") {
    order.column = Column::kDisplayName;
  } else if (words[0] == "update_time") {
    order.column = Column::kUpdateTime;
  } else {
    return servicekit::InvalidField("order_by", "must be name, display_name or update_time");
  }
  if (words.size() > 2 || (words.size() == 2 && words[1] != "desc" && words[1] != "asc")) {
    return servicekit::InvalidField("order_by", "must be one field, with \"desc\" after it if wanted");
  }
  return order;
}

Sql CustomerOrder::OrderBy() const {
  switch (column) {
    case Column::kName:
      return descending ? Sql("customers.id DESC") : Sql("customers.id");
    case Column::kDisplayName:
      return descending ? Sql("customers.display_name DESC, customers.id DESC")
                        : Sql("customers.display_name, customers.id");
    case Column::kUpdateTime:
      return descending ? Sql("customers.update_time DESC, customers.id DESC")
                        : Sql("customers.update_time, customers.id");
  }
  return {};
}

absl::StatusOr<Sql> CustomerOrder::After(const PageKey& key) const {
  const absl::StatusOr<Id> id = key.GetId(0);
  if (!id.ok()) return id.status();
  switch (column) {
    case Column::kName:
      return descending ? Sql("customers.id < ?", {*id}) : Sql("customers.id > ?", {*id});
    case Column::kDisplayName: {
      const absl::StatusOr<std::string> name = key.Text(1);
      if (!name.ok()) return name.status();
      return descending ? AfterPair(true, Sql("customers.display_name <= ?", {*name}),
                                    Sql("customers.display_name < ?", {*name}), *id)
                        : AfterPair(false, Sql("customers.display_name >= ?", {*name}),
                                    Sql("customers.display_name > ?", {*name}), *id);
    }
    case Column::kUpdateTime: {
      const absl::StatusOr<absl::Time> time = key.Time(1);
      if (!time.ok()) return time.status();
      return descending ? AfterPair(true, Sql("customers.update_time <= ?", {*time}),
                                    Sql("customers.update_time < ?", {*time}), *id)
                        : AfterPair(false, Sql("customers.update_time >= ?", {*time}),
                                    Sql("customers.update_time > ?", {*time}), *id);
    }
  }
  return Sql();
}

PageKey CustomerOrder::KeyOf(const Customer& last) const {
  PageKey key;
  key.Add(last.id);
  if (column == Column::kDisplayName) key.Add(last.display_name);
  if (column == Column::kUpdateTime) key.Add(last.update_time);
  return key;
}

}  // namespace clientele::customer
