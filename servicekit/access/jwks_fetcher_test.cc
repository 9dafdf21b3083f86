#include "servicekit/access/jwks_fetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/time/clock.h"
#include "servicekit/access/token.h"
#include "servicekit/types/error.h"

namespace servicekit {
namespace {

std::string ReadAll(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// What answers at an address here: a static file served by Python, which the tests need anyway.
class Provider {
 public:
  explicit Provider(const std::string& folder) : folder_(folder) {
    const std::string command =
        "python3 -c 'import http.server,functools,sys,os\n"
        "s=http.server.ThreadingHTTPServer((\"127.0.0.1\",0),functools.partial("
        "http.server.SimpleHTTPRequestHandler,directory=\"" +
        folder +
        "\"))\n"
        "print(s.server_address[1],os.getpid(),flush=True)\n"
        "s.serve_forever()' 2>/dev/null";
    pipe_ = popen(command.c_str(), "r");
    EXPECT_EQ(fscanf(pipe_, "%d %d", &port_, &pid_), 2);
  }
  ~Provider() {
    if (pid_ > 0) kill(pid_, SIGTERM);
    pclose(pipe_);
  }
  std::string url(const std::string& file) const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/" + file;
  }

 private:
  const std::string folder_;
  FILE* pipe_ = nullptr;
  int port_ = 0;
  int pid_ = 0;
};

class JwksFetcherTest : public ::testing::Test {
 protected:
  JwksFetcherTest() {
    std::string folder = ::testing::TempDir() + "jwks-XXXXXX";
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    for (const char* name : {"old", "new", "served"}) std::filesystem::create_directory(folder_ + "/" + name);
    EXPECT_EQ(NewSigningKey(folder_ + "/old"), absl::OkStatus());
    EXPECT_EQ(NewSigningKey(folder_ + "/new"), absl::OkStatus());
    Publish("old");
  }
  ~JwksFetcherTest() override { std::filesystem::remove_all(folder_); }

  void Publish(const std::string& which) {
    std::filesystem::copy_file(folder_ + "/" + which + "/jwks.json", folder_ + "/served/jwks.json",
                               std::filesystem::copy_options::overwrite_existing);
  }
  JwksFetcherOptions Options(const std::string& url) {
    return {.url = url, .file = folder_ + "/cache.json", .every = absl::Milliseconds(50)};
  }
  std::string TokenOf(const std::string& which) {
    const auto signer = TokenSigner::Open({.signing_key_file = folder_ + "/" + which + "/signing-key.pem"});
    return *(*signer)->Sign({.subject = "users/a", .role = Role::kAnalyst}, absl::Hours(1));
  }

  std::string folder_;
};

TEST_F(JwksFetcherTest, KeysAreRotatedWithoutARestart) {
  const Provider provider(folder_ + "/served");
  const auto fetcher = JwksFetcher::Start(Options(provider.url("jwks.json")));
  ASSERT_TRUE(fetcher.ok()) << fetcher.status();
  const auto verifier = TokenVerifier::Open({.jwks_file = folder_ + "/cache.json"});
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  EXPECT_TRUE((*verifier)->Verify(TokenOf("old")).ok());
  EXPECT_EQ(GetReason((*verifier)->Verify(TokenOf("new")).status()), "TOKEN_KEY");
  Publish("new");
  const absl::Time until = absl::Now() + absl::Seconds(20);
  while (!(*verifier)->Verify(TokenOf("new")).ok() && absl::Now() < until)
    absl::SleepFor(absl::Milliseconds(20));
  EXPECT_TRUE((*verifier)->Verify(TokenOf("new")).ok());
  EXPECT_EQ(GetReason((*verifier)->Verify(TokenOf("old")).status()), "TOKEN_KEY");
}

TEST_F(JwksFetcherTest, AnAbsentProviderIsNotMissedWhenThereIsAFile) {
  EXPECT_FALSE(JwksFetcher::Start(Options("http://127.0.0.1:1/jwks.json")).ok());
  std::filesystem::copy_file(folder_ + "/old/jwks.json", folder_ + "/cache.json");
  EXPECT_TRUE(JwksFetcher::Start(Options("http://127.0.0.1:1/jwks.json")).ok());
}

TEST_F(JwksFetcherTest, WhatIsNoKeySetReplacesNothing) {
  std::filesystem::copy_file(folder_ + "/old/jwks.json", folder_ + "/cache.json");
  std::ofstream(folder_ + "/served/page.html") << "<html>maintenance</html>";
  std::ofstream(folder_ + "/served/secret.json") << R"({"keys":[{"kty":"oct","kid":"a","k":"AAAA"}]})";
  const Provider provider(folder_ + "/served");
  const std::string before = ReadAll(folder_ + "/cache.json");
  for (const char* file : {"page.html", "secret.json", "nothing"}) {
    EXPECT_TRUE(JwksFetcher::Start(Options(provider.url(file))).ok()) << "the file of before is there";
    EXPECT_EQ(ReadAll(folder_ + "/cache.json"), before) << file;
  }
  EXPECT_FALSE(JwksFetcher::Start({.url = "file:///etc/passwd", .file = folder_ + "/none.json"}).ok());
}

}  // namespace
}  // namespace servicekit
