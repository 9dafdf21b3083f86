#include "value-svc/operations/plan_action.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "servicekit/access/row_rule.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/domain/as_of.h"
#include "value-svc/domain/experiment/hold_out.h"

namespace clientele::value {

absl::StatusOr<absl::Time> StandingAsOf(Transaction& tx, Stores& stores, absl::Time now) {
  const auto model = stores.models.Published(tx);
  if (!model.ok()) return model.status();
  if ((*model)->as_of_fixed) return (*model)->as_of;
  const auto clock = stores.facts.ReadClock(tx);
  if (!clock.ok()) return clock.status();
  return DefaultAsOf(now, clock->latest_event_time, (*model)->horizon());
}

absl::StatusOr<Action> PlanAction(Transaction& tx, Stores& stores, const Author& author, Action action,
                                  const servicekit::Sql& condition) {
  if (absl::Status status = servicekit::CheckMayWrite(author.principal); !status.ok()) return status;
  const auto chosen =
      stores.standings.ListWritable(tx, author.principal, condition, kMostActionCustomers + 1);
  if (!chosen.ok()) return chosen.status();
  if (static_cast<int64_t>(chosen->size()) > kMostActionCustomers) {
    return servicekit::InvalidField(
        "condition", servicekit::StrCat("chooses more than ", kMostActionCustomers, " customers: narrow it"));
  }
  std::vector<Id> ids;
  for (const Rank& rank : *chosen) ids.push_back(rank.customer);
  const std::vector<bool> held_out =
      ChooseHoldOut(ids, action.hold_out_share_micros, static_cast<uint64_t>(action.seed));
  action.held_out_count = std::count(held_out.begin(), held_out.end(), true);
  action.treated_count = static_cast<int64_t>(ids.size()) - action.held_out_count;
  if (action.held_out_count == 0 || action.treated_count == 0) {
    return servicekit::WithReason(
        absl::FailedPreconditionError(servicekit::StrCat(
            "the condition chooses ", ids.size(),
            " customers that you may change: too few to treat some of them and to hold out others")),
        "TOO_FEW_CUSTOMERS");
  }
  std::vector<ActionCustomer> customers;
  for (size_t i = 0; i < chosen->size(); ++i) {
    customers.push_back({(*chosen)[i].customer, held_out[i], (*chosen)[i].score_micros});
  }
  action.id = Id::New(author.time);
  action.create_time = author.time;
  action.author = author.principal.subject;
  action.version = 1;
  if (absl::Status status = stores.actions.Insert(tx, action, customers); !status.ok()) return status;
  return action;
}

absl::StatusOr<ActionStore::Seen> RecordActionCost(Transaction& tx, Stores& stores, const Author& author,
                                                   Id id, Decimal cost,
                                                   std::optional<int64_t> expected_version) {
  // The lock first, so that what is read then is current.
  const absl::StatusOr<int64_t> version = stores.actions.VersionForUpdate(tx, id);
  if (!version.ok()) return version.status();
  absl::StatusOr<ActionStore::Seen> seen = stores.actions.Get(tx, author.principal, id);
  if (!seen.ok()) return seen;
  if (seen->action.author != author.principal.subject) {
    if (absl::Status status = servicekit::CheckAdministrator(author.principal); !status.ok()) return status;
  }
  if (expected_version.has_value() && *expected_version != *version) {
    return absl::AbortedError("the action changed since it was read");
  }
  if (seen->action.cost == cost) return seen;
  seen->action.cost = cost;
  seen->action.version = *version + 1;
  absl::Status status = stores.actions.SetCost(tx, seen->action, author.principal.subject, author.time);
  if (!status.ok()) return status;
  return seen;
}

}  // namespace clientele::value
