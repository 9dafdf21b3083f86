#include "servicekit/rpc/call_context.h"

#include <grpcpp/client_context.h>

#include "servicekit/telemetry/trace.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {

std::unique_ptr<grpc::ClientContext> OutgoingContext(const CallContext& call) {
  auto context = std::make_unique<grpc::ClientContext>();
  if (call.deadline != absl::InfiniteFuture()) context->set_deadline(absl::ToChronoTime(call.deadline));
  if (!call.token.empty()) context->AddMetadata("authorization", StrCat("Bearer ", call.token));
  if (!call.traceparent.empty()) context->AddMetadata("traceparent", call.traceparent);
  return context;
}

}  // namespace servicekit
