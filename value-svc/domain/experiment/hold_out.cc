#include "value-svc/domain/experiment/hold_out.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace clientele::value {
namespace {

// 0 to `bound` − 1, all equally likely. Not std::uniform_int_distribution, which libraries implement
// differently.
uint64_t Below(std::mt19937_64& random, uint64_t bound) {
  const uint64_t unfair =
      (0 - bound) % bound;  // 2^64 modulo bound: so many values would come once too often.
  while (true) {
    const uint64_t value = random();
    if (value >= unfair) return value % bound;
  }
}

}  // namespace

std::vector<bool> ChooseHoldOut(absl::Span<const Id> customers, int64_t share_micros, uint64_t seed) {
  std::vector<size_t> order(customers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return customers[a] < customers[b]; });
  std::mt19937_64 random(seed);
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[Below(random, i)]);

  constexpr uint64_t kWhole = 1'000'000;
  const size_t count =
      (customers.size() * static_cast<uint64_t>(std::clamp<int64_t>(share_micros, 0, kWhole)) + kWhole / 2) /
      kWhole;
  std::vector<bool> held_out(customers.size());
  for (size_t i = 0; i < count; ++i) held_out[order[i]] = true;
  return held_out;
}

}  // namespace clientele::value
