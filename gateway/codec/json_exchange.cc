#include "gateway/codec/json_exchange.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "gateway/codec/grpc_wire.h"
#include "gateway/codec/http_semantics.h"
#include "gateway/codec/http_status.h"
#include "gateway/http/header_fields.h"
#include "gateway/upstream/overload.h"
#include "servicekit/rpc/status.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kLines = "application/x-ndjson";
constexpr std::string_view kEvents = "text/event-stream";
constexpr size_t kWorthGzip = 1024;

absl::Status TooLarge() {
  return servicekit::WithReason(absl::ResourceExhaustedError("the request is too large"),
                                "MESSAGE_TOO_LARGE");
}

absl::Status Unsupported(const char* message, const char* reason) {
  return servicekit::WithReason(absl::InvalidArgumentError(message), reason);
}

}  // namespace

JsonExchange::JsonExchange(HttpAnswer& answer, Pipeline& pipeline)
    : answer_(answer), pipeline_(pipeline), flow_(answer), waiting_(pipeline.bodies()) {}

JsonExchange::~JsonExchange() {
  if (call_ != nullptr) call_->Abandon({grpc::StatusCode::CANCELLED, "the caller went away"});
}

void JsonExchange::Begin(HttpRequest request, const HttpRouter& router) {
  if (!FindMethod(request, router) || !ReadHeader(request)) return;
  query_ = std::move(request.query);
  StartCall(request);
}

bool JsonExchange::FindMethod(const HttpRequest& request, const HttpRouter& router) {
  HttpRouter::Result found = router.Find(request.verb, request.path);
  if (request.verb == "HEAD" && std::holds_alternative<HttpRouter::WrongVerb>(found)) {
    // The connection keeps the body back.
    HttpRouter::Result get = router.Find("GET", request.path);
    const auto* match = std::get_if<HttpRouter::Match>(&get);
    if (match != nullptr && match->binding->method->unary) found = std::move(get);
  }
  if (const auto* wrong = std::get_if<HttpRouter::WrongVerb>(&found)) {
    HttpFields allow = {{"allow", absl::StrJoin(wrong->allowed, ", ")}};
    if (request.verb == "OPTIONS") {
      done_ = true;
      answer_.Respond(204, std::move(allow), "");
    } else {
      Refuse(absl::UnimplementedError("the path is not served with this HTTP verb"), 405, std::move(allow));
    }
    return false;
  }
  if (std::holds_alternative<HttpRouter::BadEncoding>(found)) {
    Refuse(absl::InvalidArgumentError("the path is not percent-encoded UTF-8"));
    return false;
  }
  if (std::holds_alternative<HttpRouter::NotFound>(found)) {
    Refuse(absl::NotFoundError("no such path"));
    return false;
  }
  match_ = std::get<HttpRouter::Match>(std::move(found));
  return true;
}

bool JsonExchange::ReadHeader(const HttpRequest& request) {
  has_body_ = request.has_body && request.body_size != 0u;
  reads_ = request.verb == "GET" || request.verb == "HEAD";
  if ((has_body_ && !CheckBodyFields(request)) || !ChooseAnswerForm(request)) return false;
  if_match_ = request.Get("if-match");
  if_none_match_ = request.Get("if-none-match");
  // For a read the answer is compared; a write is for the service to compare, in its transaction.
  if (!if_match_.empty() && !reads_) {
    absl::StatusOr<std::string> etag = SingleEtag(if_match_);
    if (!etag.ok()) {
      Refuse(etag.status());
      return false;
    }
    header_.etag = *std::move(etag);
  }
  takes_gzip_ = TakesGzip(request.Get("accept-encoding"));
  return true;
}

bool JsonExchange::CheckBodyFields(const HttpRequest& request) {
  const bool streams = match_.binding->method->descriptor->client_streaming();
  const std::string type = MediaType(request.Get("content-type"));
  const bool patches = match_.binding->verb == "PATCH" && type == "application/merge-patch+json";
  const bool lines = streams && (type == kLines || type == "application/jsonl");
  if (!type.empty() && type != kJson && !patches && !lines) {
    Refuse(Unsupported(streams ? "the body must be application/x-ndjson: one JSON object a line"
                               : "the body must be application/json",
                       "UNSUPPORTED_MEDIA_TYPE"),
           415);
    return false;
  }
  if (const std::string_view encoding = request.Get("content-encoding");
      !encoding.empty() && encoding != "identity") {
    if (encoding != "gzip" && encoding != "x-gzip") {
      Refuse(Unsupported("the body may be compressed with gzip only", "UNSUPPORTED_ENCODING"), 415,
             {{"accept-encoding", "gzip"}});
      return false;
    }
    inflater_ = std::make_unique<Inflater>();
  }
  if (!streams && request.body_size.value_or(0) > pipeline_.options().max_message_bytes) {
    Refuse(TooLarge(), 413);
    return false;
  }
  return true;
}

bool JsonExchange::ChooseAnswerForm(const HttpRequest& request) {
  const bool streams = match_.binding->method->descriptor->server_streaming();
  const std::string_view accept = request.Get("accept");
  // In the order of AnswerForm from kLines on.
  const std::optional<size_t> choice =
      streams ? Negotiate(accept, {kLines, kEvents, kJson}) : Negotiate(accept, {kJson});
  if (!choice.has_value()) {
    Refuse(Unsupported(streams ? "the answer is application/x-ndjson, text/event-stream or application/json"
                               : "the answer is application/json",
                       "NOT_ACCEPTABLE"),
           406);
    return false;
  }
  if (streams) form_ = static_cast<AnswerForm>(*choice + 1);
  return true;
}

void JsonExchange::StartCall(const HttpRequest& request) {
  CallStart start = {.method = match_.binding->method,
                     .codec = "json",
                     .authorization = request.Get("authorization"),
                     .api_key = request.Get("x-api-key"),
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
  if (done_) return;  // It ended where it began.
  if (const std::string_view key = request.Get("idempotency-key"); !key.empty() && !reads_) {
    absl::StatusOr<std::string> id = RequestIdOf(key, call_->subject());
    if (!id.ok()) return Refuse(id.status());
    header_.request_id = *std::move(id);
  }
  call_->Read();
}

void JsonExchange::OnBody(std::string_view bytes) {
  if (done_) return answer_.Consumed(bytes.size());
  flow_.Arrived(bytes.size());
  if (inflater_ == nullptr) {
    if (!TakeBody(bytes)) return;
  } else {
    const absl::Status taken =
        inflater_->Take(bytes, [this](std::string_view piece) { return TakeBody(piece); });
    if (done_) return;
    if (!taken.ok()) return Refuse(taken, absl::IsResourceExhausted(taken) ? 413 : 0);
  }
  flow_.Settle(*call_);
}

bool JsonExchange::TakeBody(std::string_view bytes) {
  body_ += bytes;
  if (call_->method().descriptor->client_streaming() && !TakeLines(/*last=*/false)) return false;
  if (body_.size() > pipeline_.options().max_message_bytes) {
    Refuse(TooLarge(), 413);
    return false;
  }
  if (waiting_.Resize(body_.size())) return true;
  Refuse(TooBusy("TOO_MANY_BODIES"));
  return false;
}

void JsonExchange::OnBodyEnd() {
  if (done_) return;
  if (inflater_ != nullptr && !inflater_->done()) {
    return Refuse(Unsupported("the body ends before its gzip stream does", "INVALID_ENCODING"));
  }
  const bool taken =
      call_->method().descriptor->client_streaming()
          ? TakeLines(/*last=*/true)
          : PushMessage(has_body_ && !body_.empty() ? std::optional<std::string_view>(body_) : std::nullopt);
  if (taken) flow_.BodyEnded(*call_);
}

bool JsonExchange::TakeLines(bool last) {
  size_t taken = 0;
  while (true) {
    const size_t end = body_.find('\n', taken);
    if (end == std::string::npos && !last) break;
    const std::string_view line =
        std::string_view(body_).substr(taken, end == std::string::npos ? end : end - taken);
    taken = end == std::string::npos ? body_.size() : end + 1;
    if (line.size() > pipeline_.options().max_message_bytes) {
      Refuse(TooLarge(), 413);
      return false;
    }
    const bool empty = line.find_first_not_of(" \t\r") == std::string_view::npos;
    if (!empty && !PushMessage(line)) return false;
    if (end == std::string::npos) break;
  }
  body_.erase(0, taken);
  return true;
}

bool JsonExchange::PushMessage(std::optional<std::string_view> json) {
  absl::StatusOr<grpc::ByteBuffer> message = ToRequest(match_, query_, json, header_);
  if (!message.ok()) {
    Refuse(message.status());
    return false;
  }
  flow_.Push(*std::move(message));
  return true;
}

void JsonExchange::OnMessage(grpc::ByteBuffer message) {
  absl::StatusOr<JsonAnswer> json = ToJson(*match_.binding, message);
  if (!json.ok()) return Refuse(json.status());
  if (form_ == AnswerForm::kOne) {
    one_ = *std::move(json);
    if (!call_->unary()) call_->Read();  // To its end.
    return;
  }
  WriteAnswer(json->json);
  if (answer_.unsent() < HttpAnswer::kHighWater) return call_->Read();
  read_waits_ = true;
}

void JsonExchange::StartAnswer() {
  if (std::exchange(started_, true)) return;
  static constexpr std::string_view kTypes[] = {kJson, kLines, kEvents, kJson};  // By AnswerForm.
  answer_.Start(200, {{"content-type", std::string(kTypes[static_cast<size_t>(form_)])}});
  if (form_ == AnswerForm::kArray) answer_.Write("[");
}

void JsonExchange::WriteAnswer(std::string_view json) {
  StartAnswer();
  const bool first = !std::exchange(wrote_, true);
  // The JSON has no line breaks of its own.
  if (form_ == AnswerForm::kEvents) return answer_.Write(servicekit::StrCat("data: ", json, "\n\n"));
  if (form_ == AnswerForm::kArray) return answer_.Write(servicekit::StrCat(first ? "" : ",\n", json));
  answer_.Write(servicekit::StrCat(json, "\n"));
}

void JsonExchange::OnSent() {
  if (!done_ && std::exchange(read_waits_, false)) call_->Read();
}

void JsonExchange::OnFinished(const CallEnd& end) {
  if (!end.status.ok()) return Fail(end.status, 0, {});
  if (form_ == AnswerForm::kOne) return AnswerOne();
  done_ = true;
  StartAnswer();
  if (form_ == AnswerForm::kArray) answer_.Write("]");
  answer_.End({});
}

void JsonExchange::AnswerOne() {
  HttpFields fields = {{"content-type", std::string(kJson)}};
  if (const std::string& etag = one_.etag; !etag.empty()) {
    fields.emplace_back("etag", etag);
    if (reads_ && !if_match_.empty() && !MatchesEtag(if_match_, etag, /*weak=*/false)) {
      return Refuse(
          servicekit::WithReason(
              absl::AbortedError("the resource is not in the state that If-Match asks for"), "STALE_ETAG"),
          412);
    }
    if (reads_ && !if_none_match_.empty() && MatchesEtag(if_none_match_, etag, /*weak=*/true)) {
      done_ = true;
      return answer_.Respond(304, std::move(fields), "");
    }
  }
  done_ = true;
  if (one_.json.size() >= kWorthGzip) {
    fields.emplace_back("vary", "accept-encoding");
    if (takes_gzip_) {
      fields.emplace_back("content-encoding", "gzip");
      one_.json = Gzip(one_.json);
    }
  }
  answer_.Respond(200, std::move(fields), std::move(one_.json));
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
    if (form_ == AnswerForm::kArray) answer_.Write("]");
    return answer_.End({});
  }
  if (http_status == 0) http_status = HttpStatusOf(status);
  // Whoever made a condition is told that it did not hold, as HTTP has it.
  const absl::Status failure = servicekit::FromGrpcStatus(status);
  if (!if_match_.empty() && absl::IsAborted(failure) && servicekit::GetReason(failure) == "STALE_ETAG") {
    http_status = 412;
  }
  fields.emplace_back("content-type", std::string(kJson));
  if (http_status == 401) fields.emplace_back("www-authenticate", "Bearer");
  if (const auto after = RetryAfterSeconds(failure); after.has_value()) {
    fields.emplace_back("retry-after", absl::StrCat(*after));
  }
  answer_.Respond(http_status, std::move(fields), std::move(error));
}

void JsonExchange::OnTick(absl::Time now) {
  if (done_) return;
  call_->Tick();
  if (pipeline_.draining() && call_->deadline() == absl::InfiniteFuture()) {
    return Refuse(absl::UnavailableError("the gateway is shutting down"));
  }
  if (call_->unary() && !flow_.ended() && now > call_->deadline()) {
    Refuse(absl::DeadlineExceededError("the request did not come in time"), 408);
  }
}

}  // namespace clientele::gateway
