#include "value-svc/operations/record_facts.h"

#include <algorithm>

namespace clientele::value {

absl::Status RecordFacts(Transaction& tx, Stores& stores, const std::vector<Fact>& facts,
                         const std::string& base_currency) {
  if (facts.empty()) return absl::OkStatus();
  std::vector<Id> customers, opportunities;
  absl::Time latest = absl::InfinitePast();
  for (const Fact& fact : facts) {
    customers.push_back(fact.customer);
    if (fact.kind == FactKind::kOrderPlaced && fact.opportunity.has_value())
      opportunities.push_back(*fact.opportunity);
    latest = std::max(latest, fact.event_time);
  }
  absl::Status status = stores.customers.Lock(tx, customers);
  if (status.ok()) status = stores.facts.Add(tx, facts);
  if (status.ok()) status = stores.facts.AdvanceClock(tx, facts.front().feed, latest, base_currency);
  if (!status.ok()) return status;
  const absl::StatusOr<std::vector<Id>> referrers = stores.facts.ReferrersOf(tx, opportunities);
  if (!referrers.ok()) return referrers.status();
  customers.insert(customers.end(), referrers->begin(), referrers->end());
  return stores.queue.Add(tx, std::move(customers));
}

}  // namespace clientele::value
