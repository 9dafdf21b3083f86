#ifndef CUSTOMER_SVC_OPERATIONS_WRITE_ATTRIBUTE_H_
#define CUSTOMER_SVC_OPERATIONS_WRITE_ATTRIBUTE_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/transaction.h"

// The RPCs CreateAttribute, UpdateAttribute and DeleteAttribute: for administrators (PERMISSION_DENIED).
namespace clientele::customer {

// INVALID_ARGUMENT, ALREADY_EXISTS, RESOURCE_EXHAUSTED.
absl::StatusOr<Attribute> CreateAttribute(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                                          Attribute attribute);
// NOT_FOUND, INVALID_ARGUMENT, ABORTED for a stale version, FAILED_PRECONDITION (reason ATTRIBUTE_IN_USE)
// when a choice that a customer has would go. An update that changes nothing leaves no trace.
absl::StatusOr<Attribute> UpdateAttribute(
    Stores& stores, servicekit::Transaction& tx, const Caller& caller, const std::string& id,
    int64_t expected_version, absl::FunctionRef<absl::StatusOr<Attribute>(const Attribute&)> apply);
// NOT_FOUND, ABORTED, FAILED_PRECONDITION (reason ATTRIBUTE_IN_USE) while a customer has a value, or a stage
// or target market names it.
absl::Status DeleteAttribute(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                             const std::string& id, int64_t expected_version);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_WRITE_ATTRIBUTE_H_
