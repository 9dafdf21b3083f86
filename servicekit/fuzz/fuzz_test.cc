#include "servicekit/fuzz/fuzz.h"

#include <gtest/gtest.h>

namespace servicekit::fuzz {
namespace {

TEST(FuzzDeathTest, WhatMustHoldIsChecked) {
  Require(true, "the sky is blue");
  EXPECT_DEATH(Require(false, "the sky is green"), "the sky is green");
}

}  // namespace
}  // namespace servicekit::fuzz
