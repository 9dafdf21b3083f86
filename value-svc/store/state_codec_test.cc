#include "value-svc/store/state_codec.h"

#include <random>

#include <gtest/gtest.h>

namespace clientele::value {
namespace {

TEST(StateCodec, BringsBackWhatWasPacked) {
  std::mt19937_64 random(1);
  const auto number = [&] {
    return static_cast<int64_t>(random() >> (random() % 64)) * (random() % 2 ? 1 : -1);
  };
  std::vector<StateRow> rows(200);
  for (StateRow& row : rows) {
    row.customer = Id::New(absl::FromUnixMillis(1'700'000'000'000));
    row.tier = static_cast<Tier>(1 + random() % 5);
    row.score_micros = number();
    for (Factor factor : kFactors) row.contribution_micros[factor] = number();
    // Up to what DECIMAL(20,6) holds, which is more than 64 bits.
    for (Decimal* amount : {&row.revenue, &row.profit, &row.value_at_risk})
      *amount = Decimal::FromMicros(absl::int128{number()} * 10);
  }
  const std::string packed = PackState(rows);
  const auto unpacked = UnpackState(packed);
  ASSERT_TRUE(unpacked.ok());
  EXPECT_EQ(*unpacked, rows);
  EXPECT_TRUE(UnpackState(PackState({}))->empty());
}

TEST(StateCodec, CutBytesAreRefused) {
  StateRow row;
  row.revenue = Decimal::FromMicros(123'456'789);
  const std::string packed = PackState({row, row});
  for (size_t size = 0; size < packed.size(); ++size) {
    EXPECT_TRUE(absl::IsDataLoss(UnpackState(packed.substr(0, size)).status())) << size;
  }
  EXPECT_TRUE(absl::IsDataLoss(UnpackState(packed + "x").status()));
}

}  // namespace
}  // namespace clientele::value
