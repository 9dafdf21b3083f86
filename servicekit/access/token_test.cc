#include "servicekit/access/token.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_replace.h"
#include "servicekit/access/claims.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"

namespace servicekit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class SetClock : public Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
};

std::string Base64Url(const std::string& bytes) {
  std::string text;
  absl::WebSafeBase64Escape(bytes, &text);
  return text;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Principal Administrator() { return {.subject = "users/admin", .role = Role::kAdministrator}; }

class TokenTest : public ::testing::Test {
 protected:
  TokenTest() {
    directory_ = NewDirectory("a");
    EXPECT_EQ(NewSigningKey(directory_), absl::OkStatus());
    signer_ = Signer(directory_);
    verifier_ = *TokenVerifier::Open(VerifierOptions());
  }
  ~TokenTest() override { std::filesystem::remove_all(root_); }

  std::string NewDirectory(const std::string& name) {
    if (root_.empty()) {
      root_ = ::testing::TempDir() + "tokensXXXXXX";
      EXPECT_NE(mkdtemp(root_.data()), nullptr);
    }
    std::filesystem::create_directory(root_ + "/" + name);
    return root_ + "/" + name;
  }
  TokenVerifierOptions VerifierOptions() {
    return {
        .jwks_file = directory_ + "/jwks.json", .check_file_every = absl::ZeroDuration(), .clock = &clock_};
  }
  std::unique_ptr<TokenSigner> Signer(const std::string& directory) {
    return *TokenSigner::Open({.signing_key_file = directory + "/signing-key.pem", .clock = &clock_});
  }
  std::string Kid() { return Json::parse(ReadFile(directory_ + "/jwks.json"))["keys"][0]["kid"]; }
  std::string Token() { return *signer_->Sign(Administrator(), absl::Hours(1)); }
  std::string Payload() {
    return FormatClaims(
        {.principal = Administrator(), .issued = clock_.now, .expires = clock_.now + absl::Hours(1)},
        "clientele", "clientele");
  }
  std::string Reason(const std::string& token) { return GetReason(verifier_->Verify(token).status()); }

  std::string root_;
  std::string directory_;
  SetClock clock_;
  std::unique_ptr<TokenSigner> signer_;
  std::unique_ptr<TokenVerifier> verifier_;
};

TEST_F(TokenTest, ASignedPrincipalComesBack) {
  const Id id = Id::New(clock_.now);
  const Principal representative = {.subject = NameOf("representatives", id),
                                    .role = Role::kManager,
                                    .department = Department::kSales,
                                    .representative = id,
                                    .teams = {Id::New(clock_.now), Id::New(clock_.now)}};
  for (const Principal& principal :
       {representative, Administrator(), Principal{.subject = "services/value-svc", .role = Role::kService},
        Principal{.subject = "users/김분석", .role = Role::kAnalyst, .department = Department::kMarketing}}) {
    const std::string token = *signer_->Sign(principal, absl::Hours(1));
    for (int i = 0; i < 2; ++i) {  // The second time from the cache.
      const absl::StatusOr<Principal> verified = verifier_->Verify(token);
      ASSERT_TRUE(verified.ok()) << verified.status();
      EXPECT_EQ(*verified, principal);
    }
  }
}

TEST_F(TokenTest, SubjectAndRoleMustFit) {
  for (const Principal& principal : {Principal{.subject = "users/a", .role = Role::kService},
                                     Principal{.subject = "users/a/b", .role = Role::kAnalyst},
                                     Principal{.subject = "services/a", .role = Role::kAdministrator},
                                     Principal{.subject = "", .role = Role::kAnalyst},
                                     Principal{.subject = "users/", .role = Role::kAnalyst},
                                     Principal{.subject = "users/a\nb", .role = Role::kAnalyst},
                                     Principal{.subject = "users/a", .role = Role::kRepresentative}}) {
    EXPECT_TRUE(absl::IsInvalidArgument(signer_->Sign(principal, absl::Hours(1)).status()))
        << principal.subject;
  }
}

TEST_F(TokenTest, ExpiredTokenIsRefusedAlsoFromTheCache) {
  const std::string token = Token();
  EXPECT_TRUE(verifier_->Verify(token).ok());
  clock_.now += absl::Hours(1) + absl::Seconds(59);  // The skew that is allowed.
  EXPECT_TRUE(verifier_->Verify(token).ok());
  clock_.now += absl::Seconds(1);
  EXPECT_EQ(Reason(token), "TOKEN_EXPIRED");
  EXPECT_EQ(Reason(*signer_->Sign(Administrator(), -absl::Hours(1))), "TOKEN_EXPIRED");
}

TEST_F(TokenTest, TokenForAnotherAudienceOrFromAnotherIssuerIsRefused) {
  const std::string key = directory_ + "/signing-key.pem";
  const auto other_audience =
      *TokenSigner::Open({.signing_key_file = key, .audience = "other", .clock = &clock_});
  EXPECT_EQ(Reason(*other_audience->Sign(Administrator(), absl::Hours(1))), "TOKEN_AUDIENCE");
  const auto other_issuer =
      *TokenSigner::Open({.signing_key_file = key, .issuer = "other", .clock = &clock_});
  EXPECT_EQ(Reason(*other_issuer->Sign(Administrator(), absl::Hours(1))), "TOKEN_ISSUER");
  // Keys in two files.
  EXPECT_EQ(NewSigningKey(NewDirectory("own")), absl::OkStatus());
  TokenVerifierOptions two_files = VerifierOptions();
  two_files.own_jwks_file = root_ + "/own/jwks.json";
  const auto both = *TokenVerifier::Open(two_files);
  const auto own = Signer(root_ + "/own");
  EXPECT_EQ(Reason(*own->Sign(Administrator(), absl::Hours(1))), "TOKEN_KEY");
  EXPECT_TRUE(both->Verify(*own->Sign(Administrator(), absl::Hours(1))).ok());
  EXPECT_TRUE(both->Verify(*signer_->Sign(Administrator(), absl::Hours(1))).ok());
  // A company's own identity provider beside our own tools.
  TokenVerifierOptions options = VerifierOptions();
  options.issuers.push_back("other");
  options.audiences.push_back("other");
  const auto wider = *TokenVerifier::Open(options);
  for (const TokenSigner* signer : {other_issuer.get(), other_audience.get(), signer_.get()}) {
    EXPECT_TRUE(wider->Verify(*signer->Sign(Administrator(), absl::Hours(1))).ok());
  }
}

TEST_F(TokenTest, AlgorithmNoneIsRefused) {
  for (const char* algorithm : {"none", "None", "NONE"}) {
    const std::string header = Json{{"alg", algorithm}, {"kid", Kid()}}.dump();
    const std::string token = Base64Url(header) + "." + Base64Url(Payload()) + ".";
    EXPECT_TRUE(absl::IsUnauthenticated(verifier_->Verify(token).status())) << algorithm;
    EXPECT_TRUE(absl::IsUnauthenticated(verifier_->Verify(token + "AAAA").status())) << algorithm;
  }
}

TEST_F(TokenTest, HmacWithThePublicKeyAsSecretIsRefused) {
  const std::string secret = ReadFile(directory_ + "/jwks.json");
  for (const std::string& key : {secret, Json::parse(secret)["keys"][0].dump()}) {
    const std::string text =
        Base64Url(Json{{"alg", "HS256"}, {"kid", Kid()}}.dump()) + "." + Base64Url(Payload());
    unsigned char mac[32];
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, nullptr);
    EXPECT_EQ(Reason(text + "." + Base64Url(std::string(reinterpret_cast<char*>(mac), 32))),
              "TOKEN_ALGORITHM");
  }
}

TEST_F(TokenTest, AlgorithmOfAnotherKindOfKeyIsRefused) {
  const std::string token = Token();
  const std::string header = Base64Url(Json{{"alg", "RS256"}, {"kid", Kid()}}.dump());
  EXPECT_EQ(Reason(header + token.substr(token.find('.'))), "TOKEN_ALGORITHM");
}

TEST_F(TokenTest, EveryTamperedByteIsRefused) {
  const std::string token = Token();
  ASSERT_TRUE(verifier_->Verify(token).ok());
  for (size_t i = 0; i < token.size(); ++i) {
    // The lowest bits of the last character of a part may carry nothing; a change of the highest always
    // tells.
    std::string tampered = token;
    tampered[i] = token[i] == 'A' ? 'g' : 'A';
    if (token[i] == '.') tampered[i] = 'A';
    const absl::StatusOr<Principal> verified = verifier_->Verify(tampered);
    EXPECT_TRUE(absl::IsUnauthenticated(verified.status())) << "byte " << i << ": " << verified.status();
  }
  for (size_t size = 0; size < token.size(); ++size) {
    EXPECT_FALSE(verifier_->Verify(token.substr(0, size)).ok()) << size;
  }
}

TEST_F(TokenTest, GarbageIsRefusedAndNeverRepeated) {
  for (const std::string& token :
       {std::string(), std::string("secret"), std::string("secret.secret.secret"), std::string("secret...."),
        std::string(100'000, 'a'), std::string("\0\0.\xff.\xff", 7),
        Base64Url("{}") + "." + Base64Url("{}") + ".secret",
        Base64Url("[]") + "." + Base64Url("{}") + ".secret", Base64Url("{\"alg\":7}") + ".."}) {
    const absl::Status status = verifier_->Verify(token).status();
    EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("secret")));
  }
}

TEST_F(TokenTest, UnderstoodExtensionsAreNone) {
  const std::string header =
      Base64Url(Json{{"alg", "ES256"}, {"kid", Kid()}, {"crit", {"b64"}}, {"b64", false}}.dump());
  const std::string token = Token();
  EXPECT_EQ(Reason(header + token.substr(token.find('.'))), "TOKEN_MALFORMED");
}

TEST_F(TokenTest, RotatedKeyFileIsPickedUpAndTheOldKeyForgotten) {
  const std::string old_token = Token();
  ASSERT_TRUE(verifier_->Verify(old_token).ok());
  const std::string other = NewDirectory("b");
  ASSERT_EQ(NewSigningKey(other), absl::OkStatus());
  const std::string new_token = *Signer(other)->Sign(Administrator(), absl::Hours(1));
  EXPECT_EQ(Reason(new_token), "TOKEN_KEY");
  std::filesystem::rename(other + "/jwks.json", directory_ + "/jwks.json");
  EXPECT_TRUE(verifier_->Verify(new_token).ok());
  EXPECT_EQ(Reason(old_token), "TOKEN_KEY");
}

TEST_F(TokenTest, AnUnknownKeyLooksAtTheFileAtOnce) {
  TokenVerifierOptions options = VerifierOptions();
  options.check_file_every = absl::Hours(1);
  const auto verifier = *TokenVerifier::Open(options);
  const std::string other = NewDirectory("b");
  ASSERT_EQ(NewSigningKey(other), absl::OkStatus());
  std::filesystem::rename(other + "/jwks.json", directory_ + "/jwks.json");
  EXPECT_TRUE(verifier->Verify(*Signer(other)->Sign(Administrator(), absl::Hours(1))).ok());
}

TEST_F(TokenTest, ABrokenKeyFileKeepsTheKeysAndIsTold) {
  TokenVerifierOptions options = VerifierOptions();
  int told = 0;
  options.on_reload_failure = [&](const absl::Status&) { ++told; };
  const auto verifier = *TokenVerifier::Open(options);
  const std::string token = Token();
  std::ofstream(directory_ + "/jwks.json") << "{";
  EXPECT_TRUE(verifier->Verify(token).ok());
  EXPECT_EQ(told, 1);
  std::filesystem::remove(directory_ + "/jwks.json");
  EXPECT_TRUE(verifier->Verify(token).ok());
  EXPECT_FALSE(TokenVerifier::Open(options).ok());
}

TEST_F(TokenTest, KeyFilesThatDoNotBelongAreRefused) {
  const std::string path = directory_ + "/jwks.json";
  const Json good = Json::parse(ReadFile(path));
  const auto open = [&](const Json& document) {
    std::ofstream(path) << document.dump();
    return TokenVerifier::Open(VerifierOptions()).status();
  };
  Json bad = good;
  bad["keys"][0]["d"] = "AAAA";
  EXPECT_THAT(std::string(open(bad).message()), HasSubstr("private"));
  EXPECT_FALSE(open({{"keys", {{{"kty", "oct"}, {"k", "AAAA"}, {"kid", "a"}}}}}).ok());
  bad = good;
  bad["keys"].push_back(good["keys"][0]);
  EXPECT_THAT(std::string(open(bad).message()), HasSubstr("same kid"));
  bad = good;
  bad["keys"][0]["x"] = bad["keys"][0]["y"];  // Not on the curve.
  EXPECT_FALSE(open(bad).ok());
  EXPECT_FALSE(open(Json::object()).ok());
  EXPECT_FALSE(open(Json::array()).ok());
  EXPECT_TRUE(open(good).ok());
}

TEST_F(TokenTest, Rs256IsVerified) {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  const auto number = [&](const char* name) {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key, name, &value);
    std::string bytes(static_cast<size_t>(BN_num_bytes(value)), '\0');
    BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
    BN_free(value);
    return Base64Url(bytes);
  };
  std::ofstream(directory_ + "/jwks.json") << Json{{"keys",
                                                    {{{"kty", "RSA"},
                                                      {"kid", "r"},
                                                      {"n", number(OSSL_PKEY_PARAM_RSA_N)},
                                                      {"e", number(OSSL_PKEY_PARAM_RSA_E)}}}}};
  const std::string text =
      Base64Url(Json{{"alg", "RS256"}, {"kid", "r"}}.dump()) + "." + Base64Url(Payload());
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::string signature(256, '\0');
  size_t size = signature.size();
  EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                 reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  EXPECT_TRUE(verifier_->Verify(text + "." + Base64Url(signature)).ok());
  signature[7] = static_cast<char>(signature[7] ^ 1);
  EXPECT_EQ(Reason(text + "." + Base64Url(signature)), "TOKEN_SIGNATURE");
}

TEST_F(TokenTest, SigningKeyIsPrivateAndNeverOverwritten) {
  struct stat file {};
  ASSERT_EQ(stat((directory_ + "/signing-key.pem").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  EXPECT_TRUE(absl::IsAlreadyExists(NewSigningKey(directory_)));
  EXPECT_TRUE(verifier_->Verify(Token()).ok());
}

TEST_F(TokenTest, CacheStaysBoundedAndCorrectUnderManyThreads) {
  TokenVerifierOptions options = VerifierOptions();
  options.max_cached_tokens = 4;
  options.check_file_every = absl::Seconds(1);
  const auto verifier = *TokenVerifier::Open(options);
  std::vector<std::string> tokens;
  for (int i = 0; i < 16; ++i) {
    tokens.push_back(
        *signer_->Sign({.subject = absl::StrCat("users/u", i), .role = Role::kAnalyst}, absl::Hours(1)));
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (size_t i = 0; i < 200; ++i) {
        const size_t n = i * 7 % tokens.size();
        EXPECT_EQ(verifier->Verify(tokens[n])->subject, absl::StrCat("users/u", n));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Claims, WhatIsNotAPrincipalIsRefused) {
  const Json good = {{"iss", "i"}, {"aud", {"x", "a"}}, {"sub", "users/u"}, {"exp", 1}, {"role", "analyst"}};
  EXPECT_TRUE(ParseClaims(good.dump(), {"i"}, {"a"}).ok());
  const auto with = [&](const char* name, const Json& value) {
    Json changed = good;
    changed[name] = value;
    return ParseClaims(changed.dump(), {"i"}, {"a"}).status();
  };
  EXPECT_TRUE(with("exp", 1.5).ok());
  for (const Json& bad : {Json("1"), Json(nullptr), Json(1e300), Json(Json::array())}) {
    EXPECT_TRUE(absl::IsUnauthenticated(with("exp", bad))) << bad;
    EXPECT_TRUE(absl::IsUnauthenticated(with("nbf", bad))) << bad;
  }
  for (const Json& bad : {Json("root"), Json(nullptr), Json(1), Json("Administrator")}) {
    EXPECT_TRUE(absl::IsUnauthenticated(with("role", bad))) << bad;
    EXPECT_EQ(with("department", bad).ok(), bad.is_null()) << bad;
  }
  for (const Json& bad : {Json("teams/x"), Json({"teams/x"}), Json({1}), Json::object({{"a", 1}})}) {
    EXPECT_TRUE(absl::IsUnauthenticated(with("teams", bad))) << bad;
  }
  for (const Json& bad : {Json("representatives/x"), Json("u"), Json(1), Json("users/")}) {
    EXPECT_TRUE(absl::IsUnauthenticated(with("sub", bad))) << bad;
  }
  EXPECT_TRUE(absl::IsUnauthenticated(with("aud", Json::array({1}))));
  EXPECT_FALSE(ParseClaims("{", {"i"}, {"a"}).ok());
}

}  // namespace
}  // namespace servicekit
