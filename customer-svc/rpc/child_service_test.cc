#include <google/protobuf/util/message_differencer.h>

#include "absl/strings/str_cat.h"
#include "customer-svc/rpc/service_fixture.h"

namespace clientele::customer {
namespace {

using google::protobuf::util::MessageDifferencer;
using servicekit::Role;
using ::testing::ElementsAre;

class ChildrenTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    customer_ = Create(Named("고객"))->name();
  }
  absl::StatusOr<v1::Interaction> Log(int64_t seconds, const std::string& token = "administrator") {
    v1::CreateInteractionRequest request;
    request.set_parent(customer_);
    request.mutable_interaction()->set_channel(v1::Interaction::CALL);
    request.mutable_interaction()->mutable_event_time()->set_seconds(seconds);
    request.mutable_interaction()->mutable_event_time()->set_nanos(123'456'789);
    request.mutable_interaction()->set_outcome("좋음 🌞 '); --");
    return Call(customers_, &Customers::CreateInteraction, request, token);
  }
  std::string customer_;
};

TEST_F(ChildrenTest, ContactRoundTripsAndIsUpdatedByMask) {
  v1::CreateContactRequest request;
  request.set_parent(customer_);
  request.mutable_contact()->set_display_name("김철수 🌞");
  request.mutable_contact()->set_buying_role(v1::Contact::DECISION_MAKER);
  request.mutable_contact()->set_job_title("대표");
  auto* point = request.mutable_contact()->add_contact_points();
  point->set_kind(v1::ContactPoint::PHONE);
  point->set_value("+82 2 1234");
  const auto created = Call(customers_, &Customers::CreateContact, request);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_TRUE(created->name().starts_with(customer_ + "/contacts/"));
  v1::GetContactRequest get;
  get.set_name(created->name());
  EXPECT_TRUE(MessageDifferencer::Equals(*Call(customers_, &Customers::GetContact, get), *created));

  v1::UpdateContactRequest update;
  *update.mutable_contact() = *created;
  update.mutable_contact()->clear_job_title();
  update.mutable_update_mask()->add_paths("job_title");
  const auto updated = Call(customers_, &Customers::UpdateContact, update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->job_title(), "");
  EXPECT_EQ(updated->display_name(), "김철수 🌞");
  EXPECT_EQ(servicekit::GetReason(Call(customers_, &Customers::UpdateContact, update).status()),
            "STALE_ETAG");
  EXPECT_EQ(Get(customer_)->etag(), "\"1\"") << "a contact does not make its customer's profile stale";
  EXPECT_EQ(Database().Count("history"), 3);
}

TEST_F(ChildrenTest, NeedTellsWhatIsWrong) {
  v1::CreateNeedRequest request;
  request.set_parent(customer_);
  v1::Need& need = *request.mutable_need();
  need.set_description("지게차 3대");
  need.mutable_budget()->set_currency_code("KRW");
  need.mutable_budget()->set_units(-5);
  need.mutable_decision_date()->set_year(2026);
  need.mutable_decision_date()->set_month(2);
  need.mutable_decision_date()->set_day(30);
  EXPECT_THAT(WrongFields(Call(customers_, &Customers::CreateNeed, request).status()),
              ::testing::IsSupersetOf({"need.decision_date", "need.budget"}));
  need.mutable_budget()->set_units(5);
  need.mutable_decision_date()->set_day(28);
  const auto created = Call(customers_, &Customers::CreateNeed, request);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->state(), v1::Need::OPEN);
  EXPECT_EQ(created->decision_date().day(), 28);
}

TEST_F(ChildrenTest, InteractionsComeNewestFirstInPages) {
  for (const int64_t seconds : {1'700'000'003, 1'700'000'001, 1'700'000'002, 1'700'000'002, 1'700'000'000}) {
    ASSERT_TRUE(Log(seconds).ok()) << Log(seconds).status();
  }
  v1::ListInteractionsRequest request;
  request.set_parent(customer_);
  request.set_page_size(2);
  std::vector<int64_t> seconds;
  do {
    const auto page = Call(customers_, &Customers::ListInteractions, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& interaction : page->interactions()) {
      seconds.push_back(interaction.event_time().seconds() - 1'700'000'000);
      EXPECT_EQ(interaction.event_time().nanos(), 123'456'000) << "kept to the microsecond";
      EXPECT_EQ(interaction.state(), v1::Interaction::HELD);
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(seconds, ElementsAre(3, 2, 2, 1, 0));
}

TEST_F(ChildrenTest, InteractionIsTheCallersAndGoesIntoTheFeed) {
  const v1::Team team = CreateTeam("north");
  const v1::Representative me = CreateRepresentative(team.name());
  v1::Customer change;
  change.set_name(customer_);
  change.set_owner(me.name());
  ASSERT_TRUE(Update(change).ok());
  const int64_t before = Database().Count("feed");
  const auto logged = Log(1'700'000'000, Token(Role::kRepresentative, me.name(), {team.name()}));
  ASSERT_TRUE(logged.ok()) << logged.status();
  EXPECT_EQ(logged->representative(), me.name());
  EXPECT_EQ(Database().Count("feed"), before + 1);
}

TEST_F(ChildrenTest, WhatBelongsToAForeignCustomerIsNotFound) {
  const auto logged = Log(1'700'000'000);
  const std::string stranger =
      Token(Role::kRepresentative, CreateRepresentative(CreateTeam("south").name()).name(), {});
  EXPECT_TRUE(absl::IsNotFound(Log(1'700'000'000, stranger).status()));
  v1::GetInteractionRequest get;
  get.set_name(logged->name());
  EXPECT_TRUE(absl::IsNotFound(Call(customers_, &Customers::GetInteraction, get, stranger).status()));
  v1::ListInteractionsRequest list;
  list.set_parent(customer_);
  EXPECT_TRUE(absl::IsNotFound(Call(customers_, &Customers::ListInteractions, list, stranger).status()));
  v1::UpdateInteractionRequest update;
  *update.mutable_interaction() = *logged;
  EXPECT_TRUE(absl::IsNotFound(Call(customers_, &Customers::UpdateInteraction, update, stranger).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(Log(1'700'000'000, "analyst").status()));
}

TEST_F(ChildrenTest, TeamsAreForAdministrators) {
  v1::CreateTeamRequest request;
  request.mutable_team()->set_display_name("north");
  for (const char* token : {"manager", "representative", "analyst"}) {
    EXPECT_TRUE(absl::IsPermissionDenied(Call(teams_, &Teams::CreateTeam, request, token).status())) << token;
  }
  request.mutable_team()->set_parent("teams/" + servicekit::Id::New(absl::Now()).ToString());
  EXPECT_TRUE(absl::IsNotFound(Call(teams_, &Teams::CreateTeam, request).status()));
  CreateTeam("a");
  CreateTeam("b");
  v1::ListTeamsRequest list;
  list.set_page_size(1);
  const auto page = Call(teams_, &Teams::ListTeams, list, "representative");
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->teams(0).display_name(), "a");
  EXPECT_FALSE(page->next_page_token().empty());
}

}  // namespace
}  // namespace clientele::customer
