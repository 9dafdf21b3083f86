#ifndef CUSTOMER_SVC_OPERATIONS_SETTLE_CUSTOMERS_H_
#define CUSTOMER_SVC_OPERATIONS_SETTLE_CUSTOMERS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "customer-svc/operations/revert_import.h"
#include "customer-svc/operations/save.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// What many customers, locked, may have again of what they had. Each keeps what cannot be as it was any more,
// and that is told in `kept`.
class CustomerSettler {
 public:
  CustomerSettler(Stores& stores, servicekit::Transaction& tx, std::vector<KeptWrite>& kept)
      : stores_(stores), tx_(tx), kept_(kept) {}

  absl::Status SettleTeams(std::vector<Change<Customer>>& changes);
  absl::Status SettleParents(std::vector<Change<Customer>>& changes);
  absl::Status SettleAttributes(std::vector<Change<Customer>>& changes);
  // Brings the changes into an order in which each takes only keys that are free by then. Who wants one that
  // somebody else still has does without; that is told, unless `blocked` takes who wanted what.
  absl::Status SettleKeys(std::vector<Change<Customer>>& changes, std::vector<Customer>* blocked);

 private:
  // `parent` and all above it, where the customers in `moved` have these parents.
  absl::StatusOr<std::vector<servicekit::Id>> Ancestors(
      servicekit::Id parent, const absl::flat_hash_map<servicekit::Id, std::optional<servicekit::Id>>& moved);
  void Keep(servicekit::Id customer, std::string field, std::string reason);

  Stores& stores_;
  servicekit::Transaction& tx_;
  std::vector<KeptWrite>& kept_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_SETTLE_CUSTOMERS_H_
