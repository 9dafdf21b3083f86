#ifndef CUSTOMER_SVC_STORE_ATTRIBUTE_STORE_H_
#define CUSTOMER_SVC_STORE_ATTRIBUTE_STORE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "customer-svc/domain/attribute.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// The definitions of custom attributes. Values lie with the customers.
class AttributeStore {
 public:
  // NOT_FOUND.
  absl::StatusOr<Attribute> Get(servicekit::Transaction& tx, const std::string& id);
  // By id.
  absl::StatusOr<std::vector<Attribute>> List(servicekit::Transaction& tx);
  // For a write of the definition: waits for the writes of customers that were checked against it. NOT_FOUND.
  absl::StatusOr<Attribute> Lock(servicekit::Transaction& tx, const std::string& id);
  // Those that `values` are of, locked against change until the values are committed.
  absl::StatusOr<AttributeDefinitions> LockDefinitions(servicekit::Transaction& tx,
                                                       const std::vector<std::string>& ids);
  // ALREADY_EXISTS.
  absl::Status Insert(servicekit::Transaction& tx, const Attribute& attribute);
  absl::Status Update(servicekit::Transaction& tx, const Attribute& attribute);
  absl::Status Delete(servicekit::Transaction& tx, const std::string& id);

  // Whether a customer has a value of it.
  absl::StatusOr<bool> IsUsed(servicekit::Transaction& tx, const std::string& id);
  // Whether a customer has one of `choices`.
  absl::StatusOr<bool> IsChosen(servicekit::Transaction& tx, const std::string& id,
                                const std::vector<std::string>& choices);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_ATTRIBUTE_STORE_H_
