#ifndef GATEWAY_FUZZ_ECHO_DOOR_H_
#define GATEWAY_FUZZ_ECHO_DOOR_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "gateway/fuzz/fuzz.h"
#include "gateway/http/exchange.h"

namespace clientele::gateway::fuzz {

// Answers in every way that an answer can be given; the path says in which. Checks what HTTP promises its
// handlers.
class EchoDoor final : public HttpFrontDoor {
 public:
  std::unique_ptr<HttpHandler> Open(HttpRequest request, HttpAnswer& answer) override {
    Check(request);
    ++opened_;
    heads_ = heads_ || request.verb == "HEAD";
    return std::make_unique<Handler>(*this, std::move(request), answer);
  }

  int opened() const { return opened_; }
  int alive() const { return alive_; }
  // Whether one of the requests was HEAD, whose answer tells of a body that it does not have.
  bool heads() const { return heads_; }

 private:
  class Handler final : public HttpHandler {
   public:
    Handler(EchoDoor& door, HttpRequest request, HttpAnswer& answer)
        : door_(door), request_(std::move(request)), answer_(answer) {
      ++door_.alive_;
      answer_.Always({{"x-always", "1"}});
      if (Is("now")) Respond("at once");
      if (Is("stream")) answer_.Start(200, {{"content-type", "text/plain"}});
      if (Is("big")) {
        answer_.Start(200, {});
        OnSent();
      }
    }
    ~Handler() override { --door_.alive_; }

    void OnBody(std::string_view bytes) override {
      Require(!ended_, "no body after its end");
      size_ += bytes.size();
      if (!request_.body_size.has_value() || request_.http2) {
        // Nobody said how much would come, or nghttp2 has compared it.
      } else {
        Require(size_ <= *request_.body_size, "not more of a body than was announced");
      }
      if (answered_) return answer_.Consumed(bytes.size());
      if (Is("stream")) answer_.Write(std::string(bytes));
      if (Is("lazy")) {
        unconsumed_ += bytes.size();
      } else {
        answer_.Consumed(bytes.size());
      }
      if (Is("early")) Respond("enough");
    }
    void OnBodyEnd() override {
      Require(!std::exchange(ended_, true), "a body ends once");
      if (answered_ || Is("never") || Is("big")) return;
      if (!Is("stream")) return Respond(std::to_string(size_));
      answered_ = true;
      answer_.End({{"x-trailer", "1"}});
    }
    void OnSent() override {
      if (!Is("big") || answered_) return;
      while (answer_.unsent() < HttpAnswer::kHighWater && written_ < kBig) {
        answer_.Write(std::string(10'000, 'b'));
        written_ += 10'000;
      }
      if (written_ < kBig) return;
      answered_ = true;
      answer_.End({});
    }
    void OnTick(absl::Time) override { answer_.Consumed(std::exchange(unconsumed_, 0)); }

   private:
    static constexpr size_t kBig = 300'000;

    bool Is(std::string_view word) const { return request_.path.ends_with(word); }
    void Respond(std::string text) {
      answered_ = true;
      answer_.Respond(Is("gone") ? 204 : 200, {{"content-type", "text/plain"}}, std::move(text));
    }

    EchoDoor& door_;
    const HttpRequest request_;
    HttpAnswer& answer_;
    uint64_t size_ = 0;
    size_t unconsumed_ = 0;
    size_t written_ = 0;
    bool ended_ = false;
    bool answered_ = false;
  };

  static void Check(const HttpRequest& request) {
    Require(!request.verb.empty(), "a request has a verb");
    for (const auto& [name, value] : request.fields) {
      Require(!name.empty(), "fields have names");
      for (const char c : name)
        Require(c > ' ' && c != ':' && !(c >= 'A' && c <= 'Z'), "names are lower-case tokens");
      Require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "values are one line");
    }
    const std::string_view target = request.path;
    Require(target.find_first_of(std::string_view(" \r\n\0?", 5)) == std::string_view::npos,
            "paths are one word");
  }

  int opened_ = 0;
  int alive_ = 0;
  bool heads_ = false;
};

}  // namespace clientele::gateway::fuzz

#endif  // GATEWAY_FUZZ_ECHO_DOOR_H_
