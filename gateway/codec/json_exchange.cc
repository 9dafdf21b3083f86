#include "gateway/codec/json_exchange.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "gateway/codec/grpc_wire.h"
#include "gateway/codec/http_status.h"
#include "gateway/codec/transcoder.h"
#include "servicekit/rpc/status.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kLines = "application/x-ndjson";
constexpr std::string_view kEvents = "text/event-stream";

absl::Status TooLarge() {
  return servicekit::WithReason(absl::ResourceExhaustedError("the request is too large"),
                                "MESSAGE_TOO_LARGE");
}

// `application/json; charset=utf-8` → `application/json`.
std::string MediaType(std::string_view field) {
  const std::string_view type = field.substr(0, field.find(';'));
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(servicekit::ToAbsl(type)));
}

// Seconds, as in `2.5`, or with a unit, as in `500ms`.
std::optional<absl::Duration> ParseTimeout(std::string_view text) {
  absl::Duration duration;
  if (absl::ParseDuration(servicekit::ToAbsl(text), &duration)) return duration;
  double seconds = 0;
  if (!absl::SimpleAtod(servicekit::ToAbsl(text), &seconds) || !(seconds >= 0 && seconds < 1e9))
    return std::nullopt;
  return absl::Seconds(seconds);
}

}  // namespace

JsonExchange::JsonExchange(HttpAnswer& answer, Pipeline& pipeline)
    : answer_(answer), pipeline_(pipeline), flow_(answer) {}

JsonExchange::~JsonExchange() {
  if (call_ != nullptr) call_->Abandon({grpc::StatusCode::CANCELLED, "the caller went away"});
}

void JsonExchange::Begin(HttpRequest request, const HttpRouter& router) {
  HttpRouter::Result found = router.Find(request.verb, request.path);
  if (std::holds_alternative<HttpRouter::NotFound>(found)) return Refuse(absl::NotFoundError("no such path"));
  if (std::holds_alternative<HttpRouter::BadEncoding>(found)) {
    return Refuse(absl::InvalidArgumentError("the path is not percent-encoded UTF-8"));
  }
  if (const auto* wrong = std::get_if<HttpRouter::WrongVerb>(&found)) {
    return Refuse(absl::UnimplementedError("the path is not served with this HTTP verb"), 405,
                  {{"allow", absl::StrJoin(wrong->allowed, ", ")}});
  }
  match_ = std::get<HttpRouter::Match>(std::move(found));
  const auto* method = match_.binding->method->descriptor;
  has_body_ = request.has_body && request.body_size != 0u;
  if (has_body_ && !IsJson(request, method->client_streaming())) {
    return Refuse(
        servicekit::WithReason(
            absl::InvalidArgumentError(method->client_streaming()
                                           ? "the body must be application/x-ndjson: one JSON object a line"
                                           : "the body must be application/json"),
            "UNSUPPORTED_MEDIA_TYPE"),
        415);
  }
  if (!method->client_streaming() && request.body_size.value_or(0) > pipeline_.options().max_message_bytes) {
    return Refuse(TooLarge(), 413);
  }
  if (method->server_streaming()) {
    form_ = absl::StrContains(servicekit::ToAbsl(request.Get("accept")), servicekit::ToAbsl(kEvents))
                ? AnswerForm::kEvents
                : AnswerForm::kLines;
  }
  query_ = std::move(request.query);
  StartCall(request);
}

bool JsonExchange::IsJson(const HttpRequest& request, bool client_streams) const {
  const std::string type = MediaType(request.Get("content-type"));
  return type.empty() || type == kJson || (client_streams && (type == kLines || type == "application/jsonl"));
}

void JsonExchange::StartCall(const HttpRequest& request) {
  CallStart start = {.method = match_.binding->method,
                     .codec = "json",
                     .authorization = request.Get("authorization"),
                     .traceparent = request.Get("traceparent")};
  if (const std::string_view timeout = request.Get("x-request-timeout"); !timeout.empty()) {
    start.timeout = ParseTimeout(timeout);
    if (!start.timeout.has_value()) {
      return Refuse(absl::InvalidArgumentError("x-request-timeout must be seconds, as in 2.5"));
    }
  }
  // Of what browsers and programs send, only what is meant for services.
  for (const auto& [name, value] : request.fields) {
    if (name == "tracestate" || name == "x-request-id") start.metadata.emplace_back(name, value);
  }
  absl::StatusOr<std::shared_ptr<Call>> call = pipeline_.Start(answer_.loop(), std::move(start), this);
  if (!call.ok()) return Refuse(call.status());
  call_ = *std::move(call);
  call_->Read();
}

void JsonExchange::OnBody(std::string_view bytes) {
  if (done_) return answer_.Consumed(bytes.size());
  flow_.Arrived(bytes.size());
  body_ += bytes;
  if (call_->method().descriptor->client_streaming()) return TakeLines(/*last=*/false);
  if (body_.size() > pipeline_.options().max_message_bytes) return Refuse(TooLarge(), 413);
  flow_.Settle(*call_);
}

void JsonExchange::OnBodyEnd() {
  if (done_) return;
  if (call_->method().descriptor->client_streaming()) {
    TakeLines(/*last=*/true);
  } else if (!PushMessage(has_body_ && !body_.empty() ? std::optional<std::string_view>(body_)
                                                      : std::nullopt)) {
    return;
  }
  if (!done_) flow_.BodyEnded(*call_);
}

void JsonExchange::TakeLines(bool last) {
  size_t taken = 0;
  while (true) {
    const size_t end = body_.find('\n', taken);
    if (end == std::string::npos && !last) break;
    const std::string_view line =
        std::string_view(body_).substr(taken, end == std::string::npos ? end : end - taken);
    taken = end == std::string::npos ? body_.size() : end + 1;
    if (line.size() > pipeline_.options().max_message_bytes) return Refuse(TooLarge(), 413);
    const bool empty = line.find_first_not_of(" \t\r") == std::string_view::npos;
    if (!empty && !PushMessage(line)) return;
    if (end == std::string::npos) break;
  }
  body_.erase(0, taken);
  if (body_.size() > pipeline_.options().max_message_bytes) return Refuse(TooLarge(), 413);
  flow_.Settle(*call_);
}

bool JsonExchange::PushMessage(std::optional<std::string_view> json) {
  absl::StatusOr<grpc::ByteBuffer> message = ToRequest(match_, query_, json);
  if (!message.ok()) {
    Refuse(message.status());
    return false;
  }
  flow_.Push(*std::move(message));
  return true;
}

void JsonExchange::OnMessage(grpc::ByteBuffer message) {
  absl::StatusOr<std::string> json = ToJson(*match_.binding, message);
  if (!json.ok()) return Refuse(json.status());
  if (form_ == AnswerForm::kOne) {
    one_ = *std::move(json);
    if (!call_->unary()) call_->Read();  // To its end.
    return;
  }
  WriteAnswer(*json);
  if (answer_.unsent() < HttpAnswer::kHighWater) return call_->Read();
  read_waits_ = true;
}

void JsonExchange::StartAnswer() {
  if (std::exchange(started_, true)) return;
  answer_.Start(200, {{"content-type", std::string(form_ == AnswerForm::kEvents ? kEvents : kLines)},
                      {"cache-control", "no-store"}});
}

void JsonExchange::WriteAnswer(std::string_view json) {
  StartAnswer();
  const bool events = form_ == AnswerForm::kEvents;
  // The JSON has no line breaks of its own.
  answer_.Write(events ? servicekit::StrCat("data: ", json, "\n\n") : servicekit::StrCat(json, "\n"));
}

void JsonExchange::OnSent() {
  if (!done_ && std::exchange(read_waits_, false)) call_->Read();
}

void JsonExchange::OnFinished(const CallEnd& end) {
  if (!end.status.ok()) return Fail(end.status, 0, {});
  done_ = true;
  if (form_ == AnswerForm::kOne) {
    return answer_.Respond(200, {{"content-type", std::string(kJson)}}, std::move(one_));
  }
  StartAnswer();
  answer_.End({});
}

void JsonExchange::Refuse(const absl::Status& why, int http_status, HttpFields fields) {
  const grpc::Status status = servicekit::ToGrpcStatus(why);
  if (call_ != nullptr) call_->Abandon(status);
  Fail(status, http_status, std::move(fields));
}

void JsonExchange::Fail(const grpc::Status& status, int http_status, HttpFields fields) {
  done_ = true;
  std::string error = ErrorJson(status);
  if (started_) {
    // The status line is long gone: the last event says how it ended.
    WriteAnswer(absl::StrCat("{\"error\":", error, "}"));
    return answer_.End({});
  }
  if (http_status == 0) http_status = HttpStatusOf(status);
  fields.emplace_back("content-type", std::string(kJson));
  if (http_status == 401) fields.emplace_back("www-authenticate", "Bearer");
  answer_.Respond(http_status, std::move(fields), std::move(error));
}

void JsonExchange::OnTick(absl::Time now) {
  if (done_) return;
  if (pipeline_.draining() && call_->deadline() == absl::InfiniteFuture()) {
    return Refuse(absl::UnavailableError("the gateway is shutting down"));
  }
  if (call_->unary() && !flow_.ended() && now > call_->deadline()) {
    Refuse(absl::DeadlineExceededError("the request did not come in time"), 408);
  }
}

}  // namespace clientele::gateway
