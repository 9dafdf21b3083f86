#ifndef CUSTOMER_SVC_RPC_CALLS_H_
#define CUSTOMER_SVC_RPC_CALLS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/pool.h"
#include "servicekit/rpc/call_context.h"
#include "servicekit/rpc/executor.h"
#include "servicekit/rpc/page.h"
#include "servicekit/rpc/serve.h"
#include "servicekit/types/clock.h"

namespace clientele::customer {

using servicekit::Page;

// What every handler works with.
struct Backend {
  servicekit::Executor& executor;
  servicekit::Pool& pool;
  Stores& stores;
  const servicekit::Clock& clock;

  // `/clientele.customer.v1.CustomerService/UpdateCustomer` is told as `UpdateCustomer` in the history.
  Caller CallerOf(const servicekit::CallContext& call) const {
    return {call.principal,
            {call.principal.subject, call.method.substr(call.method.rfind('/') + 1), clock.Now()}};
  }
};

}  // namespace clientele::customer

// A service class has its constructor and destructor in its .cc file: gRPC's layers of templates under it are
// then compiled there alone, not again in each file that includes its header.

// Declares an RPC twice: as gRPC calls it, and as the plain function of its request that is written in the
// .cc file.
#define CLIENTELE_RPC(name, Response)                                                                       \
  grpc::ServerUnaryReactor* name(grpc::CallbackServerContext* context, const v1::name##Request* request,    \
                                 v1::Response* response) override {                                         \
    return servicekit::Serve(                                                                               \
        backend_.executor, context, request, response,                                                      \
        [this](const servicekit::CallContext& call, const v1::name##Request& r) { return name(call, r); }); \
  }                                                                                                         \
  absl::StatusOr<v1::Response> name(const servicekit::CallContext& call, const v1::name##Request& request);

#endif  // CUSTOMER_SVC_RPC_CALLS_H_
