#ifndef CUSTOMER_SVC_STORE_REQUIREMENT_CONDITION_H_
#define CUSTOMER_SVC_STORE_REQUIREMENT_CONDITION_H_

#include "absl/time/time.h"
#include "customer-svc/domain/requirement.h"
#include "servicekit/mysql/sql.h"

namespace clientele::customer {

// True, never NULL, when what `condition` asks for is known of the row of `customers`.
servicekit::Sql KnownCondition(const Condition& condition, absl::Time now);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_REQUIREMENT_CONDITION_H_
