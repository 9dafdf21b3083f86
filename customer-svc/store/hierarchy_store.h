#ifndef CUSTOMER_SVC_STORE_HIERARCHY_STORE_H_
#define CUSTOMER_SVC_STORE_HIERARCHY_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "customer-svc/domain/customer.h"
#include "servicekit/access/principal.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// One customer of a group.
struct TreeNode {
  servicekit::Id id;
  std::string display_name;
  CustomerType type = CustomerType::kUnspecified;
  std::optional<servicekit::Id> parent;
  std::optional<servicekit::Id> owner;
  int32_t depth = 0;
  bool visible = false;  // To the reader.
};

struct Tree {
  std::vector<TreeNode> nodes;  // Level by level.
  bool truncated = false;
};

// Groups of customers that belong to each other, read level by level: a statement a level, up and down.
class HierarchyStore {
 public:
  // The group of `customer`, at most `limit` of it, also those that the reader may not see. NOT_FOUND when
  // the customer itself may not be seen.
  absl::StatusOr<Tree> Get(servicekit::Transaction& tx, const servicekit::Principal& reader,
                           servicekit::Id customer, size_t limit);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_HIERARCHY_STORE_H_
