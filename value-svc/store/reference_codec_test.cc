#include "value-svc/store/reference_codec.h"

#include <limits>

#include <gtest/gtest.h>

namespace clientele::value {
namespace {

TEST(ReferenceCodec, BringsBackWhatWasPacked) {
  const std::vector<ReferenceDistribution::Step> steps = {{std::numeric_limits<int64_t>::min(), 1},
                                                          {-1, 1'000'000},
                                                          {0, 3},
                                                          {1, 1},
                                                          {std::numeric_limits<int64_t>::max(), 127}};
  const auto unpacked = UnpackSteps(PackSteps(steps));
  ASSERT_TRUE(unpacked.ok());
  EXPECT_EQ(*unpacked, steps);
  EXPECT_TRUE(UnpackSteps(PackSteps({}))->empty());
}

TEST(ReferenceCodec, CutBytesAreRefused) {
  std::string packed = PackSteps(std::vector<ReferenceDistribution::Step>{{1'000'000, 1}});
  packed.pop_back();
  EXPECT_TRUE(absl::IsDataLoss(UnpackSteps(packed).status()));
}

TEST(PackDoubles, RoundTripsExactlyAndRefusesWhatWasCutOff) {
  const std::vector<double> values = {0, 1.0 / 3, -1e300, 5e-324};
  const std::string packed = PackDoubles(values);
  EXPECT_EQ(packed.size(), 32u);
  EXPECT_EQ(*UnpackDoubles(packed), values);
  EXPECT_TRUE(absl::IsDataLoss(UnpackDoubles(packed.substr(1)).status()));
}

}  // namespace
}  // namespace clientele::value
