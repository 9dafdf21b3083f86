#ifndef CUSTOMER_SVC_RPC_CUSTOMER_LISTING_H_
#define CUSTOMER_SVC_RPC_CUSTOMER_LISTING_H_

#include <string>

#include "absl/status/statusor.h"
#include "customer-svc/domain/customer.h"
#include "servicekit/mysql/sql.h"
#include "servicekit/rpc/filter.h"
#include "servicekit/rpc/page_token.h"

namespace clientele::customer {

// The condition that a filter of ListCustomers means; empty for an empty filter. INVALID_ARGUMENT on
// `filter`.
absl::StatusOr<servicekit::Sql> CompileCustomerFilter(const std::string& filter);

// The orders that ListCustomers offers. Each ends with the id, so that it is total and pages have clear
// borders.
struct CustomerOrder {
  enum class Column { kName, kDisplayName, kUpdateTime };
  Column column = Column::kName;
  bool descending = false;
  const servicekit::OrderField* field = nullptr;

  // `name`, `display_name` or `update_time`, each with ` desc` if wanted; empty is `name`. INVALID_ARGUMENT
  // on `order_by` for anything else.
  static absl::StatusOr<CustomerOrder> Parse(const std::string& order_by);

  servicekit::Sql OrderBy() const;
  // True for what comes after `key`. INVALID_ARGUMENT on `page_token` when it is no key of this order.
  absl::StatusOr<servicekit::Sql> After(const servicekit::PageKey& key) const;
  servicekit::PageKey KeyOf(const Customer& last) const;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_CUSTOMER_LISTING_H_
