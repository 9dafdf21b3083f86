#ifndef SERVICEKIT_RPC_SERVE_H_
#define SERVICEKIT_RPC_SERVE_H_

#include <functional>
#include <memory>
#include <utility>

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "servicekit/rpc/call_context.h"

namespace servicekit {

class Executor;  // executor.h: worker pool, token verifier, metrics, log: what every call of a server shares.

// Handlers are plain functions that may block: `absl::StatusOr<Response> Handle(const CallContext&, const Request&)`.
// gRPC's callback threads must not, so each call is handed to the executor's bounded pool of workers. A call that would
// wait past its deadline, or that finds the queue full, is refused at once (RESOURCE_EXHAUSTED with RetryInfo); one that
// was cancelled while it waited is dropped. Exceptions end here as INTERNAL; statuses become google.rpc.Status.
//
//   grpc::ServerUnaryReactor* GetCustomer(grpc::CallbackServerContext* context, const v1::GetCustomerRequest* request,
//                                         v1::Customer* response) override {
//     return servicekit::Serve(executor_, context, request, response,
//                              [this](const CallContext& call, const v1::GetCustomerRequest& r) { return Get(call, r); });
//   }
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* Serve(Executor& executor, grpc::CallbackServerContext* context, const Request* request,
                                Response* response, Handler handler);

// A bidirectional stream in which each request message is answered by one response message, in order: streaming imports.
// One message is in work at a time, so a slow database slows the sender (flow control), not the server's memory.
template <typename Request, typename Response>
grpc::ServerBidiReactor<Request, Response>* ServeEach(
    Executor& executor, grpc::CallbackServerContext* context,
    std::function<absl::StatusOr<Response>(const CallContext&, const Request&)> handler);

// A server stream whose messages are produced by `next`, called again after each message was written. nullopt ends the
// stream. Each call of `next` occupies a worker only while it runs.
template <typename Response>
grpc::ServerWriteReactor<Response>* ServeStream(
    Executor& executor, grpc::CallbackServerContext* context,
    std::function<absl::StatusOr<std::function<absl::StatusOr<std::optional<Response>>()>>(const CallContext&)> start);

}  // namespace servicekit

#include "servicekit/rpc/serve_inl.h"

#endif  // SERVICEKIT_RPC_SERVE_H_
