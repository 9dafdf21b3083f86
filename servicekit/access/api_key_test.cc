#include "servicekit/access/api_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "servicekit/testing/fake_clock.h"
#include "servicekit/types/error.h"

namespace servicekit {
namespace {

class ApiKeyTest : public ::testing::Test {
 protected:
  ApiKeyTest() {
    std::string folder = ::testing::TempDir() + "api-keys-XXXXXX";
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    path_ = folder + "/keys.json";
  }
  ~ApiKeyTest() override { std::filesystem::remove_all(folder_); }

  std::string Add(std::vector<std::string> scopes = {"read"}) {
    ApiKey key = {.note = "erp",
                  .principal = {.subject = "services/erp", .role = Role::kService},
                  .scopes = std::move(scopes),
                  .expires = clock_.Now() + absl::Hours(1)};
    const auto text = AddApiKey(path_, std::move(key), clock_.Now());
    EXPECT_TRUE(text.ok()) << text.status();
    return text.value_or("");
  }
  std::string File() {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }

  std::string folder_, path_;
  FakeClock clock_;
};

TEST_F(ApiKeyTest, AKeySpeaksForItsPrincipalUntilItExpires) {
  const auto keys = ApiKeys::Open(path_, &clock_);
  ASSERT_TRUE(keys.ok()) << keys.status();
  const std::string text = Add({"customer:read", "value:*"});
  clock_.Advance(absl::Seconds(2));
  const auto key = (*keys)->Verify(text);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ((*key)->principal.subject, "services/erp");
  EXPECT_EQ((*key)->scopes, (std::vector<std::string>{"customer:read", "value:*"}));
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(GetReason((*keys)->Verify(text).status()), "API_KEY_EXPIRED");
}

TEST_F(ApiKeyTest, TheFileHasNoSecretAndIsItsOwnersAlone) {
  const std::string text = Add();
  EXPECT_FALSE(absl::StrContains(File(), text.substr(text.rfind('_') + 1)));
  struct stat file {};
  ASSERT_EQ(stat(path_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  EXPECT_EQ(ReadApiKeys(path_)->size(), 1u);
}

TEST_F(ApiKeyTest, ChangesAtTheSameTimeAreAllKept) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(RevokeApiKey(path_, Add().substr(3, 12)).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto keys = ReadApiKeys(path_);
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(keys->size(), 40u);
  for (const ApiKey& key : *keys) EXPECT_TRUE(key.revoked);
}

TEST_F(ApiKeyTest, WhatIsNotTheWholeKeyIsRefused) {
  const std::string text = Add();
  const auto keys = ApiKeys::Open(path_, &clock_);
  ASSERT_TRUE(keys.ok());
  std::string wrong_secret = text, wrong_id = text;
  wrong_secret.back() = wrong_secret.back() == 'A' ? 'B' : 'A';
  wrong_id[3] = wrong_id[3] == '0' ? '1' : '0';
  for (const std::string& bad : {std::string(), std::string("ck_"), text.substr(0, text.size() - 1),
                                 text + "x", wrong_secret, wrong_id, "x" + text, std::string(1000, 'c')}) {
    EXPECT_EQ(GetReason((*keys)->Verify(bad).status()), "API_KEY_INVALID") << bad;
  }
  EXPECT_TRUE((*keys)->Verify(text).ok());
}

TEST_F(ApiKeyTest, RevokingTakesEffectWithoutARestart) {
  const std::string text = Add(), other = Add();
  const auto keys = ApiKeys::Open(path_, &clock_);
  ASSERT_TRUE((*keys)->Verify(text).ok());
  EXPECT_TRUE(absl::IsNotFound(RevokeApiKey(path_, "000000000000")));
  ASSERT_TRUE(RevokeApiKey(path_, text.substr(3, 12)).ok());
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(GetReason((*keys)->Verify(text).status()), "API_KEY_REVOKED");
  EXPECT_TRUE((*keys)->Verify(other).ok());
}

TEST_F(ApiKeyTest, AFileThatCannotBeUsedLeavesTheKeysThatWereKnown) {
  const std::string text = Add();
  const auto keys = ApiKeys::Open(path_, &clock_);
  std::ofstream(path_) << "{";
  clock_.Advance(absl::Seconds(2));
  EXPECT_TRUE((*keys)->Verify(text).ok());
  EXPECT_FALSE(ApiKeys::Open(path_, &clock_).ok());
}

TEST_F(ApiKeyTest, Scopes) {
  const struct {
    const char* scope;
    const char* method;
    bool reads, allowed;
  } cases[] = {
      {"*", "/clientele.value.v1.ScoreService/RescoreCustomers", false, true},
      {"read", "/clientele.value.v1.ScoreService/GetScore", true, true},
      {"read", "/clientele.value.v1.ScoreService/RescoreCustomers", false, false},
      {"value:read", "/clientele.value.v1.ScoreService/GetScore", true, true},
      {"value:read", "/clientele.customer.v1.CustomerService/GetCustomer", true, false},
      {"value:*", "/clientele.value.v1.ScoreService/RescoreCustomers", false, true},
      {"value:*", "/clientele.customer.v1.CustomerService/GetCustomer", true, false},
      {"val:*", "/clientele.value.v1.ScoreService/GetScore", true, false},
  };
  for (const auto& c : cases)
    EXPECT_EQ(ScopesAllow({c.scope}, c.method, c.reads), c.allowed) << c.scope << c.method;
  EXPECT_TRUE(CheckScopes({"customer:read", "lifecycle:*"}).ok());
  for (const char* bad : {"", "all", "customer", "customer:write", "orders:read", "customer:read:x"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(CheckScopes({bad}))) << bad;
  }
  EXPECT_TRUE(absl::IsInvalidArgument(CheckScopes({})));
}

}  // namespace
}  // namespace servicekit
