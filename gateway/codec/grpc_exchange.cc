#include "gateway/codec/grpc_exchange.h"

#include <optional>
#include <utility>

#include "gateway/codec/gzip.h"
#include "gateway/http/header_fields.h"
#include "gateway/upstream/overload.h"
#include "servicekit/rpc/status.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

constexpr size_t kPrefix = 5;

}  // namespace

std::optional<GrpcForm> GrpcFormOf(std::string_view content_type) {
  std::string type = MediaType(content_type);
  if (type.ends_with("+proto")) type.resize(type.size() - 6);
  if (type == "application/grpc") return GrpcForm::kNative;
  if (type == "application/grpc-web") return GrpcForm::kWeb;
  if (type == "application/grpc-web-text") return GrpcForm::kWebText;
  return std::nullopt;
}

GrpcExchange::GrpcExchange(HttpAnswer& answer, Pipeline& pipeline, GrpcForm form)
    : answer_(answer), pipeline_(pipeline), form_(form), flow_(answer), waiting_(pipeline.bodies()) {}

GrpcExchange::~GrpcExchange() {
  if (call_ != nullptr) call_->Abandon({grpc::StatusCode::CANCELLED, "the caller went away"});
}

void GrpcExchange::Begin(const HttpRequest& request, const MethodTable& methods) {
  content_type_ = MediaType(request.Get("content-type"));
  const Method* method = methods.Find(request.path);
  if (request.verb != "POST" || method == nullptr) return Refuse(absl::UnimplementedError("no such method"));
  CallStart start = {.method = method,
                     .codec = form_ == GrpcForm::kNative ? "grpc" : "grpc-web",
                     .authorization = request.Get("authorization"),
                     .api_key = request.Get("x-api-key"),
                     .traceparent = request.Get("traceparent")};
  if (const std::string_view encoding = request.Get("grpc-encoding");
      !encoding.empty() && encoding != "identity") {
    gzip_ = encoding == "gzip";
    if (!gzip_) return Refuse(absl::UnimplementedError("messages may be compressed with gzip only"));
  }
  if (const std::string_view timeout = request.Get("grpc-timeout"); !timeout.empty()) {
    start.timeout = ParseGrpcTimeout(timeout);
    if (!start.timeout.has_value()) return Refuse(absl::InvalidArgumentError("grpc-timeout is malformed"));
  }
  std::optional<Metadata> metadata = ToMetadata(request.fields);
  if (!metadata.has_value()) return Refuse(absl::InvalidArgumentError("a -bin header is not base64"));
  start.metadata = *std::move(metadata);
  absl::StatusOr<std::shared_ptr<Call>> call = pipeline_.Start(answer_.loop(), std::move(start), this);
  if (!call.ok()) return Refuse(call.status());
  call_ = *std::move(call);
  if (!done_) call_->Read();
}

void GrpcExchange::OnBody(std::string_view bytes) {
  if (done_) return answer_.Consumed(bytes.size());
  flow_.Arrived(bytes.size());
  if (form_ == GrpcForm::kWebText) {
    const std::optional<std::string> decoded = text_.Decode(bytes);
    if (!decoded.has_value()) return Refuse(absl::InvalidArgumentError("the body is not base64"));
    body_ += *decoded;
  } else {
    body_ += bytes;
  }
  if (TakeMessages()) flow_.Settle(*call_);
}

bool GrpcExchange::TakeMessages() {
  size_t taken = 0;
  while (body_.size() - taken >= kPrefix) {
    const auto* prefix = reinterpret_cast<const unsigned char*>(body_.data() + taken);
    const size_t size =
        size_t{prefix[1]} << 24 | size_t{prefix[2]} << 16 | size_t{prefix[3]} << 8 | prefix[4];
    if (prefix[0] > 1) {
      Refuse(absl::InternalError("not a gRPC message"));
      return false;
    }
    if (size > pipeline_.options().max_message_bytes) {
      Refuse(servicekit::WithReason(absl::ResourceExhaustedError("the message is too large"),
                                    "MESSAGE_TOO_LARGE"));
      return false;
    }
    if (body_.size() - taken - kPrefix < size) break;
    const std::string_view message = std::string_view(body_).substr(taken + kPrefix, size);
    if (!TakeMessage(message, prefix[0] == 1)) return false;
    taken += kPrefix + size;
  }
  body_.erase(0, taken);
  if (waiting_.Resize(body_.size())) return true;
  Refuse(TooBusy("TOO_MANY_BODIES"));
  return false;
}

bool GrpcExchange::TakeMessage(std::string_view bytes, bool compressed) {
  if (!compressed) {
    flow_.Push(ToByteBuffer(bytes));
    return true;
  }
  if (!gzip_) {
    Refuse(absl::InternalError("a message is compressed, and grpc-encoding does not say how"));
    return false;
  }
  const absl::StatusOr<std::string> unpacked = Gunzip(bytes, pipeline_.options().max_message_bytes);
  if (!unpacked.ok()) {
    Refuse(unpacked.status());
    return false;
  }
  flow_.Push(ToByteBuffer(*unpacked));
  return true;
}

void GrpcExchange::OnBodyEnd() {
  if (done_) return;
  if (!body_.empty() || !text_.at_border()) {
    return Refuse(absl::InvalidArgumentError("the last message is not complete"));
  }
  flow_.BodyEnded(*call_);
}

HttpFields GrpcExchange::AnswerFields() const {
  return {{"content-type", content_type_}, {"grpc-accept-encoding", "identity,gzip"}};
}

void GrpcExchange::StartAnswer() {
  if (std::exchange(started_, true)) return;
  answer_.Start(200, AnswerFields());
}

void GrpcExchange::Write(std::string frame) {
  answer_.Write(form_ == GrpcForm::kWebText ? Base64Stream::Encode(frame) : std::move(frame));
}

void GrpcExchange::OnMessage(grpc::ByteBuffer message) {
  StartAnswer();
  Write(FrameMessage(message));
  if (call_->unary()) return;
  if (answer_.unsent() < HttpAnswer::kHighWater) return call_->Read();
  read_waits_ = true;
}

void GrpcExchange::OnSent() {
  if (!done_ && std::exchange(read_waits_, false)) call_->Read();
}

void GrpcExchange::OnFinished(const CallEnd& end) {
  done_ = true;
  HttpFields trailers = ToTrailers(end);
  if (form_ != GrpcForm::kNative) {
    StartAnswer();
    Write(FrameTrailers(trailers));
    return answer_.End({});
  }
  if (started_) return answer_.End(std::move(trailers));
  // Nothing was sent: the trailers are the header, too.
  HttpFields fields = AnswerFields();
  for (auto& trailer : trailers) fields.push_back(std::move(trailer));
  answer_.Respond(200, std::move(fields), "");
}

void GrpcExchange::Refuse(const absl::Status& why) {
  const grpc::Status status = servicekit::ToGrpcStatus(why);
  if (call_ != nullptr) call_->Abandon(status);
  OnFinished({status, {}});
}

void GrpcExchange::OnTick(absl::Time now) {
  if (done_) return;
  call_->Tick();
  if (pipeline_.draining() && call_->deadline() == absl::InfiniteFuture()) {
    return Refuse(absl::UnavailableError("the gateway is shutting down"));
  }
  // Before the request is complete there is nothing at the service that could run out of time.
  if (call_->unary() && !flow_.ended() && now > call_->deadline()) {
    Refuse(absl::DeadlineExceededError("the request did not come in time"));
  }
}

}  // namespace clientele::gateway
