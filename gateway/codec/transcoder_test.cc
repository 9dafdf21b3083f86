#include "gateway/codec/transcoder.h"

#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "gateway/codec/http_status.h"
#include "gateway/testing/echo.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "servicekit/types/error.h"

namespace clientele::gateway {
namespace {

using ::testing::HasSubstr;

class TranscoderTest : public ::testing::Test {
 protected:
  TranscoderTest()
      : methods_(MethodTable::ForPrefixes({"clientele.gateway.testing."})),
        router_(std::make_unique<HttpRouter>(*HttpRouter::Build(methods_))) {}

  // The request in text format on one line, or `field: description` of each violation, or the message.
  template <typename Request>
  std::string Transcode(std::string_view verb, std::string_view target,
                        std::optional<std::string> body = {}) {
    const size_t question = target.find('?');
    const HttpRouter::Result found = router_->Find(verb, target.substr(0, question));
    const absl::StatusOr<grpc::ByteBuffer> bytes = ToRequest(
        std::get<HttpRouter::Match>(found),
        question == std::string_view::npos ? std::string_view() : target.substr(question + 1), body);
    if (!bytes.ok()) {
      EXPECT_TRUE(absl::IsInvalidArgument(bytes.status()));
      std::vector<std::string> lines;
      for (const auto& violation : servicekit::GetFieldViolations(bytes.status())) {
        lines.push_back(violation.field + ": " + violation.description);
      }
      return lines.empty() ? std::string(bytes.status().message()) : absl::StrJoin(lines, "; ");
    }
    grpc::Slice slice;
    EXPECT_TRUE(bytes->DumpToSingleSlice(&slice).ok());
    Request request;
    EXPECT_TRUE(request.ParseFromArray(slice.begin(), static_cast<int>(slice.size())));
    std::string text;
    google::protobuf::TextFormat::Printer printer;
    printer.SetSingleLineMode(true);
    printer.SetUseUtf8StringEscaping(true);
    printer.PrintToString(request, &text);
    if (text.ends_with(' ')) text.pop_back();
    return text;
  }
  std::string Echo(const std::string& body) {
    return Transcode<testing::Thing>("POST", "/test/things:echo", body);
  }
  std::string Query(const std::string& query) {
    return Transcode<testing::Thing>("GET", "/test/things:echo?" + query);
  }

  MethodTable methods_;
  std::unique_ptr<HttpRouter> router_;
};

TEST_F(TranscoderTest, PathBodyAndQueryMakeOneRequest) {
  EXPECT_EQ(Transcode<testing::GetThingRequest>("GET", "/test/things/a"), R"(name: "things/a")");
  EXPECT_EQ(
      Transcode<testing::CreateThingRequest>("POST", "/test/boxes/b/things?requestId=r&validate_only=true",
                                             R"({"displayName":"홍길동 😀"})"),
      R"(parent: "boxes/b" thing { display_name: "홍길동 😀" } request_id: "r" validate_only: true)");
  EXPECT_EQ(Transcode<testing::UpdateThingRequest>("PATCH", "/test/things/t?updateMask=displayName,inner.big",
                                                   R"({"name":"things/other","big":"7"})"),
            R"(thing { name: "things/t" big: 7 } update_mask { paths: "display_name" paths: "inner.big" })");
  EXPECT_EQ(Transcode<testing::CreateThingRequest>("POST", "/test/boxes/b/things"), R"(parent: "boxes/b")");
}

TEST_F(TranscoderTest, EveryKindOfFieldFromJson) {
  EXPECT_EQ(
      Echo(R"({"name":"n","big":"9223372036854775807","small":-5,"flag":true,"ratio":0.5,"color":"BLUE"})"),
      R"(name: "n" big: 9223372036854775807 small: -5 flag: true ratio: 0.5 color: BLUE)");
  EXPECT_EQ(Echo(R"({"big":1e3,"ratio":"-Infinity","color":1,"unsigned_big":18446744073709551615})"),
            R"(big: 1000 ratio: -inf color: RED unsigned_big: 18446744073709551615)");
  EXPECT_EQ(Echo(R"({"data":"AQ==","tags":["a","b"],"numbers":[1,"2"],"counts":{"x":"3"}})"),
            R"(data: "\001" tags: "a" tags: "b" numbers: 1 numbers: 2 counts { key: "x" value: 3 })");
  EXPECT_EQ(
      Echo(R"({"time":"2026-01-02T03:04:05.5Z","duration":"1.5s","mask":"a,bC","wrapped":"","maybe":0})"),
      R"(time { seconds: 1767323045 nanos: 500000000 } duration { seconds: 1 nanos: 500000000 } )"
      R"(mask { paths: "a" paths: "b_c" } wrapped { } maybe: 0)");
  EXPECT_EQ(Echo(R"({"inner":{"inner":{"displayName":"deep"}},"things":[{"small":1},{}],"right":2})"),
            R"(inner { inner { display_name: "deep" } } things { small: 1 } things { } right: 2)");
  EXPECT_EQ(Echo(R"({"struct":{"a":[1,null]}})"),
            R"(struct { fields { key: "a" value { list_value { values { number_value: 1 } )"
            R"(values { null_value: NULL_VALUE } } } } })");
  EXPECT_THAT(Echo(R"({"any":{"@type":"type.googleapis.com/clientele.gateway.testing.Thing","small":3}})"),
              HasSubstr("type.googleapis.com/clientele.gateway.testing.Thing"));
  EXPECT_EQ(Echo(R"({"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"0s"}})"),
            Echo(R"({"any":{"@type":"type.googleapis.com/google.protobuf.Duration"}})"));
  EXPECT_EQ(Echo(R"({"any":{}})"), "any { }");
  EXPECT_EQ(Echo(R"({"name":null,"tags":null,"inner":null})"), "");
}

TEST_F(TranscoderTest, WrongFieldsAreNamedAllAtOnce) {
  EXPECT_EQ(Echo(R"({"big":"x","small":99999999999})"),
            "big: must be a 64-bit integer; small: must be a 32-bit integer");
  EXPECT_EQ(
      Transcode<testing::CreateThingRequest>("POST", "/test/boxes/b/things?nosuch=1", R"({"displayName":5})"),
      "thing.display_name: must be text; nosuch: no such parameter");
  const struct {
    const char* body;
    const char* expected;
  } cases[] = {
      {R"({"nosuch":1})", "nosuch: no such field in Thing"},
      {R"({"inner":{"things":[{},{"nosuch":1}]}})", "inner.things[1].nosuch: no such field in Thing"},
      {R"({"display_name":true})", "display_name: must be text"},
      {R"({"small":1.5})", "small: must be a 32-bit integer"},
      {R"({"small":true})", "small: must be a 32-bit integer"},
      {R"({"small":" 5"})", "small: must be a 32-bit integer"},
      {R"({"small":"+5"})", "small: must be a 32-bit integer"},
      {R"({"small":"5-"})", "small: must be a 32-bit integer"},
      {R"({"small":{}})", "small: must be a 32-bit integer"},
      {R"({"big":9223372036854775808})", "big: must be a 64-bit integer"},
      {R"({"unsignedBig":-1})", "unsigned_big: must be a 64-bit integer of at least 0"},
      {R"({"flag":"yes"})", "flag: must be true or false"},
      {R"({"ratio":"1x"})", "ratio: must be a number"},
      {R"({"color":"GREEN"})", "color: must be a value of Color"},
      {R"({"color":7})", "color: must be a value of Color"},
      {R"({"data":"***"})", "data: must be text in base64"},
      {R"({"tags":"a"})", "tags: must be a JSON array"},
      {R"({"tags":[1]})", "tags[0]: must be text"},
      {R"({"tags":[null]})", "tags[0]: must not be null"},
      {R"({"things":[[]]})", "things[0]: must be a JSON object"},
      {R"({"inner":3})", "inner: must be a JSON object"},
      {R"({"inner":[{}]})", "inner: must be a JSON object"},
      {R"({"counts":[]})", "counts: must be a JSON object"},
      {R"({"counts":{"a":"b"}})", "counts.a: must be a 64-bit integer"},
      {R"({"time":"x"})", "time: must be a time like 2026-01-31T12:30:00Z"},
      {R"({"duration":"1"})", "duration: must be a duration like 1.5s"},
      {R"({"mask":"a b"})", "mask: must be field names like name,displayName"},
      {R"({"wrapped":5})", "wrapped: must be text"},
      {R"({"any":{"@type":"nosuch"}})",
       "any: must be a google.protobuf.Any: an object whose @type is type.googleapis.com/ and a type that is "
       "known"},
      // Protobuf 3.21's own reader ends the process for this one.
      {R"({"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s","nanos":5}})",
       "any: must have @type and value, and nothing else"},
      {R"({"any":{"@type":"type.googleapis.com/clientele.gateway.testing.Thing","inner":{"small":"x"}}})",
       "any.inner.small: must be a 32-bit integer"},
      {R"({"left":"a","right":1})", "right: only one of choice may be given"},
      {R"({"display_name":"a","displayName":"b"})", "display_name: is given twice, under both its names"},
      {R"({"inner.name":"a"})", "inner.name: no such field in Thing"},
      {R"([])", ": must be a JSON object"},
      {R"(3)", ": must be a JSON object"},
  };
  for (const auto& c : cases) EXPECT_EQ(Echo(c.body), c.expected) << c.body;
}

TEST_F(TranscoderTest, WhatIsNotJsonIsRefused) {
  for (const char* body :
       {"", "{", "{'a':1}", "{\"a\":1,}", "{a:1}", "[1,]", "{} {}", "nul", "// c\n{}", "{\"name\":\"\xff\"}",
        "{\"name\":\"\xed\xa0\x80\"}", "{\"name\":\"\\ud800\"}", "{\"name\":\"a\nb\"}", "{\"ratio\":1e999}",
        "{\"ratio\":NaN}", "\xef\xbb\xbf{}", "{\"small\":01}"}) {
    EXPECT_THAT(Echo(body), HasSubstr("malformed JSON")) << body;
  }
  EXPECT_THAT(Echo(R"({"name":"a","name":"b"})"), HasSubstr("appears twice"));
  EXPECT_THAT(Echo(std::string(100'000, '[')), HasSubstr("64 levels"));
  std::string nested = "{}";
  for (int i = 0; i < 63; ++i) nested = "{\"inner\":" + nested + "}";
  EXPECT_THAT(Echo(nested), ::testing::StartsWith("inner { inner {"));
}

TEST_F(TranscoderTest, EveryKindOfParameter) {
  const struct {
    const char* query;
    const char* expected;
  } cases[] = {
      {"displayName=a+b%26c&inner.big=5&tags=x&tags=y&color=RED&flag=true&time=2026-01-02T03:04:05Z",
       R"(display_name: "a b&c" flag: true color: RED inner { big: 5 } tags: "x" tags: "y" time { seconds: 1767323045 })"},
      {"mask=display_name,tags&wrapped=w&data=AQ%3D%3D&&",
       R"(data: "\001" mask { paths: "display_name" paths: "tags" } wrapped { value: "w" })"},
      {"color=2&ratio=1.5&duration=2s&numbers=1&numbers=2",
       R"(ratio: 1.5 color: BLUE numbers: 1 numbers: 2 duration { seconds: 2 })"},
      {"maybe=", "maybe: must be a 32-bit integer"},
      {"flag=1", "flag: must be true or false"},
      {"small=x", "small: must be a 32-bit integer"},
      {"inner=x", "inner: is a message: set its fields, as in inner.field"},
      {"counts=x", "counts: cannot be set by a parameter"},
      {"things.name=x", "things.name: no such parameter"},
      {"nosuch", "nosuch: no such parameter"},
      {"name=%ff", "name: is not percent-encoded UTF-8"},
      {"name=%", "name: is not percent-encoded UTF-8"},
      {"%ff=1", "query: a parameter's name is not percent-encoded UTF-8"},
      {"left=a&right=1", "right: only one of choice may be given"},
  };
  for (const auto& c : cases) EXPECT_EQ(Query(c.query), c.expected) << c.query;
  EXPECT_EQ(Transcode<testing::GetThingRequest>("GET", "/test/things/a?name=b"),
            "name: belongs into the path or the body, not into the query");
  EXPECT_EQ(Transcode<testing::Thing>("POST", "/test/things:echo?name=b", "{}"),
            "name: belongs into the path or the body, not into the query");
  EXPECT_EQ(Transcode<testing::GetThingRequest>("GET", "/test/things/a", "{}"), "this request takes no body");
}

TEST_F(TranscoderTest, AnswersShowZerosAndTextNumbers) {
  testing::Thing thing;
  thing.set_big(1LL << 60);
  thing.mutable_inner()->set_display_name("홍");
  const grpc::Slice slice(thing.SerializeAsString());
  const grpc::ByteBuffer buffer(&slice, 1);
  const auto json = [&](std::string_view verb, std::string_view path) {
    const HttpRouter::Result result = router_->Find(verb, path);
    return ToJson(*std::get<HttpRouter::Match>(result).binding, buffer)->json;
  };
  const std::string whole = json("GET", "/test/things/a");
  EXPECT_THAT(whole, HasSubstr(R"("big":"1152921504606846976")"));
  EXPECT_THAT(whole, HasSubstr(R"("small":0)"));
  EXPECT_THAT(json("PATCH", "/test/things/a"), ::testing::StartsWith(R"({"name":"","displayName":"홍")"));
}

TEST(ErrorJson, HasCodeMessageAndDetails) {
  google::rpc::Status error;
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field("customer.name");
  error.add_details()->PackFrom(bad);
  const grpc::Status status(grpc::INVALID_ARGUMENT, "wrong", error.SerializeAsString());
  EXPECT_EQ(ErrorJson(status),
            R"({"code":3,"message":"wrong","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest",)"
            R"("fieldViolations":[{"field":"customer.name"}]}]})");
  error.add_details()->set_type_url("type.googleapis.com/no.such.Type");
  error.mutable_details(1)->set_value("x");
  EXPECT_EQ(ErrorJson({grpc::NOT_FOUND, "gone", error.SerializeAsString()}),
            R"({"code":5,"message":"gone"})");
  EXPECT_EQ(ErrorJson({grpc::NOT_FOUND, "gone", "garbage"}), R"({"code":5,"message":"gone"})");
}

}  // namespace
}  // namespace clientele::gateway
