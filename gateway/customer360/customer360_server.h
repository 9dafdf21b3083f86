#ifndef GATEWAY_CUSTOMER360_CUSTOMER360_SERVER_H_
#define GATEWAY_CUSTOMER360_CUSTOMER360_SERVER_H_

#include "absl/time/time.h"
#include "clientele/gateway/v1/customer360_service.grpc.pb.h"
#include "gateway/upstream/upstreams.h"

namespace clientele::gateway {

// GetCustomer360: asks every part's service at the same time, and answers with what came in time.
class Customer360Server final : public v1::Customer360Service::CallbackService {
 public:
  // `patience` bounds the wait for each part, so that one service that hangs delays the picture and does not
  // prevent it. A part that depends on another one waits for both.
  explicit Customer360Server(Upstreams& upstreams, absl::Duration patience = absl::Seconds(3))
      : upstreams_(upstreams), patience_(patience) {}

  grpc::ServerUnaryReactor* GetCustomer360(grpc::CallbackServerContext* context,
                                           const v1::GetCustomer360Request* request,
                                           v1::Customer360* response) override;

 private:
  Upstreams& upstreams_;
  const absl::Duration patience_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_CUSTOMER360_CUSTOMER360_SERVER_H_
