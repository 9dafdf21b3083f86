#include "value-svc/operations/let_go.h"

#include <utility>

namespace clientele::value {

absl::Status LetGo(Transaction& tx, Stores& stores, std::vector<Id> customers) {
  if (customers.empty()) return absl::OkStatus();
  if (absl::Status status = stores.customers.LockThere(tx, customers).status(); !status.ok()) return status;
  const auto bare = stores.customers.FindBare(tx, customers);
  if (!bare.ok()) return bare.status();
  std::vector<Id> gone, in_runs;
  for (const CustomerStore::Bare& one : *bare) {
    gone.push_back(one.id);
    if (one.has_facts) in_runs.push_back(one.id);
  }
  if (!in_runs.empty()) {
    const auto runs = stores.runs.FinishedSince(tx, absl::UnixEpoch());
    if (!runs.ok()) return runs.status();
    for (const ScoringRun& run : *runs) {
      if (absl::Status status = stores.run_scores.Remove(tx, run.id, in_runs); !status.ok()) return status;
    }
  }
  if (absl::Status status = stores.scores.Remove(tx, gone); !status.ok()) return status;
  return stores.customers.Delete(tx, gone);
}

}  // namespace clientele::value
