#ifndef LIFECYCLE_SVC_RPC_CALLS_H_
#define LIFECYCLE_SVC_RPC_CALLS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "lifecycle-svc/operations/environment.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/call_context.h"
#include "servicekit/rpc/executor.h"
#include "servicekit/rpc/filter.h"
#include "servicekit/rpc/list_order.h"
#include "servicekit/rpc/page.h"
#include "servicekit/rpc/serve.h"

namespace clientele::lifecycle {

using servicekit::ListOrder;
using servicekit::Page;

// What every handler works with.
struct Backend {
  servicekit::Executor& executor;
  const Environment& environment;
};

// A service class has its constructor and destructor in its .cc file: gRPC's layers of templates under it are
// then compiled there alone, not again in each file that includes its header.

// Declares an RPC twice: as gRPC calls it, and as a plain function of its request.
#define CLIENTELE_RPC(name, Response)                                                                       \
  grpc::ServerUnaryReactor* name(grpc::CallbackServerContext* context, const v1::name##Request* request,    \
                                 v1::Response* response) override {                                         \
    return servicekit::Serve(                                                                               \
        backend_.executor, context, request, response,                                                      \
        [this](const servicekit::CallContext& call, const v1::name##Request& r) { return name(call, r); }); \
  }                                                                                                         \
  absl::StatusOr<v1::Response> name(const servicekit::CallContext& call, const v1::name##Request& request);

// A write is an operation of the same name.
#define CLIENTELE_WRITE(name, Response)                                                                  \
  grpc::ServerUnaryReactor* name(grpc::CallbackServerContext* context, const v1::name##Request* request, \
                                 v1::Response* response) override {                                      \
    return servicekit::Serve(backend_.executor, context, request, response,                              \
                             [this](const servicekit::CallContext& call, const v1::name##Request& r) {   \
                               return lifecycle::name(backend_.environment, call, r);                    \
                             });                                                                         \
  }

// The rows of a customer that the caller may read, as a condition over `journeys j`.
inline Sql Readable(const CallContext& call) {
  return servicekit::MayRead(call.principal, JourneyStore::RuleColumns());
}

// The customer itself, or the one that it was merged into.
absl::StatusOr<Id> ResolveCustomer(Transaction& tx, Id customer);

// A filter as ` AND (…)`, or nothing.
inline absl::StatusOr<Sql> AndFilter(const std::string& filter,
                                     const std::vector<servicekit::FilterField>& fields) {
  absl::StatusOr<Sql> condition = servicekit::CompileFilter(filter, fields);
  if (!condition.ok() || condition->empty()) return condition;
  return Sql(" AND ") + *condition;
}

// The same for a filter that may name customers: those that were merged into another are taken for that one.
absl::StatusOr<Sql> AndFilter(const Backend& backend, const CallContext& call, const std::string& filter,
                              const std::vector<servicekit::FilterField>& fields);

// What comes after the page before, as ` AND …`; nothing for the first page.
inline absl::StatusOr<Sql> AndAfter(const ListOrder& order, const Page& page) {
  if (page.after.empty()) return Sql();
  const absl::StatusOr<Sql> after = order.After(page.after);
  if (!after.ok()) return after;
  return Sql(" AND ") + *after;
}

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_CALLS_H_
