// What comes from outside and is not a request, or not a friendly one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509.h>
#include <boost/asio/ssl.hpp>

#include <fstream>
#include <sstream>

#include "gateway/testing/certificate.h"
#include "gateway/testing/http2_frames.h"
#include "gateway/testing/running_gateway.h"
#include "servicekit/rpc/channel.h"

namespace clientele::gateway::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class HostileTest : public GatewayTest {
 protected:
  void ExpectAlive() { EXPECT_EQ(Get("/test/things/a").status, 200); }
};

TEST_F(HostileTest, GarbageIsAnsweredOrClosedAndNothingElse) {
  Start();
  const std::string cases[] = {
      "garbage\r\n\r\n",
      std::string("\0\0\0\0\0\0\0\0", 8),
      "GET / HTTP/9.9\r\n\r\n",
      "GET /\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
      "GET / HTTP/1.1\r\nhost a\r\n\r\n",
      "POST /v1/signIn HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n",
      "POST /v1/signIn HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + std::string(64, 'x') + "\r\n\r\n"};
  for (const std::string& bytes : cases) {
    HttpClient client(port());
    client.Send(bytes);
    const std::string answer = client.ReadToEnd();
    EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 400")) << bytes << "\n" << answer;
  }
  HttpClient big(port());
  big.Send("GET / HTTP/1.1\r\nhost: a\r\nx: " + std::string(100'000, 'x') + "\r\n\r\n");
  EXPECT_THAT(big.ReadToEnd(), StartsWith("HTTP/1.1 431"));
  ExpectAlive();
}

TEST_F(HostileTest, HeadersThatGrpcDoesNotTakeAreRefused) {
  Start();
  const auto request = [&](const std::string& target, const std::string& name, const std::string& value) {
    return HttpClient(port())
        .Request(target.starts_with("/v1/signIn") ? "POST" : "GET", target, {SignedIn(), {name, value}})
        .status;
  };
  EXPECT_EQ(request("/test/things/a", "x-request-id", "\xff\xfe"), 400);
  EXPECT_EQ(request("/test/things/a", "x-request-id", "a\tb"), 400);
  EXPECT_EQ(request("/test/things/a", "tracestate", "\x80"), 400);
  EXPECT_EQ(request("/test/things/a", "traceparent", "\xff"), 200);  // Malformed, so a new one is made.
  EXPECT_EQ(HttpClient(port()).Request("POST", "/v1/signIn", {{"authorization", "Bearer \xff"}}).status, 200);
  EXPECT_EQ(HttpClient(port()).Request("GET", "/v1/whoAmI", {{"authorization", "Bearer \xff"}}).status, 401);

  // The same over HTTP/2, where gRPC's own client would not send it.
  const std::string packed = HeaderBlock({{":method", "POST"},
                                          {":scheme", "http"},
                                          {":authority", "test"},
                                          {":path", "/clientele.gateway.testing.EchoService/Echo"},
                                          {"content-type", "application/grpc"},
                                          {"authorization", "Bearer " + Token()},
                                          {"x-evil", "\xff\xfe"}});
  HttpClient client(port());
  client.Send(std::string(kPreface) + std::string(kEmptySettings) + Frame(1, 4, 1, packed) +
              Frame(0, 1, 1, std::string(5, '\0')));
  // Trailers only: HEADERS that end the stream, beginning with `:status: 200`.
  const std::string refusal("\x01\x05\0\0\0\x01\x88", 7);
  EXPECT_THAT(client.ReadUntil(refusal), HasSubstr(refusal));
  ExpectAlive();
}

TEST_F(HostileTest, SlowHeadersAreCutOff) {
  options_.http.limits.header_timeout = absl::Milliseconds(100);
  Start();
  HttpClient half(port());
  half.Send("GET / HTTP/1.1\r\nho");
  HttpClient silent(port());
  HttpClient preface(port());
  preface.Send(kPreface.substr(0, 10));
  EXPECT_EQ(half.ReadToEnd(), "");
  EXPECT_EQ(silent.ReadToEnd(), "");
  EXPECT_EQ(preface.ReadToEnd(), "");
}

TEST_F(HostileTest, SlowBodiesAreCutOff) {
  options_.pipeline.default_timeout = absl::Milliseconds(100);
  Start();
  HttpClient client(port());
  client.Send(Head("POST", "/test/things:echo", "content-type: application/json\r\ncontent-length: 100\r\n") +
              "{");
  EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 408"));
}

TEST_F(HostileTest, PeersThatLeaveEarlyLeaveNothing) {
  Start();
  for (int i = 0; i < 50; ++i) {
    HttpClient(port()).Send(
        Head("POST", "/test/things:echo", "content-type: application/json\r\ncontent-length: 9\r\n"));
    HttpClient(port()).Send(Head("GET", "/test/things/a", ""));
    HttpClient(port()).Send("GE");
    HttpClient(port()).Send(std::string(kPreface) + std::string(kEmptySettings) +
                            Frame(1, 5, 1, "\x82\x86\x84"));
  }
  ExpectAlive();
}

TEST_F(HostileTest, MoreCallsThanAllowedAreRefusedWithAReason) {
  options_.pipeline.limits.max_concurrent_calls = 1;
  Start();
  HttpClient client(port());
  client.Send(Head("GET", "/test/things:count?to=1&wait=true", ""));
  client.ReadUntil("}\n");
  const HttpResponse response = Get("/test/things/a");
  EXPECT_EQ(response.status, 429);
  EXPECT_THAT(response.body, HasSubstr("TOO_MANY_CALLS"));
  client.Close();
  echo_.cancelled.WaitForNotification();
  ExpectAlive();
}

TEST_F(HostileTest, OutsideOfDevelopmentThereIsNoSignIn) {
  options_.dev_signing_key_file.clear();
  Start();
  EXPECT_EQ(HttpClient(port()).Request("POST", "/v1/signIn").status, 501);
}

TEST_F(HostileTest, AServiceThatIsAwayIsUnavailableWithoutItsAddress) {
  options_.services.emplace_back("clientele.customer.", *servicekit::MakeChannel("127.0.0.1:1"));
  Start();
  const HttpResponse response = Get("/v1/customers/x");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body.find("127.0.0.1"), std::string::npos) << response.body;
}

TEST_F(HostileTest, TlsSpeaksBothByAlpnAndNothingWithoutIt) {
  options_.http.tls_key_file = directory_ + "/tls.key";
  options_.http.tls_cert_file = directory_ + "/tls.crt";
  WriteCertificate(options_.http.tls_key_file, options_.http.tls_cert_file);
  Start();
  std::ostringstream root;
  root << std::ifstream(options_.http.tls_cert_file).rdbuf();
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride("localhost");
  const auto stub = EchoService::NewStub(grpc::CreateCustomChannel(
      absl::StrCat("127.0.0.1:", port()), grpc::SslCredentials({.pem_root_certs = root.str()}), arguments));
  grpc::ClientContext context;
  SignIn(context);
  Thing response;
  const grpc::Status status = stub->Echo(&context, {}, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();

  namespace ssl = boost::asio::ssl;
  boost::asio::io_context io;
  ssl::context tls(ssl::context::tls_client);
  ssl::stream<boost::asio::ip::tcp::socket> stream(io, tls);
  stream.next_layer().connect({boost::asio::ip::address_v4::loopback(), static_cast<uint16_t>(port())});
  stream.handshake(ssl::stream_base::client);
  boost::asio::write(stream, boost::asio::buffer(Head("GET", "/test/things/a", "connection: close\r\n")));
  std::string answer;
  boost::system::error_code error;
  boost::asio::read(stream, boost::asio::dynamic_buffer(answer), error);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));

  EXPECT_NE(HttpClient(port()).Request("GET", "/healthz").status, 200);
}

// The certificate that a new connection is shown.
std::string ShownCertificate(int port) {
  namespace ssl = boost::asio::ssl;
  boost::asio::io_context io;
  ssl::context tls(ssl::context::tls_client);
  ssl::stream<boost::asio::ip::tcp::socket> stream(io, tls);
  boost::system::error_code error;
  stream.next_layer().connect({boost::asio::ip::address_v4::loopback(), static_cast<uint16_t>(port)}, error);
  stream.handshake(ssl::stream_base::client, error);
  X509* shown = SSL_get1_peer_certificate(stream.native_handle());
  if (shown == nullptr) return {};
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  X509_digest(shown, EVP_sha256(), digest, &size);
  X509_free(shown);
  return {reinterpret_cast<char*>(digest), size};
}

TEST_F(HostileTest, ARenewedCertificateIsShownWithoutARestart) {
  options_.http.tls_key_file = directory_ + "/tls.key";
  options_.http.tls_cert_file = directory_ + "/tls.crt";
  options_.http.look_at_tls_files_every = absl::Milliseconds(20);
  WriteCertificate(options_.http.tls_key_file, options_.http.tls_cert_file);
  Start();
  const std::string first = ShownCertificate(port());
  ASSERT_NE(first, "");
  // Half of a pair is not used.
  WriteCertificate(directory_ + "/other.key", options_.http.tls_cert_file);
  absl::SleepFor(absl::Milliseconds(200));
  EXPECT_EQ(ShownCertificate(port()), first);
  std::filesystem::copy_file(directory_ + "/other.key", options_.http.tls_key_file,
                             std::filesystem::copy_options::overwrite_existing);
  const absl::Time until = absl::Now() + absl::Seconds(20);
  while (ShownCertificate(port()) == first && absl::Now() < until) absl::SleepFor(absl::Milliseconds(20));
  EXPECT_NE(ShownCertificate(port()), first);
  EXPECT_NE(ShownCertificate(port()), "");
}

TEST_F(HostileTest, AnythingThatCannotServeFailsAtTheStart) {
  options_.http.listen = "nowhere";
  EXPECT_FALSE(Gateway::Start(options_).ok());
  options_.http.listen = "127.0.0.1:0";
  options_.http.tls_key_file = "/nonexistent";
  EXPECT_FALSE(Gateway::Start(options_).ok());
  options_.http.tls_key_file.clear();
  options_.tokens.jwks_file = "/nonexistent";
  EXPECT_FALSE(Gateway::Start(options_).ok());
}

}  // namespace
}  // namespace clientele::gateway::testing
