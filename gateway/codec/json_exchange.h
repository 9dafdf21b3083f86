#ifndef GATEWAY_CODEC_JSON_EXCHANGE_H_
#define GATEWAY_CODEC_JSON_EXCHANGE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/codec/gzip.h"
#include "gateway/codec/message_flow.h"
#include "gateway/codec/transcoder.h"
#include "gateway/http/exchange.h"
#include "gateway/pipeline/pipeline.h"
#include "gateway/routing/http_router.h"

namespace clientele::gateway {

// JSON over HTTP, by google.api.http. Streams of requests are JSON lines; streams of answers are JSON lines
// or, by the Accept field, server-sent events or one JSON array.
class JsonExchange final : public HttpHandler, private CallPeer {
 public:
  JsonExchange(HttpAnswer& answer, Pipeline& pipeline);
  ~JsonExchange() override;

  void Begin(HttpRequest request, const HttpRouter& router);

  void OnBody(std::string_view bytes) override;
  void OnBodyEnd() override;
  void OnSent() override;
  void OnTick(absl::Time now) override;

 private:
  enum class AnswerForm { kOne, kLines, kEvents, kArray };

  void OnMessage(grpc::ByteBuffer message) override;
  void OnWritten() override { flow_.Written(*call_); }
  void OnFinished(const CallEnd& end) override;

  // The method for the request; false when it was refused, or answered because it is OPTIONS.
  bool FindMethod(const HttpRequest& request, const HttpRouter& router);
  // What the header asks for beside the method. False when it was refused.
  bool ReadHeader(const HttpRequest& request);
  bool CheckBodyFields(const HttpRequest& request);
  bool ChooseAnswerForm(const HttpRequest& request);
  void StartCall(const HttpRequest& request);
  // False when the exchange is over.
  bool TakeBody(std::string_view bytes);
  // Takes the complete lines out of `body_`.
  bool TakeLines(bool last);
  bool PushMessage(std::optional<std::string_view> json);
  void StartAnswer();
  void WriteAnswer(std::string_view json);
  void AnswerOne();
  void Refuse(const absl::Status& why, int http_status = 0, HttpFields fields = {});
  void Fail(const grpc::Status& status, int http_status, HttpFields fields);

  HttpAnswer& answer_;
  Pipeline& pipeline_;
  RequestFlow flow_;
  HttpRouter::Match match_;
  std::string query_;
  std::string if_match_;
  std::string if_none_match_;
  HeaderFields header_;
  std::shared_ptr<Call> call_;
  std::unique_ptr<Inflater> inflater_;  // For a body that comes compressed.
  std::string body_;
  BodyBudget::Share waiting_;  // What `body_` takes.
  JsonAnswer one_;             // The answer of a method that has one.
  AnswerForm form_ = AnswerForm::kOne;
  bool has_body_ = false;
  bool reads_ = false;  // GET or HEAD.
  bool takes_gzip_ = false;
  bool started_ = false;
  bool wrote_ = false;
  bool done_ = false;
  bool read_waits_ = false;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_JSON_EXCHANGE_H_
