#include "value-svc/operations/let_go.h"

#include <utility>

namespace clientele::value {

absl::Status LetGo(Transaction& tx, Stores& stores, std::vector<Id> customers) {
  if (customers.empty()) return absl::OkStatus();
  if (absl::Status status = stores.customers.LockThere(tx, customers).status(); !status.ok()) return status;
  const auto gone = stores.customers.FindBare(tx, customers);
  if (!gone.ok()) return gone.status();
  const auto runs = stores.runs.FinishedSince(tx, absl::UnixEpoch());
  if (!runs.ok()) return runs.status();
  for (const ScoringRun& run : *runs) {
    const auto states = stores.run_scores.TierStates(tx, run.id, *gone);
    if (!states.ok()) return states.status();
    std::vector<Id> found;
    for (const auto& [customer, state] : *states) found.push_back(customer);
    if (absl::Status status = stores.run_scores.Remove(tx, run.id, found); !status.ok()) return status;
  }
  if (absl::Status status = stores.scores.Remove(tx, *gone); !status.ok()) return status;
  return stores.customers.Delete(tx, *gone);
}

}  // namespace clientele::value
