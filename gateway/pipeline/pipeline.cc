#include "gateway/pipeline/pipeline.h"

#include <utility>

#include <grpc/grpc.h>
#include <grpc/slice.h>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "servicekit/rpc/status.h"
#include "servicekit/telemetry/trace.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

grpc_slice View(const std::string& text) { return grpc_slice_from_static_buffer(text.data(), text.size()); }

// gRPC ends the process when it is given metadata that it does not take, and HTTP takes more than gRPC does:
// so nothing goes there unchecked.
bool IsLegal(const std::string& key, const std::string& value) {
  if (grpc_header_key_is_legal(View(key)) == 0) return false;
  return grpc_is_binary_header(View(key)) != 0 || grpc_header_nonbin_value_is_legal(View(value)) != 0;
}

}  // namespace

Pipeline::Pipeline(PipelineOptions options, const MethodTable& methods, Upstreams& upstreams,
                   servicekit::TokenVerifier& verifier, servicekit::Metrics& metrics)
    : options_(std::move(options)), verifier_(verifier) {
  for (const Method& method : methods.methods()) {
    served_.push_back({upstreams.Find(method.descriptor->full_name()), &metrics.Method(method.path),
                       options_.public_methods.contains(method.path)});
  }
}

absl::StatusOr<std::shared_ptr<Call>> Pipeline::Start(boost::asio::io_context& loop, CallStart start,
                                                      CallPeer* peer) {
  const Served& served = served_[start.method->index];
  CallRecord record = {.method = start.method,
                       .codec = start.codec,
                       .subject = {},
                       .traceparent = servicekit::ContinueTrace(start.traceparent),
                       .start = absl::Now(),
                       .metrics = served.metrics,
                       .active = &active_,
                       .pending = &pending_};
  served.metrics->Started();
  const auto refuse = [&record](absl::Status why) {
    Report(record, servicekit::ToGrpcStatus(why));
    return why;
  };
  if (draining_) return refuse(absl::UnavailableError("the gateway is shutting down"));
  absl::StatusOr<servicekit::Principal> principal = Authenticate(start, served);
  if (!principal.ok()) return refuse(principal.status());
  record.subject = std::move(principal->subject);
  if (served.upstream == nullptr) {
    return refuse(absl::UnimplementedError(servicekit::StrCat("no service serves ", start.method->path)));
  }
  if (start.timeout.has_value() && *start.timeout <= absl::ZeroDuration()) {
    return refuse(absl::DeadlineExceededError("the call's time was over when it came"));
  }
  std::string authorization(served.is_public ? std::string_view() : start.authorization);
  if (!authorization.empty()) start.metadata.emplace_back("authorization", std::move(authorization));
  start.metadata.emplace_back("traceparent", record.traceparent);
  for (const auto& [key, value] : start.metadata) {
    if (!IsLegal(key, value)) {
      return refuse(
          absl::InvalidArgumentError(absl::StrCat("the header ", key, " may have printable ASCII only")));
    }
  }
  if (active_.fetch_add(1, std::memory_order_relaxed) >= options_.max_concurrent_calls) {
    active_.fetch_sub(1, std::memory_order_relaxed);
    return refuse(servicekit::WithReason(
        absl::ResourceExhaustedError("too many calls at once; try again soon"), "TOO_MANY_CALLS"));
  }

  const absl::Time now = record.start;
  std::shared_ptr<Call> call = NewCall(loop, std::move(record), peer, *served.upstream);
  grpc::ClientContext& context = call->context();
  for (const auto& [key, value] : start.metadata) context.AddMetadata(key, value);
  if (start.timeout.has_value()) {
    call->set_deadline(now + *start.timeout);
  } else if (start.method->unary) {
    call->set_deadline(now + options_.default_timeout);
  }
  call->Start();
  return call;
}

void Pipeline::WaitForGrpc() {
  while (pending_ > 0) absl::SleepFor(absl::Milliseconds(1));
}

// A public method is open to all; what comes with it as a token is of no interest.
absl::StatusOr<servicekit::Principal> Pipeline::Authenticate(const CallStart& start, const Served& served) {
  if (served.is_public) return servicekit::Principal{};
  constexpr size_t kScheme = 7;  // `Bearer `, in any case (RFC 9110).
  const std::string_view scheme = start.authorization.substr(0, kScheme);
  if (!start.authorization.empty() && !absl::EqualsIgnoreCase(servicekit::ToAbsl(scheme), "bearer ")) {
    return servicekit::WithReason(absl::UnauthenticatedError("authorization must be `Bearer {token}`"),
                                  "TOKEN_MALFORMED");
  }
  return verifier_.Verify(start.authorization.empty() ? std::string_view()
                                                      : start.authorization.substr(kScheme));
}

}  // namespace clientele::gateway
