#ifndef VALUE_SVC_RPC_CALLS_H_
#define VALUE_SVC_RPC_CALLS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "servicekit/mysql/pool.h"
#include "servicekit/rpc/call_context.h"
#include "servicekit/rpc/executor.h"
#include "servicekit/rpc/page_token.h"
#include "servicekit/rpc/serve.h"
#include "servicekit/types/clock.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

using servicekit::CallContext;

// What every handler works with.
struct Backend {
  servicekit::Executor& executor;
  servicekit::Pool& pool;
  Stores& stores;
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

// One page's worth of a list that is asked for one row more than it shows, to know whether there is a next
// page.
struct Page {
  int size;
  servicekit::PageScope scope;
  servicekit::PageKey after;  // Empty: the first page.

  // `list` says which list it is: everything in the request that decides its rows.
  static absl::StatusOr<Page> Of(int page_size, const std::string& page_token,
                                 const std::vector<std::string>& list) {
    const absl::StatusOr<int> size = servicekit::PageSize(page_size, 50, 1000);
    if (!size.ok()) return size.status();
    servicekit::PageScope scope(list);
    absl::StatusOr<servicekit::PageKey> after = scope.Decode(page_token);
    if (!after.ok()) return after.status();
    return Page{*size, std::move(scope), *std::move(after)};
  }
  // The id that the page begins after, in a list by id.
  absl::StatusOr<Id> AfterId() const { return after.empty() ? Id() : after.GetId(0); }
  int limit() const { return size + 1; }
  // Drops the row too many; the token of the next page, or none.
  template <typename Row, typename KeyOf>
  std::string Cut(std::vector<Row>& rows, KeyOf key_of) const {
    if (rows.size() <= static_cast<size_t>(size)) return "";
    rows.erase(rows.begin() + size, rows.end());
    return scope.Encode(key_of(rows.back()));
  }
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_CALLS_H_
