#ifndef LIFECYCLE_SVC_STORE_COLUMNS_H_
#define LIFECYCLE_SVC_STORE_COLUMNS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "lifecycle-svc/domain/external_id.h"
#include "servicekit/mysql/row.h"
#include "servicekit/mysql/sql.h"
#include "servicekit/types/money.h"

// How the domain's values lie in columns.
namespace clientele::lifecycle {

// `(?, ?, …)` for an IN list; `values` must not be empty.
template <typename Values>
servicekit::Sql InList(const Values& values) {
  return servicekit::Sql::List(std::vector<servicekit::Parameter>(values.begin(), values.end()));
}

// ` (external_system = ? AND external_id IN (…) OR …)`: what every engine answers by ranges of the unique
// key, unlike IN over pairs. `ids` must not be empty.
servicekit::Sql ExternalIdIn(const std::vector<ExternalId>& ids);

servicekit::Parameter SystemOf(const std::optional<ExternalId>& id);
servicekit::Parameter IdOf(const std::optional<ExternalId>& id);
// Of the columns `first` (system) and the next (id).
std::optional<ExternalId> ReadExternalId(const servicekit::Row& row, size_t first);

servicekit::Parameter AmountOf(const std::optional<servicekit::Money>& money);
servicekit::Parameter CurrencyOf(const std::optional<servicekit::Money>& money);
// Of the columns `first` (amount) and the next (currency).
std::optional<servicekit::Money> ReadMoney(const servicekit::Row& row, size_t first);

servicekit::Parameter DateOf(const std::optional<absl::CivilDay>& day);
// The column must be selected as CAST(… AS CHAR).
std::optional<absl::CivilDay> ReadDate(const servicekit::Row& row, size_t column);

// The sum of amounts, which may have more digits than an amount; selected as CAST(… AS CHAR). 0 when NULL.
servicekit::Decimal ReadSum(const servicekit::Row& row, size_t column);

template <typename Enum>
int64_t NumberOf(Enum value) {
  return static_cast<int64_t>(value);
}
template <typename Enum>
Enum ReadEnum(const servicekit::Row& row, size_t column) {
  return static_cast<Enum>(row.Int64(column));
}

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_COLUMNS_H_
