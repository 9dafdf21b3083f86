#include "servicekit/rpc/list_order.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {

absl::StatusOr<ListOrder> ListOrder::Parse(std::string_view order_by, const OrderFields& fields) {
  ListOrder order;
  order.fields_ = &fields;
  order.field_ = &fields.fields.front();
  const std::vector<std::string> words =
      absl::StrSplit(ToAbsl(order_by), absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty());
  if (words.empty()) return order;
  bool found = false;
  std::string names;
  for (const OrderFields::Field& field : fields.fields) {
    StrAppend(&names, names.empty() ? "" : ", ", field.name);
    if (field.name != words[0]) continue;
    order.field_ = &field;
    found = true;
  }
  if (!found || words.size() > 2 || (words.size() == 2 && words[1] != "asc" && words[1] != "desc")) {
    return InvalidField("order_by",
                        StrCat("`", absl::StripAsciiWhitespace(ToAbsl(order_by)),
                               "` is no order: one field, then nothing or desc; the fields are: ", names));
  }
  order.descending_ = words.size() == 2 && words[1] == "desc";
  return order;
}

Sql ListOrder::OrderBy() const {
  const Sql direction = descending_ ? Sql(" DESC") : Sql();
  Sql by_id = Sql(fields_->id) + direction;
  if (field_->type == OrderFields::Type::kId) return by_id;
  return Sql(field_->column) + direction + Sql(", ") + by_id;
}

absl::StatusOr<Sql> ListOrder::After(const PageKey& key) const {
  const absl::StatusOr<Id> id = key.GetId(0);
  if (!id.ok()) return id.status();
  const Sql by_id = Sql(fields_->id) + (descending_ ? Sql(" < ?", {*id}) : Sql(" > ?", {*id}));
  if (field_->type == OrderFields::Type::kId) return by_id;
  Parameter value = std::nullopt;
  if (field_->type == OrderFields::Type::kTime) {
    const absl::StatusOr<absl::Time> time = key.Time(1);
    if (!time.ok()) return time.status();
    value = Parameter(*time);
  } else {
    absl::StatusOr<std::string> text = key.Text(1);
    if (!text.ok()) return text.status();
    value = Parameter(*std::move(text));
  }
  // The column by itself first, as a range that an index can start from; a comparison of pairs would be none.
  const Sql column(field_->column);
  return column + (descending_ ? Sql(" <= ?", {value}) : Sql(" >= ?", {value})) + Sql(" AND (") + column +
         (descending_ ? Sql(" < ?", {value}) : Sql(" > ?", {value})) + Sql(" OR ") + by_id + Sql(")");
}

PageKey ListOrder::KeyOf(Id id, absl::Time time) const {
  PageKey key;
  key.Add(id);
  if (field_->type == OrderFields::Type::kTime) key.Add(time);
  return key;
}

PageKey ListOrder::KeyOf(Id id, std::string_view text) const { return PageKey().Add(id).Add(text); }

}  // namespace servicekit
