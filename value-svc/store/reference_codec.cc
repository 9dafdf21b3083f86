#include "value-svc/store/reference_codec.h"

#include <bit>
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

std::string PackDoubles(absl::Span<const double> values) {
  std::string packed;
  packed.reserve(values.size() * sizeof(double));
  for (double value : values) {
    const uint64_t bits = std::bit_cast<uint64_t>(value);
    for (size_t i = 0; i < sizeof(bits); ++i) packed.push_back(static_cast<char>(bits >> (8 * i)));
  }
  return packed;
}

absl::StatusOr<std::vector<double>> UnpackDoubles(std::string_view packed) {
  if (packed.size() % sizeof(double) != 0) return absl::DataLossError("packed numbers are cut off");
  std::vector<double> values;
  for (; !packed.empty(); packed.remove_prefix(sizeof(double))) {
    uint64_t bits = 0;
    for (size_t i = 0; i < sizeof(bits); ++i) {
      bits |= static_cast<uint64_t>(static_cast<uint8_t>(packed[i])) << (8 * i);
    }
    values.push_back(std::bit_cast<double>(bits));
  }
  return values;
}

}  // namespace clientele::value
