#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "customer-svc/rpc/service_fixture.h"

namespace clientele::customer {
namespace {

using servicekit::Role;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class ListCustomersTest : public ServiceTest {
 protected:
  // A hundred and twenty, told apart by their fields, many of them alike.
  std::vector<v1::Customer> CreateMany() {
    std::vector<v1::Customer> created;
    for (int i = 0; i < 120; ++i) {
      v1::Customer customer = Named(absl::StrCat(i % 3 == 0 ? "고객 " : "customer ", i % 17));
      customer.set_type(i % 4 == 0 ? v1::Customer::PERSON : v1::Customer::ORGANIZATION);
      if (i % 5 != 0) customer.set_industry(i % 2 == 0 ? "retail" : "소매");
      if (i % 6 != 0) customer.set_employee_count(i % 13);
      if (i % 7 == 0) customer.set_registration_number(absl::StrCat("reg-", i));
      customer.set_source(i % 11 == 0 ? "fair" : "");
      auto one = Create(customer);
      EXPECT_TRUE(one.ok()) << one.status();
      created.push_back(*std::move(one));
    }
    return created;
  }
  static std::vector<std::string> Names(const std::vector<v1::Customer>& customers) {
    std::vector<std::string> names;
    for (const v1::Customer& customer : customers) names.push_back(customer.name());
    return names;
  }
};

TEST_F(ListCustomersTest, PagesOfAnySizeAndOrderGiveEachOnce) {
  std::vector<std::string> expected = Names(CreateMany());
  std::sort(expected.begin(), expected.end());
  for (const char* order :
       {"", "name desc", "display_name", "display_name desc", "update_time", "update_time desc"}) {
    for (const int size : {7, 120, 1000}) {
      v1::ListCustomersRequest request;
      request.set_order_by(order);
      request.set_page_size(size);
      const auto listed = List(request);
      ASSERT_TRUE(listed.ok()) << order << listed.status();
      std::vector<std::string> names = Names(*listed);
      if (std::string(order).empty()) {
        EXPECT_EQ(names, expected);
      }
      std::sort(names.begin(), names.end());
      EXPECT_EQ(names, expected) << order << " by " << size;
    }
  }
}

TEST_F(ListCustomersTest, RowsWrittenMeanwhileMakeNoGapAndNoRepeat) {
  const std::vector<v1::Customer> before = CreateMany();
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    std::mt19937 random(1);
    while (!stop) {
      v1::Customer change;
      change.set_name(before[random() % before.size()].name());
      change.set_source(absl::StrCat("changed ", random()));
      EXPECT_TRUE(Update(change).ok());
      EXPECT_TRUE(Create(Named("customer 3")).ok());
    }
  });
  for (const char* order : {"", "display_name", "display_name desc"}) {
    v1::ListCustomersRequest request;
    request.set_order_by(order);
    request.set_page_size(9);
    const auto listed = List(request);
    ASSERT_TRUE(listed.ok()) << listed.status();
    const std::vector<std::string> names = Names(*listed);
    const std::set<std::string> distinct(names.begin(), names.end());
    EXPECT_EQ(distinct.size(), names.size()) << order;
    for (const v1::Customer& customer : before) EXPECT_TRUE(distinct.contains(customer.name())) << order;
  }
  stop = true;
  writer.join();
}

TEST_F(ListCustomersTest, FiltersFindWhatBruteForceFinds) {
  const v1::Team team = CreateTeam("north");
  const v1::Representative owner = CreateRepresentative(team.name());
  std::vector<v1::Customer> all = CreateMany();
  for (int i = 0; i < 10; ++i) {
    all[i].clear_etag();
    all[i].set_owner(owner.name());
    all[i] = *Update(all[i]);
  }
  using Predicate = std::function<bool(const v1::Customer&)>;
  const std::vector<std::pair<std::string, Predicate>> filters = {
      {"display_name = \"customer 3\"", [](const auto& c) { return c.display_name() == "customer 3"; }},
      {"display_name = \"고객*\"", [](const auto& c) { return c.display_name().starts_with("고객"); }},
      {"type = PERSON", [](const auto& c) { return c.type() == v1::Customer::PERSON; }},
      {"industry = \"소매\"", [](const auto& c) { return c.industry() == "소매"; }},
      {"industry != \"소매\"", [](const auto& c) { return c.industry() != "소매"; }},
      {"industry:*", [](const auto& c) { return !c.industry().empty(); }},
      {"employee_count < 5", [](const auto& c) { return c.employee_count() != 0 && c.employee_count() < 5; }},
      {"employee_count >= 5 AND NOT source = \"fair\"",
       [](const auto& c) { return c.employee_count() >= 5 && c.source() != "fair"; }},
      {"registration_number = \"reg-7\" OR registration_number = \"reg-14\"",
       [](const auto& c) {
         return c.registration_number() == "reg-7" || c.registration_number() == "reg-14";
       }},
      {"owner = \"" + owner.name() + "\"", [&](const auto& c) { return c.owner() == owner.name(); }},
      {"team = \"" + team.name() + "\" AND type = ORGANIZATION",
       [&](const auto& c) { return c.team() == team.name() && c.type() == v1::Customer::ORGANIZATION; }},
      {"create_time > \"2000-01-01\" AND update_time < \"2000-01-01\"", [](const auto&) { return false; }},
      {"display_name = \"' OR 1=1 --\"", [](const auto&) { return false; }},
  };
  for (const auto& [filter, matches] : filters) {
    std::vector<std::string> expected;
    for (const v1::Customer& customer : all) {
      if (matches(customer)) expected.push_back(customer.name());
    }
    v1::ListCustomersRequest request;
    request.set_filter(filter);
    request.set_page_size(13);
    const auto listed = List(request);
    ASSERT_TRUE(listed.ok()) << filter << listed.status();
    EXPECT_THAT(Names(*listed), ::testing::UnorderedElementsAreArray(expected)) << filter;
  }
}

TEST_F(ListCustomersTest, WhatIsNoFilterOrderOrTokenIsRefused) {
  CreateMany();
  const auto wrong = [&](auto set) {
    v1::ListCustomersRequest request;
    request.set_page_size(5);
    set(request);
    const absl::Status status = Call(customers_, &Customers::ListCustomers, request).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return WrongFields(status);
  };
  for (const char* filter :
       {"no_such = 1", "display_name", "type = 7", "display_name = \"", "1; DROP TABLE customers"}) {
    EXPECT_THAT(wrong([&](auto& r) { r.set_filter(filter); }), ElementsAre("filter")) << filter;
  }
  for (const char* order : {"industry", "name; DROP TABLE customers", "name up"}) {
    EXPECT_THAT(wrong([&](auto& r) { r.set_order_by(order); }), ElementsAre("order_by")) << order;
  }
  EXPECT_THAT(wrong([](auto& r) { r.set_page_size(-1); }), ElementsAre("page_size"));
  EXPECT_THAT(wrong([](auto& r) { r.set_page_token("xyz"); }), ElementsAre("page_token"));
  v1::ListCustomersRequest request;
  request.set_page_size(5);
  const std::string token = Call(customers_, &Customers::ListCustomers, request)->next_page_token();
  EXPECT_FALSE(token.empty());
  EXPECT_THAT(wrong([&](auto& r) {
                r.set_page_token(token);
                r.set_filter("type = PERSON");
              }),
              ElementsAre("page_token"));
}

// The rule of ARCHITECTURE 6, written once more as plainly as can be.
TEST_F(ListCustomersTest, EveryoneListsExactlyWhatTheyMaySee) {
  std::mt19937 random(7);
  std::vector<std::string> teams, representatives;
  std::map<std::string, std::string> parent, team_of;
  for (int i = 0; i < 6; ++i) {
    const std::string above = i == 0 ? "" : teams[random() % teams.size()];
    teams.push_back(CreateTeam(absl::StrCat("team ", i), above).name());
    parent[teams.back()] = above;
  }
  for (int i = 0; i < 8; ++i) {
    const std::string team = teams[random() % teams.size()];
    representatives.push_back(CreateRepresentative(team).name());
    team_of[representatives.back()] = team;
  }
  std::vector<v1::Customer> customers;
  for (int i = 0; i < 60; ++i) {
    v1::Customer customer = Named(absl::StrCat("c", i));
    if (random() % 3 != 0) {
      customer.set_owner(representatives[random() % representatives.size()]);
    } else if (random() % 3 != 0) {
      customer.set_team(teams[random() % teams.size()]);
    }
    customers.push_back(*Create(customer));
    if (!customer.owner().empty()) {
      EXPECT_EQ(customers.back().team(), team_of[customer.owner()]);
    }
  }
  const auto below = [&](std::string team, const std::string& above) {
    while (!team.empty() && team != above) team = parent[team];
    return team == above;
  };
  for (const std::string& me : representatives) {
    for (const Role role : {Role::kRepresentative, Role::kManager, Role::kAnalyst}) {
      const std::string token = Token(role, me, {team_of[me]});
      std::vector<std::string> expected;
      for (const v1::Customer& customer : customers) {
        const bool own = customer.owner() == me;
        const bool pooled = customer.owner().empty() && customer.team() == team_of[me];
        const bool may =
            role == Role::kAnalyst ||
            (role == Role::kManager ? !customer.team().empty() && below(customer.team(), team_of[me])
                                    : own || pooled);
        if (may) expected.push_back(customer.name());
        EXPECT_EQ(Get(customer.name(), token).status().code(),
                  may ? absl::StatusCode::kOk : absl::StatusCode::kNotFound);
        v1::Customer change;
        change.set_name(customer.name());
        change.set_source(absl::StrCat("by ", me));
        const absl::Status updated = Update(change, {}, token).status();
        const auto wanted = role == Role::kAnalyst ? absl::StatusCode::kPermissionDenied
                            : may                  ? absl::StatusCode::kOk
                                                   : absl::StatusCode::kNotFound;
        EXPECT_EQ(updated.code(), wanted) << updated;
      }
      v1::ListCustomersRequest request;
      request.set_page_size(7);
      const auto listed = List(request, token);
      ASSERT_TRUE(listed.ok()) << listed.status();
      EXPECT_THAT(Names(*listed), ::testing::UnorderedElementsAreArray(expected));
    }
  }
}

TEST_F(ListCustomersTest, RepresentativeOwnsWhatTheyCreateAndGivesNothingAway) {
  const v1::Team team = CreateTeam("north");
  const v1::Representative me = CreateRepresentative(team.name()), other = CreateRepresentative(team.name());
  const std::string token = Token(Role::kRepresentative, me.name(), {team.name()});
  auto mine = Create(Named("mine"), token);
  ASSERT_TRUE(mine.ok()) << mine.status();
  EXPECT_EQ(mine->owner(), me.name());
  EXPECT_EQ(mine->team(), team.name());
  mine->set_owner(other.name());
  EXPECT_EQ(servicekit::GetReason(Update(*mine, {"owner"}, token).status()), "OWNER_NOT_ALLOWED");
  v1::Customer pooled = Named("pooled");
  pooled.set_team(team.name());
  pooled = *Create(pooled);
  pooled.set_owner(me.name());
  EXPECT_TRUE(Update(pooled, {"owner"}, token).ok());
}

}  // namespace
}  // namespace clientele::customer
