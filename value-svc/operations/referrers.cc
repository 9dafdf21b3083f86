#include "value-svc/operations/referrers.h"

#include <utility>

#include "absl/container/flat_hash_set.h"

namespace clientele::value {

absl::Status AddUpstream(Transaction& tx, Stores& stores, std::vector<Id> customers, absl::Time since,
                         std::vector<RescoreQueue::Touched>& touched) {
  absl::flat_hash_set<Id> reached(customers.begin(), customers.end());
  while (!customers.empty()) {
    const auto helped = stores.facts.HelpFor(tx, std::exchange(customers, {}));
    if (!helped.ok()) return helped.status();
    for (const FactStore::Help& help : *helped) {
      if (!reached.insert(help.referrer).second) continue;
      customers.push_back(help.referrer);
      touched.push_back({help.referrer, since});
    }
  }
  return absl::OkStatus();
}

absl::Status AddDownstream(Transaction& tx, Stores& stores, std::vector<Id> from, absl::Span<const Id> known,
                           absl::Time as_of, ReferralGraph& graph) {
  absl::flat_hash_set<Id> reached(known.begin(), known.end());
  const auto drop_reached = [&] {
    std::erase_if(from, [&](Id customer) { return !reached.insert(customer).second; });
  };
  for (drop_reached(); !from.empty(); drop_reached()) {
    const auto helped = stores.facts.HelpBy(tx, std::exchange(from, {}), as_of);
    if (!helped.ok()) return helped.status();
    for (const FactStore::Help& help : *helped) {
      graph.Add(help.referrer, help.referred);
      from.push_back(help.referred);
    }
  }
  return absl::OkStatus();
}

}  // namespace clientele::value
