#include <thread>

#include "lifecycle-svc/operations/follow_ups.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/rpc/lifecycle_fixture.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

using ::testing::ElementsAre;

class FollowUpsTest : public LifecycleFixture {
 protected:
  v1::CreateFollowUpRequest ReminderFor(const std::string& customer,
                                        absl::Duration due = absl::ZeroDuration()) {
    v1::CreateFollowUpRequest request;
    request.mutable_follow_up()->set_customer(customer);
    request.mutable_follow_up()->set_why("다시 전화하기");
    *request.mutable_follow_up()->mutable_due_time() = servicekit::ToProto(now() + due);
    return request;
  }
  std::string TokenOf(Id representative, Id team) {
    servicekit::Principal principal;
    principal.subject = NameOf("representatives", representative);
    principal.role = servicekit::Role::kRepresentative;
    principal.representative = representative;
    principal.teams = {team};
    return servicekit::TestToken(principal);
  }
  // What an operation does that stands still customers make follow-ups with.
  absl::Status RaiseStalled(Id customer, Addressee addressee, const std::string& why) {
    return servicekit::RunTransaction(Database().pool(), absl::Now() + absl::Seconds(10),
                                      [&](Transaction& tx) -> absl::Status {
                                        CallContext call;
                                        call.principal.subject = "services/lifecycle-svc";
                                        call.principal.role = servicekit::Role::kService;
                                        call.method = "escalation";
                                        UnitOfWork work(environment_, call, tx);
                                        absl::Status status = work.Lock({customer}, {});
                                        FollowUps follow_ups(work);
                                        if (status.ok()) status = follow_ups.Load({customer});
                                        if (!status.ok()) return status;
                                        FollowUp draft;
                                        draft.customer = customer;
                                        draft.kind = FollowUpKind::kStalled;
                                        draft.cause = NameOf("customers", customer) + "/journey";
                                        draft.why = why;
                                        draft.addressee = addressee;
                                        draft.due_time = work.now();
                                        follow_ups.Raise(draft);
                                        return work.Flush();
                                      });
  }
};

TEST_F(FollowUpsTest, AReminderIsSnoozedWakesAndIsDone) {
  const auto created = CreateFollowUp(ReminderFor(AddCustomerName()));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->kind(), v1::FollowUp::REMINDER);
  EXPECT_EQ(created->state(), v1::FollowUp::OPEN);
  EXPECT_EQ(created->why(), "다시 전화하기");
  v1::SnoozeFollowUpRequest snooze;
  snooze.set_name(created->name());
  snooze.set_etag(created->etag());
  *snooze.mutable_snooze_until() = servicekit::ToProto(now() + absl::Hours(2));
  const auto snoozed = SnoozeFollowUp(snooze);
  ASSERT_TRUE(snoozed.ok()) << snoozed.status();
  EXPECT_EQ(snoozed->state(), v1::FollowUp::SNOOZED);
  EXPECT_TRUE(absl::IsAborted(SnoozeFollowUp(snooze).status())) << "the etag is stale";
  EXPECT_EQ(ListFollowUps({})->follow_ups_size(), 0);
  v1::ListFollowUpsRequest hidden;
  hidden.add_states(v1::FollowUp::SNOOZED);
  EXPECT_EQ(ListFollowUps(hidden)->follow_ups_size(), 1);
  clock_.Advance(absl::Hours(2));
  EXPECT_EQ(ListFollowUps(hidden)->follow_ups_size(), 0);
  ASSERT_EQ(ListFollowUps({})->follow_ups_size(), 1);
  v1::CompleteFollowUpRequest complete;
  complete.set_name(created->name());
  complete.set_note("wants an offer");
  const auto done = CompleteFollowUp(complete);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->state(), v1::FollowUp::DONE);
  EXPECT_EQ(done->note(), "wants an offer");
  EXPECT_TRUE(absl::IsFailedPrecondition(CompleteFollowUp(complete).status()));
  EXPECT_EQ(ListFollowUps({})->follow_ups_size(), 0);
  v1::GetFollowUpRequest get;
  get.set_name(created->name());
  EXPECT_EQ(GetFollowUp(get)->done_by(), done->done_by());
  EXPECT_THAT(FeedTypes(),
              ElementsAre("FollowUpChanged", "JourneyChanged", "FollowUpChanged", "FollowUpChanged"));
}

TEST_F(FollowUpsTest, TheInboxFollowsTheAccountAndIsNobodyElses) {
  const Id team = Id::New(now()), me = Id::New(now()), other = Id::New(now());
  const KnownCustomer mine = AddCustomer(me, team), others = AddCustomer(other, team),
                      pool = AddCustomer({}, team);
  for (const KnownCustomer& customer : {mine, others, pool}) {
    ASSERT_TRUE(CreateFollowUp(ReminderFor(NameOf("customers", customer.id), -absl::Hours(1))).ok());
  }
  const std::string token = TokenOf(me, team);
  EXPECT_EQ(ListFollowUps({}, token)->follow_ups_size(), 2) << "their own and the pool's";
  v1::ListFollowUpsRequest inbox;
  inbox.set_filter(servicekit::StrCat("owner = \"", NameOf("representatives", me), "\""));
  const auto listed = ListFollowUps(inbox, token);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->follow_ups_size(), 1);
  EXPECT_EQ(listed->follow_ups(0).customer(), NameOf("customers", mine.id));
  const auto all = SummarizeFollowUps({});
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->rows_size(), 3);
  EXPECT_EQ(all->rows(0).owner(), "");
  EXPECT_EQ(all->rows(1).overdue_count(), 1);
  EXPECT_EQ(SummarizeFollowUps({}, token)->rows_size(), 2);
  inbox.set_filter(servicekit::StrCat("owner = \"", NameOf("representatives", other), "\""));
  const auto foreign = ListFollowUps(inbox);
  v1::CompleteFollowUpRequest complete;
  complete.set_name(foreign->follow_ups(0).name());
  EXPECT_TRUE(absl::IsNotFound(CompleteFollowUp(complete, token).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(CompleteFollowUp(complete, "analyst").status()));

  type::v1::ReadFeedResponse batch;
  customer::v1::CustomerChanged changed;
  changed.set_customer(NameOf("customers", others.id));
  changed.set_owner(NameOf("representatives", me));
  changed.set_team(NameOf("teams", team));
  changed.set_version(2);
  *changed.mutable_create_time() = servicekit::ToProto(others.create_time);
  batch.add_entries()->mutable_event()->PackFrom(changed);
  ASSERT_TRUE(Hear(batch).ok());
  EXPECT_TRUE(CompleteFollowUp(complete, token).ok()) << "it went over with the customer";
}

TEST_F(FollowUpsTest, TheOneDueFirstComesFirstOverAllPages) {
  const std::string customer = AddCustomerName();
  for (int hours : {5, 1, 3, 3, 2})
    ASSERT_TRUE(CreateFollowUp(ReminderFor(customer, absl::Hours(hours))).ok());
  v1::ListFollowUpsRequest list;
  list.set_page_size(2);
  std::vector<int64_t> hours;
  do {
    const auto page = ListFollowUps(list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::FollowUp& follow_up : page->follow_ups()) {
      hours.push_back((*servicekit::FromProto("", follow_up.due_time()) - now()) / absl::Hours(1));
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_THAT(hours, ElementsAre(1, 2, 3, 3, 5));
}

TEST_F(FollowUpsTest, OneIsOpenForEachCauseAndEscalates) {
  const KnownCustomer customer = AddCustomer();
  ASSERT_TRUE(CreateOrder(OrderFor(NameOf("customers", customer.id))).ok());
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      if (!RaiseStalled(customer.id, Addressee::kRepresentative, "3 days").ok()) ++failed;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  ASSERT_EQ(ListFollowUps({})->follow_ups_size(), 1);
  ASSERT_TRUE(RaiseStalled(customer.id, Addressee::kManager, "5 days").ok());
  v1::ListFollowUpsRequest escalated;
  escalated.set_filter("addressee = MANAGER AND kind = STALLED");
  const auto listed = ListFollowUps(escalated);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->follow_ups_size(), 1);
  EXPECT_EQ(listed->follow_ups(0).why(), "5 days");
  v1::CompleteFollowUpRequest complete;
  complete.set_name(listed->follow_ups(0).name());
  ASSERT_TRUE(CompleteFollowUp(complete).ok());
  ASSERT_TRUE(RaiseStalled(customer.id, Addressee::kRepresentative, "3 days again").ok());
  EXPECT_EQ(ListFollowUps({})->follow_ups_size(), 1);
  EXPECT_EQ(Database().Count("follow_ups"), 2);
}

// What escalated to the manager is not silenced by whom it is about.
TEST_F(FollowUpsTest, WhatIsAskedOfTheManagerIsAnsweredByTheManager) {
  const Id team = Id::New(now()), me = Id::New(now());
  const KnownCustomer customer = AddCustomer(me, team);
  ASSERT_TRUE(CreateOrder(OrderFor(NameOf("customers", customer.id))).ok());
  ASSERT_TRUE(RaiseStalled(customer.id, Addressee::kRepresentative, "3 days").ok());
  const std::string token = TokenOf(me, team);
  v1::SnoozeFollowUpRequest snooze;
  snooze.set_name(ListFollowUps({})->follow_ups(0).name());
  *snooze.mutable_snooze_until() = servicekit::ToProto(now() + absl::Hours(2));
  EXPECT_TRUE(SnoozeFollowUp(snooze, token).ok());
  ASSERT_TRUE(RaiseStalled(customer.id, Addressee::kManager, "5 days").ok());
  v1::CompleteFollowUpRequest complete;
  complete.set_name(snooze.name());
  EXPECT_TRUE(absl::IsPermissionDenied(SnoozeFollowUp(snooze, token).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(CompleteFollowUp(complete, token).status()));
  servicekit::Principal manager;
  manager.subject = "users/m";
  manager.role = servicekit::Role::kManager;
  manager.teams = {team};
  Database().Execute(
      "INSERT INTO team_tree (ancestor_id, descendant_id) SELECT team_id, team_id FROM journeys"
      " WHERE team_id IS NOT NULL");
  EXPECT_TRUE(SnoozeFollowUp(snooze, servicekit::TestToken(manager)).ok());
  EXPECT_TRUE(CompleteFollowUp(complete, servicekit::TestToken(manager)).ok());
}

TEST_F(FollowUpsTest, WhatIsWrongIsTold) {
  v1::CreateFollowUpRequest request = ReminderFor(AddCustomerName());
  request.mutable_follow_up()->clear_why();
  EXPECT_TRUE(absl::IsInvalidArgument(CreateFollowUp(request).status()));
  EXPECT_TRUE(absl::IsNotFound(CreateFollowUp(ReminderFor(NameOf("customers", Id::New(now())))).status()));
  v1::ListFollowUpsRequest list;
  list.set_filter("colour = 1");
  EXPECT_TRUE(absl::IsInvalidArgument(ListFollowUps(list).status()));
}

}  // namespace
}  // namespace clientele::lifecycle
