#ifndef SERVICEKIT_RPC_FILTER_H_
#define SERVICEKIT_RPC_FILTER_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/descriptor.h>

#include "absl/status/statusor.h"
#include "servicekit/mysql/sql.h"

namespace servicekit {

// What a caller may filter a list by.
struct FilterField {
  enum class Type {
    kText,     // = != : with a string; `*` at either end of it stands for anything.
    kInteger,  // = != < <= > >= with a number.
    kDecimal,  // The same, up to six places.
    kTime,     // The same with an RFC 3339 time or a day: `2026-01-31T09:00:00Z`, `2026-01-31`.
    kDay,      // The same with a day, for a DATE column.
    kBool,     // = != with true or false.
    kEnum,     // = != with a value's name.
    kName,     // = != with a resource name, as in `teams/01J…`; the column is its id.
    kMember,  // `:` with a string: the column is a condition with one `?`, as in `EXISTS (SELECT 1 FROM … =
              // ?)`.
  };
  std::string name;  // As in the resource's proto, `owner` or `size.width`.
  Type type;
  SqlText column;
  const google::protobuf::EnumDescriptor* enum_type = nullptr;  // kEnum.
  std::string collection;                                       // kName: `teams`.
  // Whether an index of the column serves = and the comparisons of order, and texts that begin with
  // something.
  bool indexed = false;
  // Where the values lie in a table beside the filtered one, and `column` is that table's: a SELECT of the
  // filtered rows' `id`, to which the comparison is added: `SELECT customer_id AS id FROM customer_tags WHERE
  // `.
  std::optional<Sql> rows = std::nullopt;
  // Of the column's own `?`s, for one that is worked out: `TIMESTAMPDIFF(DAY, order_time, ?)`.
  std::vector<Parameter> values = {};
  // kText: what the column holds of a value, where that is something else, as an e-mail address in lower
  // case; empty when there is no such value. Null: the value itself.
  std::function<std::string(std::string_view)> stored = nullptr;

  Sql Column() const { return Sql(column, values); }
};

// The table that a filter with an eye on indices is for.
struct FilteredTable {
  SqlText id;          // `customers.id`.
  SqlText select_ids;  // `SELECT customers.id AS id FROM customers WHERE `.
  // False when the condition is for few rows that are known already: an OR stays one, instead of a UNION that
  // is found by index.
  bool searched = true;
};

struct CompiledFilter {
  Sql condition;  // Empty for an empty filter.
  // What in it keeps every index from finding the rows, in words for the caller; empty when an index does. An
  // OR of conditions that each have an index is written as a UNION, so that they are used.
  std::string unindexed;
};

// A subset of AIP-160, compiled to a condition in parentheses with bound values; empty for an empty filter.
//
//   owner = "representatives/01J…" AND (size > 100 OR tags:"key account") AND NOT display_name = "Test*"
//
// As AIP-160 says, OR binds tighter than AND; `-` before a term is NOT; `field:*` means that the field is
// set. A field that is not set is different from every value. INVALID_ARGUMENT on `filter`, with the position
// and what is allowed.
absl::StatusOr<Sql> CompileFilter(std::string_view filter, const std::vector<FilterField>& fields);
// The same for a table that may be large. `rows` of a field are for this one only.
absl::StatusOr<CompiledFilter> CompileFilter(std::string_view filter, const std::vector<FilterField>& fields,
                                             const FilteredTable& table);

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_FILTER_H_
