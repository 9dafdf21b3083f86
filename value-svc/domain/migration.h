#ifndef VALUE_SVC_DOMAIN_MIGRATION_H_
#define VALUE_SVC_DOMAIN_MIGRATION_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "value-svc/domain/scoring_model.h"

namespace clientele::value {

// What moved a customer most: the factor whose contribution moved furthest in the direction of the move, ties
// by the order of the enum; none when none did, or when it did not move, or was not there before.
std::optional<Factor> MigrationDriver(Tier from, Tier to, const PerFactor<int64_t>& before,
                                      const PerFactor<int64_t>& after);

// Parts of `counts` in all of them, in millionths, rounded so that they sum to 1,000,000 exactly (largest
// remainder, ties by position); all 0 when the counts are.
std::vector<int64_t> SharesMicros(absl::Span<const int64_t> counts);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_MIGRATION_H_
