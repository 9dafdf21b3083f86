#ifndef SERVICEKIT_TYPES_MONEY_H_
#define SERVICEKIT_TYPES_MONEY_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"

namespace servicekit {

// An exact decimal number with six places: what a DECIMAL(20,6) column holds. Never a double.
class Decimal {
 public:
  // |value| stays below 10^14, DECIMAL(20,6)'s range.
  static constexpr absl::int128 kLimitMicros = absl::MakeInt128(5, 0x6BC75E2D63100000);  // 10^20.

  constexpr Decimal() = default;
  static constexpr Decimal FromMicros(absl::int128 micros) {
    Decimal decimal;
    decimal.micros_ = micros;
    return decimal;
  }
  // Plain notation with at most six places, as in `-1234.5`. INVALID_ARGUMENT otherwise, or out of range.
  static absl::StatusOr<Decimal> Parse(std::string_view text);

  constexpr absl::int128 micros() const { return micros_; }
  bool InRange() const { return micros_ > -kLimitMicros && micros_ < kLimitMicros; }
  // `1234.5`, `-0.000001`, `7`: no trailing zeros.
  std::string ToString() const;
  // For ratios and display only.
  double ToDouble() const { return static_cast<double>(micros_) / 1e6; }

  // Rounded half away from zero to a micro-unit.
  friend Decimal operator*(Decimal a, Decimal b);
  friend Decimal operator+(Decimal a, Decimal b) { return FromMicros(a.micros_ + b.micros_); }
  friend Decimal operator-(Decimal a, Decimal b) { return FromMicros(a.micros_ - b.micros_); }
  Decimal operator-() const { return FromMicros(-micros_); }
  Decimal& operator+=(Decimal other) { return *this = *this + other; }
  Decimal& operator-=(Decimal other) { return *this = *this - other; }
  friend bool operator==(Decimal a, Decimal b) { return a.micros_ == b.micros_; }
  friend std::strong_ordering operator<=>(Decimal a, Decimal b) {
    return a.micros_ < b.micros_   ? std::strong_ordering::less
           : a.micros_ > b.micros_ ? std::strong_ordering::greater
                                   : std::strong_ordering::equal;
  }

 private:
  absl::int128 micros_ = 0;
};

// An amount in a currency (ISO 4217, three capital letters).
struct Money {
  std::string currency;
  Decimal amount;

  friend bool operator==(const Money&, const Money&) = default;
};

// INVALID_ARGUMENT unless three capital letters.
absl::Status CheckCurrency(std::string_view currency);

}  // namespace servicekit

#endif  // SERVICEKIT_TYPES_MONEY_H_
