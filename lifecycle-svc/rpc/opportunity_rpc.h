#ifndef LIFECYCLE_SVC_RPC_OPPORTUNITY_RPC_H_
#define LIFECYCLE_SVC_RPC_OPPORTUNITY_RPC_H_

#include "clientele/lifecycle/v1/opportunity_service.grpc.pb.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/rpc/calls.h"

namespace clientele::lifecycle {

class OpportunityRpc final : public v1::OpportunityService::CallbackService {
 public:
  explicit OpportunityRpc(Backend backend);
  ~OpportunityRpc() override;

  CLIENTELE_WRITE(CreateOpportunity, Opportunity)
  CLIENTELE_RPC(GetOpportunity, Opportunity)
  CLIENTELE_RPC(ListOpportunities, ListOpportunitiesResponse)
  CLIENTELE_WRITE(UpdateOpportunity, Opportunity)
  CLIENTELE_WRITE(WinOpportunity, Opportunity)
  CLIENTELE_WRITE(LoseOpportunity, Opportunity)
  CLIENTELE_RPC(ListOpportunitySteps, ListOpportunityStepsResponse)
  CLIENTELE_RPC(SummarizeOpportunities, SummarizeOpportunitiesResponse)
  CLIENTELE_RPC(SummarizeCompetitors, SummarizeCompetitorsResponse)
  CLIENTELE_RPC(ListSalesSteps, ListSalesStepsResponse)
  CLIENTELE_WRITE(UpdateSalesStep, SalesStep)

 private:
  const Backend backend_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_OPPORTUNITY_RPC_H_
