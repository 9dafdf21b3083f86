#ifndef SERVICEKIT_RPC_SERVE_H_
#define SERVICEKIT_RPC_SERVE_H_

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/rpc/call_context.h"

namespace servicekit {

class Executor;  // executor.h: worker pool, token verifier, metrics, log: what every call of a server shares.

// Handlers are plain functions that may block: `absl::StatusOr<Response> Handle(const CallContext&, const
// Request&)`. gRPC's callback threads must not, so each call is handed to the executor's bounded pool of
// workers. A call that would wait past its deadline, or that finds the queue full, is refused at once
// (RESOURCE_EXHAUSTED with RetryInfo); one that was cancelled while it waited is dropped. A request without
// one of its REQUIRED fields is refused before the handler sees it. Exceptions end here as INTERNAL; statuses
// become google.rpc.Status.
//
//   grpc::ServerUnaryReactor* GetCustomer(grpc::CallbackServerContext* context, const v1::GetCustomerRequest*
//   request,
//                                         v1::Customer* response) override {
//     return servicekit::Serve(executor_, context, request, response,
//                              [this](const CallContext& call, const v1::GetCustomerRequest& r) { return
//                              Get(call, r); });
//   }
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* Serve(Executor& executor, grpc::CallbackServerContext* context,
                                const Request* request, Response* response, Handler handler);

// A bidirectional stream in which each request message is answered by one response message, in order:
// streaming imports. One message is in work at a time, so a slow database slows the sender (flow control),
// not the server's memory. An error of `handler` ends the stream. Required fields are the handler's to check
// (CheckRequired), so that it can answer a bad message instead of ending the stream. `call.deadline` is set
// anew for each message.
template <typename Request, typename Response>
grpc::ServerBidiReactor<Request, Response>* ServeEach(
    Executor& executor, grpc::CallbackServerContext* context,
    std::function<absl::StatusOr<Response>(const CallContext&, const Request&)> handler);

// What a stream does next: send a message, wait, or end.
struct StreamEnd {};
struct StreamWait {
  absl::Duration at_most;  // `next` is called again after this, or as soon as the stream is woken.
};
template <typename Response>
using StreamStep = std::variant<Response, StreamWait, StreamEnd>;

// Makes the stream's next step. May block; occupies a worker only while it runs. Called again after its
// message was written, or after its wait; never twice at the same time. `call.deadline` is set anew for each
// step (the server's default, or the caller's deadline if that is sooner).
template <typename Response>
using StreamNext = std::function<absl::StatusOr<StreamStep<Response>>(const CallContext& call)>;

// Makes `next` for one stream, or refuses it. `wake` may be called from any thread at any time, also after
// the stream has ended; it costs little and never blocks. A wake that comes while `next` runs makes a
// following wait end at once, so none is lost.
//
//   return ServeStream<ReadFeedResponse>(executor, context, [this, after](const CallContext&,
//   std::function<void()> wake)
//       -> absl::StatusOr<StreamNext<ReadFeedResponse>> {
//     auto subscription = log_.Subscribe(std::move(wake));  // Gone with the stream.
//     return [this, after, subscription](const CallContext& call) mutable ->
//     absl::StatusOr<StreamStep<ReadFeedResponse>> {
//       …
//       if (batch.empty()) return StreamWait{absl::Seconds(15)};
//       return batch;
//     };
//   });
template <typename Response>
using StreamStart =
    std::function<absl::StatusOr<StreamNext<Response>>(const CallContext& call, std::function<void()> wake)>;

// A server stream. When the server drains, it ends with UNAVAILABLE at its next wait, and one that lives
// without a deadline at its next step, so that its reader reconnects elsewhere.
template <typename Response>
grpc::ServerWriteReactor<Response>* ServeStream(Executor& executor, grpc::CallbackServerContext* context,
                                                StreamStart<Response> start);

}  // namespace servicekit

#include "servicekit/rpc/serve_inl.h"

#endif  // SERVICEKIT_RPC_SERVE_H_
