#ifndef CUSTOMER_SVC_RPC_TIMELINE_SERVICE_H_
#define CUSTOMER_SVC_RPC_TIMELINE_SERVICE_H_

#include "clientele/customer/v1/timeline_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// TimelineService of the contract.
class TimelineService final : public v1::TimelineService::CallbackService {
 public:
  explicit TimelineService(Backend backend);
  ~TimelineService() override;

  CLIENTELE_RPC(ListTimeline, ListTimelineResponse)

 private:
  Backend backend_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_TIMELINE_SERVICE_H_
