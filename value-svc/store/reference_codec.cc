#include "value-svc/store/reference_codec.h"

#include <cstdint>

#include "value-svc/store/varint.h"

namespace clientele::value {

std::string PackSteps(absl::Span<const ReferenceDistribution::Step> steps) {
  std::string packed;
  uint64_t before = 0;
  for (const auto& step : steps) {
    PutVarint(Zigzag(static_cast<uint64_t>(step.value) - before), packed);
    PutVarint(static_cast<uint64_t>(step.count), packed);
    before = static_cast<uint64_t>(step.value);
  }
  return packed;
}

absl::StatusOr<std::vector<ReferenceDistribution::Step>> UnpackSteps(std::string_view packed) {
  std::vector<ReferenceDistribution::Step> steps;
  uint64_t before = 0;
  while (!packed.empty()) {
    uint64_t distance = 0, count = 0;
    if (!TakeVarint(packed, distance) || !TakeVarint(packed, count)) {
      return absl::DataLossError("a reference distribution is cut short");
    }
    before += Unzigzag(distance);
    steps.push_back({static_cast<int64_t>(before), static_cast<int64_t>(count)});
  }
  return steps;
}

}  // namespace clientele::value
