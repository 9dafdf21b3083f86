// What is done with few statements, however many rows there are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "customer-svc/store/customer_store.h"
#include "customer-svc/store/search_store.h"
#include "customer-svc/store/target_market_store.h"
#include "servicekit/testing/scratch_database.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Principal;
using servicekit::Sql;
using servicekit::Transaction;

const absl::Time kNow = absl::FromUnixMicros(1'700'000'000'123'456);
const Principal kAdministrator{.subject = "admin", .role = servicekit::Role::kAdministrator};

class StatementCountTest : public ::testing::Test {
 protected:
  void SetUp() override { Database().Clear(); }

  static servicekit::ScratchDatabase& Database() {
    static servicekit::ScratchDatabase database({"customer-svc/migrations"});
    return database;
  }
  static absl::Status Do(absl::FunctionRef<absl::Status(Transaction&)> body) {
    return RunTransaction(Database().pool(), absl::Now() + absl::Seconds(60), body);
  }
  static Customer Make(const std::string& name) {
    return {.id = Id::New(kNow),
            .display_name = name,
            .type = CustomerType::kOrganization,
            .version = 1,
            .create_time = kNow,
            .update_time = kNow};
  }
  // How many statements this connection has executed.
  static int64_t Executed(Transaction& tx) {
    const auto count = tx.QueryOne(Sql("SELECT CAST(variable_value AS SIGNED) FROM"
                                       " information_schema.session_status WHERE variable_name ="
                                       " 'COM_STMT_EXECUTE'"),
                                   [](const servicekit::Row& row) { return row.Int64(0); });
    EXPECT_TRUE(count.ok()) << count.status();
    return count.value_or(0);
  }
};

// Names that have the query's only pair of characters, but not the query.
TEST_F(StatementCountTest, SearchLooksAtManyCandidatesAtOnce) {
  const absl::Status status = Do([](Transaction& tx) {
    std::vector<Customer> customers;
    for (int i = 0; i < 1200; ++i) customers.push_back(Make("xaab"));
    customers[700].display_name = "xaaaaaa";
    const absl::Status inserted = CustomerStore().Insert(tx, customers);
    if (!inserted.ok()) return inserted;
    const int64_t before = Executed(tx);
    const auto found = SearchStore().Find(tx, kAdministrator, "aaaaaa", std::nullopt, 2);
    const int64_t statements = Executed(tx) - before;
    if (!found.ok()) return found.status();
    EXPECT_EQ(found->size(), 1u);
    EXPECT_GT(statements, 2);
    EXPECT_LT(statements, 12);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(StatementCountTest, MoreCustomersThanAStatementTakesFindTheirMarkets) {
  const absl::Status status = Do([](Transaction& tx) {
    const TargetMarket market{.id = Id::New(kNow),
                              .display_name = "소매",
                              .filter = "industry = \"retail\"",
                              .version = 1,
                              .create_time = kNow,
                              .update_time = kNow};
    absl::Status made = TargetMarketStore().Insert(tx, market);
    std::vector<Customer> two = {Make("a"), Make("b")};
    two[1].industry = "retail";
    if (made.ok()) made = CustomerStore().Insert(tx, two);
    if (!made.ok()) return made;
    std::vector<Id> ids;
    while (ids.size() < 70'000) ids.push_back(Id::New(kNow));
    ids.front() = two[0].id;
    ids.back() = two[1].id;
    const auto placed = TargetMarketStore().Place(tx, ids);
    if (!placed.ok()) return placed.status();
    EXPECT_EQ(placed->size(), 1u);
    EXPECT_TRUE(placed->contains(two[1].id));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace clientele::customer
