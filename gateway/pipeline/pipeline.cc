#include "gateway/pipeline/pipeline.h"

#include <algorithm>
#include <utility>

#include <grpc/grpc.h>
#include <grpc/slice.h>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "gateway/upstream/overload.h"
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
                   servicekit::TokenVerifier& verifier, ApiKeyTokens* api_keys, servicekit::Metrics& metrics)
    : options_(std::move(options)),
      verifier_(verifier),
      api_keys_(api_keys),
      limits_(options_.limits.principal),
      max_concurrent_calls_(options_.limits.max_concurrent_calls) {
  for (const Method& method : methods.methods()) {
    const std::string& name = method.descriptor->full_name();
    served_.push_back({upstreams.Find(name), &metrics.Method(method.path),
                       options_.public_methods.contains(method.path),
                       name.starts_with("clientele.gateway.v1.")});
  }
}

absl::StatusOr<std::shared_ptr<Call>> Pipeline::Start(boost::asio::io_context& loop, CallStart start,
                                                      CallPeer* peer) {
  const Served& served = served_[start.method->index];
  CallRecord record = {.method = start.method,
                       .codec = start.codec,
                       .subject = {},
                       .traceparent = servicekit::ContinueTrace(start.traceparent),
                       .parent_traceparent = std::string(start.traceparent),
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
  absl::StatusOr<Caller> caller = Authenticate(start, served);
  if (!caller.ok()) return refuse(caller.status());
  record.subject = std::move(caller->subject);
  if (served.upstream == nullptr) {
    return refuse(absl::UnimplementedError(servicekit::StrCat("no service serves ", start.method->path)));
  }
  if (start.timeout.has_value() && *start.timeout <= absl::ZeroDuration()) {
    return refuse(absl::DeadlineExceededError("the call's time was over when it came"));
  }
  if (!caller->authorization.empty()) {
    start.metadata.emplace_back("authorization", std::move(caller->authorization));
  }
  start.metadata.emplace_back("traceparent", record.traceparent);
  for (const auto& [key, value] : start.metadata) {
    if (!IsLegal(key, value)) {
      return refuse(
          absl::InvalidArgumentError(absl::StrCat("the header ", key, " may have printable ASCII only")));
    }
  }
  if (!served.is_public) {
    absl::StatusOr<PrincipalLimits::Ticket> ticket = limits_.Admit(record.subject, record.start);
    if (!ticket.ok()) return refuse(ticket.status());
    record.ticket = *std::move(ticket);
  }
  // From here on the call closes its record, and with it what CheckLoad counted.
  if (absl::Status load = CheckLoad(served); !load.ok()) return refuse(load);

  absl::Time deadline = absl::InfiniteFuture();
  if (start.method->unary) {
    const absl::Duration timeout = start.timeout.value_or(options_.default_timeout);
    deadline = record.start + std::min(timeout, options_.max_timeout);
  } else if (start.timeout.has_value()) {
    deadline = record.start + *start.timeout;
  }
  std::shared_ptr<Call> call =
      NewCall(loop, std::move(record), peer, *served.upstream, std::move(start.metadata), deadline);
  call->Start();
  return call;
}

// Refusing is cheap, and what is refused can be tried again; waiting behind more than can be done helps
// nobody.
absl::Status Pipeline::CheckLoad(const Served& served) {
  if (active_.fetch_add(1, std::memory_order_relaxed) >= max_concurrent_calls_ && !served.is_own) {
    active_.fetch_sub(1, std::memory_order_relaxed);
    return TooBusy("TOO_MANY_CALLS");
  }
  return absl::OkStatus();
}

void Pipeline::WaitForGrpc() {
  while (pending_ > 0) absl::SleepFor(absl::Milliseconds(1));
}

// A public method is open to all; what comes with it as a token is of no interest.
absl::StatusOr<Pipeline::Caller> Pipeline::Authenticate(const CallStart& start, const Served& served) {
  if (served.is_public) return Caller{};
  constexpr size_t kScheme = 7;  // `Bearer `, in any case (RFC 9110).
  if (!start.api_key.empty()) {
    if (!start.authorization.empty()) {
      return servicekit::WithReason(absl::UnauthenticatedError("give a token or an API key, not both"),
                                    "TOKEN_MALFORMED");
    }
    if (api_keys_ == nullptr) {
      return servicekit::WithReason(absl::UnauthenticatedError("API keys are not taken here"),
                                    "API_KEY_INVALID");
    }
    absl::StatusOr<ApiKeyTokens::Token> token =
        api_keys_->Exchange(start.api_key, start.method->path, start.method->reads);
    if (!token.ok()) return token.status();
    return Caller{std::move(token->subject), servicekit::StrCat("Bearer ", token->text)};
  }
  const std::string_view scheme = start.authorization.substr(0, kScheme);
  if (!start.authorization.empty() && !absl::EqualsIgnoreCase(servicekit::ToAbsl(scheme), "bearer ")) {
    return servicekit::WithReason(absl::UnauthenticatedError("authorization must be `Bearer {token}`"),
                                  "TOKEN_MALFORMED");
  }
  const std::string_view token =
      start.authorization.empty() ? std::string_view() : start.authorization.substr(kScheme);
  absl::StatusOr<servicekit::Principal> principal = verifier_.Verify(token);
  if (!principal.ok()) {
    if (options_.on_unknown_key && servicekit::GetReason(principal.status()) == "TOKEN_KEY") {
      options_.on_unknown_key();
    }
    return principal.status();
  }
  return Caller{std::move(principal->subject), std::string(start.authorization)};
}

}  // namespace clientele::gateway
