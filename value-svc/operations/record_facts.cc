#include "value-svc/operations/record_facts.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "value-svc/operations/deal_owners.h"
#include "value-svc/operations/family_lock.h"
#include "value-svc/operations/referrers.h"

namespace clientele::value {
namespace {

// Who helped to win the orders that changed, each from the time of the first of them on; and who helped to
// win those, since new help may close a circle.
absl::Status AddReferrers(Transaction& tx, Stores& stores, const std::vector<FactStore::Link>& changed,
                          std::vector<RescoreQueue::Touched>& touched) {
  absl::flat_hash_map<Id, absl::Time> since;
  std::vector<Id> opportunities, helpers;
  absl::Time earliest = absl::InfiniteFuture();
  for (const FactStore::Link& fact : changed) {
    const bool referral =
        fact.kind == FactKind::kReferralRecorded || fact.kind == FactKind::kReferralCancelled;
    if (referral) helpers.push_back(fact.customer);
    const bool won = IsAboutOrder(fact.kind) && fact.opportunity.has_value();
    if (referral || won) earliest = std::min(earliest, fact.event_time);
    if (!won) continue;
    const auto [at, first] = since.try_emplace(*fact.opportunity, fact.event_time);
    if (first) opportunities.push_back(*fact.opportunity);
    at->second = std::min(at->second, fact.event_time);
  }
  const auto referrers = stores.facts.ReferrersOf(tx, opportunities);
  if (!referrers.ok()) return referrers.status();
  for (const FactStore::Referrer& referrer : *referrers) {
    touched.push_back({referrer.customer, since.at(referrer.opportunity)});
    helpers.push_back(referrer.customer);
  }
  return AddUpstream(tx, stores, std::move(helpers), earliest, touched);
}

// What work added to a task's cost is the difference from the position before: when that is heard of late,
// the difference changes too, and it may lie at an earlier time.
absl::Status AddTasks(Transaction& tx, Stores& stores, const std::vector<Fact>& facts,
                      std::vector<RescoreQueue::Touched>& touched) {
  std::vector<Id> tasks;
  for (const Fact& fact : facts) {
    if (fact.kind == FactKind::kServiceCostLogged) tasks.push_back(fact.source);
  }
  const auto first = stores.facts.FirstTimes(tx, tasks);
  if (!first.ok()) return first.status();
  for (const Fact& fact : facts) {
    const auto found = first->find(fact.source);
    if (found != first->end()) touched.push_back({fact.customer, found->second});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RecordFacts(Transaction& tx, Stores& stores, std::vector<Fact> facts,
                         const std::string& base_currency) {
  if (facts.empty()) return absl::OkStatus();
  std::vector<Id> named, origins;
  for (const Fact& fact : facts) named.push_back(fact.origin);
  const auto misplaced = FindOwners(tx, stores, facts);
  if (!misplaced.ok()) return misplaced.status();
  origins = named;
  absl::Time latest = absl::InfinitePast();
  for (const Fact& fact : facts) {
    origins.push_back(fact.origin);
    latest = std::max(latest, fact.event_time);
  }
  for (const Misplaced& one : *misplaced) origins.push_back(one.origin);
  const auto survivors = LockWithSurvivors(tx, stores, std::move(origins));
  if (!survivors.ok()) return survivors.status();
  const auto counts_as = [&](Id customer) {
    const auto found = survivors->find(customer);
    return found == survivors->end() ? customer : found->second;
  };
  std::vector<RescoreQueue::Touched> touched;
  std::vector<FactStore::Link> changed;
  for (size_t i = 0; i < facts.size(); ++i) {
    Fact& fact = facts[i];
    fact.customer = counts_as(fact.origin);
    touched.push_back({fact.customer, fact.event_time});
    // Whom the event names is scored, too, whichever of the deal's facts comes first.
    if (named[i] != fact.origin) touched.push_back({counts_as(named[i]), fact.event_time});
    changed.push_back(FactStore::LinkOf(fact));
  }
  absl::Status status = stores.facts.Add(tx, facts);
  for (const Misplaced& one : *misplaced) {
    const Id customer = counts_as(one.origin);
    if (status.ok()) status = stores.facts.SetOrigin(tx, one.fact, one.origin, customer);
    touched.push_back({one.fact.customer, one.fact.event_time});
    touched.push_back({customer, one.fact.event_time});
    changed.push_back(one.fact);
    changed.push_back(one.fact);
    changed.back().customer = customer;
  }
  if (status.ok()) status = stores.facts.AdvanceClock(tx, facts.front().feed, latest, base_currency);
  if (status.ok()) status = AddReferrers(tx, stores, changed, touched);
  if (status.ok()) status = AddTasks(tx, stores, facts, touched);
  if (!status.ok()) return status;
  return stores.queue.Add(tx, std::move(touched));
}

}  // namespace clientele::value
