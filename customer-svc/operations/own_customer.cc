#include "customer-svc/operations/own_customer.h"

#include "customer-svc/domain/version.h"
#include "customer-svc/operations/assigner.h"
#include "customer-svc/operations/save.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/error.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Transaction;

// Ends both: `after` is what the rule made of `before`.
absl::StatusOr<Customer> Save(Stores& stores, Transaction& tx, const Caller& caller, const Customer& before,
                              absl::StatusOr<Customer> after) {
  if (!after.ok()) return after;
  if (ChangedFields(before, *after).empty()) return before;
  const absl::StatusOr<Assigner> assigner = AssignerFor(stores, tx, caller.principal);
  if (!assigner.ok()) return assigner.status();
  absl::Status status = CheckAssignment(*assigner, &before, *after);
  if (!status.ok()) return status;
  std::vector<Change<Customer>> changes = {{before, *std::move(after)}};
  status = SaveChanged(stores, tx, caller.author, changes);
  if (!status.ok()) return status;
  return std::move(changes.front().after);
}

absl::StatusOr<Customer> LockAtVersion(Stores& stores, Transaction& tx, const Caller& caller, Id id,
                                       int64_t expected_version) {
  if (const absl::Status status = CheckMayWrite(caller.principal); !status.ok()) return status;
  absl::StatusOr<Customer> customer = stores.customers.Lock(tx, caller.principal, id);
  if (!customer.ok()) return customer;
  const absl::Status status = CheckVersion(expected_version, customer->version);
  if (!status.ok()) return status;
  return customer;
}

}  // namespace

absl::StatusOr<Customer> ClaimCustomer(Stores& stores, Transaction& tx, const Caller& caller, Id id,
                                       int64_t expected_version) {
  const absl::StatusOr<Customer> before = LockAtVersion(stores, tx, caller, id, expected_version);
  if (!before.ok()) return before;
  if (!caller.principal.representative) {
    return servicekit::WithReason(absl::PermissionDeniedError("only a representative can own a customer"),
                                  "NOT_A_REPRESENTATIVE");
  }
  const absl::StatusOr<Representative> taker =
      stores.teams.ShareRepresentative(tx, *caller.principal.representative);
  if (!taker.ok()) return taker.status();
  if (taker->state == RepresentativeState::kInactive) {
    return servicekit::WithReason(
        absl::FailedPreconditionError("the representative is not active any more and gets no customers"),
        "REPRESENTATIVE_INACTIVE");
  }
  return Save(stores, tx, caller, *before, Claim(*before, taker->id, taker->team));
}

absl::StatusOr<Customer> ReleaseCustomer(Stores& stores, Transaction& tx, const Caller& caller, Id id,
                                         int64_t expected_version) {
  const absl::StatusOr<Customer> before = LockAtVersion(stores, tx, caller, id, expected_version);
  if (!before.ok()) return before;
  return Save(stores, tx, caller, *before, Release(*before));
}

}  // namespace clientele::customer
