#include "clientele/value/v1/value_feed.pb.h"
#include "lifecycle-svc/domain/stall.h"
#include "lifecycle-svc/operations/stall.h"
#include "lifecycle-svc/rpc/random_history.h"

namespace clientele::lifecycle {
namespace {

class StalledTest : public RandomHistory {
 protected:
  static absl::Duration Days(double days) { return absl::Hours(24) * days; }

  absl::Status HearOne(const google::protobuf::Message& event, const KnownCustomer& about) {
    type::v1::ReadFeedResponse batch;
    *batch.add_entries() = Entry(event);
    batch.mutable_entries(0)->set_customer(NameOf("customers", about.id));
    return Hear(batch);
  }
  absl::Status HearTier(const KnownCustomer& customer, Tier tier) {
    value::v1::TierChanged event;
    event.set_customer(NameOf("customers", customer.id));
    event.set_to_tier(static_cast<value::v1::Tier>(tier));
    type::v1::ReadFeedResponse batch;
    *batch.add_entries() = Entry(event);
    return servicekit::RunTransaction(
        Database().pool(), absl::Now() + absl::Seconds(10),
        [&](Transaction& tx) { return ApplyValueFeed(environment_, tx, batch); });
  }
  absl::Status HearContact(const KnownCustomer& customer, absl::Time time, bool held = true) {
    customer::v1::InteractionLogged event;
    event.set_customer(NameOf("customers", customer.id));
    *event.mutable_event_time() = servicekit::ToProto(time);
    event.set_held(held);
    return HearOne(event, customer);
  }
  absl::StatusOr<int> EscalateSome(int limit = 3, bool may_recycle = true) {
    CallContext call;
    call.principal.subject = "services/lifecycle-svc";
    call.principal.role = servicekit::Role::kService;
    call.token = "service";
    call.method = "EscalateStalled";
    call.deadline = absl::Now() + absl::Seconds(60);
    return EscalateStalled(environment_, call, limit, may_recycle);
  }
  // All that is due now.
  int Escalate() {
    int all = 0;
    for (int i = 0; i < 100; ++i) {
      const absl::StatusOr<int> changed = EscalateSome();
      EXPECT_TRUE(changed.ok()) << changed.status();
      if (!changed.ok() || *changed == 0) break;
      all += *changed;
    }
    return all;
  }
  std::vector<v1::FollowUp> FollowUpsOf(const KnownCustomer& customer) {
    v1::ListFollowUpsRequest request;
    request.set_page_size(1000);
    for (const auto state : {v1::FollowUp::OPEN, v1::FollowUp::SNOOZED, v1::FollowUp::DONE}) {
      request.add_states(state);
    }
    std::vector<v1::FollowUp> found;
    for (const auto listed = ListFollowUps(request); const v1::FollowUp& follow_up : listed->follow_ups()) {
      if (follow_up.customer() == NameOf("customers", customer.id)) found.push_back(follow_up);
    }
    return found;
  }
  // Each level in its days, up to the question whether somebody else should have the customer; 83 days later
  // it goes back to the pool.
  void EscalateToReassignment() {
    clock_.Advance(Days(21 + 3));
    EXPECT_GE(Escalate(), 1);
    for (int i = 0; i < 2; ++i) {
      clock_.Advance(Days(2));
      EXPECT_GE(Escalate(), 1);
    }
  }
  v1::StallLevel LevelOf(const KnownCustomer& customer) {
    for (const auto listed = ListStalledCustomers({}); const v1::StalledCustomer& row : listed->customers()) {
      if (row.customer() == NameOf("customers", customer.id)) return row.level();
    }
    return v1::STALL_LEVEL_UNSPECIFIED;
  }
  KnownCustomer Lead(std::optional<Id> owner) {
    KnownCustomer customer = AddCustomer(owner, Id::New(now()));
    EXPECT_TRUE(HearOne(Changed(customer), customer).ok());
    EXPECT_TRUE(TransitionJourney(To(NameOf("customers", customer.id), type::v1::LEAD)).ok());
    return customer;
  }
};

TEST_F(StalledTest, AStandstillIsEscalatedAfterThreeFiveAndSevenDaysAndEndsByItself) {
  const KnownCustomer customer = Lead(Id::New(now()));
  clock_.Advance(Days(23.9));  // 21 until a lead stands still.
  EXPECT_EQ(Escalate(), 0);
  EXPECT_EQ(ListStalledCustomers({})->customers_size(), 1);
  clock_.Advance(Days(0.2));
  EXPECT_EQ(Escalate(), 1);
  EXPECT_EQ(Escalate(), 0);
  auto follow_ups = FollowUpsOf(customer);
  ASSERT_EQ(follow_ups.size(), 1u);
  EXPECT_EQ(follow_ups[0].kind(), v1::FollowUp::STALLED);
  EXPECT_EQ(follow_ups[0].addressee(), v1::FollowUp::REPRESENTATIVE);
  EXPECT_EQ(follow_ups[0].owner(), NameOf("representatives", *customer.owner));
  clock_.Advance(Days(2));
  EXPECT_EQ(Escalate(), 1);
  follow_ups = FollowUpsOf(customer);
  ASSERT_EQ(follow_ups.size(), 1u);  // The same one, to the manager now.
  EXPECT_EQ(follow_ups[0].addressee(), v1::FollowUp::MANAGER);
  clock_.Advance(Days(2));
  EXPECT_EQ(Escalate(), 1);
  follow_ups = FollowUpsOf(customer);
  ASSERT_EQ(follow_ups.size(), 2u);  // Another question, in place of the first.
  EXPECT_EQ(follow_ups[0].state(), v1::FollowUp::DONE);
  EXPECT_EQ(follow_ups[1].state(), v1::FollowUp::OPEN);
  EXPECT_THAT(follow_ups[1].why(), ::testing::HasSubstr("give the customer to somebody else"));
  EXPECT_EQ(ListStalledCustomers({})->customers(0).level(), v1::STALL_REASSIGNMENT);

  // A planned meeting is no contact; a held one is, and ends it.
  ASSERT_TRUE(HearContact(customer, now(), false).ok());
  EXPECT_EQ(Escalate(), 0);
  ASSERT_TRUE(HearContact(customer, now()).ok());
  EXPECT_EQ(ListStalledCustomers({})->customers_size(), 0);
  EXPECT_EQ(Escalate(), 1);
  for (const v1::FollowUp& follow_up : FollowUpsOf(customer))
    EXPECT_EQ(follow_up.state(), v1::FollowUp::DONE);

  // And from the beginning, up to the pool, from which it is not taken twice.
  EscalateToReassignment();
  clock_.Advance(Days(90 - 7));
  EXPECT_EQ(Escalate(), 1);
  ASSERT_EQ(directory_.released.size(), 1u);
  EXPECT_EQ(directory_.released[0], customer.id);
  EXPECT_EQ(directory_.released_versions[0], customer.version);
  EXPECT_EQ(Escalate(), 0);
  EXPECT_EQ(ListStalledCustomers({})->customers(0).level(), v1::STALL_RECYCLED);
  // Whoever claims them begins anew.
  KnownCustomer claimed = customer;
  claimed.owner = Id::New(now());
  claimed.version = 2;
  ASSERT_TRUE(HearOne(Changed(claimed), claimed).ok());
  EXPECT_EQ(Escalate(), 1);
  EXPECT_EQ(ListStalledCustomers({})->customers_size(), 0);
}

TEST_F(StalledTest, TheTierDecidesHowLongAndDealsAreProgress) {
  const KnownCustomer customer = Lead(Id::New(now()));
  ASSERT_TRUE(HearTier(customer, Tier::kBig).ok());
  ASSERT_TRUE(HearTier(customer, Tier::kBig).ok());
  clock_.Advance(Days(11 + 3));  // Half of a lead's 21.
  EXPECT_EQ(Escalate(), 1);
  EXPECT_EQ(ListStalledCustomers({})->customers(0).tier(), value::v1::BIG);
  clock_.Advance(Days(200));
  EXPECT_EQ(Escalate(), 1);
  EXPECT_TRUE(directory_.released.empty());  // Nobody's best customers are taken by a rule.
  const auto opportunity = CreateOpportunity(OpportunityFor(NameOf("customers", customer.id)));
  ASSERT_TRUE(opportunity.ok());
  EXPECT_EQ(Escalate(), 1);
  EXPECT_EQ(ListStalledCustomers({})->customers_size(), 0);
  clock_.Advance(Days(7 + 3));
  EXPECT_EQ(Escalate(), 1);
  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(opportunity->name());
  update.mutable_opportunity()->set_step(v1::Opportunity::PROPOSAL);
  ASSERT_TRUE(UpdateOpportunity(update).ok());
  EXPECT_EQ(Escalate(), 1);
  // Lost ones do not stand still.
  clock_.Advance(Days(10));
  EXPECT_EQ(Escalate(), 1);
  ASSERT_TRUE(TransitionJourney(To(NameOf("customers", customer.id), type::v1::LOST, "gone")).ok());
  EXPECT_EQ(Escalate(), 1);
  for (const v1::FollowUp& follow_up : FollowUpsOf(customer))
    EXPECT_EQ(follow_up.state(), v1::FollowUp::DONE);
  EXPECT_TRUE(
      absl::IsUnavailable(HearTier(AddCustomer(), Tier::kTop)));  // Not told of yet: tried again later.
}

TEST_F(StalledTest, InThePoolTheManagerIsAsked) {
  const KnownCustomer customer = Lead(std::nullopt);
  clock_.Advance(Days(24));
  EXPECT_EQ(Escalate(), 1);
  EXPECT_EQ(FollowUpsOf(customer)[0].addressee(), v1::FollowUp::MANAGER);
  for (const int days : {2, 2, 83}) {
    clock_.Advance(Days(days));
    EXPECT_EQ(Escalate(), 1);
  }
  EXPECT_TRUE(directory_.released.empty());
  EXPECT_EQ(FollowUpsOf(customer)[0].state(), v1::FollowUp::DONE);
}

// What becomes known late, such as years of history from another system, makes a standstill long at once; its
// owner, the manager and whoever reassigns are still asked one after another, each with their days.
TEST_F(StalledTest, ALongStandstillThatBecomesKnownLateIsAskedAboutLevelByLevel) {
  const KnownCustomer customer = AddCustomer(Id::New(now()), Id::New(now()));
  ASSERT_TRUE(HearOne(Changed(customer), customer).ok());
  auto old = OpportunityFor(NameOf("customers", customer.id));
  *old.mutable_opportunity()->mutable_open_time() = servicekit::ToProto(now() - Days(3000));
  ASSERT_TRUE(CreateOpportunity(old).ok());
  const std::vector<std::pair<int, v1::StallLevel>> levels = {{0, v1::STALL_REPRESENTATIVE},
                                                              {2, v1::STALL_MANAGER},
                                                              {2, v1::STALL_REASSIGNMENT},
                                                              {83, v1::STALL_RECYCLED}};
  for (const auto& [days, level] : levels) {
    if (days > 0) {
      clock_.Advance(absl::Hours(24 * days - 1));
      EXPECT_EQ(Escalate(), 0) << level << " came before its day";
      clock_.Advance(absl::Hours(1));
    }
    EXPECT_TRUE(directory_.released.empty());
    EXPECT_EQ(Escalate(), 1);
    EXPECT_EQ(LevelOf(customer), level);
  }
  EXPECT_EQ(directory_.released.size(), 1u);
}

TEST_F(StalledTest, OneThatIsNotReleasedKeepsNobodyWaiting) {
  const KnownCustomer first = Lead(Id::New(now())), second = Lead(Id::New(now()));
  EscalateToReassignment();
  const KnownCustomer young = Lead(Id::New(now()));
  clock_.Advance(Days(83));
  directory_.release_refusals[first.id] = absl::FailedPreconditionError("is under contract");
  const auto changed = EscalateSome();
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(*changed, 2);
  EXPECT_EQ(LevelOf(first), v1::STALL_REASSIGNMENT);
  EXPECT_EQ(LevelOf(second), v1::STALL_RECYCLED);
  EXPECT_EQ(LevelOf(young), v1::STALL_REPRESENTATIVE);
  // When nothing else is left, somebody has to hear of it.
  EXPECT_TRUE(absl::IsFailedPrecondition(EscalateSome().status()));
  // Changed meanwhile, perhaps somebody else's: the feed will tell, and nothing is wrong.
  directory_.release_refusals[first.id] = absl::AbortedError("the etag is stale");
  EXPECT_EQ(*EscalateSome(), 0);
  EXPECT_EQ(LevelOf(first), v1::STALL_REASSIGNMENT);
  directory_.release_refusals.clear();
  directory_.down = true;
  EXPECT_TRUE(absl::IsUnavailable(EscalateSome().status()));
  clock_.Advance(Days(2));
  EXPECT_EQ(*EscalateSome(), 1) << "the others are escalated while customer-svc is down";
  EXPECT_EQ(LevelOf(young), v1::STALL_MANAGER);
  directory_.down = false;
  EXPECT_EQ(*EscalateSome(3, /*may_recycle=*/false), 0) << "who owns them is not known now";
  EXPECT_EQ(*EscalateSome(), 1);
  EXPECT_EQ(LevelOf(first), v1::STALL_RECYCLED);
}

TEST_F(StalledTest, RulesAreDataThatAnAdministratorEdits) {
  const KnownCustomer customer = Lead(Id::New(now()));
  clock_.Advance(Days(5));
  v1::UpdateStallRuleRequest update;
  update.mutable_stall_rule()->set_name("stallRules/lead-none");
  update.mutable_stall_rule()->set_stalled_after_days(2);
  EXPECT_TRUE(absl::IsPermissionDenied(UpdateStallRule(update, "manager").status()));
  const auto updated = UpdateStallRule(update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->representative_days(), 3);
  EXPECT_EQ(Escalate(), 1);
  // Never again, and what was asked is taken back.
  update.mutable_stall_rule()->set_stalled_after_days(0);
  update.mutable_update_mask()->add_paths("stalled_after_days");
  ASSERT_TRUE(UpdateStallRule(update).ok());
  EXPECT_EQ(Escalate(), 1);
  EXPECT_EQ(FollowUpsOf(customer)[0].state(), v1::FollowUp::DONE);
  update.mutable_stall_rule()->set_manager_days(1);
  update.mutable_update_mask()->add_paths("manager_days");
  EXPECT_EQ(servicekit::GetFieldViolations(UpdateStallRule(update).status())[0].field,
            "stall_rule.manager_days");
  update.mutable_stall_rule()->set_name("stallRules/lost-top");
  EXPECT_TRUE(absl::IsNotFound(UpdateStallRule(update).status()));
  EXPECT_EQ(ListStallRules({})->stall_rules_size(), 30);
}

// Whatever happens in whatever order: the level is what the rule says of the time that nothing happened, each
// in its days after the one before; and the summary counts exactly those whom the viewer could list.
TEST_F(StalledTest, LevelsFollowFromTheQuietTimeAndTheSummaryFromTheList) {
  MakeCompany(25);
  std::map<std::pair<int, int>, StallRule> rules;
  for (const auto listed = ListStallRules({}); const v1::StallRule& rule : listed->stall_rules()) {
    StallRule plain;
    plain.stalled_after_days = rule.stalled_after_days();
    plain.representative_days = rule.representative_days();
    plain.manager_days = rule.manager_days();
    plain.reassignment_days = rule.reassignment_days();
    plain.recycle_days = rule.recycle_days();
    rules[{rule.stage(), rule.tier()}] = plain;
  }
  std::map<Id, absl::Time> quiet;
  std::map<Id, Tier> tiers;
  std::map<Id, lifecycle::Stage> stages;
  std::map<Id, std::pair<int, absl::Time>> levels;  // With since when.
  for (int round = 0; round < 60; ++round) {
    clock_.Advance(Days(static_cast<double>(Pick(6))));
    const KnownCustomer& customer = ledger_[Pick(ledger_.size())].known;
    switch (Pick(3)) {
      case 0: {
        const absl::Time time = now() - Days(static_cast<double>(Pick(3)));
        ASSERT_TRUE(HearContact(customer, time).ok());
        quiet[customer.id] = std::max(quiet[customer.id], time);
        break;
      }
      case 1: {
        tiers[customer.id] = static_cast<Tier>(Pick(6));
        ASSERT_TRUE(HearTier(customer, tiers[customer.id]).ok());
        break;
      }
      default: {
        const auto stage = static_cast<type::v1::Stage>(1 + Pick(7));
        if (TransitionJourney(To(NameOf("customers", customer.id), stage, "because")).ok()) {
          stages[customer.id] = static_cast<lifecycle::Stage>(stage);
          quiet[customer.id] = now();
        }
      }
    }
    if (round % 6 != 5) continue;
    Escalate();
    for (const LedgerCustomer& one : ledger_) {
      const Id id = one.known.id;
      const auto stage = stages.contains(id) ? stages[id] : lifecycle::Stage::kTarget;
      const auto rule = rules.find({static_cast<int>(stage), static_cast<int>(tiers[id])});
      auto& [level, since] = levels[id];
      const int before = level;
      if (rule == rules.end() || rule->second.stalled_after_days == 0) {
        level = 0;
      } else {
        const std::vector<int> days = {0, rule->second.representative_days, rule->second.manager_days,
                                       rule->second.reassignment_days, rule->second.recycle_days};
        const absl::Time stalled = std::max(quiet[id], one.known.create_time) +
                                   Days(static_cast<double>(rule->second.stalled_after_days));
        int reached = 0;
        for (int next = 1; next <= 4; ++next) {
          if ((next < 4 || days[4] > 0) && stalled + Days(days[next]) <= now()) reached = next;
        }
        if (level > reached) {
          level = reached;
        } else if (level < reached && (level == 0 || since + Days(days[level + 1] - days[level]) <= now())) {
          ++level;
        }
      }
      if (level != before) since = now();
    }
    for (const Viewer& viewer : Viewers()) {
      std::map<std::string, v1::StalledCustomer> listed;
      v1::ListStalledCustomersRequest list;
      for (const v1::StalledCustomer& row : AllPages(
               list, viewer.token, [&](const auto&r, const auto&t) { return ListStalledCustomers(r, t); },
               [](const auto&page) { return page.customers(); })) {
        EXPECT_TRUE(listed.emplace(row.customer(), row).second);
      }
      size_t expected = 0;
      for (const LedgerCustomer& one : ledger_) {
        const Id id = one.known.id;
        const auto stage = stages.contains(id) ? stages[id] : lifecycle::Stage::kTarget;
        const StallRule rule = rules[{static_cast<int>(stage), static_cast<int>(tiers[id])}];
        const absl::Time since = std::max(quiet[id], one.known.create_time);
        const auto from = StalledFrom(rule, since);
        if (!from.has_value() || *from > now() || !Sees(viewer, one.known)) continue;
        ++expected;
        const auto row = listed.find(NameOf("customers", id));
        ASSERT_NE(row, listed.end());
        EXPECT_EQ(static_cast<int>(row->second.level()), levels[id].first);
      }
      EXPECT_EQ(listed.size(), expected);
      size_t summed = 0;
      for (const auto summary = SummarizeStalledCustomers({}, viewer.token);
           const auto& count : summary->rows()) {
        list.set_stage(count.stage());
        list.set_tier(count.tier());
        list.set_level(count.level());
        list.set_page_size(1000);
        EXPECT_EQ(ListStalledCustomers(list, viewer.token)->customers_size(), count.customer_count());
        summed += static_cast<size_t>(count.customer_count());
      }
      EXPECT_EQ(summed, expected);
    }
  }
}

TEST_F(StalledTest, ASplitCustomerBeginsWithWhatIsKnownOfBoth) {
  const KnownCustomer survivor = Lead(Id::New(now())), restored = Lead(Id::New(now()));
  const Id merge = Id::New(now());
  ASSERT_TRUE(LifecycleFixture::HearOne(Merged(merge, survivor.id, restored.id)).ok());
  ASSERT_TRUE(HearTier(survivor, Tier::kBig).ok());
  clock_.Advance(Days(1000));
  ASSERT_TRUE(HearContact(restored, now()).ok());
  ASSERT_TRUE(LifecycleFixture::HearOne(Split(merge, survivor.id, restored.id)).ok());
  EXPECT_EQ(Escalate(), 0) << "they were met this very day";
  EXPECT_EQ(ListStalledCustomers({})->customers_size(), 0);
  // From here on, a big customer's days.
  clock_.Advance(Days(11 + 3));
  EXPECT_EQ(Escalate(), 2);
  EXPECT_EQ(LevelOf(restored), v1::STALL_REPRESENTATIVE);
  EXPECT_EQ(ListStalledCustomers({})->customers(1).tier(), value::v1::BIG);
}

TEST_F(StalledTest, WhoIsServedOrPaysDoesNotStandStill) {
  const KnownCustomer customer = AddCustomer(Id::New(now()), Id::New(now()));
  const std::string name = NameOf("customers", customer.id);
  const auto order = CreateOrder(OrderFor(name));
  ASSERT_TRUE(order.ok()) << order.status();
  // 45 days until an order stands still, and 3 until somebody is asked.
  const auto stalls = [&] {
    clock_.Advance(Days(48));
    EXPECT_EQ(Escalate(), 1);
    EXPECT_EQ(LevelOf(customer), v1::STALL_REPRESENTATIVE);
  };
  const auto moves = [&](const char* what) {
    EXPECT_EQ(LevelOf(customer), v1::STALL_LEVEL_UNSPECIFIED) << what;
    EXPECT_EQ(Escalate(), 1) << what;
  };
  stalls();
  v1::CreateServiceProjectRequest create;
  create.mutable_service_project()->set_customer(name);
  create.mutable_service_project()->set_delivery_model(v1::GENERAL);
  const auto project = CreateServiceProject(create);
  ASSERT_TRUE(project.ok()) << project.status();
  moves("a project");
  stalls();
  v1::ListServiceTasksRequest list;
  list.set_parent(project->name());
  const std::string task = ListServiceTasks(list)->service_tasks(0).name();
  v1::LogServiceWorkRequest work;
  work.set_name(task);
  work.set_minutes(30);
  *work.mutable_event_time() = servicekit::ToProto(now() - Days(48));
  ASSERT_TRUE(LogServiceWork(work).ok());
  EXPECT_EQ(LevelOf(customer), v1::STALL_REPRESENTATIVE) << "that was long ago";
  *work.mutable_event_time() = servicekit::ToProto(now() - Days(1));
  ASSERT_TRUE(LogServiceWork(work).ok());
  moves("work");
  stalls();
  v1::UpdateServiceTaskRequest update;
  update.mutable_service_task()->set_name(task);
  update.mutable_service_task()->set_state(v1::ServiceTask::IN_PROGRESS);
  ASSERT_TRUE(UpdateServiceTask(update).ok());
  moves("a task");
  stalls();
  v1::CreatePaymentRequest pay;
  pay.set_parent(order->name());
  *pay.mutable_payment()->mutable_amount() = Dollars("5");
  ASSERT_TRUE(CreatePayment(pay).ok());
  moves("a payment");
  stalls();
  v1::CancelServiceProjectRequest cancel;
  cancel.set_name(project->name());
  cancel.set_reason("given up");
  ASSERT_TRUE(CancelServiceProject(cancel).ok());
  EXPECT_EQ(LevelOf(customer), v1::STALL_REPRESENTATIVE) << "giving up is no progress";
}

}  // namespace
}  // namespace clientele::lifecycle
