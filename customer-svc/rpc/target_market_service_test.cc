#include <google/protobuf/util/message_differencer.h>

#include <atomic>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "clientele/customer/v1/customer_feed.pb.h"
#include "customer-svc/operations/target_market_search.h"
#include "customer-svc/rpc/service_fixture.h"

namespace clientele::customer {
namespace {

using servicekit::Role;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using ::testing::UnorderedElementsAreArray;

class TargetMarketTest : public ServiceTest {
 protected:
  absl::StatusOr<v1::TargetMarket> Define(const std::string& filter, int64_t estimated_size = 0,
                                          const std::string& token = "administrator") {
    v1::CreateTargetMarketRequest request;
    request.mutable_target_market()->set_display_name("market");
    request.mutable_target_market()->set_filter(filter);
    request.mutable_target_market()->set_estimated_size(estimated_size);
    return Call(target_markets_, &TargetMarkets::CreateTargetMarket, request, token);
  }
  absl::StatusOr<v1::TargetMarket> Redefine(const std::string& name, const std::string& filter) {
    v1::UpdateTargetMarketRequest request;
    request.mutable_target_market()->set_name(name);
    request.mutable_target_market()->set_filter(filter);
    return Call(target_markets_, &TargetMarkets::UpdateTargetMarket, request);
  }
  absl::StatusOr<v1::TargetMarket> GetMarket(const std::string& name,
                                             const std::string& token = "administrator") {
    v1::GetTargetMarketRequest request;
    request.set_name(name);
    return Call(target_markets_, &TargetMarkets::GetTargetMarket, request, token);
  }
  std::vector<std::string> Members(const std::string& market, const std::string& token = "administrator") {
    std::vector<std::string> names;
    v1::ListTargetMarketMembersRequest request;
    request.set_parent(market);
    request.set_page_size(3);
    do {
      const auto page = Call(target_markets_, &TargetMarkets::ListTargetMarketMembers, request, token);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const auto& member : page->members()) names.push_back(member.display_name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }
  v1::Customer In(const std::string& name, const std::string& industry) {
    v1::Customer customer = Named(name);
    customer.set_industry(industry);
    const auto created = Create(customer);
    EXPECT_TRUE(created.ok()) << created.status();
    return *created;
  }
  void Move(const v1::Customer& customer, const std::string& industry) {
    v1::Customer change;
    change.set_name(customer.name());
    change.set_industry(industry);
    ASSERT_TRUE(Update(change).ok());
  }
  // What the background would do, until it is done; how many steps it took.
  int SearchAll() {
    int steps = 0;
    while (true) {
      const auto done = SearchTargetMarkets(stores_, Database().pool(), clock_);
      EXPECT_TRUE(done.ok()) << done.status();
      if (!done.ok() || !*done) return steps;
      ++steps;
    }
  }
  // The target markets that the last CustomerChanged of each customer tells of, by the feed; and that
  // versions rise.
  std::map<std::string, std::vector<std::string>> Told() {
    std::map<std::string, std::vector<std::string>> told;
    std::map<std::string, int64_t> versions;
    const absl::Status status =
        RunReading(Database().pool(), absl::Now() + absl::Seconds(20), [&](servicekit::Transaction& tx) {
          return tx.Query(
              servicekit::Sql("SELECT payload FROM feed ORDER BY seq"), [&](const servicekit::Row& row) {
                google::protobuf::Any any;
                v1::CustomerChanged event;
                if (any.ParseFromString(row.Blob(0)) && any.UnpackTo(&event)) {
                  EXPECT_GT(event.version(), versions[event.customer()]);
                  versions[event.customer()] = event.version();
                  told[event.customer()].assign(event.target_markets().begin(), event.target_markets().end());
                }
                return absl::OkStatus();
              });
        });
    EXPECT_TRUE(status.ok()) << status;
    return told;
  }
};

// A definition that names a customer means the survivor while that one is merged, for old members and new.
TEST_F(TargetMarketTest, DefinitionByNameFollowsMergeAndSplit) {
  const v1::Customer survivor = In("survivor", ""), merged = In("merged", "");
  const auto below = [&](const std::string& name, const v1::Customer& parent) {
    v1::Customer customer = Named(name);
    customer.set_parent(parent.name());
    ASSERT_TRUE(Create(customer).ok());
  };
  below("s", survivor);
  below("m", merged);
  const auto market = Define(absl::StrCat("parent = \"", merged.name(), "\""));
  ASSERT_TRUE(market.ok()) << market.status();
  SearchAll();
  ASSERT_THAT(Members(market->name()), ElementsAre("m"));
  v1::MergeCustomersRequest merge;
  merge.set_survivor(survivor.name());
  merge.set_merged_customer(merged.name());
  const auto made = Call(merges_, &v1::MergeService::Stub::MergeCustomers, merge);
  ASSERT_TRUE(made.ok()) << made.status();
  SearchAll();
  EXPECT_THAT(Members(market->name()), UnorderedElementsAre("s", "m"));
  v1::SplitCustomersRequest split;
  split.set_name(made->name());
  ASSERT_TRUE(Call(merges_, &v1::MergeService::Stub::SplitCustomers, split).ok());
  SearchAll();
  EXPECT_THAT(Members(market->name()), ElementsAre("m"));
}

TEST_F(TargetMarketTest, MembershipIsPartOfTheCustomersWrite) {
  const auto market = Define("industry = \"retail\"", 8);
  ASSERT_TRUE(market.ok()) << market.status();
  EXPECT_TRUE(market->computing());
  SearchAll();
  EXPECT_FALSE(GetMarket(market->name())->computing());
  const v1::Customer a = In("a", "retail"), b = In("b", "banking"), c = In("c", "retail");
  EXPECT_THAT(Members(market->name()), ElementsAre("a", "c"));
  EXPECT_EQ(GetMarket(market->name())->member_count(), 2);
  EXPECT_EQ(GetMarket(market->name())->coverage(), 0.25);
  Move(b, "retail");
  Move(a, "banking");
  EXPECT_THAT(Members(market->name()), ElementsAre("b", "c"));
  const auto told = Told();
  EXPECT_THAT(told.at(a.name()), IsEmpty());
  EXPECT_THAT(told.at(b.name()), ElementsAre(market->name()));

  v1::ListCustomersRequest request;
  request.set_filter("target_markets = \"" + market->name() + "\"");
  EXPECT_EQ(List(request)->size(), 2);
}

TEST_F(TargetMarketTest, ANewDefinitionIsLookedForInTheBackgroundAndTold) {
  std::vector<v1::Customer> all;
  for (int i = 0; i < 12; ++i) all.push_back(In(absl::StrCat("c", i), i % 2 == 0 ? "retail" : "banking"));
  const auto market = Define("industry = \"retail\"");
  EXPECT_THAT(Members(market->name()), IsEmpty());
  EXPECT_EQ(SearchAll(), 1);
  EXPECT_EQ(Members(market->name()).size(), 6);
  EXPECT_THAT(Told().at(all[0].name()), ElementsAre(market->name()));
  EXPECT_EQ(Get(all[0].name())->etag(), "\"2\"")
      << "the others take an event of the same version for an old one";
  EXPECT_EQ(Get(all[1].name())->etag(), "\"1\"");

  ASSERT_TRUE(Redefine(market->name(), "industry = \"banking\" AND display_name = \"c1*\"").ok());
  SearchAll();
  EXPECT_THAT(Members(market->name()), UnorderedElementsAre("c1", "c11"));
  EXPECT_THAT(Told().at(all[0].name()), IsEmpty());
  EXPECT_EQ(SearchAll(), 0);

  v1::DeleteTargetMarketRequest gone;
  gone.set_name(market->name());
  ASSERT_TRUE(Call(target_markets_, &TargetMarkets::DeleteTargetMarket, gone).ok());
  EXPECT_TRUE(absl::IsNotFound(GetMarket(market->name()).status()));
  SearchAll();
  EXPECT_THAT(Told().at(all[1].name()), IsEmpty());
  EXPECT_EQ(Database().Count("target_markets") + Database().Count("target_market_members"), 0);
}

TEST_F(TargetMarketTest, DefinitionsAreChecked) {
  EXPECT_TRUE(absl::IsPermissionDenied(Define("industry = \"retail\"", 0, "manager").status()));
  for (const char* filter : {"industry", "no_such = 1", "   ", "target_markets:*"}) {
    EXPECT_THAT(WrongFields(Define(filter).status()), ElementsAre("target_market.filter")) << filter;
  }
  EXPECT_THAT(WrongFields(Define("industry = \"x\"", -1).status()),
              ElementsAre("target_market.estimated_size"));
  const auto market = Define("industry = \"retail\"");
  v1::UpdateTargetMarketRequest update;
  *update.mutable_target_market() = *market;
  update.mutable_target_market()->set_estimated_size(5);
  update.mutable_target_market()->set_etag("\"7\"");
  EXPECT_EQ(servicekit::GetReason(Call(target_markets_, &TargetMarkets::UpdateTargetMarket, update).status()),
            "STALE_ETAG");
  update.mutable_target_market()->set_etag(market->etag());
  EXPECT_EQ(Call(target_markets_, &TargetMarkets::UpdateTargetMarket, update)->estimated_size(), 5);
  EXPECT_EQ(Database().Count("history"), 2);
}

TEST_F(TargetMarketTest, MembersAndFiguresAreWhatTheCallerMaySee) {
  std::mt19937 random(11);
  const v1::Team north = CreateTeam("north"), south = CreateTeam("south", north.name());
  const v1::Representative a = CreateRepresentative(north.name()), b = CreateRepresentative(south.name());
  const auto market = Define("industry = \"retail\"", 100);
  SearchAll();
  for (int i = 0; i < 30; ++i) {
    v1::Customer customer = Named(absl::StrCat("c", i));
    customer.set_industry(random() % 3 == 0 ? "banking" : "retail");
    if (random() % 3 == 0) customer.set_owner(random() % 2 == 0 ? a.name() : b.name());
    if (customer.owner().empty() && random() % 2 == 0) customer.set_team(south.name());
    ASSERT_TRUE(Create(customer).ok());
  }
  for (const std::string& token :
       {std::string("administrator"), std::string("analyst"),
        Token(Role::kRepresentative, a.name(), {north.name()}),
        Token(Role::kRepresentative, b.name(), {south.name()}),
        Token(Role::kManager, a.name(), {north.name()}), Token(Role::kManager, b.name(), {south.name()})}) {
    v1::ListCustomersRequest request;
    request.set_filter("industry = \"retail\"");
    std::vector<std::string> expected;
    for (const auto listed = List(request, token); const auto& customer : *listed)
      expected.push_back(customer.display_name());
    EXPECT_THAT(Members(market->name(), token), UnorderedElementsAreArray(expected));
    EXPECT_EQ(GetMarket(market->name(), token)->member_count(), expected.size());
    const auto listed =
        Call(target_markets_, &TargetMarkets::ListTargetMarkets, v1::ListTargetMarketsRequest(), token);
    EXPECT_EQ(listed->target_markets(0).member_count(), expected.size());
  }
}

// Whoever wins, in the end the members are what the definition says, and the feed has told so.
TEST_F(TargetMarketTest, WritesAndRedefinitionsAtTheSameTimeAgreeInTheEnd) {
  std::vector<v1::Customer> all;
  for (int i = 0; i < 20; ++i) all.push_back(In(absl::StrCat("c", i), "x0"));
  const auto market = Define("industry = \"x0\"");
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    std::mt19937 random(1);
    while (!stop) Move(all[random() % all.size()], absl::StrCat("x", random() % 3));
  });
  std::thread searcher([&] {
    while (!stop) EXPECT_TRUE(SearchTargetMarkets(stores_, Database().pool(), clock_).ok());
  });
  std::string filter;
  for (int round = 0; round < 12; ++round) {
    filter = absl::StrCat("industry = \"x", round % 3, "\"");
    const auto redefined = Redefine(market->name(), filter);
    EXPECT_TRUE(redefined.ok()) << redefined.status();
  }
  stop = true;
  writer.join();
  searcher.join();
  SearchAll();
  v1::ListCustomersRequest request;
  request.set_filter(filter);
  std::vector<std::string> expected;
  const auto told = Told();
  for (const auto listed = List(request); const auto& customer : *listed) {
    expected.push_back(customer.display_name());
    EXPECT_THAT(told.at(customer.name()), ElementsAre(market->name()));
  }
  EXPECT_THAT(Members(market->name()), UnorderedElementsAreArray(expected));
  int64_t members_told = 0;
  for (const auto& [customer, markets] : told) members_told += static_cast<int64_t>(markets.size());
  EXPECT_EQ(members_told, expected.size());
}

}  // namespace
}  // namespace clientele::customer
