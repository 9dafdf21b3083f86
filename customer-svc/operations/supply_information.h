#ifndef CUSTOMER_SVC_OPERATIONS_SUPPLY_INFORMATION_H_
#define CUSTOMER_SVC_OPERATIONS_SUPPLY_INFORMATION_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// What someone adds to what is known of a customer.
struct Information {
  Customer customer;
  std::vector<Contact> contacts;
  std::vector<Need> needs;
  std::vector<Interaction> interactions;
};

// The RPC SupplyInformation: all of `supplied` or nothing, in this transaction; the answer is how it was
// stored. `apply` makes of the current customer what the caller wants. The errors of UpdateCustomer and of
// CreateContact, CreateNeed and CreateInteraction, the field names of these under `contacts[2].`.
absl::StatusOr<Information> SupplyInformation(
    Stores& stores, servicekit::Transaction& tx, const Caller& caller, servicekit::Id id,
    int64_t expected_version, absl::FunctionRef<absl::StatusOr<Customer>(const Customer&)> apply,
    Information supplied);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_SUPPLY_INFORMATION_H_
