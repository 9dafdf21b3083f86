#include <random>

#include "absl/strings/str_cat.h"
#include "customer-svc/rpc/service_fixture.h"

namespace clientele::customer {
namespace {

using servicekit::Role;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;
using type::v1::Stage;

class CompletenessTest : public ServiceTest {
 protected:
  absl::StatusOr<v1::Completeness> Check(const std::string& customer, Stage stage,
                                         const std::string& token = "administrator") {
    v1::CheckCompletenessRequest request;
    request.set_name(customer);
    request.set_stage(stage);
    return Call(completenesses_, &Completenesses::CheckCompleteness, request, token);
  }
  absl::StatusOr<v1::BatchCheckCompletenessResponse> CheckAll(const std::vector<std::string>& customers,
                                                              Stage stage,
                                                              const std::string& token = "administrator") {
    v1::BatchCheckCompletenessRequest request;
    for (const std::string& name : customers) request.add_names(name);
    request.set_stage(stage);
    return Call(completenesses_, &Completenesses::BatchCheckCompleteness, request, token);
  }
  absl::StatusOr<v1::SupplyInformationResponse> Supply(const v1::SupplyInformationRequest& request,
                                                       const std::string& token = "administrator") {
    return Call(completenesses_, &Completenesses::SupplyInformation, request, token);
  }
  absl::StatusOr<v1::RequirementSet> GetSet(const std::string& name) {
    v1::GetRequirementSetRequest request;
    request.set_name(name);
    return Call(requirement_sets_, &RequirementSets::GetRequirementSet, request);
  }
  absl::StatusOr<v1::RequirementSet> UpdateSet(const v1::RequirementSet& set,
                                               const std::string& token = "administrator") {
    v1::UpdateRequirementSetRequest request;
    *request.mutable_requirement_set() = set;
    request.mutable_update_mask()->add_paths("requirements");
    return Call(requirement_sets_, &RequirementSets::UpdateRequirementSet, request, token);
  }
  absl::StatusOr<v1::PreviewRequirementSetResponse> Preview(const v1::RequirementSet& set,
                                                            const std::string& token = "administrator") {
    v1::PreviewRequirementSetRequest request;
    *request.mutable_requirement_set() = set;
    return Call(requirement_sets_, &RequirementSets::PreviewRequirementSet, request, token);
  }
  static std::vector<std::string> Missing(const v1::Completeness& completeness) {
    std::vector<std::string> ids;
    for (const auto& item : completeness.missing_items()) ids.push_back(item.requirement());
    return ids;
  }
  // All that the shipped set for OPPORTUNITY asks for, but the owner.
  static v1::SupplyInformationRequest ForOpportunity(const std::string& customer) {
    v1::SupplyInformationRequest request;
    request.set_name(customer);
    request.mutable_customer()->set_employee_count(12);
    v1::Need& need = *request.add_needs();
    need.set_description("지게차 3대");
    need.mutable_budget()->set_currency_code("KRW");
    need.mutable_budget()->set_units(90'000'000);
    v1::Contact& contact = *request.add_contacts();
    contact.set_display_name("김철수");
    contact.set_buying_role(v1::Contact::DECISION_MAKER);
    v1::Interaction& interaction = *request.add_interactions();
    interaction.set_channel(v1::Interaction::MEETING);
    interaction.mutable_event_time()->set_seconds(absl::ToUnixSeconds(absl::Now() - absl::Hours(24)));
    return request;
  }
};

TEST_F(CompletenessTest, DefaultSetsAreThereForEveryStageAndAreValid) {
  const auto sets = Call(requirement_sets_, &RequirementSets::ListRequirementSets,
                         v1::ListRequirementSetsRequest(), "representative");
  ASSERT_TRUE(sets.ok()) << sets.status();
  std::vector<std::string> names;
  for (v1::RequirementSet set : sets->requirement_sets()) {
    names.push_back(set.name());
    EXPECT_GE(set.requirements_size(), 3) << set.name();
    EXPECT_TRUE(Preview(set).ok()) << set.name() << Preview(set).status();
    EXPECT_FALSE(set.etag().empty());
  }
  EXPECT_THAT(names,
              ElementsAre("requirementSets/target", "requirementSets/lead", "requirementSets/opportunity",
                          "requirementSets/order", "requirementSets/repurchase"));
  EXPECT_TRUE(absl::IsNotFound(GetSet("requirementSets/lost").status()));
  EXPECT_THAT(WrongFields(GetSet("customers/x").status()), ElementsAre("name"));
}

TEST_F(CompletenessTest, MissingItemsSayWhoSuppliesThemAndGoOnceSupplied) {
  const v1::Team team = CreateTeam("north");
  const v1::Representative owner = CreateRepresentative(team.name());
  const std::string customer = Create(Named("한빛"))->name();
  auto checked = Check(customer, type::v1::OPPORTUNITY);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->customer(), customer);
  EXPECT_EQ(checked->share(), 0);
  EXPECT_THAT(Missing(*checked), ElementsAre("need", "need_with_budget", "decision_maker", "owner",
                                             "recent_interaction", "employee_count"));
  EXPECT_EQ(checked->missing_items(0).description(), "No open need is known.");
  EXPECT_EQ(checked->missing_items(1).description(), "A need with a budget is not known.");
  EXPECT_EQ(checked->missing_items(1).supplier(), type::v1::SALES);
  EXPECT_DOUBLE_EQ(checked->missing_items(1).share(), 3.0 / 15);
  EXPECT_EQ(checked->missing_items(5).supplier(), type::v1::MARKETING);

  const auto supplied = Supply(ForOpportunity(customer));
  ASSERT_TRUE(supplied.ok()) << supplied.status();
  EXPECT_EQ(supplied->customer().employee_count(), 12);
  EXPECT_TRUE(supplied->needs(0).name().starts_with(customer + "/needs/"));
  EXPECT_EQ(supplied->interactions(0).state(), v1::Interaction::HELD);
  checked = Check(customer, type::v1::OPPORTUNITY);
  EXPECT_THAT(Missing(*checked), ElementsAre("owner"));
  EXPECT_DOUBLE_EQ(checked->share(), 13.0 / 15);

  v1::SupplyInformationRequest rest;
  rest.set_name(customer);
  rest.mutable_customer()->set_owner(owner.name());
  ASSERT_TRUE(Supply(rest).ok());
  checked = Check(customer, type::v1::OPPORTUNITY);
  EXPECT_THAT(Missing(*checked), IsEmpty());
  EXPECT_EQ(checked->share(), 1);
}

TEST_F(CompletenessTest, WhatIsOldPlannedOrWithdrawnDoesNotCount) {
  const std::string customer = Create(Named("한빛"))->name();
  v1::SupplyInformationRequest request = ForOpportunity(customer);
  request.mutable_interactions(0)->mutable_event_time()->set_seconds(
      absl::ToUnixSeconds(absl::Now() - absl::Hours(31 * 24)));
  *request.add_interactions() = request.interactions(0);
  request.mutable_interactions(1)->mutable_event_time()->set_seconds(
      absl::ToUnixSeconds(absl::Now() + absl::Hours(24)));
  *request.add_interactions() = request.interactions(0);
  request.mutable_interactions(2)->set_state(v1::Interaction::NOT_HELD);
  request.mutable_interactions(2)->mutable_event_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 60);
  request.mutable_needs(0)->set_state(v1::Need::WITHDRAWN);
  ASSERT_TRUE(Supply(request).ok()) << Supply(request).status();
  EXPECT_THAT(Missing(*Check(customer, type::v1::OPPORTUNITY)),
              IsSupersetOf({"recent_interaction", "need", "need_with_budget"}));
}

TEST_F(CompletenessTest, PersonsAreNotAskedForWhatOrganizationsAre) {
  v1::Customer person = Named("홍길동");
  person.set_type(v1::Customer::PERSON);
  EXPECT_THAT(Missing(*Check(Create(person)->name(), type::v1::OPPORTUNITY)),
              ElementsAre("need", "need_with_budget", "owner", "recent_interaction"));
}

TEST_F(CompletenessTest, SupplyIsAllOrNothing) {
  const std::string customer = Create(Named("한빛"))->name();
  const int64_t history = Database().Count("history");
  v1::SupplyInformationRequest request = ForOpportunity(customer);
  request.add_contacts()->set_display_name("   ");
  request.mutable_contacts(1)->set_buying_role(static_cast<v1::Contact::BuyingRole>(17));
  EXPECT_THAT(WrongFields(Supply(request).status()), Contains("contacts[1].display_name"));
  request = ForOpportunity(customer);
  request.mutable_interactions(0)->set_representative("representatives/" +
                                                      servicekit::Id::New(absl::Now()).ToString());
  EXPECT_THAT(WrongFields(Supply(request).status()), ElementsAre("interactions[0].representative"));
  request = ForOpportunity(customer);
  request.mutable_customer()->set_etag("\"7\"");
  EXPECT_EQ(servicekit::GetReason(Supply(request).status()), "STALE_ETAG");
  request = ForOpportunity(customer);
  request.mutable_customer()->set_name("customers/" + servicekit::Id::New(absl::Now()).ToString());
  EXPECT_THAT(WrongFields(Supply(request).status()), ElementsAre("customer.name"));
  EXPECT_EQ(Database().Count("history"), history);
  EXPECT_EQ(Database().Count("needs") + Database().Count("contacts"), 0);
  EXPECT_EQ(Get(customer)->employee_count(), 0);

  request = ForOpportunity(customer);
  request.set_request_id("0190d5a2-7c1e-4b7a-8e5d-1f2a3b4c5d6e");
  const auto first = Supply(request), again = Supply(request);
  ASSERT_TRUE(first.ok() && again.ok()) << first.status() << again.status();
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(Database().Count("needs"), 1);
  EXPECT_EQ(Database().Count("history"), history + 4);
}

TEST_F(CompletenessTest, ForeignCustomersAreNotFoundAndLeftOut) {
  const v1::Team team = CreateTeam("north");
  const v1::Representative me = CreateRepresentative(team.name());
  const std::string token = Token(Role::kRepresentative, me.name(), {team.name()});
  const std::string foreign = Create(Named("foreign"))->name();
  const std::string mine = Create(Named("mine"), token)->name();
  EXPECT_TRUE(absl::IsNotFound(Check(foreign, type::v1::LEAD, token).status()));
  EXPECT_TRUE(absl::IsNotFound(Supply(ForOpportunity(foreign), token).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(Supply(ForOpportunity(mine), "analyst").status()));
  const auto checked = CheckAll({mine, foreign, mine}, type::v1::LEAD, token);
  ASSERT_TRUE(checked.ok()) << checked.status();
  ASSERT_THAT(checked->completenesses(), SizeIs(2));
  EXPECT_EQ(checked->completenesses(0).customer(), mine);
  EXPECT_EQ(Preview(*GetSet("requirementSets/lead"), token)->customer_count(), 1);
  EXPECT_EQ(Preview(*GetSet("requirementSets/lead"))->customer_count(), 2);
}

TEST_F(CompletenessTest, WhatIsNoRequestIsRefused) {
  const std::string customer = Create(Named("한빛"))->name();
  EXPECT_THAT(WrongFields(Check(customer, type::v1::LOST).status()), ElementsAre("stage"));
  EXPECT_THAT(WrongFields(Check(customer, type::v1::STAGE_UNSPECIFIED).status()), Contains("stage"));
  EXPECT_THAT(WrongFields(CheckAll({customer, "teams/x"}, type::v1::LEAD).status()), ElementsAre("names[1]"));
  EXPECT_THAT(WrongFields(CheckAll(std::vector<std::string>(1001, customer), type::v1::LEAD).status()),
              ElementsAre("names"));
}

TEST_F(CompletenessTest, SetsAreChangedByAdministratorsWithEtagAndHistory) {
  v1::RequirementSet set = *GetSet("requirementSets/target");
  set.mutable_requirements(0)->set_weight(9);
  EXPECT_TRUE(absl::IsPermissionDenied(UpdateSet(set, "manager").status()));
  const auto updated = UpdateSet(set);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->etag(), "\"2\"");
  EXPECT_EQ(updated->requirements(0).weight(), 9);
  EXPECT_EQ(GetSet(set.name())->SerializeAsString(), updated->SerializeAsString());
  EXPECT_EQ(servicekit::GetReason(UpdateSet(set).status()), "STALE_ETAG");
  EXPECT_EQ(Database().Count("history"), 1);
  set.clear_etag();
  ASSERT_TRUE(UpdateSet(set).ok());
  EXPECT_EQ(Database().Count("history"), 1) << "what changes nothing leaves no trace";
  set.mutable_requirements(0)->set_field("shoe_size");
  EXPECT_THAT(WrongFields(UpdateSet(set).status()), ElementsAre("requirement_set.requirements[0].field"));
  EXPECT_THAT(WrongFields(Preview(set).status()), ElementsAre("requirement_set.requirements[0].field"));
  set.clear_requirements();
  ASSERT_TRUE(UpdateSet(set).ok());
  EXPECT_EQ(Check(Create(Named("한빛"))->name(), type::v1::TARGET)->share(), 1);
}

// The rules of the contract, written once more as plainly as can be, over random customers and random sets.
class RandomCompleteness : public CompletenessTest {
 protected:
  struct Profile {
    v1::Customer customer;
    std::vector<v1::Contact> contacts;
    std::vector<v1::Need> needs;
    std::vector<v1::Interaction> interactions;
  };
  bool Flip() { return random_() % 2 == 0; }
  int Pick(int least, int most) { return least + static_cast<int>(random_() % (most - least + 1)); }

  Profile MakeProfile() {
    v1::Customer customer = Named("고객");
    if (Flip()) customer.set_type(v1::Customer::PERSON);
    if (Flip()) customer.set_industry("retail");
    if (Flip()) customer.set_employee_count(Pick(1, 9));
    if (Flip()) customer.add_addresses()->set_region_code("KR");
    if (Flip()) customer.add_tags("vip");
    if (Flip()) AddPoint(customer.add_contact_points());
    v1::SupplyInformationRequest request;
    request.set_name(Create(customer)->name());
    for (int i = Pick(0, 2); i > 0; --i) {
      v1::Contact& contact = *request.add_contacts();
      contact.set_display_name("김철수");
      contact.set_buying_role(static_cast<v1::Contact::BuyingRole>(Pick(0, 6)));
      if (Flip()) AddPoint(contact.add_contact_points());
    }
    for (int i = Pick(0, 2); i > 0; --i) {
      v1::Need& need = *request.add_needs();
      need.set_description("지게차");
      need.set_state(static_cast<v1::Need::State>(Pick(1, 3)));
      if (Flip()) need.set_quantity(3);
      if (Flip()) need.set_product_interest("지게차");
      if (Flip()) need.mutable_budget()->set_currency_code("KRW");
      if (Flip()) need.mutable_decision_date()->set_year(2026);
      if (need.has_decision_date()) need.mutable_decision_date()->set_month(5);
      if (need.has_decision_date()) need.mutable_decision_date()->set_day(5);
    }
    for (int i = Pick(0, 3); i > 0; --i) {
      v1::Interaction& interaction = *request.add_interactions();
      interaction.set_channel(static_cast<v1::Interaction::Channel>(Pick(1, 7)));
      interaction.set_state(static_cast<v1::Interaction::State>(Pick(1, 3)));
      interaction.mutable_event_time()->set_seconds(now_ - Pick(-5, 60) * 86400 - 3600);
    }
    const auto stored = Supply(request);
    EXPECT_TRUE(stored.ok()) << stored.status();
    return {stored->customer(),
            {stored->contacts().begin(), stored->contacts().end()},
            {stored->needs().begin(), stored->needs().end()},
            {stored->interactions().begin(), stored->interactions().end()}};
  }
  void AddPoint(v1::ContactPoint* point) {
    point->set_kind(static_cast<v1::ContactPoint::Kind>(Pick(1, 4)));
    point->set_value("a@b.example");
    point->set_label("EMAIL");  // A label must not be taken for a kind.
  }

  v1::Requirement MakeRequirement(int number) {
    v1::Requirement requirement;
    requirement.set_id(absl::StrCat("r", number));
    requirement.set_description("It is not known.");
    requirement.set_supplier(type::v1::SALES);
    requirement.set_weight(Pick(1, 5));
    if (Pick(0, 3) == 0) requirement.set_customer_type(static_cast<v1::Customer::Type>(Pick(1, 2)));
    switch (Pick(0, 4)) {
      case 0: {
        const char* fields[] = {"industry", "employee_count", "addresses", "tags", "contact_points", "owner"};
        requirement.set_field(fields[Pick(0, 5)]);
        break;
      }
      case 1:
        requirement.mutable_contact_point()->add_kinds(static_cast<v1::ContactPoint::Kind>(Pick(1, 4)));
        if (requirement.contact_point().kinds(0) != v1::ContactPoint::PHONE && Flip()) {
          requirement.mutable_contact_point()->add_kinds(v1::ContactPoint::PHONE);
        }
        break;
      case 2:
        requirement.mutable_contact();
        if (Flip())
          requirement.mutable_contact()->add_buying_roles(static_cast<v1::Contact::BuyingRole>(Pick(1, 6)));
        break;
      case 3:
        requirement.mutable_need()->set_open(Flip());
        requirement.mutable_need()->set_with_budget(Flip());
        requirement.mutable_need()->set_with_quantity(Flip());
        requirement.mutable_need()->set_with_decision_date(Flip());
        requirement.mutable_need()->set_with_product_interest(Flip());
        break;
      default:
        requirement.mutable_interaction()->set_within_days(Flip() ? 0 : Pick(1, 50));
        if (Flip())
          requirement.mutable_interaction()->add_channels(static_cast<v1::Interaction::Channel>(Pick(1, 7)));
        break;
    }
    return requirement;
  }

  bool IsKnown(const Profile& profile, const v1::Requirement& requirement) const {
    const auto has = [](const auto& values, auto value) {
      return std::find(values.begin(), values.end(), value) != values.end();
    };
    const v1::Customer& customer = profile.customer;
    if (requirement.has_contact_point()) {
      const auto any = [&](const auto& points) {
        return std::any_of(points.begin(), points.end(), [&](const auto& point) {
          return has(requirement.contact_point().kinds(), point.kind());
        });
      };
      return any(customer.contact_points()) ||
             std::any_of(profile.contacts.begin(), profile.contacts.end(),
                         [&](const auto& contact) { return any(contact.contact_points()); });
    }
    if (requirement.has_contact()) {
      const auto& roles = requirement.contact().buying_roles();
      return std::any_of(profile.contacts.begin(), profile.contacts.end(), [&](const auto& contact) {
        return roles.empty() || has(roles, contact.buying_role());
      });
    }
    if (requirement.has_need()) {
      const auto& asked = requirement.need();
      return std::any_of(profile.needs.begin(), profile.needs.end(), [&](const v1::Need& need) {
        return need.state() != v1::Need::WITHDRAWN && (!asked.open() || need.state() == v1::Need::OPEN) &&
               (!asked.with_budget() || need.has_budget()) &&
               (!asked.with_quantity() || need.quantity() > 0) &&
               (!asked.with_decision_date() || need.has_decision_date()) &&
               (!asked.with_product_interest() || !need.product_interest().empty());
      });
    }
    if (requirement.has_interaction()) {
      const auto& asked = requirement.interaction();
      return std::any_of(profile.interactions.begin(), profile.interactions.end(),
                         [&](const v1::Interaction& one) {
                           const int64_t ago = now_ - one.event_time().seconds();
                           return one.state() == v1::Interaction::HELD && ago >= 0 &&
                                  (asked.within_days() == 0 || ago <= asked.within_days() * 86400) &&
                                  (asked.channels().empty() || has(asked.channels(), one.channel()));
                         });
    }
    const std::string& field = requirement.field();
    return field == "industry"         ? !customer.industry().empty()
           : field == "employee_count" ? customer.employee_count() != 0
           : field == "addresses"      ? !customer.addresses().empty()
           : field == "tags"           ? !customer.tags().empty()
           : field == "contact_points" ? !customer.contact_points().empty()
                                       : !customer.owner().empty();
  }

  std::mt19937 random_{20260711};
  const int64_t now_ = absl::ToUnixSeconds(absl::Now());
};

TEST_F(RandomCompleteness, ChecksAndPreviewsEqualBruteForce) {
  std::vector<Profile> profiles;
  std::vector<std::string> names;
  for (int i = 0; i < 60; ++i) {
    profiles.push_back(MakeProfile());
    names.push_back(profiles.back().customer.name());
  }
  v1::RequirementSet set = *GetSet("requirementSets/order");
  for (int round = 0; round < 25; ++round) {
    const auto before = CheckAll(names, type::v1::ORDER);
    ASSERT_TRUE(before.ok()) << before.status();
    set.clear_requirements();
    set.clear_etag();
    for (int i = Pick(0, 5); i > 0; --i) *set.add_requirements() = MakeRequirement(i);
    const auto preview = Preview(set);
    ASSERT_TRUE(preview.ok()) << preview.status();
    ASSERT_TRUE(UpdateSet(set).ok()) << UpdateSet(set).status();
    const auto after = CheckAll(names, type::v1::ORDER);
    ASSERT_THAT(after->completenesses(), SizeIs(names.size()));

    int newly_short = 0, newly_complete = 0, short_after = 0;
    for (size_t i = 0; i < profiles.size(); ++i) {
      const v1::Completeness& checked = after->completenesses(static_cast<int>(i));
      double asked = 0, known = 0;
      for (const v1::Requirement& requirement : set.requirements()) {
        if (requirement.customer_type() != v1::Customer::TYPE_UNSPECIFIED &&
            requirement.customer_type() != profiles[i].customer.type()) {
          continue;
        }
        asked += requirement.weight();
        const bool there = IsKnown(profiles[i], requirement);
        if (there) known += requirement.weight();
        const std::vector<std::string> missing = Missing(checked);
        EXPECT_EQ(there, std::find(missing.begin(), missing.end(), requirement.id()) == missing.end())
            << requirement.ShortDebugString() << "\n"
            << profiles[i].customer.ShortDebugString();
      }
      EXPECT_DOUBLE_EQ(checked.share(), asked == 0 ? 1 : known / asked);
      const bool was = before->completenesses(static_cast<int>(i)).missing_items().empty();
      const bool is = checked.missing_items().empty();
      newly_short += was && !is;
      newly_complete += !was && is;
      short_after += !is;
    }
    EXPECT_EQ(preview->customer_count(), 60);
    EXPECT_EQ(preview->newly_short_count(), newly_short);
    EXPECT_EQ(preview->newly_complete_count(), newly_complete);
    EXPECT_EQ(preview->short_count_after(), short_after);
  }
}

}  // namespace
}  // namespace clientele::customer
