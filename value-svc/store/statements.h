#ifndef VALUE_SVC_STORE_STATEMENTS_H_
#define VALUE_SVC_STORE_STATEMENTS_H_

#include <vector>

#include "absl/types/span.h"
#include "servicekit/mysql/sql.h"
#include "servicekit/types/id.h"

namespace clientele::value {

// `(?, ?, …)` for some ids, at least one.
inline servicekit::Sql IdList(absl::Span<const servicekit::Id> ids) {
  return servicekit::Sql::List(std::vector<servicekit::Parameter>(ids.begin(), ids.end()));
}

// Customers that one transaction works on: those with ids above `after`, up to and including `through`.
struct CustomerRange {
  servicekit::Id after;
  servicekit::Id through;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_STATEMENTS_H_
