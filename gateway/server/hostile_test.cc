// What comes from outside and is not a request, or not a friendly one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <boost/asio/ssl.hpp>

#include <fstream>
#include <sstream>

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

constexpr std::string_view kPreface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
constexpr std::string_view kEmptySettings("\0\0\0\4\0\0\0\0\0", 9);

// One HTTP/2 frame.
std::string Frame(uint8_t type, uint8_t flags, uint32_t stream, const std::string& payload) {
  std::string frame;
  for (const int shift : {16, 8, 0}) frame += static_cast<char>(payload.size() >> shift & 0xff);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  for (const int shift : {24, 16, 8, 0}) frame += static_cast<char>(stream >> shift & 0xff);
  return frame + payload;
}

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

TEST_F(HostileTest, GarbageInHttp2EndsTheConnection) {
  Start();
  const std::string starts[] = {
      std::string(kPreface) + std::string(100, '\xff'),
      std::string(kPreface) + std::string(kEmptySettings) + Frame(1, 4, 2, "\xff\xff\xff"),
      std::string(kPreface) + std::string(kEmptySettings) + Frame(0, 0, 1, "data"),
      std::string(kPreface.substr(0, 20)) + "X\r\n\r\n"};
  for (const std::string& bytes : starts) {
    HttpClient client(port());
    client.Send(bytes);
    client.ReadToEnd();
  }
  ExpectAlive();
}

TEST_F(HostileTest, RapidResetEndsTheConnection) {
  options_.http.limits.reset_burst = 50;
  Start();
  HttpClient client(port());
  client.Send(std::string(kPreface) + std::string(kEmptySettings));
  std::string flood;
  for (uint32_t stream = 1; stream < 1000; stream += 2) {
    // :method GET, :scheme http, :path /, all from HPACK's static table; then CANCEL.
    flood += Frame(1, 5, stream, "\x82\x86\x84") + Frame(3, 0, stream, std::string("\0\0\0\x08", 4));
  }
  client.Send(flood);
  const std::string answer = client.ReadToEnd();
  // GOAWAY with ENHANCE_YOUR_CALM.
  EXPECT_THAT(answer, HasSubstr(std::string("\0\0\0\x0b", 4)));
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
  const std::vector<std::pair<std::string, std::string>> fields = {
      {":method", "POST"},
      {":scheme", "http"},
      {":authority", "test"},
      {":path", "/clientele.gateway.testing.EchoService/Echo"},
      {"content-type", "application/grpc"},
      {"authorization", "Bearer " + Token()},
      {"x-evil", "\xff\xfe"}};
  std::vector<nghttp2_nv> block;
  for (const auto& [name, value] : fields) {
    block.push_back({reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
                     reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
                     0});
  }
  nghttp2_hd_deflater* deflater = nullptr;
  nghttp2_hd_deflate_new(&deflater, 0);
  std::string packed(4096, '\0');
  const ssize_t size = nghttp2_hd_deflate_hd(deflater, reinterpret_cast<uint8_t*>(packed.data()),
                                             packed.size(), block.data(), block.size());
  nghttp2_hd_deflate_del(deflater);
  packed.resize(static_cast<size_t>(size));
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
  options_.pipeline.max_concurrent_calls = 1;
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

// A certificate for localhost that signs itself.
void WriteCertificate(const std::string& key_file, const std::string& cert_file) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* cert = X509_new();
  X509_set_version(cert, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert), -60);
  X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
  X509_set_pubkey(cert, key);
  X509_NAME* name = X509_get_subject_name(cert);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"),
                             -1, -1, 0);
  X509_set_issuer_name(cert, name);
  X509_sign(cert, key, EVP_sha256());
  FILE* file = fopen(key_file.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  fclose(file);
  file = fopen(cert_file.c_str(), "w");
  PEM_write_X509(file, cert);
  fclose(file);
  X509_free(cert);
  EVP_PKEY_free(key);
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
