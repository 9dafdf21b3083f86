#include "customer-svc/operations/supply_information.h"

#include "customer-svc/operations/write_child.h"
#include "customer-svc/operations/write_customer.h"

namespace clientele::customer {

absl::StatusOr<Information> SupplyInformation(
    Stores& stores, servicekit::Transaction& tx, const Caller& caller, servicekit::Id id,
    int64_t expected_version, absl::FunctionRef<absl::StatusOr<Customer>(const Customer&)> apply,
    Information supplied) {
  // Locks the customer, so that all of it is one change, and says who may.
  auto customer = UpdateCustomer(stores, tx, caller, id, expected_version, apply);
  if (!customer.ok()) return customer.status();
  supplied.customer = *std::move(customer);
  id = supplied.customer.id;  // It may have been named by an alias.
  absl::Status status = CreateChildren(stores, tx, caller, id, supplied.contacts);
  if (status.ok()) status = CreateChildren(stores, tx, caller, id, supplied.needs);
  if (status.ok()) status = CreateChildren(stores, tx, caller, id, supplied.interactions);
  if (!status.ok()) return status;
  return supplied;
}

}  // namespace clientele::customer
