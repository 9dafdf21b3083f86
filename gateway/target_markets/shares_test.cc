#include "gateway/target_markets/shares.h"

#include <gtest/gtest.h>

namespace clientele::gateway {
namespace {

using Row = v1::TargetMarketRow;

TEST(Shares, ReachIsOfAllCustomersOfTheRow) {
  lifecycle::v1::QueryFunnelResponse funnel;
  funnel.set_customer_count(8);
  funnel.set_lost_count(2);
  for (const auto& [stage, reached] :
       {std::pair(type::v1::TARGET, 8), std::pair(type::v1::LEAD, 6), std::pair(type::v1::OPPORTUNITY, 1)}) {
    auto* row = funnel.add_stages();
    row->set_stage(stage);
    row->set_reached_count(reached);
  }
  const Row::Stages stages = ToStages(funnel);
  ASSERT_EQ(stages.reached_size(), 3);
  EXPECT_DOUBLE_EQ(stages.reached(0).share(), 1);
  EXPECT_DOUBLE_EQ(stages.reached(1).share(), 0.75);
  EXPECT_DOUBLE_EQ(stages.reached(2).share(), 0.125);
  EXPECT_EQ(stages.reached(1).stage(), type::v1::LEAD);
  EXPECT_EQ(stages.lost_count(), 2);
  EXPECT_EQ(ToStages({}).customer_count(), 0);
}

TEST(Shares, WorkCountsEachRepresentativeOnce) {
  lifecycle::v1::QueryDepartmentsResponse departments;
  const auto add = [&](type::v1::Department department, const char* representative, int moves) {
    auto* row = departments.add_rows();
    row->set_department(department);
    row->set_representative(representative);
    row->set_transition_count(moves);
  };
  add(type::v1::MARKETING, "representatives/a", 3);
  add(type::v1::SALES, "", 10);  // Imported: nobody's work.
  add(type::v1::SALES, "representatives/a", 1);
  add(type::v1::SALES, "representatives/b", 2);
  add(type::v1::SERVICE, "representatives/c", 0);
  const Row::Work work = ToWork(departments);
  EXPECT_EQ(work.representative_count(), 2);
  EXPECT_EQ(work.transition_count(), 16);
  EXPECT_DOUBLE_EQ(work.transitions_per_representative(), 3);
  ASSERT_EQ(work.departments_size(), 2);
  EXPECT_EQ(work.departments(0).department(), type::v1::MARKETING);
  EXPECT_EQ(work.departments(0).transition_count(), 3);
  EXPECT_EQ(work.departments(1).transition_count(), 13);
  EXPECT_EQ(work.departments(1).representative_count(), 2);
}

TEST(Shares, LoadIsOfThoseWhoHaveOpenOpportunities) {
  lifecycle::v1::QueryVelocityResponse velocity;
  const auto add = [&](const char* owner, int open) {
    auto* row = velocity.add_rows();
    row->set_group(owner);
    row->set_open_count(open);
    row->set_won_count(7);
  };
  add("", 4);
  add("representatives/a", 5);
  add("representatives/b", 2);
  add("representatives/c", 0);
  const Row::Pipeline pipeline = ToPipeline(velocity);
  EXPECT_EQ(pipeline.open_opportunity_count(), 11);
  EXPECT_EQ(pipeline.representative_count(), 2);
  EXPECT_DOUBLE_EQ(pipeline.opportunities_per_representative(), 3.5);
}

TEST(Shares, SpendingIsOverAllActions) {
  value::v1::QuerySpendingResponse answer;
  for (const int actions : {1, 2}) {
    answer.add_rows()->set_action_count(actions);
    answer.mutable_rows(actions - 1)->set_treated_count(10 * actions);
  }
  answer.mutable_cost()->set_units(500);
  Row all, row;
  *row.mutable_spending() = ToSpending(answer);
  EXPECT_EQ(row.spending().action_count(), 3);
  EXPECT_EQ(row.spending().treated_count(), 30);
  all.mutable_spending()->mutable_cost()->set_units(2000);
  SetShares(all, &row);
  EXPECT_DOUBLE_EQ(row.spending().cost_share(), 0.25);
}

TEST(Shares, AreOfTheRowOfAllAndLeftOutWhereThereIsNothingToCompareWith) {
  Row all, row;
  all.mutable_stages()->set_customer_count(40);
  all.mutable_work()->set_transition_count(0);
  all.mutable_value()->mutable_revenue()->set_units(1000);
  all.mutable_value()->mutable_profit()->set_units(-5);
  row.mutable_stages()->set_customer_count(10);
  row.mutable_work();
  row.mutable_pipeline()->set_open_opportunity_count(3);
  row.mutable_value()->mutable_revenue()->set_units(250);
  row.mutable_value()->mutable_revenue()->set_nanos(500'000'000);
  SetShares(all, &row);
  EXPECT_DOUBLE_EQ(row.stages().customer_share(), 0.25);
  EXPECT_DOUBLE_EQ(row.value().revenue_share(), 0.2505);
  EXPECT_FALSE(row.work().has_transition_share());
  EXPECT_FALSE(row.pipeline().has_open_opportunity_share());
  EXPECT_FALSE(row.value().has_profit_share());
  Row empty;
  SetShares(all, &empty);
  EXPECT_EQ(empty.ByteSizeLong(), 0u) << "what is missing stays missing";
}

}  // namespace
}  // namespace clientele::gateway
