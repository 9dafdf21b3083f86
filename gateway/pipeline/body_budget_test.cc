#include "gateway/pipeline/body_budget.h"

#include <gtest/gtest.h>

namespace clientele::gateway {
namespace {

TEST(BodyBudget, IsSharedAndGivenBack) {
  BodyBudget budget(100);
  BodyBudget::Share one(budget);
  EXPECT_TRUE(one.Resize(60));
  {
    BodyBudget::Share other(budget);
    EXPECT_TRUE(other.Resize(40));
    EXPECT_FALSE(other.Resize(41));
    EXPECT_TRUE(other.Resize(30)) << "what shrinks always fits";
  }
  EXPECT_TRUE(one.Resize(100));
}

}  // namespace
}  // namespace clientele::gateway
