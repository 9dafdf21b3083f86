#include "servicekit/rpc/served_call.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <grpcpp/server_builder.h>
#include <grpcpp/support/server_interceptor.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "servicekit/rpc/status.h"
#include "servicekit/telemetry/span_exporter.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace internal {
namespace {

// Kept back of the caller's time, so that the answer still arrives in it: a twentieth, within these bounds.
// gRPC sends the time that is left in three digits, rounded up (10 s may come as 10.1 s), which this makes up
// for too.
constexpr absl::Duration kMinKeptBack = absl::Milliseconds(1);
constexpr absl::Duration kMaxKeptBack = absl::Milliseconds(250);

// A callback service is not told the name of the method that was called; an interceptor's factory is. gRPC
// asks the factory and then calls the method on the same thread, so the name waits here in between.
struct CurrentMethod {
  const void* context = nullptr;
  const char* method = "";
};
thread_local CurrentMethod current_method;

// gRPC answers a request that it cannot parse with UNIMPLEMENTED and no text, which says the wrong thing to
// the caller. No method of ours says UNIMPLEMENTED without a text, so that status is this case.
class ParseFailure : public grpc::experimental::Interceptor {
 public:
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(grpc::experimental::InterceptionHookPoints::PRE_SEND_STATUS)) {
      const grpc::Status status = methods->GetSendStatus();
      if (status.error_code() == grpc::UNIMPLEMENTED && status.error_message().empty()) {
        methods->ModifySendStatus(ToGrpcStatus(MalformedMessage()));
      }
    }
    methods->Proceed();
  }
};

class MethodNoter : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) override {
    current_method = {info->server_context(), info->method()};
    // With streamed requests it does not happen, but calls of methods that do not exist come as such.
    using Type = grpc::experimental::ServerRpcInfo::Type;
    const bool one_request = info->type() == Type::UNARY || info->type() == Type::SERVER_STREAMING;
    return one_request ? new ParseFailure : nullptr;
  }
};

std::string_view Find(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string_view()
                                 : std::string_view(found->second.data(), found->second.size());
}

// The token of `authorization: Bearer …`; empty when there is none.
std::string_view BearerToken(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size() ||
      !absl::EqualsIgnoreCase(ToAbsl(authorization.substr(0, kScheme.size())), ToAbsl(kScheme))) {
    return {};
  }
  return authorization.substr(kScheme.size());
}

// What the operator must look after, not the caller.
bool IsOurs(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}
bool IsLoad(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded ||
         code == absl::StatusCode::kResourceExhausted;
}

}  // namespace

std::string_view MethodOf(const grpc::ServerContextBase* context) {
  return current_method.context == context ? current_method.method : "unknown";
}

absl::Status FromException(const std::exception* error) {
  return absl::InternalError(
      StrCat("exception: ", error == nullptr ? "not a std::exception" : error->what()));
}

absl::Status MalformedMessage() {
  return WithReason(
      absl::InvalidArgumentError(
          "the message is malformed: not of the type this method takes, or text that is not UTF-8"),
      "MALFORMED_MESSAGE");
}

ServedCall::ServedCall(Shape shape, Executor& executor, grpc::CallbackServerContext* context)
    : executor_(executor), grpc_context_(context), start_(absl::Now()) {
  const auto deadline = context->deadline();
  if (deadline != std::chrono::system_clock::time_point::max()) {
    deadline_ = absl::FromChrono(deadline);
    deadline_ -= std::clamp((deadline_ - start_) / 20, kMinKeptBack, kMaxKeptBack);
  } else {
    deadline_ =
        shape == Shape::kUnary ? start_ + executor.options().default_deadline : absl::InfiniteFuture();
  }
  context_.method = std::string(MethodOf(context));
  context_.cancelled = [this] { return cancelled(); };
  metrics_ = &executor.metrics().Method(context_.method);
  metrics_->Started();
}

absl::Status ServedCall::Begin() {
  const auto& metadata = grpc_context_->client_metadata();
  context_.traceparent = ContinueTrace(Find(metadata, "traceparent"));
  context_.token = std::string(BearerToken(Find(metadata, "authorization")));
  StartStep();
  if (context_.token.empty()) {
    return WithReason(absl::UnauthenticatedError("the call has no bearer token"), "TOKEN_MISSING");
  }
  absl::StatusOr<Principal> principal = executor_.VerifyToken(context_.token);
  if (!principal.ok()) return principal.status();
  context_.principal = *std::move(principal);
  return absl::OkStatus();
}

void ServedCall::StartStep() {
  context_.deadline = std::min(deadline_, absl::Now() + executor_.options().default_deadline);
}

absl::Status ServedCall::CheckStillWanted() const {
  if (cancelled()) return absl::CancelledError("the caller went away");
  if (absl::Now() >= deadline_)
    return absl::DeadlineExceededError("the deadline passed before the call was started");
  return absl::OkStatus();
}

grpc::Status ServedCall::End(const absl::Status& status) {
  const absl::Duration took = absl::Now() - start_;
  const std::string_view trace = TraceIdOf(context_.traceparent);
  metrics_->Finished(static_cast<int>(status.code()), took);
  ExportSpan({.traceparent = context_.traceparent,
              .parent_traceparent = Find(grpc_context_->client_metadata(), "traceparent"),
              .method = context_.method,
              .start = start_,
              .end = start_ + took,
              .code = static_cast<int>(status.code())});
  const LogTrace log_trace(trace);
  const LogLevel level = IsOurs(status.code())   ? LogLevel::kError
                         : IsLoad(status.code()) ? LogLevel::kWarning
                                                 : LogLevel::kInfo;
  const std::string_view code = CodeName(static_cast<int>(status.code()));
  const double ms = absl::ToDoubleMilliseconds(took);
  const std::string peer = grpc_context_->peer();
  if (status.ok()) {
    Log(level, "call",
        {{"method", context_.method},
         {"code", code},
         {"ms", ms},
         {"subject", context_.principal.subject},
         {"peer", peer}});
  } else {
    // What a caller got wrong may repeat personal data; what we got wrong is the operator's to read.
    const bool tell = IsOurs(status.code()) || IsLoad(status.code());
    Log(level, "call",
        {{"method", context_.method},
         {"code", code},
         {"ms", ms},
         {"subject", context_.principal.subject},
         {"peer", peer},
         {"reason", GetReason(status)},
         {"error", tell ? ToStd(status.message()) : std::string_view()}});
  }
  return ToGrpcStatus(status, trace);
}

}  // namespace internal

void Executor::Prepare(grpc::ServerBuilder& builder) {
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(std::make_unique<internal::MethodNoter>());
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  // 16 MiB: an import's batch of rows, with room.
  builder.SetMaxReceiveMessageSize(16 << 20);
  builder.SetMaxSendMessageSize(16 << 20);
  // A client that pings more often than this is cut off; ours ping every 15 s (MakeChannel).
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10 * 1000);
  // Clients balance over the pods that DNS tells; they ask again when a connection ends. Its calls and
  // streams are let finish, imports of an hour too.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 5 * 60 * 1000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 60 * 60 * 1000);
}

}  // namespace servicekit
