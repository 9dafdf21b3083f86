#ifndef VALUE_SVC_DOMAIN_FAMILY_H_
#define VALUE_SVC_DOMAIN_FAMILY_H_

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "servicekit/types/id.h"

namespace clientele::value {

using servicekit::Id;

// That one customer was merged into another, and not split from it again.
struct Merge {
  Id id;
  Id survivor;
  Id merged;
};

// Whom each of `members` counts as in the end: itself when it was not merged. Merges come in any order; of
// two of one customer the newer id counts, and customers that were merged in a circle count as the smallest
// of it.
absl::flat_hash_map<Id, Id> ResolveSurvivors(absl::Span<const Id> members, absl::Span<const Merge> merges);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_FAMILY_H_
