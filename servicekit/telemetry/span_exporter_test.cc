#include "servicekit/telemetry/span_exporter.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include <nlohmann/json.hpp>

#include "absl/time/clock.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/telemetry/trace.h"

namespace servicekit {
namespace {

// Takes one POST, says 200, and keeps its body.
class Collector {
 public:
  Collector() {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listener_, 8), 0);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~Collector() {
    thread_.join();
    close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1/traces"; }
  std::string WaitForBody() {
    thread_.join();
    thread_ = std::thread([] {});
    return body_;
  }

 private:
  void Serve() {
    const int peer = accept(listener_, nullptr, nullptr);
    std::string text;
    char chunk[4096];
    while (true) {
      const size_t head = text.find("\r\n\r\n");
      if (head != std::string::npos) {
        const size_t at = text.find("Content-Length: ");
        const size_t length = std::stoul(text.substr(at + 16));
        if (text.size() >= head + 4 + length) {
          body_ = text.substr(head + 4);
          break;
        }
      }
      const ssize_t size = read(peer, chunk, sizeof chunk);
      if (size <= 0) break;
      text.append(chunk, static_cast<size_t>(size));
    }
    const std::string answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
    EXPECT_EQ(write(peer, answer.data(), answer.size()), static_cast<ssize_t>(answer.size()));
    close(peer);
  }

  int listener_ = -1;
  int port_ = 0;
  std::string body_;
  std::thread thread_;
};

Span CallAt(const std::string& traceparent, const std::string& parent, int code) {
  return {.traceparent = traceparent,
          .parent_traceparent = parent,
          .method = "/clientele.customer.v1.CustomerService/GetCustomer",
          .start = absl::FromUnixSeconds(1),
          .end = absl::FromUnixSeconds(2),
          .code = code};
}

TEST(SpanExporter, SendsSpansAsOtlpJson) {
  Collector collector;
  const std::string parent = ContinueTrace("");
  const std::string own = ContinueTrace(parent);
  const std::string unsampled = own.substr(0, 53) + "00";
  {
    const auto exporter = SpanExporter::Start(
        {.endpoint = collector.url(), .service = "customer-svc", .every = absl::Seconds(20)});
    ASSERT_TRUE(exporter.ok()) << exporter.status();
    ExportSpan(CallAt(own, parent, 5));
    ExportSpan(CallAt(unsampled, parent, 0));
    Span forged = CallAt(own, parent, 0);
    forged.method = "/a\"/b";
    ExportSpan(forged);
  }
  ExportSpan(CallAt(own, parent, 0));  // Nobody listens any more.
  const nlohmann::json body = nlohmann::json::parse(collector.WaitForBody());
  const nlohmann::json& resource = body["resourceSpans"][0];
  EXPECT_EQ(resource["resource"]["attributes"][0]["value"]["stringValue"], "customer-svc");
  ASSERT_EQ(resource["scopeSpans"][0]["spans"].size(), 1u);
  const nlohmann::json& span = resource["scopeSpans"][0]["spans"][0];
  EXPECT_EQ(span["traceId"], own.substr(3, 32));
  EXPECT_EQ(span["traceId"], parent.substr(3, 32));
  EXPECT_EQ(span["spanId"], own.substr(36, 16));
  EXPECT_EQ(span["parentSpanId"], parent.substr(36, 16));
  EXPECT_EQ(span["name"], "clientele.customer.v1.CustomerService/GetCustomer");
  EXPECT_EQ(span["startTimeUnixNano"], "1000000000");
  EXPECT_EQ(span["status"]["code"], 2);
  EXPECT_EQ(span["attributes"][2]["value"]["stringValue"], "GetCustomer");
}

TEST(SpanExporter, ACollectorThatIsAwayCostsSpansAndNothingElse) {
  SetLogSink([](std::string_view) {});
  const auto exporter = SpanExporter::Start({.endpoint = "http://127.0.0.1:1/v1/traces",
                                             .service = "x",
                                             .every = absl::Milliseconds(10),
                                             .max_waiting = 4});
  ASSERT_TRUE(exporter.ok());
  const std::string own = ContinueTrace("");
  for (int i = 0; i < 100; ++i) ExportSpan(CallAt(own, "", 0));
  const absl::Time until = absl::Now() + absl::Seconds(20);
  while ((*exporter)->dropped() < 100 && absl::Now() < until) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_EQ((*exporter)->dropped(), 100);
  SetLogSink(nullptr);
}

TEST(SpanExporter, AnAddressThatIsNoneIsTold) {
  EXPECT_FALSE(SpanExporter::Start({.endpoint = "collector:4318", .service = "x"}).ok());
}

}  // namespace
}  // namespace servicekit
