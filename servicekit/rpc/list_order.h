#ifndef SERVICEKIT_RPC_LIST_ORDER_H_
#define SERVICEKIT_RPC_LIST_ORDER_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/mysql/sql.h"
#include "servicekit/rpc/page_token.h"
#include "servicekit/types/id.h"

namespace servicekit {

// What a list may be ordered by (AIP-132). The id comes last in every order, which makes it total: pages have
// clear borders.
struct OrderFields {
  enum class Type { kId, kText, kTime };
  struct Field {
    std::string_view name;  // `order_time`.
    Type type;
    SqlText column;  // `o.order_time`; NOT NULL.
  };
  SqlText id;                 // `o.id`.
  std::vector<Field> fields;  // The first is what an empty `order_by` means.
};

// One of those orders, chosen by a request.
class ListOrder {
 public:
  // A field, with ` desc` if wanted. INVALID_ARGUMENT on `order_by` for anything else. `fields` must outlive
  // the result.
  static absl::StatusOr<ListOrder> Parse(std::string_view order_by, const OrderFields& fields);

  std::string_view field() const { return field_->name; }
  // As it stands behind ORDER BY.
  Sql OrderBy() const;
  // True for what comes after the row of `key`. INVALID_ARGUMENT on `page_token` when it is no key of this
  // order.
  absl::StatusOr<Sql> After(const PageKey& key) const;
  // Of the row with this id and, unless the order is by the id alone, this time in the field's column.
  PageKey KeyOf(Id id, absl::Time time) const;
  // The same for a text.
  PageKey KeyOf(Id id, std::string_view text) const;

 private:
  const OrderFields* fields_ = nullptr;
  const OrderFields::Field* field_ = nullptr;
  bool descending_ = false;
};

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_LIST_ORDER_H_
