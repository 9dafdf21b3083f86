#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/rpc/lifecycle_fixture.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

using type::v1::Stage;

constexpr char kRequestId[] = "550e8400-e29b-41d4-a716-446655440000";

class TransitionsTest : public LifecycleFixture {
 protected:
  v1::TransitionCheck Check(const KnownCustomer& customer, Stage stage,
                            std::string_view token = "administrator") {
    v1::CheckTransitionRequest request;
    request.set_name(JourneyName(customer.id));
    request.set_stage(stage);
    const auto check = CheckTransition(request, token);
    EXPECT_TRUE(check.ok()) << check.status();
    return check.value_or(v1::TransitionCheck());
  }
  static std::vector<std::string> Missing(const v1::TransitionCheck& check) {
    std::vector<std::string> requirements;
    for (const type::v1::MissingItem& item : check.missing_items())
      requirements.push_back(item.requirement());
    return requirements;
  }
  static std::vector<std::string> Missing(const absl::Status& refused) {
    std::vector<std::string> requirements;
    for (const auto& violation : servicekit::GetPreconditionViolations(refused)) {
      EXPECT_EQ(violation.type, "REQUIREMENT_MISSING");
      requirements.push_back(violation.subject.substr(violation.subject.rfind('/') + 1));
    }
    return requirements;
  }
  v1::TransitionJourneyRequest Move(const KnownCustomer& customer, Stage stage,
                                    const std::string& reason = "") {
    return To(NameOf("customers", customer.id), stage, reason);
  }
  void LeaveOut(const KnownCustomer& customer, lifecycle::Stage stage) {
    directory_.incomplete[{customer.id, stage}] = {
        0.25,
        {{"registration_number", "The registration number is not known.", Department::kSales, 0.5},
         {"need_with_budget", "A need with a budget is not known.", Department::kMarketing, 0.25}}};
  }
  v1::Transition LastTransition(const KnownCustomer& customer) {
    v1::ListTransitionsRequest list;
    list.set_parent(NameOf("customers", customer.id));
    const auto transitions = ListTransitions(list);
    EXPECT_TRUE(transitions.ok() && transitions->transitions_size() > 0);
    return *transitions->transitions().rbegin();
  }
};

TEST_F(TransitionsTest, ACheckListsAllThatIsMissingAndWhoSuppliesIt) {
  const KnownCustomer customer = AddCustomer();
  EXPECT_TRUE(Check(customer, type::v1::LEAD).allowed());  // Not known here yet: it would enter as TARGET.
  LeaveOut(customer, lifecycle::Stage::kOpportunity);
  const v1::TransitionCheck check = Check(customer, type::v1::OPPORTUNITY);
  EXPECT_FALSE(check.allowed());
  EXPECT_EQ(check.direction(), v1::Transition::SKIP);
  EXPECT_TRUE(check.reason_required());
  EXPECT_EQ(Missing(check),
            (std::vector<std::string>{"open_opportunity", "opportunity_amount", "opportunity_close_date",
                                      "registration_number", "need_with_budget"}));
  EXPECT_EQ(check.missing_items(0).supplier(), type::v1::SALES);
  EXPECT_EQ(check.missing_items(4).supplier(), type::v1::MARKETING);
  EXPECT_EQ(check.missing_items(3).share(), 0.5);
  EXPECT_EQ(check.completeness_share(), 0.25);

  const auto refused = TransitionJourney(Move(customer, type::v1::OPPORTUNITY, "they asked"));
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status()));
  EXPECT_EQ(Missing(refused.status()), Missing(check));
  const v1::TransitionCheck same = Check(customer, type::v1::TARGET);
  EXPECT_FALSE(same.allowed());
  EXPECT_EQ(same.refusal(), "The customer is in TARGET already.");
}

TEST_F(TransitionsTest, WhatComesAlongIsSuppliedAndMovesTheCustomerInOneCall) {
  const KnownCustomer customer = AddCustomer();
  ASSERT_TRUE(TransitionJourney(Move(customer, type::v1::LEAD)).ok());
  LeaveOut(customer, lifecycle::Stage::kOpportunity);
  v1::TransitionJourneyRequest request = Move(customer, type::v1::OPPORTUNITY);
  request.set_request_id(kRequestId);
  request.mutable_customer()->set_registration_number("123-45-67890");
  request.add_needs()->set_description("a second line");
  v1::Opportunity& opportunity = *request.mutable_opportunity();
  *opportunity.mutable_amount() = Dollars("5000");
  opportunity.mutable_expected_close_date()->set_year(2027);
  opportunity.mutable_expected_close_date()->set_month(6);
  opportunity.mutable_expected_close_date()->set_day(1);
  const auto moved = TransitionJourney(request);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->stage(), type::v1::OPPORTUNITY);
  ASSERT_EQ(directory_.supplied.size(), 1u);
  EXPECT_EQ(directory_.supplied[0].customer().registration_number(), "123-45-67890");
  EXPECT_EQ(directory_.supplied[0].needs_size(), 1);
  EXPECT_EQ(directory_.supply_tokens[0], "administrator");  // On the caller's own behalf.
  EXPECT_EQ(ListOpportunities({})->opportunities_size(), 1);
  // The move is the caller's own, and the opportunity that came with it moved nobody.
  EXPECT_EQ(LastTransition(customer).cause(), "");
  EXPECT_EQ(LastTransition(customer).direction(), v1::Transition::ADVANCE);

  // The whole again: no second effect, the first answer, and the same part of it for customer-svc.
  const auto again = TransitionJourney(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), moved->SerializeAsString());
  EXPECT_EQ(ListOpportunities({})->opportunities_size(), 1);
  for (const auto& supplied : directory_.supplied) {
    EXPECT_EQ(supplied.request_id(), directory_.supplied[0].request_id());
    EXPECT_NE(supplied.request_id(), "");
  }
  directory_.down = true;
  EXPECT_TRUE(TransitionJourney(request).ok());
}

TEST_F(TransitionsTest, WhatIsRefusedBySupplyMovesNobody) {
  const KnownCustomer customer = AddCustomer();
  directory_.supply_refusal = servicekit::InvalidField("contacts[0].display_name", "is required");
  v1::TransitionJourneyRequest request = Move(customer, type::v1::LEAD);
  request.add_contacts();
  const auto refused = TransitionJourney(request);
  ASSERT_EQ(servicekit::GetFieldViolations(refused.status()).size(), 1u);
  EXPECT_EQ(servicekit::GetFieldViolations(refused.status())[0].field, "contacts[0].display_name");
  EXPECT_EQ(ListOpportunities({})->opportunities_size(), 0);
  EXPECT_TRUE(Check(customer, type::v1::LEAD).allowed());  // Still in TARGET.
  // Nothing is supplied for a move that does not apply.
  directory_.supplied.clear();
  request.set_stage(type::v1::TARGET);
  EXPECT_TRUE(absl::IsFailedPrecondition(TransitionJourney(request).status()));
  EXPECT_TRUE(directory_.supplied.empty());
}

TEST_F(TransitionsTest, AnAdministratorOverridesWithAReasonAndItIsRecorded) {
  const KnownCustomer customer = AddCustomer(Id::New(now()));
  LeaveOut(customer, lifecycle::Stage::kLead);
  v1::TransitionJourneyRequest request = Move(customer, type::v1::LEAD);
  request.set_override_requirements(true);
  servicekit::Principal owner;
  owner.subject = NameOf("representatives", *customer.owner);
  owner.role = servicekit::Role::kRepresentative;
  owner.representative = customer.owner;
  EXPECT_TRUE(absl::IsPermissionDenied(TransitionJourney(request, servicekit::TestToken(owner)).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(TransitionJourney(request).status()));
  request.set_reason("known from the fair");
  ASSERT_TRUE(TransitionJourney(request).ok());
  const v1::Transition made = LastTransition(customer);
  ASSERT_EQ(made.overridden_requirements_size(), 2);
  EXPECT_EQ(made.overridden_requirements(0), "registration_number");
  EXPECT_EQ(made.department(), type::v1::MARKETING);
  EXPECT_EQ(made.representative(), owner.subject);  // The owner's work, though an administrator recorded it.
}

TEST_F(TransitionsTest, BackAndOutAskForNothing) {
  const KnownCustomer customer = AddCustomer();
  ASSERT_TRUE(TransitionJourney(Move(customer, type::v1::LEAD)).ok());
  directory_.down = true;
  EXPECT_TRUE(TransitionJourney(Move(customer, type::v1::LOST, "moved away")).ok());
  EXPECT_TRUE(absl::IsUnavailable(TransitionJourney(Move(customer, type::v1::LEAD, "is back")).status()));
  directory_.down = false;
  LeaveOut(customer, lifecycle::Stage::kLead);
  EXPECT_TRUE(
      absl::IsFailedPrecondition(TransitionJourney(Move(customer, type::v1::LEAD, "is back")).status()));
  // But it is evidence when an order comes in, and history is history.
  EXPECT_TRUE(CreateOrder(OrderFor(NameOf("customers", customer.id))).ok());
  v1::ImportRecordsRequest import;
  v1::TransitionRecord& record = *import.add_records()->mutable_transition();
  record.mutable_customer()->set_name(NameOf("customers", customer.id));
  record.mutable_external_id()->set_system("crm");
  record.mutable_external_id()->set_id("1");
  record.set_stage(type::v1::OPPORTUNITY);
  record.set_reason("as it was");
  *record.mutable_event_time() = servicekit::ToProto(now() - absl::Hours(2));
  EXPECT_EQ(Import(import)->results(0).outcome(), type::v1::ImportResult::CREATED);
}

TEST_F(TransitionsTest, ABatchIsAnsweredInOrderWithoutThoseNotFound) {
  const Id owner = Id::New(now());
  std::vector<KnownCustomer> customers;
  v1::BatchCheckTransitionsRequest request;
  request.set_stage(type::v1::LEAD);
  type::v1::ReadFeedResponse batch;
  for (int i = 0; i < 5; ++i) {
    customers.push_back(AddCustomer(i == 3 ? std::nullopt : std::optional(owner)));
    *batch.add_entries() = Entry(Changed(customers.back()));
    request.add_names(JourneyName(customers.back().id));
  }
  request.add_names(JourneyName(Id::New(now())));
  ASSERT_TRUE(Hear(batch).ok());
  LeaveOut(customers[1], lifecycle::Stage::kLead);
  servicekit::Principal representative;
  representative.subject = NameOf("representatives", owner);
  representative.role = servicekit::Role::kRepresentative;
  representative.representative = owner;
  const auto response = BatchCheckTransitions(request, servicekit::TestToken(representative));
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->checks_size(), 4);  // Neither the pool's nor the one that does not exist.
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(response->checks(i).name(), JourneyName(customers[i < 3 ? i : 4].id));
    EXPECT_EQ(response->checks(i).allowed(), i != 1);
  }
  while (request.names_size() <= 1000) request.add_names(JourneyName(customers[0].id));
  EXPECT_TRUE(absl::IsInvalidArgument(BatchCheckTransitions(request).status()));
}

TEST_F(TransitionsTest, ConditionsAreDataThatAnAdministratorEdits) {
  const KnownCustomer customer = AddCustomer();
  ASSERT_TRUE(TransitionJourney(Move(customer, type::v1::LEAD)).ok());
  EXPECT_EQ(Missing(Check(customer, type::v1::ORDER)), std::vector<std::string>{"placed_order"});
  v1::UpdateStageConditionRequest update;
  update.mutable_stage_condition()->set_name("stageConditions/placed_order");
  update.mutable_stage_condition()->set_enforced(false);
  update.mutable_update_mask()->add_paths("enforced");
  EXPECT_TRUE(absl::IsPermissionDenied(UpdateStageCondition(update, "manager").status()));
  const auto updated = UpdateStageCondition(update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_FALSE(updated->enforced());
  EXPECT_TRUE(Check(customer, type::v1::ORDER).allowed());
  update.mutable_stage_condition()->set_etag("W/\"0\"");
  EXPECT_TRUE(absl::IsAborted(UpdateStageCondition(update).status()));
  update.mutable_stage_condition()->set_name("stageConditions/something");
  EXPECT_TRUE(absl::IsNotFound(UpdateStageCondition(update).status()));
  EXPECT_EQ(ListStageConditions({})->stage_conditions_size(), 5);
  // Asked for elsewhere, by someone else.
  v1::UpdateStageConditionRequest moved;
  moved.mutable_stage_condition()->set_name("stageConditions/second_order");
  moved.mutable_stage_condition()->set_stage(type::v1::ORDER);
  moved.mutable_stage_condition()->set_supplier(type::v1::MARKETING);
  ASSERT_TRUE(UpdateStageCondition(moved).ok());
  EXPECT_EQ(Check(customer, type::v1::ORDER).missing_items(0).supplier(), type::v1::MARKETING);
}

TEST_F(TransitionsTest, TheMachineIsToldAsItIsUsed) {
  const auto machine = GetStageMachine({}, "representative");
  ASSERT_TRUE(machine.ok());
  EXPECT_EQ(machine->stages_size(), 7);
  for (const v1::StageMachine::Move& move : machine->moves()) {
    const Direction direction = DirectionOf(static_cast<lifecycle::Stage>(move.from_stage()),
                                            static_cast<lifecycle::Stage>(move.to_stage()));
    EXPECT_EQ(static_cast<int>(direction), move.direction());
    EXPECT_EQ(NeedsReason(direction), move.reason_required());
  }
}

TEST_F(TransitionsTest, AnOpportunityThatComesAlongMustSuitTheMove) {
  const KnownCustomer customer = AddCustomer();
  v1::TransitionJourneyRequest request = Move(customer, type::v1::LEAD);
  request.mutable_opportunity()->set_customer(NameOf("customers", Id::New(now())));
  *request.mutable_opportunity()->mutable_open_time() = servicekit::ToProto(now() - absl::Hours(1));
  const auto refused = TransitionJourney(request);
  ASSERT_EQ(servicekit::GetFieldViolations(refused.status()).size(), 2u) << refused.status();
  EXPECT_EQ(servicekit::GetFieldViolations(refused.status())[0].field, "opportunity.customer");
  EXPECT_EQ(servicekit::GetFieldViolations(refused.status())[1].field, "opportunity.open_time");
}

TEST_F(TransitionsTest, JourneysOfAnOlderVersionOfTheRulesAreFoldedAnew) {
  const KnownCustomer customer = AddCustomer();
  const std::string name = NameOf("customers", customer.id);
  ASSERT_TRUE(TransitionJourney(Move(customer, type::v1::LEAD)).ok());
  clock_.Advance(absl::Seconds(1));
  ASSERT_TRUE(CreateOrder(OrderFor(name)).ok());
  // As a server of before left them.
  const std::string as_of_columns = "stage_after = 0, furthest_stage = 0, until_time = '1970-01-01'";
  Database().Execute("UPDATE moves SET " + as_of_columns);
  Database().Execute("UPDATE journeys SET fold_version = 0");
  v1::QueryFunnelRequest funnel;
  *funnel.mutable_as_of_time() = servicekit::ToProto(now());
  EXPECT_EQ(QueryFunnel(funnel)->customer_count(), 0);
  ASSERT_EQ(*RefoldJourneys(environment_, 100), 1);
  EXPECT_EQ(QueryFunnel(funnel)->customer_count(), 1);
  EXPECT_EQ(QueryFunnel(funnel)->stages(3).current_count(), 1);
  EXPECT_EQ(*RefoldJourneys(environment_, 100), 0);
}

}  // namespace
}  // namespace clientele::lifecycle
