#include "value-svc/domain/expectation/purchase_history.h"

#include <algorithm>
#include <tuple>

namespace clientele::value {

PurchaseHistory Summarize(absl::Span<const Purchase> log, int64_t last_day) {
  std::vector<Purchase> seen;
  for (const Purchase& purchase : log) {
    if (purchase.day <= last_day) seen.push_back(purchase);
  }
  // By amount too, so that the order in which purchases come changes no sum's last digit.
  std::sort(seen.begin(), seen.end(), [](const Purchase& a, const Purchase& b) {
    return std::tie(a.day, a.amount) < std::tie(b.day, b.amount);
  });
  PurchaseHistory history;
  if (seen.empty()) return history;
  double repeat_spend = 0;
  for (size_t i = 0; i < seen.size(); ++i) {
    if (seen[i].day == seen.front().day) continue;
    if (seen[i].day != seen[i - 1].day) ++history.repeat_count;
    repeat_spend += seen[i].amount;
  }
  history.recency = static_cast<double>(seen.back().day - seen.front().day) / kDaysPerWeek;
  history.age = static_cast<double>(last_day - seen.front().day) / kDaysPerWeek;
  if (history.repeat_count > 0) history.mean_spend = repeat_spend / static_cast<double>(history.repeat_count);
  return history;
}

std::vector<CountedHistory> Collapse(absl::Span<const PurchaseHistory> histories) {
  std::vector<CountedHistory> rows;
  rows.reserve(histories.size());
  for (const PurchaseHistory& history : histories) {
    rows.push_back({history.repeat_count, history.recency, history.age, 1});
  }
  const auto key = [](const CountedHistory& row) { return std::tie(row.repeat_count, row.age, row.recency); };
  std::sort(rows.begin(), rows.end(),
            [&](const CountedHistory& a, const CountedHistory& b) { return key(a) < key(b); });
  size_t distinct = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (distinct > 0 && key(rows[distinct - 1]) == key(rows[i])) {
      ++rows[distinct - 1].customers;
    } else {
      rows[distinct++] = rows[i];
    }
  }
  rows.resize(distinct);
  return rows;
}

}  // namespace clientele::value
