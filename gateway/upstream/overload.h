#ifndef GATEWAY_UPSTREAM_OVERLOAD_H_
#define GATEWAY_UPSTREAM_OVERLOAD_H_

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace clientele::gateway {

// RESOURCE_EXHAUSTED with google.rpc.RetryInfo and `reason` in google.rpc.ErrorInfo: refused for want of
// room.
absl::Status TooBusy(const char* reason);

// Whether a service's answer to a call that was allowed to take `allowed` says that the service has too much
// to do. A request that is too large does not, nor what is refused since its caller hardly waits: by very
// short times of its own, one caller would make the others' places fewer.
bool TellsOfOverload(const grpc::Status& status, absl::Duration allowed);

}  // namespace clientele::gateway

#endif  // GATEWAY_UPSTREAM_OVERLOAD_H_
