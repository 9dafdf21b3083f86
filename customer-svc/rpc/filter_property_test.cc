// Random filters over random customers: what a list finds is what looking at every row finds.
#include <functional>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "customer-svc/rpc/service_fixture.h"
#include "customer-svc/store/customer_index.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAreArray;
using Predicate = std::function<bool(const v1::Customer&)>;

struct RandomFilter {
  std::string text;
  Predicate matches;
};

class FilterTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    Define("size_class", v1::Attribute::CHOICE, {"A", "B", "C"});
    Define("note", v1::Attribute::TEXT, {});
    Define("score", v1::Attribute::NUMBER, {});
    Define("since", v1::Attribute::DATE, {});
    Define("listed", v1::Attribute::FLAG, {});
    for (int i = 0; i < 2; ++i) teams_of_.push_back(CreateTeam(absl::StrCat("team ", i)).name());
    for (const std::string& team : teams_of_) owners_.push_back(CreateRepresentative(team).name());
    for (int i = 0; i < 90; ++i) {
      const auto created = Create(MakeCustomer(i));
      ASSERT_TRUE(created.ok()) << created.status();
      all_.push_back(*created);
    }
  }

  void Define(const std::string& id, v1::Attribute::Type type, const std::vector<std::string>& choices) {
    v1::CreateAttributeRequest request;
    request.set_attribute_id(id);
    request.mutable_attribute()->set_display_name(id);
    request.mutable_attribute()->set_type(type);
    for (const std::string& choice : choices) request.mutable_attribute()->add_choices(choice);
    const auto created = Call(attributes_, &Attributes::CreateAttribute, request);
    ASSERT_TRUE(created.ok()) << created.status();
  }

  int Pick(int least, int most) { return least + static_cast<int>(random_() % (most - least + 1)); }
  bool Flip() { return Pick(0, 1) == 0; }

  v1::Customer MakeCustomer(int i) {
    v1::Customer customer = Named(absl::StrCat(Flip() ? "고객" : "customer", " ", Pick(0, 9)));
    if (Flip()) customer.set_type(v1::Customer::PERSON);
    if (Flip()) customer.set_industry(absl::StrCat("industry ", Pick(0, 3)));
    if (Flip()) customer.set_employee_count(Pick(1, 9));
    if (Flip()) customer.set_founded_year(1990 + Pick(0, 4));
    if (Flip()) customer.set_source("fair");
    if (Flip()) {
      customer.mutable_annual_revenue()->set_currency_code(Flip() ? "KRW" : "USD");
      customer.mutable_annual_revenue()->set_units(Pick(1, 4));
      customer.mutable_annual_revenue()->set_nanos(500'000'000);
    }
    for (const char* tag : {"vip", "새 고객", "a*b"}) {
      if (Pick(0, 2) == 0) customer.add_tags(tag);
    }
    for (int n = Pick(0, 2); n > 0; --n) {
      v1::Address& address = *customer.add_addresses();
      if (Flip()) address.set_region_code(Flip() ? "KR" : "DE");
      if (Flip()) address.set_locality(Flip() ? "서울" : "부산");
    }
    if (Pick(0, 2) == 0) {
      auto& id = *customer.add_external_ids();
      id.set_system(Flip() ? "erp" : "crm");
      id.set_id(absl::StrCat(i));
    }
    for (int n = Pick(0, 2); n > 0; --n) {
      v1::ContactPoint& point = *customer.add_contact_points();
      const bool email = Flip();
      point.set_kind(email ? v1::ContactPoint::EMAIL : v1::ContactPoint::PHONE);
      // The same ones, written in several ways.
      const std::vector<std::string> ways =
          email ? std::vector<std::string>{"Info@example.com", "info@EXAMPLE.com", "sales@example.com"}
                : std::vector<std::string>{"+82 2-1234-5678", "02 1234 5678", "02 8765 4321"};
      point.set_value(ways[Pick(0, 2)]);
    }
    if (Pick(0, 2) == 0) customer.set_owner(owners_[Pick(0, 1)]);
    if (customer.owner().empty() && Flip()) customer.set_team(teams_of_[Pick(0, 1)]);
    if (!all_.empty() && Pick(0, 3) == 0) customer.set_parent(all_[Pick(0, 3) % all_.size()].name());
    auto& attributes = *customer.mutable_attributes();
    if (Flip()) attributes["size_class"].set_choice(std::string(1, static_cast<char>('A' + Pick(0, 2))));
    if (Flip()) attributes["note"].set_text(absl::StrCat("note ", Pick(0, 3)));
    if (Flip()) attributes["score"].set_number(Pick(-3, 3) + 0.25);
    if (Flip()) {
      attributes["since"].mutable_date()->set_year(2020 + Pick(0, 3));
      attributes["since"].mutable_date()->set_month(2);
      attributes["since"].mutable_date()->set_day(3);
    }
    if (Flip()) attributes["listed"].set_flag(Flip());
    return customer;
  }

  // `field op value` for a field with an order that may be not set.
  template <typename Number>
  RandomFilter Ordered(const std::string& field, const std::string& text, Number value,
                       std::function<std::optional<Number>(const v1::Customer&)> of) {
    switch (Pick(0, 5)) {
      case 0:
        return {field + " = " + text, [=](const auto& c) { return of(c) == value; }};
      case 1:
        return {field + " != " + text, [=](const auto& c) { return of(c) != value; }};
      case 2:
        return {field + " < " + text, [=](const auto& c) { return of(c) && *of(c) < value; }};
      case 3:
        return {field + " <= " + text, [=](const auto& c) { return of(c) && *of(c) <= value; }};
      case 4:
        return {field + " > " + text, [=](const auto& c) { return of(c) && *of(c) > value; }};
      default:
        return {field + ":*", [=](const auto& c) { return of(c).has_value(); }};
    }
  }
  // The same for a field without order.
  RandomFilter Equal(const std::string& field, const std::string& text,
                     std::function<std::vector<std::string>(const v1::Customer&)> of) {
    const auto has = [of, text](const auto& c) {
      const auto values = of(c);
      return std::find(values.begin(), values.end(), text) != values.end();
    };
    switch (Pick(0, 3)) {
      case 0:
        return {field + " != \"" + text + "\"", [=](const auto& c) { return !has(c); }};
      case 1:
        return {field + ":*", [=](const auto& c) { return !of(c).empty(); }};
      default:
        return {field + " = \"" + text + "\"", has};
    }
  }
  // Whether the customer has this e-mail address or phone number, of which two stand for one.
  static Predicate Reached(v1::ContactPoint::Kind kind, const std::vector<std::string>& ways) {
    return [=](const v1::Customer& c) {
      return std::any_of(c.contact_points().begin(), c.contact_points().end(), [&](const auto& point) {
        return point.kind() == kind && std::find(ways.begin(), ways.end(), point.value()) != ways.end();
      });
    };
  }
  static std::vector<std::string> One(const std::string& value) {
    return value.empty() ? std::vector<std::string>() : std::vector<std::string>{value};
  }

  RandomFilter Term() {
    const auto with = [](const char* id) {
      return [id](const v1::Customer& c) { return c.attributes().find(id) != c.attributes().end(); };
    };
    switch (Pick(0, 22)) {
      case 20:
        return {"contact_points.email = \"INFO@example.com\"",
                Reached(v1::ContactPoint::EMAIL, {"Info@example.com", "info@EXAMPLE.com"})};
      case 21:
        return {"contact_points.phone = \"(02) 1234-5678\"",
                Reached(v1::ContactPoint::PHONE, {"+82 2-1234-5678", "02 1234 5678"})};
      case 22:
        return {"contact_points.email = \"Sales*\"", Reached(v1::ContactPoint::EMAIL, {"sales@example.com"})};
      case 0:
        return {"type = PERSON", [](const auto& c) { return c.type() == v1::Customer::PERSON; }};
      case 1:
        return Equal("industry", absl::StrCat("industry ", Pick(0, 3)),
                     [](const auto& c) { return One(c.industry()); });
      case 2:
        return Ordered<int64_t>("employee_count", "5", 5, [](const auto& c) -> std::optional<int64_t> {
          return c.employee_count() == 0 ? std::nullopt : std::optional(c.employee_count());
        });
      case 3:
        return Ordered<int64_t>("founded_year", "1992", 1992, [](const auto& c) -> std::optional<int64_t> {
          return c.founded_year() == 0 ? std::nullopt : std::optional<int64_t>(c.founded_year());
        });
      case 4:
        return Ordered<double>("annual_revenue", "2.5", 2.5, [](const auto& c) -> std::optional<double> {
          if (!c.has_annual_revenue()) return std::nullopt;
          return static_cast<double>(c.annual_revenue().units()) + 0.5;
        });
      case 5:
        return Equal("annual_revenue.currency_code", "KRW",
                     [](const auto& c) { return One(c.annual_revenue().currency_code()); });
      case 6:
        return {"tags:\"새 고객\"", [](const auto& c) {
                  return std::find(c.tags().begin(), c.tags().end(), "새 고객") != c.tags().end();
                }};
      case 7:
        return {R"(tags:"a\*b")", [](const auto& c) {
                  return std::find(c.tags().begin(), c.tags().end(), "a*b") != c.tags().end();
                }};
      case 8:
        return Equal("addresses.locality", "서울", [](const auto& c) {
          std::vector<std::string> values;
          for (const auto& address : c.addresses()) {
            if (!address.locality().empty()) values.push_back(address.locality());
          }
          return values;
        });
      case 9:
        return {"external_ids.system = \"erp\"", [](const auto& c) {
                  return !c.external_ids().empty() && c.external_ids(0).system() == "erp";
                }};
      case 10: {
        const std::string owner = owners_[Pick(0, 1)];
        return Equal("owner", owner, [](const auto& c) { return One(c.owner()); });
      }
      case 11: {
        const std::string team = teams_of_[Pick(0, 1)];
        return Equal("team", team, [](const auto& c) { return One(c.team()); });
      }
      case 12: {
        const std::string parent = all_[Pick(0, 3)].name();
        return Equal("parent", parent, [](const auto& c) { return One(c.parent()); });
      }
      case 13: {
        const std::string choice(1, static_cast<char>('A' + Pick(0, 2)));
        return Equal("attributes.size_class", choice, [=](const auto& c) {
          return with("size_class")(c) ? One(c.attributes().at("size_class").choice()) : One("");
        });
      }
      case 14:
        return Equal("attributes.note", "note 2", [=](const auto& c) {
          return with("note")(c) ? One(c.attributes().at("note").text()) : One("");
        });
      case 15:
        return Ordered<double>("attributes.score", "0.25", 0.25, [=](const auto& c) -> std::optional<double> {
          return with("score")(c) ? std::optional(c.attributes().at("score").number()) : std::nullopt;
        });
      case 16:
        return Ordered<int64_t>(
            "attributes.since", "2021-02-03", 2021, [=](const auto& c) -> std::optional<int64_t> {
              return with("since")(c) ? std::optional<int64_t>(c.attributes().at("since").date().year())
                                      : std::nullopt;
            });
      case 17:
        return {"attributes.listed = true",
                [=](const auto& c) { return with("listed")(c) && c.attributes().at("listed").flag(); }};
      case 18: {
        const std::string name = absl::StrCat("고객 ", Pick(0, 9));
        return Equal("display_name", name, [](const auto& c) { return One(c.display_name()); });
      }
      default:
        return {"display_name = \"*r 3\"", [](const auto& c) { return c.display_name() == "customer 3"; }};
    }
  }

  RandomFilter Make(int depth) {
    if (depth == 0) return Term();
    RandomFilter a = Make(depth - 1), b = Make(Pick(0, depth - 1));
    switch (Pick(0, 3)) {
      case 0:
        return {"NOT (" + a.text + ")", [=](const auto& c) { return !a.matches(c); }};
      case 1:
        return {"(" + a.text + ") OR (" + b.text + ")",
                [=](const auto& c) { return a.matches(c) || b.matches(c); }};
      case 2:
        return {"(" + a.text + ") AND (" + b.text + ")",
                [=](const auto& c) { return a.matches(c) && b.matches(c); }};
      default:
        return Term();
    }
  }

  std::mt19937 random_{20260712};
  std::vector<std::string> teams_of_, owners_;
  std::vector<v1::Customer> all_;
};

TEST_F(FilterTest, RandomFiltersFindWhatBruteForceFinds) {
  int found = 0;
  for (int round = 0; round < 400; ++round) {
    const RandomFilter filter = Make(Pick(0, 3));
    std::vector<std::string> expected;
    for (const v1::Customer& customer : all_) {
      if (filter.matches(customer)) expected.push_back(customer.name());
    }
    v1::ListCustomersRequest request;
    request.set_filter(filter.text);
    request.set_page_size(37);
    const auto listed = List(request);
    ASSERT_TRUE(listed.ok()) << filter.text << listed.status();
    std::vector<std::string> names;
    for (const v1::Customer& customer : *listed) names.push_back(customer.name());
    ASSERT_THAT(names, UnorderedElementsAreArray(expected)) << filter.text;
    found += static_cast<int>(!expected.empty() && expected.size() < all_.size());
  }
  EXPECT_GT(found, 200) << "most of the filters must tell customers apart";
}

TEST_F(FilterTest, WhatBelongsToAnUpdatedCustomerIsFoundByWhatItIsNow) {
  v1::Customer change;
  change.set_name(all_[0].name());
  change.add_tags("renewed");
  change.add_addresses()->set_locality("대전");
  change.add_contact_points()->set_kind(v1::ContactPoint::EMAIL);
  change.mutable_contact_points(0)->set_value("renewed@example.com");
  (*change.mutable_attributes())["size_class"].set_choice("C");
  ASSERT_TRUE(Update(change, {"tags", "addresses", "contact_points", "attributes.size_class"}).ok());
  for (const char* filter :
       {"tags:renewed", "addresses.locality = \"대전\"", "contact_points.email = \"renewed@example.com\"",
        "tags:renewed AND attributes.size_class = \"C\""}) {
    v1::ListCustomersRequest request;
    request.set_filter(filter);
    const auto listed = List(request);
    ASSERT_TRUE(listed.ok()) << filter << listed.status();
    ASSERT_EQ(listed->size(), 1) << filter;
    EXPECT_EQ(listed->front().name(), change.name());
  }
  change.clear_tags();
  ASSERT_TRUE(Update(change, {"tags"}).ok());
  v1::ListCustomersRequest request;
  request.set_filter("tags:renewed");
  EXPECT_TRUE(List(request)->empty());
}

TEST_F(FilterTest, WhatIsNoPhoneNumberIsNotAskedFor) {
  v1::ListCustomersRequest request;
  request.set_filter("contact_points.phone = \"12\"");
  const auto listed = List(request);
  EXPECT_TRUE(absl::IsInvalidArgument(listed.status())) << listed.status();
  EXPECT_THAT(WrongFields(listed.status()), ElementsAre("filter"));
}

// As after the migration that made them values to filter by.
TEST_F(FilterTest, OlderCustomersBecomeFoundByTheirContactPoints) {
  Database().Execute("DELETE FROM customer_values WHERE kind IN (6, 7)");
  Database().Execute("UPDATE older_customers SET done_up_to = UNHEX('00000000000000000000000000000000')");
  const auto found = [&] {
    v1::ListCustomersRequest request;
    request.set_filter("contact_points.email:* OR contact_points.phone:*");
    request.set_page_size(1000);
    const auto listed = List(request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.ok() ? listed->size() : 0;
  };
  EXPECT_EQ(found(), 0u);
  for (bool more = true; more;) {
    const auto step =
        RunInTransaction(Database().pool(), absl::Now() + absl::Seconds(20),
                         [](servicekit::Transaction& tx) { return IndexOlderCustomers(tx, 40); });
    ASSERT_TRUE(step.ok()) << step.status();
    more = *step;
  }
  const auto expected = std::count_if(all_.begin(), all_.end(),
                                      [](const v1::Customer& c) { return c.contact_points_size() > 0; });
  ASSERT_GT(expected, 0);
  EXPECT_EQ(found(), static_cast<size_t>(expected));
}

// The threshold is too high for a test's customers, so rows are made by the database itself.
TEST_F(FilterTest, AFilterWithoutAnIndexSaysSoInsteadOfScanning) {
  Database().Execute(
      "INSERT INTO customers (id, display_name, type, version, create_time, update_time)"
      " SELECT RANDOM_BYTES(16), 'many', 1, 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM seq_1_to_10001");
  const auto ask = [&](const std::string& filter, bool allow) {
    v1::ListCustomersRequest request;
    request.set_page_size(1);
    request.set_filter(filter);
    request.set_allow_scan(allow);
    return Call(customers_, &Customers::ListCustomers, request).status();
  };
  for (const char* filter : {"type = PERSON", "industry != \"x\"", "NOT industry = \"x\"",
                             "display_name = \"*x*\"", "industry = \"x\" OR type = PERSON", "industry:*"}) {
    const absl::Status refused = ask(filter, false);
    EXPECT_EQ(servicekit::GetReason(refused), "FILTER_NEEDS_SCAN") << filter;
    EXPECT_THAT(WrongFields(refused), ElementsAre("filter")) << filter;
    EXPECT_TRUE(ask(filter, true).ok()) << filter;
  }
  for (const char* filter :
       {"industry = \"x\"", "industry = \"x\" AND type = PERSON", "display_name = \"x*\"", "tags:vip",
        "tags:vip OR attributes.size_class = \"A\" OR industry = \"x\"", "create_time > \"2026-01-01\"",
        "(tags:vip AND type = PERSON) OR employee_count = 3", "contact_points.email = \"info@example.com\"",
        "contact_points.phone = \"02 1234 5678\""}) {
    EXPECT_TRUE(ask(filter, false).ok()) << filter << ask(filter, false);
  }
}

}  // namespace
}  // namespace clientele::customer
