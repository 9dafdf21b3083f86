#ifndef LIFECYCLE_SVC_RPC_JOURNEY_RPC_H_
#define LIFECYCLE_SVC_RPC_JOURNEY_RPC_H_

#include "clientele/lifecycle/v1/journey_service.grpc.pb.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/rpc/calls.h"

namespace clientele::lifecycle {

class JourneyRpc final : public v1::JourneyService::CallbackService {
 public:
  explicit JourneyRpc(Backend backend);
  ~JourneyRpc() override;

  CLIENTELE_RPC(GetJourney, Journey)
  CLIENTELE_RPC(ListJourneys, ListJourneysResponse)
  CLIENTELE_RPC(CheckTransition, TransitionCheck)
  CLIENTELE_RPC(BatchCheckTransitions, BatchCheckTransitionsResponse)
  CLIENTELE_WRITE(TransitionJourney, Journey)
  CLIENTELE_RPC(ListTransitions, ListTransitionsResponse)

 private:
  const Backend backend_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_JOURNEY_RPC_H_
