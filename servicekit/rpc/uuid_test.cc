#include "servicekit/rpc/uuid.h"

#include <gtest/gtest.h>

namespace servicekit {
namespace {

TEST(Uuid, ADerivedOneIsAlwaysTheSameForTheSamePurpose) {
  const std::string id = "550e8400-e29b-41d4-a716-446655440000";
  const std::string derived = DeriveUuid(id, "supply");
  EXPECT_TRUE(ParseUuid("request_id", derived).ok()) << derived;
  EXPECT_EQ(derived, DeriveUuid("550E8400-E29B-41D4-A716-446655440000", "supply"));
  EXPECT_NE(derived, DeriveUuid(id, "release"));
  EXPECT_NE(derived, DeriveUuid("550e8400-e29b-41d4-a716-446655440001", "supply"));
  EXPECT_EQ(derived[14], '8');
}

}  // namespace
}  // namespace servicekit
