// Hostile requests, each with the answer that it must get.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/hmac.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "gateway/codec/gzip.h"
#include "gateway/testing/running_gateway.h"

namespace clientele::gateway::testing {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class HostileTable : public GatewayTest {
 protected:
  void ExpectAlive() { EXPECT_EQ(Get("/test/things/a").status, 200); }

  static std::string Part(const std::string& text) { return absl::WebSafeBase64Escape(text); }
  static std::string Unpart(absl::string_view text) {
    std::string bytes;
    absl::WebSafeBase64Unescape(text, &bytes);
    return bytes;
  }
  std::vector<std::string> Parts() { return absl::StrSplit(Token(), '.'); }
  // A token of ours with another header, its signature kept.
  std::string WithHeader(const std::function<void(Json&)>& change) {
    std::vector<std::string> parts = Parts();
    Json header = Json::parse(Unpart(parts[0]));
    change(header);
    return Part(header.dump()) + "." + parts[1] + "." + parts[2];
  }
  std::string SignedWith(servicekit::TokenSignerOptions options, absl::Duration lifetime = absl::Hours(1)) {
    options.signing_key_file = options_.dev_signing_key_file;
    return *(*servicekit::TokenSigner::Open(options))
                ->Sign({.subject = "users/tester", .role = servicekit::Role::kAdministrator}, lifetime);
  }
};

TEST_F(HostileTable, Tokens) {
  Start();
  std::ostringstream jwks;
  jwks << std::ifstream(options_.tokens.jwks_file).rdbuf();
  const auto hmac = [&](const std::string& alg) {
    const std::string text = Part(R"({"alg":")" + alg + R"(","kid":")" +
                                  Json::parse(Unpart(Parts()[0]))["kid"].get<std::string>() + "\"}") +
                             "." + Parts()[1];
    unsigned char digest[32];
    unsigned size = 0;
    const std::string key = jwks.str();
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
    return text + "." + Part(std::string(reinterpret_cast<char*>(digest), size));
  };
  const auto none = [&](const std::string& alg, const std::string& signature) {
    return Part(R"({"alg":")" + alg + R"(","typ":"JWT"})") + "." + Parts()[1] + "." + signature;
  };
  const auto tampered = [&] {
    Json claims = Json::parse(Unpart(Parts()[1]));
    claims["sub"] = "users/somebody-else";
    return Parts()[0] + "." + Part(claims.dump()) + "." + Parts()[2];
  };
  class Yesterday final : public servicekit::Clock {
    absl::Time Now() const override { return absl::Now() - absl::Hours(24); }
  } yesterday;
  const struct {
    const char* what;
    std::string authorization;
    const char* reason;
  } cases[] = {
      {"nothing", "", "TOKEN_MISSING"},
      {"the scheme alone", "Bearer", "TOKEN_MALFORMED"},
      {"another scheme", "Basic eDp5", "TOKEN_MALFORMED"},
      {"no scheme", Token(), "TOKEN_MALFORMED"},
      {"a word", "Bearer x", "TOKEN_MALFORMED"},
      {"two parts", "Bearer a.b", "TOKEN_MALFORMED"},
      {"four parts", "Bearer " + Token() + ".x", "TOKEN_MALFORMED"},
      {"five parts, as encrypted tokens have", "Bearer a.b.c.d.e", "TOKEN_MALFORMED"},
      {"alg none without a signature", "Bearer " + none("none", ""), "TOKEN_"},
      {"alg none with one", "Bearer " + none("none", Parts()[2]), "TOKEN_ALGORITHM"},
      {"alg nOnE", "Bearer " + none("nOnE", Parts()[2]), "TOKEN_"},
      {"HS256 with the public key as the secret", "Bearer " + hmac("HS256"), "TOKEN_ALGORITHM"},
      {"RS256 for an ES256 key", "Bearer " + hmac("RS256"), "TOKEN_ALGORITHM"},
      {"ES512", "Bearer " + WithHeader([](Json& header) { header["alg"] = "ES512"; }), "TOKEN_ALGORITHM"},
      {"no algorithm", "Bearer " + WithHeader([](Json& header) { header.erase("alg"); }), "TOKEN_MALFORMED"},
      {"no key id", "Bearer " + WithHeader([](Json& header) { header.erase("kid"); }), "TOKEN_KEY"},
      {"an unknown key", "Bearer " + WithHeader([](Json& header) { header["kid"] = "other"; }), "TOKEN_KEY"},
      {"a path as key id", "Bearer " + WithHeader([](Json& header) { header["kid"] = "../../etc/passwd"; }),
       "TOKEN_KEY"},
      {"a critical extension", "Bearer " + WithHeader([](Json& header) { header["crit"] = {"x"}; }),
       "TOKEN_MALFORMED"},
      {"a key of its own",
       "Bearer " + WithHeader([&](Json& header) { header["jwk"] = Json::parse(jwks.str())["keys"][0]; }),
       "TOKEN_SIGNATURE"},
      {"an address of keys",
       "Bearer " + WithHeader([](Json& header) { header["jku"] = "http://evil.example/"; }),
       "TOKEN_SIGNATURE"},
      {"other claims under the signature", "Bearer " + tampered(), "TOKEN_SIGNATURE"},
      {"half a signature", "Bearer " + Token().substr(0, Token().size() - 40), "TOKEN_SIGNATURE"},
      {"no signature", "Bearer " + Parts()[0] + "." + Parts()[1] + ".", "TOKEN_"},
      {"a signature of zeros",
       "Bearer " + Parts()[0] + "." + Parts()[1] + "." + Part(std::string(64, '\0')).substr(0, 86),
       "TOKEN_SIGNATURE"},
      {"expired", "Bearer " + SignedWith({.clock = &yesterday}), "TOKEN_EXPIRED"},
      {"for somebody else", "Bearer " + SignedWith({.audience = "payroll"}), "TOKEN_AUDIENCE"},
      {"from somebody else", "Bearer " + SignedWith({.issuer = "evil"}), "TOKEN_ISSUER"},
      {"far too long", "Bearer " + std::string(9000, 'x'), "TOKEN_MALFORMED"},
      {"bytes that are no text", "Bearer \xff\xfe\x80", "TOKEN_MALFORMED"},
  };
  for (const auto& c : cases) {
    const HttpResponse response =
        HttpClient(port()).Request("GET", "/test/things/a", {{"authorization", c.authorization}});
    EXPECT_EQ(response.status, 401) << c.what;
    EXPECT_THAT(response.body, HasSubstr(std::string("\"reason\":\"") + c.reason)) << c.what;
    EXPECT_EQ(response.body.find("users/"), std::string::npos) << c.what;
  }
  ExpectAlive();
}

TEST_F(HostileTable, BytesThatAreNoRequest) {
  Start();
  const std::string host = "host: a\r\n";
  const std::string post =
      "POST /test/things:echo HTTP/1.1\r\n" + host + "authorization: Bearer " + Token() + "\r\n";
  const struct {
    const char* what;
    std::string bytes;
    // What the answer begins with behind `HTTP/1.1 `; empty when the connection is closed without one.
    const char* answer;
  } cases[] = {
      {"a length and chunks", post + "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}", "400"},
      {"chunks and a length", post + "transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n0\r\n\r\n",
       "400"},
      {"two lengths", post + "content-length: 2\r\ncontent-length: 3\r\n\r\n{}", "400"},
      {"a list of lengths", post + "content-length: 2, 3\r\n\r\n{}", "400"},
      {"a negative length", post + "content-length: -2\r\n\r\n{}", "400"},
      {"a length with a plus", post + "content-length: +2\r\n\r\n{}", "400"},
      {"a length beyond 64 bits", post + "content-length: 99999999999999999999\r\n\r\n{}", "400"},
      {"a length in hexadecimal", post + "content-length: 0x2\r\n\r\n{}", "400"},
      {"a space before the colon", "GET / HTTP/1.1\r\nhost : a\r\n\r\n", "400"},
      {"a name with a space", "GET / HTTP/1.1\r\nhost: a\r\nx y: z\r\n\r\n", "400"},
      {"a line feed alone ends lines", "GET / HTTP/1.1\nhost: a\n\n", "400"},
      {"a carriage return in a value", "GET / HTTP/1.1\r\nhost: a\r\nx: y\rz\r\n\r\n", "400"},
      {"a zero in a value", std::string("GET / HTTP/1.1\r\nhost: a\r\nx: y\0z\r\n\r\n", 35), "400"},
      {"no host", "GET / HTTP/1.1\r\n\r\n", "400"},
      {"two hosts", "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", "400"},
      {"a version of the future", "GET / HTTP/7.3\r\n" + host + "\r\n", "400"},
      {"no version", "GET /\r\n\r\n", "400"},
      {"a preface that is not quite HTTP/2's", "PRI * HTTP/2.0\r\n\r\nSX\r\n\r\n", "400"},
      {"HTTP/2 in words", "GET / HTTP/2.0\r\n" + host + "\r\n", "400"},
      {"a target with a space", "GET /a b HTTP/1.1\r\n" + host + "\r\n", "400"},
      {"a target with a control character", "GET /a\x01 HTTP/1.1\r\n" + host + "\r\n", "400"},
      {"a method with a slash", "GE/T / HTTP/1.1\r\n" + host + "\r\n", "400"},
      {"another server's address", "GET http://evil.example/test/things/a HTTP/1.1\r\n" + host + "\r\n",
       "404"},
      {"a tunnel", "CONNECT evil.example:443 HTTP/1.1\r\n" + host + "\r\n", "404"},
      {"an echo of the request", "TRACE /test/things/a HTTP/1.1\r\n" + host + "\r\n", "405"},
      {"a target of 20 KB", "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n" + host + "\r\n", "431"},
      {"a field of 20 KB", "GET / HTTP/1.1\r\n" + host + "x: " + std::string(20'000, 'a') + "\r\n\r\n",
       "431"},
      {"a handshake of TLS",
       std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(64, 'x') + "\r\n\r\n",
       "400"},
      {"zeros", std::string(64, '\0'), "400"},
      {"a chunk of 2^64 bytes", post + "transfer-encoding: chunked\r\n\r\n10000000000000000\r\n", ""},
      {"a chunk's size that is none", post + "transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", ""},
      {"a chunk without its end", post + "transfer-encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n", ""},
  };
  for (const auto& c : cases) {
    HttpClient client(port());
    client.Send(c.bytes);
    client.CloseSending();
    const std::string answer = client.ReadToEnd();
    if (*c.answer == '\0') {
      EXPECT_EQ(answer, "") << c.what;
    } else {
      EXPECT_THAT(answer, ::testing::StartsWith(std::string("HTTP/1.1 ") + c.answer)) << c.what;
      // One answer, whatever follows: nothing of it was taken for a second request.
      EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << c.what << "\n" << answer;
    }
  }
  ExpectAlive();
}

TEST_F(HostileTable, PathsBodiesAndHeaders) {
  Start();
  std::string deep = "{}";
  for (int i = 0; i < 200; ++i) deep = R"({"inner":)" + deep + "}";
  std::string wide = R"({"numbers":[)";
  for (int i = 0; i < 20'000; ++i) wide += R"("x",)";
  wide += R"("x"]})";
  const std::string ten_thousand(10'000, '[');
  using Fields = std::vector<std::pair<std::string, std::string>>;
  const struct {
    const char* what;
    const char* verb;
    std::string target;
    std::string body;
    int status;
    const char* expected;
    Fields fields = {};
  } cases[] = {
      {"up and down again", "GET", "/test/things/../../v1/whoAmI", "", 404, "no such path"},
      {"the same, encoded", "GET", "/test/things/..%2f..%2fv1%2fwhoAmI", "", 200,
       "things/..%2f..%2fv1%2fwhoAmI"},
      {"two slashes", "GET", "//test/things/a", "", 404, "no such path"},
      {"an encoded slash in front", "GET", "/%2ftest/things/a", "", 404, "no such path"},
      {"backslashes", "GET", "/test\\things\\a", "", 404, "no such path"},
      {"other case", "GET", "/TEST/things/a", "", 404, "no such path"},
      {"path parameters", "GET", "/test/things;v=1/a", "", 404, "no such path"},
      {"overlong UTF-8", "GET", "/test/things/%c0%ae%c0%ae", "", 400, "UTF-8"},
      {"a surrogate", "GET", "/test/things/%ed%a0%80", "", 400, "UTF-8"},
      {"%u escapes", "GET", "/test/things/%u0041", "", 400, "UTF-8"},
      {"half an escape", "GET", "/test/things/%4", "", 400, "UTF-8"},
      {"line breaks for a header", "GET", "/test/things/a%0d%0aset-cookie:%20x", "", 200,
       R"(a\r\nset-cookie: x)"},
      {"a verb without a name", "GET", "/test/things/:echo", "", 200, "things/:echo"},
      {"JSON 200 deep", "POST", "/test/things:echo", deep, 400, "64 levels"},
      {"ten thousand brackets", "POST", "/test/things:echo", ten_thousand, 400, "64 levels"},
      {"twenty thousand wrong numbers", "POST", "/test/things:echo", wide, 400, "numbers[19]"},
      {"a number out of range", "POST", "/test/things:echo", R"({"ratio":1e999})", 400, "out of range"},
      {"a number of a megabyte", "POST", "/test/things:echo", R"({"big":)" + std::string(1 << 20, '1') + "}",
       400, ""},
      {"a key twice", "POST", "/test/things:echo", R"({"flag":true,"flag":false})", 400, "appears twice"},
      {"a field under both names", "POST", "/test/things:echo", R"({"displayName":"a","display_name":"b"})",
       400, "given twice"},
      {"text that is not UTF-8", "POST", "/test/things:echo", "{\"name\":\"\xc3\x28\"}", 400,
       "malformed JSON"},
      {"a surrogate alone", "POST", "/test/things:echo", R"({"name":"\ud800"})", 400, "malformed JSON"},
      {"a byte order mark", "POST", "/test/things:echo", "\xef\xbb\xbf{}", 400, "malformed JSON"},
      {"two documents", "POST", "/test/things:echo", "{}{}", 400, "malformed JSON"},
      {"a prototype", "POST", "/test/things:echo", R"({"__proto__":{"admin":true}})", 400, "no such field"},
      {"a type that is not known", "POST", "/test/things:echo", R"({"any":{"@type":"x/no.Such"}})", 400,
       "google.protobuf.Any"},
      {"XML",
       "POST",
       "/test/things:echo",
       "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>",
       415,
       "",
       {{"content-type", "application/xml"}}},
      {"a form",
       "POST",
       "/test/things:echo",
       "a=b",
       415,
       "",
       {{"content-type", "application/x-www-form-urlencoded"}}},
      {"five megabytes", "POST", "/test/things:echo", std::string(5 << 20, ' '), 413, "too large"},
      {"64 MB in 64 KB",
       "POST",
       "/test/things:echo",
       Gzip(std::string(64 << 20, ' ')),
       413,
       "too large",
       {{"content-encoding", "gzip"}}},
      {"gzip in gzip",
       "POST",
       "/test/things:echo",
       Gzip(Gzip("{}")),
       400,
       "malformed JSON",
       {{"content-encoding", "gzip"}}},
      {"two encodings",
       "POST",
       "/test/things:echo",
       Gzip("{}"),
       415,
       "",
       {{"content-encoding", "gzip, gzip"}}},
      {"an endless deadline",
       "GET",
       "/test/things/a",
       "",
       400,
       "x-request-timeout",
       {{"x-request-timeout", "nan"}}},
      {"a negative deadline", "GET", "/test/things/a", "", 504, "", {{"x-request-timeout", "-1s"}}},
      {"a bad trace", "GET", "/test/things/a", "", 200, "", {{"traceparent", "00-zz-zz-00"}}},
      {"control characters for gRPC",
       "GET",
       "/test/things/a",
       "",
       400,
       "printable ASCII",
       {{"x-request-id", "a\tb"}}},
      {"another method in a header",
       "GET",
       "/test/things/a",
       "",
       200,
       R"("name":"things/a")",
       {{"x-http-method-override", "DELETE"}}},
      {"a forged internal header",
       "GET",
       "/test/things/a",
       "",
       200,
       "",
       {{"x-forwarded-user", "users/administrator"}}},
      {"a body with GET", "GET", "/test/things/a", "{}", 400, "takes no body"},
      {"the same parameter twice", "GET", "/test/things:echo?small=1&small=2", "", 200, R"("small":2)"},
      {"a parameter that is in the path", "GET", "/test/things/a?name=things/b", "", 400,
       R"("field":"name")"},
      {"ten thousand parameters", "GET", "/test/things:echo?" + std::string(3000, '&') + "nosuch=1", "", 400,
       "nosuch"},
  };
  for (const auto& c : cases) {
    Fields fields = c.fields;
    fields.push_back(SignedIn());
    const HttpResponse response = HttpClient(port()).Request(c.verb, c.target, fields, c.body);
    EXPECT_EQ(response.status, c.status) << c.what << "\n" << response.body.substr(0, 500);
    EXPECT_THAT(response.body, HasSubstr(c.expected)) << c.what;
    EXPECT_LT(response.body.size(), 20'000u) << c.what;
    EXPECT_EQ(response.field("set-cookie"), "") << c.what;
  }
  ExpectAlive();
}

}  // namespace
}  // namespace clientele::gateway::testing
