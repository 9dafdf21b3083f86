#ifndef VALUE_SVC_RPC_CALLS_H_
#define VALUE_SVC_RPC_CALLS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/mysql/pool.h"
#include "servicekit/rpc/call_context.h"
#include "servicekit/rpc/executor.h"
#include "servicekit/rpc/page.h"
#include "servicekit/rpc/serve.h"
#include "servicekit/types/clock.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

using servicekit::CallContext;
using servicekit::Page;

// What every handler works with.
struct Backend {
  servicekit::Executor& executor;
  servicekit::Pool& pool;
  Stores& stores;
  servicekit::FeedPublisher& feed;
  const servicekit::Clock& clock;
};

// Declares an RPC twice: as gRPC calls it, and as a plain function of its request.
#define CLIENTELE_RPC(name, Response)                                                                       \
  grpc::ServerUnaryReactor* name(grpc::CallbackServerContext* context, const v1::name##Request* request,    \
                                 Response* response) override {                                             \
    return servicekit::Serve(                                                                               \
        backend_.executor, context, request, response,                                                      \
        [this](const servicekit::CallContext& call, const v1::name##Request& r) { return name(call, r); }); \
  }                                                                                                         \
  absl::StatusOr<Response> name(const servicekit::CallContext& call, const v1::name##Request& request);

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_CALLS_H_
