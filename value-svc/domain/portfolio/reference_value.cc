#include "value-svc/domain/portfolio/reference_value.h"

#include <algorithm>
#include <cmath>

#include "absl/container/flat_hash_set.h"

namespace clientele::value {
namespace {

constexpr int64_t kWhole = 1'000'000;
constexpr double kDaysPerYear = 365.25;

// Takes away whoever was helped by nobody that is left, as often as it goes: what stays is on a circle or
// behind one.
bool HasCircle(absl::Span<const Influence> influences) {
  absl::flat_hash_map<Id, std::vector<Id>> helped;
  absl::flat_hash_map<Id, int64_t> helpers;
  for (const Influence& influence : influences) {
    helped[influence.referrer].push_back(influence.referred);
    ++helpers[influence.referred];
    helpers.try_emplace(influence.referrer, 0);
  }
  std::vector<Id> free;
  for (const auto& [customer, count] : helpers) {
    if (count == 0) free.push_back(customer);
  }
  size_t taken = 0;
  while (!free.empty()) {
    const Id customer = free.back();
    free.pop_back();
    ++taken;
    const auto found = helped.find(customer);
    if (found == helped.end()) continue;
    for (Id next : found->second) {
      if (--helpers[next] == 0) free.push_back(next);
    }
  }
  return taken < helpers.size();
}

}  // namespace

absl::Status CheckInfluences(absl::Span<const Influence> influences) {
  absl::flat_hash_map<Id, int64_t> shares;
  for (const Influence& influence : influences) {
    if (influence.share_micros < 0) return absl::InvalidArgumentError("a share of influence is negative");
    int64_t& sum = shares[influence.deal];
    sum += std::min(influence.share_micros, kWhole + 1);
    if (sum > kWhole) return absl::InvalidArgumentError("the shares of influence in one deal pass the whole");
  }
  if (HasCircle(influences)) {
    return absl::FailedPreconditionError("the referrals form a circle: somebody helped to win themselves");
  }
  return absl::OkStatus();
}

absl::flat_hash_map<Id, int64_t> ReferenceValues(absl::Span<const Influence> influences,
                                                 double discount_rate_a_year) {
  absl::flat_hash_map<Id, double> sums;
  for (const Influence& influence : influences) {
    const double years = static_cast<double>(influence.days_ago) / kDaysPerYear;
    sums[influence.referrer] += static_cast<double>(influence.value_micros) *
                                static_cast<double>(influence.share_micros) / kWhole *
                                std::pow(1 + discount_rate_a_year, -years);
  }
  absl::flat_hash_map<Id, int64_t> values;
  for (const auto& [referrer, sum] : sums) values[referrer] = static_cast<int64_t>(std::llround(sum));
  return values;
}

}  // namespace clientele::value
