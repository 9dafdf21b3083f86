#include "value-svc/domain/family.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"

namespace clientele::value {

absl::flat_hash_map<Id, Id> ResolveSurvivors(absl::Span<const Id> members, absl::Span<const Merge> merges) {
  absl::flat_hash_map<Id, const Merge*> into;
  for (const Merge& merge : merges) {
    const Merge*& known = into[merge.merged];
    if (known == nullptr || known->id < merge.id) known = &merge;
  }
  absl::flat_hash_map<Id, Id> survivors;
  for (Id member : members) {
    Id at = member;
    absl::flat_hash_set<Id> seen = {at};
    bool cycle = false;
    for (auto next = into.find(at); next != into.end(); next = into.find(at)) {
      at = next->second->survivor;
      if (!seen.insert(at).second) {
        cycle = true;
        break;
      }
    }
    // All of a cycle count as the smallest of it, so that it does not matter where one looks from.
    if (cycle) {
      const Id start = at;
      for (Id on = into.at(start)->survivor; on != start; on = into.at(on)->survivor) at = std::min(at, on);
    }
    survivors[member] = at;
  }
  return survivors;
}

}  // namespace clientele::value
