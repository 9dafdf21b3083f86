#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lifecycle-svc/store/funnel_store.h"
#include "lifecycle-svc/store/journey_store.h"
#include "lifecycle-svc/store/order_store.h"
#include "servicekit/testing/scratch_database.h"

namespace clientele::lifecycle {
namespace {

const absl::Time kNow = absl::FromUnixMicros(1'700'000'000'123'456);

class LifecycleStoreTest : public ::testing::Test {
 protected:
  absl::Status Run(absl::FunctionRef<absl::Status(Transaction&)> body) {
    return servicekit::RunTransaction(database_.pool(), absl::Now() + absl::Seconds(20), body);
  }
  KnownCustomer Customer() {
    KnownCustomer customer;
    customer.id = Id::New(kNow);
    customer.version = 3;
    customer.industry = "software";
    EXPECT_TRUE(Run([&](Transaction& tx) { return JourneyStore::InsertMissing(tx, {customer}); }).ok());
    return customer;
  }
  int64_t CountIn(const std::string& industry) {
    int64_t count = 0;
    EXPECT_TRUE(Run([&](Transaction& tx) {
                  const auto cells = FunnelStore::Count(tx, std::nullopt, false, Sql("(1 = 1)"),
                                                        Sql(" AND j.industry = ?", {industry}));
                  for (const FunnelCell& cell : *cells) count += cell.customers;
                  return cells.status();
                }).ok());
    return count;
  }

  servicekit::ScratchDatabase database_{{"lifecycle-svc/migrations"}};
};

TEST_F(LifecycleStoreTest, AMoveIsReadBackAsItWasWritten) {
  StoredMove stored;
  stored.move.id = Id::New(kNow);
  stored.move.customer = Customer().id;
  stored.move.stage = Stage::kLead;
  stored.move.reason = "전시회에서 만남 🤝'; DROP TABLE moves; --";
  stored.move.actor = "representatives/x";
  stored.move.external_id = ExternalId{"crm", "Ä-1"};
  stored.move.event_time = kNow;
  stored.move.create_time = kNow;
  stored.step.direction = Direction::kAdvance;
  stored.step.from = Stage::kTarget;
  stored.step.to = Stage::kLead;
  stored.step.until = kForever;
  stored.step.stay_begin = kNow - absl::Hours(3);
  stored.step.handed_to = Department::kSales;
  stored.move.representative = Id::New(kNow);
  stored.move.overridden = {"open_opportunity", "need_with_budget"};
  ASSERT_TRUE(Run([&](Transaction& tx) { return JourneyStore::InsertMoves(tx, {stored}); }).ok());
  ASSERT_TRUE(Run([&](Transaction& tx) {
                const auto found = JourneyStore::GetMoves(tx, {stored.move.customer});
                if (!found.ok()) return found.status();
                EXPECT_EQ(found->size(), 1u);
                const Move& move = found->front().move;
                EXPECT_EQ(move.reason, stored.move.reason);
                EXPECT_EQ(move.external_id, stored.move.external_id);
                EXPECT_EQ(move.event_time, kNow);
                EXPECT_EQ(move.representative, stored.move.representative);
                EXPECT_EQ(move.overridden, stored.move.overridden);
                EXPECT_EQ(found->front().step, stored.step);
                EXPECT_TRUE(move.cause.is_nil());
                EXPECT_EQ(found->front().step, stored.step);
                const auto other_case = JourneyStore::FindMoves(tx, {{"crm", "ä-1"}});
                EXPECT_TRUE(other_case.ok() && other_case->empty());
                return absl::OkStatus();
              }).ok());
}

TEST_F(LifecycleStoreTest, OlderNewsOfACustomerIsIgnored) {
  KnownCustomer customer = Customer();
  customer.industry = "older";
  customer.version = 2;
  ASSERT_TRUE(Run([&](Transaction& tx) { return JourneyStore::UpdateCustomer(tx, customer); }).ok());
  EXPECT_EQ(CountIn("software"), 1);
  customer.industry = "newer";
  customer.version = 4;
  ASSERT_TRUE(Run([&](Transaction& tx) { return JourneyStore::UpdateCustomer(tx, customer); }).ok());
  EXPECT_EQ(CountIn("newer"), 1);
  ASSERT_TRUE(Run([&](Transaction& tx) {
                return JourneyStore::InsertMissing(tx, {Customer(), customer});
              }).ok());
  EXPECT_EQ(CountIn("newer"), 1);
}

TEST_F(LifecycleStoreTest, SumsMayExceedWhatOneAmountHolds) {
  const Id customer = Customer().id;
  std::vector<Order> orders(3);
  for (Order& order : orders) {
    order.id = Id::New(kNow);
    order.customer = customer;
    order.order_time = order.create_time = kNow;
    order.currency = "KRW";
    order.rate = *Decimal::Parse("0.000735");
    order.total = *Decimal::Parse("99999999999999.999999");
    order.lines = {{std::nullopt, "", 1, order.total, {}}};
  }
  ASSERT_TRUE(Run([&](Transaction& tx) { return OrderStore::Insert(tx, orders); }).ok());
  ASSERT_TRUE(Run([&](Transaction& tx) {
                const auto summary = OrderStore::Summarize(tx, Sql("(1 = 1)"), Sql());
                if (!summary.ok()) return summary.status();
                EXPECT_EQ(summary->order_count, 3);
                EXPECT_EQ(summary->customer_count, 1);
                EXPECT_EQ(summary->totals.size(), 1u);
                EXPECT_EQ(summary->totals.front().amount.ToString(), "299999999999999.999997");
                return absl::OkStatus();
              }).ok());
}

}  // namespace
}  // namespace clientele::lifecycle
