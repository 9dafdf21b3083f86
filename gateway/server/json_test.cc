// JSON over HTTP/1.1 through a running gateway.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "gateway/testing/running_gateway.h"

namespace clientele::gateway::testing {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class JsonTest : public GatewayTest {
 protected:
  JsonTest() { Start(); }
};

TEST_F(JsonTest, UnaryCalls) {
  HttpResponse response = Get("/test/things/%ED%99%8D");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.field("content-type"), "application/json");
  EXPECT_EQ(Json::parse(response.body)["name"], "things/홍");
  response = Post("/test/boxes/b/things?requestId=r", R"({"displayName":"홍길동 😀"})");
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(Json::parse(response.body)["displayName"], "홍길동 😀");
  EXPECT_EQ(Json::parse(response.body)["name"], "boxes/b");
}

TEST_F(JsonTest, OneConnectionServesManyRequestsAlsoPipelined) {
  HttpClient client(port());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(client.Request("GET", absl::StrCat("/test/things/", i), {SignedIn()}).status, 200);
  }
  const std::string one = Head("GET", "/test/things/x", "");
  client.Send(one + one + one);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.ReadResponse().status, 200);
}

TEST_F(JsonTest, SignInGivesATokenThatWorks) {
  HttpClient client(port());
  const HttpResponse signed_in = client.Request("POST", "/v1/signIn");
  ASSERT_EQ(signed_in.status, 200) << signed_in.body;
  const std::string token = Json::parse(signed_in.body)["accessToken"];
  const HttpResponse who = client.Request("GET", "/v1/whoAmI", {{"authorization", "Bearer " + token}});
  EXPECT_EQ(Json::parse(who.body)["account"]["subject"], "users/administrator");
  EXPECT_EQ(Json::parse(who.body)["account"]["role"], "ADMINISTRATOR");
  const HttpResponse named =
      client.Request("POST", "/v1/signIn", {{"content-type", "application/json"}},
                     R"({"account":{"subject":"users/ann","role":"ANALYST","department":"MARKETING"}})");
  EXPECT_EQ(Json::parse(named.body)["account"]["department"], "MARKETING") << named.body;
  const HttpResponse wrong = client.Request("POST", "/v1/signIn", {{"content-type", "application/json"}},
                                            R"({"account":{"subject":"ann","role":"ANALYST"}})");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("account.subject"));
}

TEST_F(JsonTest, RefusalsAreSpecific) {
  const struct {
    const char* verb;
    const char* target;
    const char* type;
    std::string body;
    int status;
    const char* expected;
  } cases[] = {
      {"GET", "/nothing", "", "", 404, "no such path"},
      {"DELETE", "/test/things/a", "", "", 405, "not served with this HTTP verb"},
      {"POST", "/test/things:echo", "text/plain", "{}", 415, "application/json"},
      {"POST", "/test/things:echo", "application/json", "{", 400, "malformed JSON"},
      {"POST", "/test/things:echo", "application/json", "{'a':1}", 400, "malformed JSON"},
      {"POST", "/test/things:echo", "application/json", "{\"name\":\"\xff\"}", 400, "malformed JSON"},
      {"POST", "/test/things:echo", "application/json", R"({"nosuch":1})", 400, R"("field":"nosuch")"},
      {"POST", "/test/things:echo", "application/json", R"({"inner":{"big":"x"}})", 400,
       R"("field":"inner.big")"},
      {"POST", "/test/things:echo", "application/json", std::string(5 << 20, ' ') + "{}", 413, "too large"},
      {"GET", "/test/things/a?nosuch=1", "", "", 400, R"("field":"nosuch")"},
      {"GET", "/test/things/%ff", "", "", 400, "UTF-8"},
      {"POST", "/test/things:sum", "text/plain", "{}", 415, "x-ndjson"},
      {"POST", "/test/things:sum", "application/x-ndjson", "{}\n{\"big\":[]}\n", 400, R"("field":"big")"},
  };
  for (const auto& c : cases) {
    HttpClient client(port());
    std::vector<std::pair<std::string, std::string>> fields = {SignedIn()};
    if (*c.type != '\0') fields.emplace_back("content-type", c.type);
    const HttpResponse response = client.Request(c.verb, c.target, fields, c.body);
    EXPECT_EQ(response.status, c.status) << c.verb << " " << c.target << " " << response.body;
    EXPECT_THAT(response.body, HasSubstr(c.expected)) << c.target;
    EXPECT_TRUE(Json::accept(response.body)) << response.body;
  }
  EXPECT_EQ(HttpClient(port()).Request("PUT", "/test/things/a").field("allow"), "GET, HEAD, PATCH");
}

TEST_F(JsonTest, WithoutAValidTokenNothingIsReached) {
  for (const std::string& authorization :
       {std::string(), std::string("Bearer x.y.z"), std::string("Basic eDp5"), "Bearer " + Token() + "x"}) {
    const HttpResponse response =
        HttpClient(port()).Request("GET", "/test/things/a", {{"authorization", authorization}});
    EXPECT_EQ(response.status, 401) << authorization;
    EXPECT_EQ(response.field("www-authenticate"), "Bearer");
    EXPECT_EQ(Json::parse(response.body)["code"], 16);
  }
  // Every contract is linked in: these paths are known, though nobody serves them here.
  for (const char* path : {"/v1/customers/x", "/v1/funnel", "/v1/pyramid", "/v1/feeds/value:read"}) {
    EXPECT_NE(HttpClient(port()).Request("GET", path).status, 200) << path;
  }
}

TEST_F(JsonTest, ErrorsAreMappedWithTheirDetails) {
  const struct {
    int code;
    int status;
  } cases[] = {{3, 400},  {5, 404},  {6, 409},  {7, 403},  {8, 429}, {9, 400},
               {10, 409}, {12, 501}, {13, 500}, {14, 503}, {16, 401}};
  for (const auto& c : cases) {
    const HttpResponse response = Post("/test/things:fail", Json{{"code", c.code}, {"message", "m"}}.dump());
    EXPECT_EQ(response.status, c.status) << response.body;
    EXPECT_EQ(Json::parse(response.body)["code"], c.code);
    EXPECT_EQ(Json::parse(response.body)["details"][0]["@type"], "type.googleapis.com/google.rpc.ErrorInfo");
  }
}

TEST_F(JsonTest, ServerStreamAsLinesAndAsEvents) {
  EXPECT_EQ(Get("/test/things:count?to=0").status, 200);
  const HttpResponse lines = Get("/test/things:count?to=3");
  EXPECT_EQ(lines.field("content-type"), "application/x-ndjson");
  EXPECT_EQ(std::count(lines.body.begin(), lines.body.end(), '\n'), 3);
  EXPECT_EQ(Json::parse(lines.body.substr(0, lines.body.find('\n')))["big"], "1");

  const HttpResponse events = HttpClient(port()).Request("GET", "/test/things:count?to=2",
                                                         {SignedIn(), {"accept", "text/event-stream"}});
  EXPECT_EQ(events.field("content-type"), "text/event-stream");
  ASSERT_TRUE(events.body.starts_with("data: {")) << events.body;
  EXPECT_EQ(Json::parse(events.body.substr(6, events.body.find("\n\n") - 6))["big"], "1");
}

TEST_F(JsonTest, AStreamThatFailsSaysSoInItsLastLine) {
  const HttpResponse late = Get("/test/things:count?to=2&code=9");
  EXPECT_EQ(late.status, 200);
  const std::string last = late.body.substr(late.body.rfind('\n', late.body.size() - 2) + 1);
  EXPECT_EQ(Json::parse(last)["error"]["code"], 9) << late.body;
  // Before anything was sent the status line can still say it.
  EXPECT_EQ(Get("/test/things:count?code=5").status, 404);
}

TEST_F(JsonTest, LargeStreamArrivesWhole) {
  const HttpResponse response = Get("/test/things:count?to=2000&size=2000");
  EXPECT_EQ(std::count(response.body.begin(), response.body.end(), '\n'), 2000);
}

TEST_F(JsonTest, ClientStreamOfLines) {
  std::string body;
  for (int i = 1; i <= 5000; ++i)
    absl::StrAppend(&body, "{\"big\":", i, ",\"data\":\"", std::string(100, 'A'), "\"}\r\n\n");
  body.pop_back();
  const HttpResponse response = Post("/test/things:sum", body, "application/x-ndjson");
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(Json::parse(response.body)["big"], "12502500");
}

TEST_F(JsonTest, BidiStreamAnswersLineByLine) {
  HttpClient client(port());
  client.Send(Head("POST", "/test/things:chat",
                   "content-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n"));
  for (int i = 1; i <= 3; ++i) {
    const std::string line = absl::StrCat("{\"big\":", i, "}\n");
    client.Send(absl::StrCat(absl::Hex(line.size()), "\r\n", line, "\r\n"));
    const std::string answer = client.ReadUntil("}\n\r\n");
    EXPECT_THAT(answer, HasSubstr(absl::StrCat("\"big\":\"", i, "\""))) << answer;
  }
  client.Send("0\r\n\r\n");
  // The answer began before the request had ended, so the connection is not used again.
  EXPECT_EQ(client.ReadToEnd(), "0\r\n\r\n");
}

TEST_F(JsonTest, RequestTimeoutIsTheDeadline) {
  const HttpResponse short_time = HttpClient(port()).Request("GET", "/test/things:count?wait=true",
                                                             {SignedIn(), {"x-request-timeout", "0.1"}});
  EXPECT_EQ(short_time.status, 504) << short_time.body;
  EXPECT_TRUE(echo_.cancelled.WaitForNotificationWithTimeout(absl::Seconds(20)));
  const auto left = [&](const std::string& timeout) {
    const HttpResponse response =
        HttpClient(port()).Request("POST", "/test/things:echo", {SignedIn(), {"x-request-timeout", timeout}});
    return std::stoi(Json::parse(response.body)["big"].get<std::string>());
  };
  EXPECT_LE(left("500ms"), 500);
  EXPECT_LE(left("2.5"), 2500);
  EXPECT_EQ(
      HttpClient(port()).Request("GET", "/test/things/a", {SignedIn(), {"x-request-timeout", "soon"}}).status,
      400);
}

TEST_F(JsonTest, AClientThatLeavesCancelsItsCall) {
  HttpClient client(port());
  client.Send(Head("GET", "/test/things:count?to=1&wait=true", ""));
  EXPECT_THAT(client.ReadUntil("}\n"), HasSubstr("\"big\":\"1\""));
  client.Close();
  EXPECT_TRUE(echo_.cancelled.WaitForNotificationWithTimeout(absl::Seconds(20)));
}

TEST_F(JsonTest, HealthAndReadiness) {
  EXPECT_EQ(HttpClient(port()).Request("GET", "/healthz").status, 200);
  EXPECT_EQ(HttpClient(port()).Request("GET", "/readyz").status, 200);
  EXPECT_EQ(HttpClient(port()).Request("GET", "/readyz/self").status, 200);
  echo_.SetReady(false);
  const HttpResponse response = HttpClient(port()).Request("GET", "/readyz");
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("clientele.gateway.testing."));
}

}  // namespace
}  // namespace clientele::gateway::testing
