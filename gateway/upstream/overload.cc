#include "gateway/upstream/overload.h"

#include "servicekit/rpc/status.h"
#include "servicekit/types/error.h"

namespace clientele::gateway {

absl::Status TooBusy(const char* reason) {
  return servicekit::WithRetryDelay(
      servicekit::WithReason(absl::ResourceExhaustedError("too many calls at once; try again soon"), reason),
      absl::Seconds(1));
}

bool TellsOfOverload(const grpc::Status& status, absl::Duration allowed) {
  constexpr absl::Duration kUsualTime = absl::Seconds(1);
  return status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED && allowed >= kUsualTime &&
         servicekit::GetRetryDelay(servicekit::FromGrpcStatus(status)).has_value();
}

}  // namespace clientele::gateway
