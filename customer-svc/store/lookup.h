#ifndef CUSTOMER_SVC_STORE_LOOKUP_H_
#define CUSTOMER_SVC_STORE_LOOKUP_H_

#include <optional>
#include <string>
#include <vector>

#include "customer-svc/domain/reference.h"
#include "servicekit/mysql/row.h"
#include "servicekit/mysql/sql.h"

namespace clientele::customer {

// `(?, ?, …)` for an IN list.
template <typename Value>
servicekit::Sql InList(const std::vector<Value>& values) {
  return servicekit::Sql::List({values.begin(), values.end()});
}

// `((system = ? AND id IN (…)) OR …)`: what every engine answers by ranges of the unique key, unlike IN over
// pairs.
servicekit::Sql MatchExternalIds(const std::vector<ExternalId>& ids, servicekit::SqlText system_equals,
                                 servicekit::SqlText and_id_in);

// The two columns of an optional external id.
servicekit::Parameter SystemOf(const std::optional<ExternalId>& id);
servicekit::Parameter IdOf(const std::optional<ExternalId>& id);
std::optional<ExternalId> ReadExternalId(const servicekit::Row& row, size_t system_column);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_LOOKUP_H_
