#include "gateway/target_markets/shares.h"

#include <map>
#include <set>
#include <string>

namespace clientele::gateway {
namespace {

using Row = v1::TargetMarketRow;

double Ratio(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

double Amount(const google::type::Money& money) {
  return static_cast<double>(money.units()) + static_cast<double>(money.nanos()) / 1e9;
}

}  // namespace

Row::Stages ToStages(const lifecycle::v1::QueryFunnelResponse& funnel) {
  Row::Stages stages;
  for (const auto& stage : funnel.stages()) {
    Row::Reach* reach = stages.add_reached();
    reach->set_stage(stage.stage());
    reach->set_customer_count(stage.reached_count());
    reach->set_share(Ratio(stage.reached_count(), funnel.customer_count()));
  }
  stages.set_customer_count(funnel.customer_count());
  stages.set_lost_count(funnel.lost_count());
  stages.set_dormant_count(funnel.dormant_count());
  return stages;
}

Row::Work ToWork(const lifecycle::v1::QueryDepartmentsResponse& departments) {
  Row::Work work;
  std::set<std::string> representatives;
  std::map<int, Row::DepartmentWork> by_department;
  std::map<int, std::set<std::string>> representatives_of;
  int64_t by_representatives = 0;
  for (const auto& row : departments.rows()) {
    if (row.transition_count() == 0) continue;
    work.set_transition_count(work.transition_count() + row.transition_count());
    Row::DepartmentWork& department = by_department[row.department()];
    department.set_department(row.department());
    department.set_transition_count(department.transition_count() + row.transition_count());
    if (row.representative().empty()) continue;
    by_representatives += row.transition_count();
    representatives.insert(row.representative());
    representatives_of[row.department()].insert(row.representative());
  }
  for (auto& [department, done] : by_department) {
    done.set_representative_count(static_cast<int64_t>(representatives_of[department].size()));
    work.add_departments()->Swap(&done);
  }
  work.set_representative_count(static_cast<int64_t>(representatives.size()));
  work.set_transitions_per_representative(Ratio(by_representatives, work.representative_count()));
  return work;
}

Row::Pipeline ToPipeline(const lifecycle::v1::QueryVelocityResponse& velocity) {
  Row::Pipeline pipeline;
  int64_t of_representatives = 0;
  for (const auto& row : velocity.rows()) {
    pipeline.set_open_opportunity_count(pipeline.open_opportunity_count() + row.open_count());
    if (row.group().empty() || row.open_count() == 0) continue;
    of_representatives += row.open_count();
    pipeline.set_representative_count(pipeline.representative_count() + 1);
  }
  pipeline.set_opportunities_per_representative(Ratio(of_representatives, pipeline.representative_count()));
  return pipeline;
}

Row::Spending ToSpending(const value::v1::QuerySpendingResponse& answer) {
  Row::Spending spending;
  for (const auto& row : answer.rows()) {
    spending.set_action_count(spending.action_count() + row.action_count());
    spending.set_treated_count(spending.treated_count() + row.treated_count());
  }
  *spending.mutable_cost() = answer.cost();
  return spending;
}

Row::Value ToValue(const value::v1::QueryPyramidResponse& pyramid) {
  Row::Value value;
  value.set_customer_count(pyramid.customer_count());
  *value.mutable_revenue() = pyramid.revenue();
  *value.mutable_profit() = pyramid.profit();
  *value.mutable_value_at_risk() = pyramid.value_at_risk();
  return value;
}

void SetShares(const Row& all, Row* row) {
  if (row->has_stages() && all.stages().customer_count() > 0) {
    row->mutable_stages()->set_customer_share(
        Ratio(row->stages().customer_count(), all.stages().customer_count()));
  }
  if (row->has_work() && all.work().transition_count() > 0) {
    row->mutable_work()->set_transition_share(
        Ratio(row->work().transition_count(), all.work().transition_count()));
  }
  if (row->has_pipeline() && all.pipeline().open_opportunity_count() > 0) {
    row->mutable_pipeline()->set_open_opportunity_share(
        Ratio(row->pipeline().open_opportunity_count(), all.pipeline().open_opportunity_count()));
  }
  if (const double cost = Amount(all.spending().cost()); row->has_spending() && cost > 0) {
    row->mutable_spending()->set_cost_share(Amount(row->spending().cost()) / cost);
  }
  if (!row->has_value()) return;
  if (const double revenue = Amount(all.value().revenue()); revenue > 0) {
    row->mutable_value()->set_revenue_share(Amount(row->value().revenue()) / revenue);
  }
  if (const double profit = Amount(all.value().profit()); profit > 0) {
    row->mutable_value()->set_profit_share(Amount(row->value().profit()) / profit);
  }
}

}  // namespace clientele::gateway
