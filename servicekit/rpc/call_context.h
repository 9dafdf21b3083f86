#ifndef SERVICEKIT_RPC_CALL_CONTEXT_H_
#define SERVICEKIT_RPC_CALL_CONTEXT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "servicekit/access/principal.h"

namespace grpc {
class ClientContext;
}

namespace servicekit {

// What a handler knows of the call besides its request.
struct CallContext {
  Principal principal;
  std::string method;   // `/clientele.customer.v1.CustomerService/GetCustomer`.
  absl::Time deadline;  // The caller's, less what the answer needs; the server's default when none was given.
  std::string token;    // The caller's bearer token, to be passed on. Never logged.
  std::string traceparent;  // W3C trace context of this call.
  std::function<bool()> cancelled = [] { return false; };
};

// The context for a call to another service on behalf of this one: deadline, token and trace context passed
// on.
std::unique_ptr<grpc::ClientContext> OutgoingContext(const CallContext& call);

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_CALL_CONTEXT_H_
