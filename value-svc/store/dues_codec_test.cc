#include "value-svc/store/dues_codec.h"

#include <gtest/gtest.h>

namespace clientele::value {
namespace {

TEST(DuesCodec, BringsBackWhatWasPackedAndRefusesWhatWasCutOff) {
  const std::vector<Due> dues = {{absl::FromUnixSeconds(1'700'000'000), Decimal::FromMicros(1)},
                                 {absl::FromUnixSeconds(-86'400), Decimal::FromMicros(-5'000'000)},
                                 {absl::UnixEpoch(), Decimal::FromMicros(absl::int128{1} << 66)}};
  const std::string packed = PackDues(dues);
  const auto unpacked = UnpackDues(packed);
  ASSERT_TRUE(unpacked.ok());
  EXPECT_EQ(*unpacked, dues);
  EXPECT_TRUE(UnpackDues("")->empty());
  EXPECT_TRUE(absl::IsDataLoss(UnpackDues(packed.substr(0, packed.size() - 1)).status()));
}

}  // namespace
}  // namespace clientele::value
