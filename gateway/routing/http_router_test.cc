#include "gateway/routing/http_router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "gateway/testing/echo.pb.h"

namespace clientele::gateway {
namespace {

using ::testing::ElementsAre;

class HttpRouterTest : public ::testing::Test {
 protected:
  HttpRouterTest() : methods_(MethodTable::ForPrefixes({"clientele.gateway.testing."})) {
    absl::StatusOr<HttpRouter> router = HttpRouter::Build(methods_);
    EXPECT_TRUE(router.ok()) << router.status();
    router_ = std::make_unique<HttpRouter>(*std::move(router));
  }

  // `Method value value`, or why not.
  std::string Find(std::string_view verb, std::string_view path) {
    const HttpRouter::Result result = router_->Find(verb, path);
    if (const auto* match = std::get_if<HttpRouter::Match>(&result)) {
      std::string text = match->binding->method->descriptor->name();
      for (const std::string& value : match->values) absl::StrAppend(&text, " ", value);
      return text;
    }
    if (const auto* wrong = std::get_if<HttpRouter::WrongVerb>(&result)) {
      return "405 " + absl::StrJoin(wrong->allowed, ", ");
    }
    return std::holds_alternative<HttpRouter::BadEncoding>(result) ? "400" : "404";
  }

  MethodTable methods_;
  std::unique_ptr<HttpRouter> router_;
};

TEST_F(HttpRouterTest, TemplatesVerbsAndVariables) {
  const struct {
    const char* verb;
    const char* path;
    const char* expected;
  } cases[] = {
      {"GET", "/test/things/a", "GetThing things/a"},
      {"GET", "/test/named/a", "GetThing a"},
      {"GET", "/test/named/a%2Fb", "GetThing a/b"},
      {"GET", "/test/things/a%2Fb", "GetThing things/a%2Fb"},
      {"GET", "/test/things/%ED%99%8D%EA%B8%B8%EB%8F%99", "GetThing things/홍길동"},
      {"GET", "/test/things/a%20b+c", "GetThing things/a b+c"},
      {"GET", "/test/files/a", "GetThing a"},
      {"GET", "/test/files/a/b/c", "GetThing a/b/c"},
      {"GET", "/test/files", "404"},
      {"POST", "/test/boxes/b/things", "CreateThing boxes/b"},
      {"PATCH", "/test/things/t", "UpdateThing things/t"},
      {"POST", "/test/things:echo", "Echo"},
      {"GET", "/test/things:echo", "Echo"},
      {"GET", "/test/things:count", "Count"},
      {"POST", "/test/things:chat", "Chat"},
      // A colon that is no known verb belongs to the name.
      {"GET", "/test/things/a:b", "GetThing things/a:b"},
      {"GET", "/test/named/a:echo", "GetThing a:echo"},
      // So does one with nothing behind it: no resource has two addresses.
      {"GET", "/test/things/a:", "GetThing things/a:"},
      {"GET", "/test/things/a::", "GetThing things/a::"},
      {"GET", "/test/things:", "404"},
      {"PUT", "/test/things/a", "405 GET, HEAD, PATCH"},
      {"DELETE", "/test/things:echo", "405 GET, HEAD, POST"},
      {"get", "/test/things/a", "405 GET, HEAD, PATCH"},
      {"GET", "/test/things", "404"},
      {"GET", "/test/things:nothing", "404"},
      {"GET", "/test/things/", "404"},
      {"GET", "/test//things/a", "404"},
      {"GET", "/test/things/a/b", "404"},
      {"GET", "/", "404"},
      {"GET", "", "404"},
      {"GET", "test/things/a", "404"},
      {"GET", "*", "404"},
      // Any verb is the custom kind's, but those that have a binding of their own.
      {"PURGE", "/test/anything/a", "Echo a"},
      {"GET", "/test/anything/a", "Echo a"},
      {"GET", "/test/things/%zz", "400"},
      {"GET", "/test/things/%f", "400"},
      {"GET", "/test/things/%ff", "400"},
      {"GET", "/test/things/%C0%AF", "400"},
  };
  for (const auto& c : cases) EXPECT_EQ(Find(c.verb, c.path), c.expected) << c.verb << " " << c.path;
}

TEST_F(HttpRouterTest, FieldsAreFoundByBothNames) {
  const auto* request = testing::UpdateThingRequest::descriptor();
  EXPECT_EQ(FindField(request, "thing.display_name").size(), 2u);
  EXPECT_EQ(FindField(request, "thing.displayName").size(), 2u);
  EXPECT_TRUE(FindField(request, "thing.nothing").empty());
  EXPECT_TRUE(FindField(request, "thing.name.more").empty());
  EXPECT_TRUE(FindField(request, "thing.tags.more").empty());
  EXPECT_TRUE(FindField(request, "thing.").empty());
  EXPECT_TRUE(FindField(request, "").empty());
}

TEST(PathTemplate, MalformedTemplatesAreRefused) {
  for (const char* text : {"", "v1", "/", "/v1/", "/v1//a", "/v1/{", "/v1/{}", "/v1/{=a}", "/v1/{a=}",
                           "/v1/{a=**}/b", "/v1/a:", "/v1/{a}b", "/v1/a*"}) {
    EXPECT_FALSE(PathTemplate::Parse(text).ok()) << text;
  }
  for (const char* text : {"/v1", "/v1/{a}", "/v1/{a.b=c/*/d/**}:e", "/v1/*/{a=**}"}) {
    EXPECT_TRUE(PathTemplate::Parse(text).ok()) << text;
  }
}

TEST(MethodTable, KnowsWhichMethodsAreUnary) {
  const MethodTable table = MethodTable::ForPrefixes({"clientele.gateway.testing."});
  EXPECT_TRUE(table.Find("/clientele.gateway.testing.EchoService/Echo")->unary);
  EXPECT_FALSE(table.Find("/clientele.gateway.testing.EchoService/Sum")->unary);
  EXPECT_EQ(table.Find("/clientele.gateway.testing.EchoService/Nothing"), nullptr);
  EXPECT_EQ(table.methods().size(), 10u);
}

}  // namespace
}  // namespace clientele::gateway
