#include <functional>
#include <thread>

#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/rpc/random_history.h"
#include "lifecycle-svc/store/referral_store.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

class MergesTest : public RandomHistory {
 protected:
  // Whether so many transactions come to wait for a lock that another one holds: nothing else takes so long.
  static bool ComeToWait(int64_t count) {
    for (int i = 0; i < 1000; ++i) {
      const auto waiting =
          servicekit::RunReading(Database().pool(), absl::Now() + absl::Seconds(10), [](Transaction& tx) {
            return tx.QueryOne(Sql("SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE()"
                                   " AND info LIKE '%FOR UPDATE' AND time_ms > 100"),
                               [](const servicekit::Row& row) { return row.Int64(0); });
          });
      if (waiting.ok() && *waiting >= count) return true;
      absl::SleepFor(absl::Milliseconds(10));
    }
    return false;
  }
  // Everything that is told of a customer, but for versions.
  std::string Picture(Id customer) {
    std::string picture;
    v1::GetJourneyRequest get;
    get.set_name(JourneyName(customer));
    auto journey = GetJourney(get);
    EXPECT_TRUE(journey.ok()) << journey.status();
    if (!journey.ok()) return picture;
    journey->clear_etag();
    picture += journey->ShortDebugString();
    v1::ListTransitionsRequest list;
    list.set_parent(NameOf("customers", customer));
    list.set_page_size(1000);
    for (const auto listed = ListTransitions(list);
         const v1::Transition& transition : listed->transitions()) {
      picture += transition.ShortDebugString();
    }
    v1::ListOpportunitiesRequest opportunities;
    opportunities.set_page_size(1000);
    opportunities.set_filter("customer = \"" + NameOf("customers", customer) + "\"");
    for (const auto listed = ListOpportunities(opportunities); const auto& row : listed->opportunities())
      picture += row.ShortDebugString();
    v1::ListOrdersRequest orders;
    orders.set_page_size(1000);
    orders.set_filter(opportunities.filter());
    for (const auto listed = ListOrders(orders); const auto& row : listed->orders())
      picture += row.ShortDebugString();
    return picture;
  }
};

TEST_F(MergesTest, WhatIsMergedCountsAsTheSurvivorsAndAnAliasStillResolves) {
  const KnownCustomer a = AddCustomer(), b = AddCustomer();
  const std::string name_a = NameOf("customers", a.id), name_b = NameOf("customers", b.id);
  ASSERT_TRUE(CreateOrder(OrderFor(name_a)).ok());
  clock_.Advance(absl::Hours(1));
  ASSERT_TRUE(CreateOrder(OrderFor(name_b)).ok());
  const Id merge = Id::New(now());
  ASSERT_TRUE(HearOne(Merged(merge, a.id, b.id)).ok());
  v1::GetJourneyRequest get;
  get.set_name(JourneyName(b.id));
  const auto journey = GetJourney(get);
  ASSERT_TRUE(journey.ok()) << journey.status();
  EXPECT_EQ(journey->name(), JourneyName(a.id));
  EXPECT_EQ(journey->stage(), type::v1::REPURCHASE);  // Two orders of one customer.
  EXPECT_EQ(QueryFunnel({})->customer_count(), 1);
  EXPECT_EQ(ListJourneys({})->journeys_size(), 1);
  v1::ListOrdersRequest orders;
  orders.set_filter("customer = \"" + name_b + "\"");
  EXPECT_EQ(ListOrders(orders)->orders_size(), 2);

  // Heard again, and told of once more: nothing changes, and nobody comes back to life.
  ASSERT_TRUE(HearOne(Merged(merge, a.id, b.id)).ok());
  ASSERT_TRUE(HearOne(Changed(b)).ok());
  EXPECT_EQ(QueryFunnel({})->customer_count(), 1);

  // What still arrives under the alias's name.
  clock_.Advance(absl::Hours(1));
  const auto opportunity = CreateOpportunity(OpportunityFor(name_b));
  ASSERT_TRUE(opportunity.ok()) << opportunity.status();
  EXPECT_EQ(opportunity->customer(), name_a);
  v1::WinOpportunityRequest win;
  win.set_name(opportunity->name());
  ASSERT_TRUE(WinOpportunity(win).ok());
  v1::CheckTransitionRequest check;
  check.set_name(JourneyName(b.id));
  check.set_stage(type::v1::LOST);
  EXPECT_TRUE(CheckTransition(check)->allowed());
  ASSERT_TRUE(TransitionJourney(To(name_b, type::v1::LOST, "gone")).ok());
  get.set_name(JourneyName(a.id));
  EXPECT_EQ(GetJourney(get)->stage(), type::v1::LOST);

  // A split gives back what was b's before, what arrived under its name, and what followed from it.
  ASSERT_TRUE(HearOne(Split(merge, a.id, b.id)).ok());
  EXPECT_EQ(GetJourney(get)->stage(), type::v1::ORDER);
  get.set_name(JourneyName(b.id));
  EXPECT_EQ(GetJourney(get)->name(), JourneyName(b.id));
  EXPECT_EQ(GetJourney(get)->stage(), type::v1::LOST);
  EXPECT_EQ(GetJourney(get)->furthest_stage(), type::v1::REPURCHASE);
  EXPECT_EQ(ListOrders(orders)->orders_size(), 2);
  EXPECT_EQ(QueryFunnel({})->customer_count(), 2);
}

TEST_F(MergesTest, AMergeThatIsNotHeardOfYetIsToldByTheDirectory) {
  const KnownCustomer a = AddCustomer(), b = AddCustomer();
  directory_.customers[Reference(b.id)] = a;
  const auto order = CreateOrder(OrderFor(NameOf("customers", b.id)));
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_EQ(order->customer(), NameOf("customers", a.id));
  EXPECT_EQ(QueryFunnel({})->customer_count(), 1);
  ASSERT_TRUE(HearOne(Merged(Id::New(now()), a.id, b.id)).ok());
  EXPECT_EQ(QueryFunnel({})->customer_count(), 1);
}

// Random merges and splits, nested ones among them, with changes in between: in the end everyone has exactly
// what they would have had without.
TEST_F(MergesTest, SplitsRestoreEachSidesOwn) {
  MakeCompany(8);
  for (int i = 0; i < 60; ++i) Happen();
  struct Link {
    Id merge, survivor, merged;
  };
  std::vector<Link> links;
  for (int round = 0; round < 40; ++round) {
    const size_t x = Pick(8), y = Pick(8);
    const Id a = ledger_[x].known.id, b = ledger_[y].known.id;
    const auto is_merged = [&](Id id) {
      return std::any_of(links.begin(), links.end(), [&](const Link& link) { return link.merged == id; });
    };
    if (Pick(2) == 0 && x != y && !is_merged(a) && !is_merged(b)) {
      links.push_back({Id::New(now()), a, b});
      ASSERT_TRUE(HearOne(Merged(links.back().merge, a, b)).ok());
    } else if (!links.empty() && Pick(3) == 0) {
      const size_t i = Pick(links.size());
      ASSERT_TRUE(HearOne(Split(links[i].merge, links[i].survivor, links[i].merged)).ok());
      links.erase(links.begin() + static_cast<std::ptrdiff_t>(i));
    }
    EXPECT_EQ(QueryFunnel({})->customer_count(), static_cast<int64_t>(8 - links.size()));
    // Orders and opportunities arrive under each one's own name.
    clock_.Advance(absl::Seconds(1 + static_cast<int64_t>(Pick(100))));
    by_ = std::nullopt;
    const size_t customer = Pick(8);
    switch (Pick(3)) {
      case 0:
        Order(customer, PastTime(), "administrator");
        break;
      case 1:
        Open(customer, PastTime(), "administrator");
        break;
      default:
        Close();
    }
    // The survivor's journey is the tale of all.
    for (size_t i = 0; i < 8; ++i) {
      if (is_merged(ledger_[i].known.id)) continue;
      std::vector<Id> group = {ledger_[i].known.id};
      for (size_t g = 0; g < group.size(); ++g) {
        for (const Link& link : links) {
          if (link.survivor == group[g]) group.push_back(link.merged);
        }
      }
      std::vector<Happening> all;
      for (const LedgerCustomer& member : ledger_) {
        if (std::count(group.begin(), group.end(), member.known.id) == 0) continue;
        all.insert(all.end(), member.happenings.begin(), member.happenings.end());
      }
      v1::GetJourneyRequest get;
      get.set_name(JourneyName(group[Pick(group.size())]));
      const auto journey = GetJourney(get);
      ASSERT_TRUE(journey.ok()) << journey.status();
      const Plain plain = Tell(all, now());
      EXPECT_EQ(journey->stage(), plain.stage);
      EXPECT_EQ(journey->furthest_stage(), plain.furthest);
      EXPECT_EQ(journey->lost_from_stage(), plain.lost_from);
    }
  }
  while (!links.empty()) {
    const Link link = links.back();
    links.pop_back();
    ASSERT_TRUE(HearOne(Split(link.merge, link.survivor, link.merged)).ok());
  }
  EXPECT_EQ(Database().Count("alias_rows"), 0);
  EXPECT_EQ(Database().Count("customer_aliases"), 0);
  for (const LedgerCustomer& customer : ledger_) {
    const std::string name = NameOf("customers", customer.known.id);
    v1::GetJourneyRequest get;
    get.set_name(JourneyName(customer.known.id));
    const Plain plain = Tell(customer.happenings, now());
    EXPECT_EQ(GetJourney(get)->stage(), plain.stage);
    int64_t orders = 0;
    for (const Happening& happening : customer.happenings)
      orders += happening.kind == Happening::kOrdered ? 1 : 0;
    v1::ListOrdersRequest list;
    list.set_page_size(1000);
    list.set_filter("customer = \"" + name + "\"");
    EXPECT_EQ(ListOrders(list)->orders_size(), orders);
  }
}

TEST_F(MergesTest, ASplitAtOnceIsAsIfNothingHadHappened) {
  MakeCompany(4);
  for (int i = 0; i < 80; ++i) Happen();
  std::vector<std::string> before;
  for (const LedgerCustomer& customer : ledger_) before.push_back(Picture(customer.known.id));
  const Id first = Id::New(now()), second = Id::New(now()), a = ledger_[0].known.id, b = ledger_[1].known.id,
           c = ledger_[2].known.id;
  ASSERT_TRUE(HearOne(Merged(first, a, b)).ok());
  ASSERT_TRUE(HearOne(Merged(second, c, a)).ok());
  ASSERT_TRUE(HearOne(Split(first, a, b)).ok());  // The inner one first.
  ASSERT_TRUE(HearOne(Split(second, c, a)).ok());
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(Picture(ledger_[i].known.id), before[i]) << i;
}

TEST_F(MergesTest, ErasureTakesEveryTextAndLeavesTheFigures) {
  const KnownCustomer a = AddCustomer(), b = AddCustomer();
  const std::string secret = "Hong Gildong";
  for (const KnownCustomer& customer : {a, b}) {
    auto open = OpportunityFor(NameOf("customers", customer.id));
    open.mutable_opportunity()->set_display_name(secret);
    open.mutable_opportunity()->mutable_external_id()->set_system("crm");
    open.mutable_opportunity()->mutable_external_id()->set_id(secret + customer.id.ToString());
    const auto opened = CreateOpportunity(open);
    ASSERT_TRUE(opened.ok()) << opened.status();
    v1::LoseOpportunityRequest lose;
    lose.set_name(opened->name());
    lose.set_lost_reason(v1::Opportunity::OTHER);
    lose.set_lost_note(secret);
    ASSERT_TRUE(LoseOpportunity(lose).ok());
    auto order = OrderFor(NameOf("customers", customer.id));
    order.mutable_order()->mutable_lines(0)->set_description(secret);
    const auto ordered = CreateOrder(order);
    ASSERT_TRUE(ordered.ok()) << ordered.status();
    auto offer = OpportunityFor(NameOf("customers", customer.id));
    offer.mutable_opportunity()->clear_amount();
    v1::Opportunity::Line& line = *offer.mutable_opportunity()->add_lines();
    line.set_description(secret);
    line.set_quantity(1);
    *line.mutable_unit_price() = Dollars("1");
    v1::Opportunity::Competitor& competitor = *offer.mutable_opportunity()->add_competitors();
    competitor.set_display_name("Acme");
    competitor.set_note(secret);
    ASSERT_TRUE(CreateOpportunity(offer).ok());
    v1::CreatePaymentRequest pay;
    pay.set_parent(ordered->name());
    *pay.mutable_payment()->mutable_amount() = Dollars("100");
    ASSERT_TRUE(CreatePayment(pay).ok());
    v1::CreateOrderReturnRequest back;
    back.set_parent(ordered->name());
    back.mutable_order_return()->add_lines()->set_line(1);
    back.mutable_order_return()->mutable_lines(0)->set_quantity(1);
    ASSERT_TRUE(CreateOrderReturn(back).ok());
    v1::CreateRefundRequest refund;
    refund.set_parent(ordered->name());
    *refund.mutable_refund()->mutable_amount() = Dollars("100");
    refund.mutable_refund()->set_note(secret);
    ASSERT_TRUE(CreateRefund(refund).ok());
    ASSERT_TRUE(TransitionJourney(To(NameOf("customers", customer.id), type::v1::LOST, secret)).ok());
  }
  ASSERT_TRUE(HearOne(Merged(Id::New(now()), a.id, b.id)).ok());
  const auto count = [&](const std::string& table, const std::string& column) {
    return Database().Count(table + " WHERE " + column + " LIKE '%Gildong%'");
  };
  EXPECT_EQ(count("moves", "reason"), 2);
  EXPECT_GT(count("feed", "payload"), 2);
  customer::v1::CustomerErased event;
  event.set_customer(NameOf("customers", b.id));
  ASSERT_TRUE(HearOne(event).ok());
  // The survivor's own stays.
  EXPECT_EQ(count("moves", "reason"), 1);
  EXPECT_EQ(count("opportunities", "lost_note"), 1);
  event.set_customer(NameOf("customers", a.id));
  ASSERT_TRUE(HearOne(event).ok());
  ASSERT_TRUE(HearOne(event).ok());
  EXPECT_EQ(count("moves", "reason"), 0);
  EXPECT_EQ(count("opportunities", "CONCAT(display_name, lost_note, COALESCE(external_id, ''))"), 0);
  EXPECT_EQ(count("order_lines", "description"), 0);
  EXPECT_EQ(count("opportunity_lines", "description"), 0);
  EXPECT_EQ(count("opportunity_competitors", "note"), 0);
  EXPECT_EQ(count("refunds", "note"), 0);
  EXPECT_EQ(count("history", "changes"), 0);
  EXPECT_EQ(count("feed", "payload"), 0);
  EXPECT_EQ(QueryFunnel({})->lost_count(), 1);
  EXPECT_EQ(SummarizeOrders({})->order_count(), 2);
  EXPECT_FALSE(FeedTypes().empty());
}

TEST_F(MergesTest, WhoIsGoneIsLetGoOfUnlessThereIsMoreThanThatTheyWereThere) {
  const KnownCustomer bare = AddCustomer(), buyer = AddCustomer();
  for (const KnownCustomer& customer : {bare, buyer}) ASSERT_TRUE(HearOne(Changed(customer)).ok());
  ASSERT_TRUE(CreateOrder(OrderFor(NameOf("customers", buyer.id))).ok());
  EXPECT_EQ(ListJourneys({})->journeys_size(), 2);
  for (const KnownCustomer& customer : {bare, buyer, bare}) {
    customer::v1::CustomerErased event;
    event.set_customer(NameOf("customers", customer.id));
    event.set_deleted(true);
    ASSERT_TRUE(HearOne(event).ok());
  }
  const auto left = ListJourneys({});
  ASSERT_EQ(left->journeys_size(), 1);
  EXPECT_EQ(left->journeys(0).name(), JourneyName(buyer.id));
  EXPECT_EQ(QueryFunnel({})->customer_count(), 1);
  EXPECT_EQ(SummarizeOrders({})->order_count(), 1);
  v1::GetJourneyRequest get;
  get.set_name(JourneyName(bare.id));
  EXPECT_TRUE(absl::IsNotFound(GetJourney(get).status()));
}

// The answers that are kept for repeated requests, too, under whichever name they were given.
TEST_F(MergesTest, ErasureTakesKeptAnswersOfTheCustomerOnly) {
  const KnownCustomer a = AddCustomer(), b = AddCustomer();
  const std::string secret = "Hong Gildong";
  int number = 0;
  const auto next_id = [&] { return absl::StrFormat("6fa459ea-ee8a-4ca4-894e-%012d", ++number); };
  ASSERT_TRUE(CreateOrder(OrderFor(NameOf("customers", a.id))).ok());
  ASSERT_TRUE(CreateOrder(OrderFor(NameOf("customers", b.id))).ok());
  ASSERT_TRUE(HearOne(Merged(Id::New(now()), a.id, b.id)).ok());
  std::map<Id, v1::CreateOrderRequest> orders;
  std::map<Id, v1::CreateOrderReturnRequest> returns;
  for (const KnownCustomer& customer : {a, b}) {
    v1::CreateOrderRequest& order = orders[customer.id] = OrderFor(NameOf("customers", customer.id));
    order.mutable_order()->mutable_lines(0)->set_description(secret);
    order.set_request_id(next_id());
    const auto placed = CreateOrder(order);
    ASSERT_TRUE(placed.ok()) << placed.status();
    // Its answer names no customer.
    v1::CreateOrderReturnRequest& back = returns[customer.id];
    back.set_parent(placed->name());
    back.mutable_order_return()->set_reason(secret);
    back.mutable_order_return()->add_lines()->set_line(1);
    back.mutable_order_return()->mutable_lines(0)->set_quantity(1);
    back.set_request_id(next_id());
    ASSERT_TRUE(CreateOrderReturn(back).ok());
  }
  const auto kept = [&] { return Database().Count("requests WHERE LOCATE('Gildong', answer) > 0"); };
  EXPECT_EQ(kept(), 4);
  customer::v1::CustomerErased event;
  event.set_customer(NameOf("customers", b.id));
  ASSERT_TRUE(HearOne(event).ok());
  EXPECT_EQ(kept(), 2);
  EXPECT_TRUE(CreateOrder(orders[a.id]).ok());
  EXPECT_TRUE(CreateOrderReturn(returns[a.id]).ok());
  EXPECT_EQ(servicekit::GetReason(CreateOrder(orders[b.id]).status()), "ANSWER_ERASED");
  EXPECT_EQ(servicekit::GetReason(CreateOrderReturn(returns[b.id]).status()), "ANSWER_ERASED");
  event.set_customer(NameOf("customers", a.id));
  ASSERT_TRUE(HearOne(event).ok());
  EXPECT_EQ(kept(), 0);
  EXPECT_EQ(Database().Count("orders"), 4) << "a repeat has no second effect all the same";
}

// A write finds whose a row is, and waits for that customer's lock. When a split had it, the lock is another
// customer's by then, and so is the row.
TEST_F(MergesTest, AWriteThatWaitedForASplitChangesNobodyElsesRow) {
  const KnownCustomer a = AddCustomer(), b = AddCustomer(), c = AddCustomer();
  for (const KnownCustomer& customer : {a, b, c}) {
    ASSERT_TRUE(CreateOrder(OrderFor(NameOf("customers", customer.id))).ok());
  }
  const std::string name = NameOf("customers", b.id);
  const auto deal = CreateOpportunity(OpportunityFor(name));
  const auto order = CreateOrder(OrderFor(name));
  v1::CreateFollowUpRequest remind;
  remind.mutable_follow_up()->set_customer(name);
  remind.mutable_follow_up()->set_why("call");
  *remind.mutable_follow_up()->mutable_due_time() = servicekit::ToProto(now());
  const auto follow_up = CreateFollowUp(remind);
  ASSERT_TRUE(deal.ok() && order.ok() && follow_up.ok());
  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(deal->name());
  // Its opening is a move of the journey, which must not be lost.
  *update.mutable_opportunity()->mutable_open_time() = servicekit::ToProto(now() - absl::Hours(100));
  v1::CreatePaymentRequest pay;
  pay.set_parent(order->name());
  *pay.mutable_payment()->mutable_amount() = Dollars("5");
  v1::CompleteFollowUpRequest complete;
  complete.set_name(follow_up->name());
  v1::CreateReferralRequest refer;
  refer.mutable_referral()->set_referrer(NameOf("customers", c.id));
  refer.mutable_referral()->set_opportunity(deal->name());
  refer.mutable_referral()->set_influence_percent(10);
  const std::vector<std::function<absl::Status()>> writes = {
      [&] { return UpdateOpportunity(update).status(); }, [&] { return CreatePayment(pay).status(); },
      [&] { return CompleteFollowUp(complete).status(); }, [&] { return CreateReferral(refer).status(); }};

  const Id merge = Id::New(now());
  ASSERT_TRUE(HearOne(Merged(merge, a.id, b.id)).ok());
  std::vector<absl::Status> statuses(writes.size());
  std::vector<std::thread> threads;
  const absl::Status split = servicekit::RunTransaction(
      Database().pool(), absl::Now() + absl::Seconds(20), [&](Transaction& tx) -> absl::Status {
        type::v1::ReadFeedResponse batch;
        *batch.add_entries() = Entry(Split(merge, a.id, b.id));
        const absl::Status applied = ApplyCustomerFeed(environment_, tx, batch);
        if (!applied.ok() || !threads.empty()) return applied;
        for (size_t i = 0; i < writes.size(); ++i) {
          threads.emplace_back([&, i] { statuses[i] = writes[i](); });
        }
        EXPECT_TRUE(ComeToWait(static_cast<int64_t>(writes.size())));
        return applied;
      });
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(split.ok()) << split;
  for (const absl::Status& status : statuses) {
    EXPECT_TRUE(absl::IsAborted(status)) << status;
    EXPECT_EQ(servicekit::GetReason(status), "JOURNEY_CHANGED");
  }
  // Tried again, each finds whose it is.
  for (const auto& write : writes) EXPECT_TRUE(write().ok());
  v1::ListTransitionsRequest list;
  list.set_parent(name);
  EXPECT_EQ(ListTransitions(list)->transitions(0).to_stage(), type::v1::OPPORTUNITY);
  EXPECT_EQ(ListReferrals({})->referrals(0).referred(), name);
}

TEST_F(MergesTest, AReferralThatIsCheckedForCyclesKeepsMergesWaiting) {
  const KnownCustomer a = AddCustomer(), b = AddCustomer();
  for (const KnownCustomer& customer : {a, b}) {
    ASSERT_TRUE(CreateOrder(OrderFor(NameOf("customers", customer.id))).ok());
  }
  std::vector<std::thread> threads;
  absl::Status merged;
  const absl::Status checked = servicekit::RunTransaction(
      Database().pool(), absl::Now() + absl::Seconds(20), [&](Transaction& tx) -> absl::Status {
        const absl::Status locked = ReferralStore::Lock(tx);
        if (!locked.ok() || !threads.empty()) return locked;
        threads.emplace_back([&] { merged = HearOne(Merged(Id::New(now()), a.id, b.id)); });
        EXPECT_TRUE(ComeToWait(1));
        return locked;
      });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(checked.ok() && merged.ok()) << checked << merged;
  EXPECT_EQ(ListJourneys({})->journeys_size(), 1);
}

// What was written while a customer counted as another is recorded under that one's name; an erasure finds it
// there, before and after the split.
TEST_F(MergesTest, ErasureFindsWhatIsRecordedUnderASurvivorsName) {
  for (const bool split : {false, true}) {
    Database().Clear();
    const KnownCustomer a = AddCustomer(), b = AddCustomer();
    for (const KnownCustomer& customer : {a, b}) {
      ASSERT_TRUE(CreateOrder(OrderFor(NameOf("customers", customer.id))).ok());
    }
    const Id merge = Id::New(now());
    ASSERT_TRUE(HearOne(Merged(merge, a.id, b.id)).ok());
    const auto write = [&](const KnownCustomer& customer, const std::string& text) {
      // Looks like a name at first sight.
      const std::string tricky = NameOf("orders", Id::New(now())) + " of " + text;
      auto open = OpportunityFor(NameOf("customers", customer.id));
      open.mutable_opportunity()->set_display_name(tricky);
      const auto deal = CreateOpportunity(open);
      ASSERT_TRUE(deal.ok()) << deal.status();
      v1::WinOpportunityRequest win;
      win.set_name(deal->name());
      ASSERT_TRUE(WinOpportunity(win).ok());
      auto order = OrderFor(NameOf("customers", customer.id));
      order.mutable_order()->mutable_lines(0)->set_description(text);
      const auto ordered = CreateOrder(order);
      ASSERT_TRUE(ordered.ok()) << ordered.status();
      v1::CancelOrderRequest cancel;
      cancel.set_name(ordered->name());
      cancel.set_reason(text);
      ASSERT_TRUE(CancelOrder(cancel).ok());
      v1::CreateFollowUpRequest remind;
      remind.mutable_follow_up()->set_customer(NameOf("customers", customer.id));
      remind.mutable_follow_up()->set_why(text);
      *remind.mutable_follow_up()->mutable_due_time() = servicekit::ToProto(now());
      ASSERT_TRUE(CreateFollowUp(remind).ok());
      const auto lost = To(NameOf("customers", customer.id), type::v1::LOST, text);
      ASSERT_TRUE(TransitionJourney(lost).ok());
      ASSERT_TRUE(TransitionJourney(To(NameOf("customers", customer.id), type::v1::DORMANT, text)).ok());
    };
    ASSERT_NO_FATAL_FAILURE(write(a, "Lee Mongryong"));
    clock_.Advance(absl::Hours(1));
    ASSERT_NO_FATAL_FAILURE(write(b, "Hong Gildong"));
    if (split) {
      ASSERT_TRUE(HearOne(Split(merge, a.id, b.id)).ok());
    }
    const auto count = [&](const std::string& column, const std::string& text) {
      const std::string table = column == "changes"   ? "history"
                                : column == "payload" ? "feed"
                                                      : "order_lines";
      return Database().Count(table + " WHERE " + column + " LIKE '%" + text + "%'");
    };
    const auto kept = [&](const std::string& column) { return count(column, "Mongryong"); };
    std::map<std::string, int64_t> before;
    for (const std::string column : {"changes", "payload", "description"}) {
      before[column] = kept(column);
      EXPECT_EQ(count(column, "Gildong"), before[column]);
      EXPECT_GT(before[column], 1);
    }
    customer::v1::CustomerErased event;
    event.set_customer(NameOf("customers", b.id));
    ASSERT_TRUE(HearOne(event).ok());
    for (const auto& [column, number] : before) {
      EXPECT_EQ(count(column, "Gildong"), 0) << column << " split: " << split;
      EXPECT_EQ(kept(column), number) << column << " split: " << split;
    }
    EXPECT_FALSE(FeedTypes().empty());
  }
}

TEST_F(MergesTest, EveryListIsFilteredByAMergedCustomersName) {
  const KnownCustomer a = AddCustomer(), b = AddCustomer();
  const std::string name = NameOf("customers", b.id);
  const auto deal = CreateOpportunity(OpportunityFor(name));
  ASSERT_TRUE(CreateOrder(OrderFor(NameOf("customers", a.id))).ok());
  v1::CreateFollowUpRequest remind;
  remind.mutable_follow_up()->set_customer(name);
  remind.mutable_follow_up()->set_why("call");
  *remind.mutable_follow_up()->mutable_due_time() = servicekit::ToProto(now());
  ASSERT_TRUE(CreateFollowUp(remind).ok());
  v1::CreateServiceProjectRequest project;
  project.mutable_service_project()->set_customer(name);
  project.mutable_service_project()->set_delivery_model(v1::GENERAL);
  ASSERT_TRUE(CreateServiceProject(project).ok());
  v1::CreateReferralRequest refer;
  refer.mutable_referral()->set_referrer(AddCustomerName());
  refer.mutable_referral()->set_opportunity(deal->name());
  refer.mutable_referral()->set_influence_percent(10);
  ASSERT_TRUE(CreateReferral(refer).ok());
  ASSERT_TRUE(HearOne(Merged(Id::New(now()), a.id, b.id)).ok());
  const auto by_name = [&]<typename Request>(Request request, const std::string& field = "customer") {
    request.set_filter(field + " = \"" + name + "\"");
    return request;
  };
  EXPECT_EQ(ListFollowUps(by_name(v1::ListFollowUpsRequest()))->follow_ups_size(), 1);
  EXPECT_EQ(SummarizeFollowUps(by_name(v1::SummarizeFollowUpsRequest()))->rows_size(), 1);
  EXPECT_EQ(ListServiceProjects(by_name(v1::ListServiceProjectsRequest()))->service_projects_size(), 1);
  auto tasks = by_name(v1::ListServiceTasksRequest());
  tasks.set_parent("serviceProjects/-");
  EXPECT_GT(ListServiceTasks(tasks)->service_tasks_size(), 0);
  EXPECT_EQ(ListReferrals(by_name(v1::ListReferralsRequest(), "referred"))->referrals_size(), 1);
}

}  // namespace
}  // namespace clientele::lifecycle
