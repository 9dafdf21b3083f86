#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "customer-svc/rpc/service_fixture.h"

namespace clientele::customer {
namespace {

using servicekit::Role;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAreArray;

class HierarchyTest : public ServiceTest {
 protected:
  absl::StatusOr<v1::CustomerTree> Tree(const std::string& customer,
                                        const std::string& token = "administrator") {
    v1::GetCustomerTreeRequest request;
    request.set_name(customer);
    return Call(hierarchies_, &Hierarchies::GetCustomerTree, request, token);
  }
  std::string Below(const std::string& parent, const std::string& name, const std::string& owner = "") {
    v1::Customer customer = Named(name);
    customer.set_parent(parent);
    customer.set_owner(owner);
    const auto created = Create(customer);
    EXPECT_TRUE(created.ok()) << created.status();
    return created->name();
  }
  static std::vector<std::string> Names(const v1::CustomerTree& tree) {
    std::vector<std::string> names;
    for (const auto& node : tree.nodes())
      names.push_back(absl::StrCat(node.depth(), " ", node.display_name()));
    return names;
  }
};

TEST_F(HierarchyTest, TheWholeGroupWhicheverOfItIsAskedFor) {
  const std::string top = Below("", "그룹"), b = Below(top, "b"), a = Below(top, "a"), c = Below(b, "c");
  Below("", "another");
  for (const std::string& customer : {top, a, c}) {
    const auto tree = Tree(customer);
    ASSERT_TRUE(tree.ok()) << tree.status();
    EXPECT_THAT(Names(*tree), ElementsAre("0 그룹", "1 a", "1 b", "2 c"));
    EXPECT_FALSE(tree->truncated());
    EXPECT_EQ(tree->nodes(3).parent(), b);
  }
  EXPECT_THAT(Names(*Tree(Below("", "alone"))), ElementsAre("0 alone"));
  v1::ListCustomersRequest children;
  children.set_filter("parent = \"" + top + "\"");
  EXPECT_EQ(List(children)->size(), 2);
}

TEST_F(HierarchyTest, RandomTreesEqualBruteForceAndHideWhatIsForeign) {
  std::mt19937 random(9);
  const v1::Team team = CreateTeam("north");
  const v1::Representative me = CreateRepresentative(team.name());
  const std::string token = Token(Role::kRepresentative, me.name(), {team.name()});
  std::vector<std::string> all;
  std::map<std::string, std::string> parent_of;
  std::map<std::string, bool> mine;
  for (int i = 0; i < 60; ++i) {
    const std::string parent = all.empty() || random() % 6 == 0 ? "" : all[random() % all.size()];
    const bool own = random() % 2 == 0;
    all.push_back(Below(parent, absl::StrCat("c", i), own ? me.name() : ""));
    parent_of[all.back()] = parent;
    mine[all.back()] = own;
  }
  const auto top = [&](std::string customer) {
    while (!parent_of[customer].empty()) customer = parent_of[customer];
    return customer;
  };
  for (const std::string& customer : all) {
    std::vector<std::string> expected, expected_mine;
    for (const std::string& other : all) {
      if (top(other) != top(customer)) continue;
      expected.push_back(other);
      if (mine[other]) expected_mine.push_back(other);
    }
    const auto names = [](const v1::CustomerTree& tree) {
      std::vector<std::string> customers;
      for (const auto& node : tree.nodes()) customers.push_back(node.customer());
      return customers;
    };
    EXPECT_THAT(names(*Tree(customer)), UnorderedElementsAreArray(expected));
    const auto seen = Tree(customer, token);
    if (mine[customer]) {
      ASSERT_TRUE(seen.ok()) << seen.status();
      EXPECT_THAT(names(*seen), UnorderedElementsAreArray(expected_mine));
    } else {
      EXPECT_TRUE(absl::IsNotFound(seen.status()));
    }
  }
}

TEST_F(HierarchyTest, AGroupTooLargeToShowSaysSo) {
  const std::string top = Below("", "top");
  v1::Customer child = Named("child");
  child.set_parent(top);
  ASSERT_TRUE(Create(child).ok());
  Database().Execute(
      "INSERT INTO customers (id, display_name, type, parent_id, version, create_time, update_time)"
      " SELECT RANDOM_BYTES(16), 'many', 1, parent_id, 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)"
      " FROM customers JOIN seq_1_to_1200 WHERE parent_id IS NOT NULL");
  const auto tree = Tree(top);
  ASSERT_TRUE(tree.ok()) << tree.status();
  EXPECT_TRUE(tree->truncated());
  EXPECT_EQ(tree->nodes_size(), 1000);
}

}  // namespace
}  // namespace clientele::customer
