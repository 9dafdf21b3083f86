#ifndef CUSTOMER_SVC_RPC_CUSTOMER_LISTING_H_
#define CUSTOMER_SVC_RPC_CUSTOMER_LISTING_H_

#include <string>

#include "absl/status/statusor.h"
#include "customer-svc/domain/customer.h"
#include "customer-svc/store/customer_store.h"
#include "servicekit/mysql/sql.h"
#include "servicekit/rpc/filter.h"
#include "servicekit/rpc/page_token.h"

namespace clientele::customer {

// The condition that a filter of ListCustomers means; empty for an empty filter. INVALID_ARGUMENT on
// `filter`, also (reason FILTER_NEEDS_SCAN) when no index serves it, there is much to look at, and
// `allow_scan` is not set.
absl::StatusOr<servicekit::Sql> CompileListFilter(CustomerStore& customers, servicekit::Transaction& tx,
                                                  const servicekit::Principal& reader,
                                                  const std::string& filter, bool allow_scan);

// The orders that ListCustomers offers. Each ends with the id, so that it is total and pages have clear
// borders.
struct CustomerOrder {
  enum class Column { kName, kDisplayName, kUpdateTime, kCreateTime };
  Column column = Column::kName;
  bool descending = false;
  const servicekit::OrderField* field = nullptr;

  // `name`, `display_name`, `update_time` or `create_time`, each with ` desc` if wanted; empty is `name`.
  // INVALID_ARGUMENT on `order_by` for anything else.
  static absl::StatusOr<CustomerOrder> Parse(const std::string& order_by);

  servicekit::Sql OrderBy() const;
  // True for what comes after `key`. INVALID_ARGUMENT on `page_token` when it is no key of this order.
  absl::StatusOr<servicekit::Sql> After(const servicekit::PageKey& key) const;
  servicekit::PageKey KeyOf(const Customer& last) const;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_CUSTOMER_LISTING_H_
