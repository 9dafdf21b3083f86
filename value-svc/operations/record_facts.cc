#include "value-svc/operations/record_facts.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "value-svc/operations/family_lock.h"

namespace clientele::value {
namespace {

// Who helped to win the orders that changed, each from the time of the first of them on.
absl::Status AddReferrers(Transaction& tx, Stores& stores, const std::vector<Fact>& facts,
                          std::vector<RescoreQueue::Touched>& touched) {
  absl::flat_hash_map<Id, absl::Time> since;
  std::vector<Id> opportunities;
  for (const Fact& fact : facts) {
    if (!IsAboutOrder(fact.kind) || !fact.opportunity.has_value()) continue;
    const auto [at, first] = since.try_emplace(*fact.opportunity, fact.event_time);
    if (first) opportunities.push_back(*fact.opportunity);
    at->second = std::min(at->second, fact.event_time);
  }
  const auto referrers = stores.facts.ReferrersOf(tx, opportunities);
  if (!referrers.ok()) return referrers.status();
  for (const FactStore::Referrer& referrer : *referrers) {
    touched.push_back({referrer.customer, since.at(referrer.opportunity)});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RecordFacts(Transaction& tx, Stores& stores, std::vector<Fact> facts,
                         const std::string& base_currency) {
  if (facts.empty()) return absl::OkStatus();
  std::vector<Id> origins;
  absl::Time latest = absl::InfinitePast();
  for (const Fact& fact : facts) {
    origins.push_back(fact.origin);
    latest = std::max(latest, fact.event_time);
  }
  const auto survivors = LockWithSurvivors(tx, stores, std::move(origins));
  if (!survivors.ok()) return survivors.status();
  std::vector<RescoreQueue::Touched> touched;
  for (Fact& fact : facts) {
    const auto found = survivors->find(fact.origin);
    fact.customer = found == survivors->end() ? fact.origin : found->second;
    touched.push_back({fact.customer, fact.event_time});
  }
  absl::Status status = stores.facts.Add(tx, facts);
  if (status.ok()) status = stores.facts.AdvanceClock(tx, facts.front().feed, latest, base_currency);
  if (status.ok()) status = AddReferrers(tx, stores, facts, touched);
  if (!status.ok()) return status;
  return stores.queue.Add(tx, std::move(touched));
}

}  // namespace clientele::value
