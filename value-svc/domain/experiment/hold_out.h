#ifndef VALUE_SVC_DOMAIN_EXPERIMENT_HOLD_OUT_H_
#define VALUE_SVC_DOMAIN_EXPERIMENT_HOLD_OUT_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "servicekit/types/id.h"

namespace clientele::value {

using servicekit::Id;

// For each customer whether they are held out. Exactly `share_micros` millionths of them are, rounded to the
// nearest, chosen at random by `seed`: the same customers and seed give the same choice on every machine, in
// whatever order the customers come.
std::vector<bool> ChooseHoldOut(absl::Span<const Id> customers, int64_t share_micros, uint64_t seed);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_EXPERIMENT_HOLD_OUT_H_
