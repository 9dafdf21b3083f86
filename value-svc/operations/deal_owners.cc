#include "value-svc/operations/deal_owners.h"

#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace clientele::value {
namespace {

std::vector<Id> NamesIn(const FactStore::Link& link) {
  std::vector<Id> names = {link.source};
  for (const std::optional<Id>& name : {link.order, link.opportunity, link.service_project}) {
    if (name.has_value()) names.push_back(*name);
  }
  return names;
}

// Puts together what is named together.
class Deals {
 public:
  void Add(const FactStore::Link& link) {
    const Id deal = Find(link.source);
    for (Id name : NamesIn(link)) {
      const Id other = Find(name);
      if (other != deal) deal_of_[other] = deal;
    }
  }
  Id Find(Id name) {
    Id deal = name;
    for (auto next = deal_of_.find(deal); next != deal_of_.end(); next = deal_of_.find(deal))
      deal = next->second;
    if (deal != name) deal_of_[name] = deal;
    return deal;
  }

 private:
  absl::flat_hash_map<Id, Id> deal_of_;  // Not for those that stand for their deal.
};

// All facts of the deals that some belong to.
absl::StatusOr<std::vector<FactStore::Link>> WholeDeals(Transaction& tx, Stores& stores,
                                                        const std::vector<FactStore::Link>& some) {
  absl::flat_hash_set<Id> known;
  std::vector<Id> ask;
  const auto add = [&](const FactStore::Link& link) {
    for (Id name : NamesIn(link)) {
      if (known.insert(name).second) ask.push_back(name);
    }
  };
  for (const FactStore::Link& link : some) add(link);
  std::vector<FactStore::Link> all = some;
  while (!ask.empty()) {
    const auto found = stores.facts.OfDeals(tx, std::exchange(ask, {}));
    if (!found.ok()) return found.status();
    for (const FactStore::Link& link : *found) add(link);
    all.insert(all.end(), found->begin(), found->end());
  }
  return all;
}

}  // namespace

absl::StatusOr<std::vector<Misplaced>> FindOwners(Transaction& tx, Stores& stores, std::vector<Fact>& facts) {
  std::vector<FactStore::Link> added;
  for (const Fact& fact : facts) added.push_back(FactStore::LinkOf(fact));
  const auto links = WholeDeals(tx, stores, added);
  if (!links.ok()) return links.status();
  Deals deals;
  for (const FactStore::Link& link : *links) deals.Add(link);
  absl::flat_hash_map<Id, const FactStore::Link*> first;
  for (const FactStore::Link& link : *links) {
    const FactStore::Link*& known = first[deals.Find(link.source)];
    // Stored ones come last: of the same fact, what is stored is right.
    if (known == nullptr || std::tie(link.feed, link.position) <= std::tie(known->feed, known->position))
      known = &link;
  }
  for (Fact& fact : facts) fact.origin = first.at(deals.Find(fact.source))->origin;
  std::vector<Misplaced> misplaced;
  for (size_t i = added.size(); i < links->size(); ++i) {
    const FactStore::Link& link = (*links)[i];
    const Id origin = first.at(deals.Find(link.source))->origin;
    if (link.origin != origin) misplaced.push_back({link, origin});
  }
  return misplaced;
}

}  // namespace clientele::value
