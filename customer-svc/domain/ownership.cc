#include "customer-svc/domain/ownership.h"

#include "servicekit/types/error.h"

namespace clientele::customer {
namespace {

absl::Status Refused(const char* message) {
  return servicekit::WithReason(absl::PermissionDeniedError(message), "OWNER_NOT_ALLOWED");
}

}  // namespace

void SetDefaultOwner(const Assigner& assigner, Customer& created) {
  if (created.owner || created.team) return;
  if (assigner.reach == Assigner::Reach::kSelf) created.owner = assigner.representative;
  if (assigner.reach == Assigner::Reach::kTeams && !assigner.own_teams.empty()) {
    created.team = assigner.own_teams.front();
  }
}

absl::Status CheckAssignment(const Assigner& assigner, const Customer* before, const Customer& after) {
  if (before != nullptr && before->owner == after.owner && before->team == after.team)
    return absl::OkStatus();
  switch (assigner.reach) {
    case Assigner::Reach::kAll:
      return absl::OkStatus();
    case Assigner::Reach::kTeams:
      if (after.team && assigner.teams.contains(*after.team)) return absl::OkStatus();
      return Refused("a manager may give customers only to their own teams and those below");
    case Assigner::Reach::kSelf:
      if (assigner.representative && after.owner == assigner.representative &&
          (before == nullptr || !before->owner)) {
        return absl::OkStatus();
      }
      // Back to the pool.
      if (assigner.representative && before != nullptr && before->owner == assigner.representative &&
          !after.owner && after.team == before->team) {
        return absl::OkStatus();
      }
      return Refused(
          "a representative may own new customers and take those in the pool, not give them to others");
  }
  return Refused("not allowed");
}

absl::Status CheckTransfer(const Assigner& assigner, servicekit::Id to_team) {
  switch (assigner.reach) {
    case Assigner::Reach::kAll:
      return absl::OkStatus();
    case Assigner::Reach::kTeams:
      if (assigner.teams.contains(to_team)) return absl::OkStatus();
      return Refused("a manager may give customers only to their own teams and those below");
    case Assigner::Reach::kSelf:
      break;
  }
  return Refused("only managers and administrators transfer customers; representatives claim and release");
}

absl::StatusOr<Customer> Claim(const Customer& customer, servicekit::Id taker, servicekit::Id team) {
  if (customer.owner && customer.owner != taker) {
    return servicekit::WithReason(absl::FailedPreconditionError("the customer has an owner already"),
                                  "ALREADY_OWNED");
  }
  Customer claimed = customer;
  claimed.owner = taker;
  claimed.team = team;
  return claimed;
}

absl::StatusOr<Customer> Release(const Customer& customer) {
  if (!customer.owner) {
    return servicekit::WithReason(absl::FailedPreconditionError("nobody owns the customer"), "NOT_OWNED");
  }
  Customer released = customer;
  released.owner.reset();
  return released;
}

}  // namespace clientele::customer
