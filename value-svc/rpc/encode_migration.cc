#include "value-svc/rpc/encode_migration.h"

#include <cmath>

#include "servicekit/types/resource_name.h"
#include "value-svc/domain/migration.h"
#include "value-svc/domain/portfolio/markov.h"
#include "value-svc/rpc/encode.h"

namespace clientele::value {
namespace {

// TOP to INACTIVE, as the tiers are numbered from 1.
constexpr int kTierCount = 5;
constexpr int kTop = static_cast<int>(Tier::kTop);

struct Cell {
  int64_t count = 0;
  Decimal from_revenue, to_revenue, from_profit, to_profit;
};

// By tier before (0: was not there) and after.
using Matrix = Cell[kTierCount + 1][kTierCount + 1];

void Add(const TierMove& move, Cell& cell) {
  cell.count += move.count;
  cell.from_revenue += move.from_revenue;
  cell.to_revenue += move.to_revenue;
  cell.from_profit += move.from_profit;
  cell.to_profit += move.to_profit;
}

void Fill(const std::vector<TierMove>& moves, Matrix& matrix) {
  for (const TierMove& move : moves)
    Add(move, matrix[static_cast<int>(move.from)][static_cast<int>(move.to)]);
}

void EncodeDrivers(const std::vector<TierMove>& moves, Tier from, Tier to,
                   v1::QueryMigrationResponse::Cell* cell) {
  if (from == to || from == Tier::kNone) return;
  for (const TierMove& move : moves) {
    if (move.from != from || move.to != to) continue;
    auto& driver = *cell->add_drivers();
    if (move.driver.has_value()) driver.set_factor(static_cast<v1::Factor>(*move.driver));
    driver.set_customer_count(move.count);
  }
}

}  // namespace

void EncodeMatrix(const std::vector<TierMove>& moves, const std::string& base_currency,
                  v1::QueryMigrationResponse* response) {
  Matrix matrix = {};
  Fill(moves, matrix);
  int64_t from_count = 0, to_count = 0;
  for (int from : {1, 2, 3, 4, 5, 0}) {
    auto& row = *response->add_rows();
    row.set_from_tier(static_cast<v1::Tier>(from));
    std::vector<int64_t> counts;
    Cell sum;
    for (int to = kTop; to <= kTierCount; ++to) {
      const Cell& cell = matrix[from][to];
      counts.push_back(cell.count);
      sum.count += cell.count;
      sum.from_revenue += cell.from_revenue;
      sum.from_profit += cell.from_profit;
    }
    row.set_customer_count(sum.count);
    *row.mutable_from_revenue() = EncodeMoney(sum.from_revenue, base_currency);
    *row.mutable_from_profit() = EncodeMoney(sum.from_profit, base_currency);
    const std::vector<int64_t> shares = SharesMicros(counts);
    for (int to = kTop; to <= kTierCount; ++to) {
      const Cell& cell = matrix[from][to];
      auto& encoded = *row.add_cells();
      encoded.set_to_tier(static_cast<v1::Tier>(to));
      encoded.set_customer_count(cell.count);
      encoded.set_share_micros(shares[static_cast<size_t>(to - kTop)]);
      *encoded.mutable_from_revenue() = EncodeMoney(cell.from_revenue, base_currency);
      *encoded.mutable_to_revenue() = EncodeMoney(cell.to_revenue, base_currency);
      *encoded.mutable_from_profit() = EncodeMoney(cell.from_profit, base_currency);
      *encoded.mutable_to_profit() = EncodeMoney(cell.to_profit, base_currency);
      EncodeDrivers(moves, static_cast<Tier>(from), static_cast<Tier>(to), &encoded);
    }
    to_count += sum.count;
    if (from != 0) from_count += sum.count;
  }
  response->mutable_from()->set_customer_count(from_count);
  response->mutable_to()->set_customer_count(to_count);
}

absl::Status EncodeExpectations(const std::vector<TierMove>& moves, int period_count, double discount,
                                const std::string& base_currency, v1::QueryMigrationResponse* response) {
  Matrix matrix = {};
  Fill(moves, matrix);
  std::vector<std::vector<double>> counts;
  std::vector<double> profit;
  for (int tier = kTop; tier <= kTierCount; ++tier) {
    std::vector<double>& row = counts.emplace_back();
    Cell after;
    for (int other = kTop; other <= kTierCount; ++other) {
      row.push_back(static_cast<double>(matrix[tier][other].count));
      after.count += matrix[other][tier].count;
      after.to_profit += matrix[other][tier].to_profit;
    }
    after.count += matrix[0][tier].count;
    after.to_profit += matrix[0][tier].to_profit;
    profit.push_back(after.count == 0 ? 0 : after.to_profit.ToDouble() / static_cast<double>(after.count));
  }
  const std::vector<std::vector<double>> transition = NormalizeRows(counts);
  const auto values = ExpectedValueByTier(transition, profit, discount, period_count);
  if (!values.ok()) return values.status();
  const auto money = [&](double amount) {
    return EncodeMoney(Decimal::FromMicros(absl::int128(std::floor(amount * 1e6 + 0.5))), base_currency);
  };
  for (size_t i = 0; i < profit.size(); ++i) {
    auto& expectation = *response->add_expectations();
    expectation.set_tier(static_cast<v1::Tier>(kTop + static_cast<int>(i)));
    *expectation.mutable_mean_profit() = money(profit[i]);
    *expectation.mutable_expected_value() = money((*values)[i]);
    for (double probability : transition[i]) expectation.add_next_tier_probabilities(probability);
  }
  return absl::OkStatus();
}

v1::CustomerMigration Encode(const StateStore::Moved& moved, const std::string& base_currency) {
  v1::CustomerMigration encoded;
  encoded.set_customer(servicekit::NameOf("customers", moved.customer));
  encoded.set_from_tier(static_cast<v1::Tier>(moved.from));
  encoded.set_to_tier(static_cast<v1::Tier>(moved.to));
  encoded.set_from_score_micros(moved.from_score_micros);
  encoded.set_to_score_micros(moved.to_score_micros);
  *encoded.mutable_from_revenue() = EncodeMoney(moved.from_revenue, base_currency);
  *encoded.mutable_to_revenue() = EncodeMoney(moved.to_revenue, base_currency);
  *encoded.mutable_from_profit() = EncodeMoney(moved.from_profit, base_currency);
  *encoded.mutable_to_profit() = EncodeMoney(moved.to_profit, base_currency);
  const auto driver = MigrationDriver(moved.from, moved.to, moved.from_contribution, moved.to_contribution);
  if (driver.has_value()) {
    encoded.set_driver(static_cast<v1::Factor>(*driver));
    encoded.set_driver_micros(moved.to_contribution[*driver] - moved.from_contribution[*driver]);
  }
  return encoded;
}

}  // namespace clientele::value
