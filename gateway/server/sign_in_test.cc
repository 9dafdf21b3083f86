// API keys, certificates that are renewed, and pages of other origins.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "gateway/codec/gzip.h"
#include "gateway/testing/running_gateway.h"
#include "servicekit/access/api_key.h"

namespace clientele::gateway::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SignInTest : public GatewayTest {
 protected:
  std::string AddKey(const std::vector<std::string>& scopes, absl::Duration lifetime = absl::Hours(1)) {
    servicekit::ApiKey key = {.note = "a program",
                              .principal = {.subject = "services/erp", .role = servicekit::Role::kService},
                              .scopes = scopes,
                              .expires = absl::Now() + lifetime};
    return *servicekit::AddApiKey(KeysFile(), key, absl::Now());
  }
  void StartWithApiKeys() {
    options_.api_keys_file = KeysFile();
    options_.api_key_signing_key_file = directory_ + "/signing-key.pem";
    Start();
  }
  std::string KeysFile() const { return directory_ + "/api-keys.json"; }
  HttpResponse With(const std::string& key, const std::string& verb, const std::string& target) {
    return HttpClient(port()).Request(verb, target, {{"x-api-key", key}});
  }
};

TEST_F(SignInTest, AnApiKeySpeaksForItsPrincipalWithinItsScopes) {
  const std::string all = AddKey({"*"}), reads = AddKey({"read"}), elsewhere = AddKey({"value:*"});
  const std::string expired = AddKey({"*"}, -absl::Hours(1));
  StartWithApiKeys();
  const HttpResponse who = With(all, "GET", "/v1/whoAmI");
  EXPECT_EQ(who.status, 200) << who.body;
  EXPECT_THAT(who.body, HasSubstr("services/erp"));
  EXPECT_EQ(With(all, "POST", "/test/things:echo").status, 200);
  EXPECT_EQ(With(reads, "GET", "/test/things/a").status, 200);
  const HttpResponse write = With(reads, "POST", "/test/things/a:rename");
  EXPECT_EQ(write.status, 403);
  EXPECT_THAT(write.body, HasSubstr("API_KEY_SCOPE"));
  EXPECT_EQ(With(elsewhere, "GET", "/test/things/a").status, 403);
  EXPECT_THAT(With(expired, "GET", "/v1/whoAmI").body, HasSubstr("API_KEY_EXPIRED"));
  EXPECT_THAT(With(all + "x", "GET", "/v1/whoAmI").body, HasSubstr("API_KEY_INVALID"));
  EXPECT_EQ(HttpClient(port()).Request("GET", "/v1/whoAmI", {{"x-api-key", all}, SignedIn()}).status, 401);

  // The service behind sees a token, and never the key.
  const HttpResponse seen = With(all, "GET", "/test/things/a");
  EXPECT_THAT(seen.body, HasSubstr("authorization: Bearer "));
  EXPECT_THAT(seen.body, Not(HasSubstr(all.substr(0, 15))));

  ASSERT_TRUE(servicekit::RevokeApiKey(KeysFile(), all.substr(3, 12)).ok());
  const absl::Time until = absl::Now() + absl::Seconds(10);
  while (With(all, "GET", "/v1/whoAmI").status == 200 && absl::Now() < until)
    absl::SleepFor(absl::Milliseconds(50));
  EXPECT_THAT(With(all, "GET", "/v1/whoAmI").body, HasSubstr("API_KEY_REVOKED"));
}

TEST_F(SignInTest, ApiKeysOverGrpc) {
  const std::string key = AddKey({"*"});
  StartWithApiKeys();
  grpc::ClientContext context;
  context.AddMetadata("x-api-key", key);
  Thing response;
  const grpc::Status status = stub_->Echo(&context, {}, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(response.metadata(), Not(::testing::Contains(HasSubstr("x-api-key"))));
}

TEST_F(SignInTest, ApiKeysNeedASigningKeyThatServicesAccept) {
  ASSERT_TRUE(std::filesystem::create_directory(directory_ + "/other"));
  ASSERT_EQ(servicekit::NewSigningKey(directory_ + "/other"), absl::OkStatus());
  options_.http.listen = "127.0.0.1:0";
  options_.api_keys_file = KeysFile();
  EXPECT_FALSE(Gateway::Start(options_).ok());
  options_.api_key_signing_key_file = directory_ + "/other/signing-key.pem";
  EXPECT_FALSE(Gateway::Start(options_).ok());
  options_.api_key_signing_key_file = directory_ + "/signing-key.pem";
  EXPECT_TRUE(Gateway::Start(options_).ok());
}

TEST_F(SignInTest, WithoutAFileOfKeysNoneIsTaken) {
  Start();
  EXPECT_THAT(With("ck_000000000000_x", "GET", "/v1/whoAmI").body, HasSubstr("API_KEY_INVALID"));
}

TEST_F(SignInTest, PagesOfAllowedOriginsMayCallAndOthersMayNot) {
  options_.cors_origins = {"https://app.example.com"};
  Start();
  const auto preflight = [&](const std::string& origin) {
    return HttpClient(port()).Request("OPTIONS", "/test/things/a",
                                      {{"origin", origin}, {"access-control-request-method", "GET"}});
  };
  const HttpResponse allowed = preflight("https://app.example.com");
  EXPECT_EQ(allowed.status, 204);
  EXPECT_EQ(allowed.field("access-control-allow-origin"), "https://app.example.com");
  EXPECT_THAT(allowed.field("access-control-allow-headers"), HasSubstr("authorization"));
  EXPECT_EQ(allowed.field("access-control-allow-credentials"), "");
  for (const char* origin : {"https://evil.example", "null", "https://app.example.com.evil.example"}) {
    const HttpResponse refused = preflight(origin);
    EXPECT_EQ(refused.status, 403) << origin;
    EXPECT_EQ(refused.field("access-control-allow-origin"), "");
  }
  const HttpResponse answer = HttpClient(port()).Request("GET", "/test/things/a",
                                                         {SignedIn(), {"origin", "https://app.example.com"}});
  EXPECT_EQ(answer.field("access-control-allow-origin"), "https://app.example.com");
  EXPECT_EQ(answer.field("vary"), "origin, authorization, x-api-key");
  const HttpResponse error =
      HttpClient(port()).Request("GET", "/test/things/a", {{"origin", "https://app.example.com"}});
  EXPECT_EQ(error.status, 401);
  EXPECT_EQ(error.field("access-control-allow-origin"), "https://app.example.com");
  EXPECT_EQ(HttpClient(port())
                .Request("GET", "/test/things/a", {SignedIn(), {"origin", "https://evil.example"}})
                .field("access-control-allow-origin"),
            "");
}

TEST_F(SignInTest, TheContractsAndTheirPageAreThereForAll) {
  Start();
  HttpClient client(port());
  const HttpResponse document = client.Request("GET", "/openapi.json", {{"accept-encoding", "gzip"}});
  EXPECT_EQ(document.status, 200);
  EXPECT_EQ(document.field("content-encoding"), "gzip");
  EXPECT_THAT(*Gunzip(document.body, 64 << 20), HasSubstr("\"openapi\": \"3.1.0\""));
  const std::string etag = document.field("etag");
  EXPECT_EQ(client.Request("GET", "/openapi.json", {{"if-none-match", etag}}).status, 304);
  const HttpResponse page = client.Request("GET", "/docs");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.field("content-type"), HasSubstr("text/html"));
  EXPECT_THAT(page.field("content-security-policy"), HasSubstr("default-src 'self'"));
  for (const char* part : {"/docs/docs.js", "/docs/docs.css"}) {
    EXPECT_THAT(page.body, HasSubstr(part));
    EXPECT_EQ(client.Request("GET", part).status, 200);
  }
  EXPECT_THAT(page.body, Not(HasSubstr("http://")));
  EXPECT_EQ(client.Request("POST", "/docs").status, 405);
}

}  // namespace
}  // namespace clientele::gateway::testing
