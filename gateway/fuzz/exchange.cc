// A request as text, so that people can read and write it:
//
//   1 POST /test/things:echo          the major version of HTTP, verb and target
//   content-type: application/json
//   chunk: 3                          how many bytes of the body come at once
//
//   {"name": "a"}                     the body
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "gateway/codec/cors.h"
#include "gateway/codec/front_door.h"
#include "gateway/codec/grpc_exchange.h"
#include "gateway/codec/grpc_wire.h"
#include "gateway/codec/gzip.h"
#include "gateway/fuzz/fuzz.h"
#include "gateway/routing/path_template.h"
#include "gateway/testing/echo_service.h"
#include "servicekit/access/token.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/telemetry/metrics.h"

namespace clientele::gateway::fuzz {
namespace {

// A gateway without its port.
struct World {
  World() {
    servicekit::SetLogSink([](std::string_view) {});
    std::string folder = (std::filesystem::temp_directory_path() / "fuzzXXXXXX").string();
    Require(mkdtemp(folder.data()) != nullptr && servicekit::NewSigningKey(folder).ok(), "there is a key");
    verifier = *servicekit::TokenVerifier::Open({.jwks_file = folder + "/jwks.json"});
    std::filesystem::remove_all(folder);
    upstreams.Add("clientele.gateway.testing.", echo.channel());
    PipelineOptions options;
    options.max_message_bytes = 64 << 10;
    for (const Method& method : methods.methods()) options.public_methods.insert(method.path);
    pipeline = std::make_unique<Pipeline>(options, methods, upstreams, *verifier, nullptr, metrics);
    door = std::make_unique<FrontDoor>(*pipeline, methods, router, upstreams, Cors({"https://a.example"}),
                                       nullptr);
  }

  testing::EchoServer echo;
  servicekit::Metrics metrics;
  std::unique_ptr<servicekit::TokenVerifier> verifier;
  Upstreams upstreams;
  MethodTable methods = MethodTable::ForPrefixes({"clientele.gateway.testing."});
  HttpRouter router = *HttpRouter::Build(methods);
  std::unique_ptr<Pipeline> pipeline;
  std::unique_ptr<FrontDoor> door;
  boost::asio::io_context loop{1};
};

World& TheWorld() {
  static World* const world = new World();
  return *world;
}

class Answer final : public HttpAnswer {
 public:
  explicit Answer(boost::asio::io_context& loop) : loop_(loop) {}

  void Respond(int status, HttpFields fields, std::string body) override {
    Begin(status, std::move(fields));
    this->body = std::move(body);
    ended = true;
  }
  void Start(int status, HttpFields fields) override { Begin(status, std::move(fields)); }
  void Write(std::string bytes) override {
    Require(status != 0 && !ended, "an answer is written between its start and its end");
    body += bytes;
  }
  void End(HttpFields fields) override {
    Require(status != 0 && !std::exchange(ended, true), "an answer ends once");
    trailers = std::move(fields);
  }
  size_t unsent() const override { return 0; }
  void Consumed(size_t bytes) override {
    consumed += bytes;
    Require(consumed <= sent, "no more is taken than came");
  }
  boost::asio::io_context& loop() override { return loop_; }

  std::string_view Get(std::string_view name) const {
    for (const auto& [key, value] : fields) {
      if (key == name) return value;
    }
    return {};
  }

  int status = 0;
  HttpFields fields;
  HttpFields trailers;
  std::string body;
  bool ended = false;
  size_t consumed = 0;
  size_t sent = 0;

 private:
  void Begin(int new_status, HttpFields new_fields) {
    Require(status == 0, "there is one answer");
    status = new_status;
    fields = std::move(new_fields);
    for (const auto& [name, value] : fields) {
      Require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
              "answers have no forged fields");
    }
  }

  boost::asio::io_context& loop_;
};

struct Input {
  HttpRequest request;
  std::string body;
  size_t chunk = 1 << 20;
};

std::optional<Input> Read(std::string_view text) {
  Input input;
  const auto line = [&text]() -> std::optional<std::string_view> {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view taken = text.substr(0, end);
    text.remove_prefix(end + 1);
    return taken;
  };
  std::optional<std::string_view> first = line();
  if (!first.has_value() || first->size() < 2) return std::nullopt;
  input.request.http2 = first->front() == '2';
  first->remove_prefix(2);
  const size_t space = first->find(' ');
  if (space == 0 || space == std::string_view::npos) return std::nullopt;
  input.request.verb = first->substr(0, space);
  const std::string_view target = first->substr(space + 1);
  const size_t question = target.find('?');
  input.request.path = target.substr(0, question);
  if (question != std::string_view::npos) input.request.query = target.substr(question + 1);
  while (true) {
    const std::optional<std::string_view> field = line();
    if (!field.has_value()) return std::nullopt;
    if (field->empty()) break;
    // What a connection would not let through is no input.
    const size_t colon = field->find(": ");
    if (colon == 0 || colon == std::string_view::npos) return std::nullopt;
    if (field->find_first_of(std::string_view("\r\0", 2)) != std::string_view::npos) return std::nullopt;
    const std::string name = absl::AsciiStrToLower(std::string(field->substr(0, colon)));
    if (name == "chunk") {
      if (!absl::SimpleAtoi(std::string(field->substr(colon + 2)), &input.chunk) || input.chunk == 0)
        return std::nullopt;
    } else {
      input.request.fields.emplace_back(name, field->substr(colon + 2));
    }
  }
  input.body = text;
  input.request.has_body = !input.body.empty();
  if (input.chunk > input.body.size()) input.request.body_size = input.body.size();
  return input;
}

// Methods that wait until their caller has gone.
bool MayWait(const HttpRequest& request) {
  const std::string path = absl::AsciiStrToLower(PercentDecode(request.path).value_or(""));
  return absl::StrContains(path, "sleep") || absl::StrContains(path, "count");
}

// gRPC-Web: messages, then the trailers, and nothing else.
void CheckGrpcWeb(std::string bytes, GrpcForm form) {
  if (form == GrpcForm::kWebText) {
    Base64Stream text;
    std::optional<std::string> decoded = text.Decode(bytes);
    Require(decoded.has_value() && text.at_border(), "the text form is base64");
    bytes = *std::move(decoded);
  }
  std::string_view rest = bytes;
  bool trailers = false;
  while (!rest.empty()) {
    Require(!trailers, "the trailers are the last");
    Require(rest.size() >= 5, "frames have a head");
    const auto byte = [&](size_t i) { return size_t{static_cast<unsigned char>(rest[i])}; };
    const size_t size = byte(1) << 24 | byte(2) << 16 | byte(3) << 8 | byte(4);
    Require(rest.size() - 5 >= size, "frames are whole");
    trailers = byte(0) == 0x80;
    Require(trailers || byte(0) == 0, "frames are messages or trailers");
    if (trailers)
      Require(absl::StrContains(std::string(rest.substr(5, size)), "grpc-status: "), "trailers tell the end");
    rest.remove_prefix(5 + size);
  }
  Require(trailers, "the trailers are there");
}

void Check(const Input& input, const Answer& answer) {
  const bool asked_to_fail =
      absl::StrContains(absl::AsciiStrToLower(PercentDecode(input.request.path).value_or("")), "fail");
  Require(answer.status >= 200 && answer.status < 600, "an answer has a status");
  Require(answer.status != 500 || asked_to_fail, "no input breaks anything inside");
  const std::string_view asked = input.request.Get("content-type");
  if (asked.starts_with("application/grpc") && answer.status == 200) {
    const std::optional<GrpcForm> form = GrpcFormOf(asked);
    if (form.has_value() && *form != GrpcForm::kNative) CheckGrpcWeb(answer.body, *form);
    return;
  }
  if (answer.Get("content-type") != "application/json" || answer.status == 304) return;
  std::string json = answer.body;
  if (answer.Get("content-encoding") == "gzip") {
    absl::StatusOr<std::string> unpacked = Gunzip(json, 64 << 20);
    Require(unpacked.ok(), "what is said to be gzip is");
    json = *std::move(unpacked);
  }
  Require(nlohmann::json::accept(json), "an answer is JSON");
}

}  // namespace

void Exchange(std::string_view bytes) {
  std::optional<Input> input = Read(bytes);
  if (!input.has_value()) return;
  World& world = TheWorld();
  Answer answer(world.loop);
  const auto run = [&] {
    world.loop.restart();
    world.loop.poll();
  };
  {
    const std::unique_ptr<HttpHandler> handler = world.door->Open(input->request, answer);
    // As connections do: nothing more of the body once the answer is complete.
    for (std::string_view rest = input->body; !rest.empty() && !answer.ended;) {
      const std::string_view piece = rest.substr(0, input->chunk);
      rest.remove_prefix(piece.size());
      answer.sent += piece.size();
      handler->OnBody(piece);
      run();
    }
    if (!answer.ended) handler->OnBodyEnd();
    const bool may_wait = MayWait(input->request);
    const absl::Time patience = absl::Now() + (may_wait ? absl::Milliseconds(20) : absl::Seconds(30));
    while (!answer.ended && absl::Now() < patience) {
      world.loop.restart();
      world.loop.run_one_for(std::chrono::milliseconds(5));
    }
    Require(answer.ended || may_wait, "every request is answered");
    if (answer.ended) Check(*input, answer);
  }
  // What became of calls that were given up is reported to the loop.
  while (world.pipeline->pending() > 0) {
    world.loop.restart();
    world.loop.run_one_for(std::chrono::milliseconds(1));
  }
  run();
}

}  // namespace clientele::gateway::fuzz
