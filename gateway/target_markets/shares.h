#ifndef GATEWAY_TARGET_MARKETS_SHARES_H_
#define GATEWAY_TARGET_MARKETS_SHARES_H_

#include "clientele/gateway/v1/target_market_overview_service.pb.h"
#include "clientele/lifecycle/v1/department_service.pb.h"
#include "clientele/lifecycle/v1/funnel_service.pb.h"
#include "clientele/value/v1/action_service.pb.h"
#include "clientele/value/v1/score_service.pb.h"

// What the services answered as the parts of a row, and rows compared with each other: plain functions.
namespace clientele::gateway {

v1::TargetMarketRow::Stages ToStages(const lifecycle::v1::QueryFunnelResponse& funnel);
// Of moves grouped by representative.
v1::TargetMarketRow::Work ToWork(const lifecycle::v1::QueryDepartmentsResponse& departments);
// Of opportunities grouped by owner.
v1::TargetMarketRow::Pipeline ToPipeline(const lifecycle::v1::QueryVelocityResponse& velocity);
v1::TargetMarketRow::Spending ToSpending(const value::v1::QuerySpendingResponse& spending);
v1::TargetMarketRow::Value ToValue(const value::v1::QueryPyramidResponse& pyramid);

// Sets the shares of `row`, as far as both rows have the figures.
void SetShares(const v1::TargetMarketRow& all, v1::TargetMarketRow* row);

}  // namespace clientele::gateway

#endif  // GATEWAY_TARGET_MARKETS_SHARES_H_
