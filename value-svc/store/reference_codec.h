#ifndef VALUE_SVC_STORE_REFERENCE_CODEC_H_
#define VALUE_SVC_STORE_REFERENCE_CODEC_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "value-svc/domain/reference.h"

namespace clientele::value {

// A piece of a reference distribution as bytes: for each step the distance to the value before (the first: to
// 0) and the count, each as a base-128 varint, the distances zigzag. About five bytes a step where eight and
// eight would be sixteen: a million customers' reference takes 25 MB.
std::string PackSteps(absl::Span<const ReferenceDistribution::Step> steps);
// DATA_LOSS when the bytes were not made by PackSteps.
absl::StatusOr<std::vector<ReferenceDistribution::Step>> UnpackSteps(std::string_view packed);

// Numbers as bytes, eight each, the lowest first on every machine.
std::string PackDoubles(absl::Span<const double> values);
// DATA_LOSS when the bytes were not made by PackDoubles.
absl::StatusOr<std::vector<double>> UnpackDoubles(std::string_view packed);

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_REFERENCE_CODEC_H_
