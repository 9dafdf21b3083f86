#ifndef SERVICEKIT_RPC_WRITE_H_
#define SERVICEKIT_RPC_WRITE_H_

#include <string>

#include <google/protobuf/message.h>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/rpc/call_context.h"

namespace servicekit {

// One write: claims the request's `request_id` (a UUID in its usual text form, or one made here when empty),
// runs `body`, stores its answer beside the claim and commits all of it together, rerunning on a deadlock.
// The same request_id again, also at the same time, has no second effect and gets the first answer; with
// another request or from another subject it is INVALID_ARGUMENT (reason REQUEST_ID_REUSED). A connection
// lost in COMMIT is resolved by looking the claim up. Only successful answers are kept: a failed write leaves
// nothing, and may be sent again.
absl::Status RunIdempotent(Pool& pool, const CallContext& call, const google::protobuf::Message& request,
                           const std::string& request_id, google::protobuf::Message* answer,
                           absl::FunctionRef<absl::Status(Transaction&)> body);

// What must be the same for a repeat to be one (method, subject and the request as it was sent), as 32 bytes:
// for writes that keep their own claim because they are more than one transaction.
std::string Fingerprint(const CallContext& call, const google::protobuf::Message& request);

// Deletes claims made before `before`, a thousand at a time; returns how many. A request_id that is forgotten
// would have its effect again, so `before` lies days back: Server does it after a week.
absl::StatusOr<int64_t> ForgetRequests(Pool& pool, absl::Time deadline, absl::Time before);

//   return IdempotentWrite<v1::Customer>(pool_, call, request, [&](Transaction& tx) ->
//   absl::StatusOr<v1::Customer> {…});
template <typename Response, typename Request, typename Body>
absl::StatusOr<Response> IdempotentWrite(Pool& pool, const CallContext& call, const Request& request,
                                         Body body) {
  Response answer;
  const absl::Status status =
      RunIdempotent(pool, call, request, request.request_id(), &answer, [&](Transaction& tx) -> absl::Status {
        absl::StatusOr<Response> result = body(tx);
        if (!result.ok()) return result.status();
        answer = *std::move(result);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return answer;
}

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_WRITE_H_
