#include "servicekit/types/money.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

constexpr int64_t kMicrosPerUnit = 1'000'000;

// Digits only; absl::SimpleAtoi would accept signs and spaces.
bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), absl::ascii_isdigit); }

}  // namespace

absl::StatusOr<Decimal> Decimal::Parse(std::string_view text) {
  const absl::Status refused =
      absl::InvalidArgumentError("not a decimal number with at most 14 digits before and 6 after the point");
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::string_view units = text, places;
  if (const size_t point = text.find('.'); point != std::string_view::npos) {
    units = text.substr(0, point);
    places = text.substr(point + 1);
    if (places.empty()) return refused;
  }
  // Trailing zeros carry nothing, however many.
  while (places.size() > 6 && places.ends_with('0')) places.remove_suffix(1);
  while (units.size() > 1 && units.starts_with('0')) units.remove_prefix(1);
  if (units.empty() || units.size() > 14 || places.size() > 6 || !AllDigits(units) || !AllDigits(places)) {
    return refused;
  }
  absl::int128 micros = 0;
  for (char c : units) micros = micros * 10 + (c - '0');
  for (size_t i = 0; i < 6; ++i) micros = micros * 10 + (i < places.size() ? places[i] - '0' : 0);
  return FromMicros(negative ? -micros : micros);
}

std::string Decimal::ToString() const {
  const bool negative = micros_ < 0;
  const absl::uint128 magnitude = static_cast<absl::uint128>(negative ? -micros_ : micros_);
  const absl::uint128 units = magnitude / kMicrosPerUnit;
  std::string text;
  // 10^19 keeps both halves within 64 bits; values here stay far below 10^38.
  constexpr uint64_t kHalf = 10'000'000'000'000'000'000u;
  const uint64_t upper = absl::Uint128Low64(units / kHalf), lower = absl::Uint128Low64(units % kHalf);
  text = upper == 0 ? StrCat(lower) : StrCat(upper, absl::Dec(lower, absl::kZeroPad19));
  if (const uint64_t places = absl::Uint128Low64(magnitude % kMicrosPerUnit); places != 0) {
    std::string fraction = StrCat(absl::Dec(places, absl::kZeroPad6));
    fraction.erase(fraction.find_last_not_of('0') + 1);
    StrAppend(&text, ".", fraction);
  }
  return negative ? StrCat("-", text) : text;
}

Decimal operator*(Decimal a, Decimal b) {
  const absl::int128 product =
      a.micros_ * b.micros_;  // Below 10^38 for two in-range factors of up to 10^19 micros.
  const absl::int128 half = product < 0 ? -kMicrosPerUnit / 2 : kMicrosPerUnit / 2;
  return Decimal::FromMicros((product + half) / kMicrosPerUnit);
}

absl::Status CheckCurrency(std::string_view currency) {
  if (currency.size() == 3 && std::all_of(currency.begin(), currency.end(), absl::ascii_isupper)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("a currency is three capital letters (ISO 4217)");
}

}  // namespace servicekit
