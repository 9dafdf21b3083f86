#ifndef CUSTOMER_SVC_DOMAIN_OWNERSHIP_H_
#define CUSTOMER_SVC_DOMAIN_OWNERSHIP_H_

#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "customer-svc/domain/customer.h"
#include "servicekit/types/id.h"

namespace clientele::customer {

// Who gives customers to whom. Reads of what the rules need stay outside: `teams` are a representative's own,
// or a manager's with all below them.
struct Assigner {
  enum class Reach { kSelf, kTeams, kAll };
  Reach reach = Reach::kSelf;
  std::optional<servicekit::Id> representative;
  std::vector<servicekit::Id> own_teams;
  absl::flat_hash_set<servicekit::Id> teams;
};

// A representative owns what they create; a manager's goes to the pool of their first team unless said
// otherwise.
void SetDefaultOwner(const Assigner& assigner, Customer& created);

// PERMISSION_DENIED (reason OWNER_NOT_ALLOWED) unless the assigner may make `before`'s owner and team
// `after`'s. `before` is null for a new customer. A representative may own what is new, and take what is in
// the pool, and give their own back to its team's pool; a manager may give to anyone in their reach.
absl::Status CheckAssignment(const Assigner& assigner, const Customer* before, const Customer& after);

// PERMISSION_DENIED unless the assigner gives customers of others to others at all, and to this team: what
// CheckAssignment would say of each customer of a transfer.
absl::Status CheckTransfer(const Assigner& assigner, servicekit::Id to_team);

// What `customer` becomes when `taker`, whose team is `team`, takes it from the pool. FAILED_PRECONDITION
// (reason ALREADY_OWNED) when someone else owns it.
absl::StatusOr<Customer> Claim(const Customer& customer, servicekit::Id taker, servicekit::Id team);
// What it becomes when it goes back to its team's pool. FAILED_PRECONDITION (reason NOT_OWNED).
absl::StatusOr<Customer> Release(const Customer& customer);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_OWNERSHIP_H_
