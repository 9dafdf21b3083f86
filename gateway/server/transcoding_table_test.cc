// What google/api/http.proto, proto3 JSON and RFC 9110 say of a request, as one table of requests with their
// answers, through a running gateway.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "gateway/codec/gzip.h"
#include "gateway/testing/running_gateway.h"

namespace clientele::gateway::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Fields = std::vector<std::pair<std::string, std::string>>;

struct Row {
  std::string verb;
  std::string target;
  std::string body;
  int status = 200;
  std::string expected;  // Somewhere in the body.
  Fields fields = {};
};

class TranscodingTable : public GatewayTest {
 protected:
  TranscodingTable() { Start(); }

  void Check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      Fields fields = row.fields;
      fields.push_back(SignedIn());
      const HttpResponse response = HttpClient(port()).Request(row.verb, row.target, fields, row.body);
      EXPECT_EQ(response.status, row.status) << row.verb << " " << row.target << " " << row.body << "\n"
                                             << response.body;
      EXPECT_THAT(response.body, HasSubstr(row.expected)) << row.verb << " " << row.target << " " << row.body;
      if (row.status >= 400) {
        const auto error = nlohmann::json::parse(response.body, nullptr, false);
        EXPECT_TRUE(error.is_object() && error["code"].is_number() && error["details"].is_array())
            << row.target << " " << response.body;
      }
    }
  }
  // Echo says back what it was sent.
  static Row Echo(const std::string& body, const std::string& expected, int status = 200) {
    return {"POST", "/test/things:echo", body, status, expected};
  }
  static Row Query(const std::string& query, const std::string& expected, int status = 200) {
    return {"GET", "/test/things:echo?" + query, "", status, expected};
  }
  static Row Patch(const std::string& body, const std::string& expected, const std::string& query = "") {
    return {"PATCH", "/test/things/t" + query, body, 200, expected};
  }
  static Row Rename(const std::string& body, int status, const std::string& expected, Fields fields) {
    return {"POST", "/test/things/t:rename", body, status, expected, std::move(fields)};
  }
};

TEST_F(TranscodingTable, Paths) {
  Check({
      {"GET", "/test/things/a", "", 200, R"("name":"things/a")"},
      {"GET", "/test/named/a", "", 200, R"("name":"a")"},
      {"GET", "/test/named/a%2Fb", "", 200, R"("name":"a/b")"},
      {"GET", "/test/things/a%2Fb", "", 200, R"("name":"things/a%2Fb")"},
      {"GET", "/test/files/a/b/c", "", 200, R"("name":"a/b/c")"},
      {"GET", "/test/files/a%2fb/c", "", 200, R"("name":"a%2fb/c")"},
      {"GET", "/test/things/%ED%99%8D", "", 200, R"("name":"things/홍")"},
      {"GET", "/test/things/a:b", "", 200, R"("name":"things/a:b")"},
      {"GET", "/test/things/a+b", "", 200, R"("name":"things/a+b")"},
      {"GET", "/test/things/a%20b", "", 200, R"("name":"things/a b")"},
      {"GET", "/test/things/..", "", 200, R"("name":"things/..")"},
      {"GET", "/test/things/%2e%2e", "", 200, R"("name":"things/..")"},
      {"GET", "/test/things/%00", "", 200, R"("name":"things/\u0000")"},
      {"GET", "/test/things/x/inner/foo", "", 200, R"("inner":{"name":"foo")"},
      {"GET", "/test/things", "", 404, "no such path"},
      {"GET", "/test//things/a", "", 404, "no such path"},
      {"GET", "/test/things/", "", 404, "no such path"},
      {"GET", "/test/things/a/", "", 404, "no such path"},
      {"GET", "/test/files", "", 404, "no such path"},
      {"GET", "/", "", 404, "no such path"},
      {"POST", "/test/things:nothing", "", 404, "no such path"},
      {"GET", "/test/things/%zz", "", 400, "percent-encoded"},
      {"GET", "/test/things/%f", "", 400, "percent-encoded"},
      {"GET", "/test/things/%ff", "", 400, "percent-encoded"},
      {"GET", "/test/things/%C0%AF", "", 400, "percent-encoded"},
  });
}

TEST_F(TranscodingTable, Verbs) {
  Check({
      {"DELETE", "/test/things/a", "", 405, "HTTP verb"},
      {"PUT", "/test/things/a", "", 405, "HTTP verb"},
      {"GET", "/test/things/a:rename", "", 405, "HTTP verb"},
      {"PURGE", "/test/anything/x", "", 200, R"("name":"x")"},
      {"GET", "/test/anything/x", "", 200, R"("name":"x")"},
      {"PUT", "/test/things:tag", R"(["a","b"])", 200, R"(["a","b"])"},
      {"PUT", "/test/things:tag", R"([1])", 400, R"("field":"tags[0]")"},
      {"PUT", "/test/things:tag", R"("a")", 400, R"("field":"tags")"},
      {"PUT", "/test/things/a/b:rename", R"("x")", 200, R"("x")"},
      {"PUT", "/test/things/a/b:rename", "5", 400, R"("field":"display_name")"},
      {"GET", "/test/things/a", "{}", 400, "takes no body"},
  });
  HttpClient client(port());
  const HttpResponse options = client.Request("OPTIONS", "/test/things/a");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.field("allow"), "GET, HEAD, PATCH");
  client.Send(Head("HEAD", "/test/things/a", "connection: close\r\n"));
  const std::string head = client.ReadToEnd();
  EXPECT_THAT(head, ::testing::StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(head, ::testing::EndsWith("\r\n\r\n"));
  HttpClient stream(port());
  stream.Send(Head("HEAD", "/test/things:count", "connection: close\r\n"));
  EXPECT_THAT(stream.ReadToEnd(), ::testing::StartsWith("HTTP/1.1 405"));
}

TEST_F(TranscodingTable, Bodies) {
  Check({
      Echo("", R"("displayName":"")"),
      Echo("{}", R"("displayName":"")"),
      Echo(R"({"displayName":"홍길동 😀"})", R"("displayName":"홍길동 😀")"),
      Echo(R"({"display_name":"x"})", R"("displayName":"x")"),
      Echo(R"({"small":-5})", R"("small":-5)"),
      Echo(R"({"small":"-5"})", R"("small":-5)"),
      Echo(R"({"small":1e2})", R"("small":100)"),
      Echo(R"({"unsignedBig":"18446744073709551615"})", R"("unsignedBig":"18446744073709551615")"),
      Echo(R"({"ratio":"Infinity"})", R"("ratio":"Infinity")"),
      Echo(R"({"fraction":0.5})", R"("fraction":0.5)"),
      Echo(R"({"color":"BLUE"})", R"("color":"BLUE")"),
      Echo(R"({"color":1})", R"("color":"RED")"),
      Echo(R"({"data":"AQI="})", R"("data":"AQI=")"),
      Echo(R"({"data":"-_8="})", R"("data":"+/8=")"),
      Echo(R"({"tags":["a","b"]})", R"("tags":["a","b"])"),
      Echo(R"({"counts":{"x":"3"}})", R"("counts":{"x":"3"})"),
      Echo(R"({"time":"2026-01-02T03:04:05.5Z"})", R"("time":"2026-01-02T03:04:05.500Z")"),
      Echo(R"({"time":"2026-01-02T12:04:05+09:00"})", R"("time":"2026-01-02T03:04:05Z")"),
      Echo(R"({"duration":"1.5s"})", R"("duration":"1.500s")"),
      Echo(R"({"mask":"a,bC"})", R"("mask":"a,bC")"),
      Echo(R"({"wrapped":"w"})", R"("wrapped":"w")"),
      Echo(R"({"maybe":0})", R"("maybe":0)"),
      Echo(R"({"inner":{"inner":{"displayName":"deep"}}})", R"("displayName":"deep")"),
      Echo(R"({"struct":{"a":[1,null]}})", R"("struct":{"a":[1,null]})"),
      Echo(R"({"price":{"currencyCode":"KRW","units":"9007199254740993"}})", R"("units":"9007199254740993")"),
      Echo(R"({"left":"l"})", R"("left":"l")"),
      Echo(R"({"tags":null,"inner":null})", R"("tags":[])"),
      Echo(R"({"left":"l","right":1})", R"("field":"right")", 400),
      Echo(R"({"nosuch":1})", R"("field":"nosuch")", 400),
      Echo(R"({"inner":{"big":"x"}})", R"("field":"inner.big")", 400),
      Echo(R"({"things":[{},{"small":"y"}]})", R"("field":"things[1].small")", 400),
      Echo(R"({"small":2147483648})", R"("field":"small")", 400),
      Echo(R"({"unsignedSmall":-1})", R"("field":"unsigned_small")", 400),
      Echo(R"({"flag":"true"})", R"("field":"flag")", 400),
      Echo(R"({"color":"GREEN"})", R"("field":"color")", 400),
      Echo(R"({"time":"yesterday"})", R"("field":"time")", 400),
      Echo(R"({"name":"a","name":"b"})", "appears twice", 400),
      Echo(R"({"small":1,})", "malformed JSON", 400),
      Echo("[]", "must be a JSON object", 400),
      {"POST", "/test/boxes/b/things", R"({"displayName":"n"})", 200, R"("name":"boxes/b")"},
      {"POST", "/test/boxes/b/things?requestId=r&validate_only=true", "{}", 200, "request_id: r"},
      {"POST", "/test/boxes/b/things", R"({"displayName":5})", 400, R"("field":"thing.display_name")"},
      {"POST", "/test/boxes/b/things?thing.name=x", "{}", 400, R"("field":"thing.name")"},
      {"POST", "/test/boxes/b/things?parent=boxes/c", "{}", 400, R"("field":"parent")"},
      {"POST", "/test/boxes/b/things", "", 200, R"("name":"boxes/b")"},
  });
}

TEST_F(TranscodingTable, QueryParameters) {
  Check({
      Query("displayName=a+b%26c", R"("displayName":"a b&c")"),
      Query("display_name=%ED%99%8D", R"("displayName":"홍")"),
      Query("inner.small=5", R"("small":5)"),
      Query("inner.inner.display_name=x", R"("displayName":"x")"),
      Query("tags=x&tags=y", R"("tags":["x","y"])"),
      Query("numbers=1&numbers=-2", R"("numbers":["1","-2"])"),
      Query("inner.tags=x&inner.tags=y", R"("tags":["x","y"])"),
      Query("color=RED", R"("color":"RED")"),
      Query("flag=true&ratio=1.5", R"("flag":true,"ratio":1.5)"),
      Query("time=2026-01-02T03:04:05Z", R"("time":"2026-01-02T03:04:05Z")"),
      Query("durations=1s&durations=2s", R"("durations":["1s","2s"])"),
      Query("mask=display_name,tags", R"("mask":"displayName,tags")"),
      Query("price.units=7", R"("units":"7")"),
      Query("wrapped=w", R"("wrapped":"w")"),
      Query("data=AQ%3D%3D", R"("data":"AQ==")"),
      Query("displayName=", R"("displayName":"")"),
      Query("&&", R"("displayName":"")"),
      Query("nosuch=1", R"("field":"nosuch")", 400),
      Query("inner=x", R"("field":"inner")", 400),
      Query("things.name=x", R"("field":"things.name")", 400),
      Query("counts=x", R"("field":"counts")", 400),
      Query("small=x", R"("field":"small")", 400),
      Query("flag=1", R"("field":"flag")", 400),
      Query("name=%ff", R"("field":"name")", 400),
      Query("left=a&right=1", R"("field":"right")", 400),
  });
}

TEST_F(TranscodingTable, APatchWithoutAMaskChangesWhatItsBodyHas) {
  Check({
      Patch(R"({"displayName":"x"})", R"("mask":"displayName")"),
      Patch(R"({"display_name":""})", R"("mask":"displayName")"),
      Patch(R"({"small":0,"flag":false})", R"("mask":"flag,small")"),
      Patch(R"({"price":{"units":"5"}})", R"("mask":"price")"),
      Patch(R"({"inner":{"small":1}})", R"("mask":"inner.small")"),
      Patch(R"({"inner":{"inner":{"flag":true}}})", R"("mask":"inner.inner.flag")"),
      Patch(R"({"inner":{}})", R"("mask":"inner")"),
      Patch(R"({"inner":null})", R"("mask":"inner")"),
      Patch(R"({"tags":[]})", R"("mask":"tags")"),
      Patch(R"({"counts":{"a":"1"}})", R"("mask":"counts")"),
      Patch(R"({"things":[{"small":1}]})", R"("mask":"things")"),
      Patch(R"({"time":"2026-01-02T03:04:05Z"})", R"("mask":"time")"),
      Patch(R"({"createTime":"2026-01-02T03:04:05Z","small":1})", R"("mask":"small")"),
      Patch(R"({"etag":"\"7\"","name":"things/other","small":1})", R"("mask":"small")"),
      Patch(R"({"small":1})", R"("mask":"displayName")", "?updateMask=displayName"),
      Patch(R"({"small":1})", R"("mask":"inner.big")", "?update_mask=inner.big"),
      Patch(R"({"small":1})", R"("mask":"*")", "?updateMask=*"),
      {"PATCH",
       "/test/things/t",
       R"({"small":1})",
       200,
       R"("name":"things/t")",
       {{"content-type", "application/merge-patch+json"}}},
      {"POST",
       "/test/things:echo",
       "{}",
       415,
       "application/json",
       {{"content-type", "application/merge-patch+json"}}},
  });
  EXPECT_THAT(HttpClient(port()).Request("PATCH", "/test/things/t", {SignedIn()}, "{}").body,
              Not(HasSubstr("mask")));
}

TEST_F(TranscodingTable, ConditionsAndRepeats) {
  const std::string uuid = "550e8400-e29b-41d4-a716-446655440000";
  const Fields stale = {{"if-match", "\"9\""}};
  Check({
      Rename("{}", 200, R"("etag":"\"2\"")", {}),
      Rename("{}", 200, "", {{"if-match", "\"1\""}}),
      Rename("{}", 200, "", {{"if-match", "*"}}),
      Rename("{}", 412, "STALE_ETAG", stale),
      Rename(R"({"etag":"\"9\""})", 409, "STALE_ETAG", {}),
      Rename(R"({"etag":"\"1\""})", 200, "", {{"if-match", "\"1\""}}),
      Rename(R"({"etag":"\"1\""})", 400, R"("field":"etag")", {{"if-match", "\"2\""}}),
      Rename("{}", 400, R"("field":"if-match")", {{"if-match", "W/\"1\""}}),
      Rename("{}", 400, R"("field":"if-match")", {{"if-match", "\"1\", \"2\""}}),
      Rename("{}", 400, R"("field":"if-match")", {{"if-match", "1"}}),
      {"POST", "/test/things:fail", "{}", 400, "no etag to compare", {{"if-match", "\"1\""}}},
      {"PATCH", "/test/things/t", R"({"small":1})", 200, R"("mask":"small")", {{"if-match", "\"1\""}}},
      {"GET", "/test/things/a", "", 200, "", {{"if-match", "\"1\""}}},
      {"GET", "/test/things/a", "", 412, "STALE_ETAG", stale},
      {"GET", "/test/things/a", "", 200, "", {{"if-none-match", "\"2\""}}},
      {"GET", "/test/things/a", "", 304, "", {{"if-none-match", "\"1\""}}},
      {"GET", "/test/things/a", "", 304, "", {{"if-none-match", "\"0\", W/\"1\""}}},
      {"GET", "/test/things/a", "", 304, "", {{"if-none-match", "*"}}},
      Rename("{}", 200, "request_id: " + uuid, {{"idempotency-key", uuid}}),
      Rename("{}", 200, "request_id: " + uuid, {{"idempotency-key", "\"" + uuid + "\""}}),
      Rename(R"({"requestId":")" + uuid + "\"}", 200, uuid, {{"idempotency-key", uuid}}),
      Rename(R"({"requestId":"x"})", 400, R"("field":"request_id")", {{"idempotency-key", uuid}}),
      Rename("{}", 400, R"("field":"idempotency-key")", {{"idempotency-key", std::string(256, 'k')}}),
      Rename("{}", 400, R"("field":"idempotency-key")", {{"idempotency-key", "\"\""}}),
      {"POST", "/test/boxes/b/things", "{}", 200, "request_id: " + uuid, {{"idempotency-key", uuid}}},
      // A read has no second effect anyway.
      {"POST", "/test/things:echo", "{}", 200, "", {{"idempotency-key", "k"}}},
  });
  const auto id_of = [&](const std::string& key, const std::string& authorization) {
    const HttpResponse response = HttpClient(port()).Request(
        "POST", "/test/things/t:rename", {{"authorization", authorization}, {"idempotency-key", key}});
    return nlohmann::json::parse(response.body)["metadata"][0].get<std::string>();
  };
  const std::string other =
      "Bearer " +
      *signer_->Sign({.subject = "users/other", .role = servicekit::Role::kAdministrator}, absl::Hours(1));
  const std::string mine = SignedIn().second;
  EXPECT_EQ(id_of("order-17", mine), id_of("order-17", mine));
  EXPECT_NE(id_of("order-17", mine), id_of("order-18", mine));
  EXPECT_NE(id_of("order-17", mine), id_of("order-17", other));
  EXPECT_THAT(id_of("order-17", mine),
              ::testing::MatchesRegex("request_id: .{8}-.{4}-8.{3}-[89ab].{3}-.{12}"));
  EXPECT_EQ(Get("/test/things/a").field("etag"), "\"1\"");
}

TEST_F(TranscodingTable, MediaTypes) {
  const auto accepting = [](const std::string& accept, int status) {
    return Row{"GET", "/test/things/a", "", status, "", {{"accept", accept}}};
  };
  const auto of_type = [](const std::string& type, int status) {
    return Row{"POST", "/test/things:echo", "{}", status, "", {{"content-type", type}}};
  };
  const auto stream = [](const std::string& accept, int status, const std::string& expected) {
    return Row{"GET", "/test/things:count?to=2", "", status, expected, {{"accept", accept}}};
  };
  Check({
      accepting("application/json", 200),
      accepting("*/*", 200),
      accepting("application/*;q=0.1", 200),
      accepting("text/html, application/xhtml+xml, */*;q=0.8", 200),
      accepting("text/html", 406),
      accepting("application/json;q=0", 406),
      accepting("*/*, application/json;q=0", 406),
      accepting("application/xml", 406),
      of_type("application/json", 200),
      of_type("Application/JSON; charset=utf-8", 200),
      of_type("text/plain", 415),
      of_type("application/x-www-form-urlencoded", 415),
      of_type("multipart/form-data; boundary=x", 415),
      of_type("application/x-ndjson", 415),
      stream("*/*", 200, "}\n{"),
      stream("application/x-ndjson", 200, "}\n{"),
      stream("text/event-stream", 200, "data: {"),
      stream("application/json", 200, "},\n{"),
      stream("application/json;q=0.5, text/event-stream", 200, "data: {"),
      stream("text/csv", 406, "x-ndjson"),
      {"GET", "/test/things:count?to=0", "", 200, "[]", {{"accept", "application/json"}}},
      {"GET",
       "/test/things:count?to=1&code=9",
       "",
       200,
       R"({"error":{"code":9)",
       {{"accept", "application/json"}}},
  });
  const HttpResponse array = HttpClient(port()).Request("GET", "/test/things:count?to=3&code=9",
                                                        {SignedIn(), {"accept", "application/json"}});
  EXPECT_EQ(nlohmann::json::parse(array.body).size(), 4u);
}

TEST_F(TranscodingTable, Encodings) {
  const auto packed = [&](const std::string& body, const std::string& encoding = "gzip") {
    return HttpClient(port()).Request("POST", "/test/things:echo",
                                      {SignedIn(), {"content-encoding", encoding}}, body);
  };
  EXPECT_THAT(packed(Gzip(R"({"displayName":"x"})")).body, HasSubstr(R"("displayName":"x")"));
  EXPECT_EQ(packed(Gzip("{}").substr(0, 10)).status, 400);
  EXPECT_EQ(packed(Gzip("{}") + Gzip("{}")).status, 400);
  EXPECT_EQ(packed("{}").status, 400);
  EXPECT_EQ(packed("{}", "br").status, 415);
  EXPECT_EQ(packed("{}", "br").field("accept-encoding"), "gzip");
  EXPECT_EQ(packed("{}", "identity").status, 200);
  // 64 MiB in 64 KiB.
  EXPECT_EQ(packed(Gzip(std::string(64 << 20, ' ') + "{}")).status, 413);

  std::string lines;
  for (int i = 1; i <= 20000; ++i) absl::StrAppend(&lines, R"({"big":)", i, "}\n");
  const Fields fields = {SignedIn(), {"content-encoding", "gzip"}, {"content-type", "application/x-ndjson"}};
  const HttpResponse sum = HttpClient(port()).Request("POST", "/test/things:sum", fields, Gzip(lines));
  EXPECT_THAT(sum.body, HasSubstr(R"("big":"200010000")")) << sum.body;
  // As lines it could go on for ever, so it is the ratio that ends it.
  const std::string bomb = Gzip(std::string(64 << 20, '\n'));
  EXPECT_EQ(HttpClient(port()).Request("POST", "/test/things:sum", fields, bomb).status, 413);

  const std::string big = R"({"displayName":")" + std::string(5000, 'x') + "\"}";
  const HttpResponse answer = HttpClient(port()).Request(
      "POST", "/test/things:echo", {SignedIn(), {"accept-encoding", "br, gzip;q=0.5"}}, big);
  EXPECT_EQ(answer.field("content-encoding"), "gzip");
  EXPECT_EQ(answer.field("vary"), "authorization, x-api-key, accept-encoding");
  EXPECT_EQ(answer.field("cache-control"), "private, no-cache");
  EXPECT_THAT(*Gunzip(answer.body, 1 << 20), HasSubstr(std::string(5000, 'x')));
  for (const char* accept : {"", "br", "gzip;q=0", "*;q=0"}) {
    EXPECT_EQ(HttpClient(port())
                  .Request("POST", "/test/things:echo", {SignedIn(), {"accept-encoding", accept}}, big)
                  .field("content-encoding"),
              "");
  }
}

}  // namespace
}  // namespace clientele::gateway::testing
