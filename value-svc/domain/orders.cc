#include "value-svc/domain/orders.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace clientele::value {

std::vector<const Fact*> CountingFacts(absl::Span<const Fact> facts, absl::Time as_of) {
  absl::flat_hash_map<std::pair<FactKind, Id>, const Fact*> newest;
  for (const Fact& fact : facts) {
    if (fact.event_time > as_of) continue;
    const Fact*& known = newest[{fact.kind, fact.source}];
    if (known == nullptr || fact.position > known->position) known = &fact;
  }
  std::vector<const Fact*> counting;
  counting.reserve(newest.size());
  for (const auto& [source, fact] : newest) counting.push_back(fact);
  // By time, so that payments fill an order in the order in which they came.
  std::sort(counting.begin(), counting.end(), [](const Fact* a, const Fact* b) {
    return std::tie(a->event_time, a->source, a->kind) < std::tie(b->event_time, b->source, b->kind);
  });
  return counting;
}

NetOrders NetOfReturns(absl::Span<const Fact* const> counting) {
  NetOrders net;
  struct Returned {
    Decimal amount;
    Decimal cost;
  };
  absl::flat_hash_map<Id, Returned> returned;
  for (const Fact* fact : counting) {
    if (fact->kind == FactKind::kOrderCancelled) net.cancelled.insert(fact->source);
    if (fact->kind != FactKind::kOrderReturned || !fact->order.has_value()) continue;
    Returned& sum = returned[*fact->order];
    sum.amount += fact->amount;
    sum.cost += fact->cost;
  }
  for (const Fact* fact : counting) {
    if (fact->kind != FactKind::kOrderPlaced || net.cancelled.contains(fact->source)) continue;
    Fact& order = net.orders.emplace_back(*fact);
    if (const auto found = returned.find(fact->source); found != returned.end()) {
      order.amount -= found->second.amount;
      order.cost -= found->second.cost;
    }
  }
  return net;
}

}  // namespace clientele::value
