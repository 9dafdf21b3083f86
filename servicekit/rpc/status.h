#ifndef SERVICEKIT_RPC_STATUS_H_
#define SERVICEKIT_RPC_STATUS_H_

#include <string_view>

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

// Where absl::Status becomes google.rpc.Status and back (AIP-193), and nowhere else.
namespace servicekit {

// With exactly one ErrorInfo (domain `clientele`; reason from WithReason, else the code's name), BadRequest
// for field violations, PreconditionFailure, RetryInfo; and RequestInfo with the trace id for what the caller
// cannot repair. The texts of INTERNAL and UNKNOWN are replaced, since they may tell of the inside: log them
// first. Long lists are cut, because the details travel in a header that clients limit to 8 KiB.
grpc::Status ToGrpcStatus(const absl::Status& status, std::string_view trace_id = {});

// Everything that ToGrpcStatus put in, so that a service passes on what another one answered.
absl::Status FromGrpcStatus(const grpc::Status& status);

// `INVALID_ARGUMENT`.
std::string_view CodeName(int code);

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_STATUS_H_
