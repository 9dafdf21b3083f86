#ifndef CUSTOMER_SVC_RPC_CUSTOMER_LISTING_H_
#define CUSTOMER_SVC_RPC_CUSTOMER_LISTING_H_

#include <string>

#include "absl/status/statusor.h"
#include "customer-svc/domain/customer.h"
#include "customer-svc/store/customer_store.h"
#include "servicekit/mysql/sql.h"
#include "servicekit/rpc/filter.h"
#include "servicekit/rpc/list_order.h"
#include "servicekit/rpc/page_token.h"

namespace clientele::customer {

// The condition that a filter of ListCustomers means; empty for an empty filter. INVALID_ARGUMENT on
// `filter`, also (reason FILTER_NEEDS_SCAN) when no index serves it, there is much to look at, and
// `allow_scan` is not set.
absl::StatusOr<servicekit::Sql> CompileListFilter(CustomerStore& customers, servicekit::Transaction& tx,
                                                  const servicekit::Principal& reader,
                                                  const std::string& filter, bool allow_scan);

// By `name`, `display_name`, `update_time` or `create_time`. INVALID_ARGUMENT on `order_by` for anything
// else.
absl::StatusOr<servicekit::ListOrder> ParseCustomerOrder(const std::string& order_by);
servicekit::PageKey KeyOf(const servicekit::ListOrder& order, const Customer& last);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_CUSTOMER_LISTING_H_
