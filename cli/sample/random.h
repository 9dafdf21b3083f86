#ifndef CLIENTELE_CLI_SAMPLE_RANDOM_H_
#define CLIENTELE_CLI_SAMPLE_RANDOM_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

// Randomness that gives the same bytes on every machine: a counter run through SplitMix64's mixing function,
// split into independent streams by key, and distributions over integers alone. (The standard's distributions
// differ between libraries, and floating-point logarithms between processors.)
namespace clientele::cli {

class Random {
 public:
  // `stream` tells the customers, or whatever is drawn for, apart.
  Random(uint64_t seed, uint64_t stream) : key_(Mix(Mix(seed + kGolden) ^ (stream * kGolden + 1))) {}

  uint64_t Next() { return Mix(key_ + ++counter_ * kGolden); }
  // 0 … n-1, without bias that anyone could measure (n is far below 2^32).
  int64_t Below(int64_t n) { return static_cast<int64_t>(((Next() >> 32) * static_cast<uint64_t>(n)) >> 32); }
  int64_t Between(int64_t low, int64_t high) { return low + Below(high - low + 1); }
  bool Chance(int64_t permille) { return Below(1000) < permille; }

  // The index of one of the weights.
  size_t Weighted(std::initializer_list<int64_t> weights) {
    int64_t sum = 0;
    for (int64_t weight : weights) sum += weight;
    int64_t at = Below(sum);
    size_t index = 0;
    for (int64_t weight : weights) {
      if ((at -= weight) < 0) break;
      ++index;
    }
    return index;
  }
  template <typename Array>
  const auto& Pick(const Array& array) {
    return array[static_cast<size_t>(Below(static_cast<int64_t>(std::size(array))))];
  }

  // Exponential with this mean, rounded down.
  int64_t Exponential(int64_t mean) {
    const uint64_t nats_q16 =
        ((32u * 65536u - Log2Q16((Next() >> 32) | 1)) * 45426u) >> 16;  // ln 2 = 45426 / 65536.
    return static_cast<int64_t>((static_cast<uint64_t>(mean) * nats_q16) >> 16);
  }
  // Pareto with exponent 1, cut off: 1 … limit, half of them 1, a hundredth 100 or more.
  int64_t Pareto(int64_t limit) {
    const auto x = static_cast<int64_t>((uint64_t{1} << 32) / ((Next() >> 32) + 1));
    return x < limit ? x : limit;
  }

 private:
  static constexpr uint64_t kGolden = 0x9E3779B97F4A7C15;

  static uint64_t Mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
  }
  // log2 of 1 … 2^32-1 with 16 binary places, by repeated squaring.
  static uint64_t Log2Q16(uint64_t x) {
    const int whole = std::bit_width(x) - 1;
    uint64_t mantissa = x << (31 - whole);  // 1.0 is 2^31.
    uint64_t result = static_cast<uint64_t>(whole) << 16;
    for (int bit = 15; bit >= 0; --bit) {
      mantissa = (mantissa * mantissa) >> 31;
      if (mantissa < (uint64_t{1} << 32)) continue;
      mantissa >>= 1;
      result |= uint64_t{1} << bit;
    }
    return result;
  }

  uint64_t key_;
  uint64_t counter_ = 0;
};

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_SAMPLE_RANDOM_H_
