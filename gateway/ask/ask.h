#ifndef GATEWAY_ASK_ASK_H_
#define GATEWAY_ASK_ASK_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/upstream/upstreams.h"
#include "servicekit/rpc/status.h"

namespace clientele::gateway {

// What a call to a service says of its caller.
struct AskAs {
  std::vector<std::pair<std::string, std::string>> metadata;
  absl::Time deadline;
};

// As the caller of one of the gateway's own RPCs: under its token and in its trace, until its deadline, less
// what the answer takes, and no longer than `patience`.
AskAs AsCaller(const grpc::CallbackServerContext& context, absl::Duration patience);

// Calls a method that reads. `done` hears the serialized answer, once, on a thread of gRPC's or on this one:
// RESOURCE_EXHAUSTED when the service has too much to do.
void AskBytes(Upstreams& upstreams, const AskAs& as, const std::string& path, const std::string& request,
              std::function<void(absl::StatusOr<std::string>)> done);

// The same with messages: `Ask<Score>(upstreams, as, "/clientele.value.v1.ScoreService/GetScore", request,
// done)`.
template <typename Response, typename Request>
void Ask(Upstreams& upstreams, const AskAs& as, const std::string& path, const Request& request,
         std::function<void(absl::StatusOr<Response>)> done) {
  AskBytes(upstreams, as, path, request.SerializeAsString(),
           [done = std::move(done)](absl::StatusOr<std::string> bytes) {
             if (!bytes.ok()) return done(bytes.status());
             Response response;
             if (!response.ParseFromString(*bytes))
               return done(absl::InternalError("the answer cannot be read"));
             done(std::move(response));
           });
}

}  // namespace clientele::gateway

#endif  // GATEWAY_ASK_ASK_H_
