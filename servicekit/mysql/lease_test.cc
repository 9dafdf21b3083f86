#include "servicekit/mysql/lease.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "servicekit/testing/scratch_database.h"

namespace servicekit {
namespace {

class LeaseTest : public testing::Test {
 protected:
  bool Take(const std::string& holder, absl::Duration duration) {
    const absl::StatusOr<bool> taken =
        RunInTransaction(database_.pool(), absl::Now() + absl::Seconds(10),
                         [&](Transaction& tx) { return TakeLease(tx, "work", holder, duration); });
    EXPECT_TRUE(taken.ok()) << taken.status();
    return taken.ok() && *taken;
  }

  ScratchDatabase database_{{}};
};

TEST_F(LeaseTest, OneHolderAtATime) {
  EXPECT_TRUE(Take("a", absl::Minutes(1)));
  EXPECT_FALSE(Take("b", absl::Minutes(1)));
  EXPECT_TRUE(Take("a", absl::Minutes(1)));
  ASSERT_TRUE(RunInTransaction(database_.pool(), absl::Now() + absl::Seconds(10), [&](Transaction& tx) {
                return DropLease(tx, "work", "a");
              }).ok());
  EXPECT_TRUE(Take("b", absl::Minutes(1)));
}

TEST_F(LeaseTest, WhatHasExpiredMayBeTaken) {
  EXPECT_TRUE(Take("a", absl::ZeroDuration()));
  EXPECT_TRUE(Take("b", absl::ZeroDuration()));
}

}  // namespace
}  // namespace servicekit
