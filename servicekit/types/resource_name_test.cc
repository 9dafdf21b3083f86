#include "servicekit/types/resource_name.h"

#include <gtest/gtest.h>

#include "servicekit/types/error.h"

namespace servicekit {
namespace {

const Id kCustomer = Id::New(absl::FromUnixSeconds(1'700'000'000));
const Id kContact = Id::New(absl::FromUnixSeconds(1'700'000'001));

TEST(ResourceName, RoundTrips) {
  EXPECT_EQ(*ParseName("name", "customers", NameOf("customers", kCustomer)), kCustomer);
  const absl::StatusOr<ChildName> child =
      ParseName("name", "customers", "contacts", NameOf("customers", kCustomer, "contacts", kContact));
  ASSERT_TRUE(child.ok());
  EXPECT_EQ(child->parent, kCustomer);
  EXPECT_EQ(child->id, kContact);
}

TEST(ResourceName, RefusalNamesTheField) {
  for (const std::string& name :
       {std::string(), NameOf("orders", kCustomer), NameOf("customers", kCustomer) + "/",
        std::string("customers/../orders"), std::string("customers/1; DROP TABLE customers")}) {
    const absl::StatusOr<Id> id = ParseName("parent", "customers", name);
    ASSERT_FALSE(id.ok()) << name;
    EXPECT_EQ(GetFieldViolations(id.status()).at(0).field, "parent");
  }
}

}  // namespace
}  // namespace servicekit
