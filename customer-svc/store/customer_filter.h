#ifndef CUSTOMER_SVC_STORE_CUSTOMER_FILTER_H_
#define CUSTOMER_SVC_STORE_CUSTOMER_FILTER_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "customer-svc/domain/attribute.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/rpc/filter.h"
#include "servicekit/types/id.h"

namespace clientele::customer {

// What a filter of customers may name besides their own fields.
struct FilterScope {
  std::vector<Attribute> attributes;  // As `attributes.size_class`.
  bool target_markets = true;         // Not in the definition of one.
  bool searched = true;               // False: the condition is for few customers that are known already.
  // Whom the names of merged customers in it stand for.
  absl::flat_hash_map<servicekit::Id, servicekit::Id> aliases;

  // What `filter` needs: nothing, without asking the database, when it names no attribute and no customer.
  static absl::StatusOr<FilterScope> For(servicekit::Transaction& tx, const std::string& filter);
};

// The condition on `customers` that a filter means, and whether an index serves it. INVALID_ARGUMENT on
// `filter`.
absl::StatusOr<servicekit::CompiledFilter> CompileCustomerFilter(const std::string& filter,
                                                                 const FilterScope& scope);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_CUSTOMER_FILTER_H_
