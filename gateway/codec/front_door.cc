#include "gateway/codec/front_door.h"

#include <utility>

#include <boost/asio/post.hpp>

#include "absl/strings/str_join.h"
#include "gateway/codec/grpc_exchange.h"
#include "gateway/codec/grpc_wire.h"
#include "gateway/codec/http_status.h"
#include "gateway/codec/json_exchange.h"
#include "servicekit/rpc/status.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

// Has answered already, or will; what still comes is of no interest.
class Deaf : public HttpHandler {
 public:
  explicit Deaf(HttpAnswer& answer) : answer_(&answer) {}
  void OnBody(std::string_view bytes) override { answer_->Consumed(bytes.size()); }
  void OnBodyEnd() override {}

 protected:
  HttpAnswer* const answer_;
};

void RespondText(HttpAnswer& answer, int status, std::string text) {
  answer.Respond(status, {{"content-type", "text/plain"}, {"cache-control", "no-store"}}, std::move(text));
}

// Asks the services whether they are ready.
class Readiness final : public Deaf {
 public:
  using Deaf::Deaf;
  void Begin(Upstreams& upstreams, std::atomic<int>& pending) {
    ++pending;
    upstreams.CheckHealth(absl::Seconds(1),
                          [alive = std::weak_ptr<Readiness*>(self_), &loop = answer_->loop(),
                           &pending](std::vector<std::string> unready) {
                            boost::asio::post(loop, [alive, unready = std::move(unready)] {
                              if (const auto self = alive.lock()) (*self)->Answer(unready);
                            });
                            --pending;
                          });
  }

 private:
  void Answer(const std::vector<std::string>& unready) {
    if (unready.empty()) return RespondText(*answer_, 200, "ready\n");
    RespondText(*answer_, 503, absl::StrCat("not serving: ", absl::StrJoin(unready, " "), "\n"));
  }

  std::shared_ptr<Readiness*> self_ = std::make_shared<Readiness*>(this);
};

bool IsGrpc(const HttpRequest& request) {
  return request.Get("content-type").starts_with("application/grpc");
}

}  // namespace

std::unique_ptr<HttpHandler> FrontDoor::Open(HttpRequest request, HttpAnswer& answer) {
  HttpFields always = cors_.FieldsFor(request);
  answer.Always(always);
  if (cors_.AnswerPreflight(request, answer)) return std::make_unique<Deaf>(answer);
  if (IsGrpc(request)) {
    const std::optional<GrpcForm> form = GrpcFormOf(request.Get("content-type"));
    if (!form.has_value() || (*form == GrpcForm::kNative && !request.http2)) {
      const grpc::Status status(grpc::StatusCode::INVALID_ARGUMENT,
                                form.has_value() ? "gRPC needs HTTP/2; over HTTP/1.1 there is gRPC-Web"
                                                 : "gRPC is served with protobuf only");
      answer.Respond(415, {{"content-type", "application/json"}}, ErrorJson(status));
      return std::make_unique<Deaf>(answer);
    }
    auto exchange = std::make_unique<GrpcExchange>(answer, pipeline_, *form);
    exchange->Begin(request, methods_);
    return exchange;
  }
  if (request.path == "/healthz") {
    RespondText(answer, 200, "ok\n");
    return std::make_unique<Deaf>(answer);
  }
  // Whether this process takes calls, for what balances over gateways: a service that is down would be behind
  // every other gateway too, and sign-in and the other services are not to go with it.
  if (request.path == "/readyz/self") {
    RespondText(answer, unready_ ? 503 : 200, unready_ ? "shutting down\n" : "ready\n");
    return std::make_unique<Deaf>(answer);
  }
  if (request.path == "/readyz") {
    auto readiness = std::make_unique<Readiness>(answer);
    if (unready_) {
      RespondText(answer, 503, "shutting down\n");
    } else {
      readiness->Begin(upstreams_, pipeline_.pending());
    }
    return readiness;
  }
  if (site_ != nullptr) {
    if (std::optional<Site::Answer> found = site_->Find(request)) {
      answer.Respond(found->status, std::move(found->fields), std::string(found->body));
      return std::make_unique<Deaf>(answer);
    }
  }
  if (pages_ != nullptr && pages_(request, answer)) return std::make_unique<Deaf>(answer);
  always.emplace_back("x-content-type-options", "nosniff");
  // Answers are for who asked. Caches know that of `authorization`, not of API keys.
  always.emplace_back("cache-control", "private, no-cache");
  always.emplace_back("vary", "authorization, x-api-key");
  answer.Always(std::move(always));
  auto exchange = std::make_unique<JsonExchange>(answer, pipeline_);
  exchange->Begin(std::move(request), router_);
  return exchange;
}

}  // namespace clientele::gateway
