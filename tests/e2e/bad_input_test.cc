// What people and programs send that they should not, through the gateway: each gets a specific error, never
// INTERNAL, and what is only unusual round-trips exactly.
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/cluster/cluster.h"

namespace clientele::tests {
namespace {

using nlohmann::json;

struct Answer {
  int code = 0;
  std::string text;
  json body;
};

class BadInput : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { cluster_ = new Cluster(); }
  static void TearDownTestSuite() {
    delete cluster_;
    cluster_ = nullptr;
  }

  static Answer Send(const std::string& verb, const std::string& path, const std::string& body = "",
                     const std::string& type = "application/json") {
    const std::string file = cluster_->folder() + "/body";
    std::ofstream(file, std::ios::binary) << body;
    std::vector<std::string> command = {
        "curl",
        "-sS",
        "--globoff",
        "--max-time",
        "20",
        "-X",
        verb,
        "-w",
        "\n%{http_code}",
        "-H",
        absl::StrCat("Authorization: Bearer ", cluster_->AdministratorToken())};
    if (!body.empty()) {
      command.insert(command.end(),
                     {"-H", "Content-Type: " + type, "-H", "Expect:", "--data-binary", "@" + file});
    }
    command.push_back(absl::StrCat("http://", cluster_->gateway_address(), path));
    std::string output;
    EXPECT_EQ(RunCommand(command, &output), 0) << output;
    Answer answer;
    const size_t end = output.rfind('\n');
    answer.text = output.substr(0, end);
    answer.code = std::stoi(output.substr(end + 1));
    answer.body = json::parse(answer.text, nullptr, false);
    return answer;
  }

  static std::string CreateCustomer(const json& customer) {
    const Answer answer = Send("POST", "/v1/customers", customer.dump());
    EXPECT_EQ(answer.code, 200) << answer.text;
    return answer.body.value("name", "");
  }

  // The error names `field` in a BadRequest.
  static void ExpectViolation(const Answer& answer, const std::string& field) {
    EXPECT_EQ(answer.code, 400) << answer.text;
    EXPECT_TRUE(answer.text.find("google.rpc.BadRequest") != std::string::npos) << answer.text;
    EXPECT_TRUE(answer.text.find(absl::StrCat("\"", field, "\"")) != std::string::npos)
        << "no violation of " << field << " in " << answer.text;
  }

  static Cluster* cluster_;
};

Cluster* BadInput::cluster_ = nullptr;

TEST_F(BadInput, UnusualTextRoundTripsExactly) {
  for (const std::string& name :
       {std::string("(주)한빛 솔루션 주식회사"), std::string("Robert'); DROP TABLE customers;--"),
        std::string("🏢 Büro 𠮷野家"), std::string("a\\b\"c%d_e`f"), std::string("　全角　"),
        std::string(255, 'x')}) {
    const std::string created = CreateCustomer({{"displayName", name}, {"type", "ORGANIZATION"}});
    const Answer read = Send("GET", "/v1/" + created);
    EXPECT_EQ(read.code, 200) << read.text;
    EXPECT_EQ(read.body.value("displayName", ""), name);
  }
}

TEST_F(BadInput, WrongBodiesNameWhatIsWrong) {
  const auto post = [](const std::string& body) { return Send("POST", "/v1/customers", body); };
  ExpectViolation(post(R"({"displayName": "a", "type": "PERSON", "shoeSize": 44})"), "customer.shoeSize");
  ExpectViolation(post(R"({"type": "PERSON"})"), "customer.display_name");
  ExpectViolation(post(R"({"displayName": "a"})"), "customer.type");
  ExpectViolation(post(absl::StrCat(R"({"type": "PERSON", "displayName": ")", std::string(256, 'x'), "\"}")),
                  "customer.display_name");
  ExpectViolation(post(R"({"displayName": "a", "type": "PERSON", "owner": "representatives/1 OR 1=1"})"),
                  "customer.owner");
  ExpectViolation(post(R"({"displayName": "a", "type": "PERSON", "employeeCount": -1})"),
                  "customer.employee_count");
  for (const char* body :
       {R"({"displayName": 7, "type": "PERSON"})", R"({"displayName": ["a"], "type": "PERSON"})",
        R"({"displayName": "a", "type": "ALIEN"})", R"({"displayName": "a", "type": "PERSON",})",
        R"({'displayName': 'a'})", "[]", "null", "{", R"({"displayName": "a", "displayName": "b"})",
        "{\"displayName\": \"\xC3\x28\", \"type\": \"PERSON\"}",
        R"({"displayName": "a", "type": "PERSON", "employeeCount": "many"})",
        R"({"displayName": "a", "type": "PERSON", "employeeCount": 1e30})"}) {
    const Answer answer = post(body);
    EXPECT_EQ(answer.code, 400) << body << " -> " << answer.text;
    EXPECT_EQ(answer.body.value("code", 0) + answer.body.value(json::json_pointer("/error/code"), 0), 3)
        << answer.text;
  }
}

TEST_F(BadInput, OversizedBodyIsTooLarge) {
  EXPECT_EQ(
      Send("POST", "/v1/customers", absl::StrCat(R"({"displayName": ")", std::string(5'000'000, 'x'), "\"}"))
          .code,
      413);
}

TEST_F(BadInput, DeepNestingIsRefused) {
  EXPECT_EQ(Send("POST", "/v1/customers", std::string(100'000, '[')).code, 400);
}

TEST_F(BadInput, WrongQueriesNameWhatIsWrong) {
  ExpectViolation(Send("GET", "/v1/customers?filter=shoe_size%3D44"), "filter");
  ExpectViolation(Send("GET", "/v1/customers?filter=display_name%3D'%20OR%201%3D1"), "filter");
  ExpectViolation(Send("GET", "/v1/customers?orderBy=display_name;DROP%20TABLE%20customers"), "order_by");
  ExpectViolation(Send("GET", "/v1/customers?pageToken=nonsense"), "page_token");
  ExpectViolation(Send("GET", "/v1/customers?pageSize=-1"), "page_size");
  EXPECT_EQ(Send("GET", "/v1/customers?pageSize=ten").code, 400);
  EXPECT_EQ(Send("GET", "/v1/customers?shoeSize=44").code, 400);
}

TEST_F(BadInput, AddressesThatAreNone) {
  EXPECT_EQ(Send("GET", "/v1/nothing").code, 404);
  EXPECT_EQ(Send("GET", "/v1/customers/..%2F..%2Fetc").code, 400);
  EXPECT_EQ(Send("GET", "/v1/customers/01JD5R6X0QF3V9K2M4N8P7S1TA").code, 404);
  EXPECT_EQ(Send("DELETE", "/v1/customers").code, 405);
  EXPECT_EQ(Send("POST", "/v1/customers", "a=b", "application/x-www-form-urlencoded").code, 415);
}

TEST_F(BadInput, RequestIdMustBeAUuidAndIsNotReused) {
  const std::string id = "0191d0a0-0000-7000-8000-000000000001";
  const json body = {{"displayName", "once"}, {"type", "PERSON"}};
  EXPECT_EQ(Send("POST", "/v1/customers?requestId=often", body.dump()).code, 400);
  const Answer first = Send("POST", "/v1/customers?requestId=" + id, body.dump());
  const Answer second = Send("POST", "/v1/customers?requestId=" + id, body.dump());
  EXPECT_EQ(first.code, 200) << first.text;
  EXPECT_EQ(first.body, second.body);
  const json other = {{"displayName", "twice"}, {"type", "PERSON"}};
  ExpectViolation(Send("POST", "/v1/customers?requestId=" + id, other.dump()), "request_id");
}

TEST_F(BadInput, StaleEtagIsAConflict) {
  const std::string name = CreateCustomer({{"displayName", "etag"}, {"type", "PERSON"}});
  const std::string etag = Send("GET", "/v1/" + name).body.value("etag", "");
  const auto rename = [&](const std::string& to) {
    return Send("PATCH", "/v1/" + name + "?updateMask=displayName",
                json({{"displayName", to}, {"etag", etag}}).dump());
  };
  EXPECT_EQ(rename("first").code, 200);
  const Answer stale = rename("second");
  EXPECT_EQ(stale.code, 409) << stale.text;
  EXPECT_TRUE(stale.text.find("STALE_ETAG") != std::string::npos) << stale.text;
}

TEST_F(BadInput, NoTokenNoAnswer) {
  std::string output;
  RunCommand({"curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
              absl::StrCat("http://", cluster_->gateway_address(), "/v1/customers")},
             &output);
  EXPECT_EQ(output, "401");
}

}  // namespace
}  // namespace clientele::tests
