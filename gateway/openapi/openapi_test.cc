#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/openapi/document.h"

namespace clientele::gateway {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

class OpenApiTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { text_ = new std::string(*OpenApiDocumentOfAll()); }
  OpenApiTest() : document_(Json::parse(*text_)) {}

  const Json& Operation(const std::string& verb, const std::string& path) {
    return document_.at("paths").at(path).at(verb);
  }
  // The parameter of that name; null when there is none.
  static Json Parameter(const Json& operation, const std::string& name) {
    for (const Json& one : operation.at("parameters")) {
      if (one.value("name", "") == name) return one;
    }
    return nullptr;
  }

  inline static std::string* text_ = nullptr;
  Json document_;
};

TEST_F(OpenApiTest, TheCheckedInCopyIsTrue) {
  std::ostringstream copy;
  copy << std::ifstream(std::string(CLIENTELE_SOURCE_DIR) + "/docs/openapi.json").rdbuf();
  EXPECT_TRUE(copy.str() == *text_) << "docs/openapi.json is not what the contracts in proto/ say any more.\n"
                                       "Renew it with:  ./dev openapi\n"
                                       "and commit it together with the change of the contracts.";
}

TEST_F(OpenApiTest, PathsVerbsAndParameters) {
  const Json& get = Operation("get", "/v1/customers/{customer}");
  EXPECT_EQ(get["operationId"], "CustomerService_GetCustomer");
  EXPECT_EQ(Parameter(get, "customer")["in"], "path");
  EXPECT_EQ(get["responses"]["200"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/customer.v1.Customer");
  const Json& list = Operation("get", "/v1/customers/{customer}/contacts");
  EXPECT_EQ(Parameter(list, "pageSize")["schema"]["type"], "integer");
  EXPECT_THAT(Parameter(list, "parent"), Json());
  const Json& update = Operation("patch", "/v1/customers/{customer}/contacts/{contact}");
  EXPECT_EQ(Parameter(update, "updateMask")["schema"]["type"], "string");
  EXPECT_THAT(update["parameters"].dump(), HasSubstr("IfMatch"));
  EXPECT_THAT(update["parameters"].dump(), HasSubstr("IdempotencyKey"));
  EXPECT_TRUE(Operation("post", "/v1/opportunities/{opportunity}:win").contains("requestBody"));
  const Json& stream = Operation("get", "/v1/feeds/customer:read");
  EXPECT_TRUE(stream["responses"]["200"]["content"].contains("text/event-stream"));
  EXPECT_TRUE(
      Operation("post", "/v1/customers:import")["requestBody"]["content"].contains("application/x-ndjson"));
  EXPECT_EQ(Operation("post", "/v1/signIn")["security"], Json::array());
}

TEST_F(OpenApiTest, CommentsAndBehaviorsOfFields) {
  const Json& customer = document_["components"]["schemas"]["customer.v1.Customer"];
  EXPECT_TRUE(customer["properties"]["createTime"]["readOnly"]);
  EXPECT_EQ(customer["properties"]["createTime"]["format"], "date-time");
  EXPECT_EQ(Operation("post", "/v1/signIn")["description"].get<std::string>().find("Makes an access token"),
            0u);
  EXPECT_THAT(document_["tags"].dump(), HasSubstr("Signs in for development"));
}

// What a generator of clients needs: references that lead somewhere, ids that are unique, every path
// parameter described and nothing else.
TEST_F(OpenApiTest, IsCoherent) {
  std::set<std::string> ids;
  const auto& schemas = document_["components"]["schemas"];
  size_t operations = 0;
  for (const auto& [path, item] : document_["paths"].items()) {
    for (const auto& [verb, operation] : item.items()) {
      ++operations;
      EXPECT_TRUE(ids.insert(operation["operationId"]).second) << path;
      std::set<std::string> described;
      for (const Json& parameter : operation.value("parameters", Json::array())) {
        if (parameter.value("in", "") == "path") described.insert(parameter["name"]);
      }
      size_t placeholders = 0;
      for (size_t at = path.find('{'); at != std::string::npos; at = path.find('{', at + 1)) {
        ++placeholders;
        EXPECT_TRUE(described.contains(path.substr(at + 1, path.find('}', at) - at - 1))) << path;
      }
      EXPECT_EQ(placeholders, described.size()) << path;
    }
  }
  EXPECT_GT(operations, 50u);
  const std::string prefix = "\"$ref\": \"#/components/schemas/";
  for (size_t at = text_->find(prefix); at != std::string::npos; at = text_->find(prefix, at + 1)) {
    const size_t start = at + prefix.size();
    EXPECT_TRUE(schemas.contains(text_->substr(start, text_->find('"', start) - start)));
  }
}

TEST_F(OpenApiTest, EveryRpcWithAnHttpRuleIsThere) {
  const MethodTable methods = MethodTable::ForPrefixes(
      {"clientele.customer.", "clientele.lifecycle.", "clientele.value.", "clientele.gateway.v1."});
  for (const Method& method : methods.methods()) {
    const std::string id =
        absl::StrCat("\"", method.descriptor->service()->name(), "_", method.descriptor->name(), "\"");
    EXPECT_THAT(*text_, HasSubstr(id)) << "has no google.api.http option";
  }
}

}  // namespace
}  // namespace clientele::gateway
