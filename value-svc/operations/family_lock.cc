#include "value-svc/operations/family_lock.h"

namespace clientele::value {

absl::StatusOr<absl::flat_hash_map<Id, Id>> LockWithSurvivors(Transaction& tx, Stores& stores,
                                                              std::vector<Id> customers) {
  if (absl::Status status = stores.customers.Lock(tx, customers); !status.ok()) return status;
  auto survivors = stores.customers.SurvivorsForUpdate(tx, std::move(customers));
  if (!survivors.ok() || survivors->empty()) return survivors;
  std::vector<Id> further;
  for (const auto& [customer, survivor] : *survivors) further.push_back(survivor);
  if (absl::Status status = stores.customers.Lock(tx, std::move(further)); !status.ok()) return status;
  return survivors;
}

}  // namespace clientele::value
