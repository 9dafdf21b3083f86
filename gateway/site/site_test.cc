#include "gateway/site/site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace clientele::gateway {
namespace {

using ::testing::HasSubstr;

class SiteTest : public ::testing::Test {
 protected:
  SiteTest() {
    folder_ = ::testing::TempDir() + "siteXXXXXX";
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    std::filesystem::create_directories(folder_ + "/built/assets");
    Write("built/index.html", "<!doctype html>");
    Write("built/assets/main-1a2b.js", "start()");
    Write("built/assets/main-1a2b.js.gz", "zipped");
    Write("secret.txt", "not for you");
    std::filesystem::create_symlink(folder_ + "/secret.txt", folder_ + "/built/link.txt");
    absl::StatusOr<std::unique_ptr<Site>> site = Site::Open(folder_ + "/built");
    EXPECT_TRUE(site.ok()) << site.status();
    site_ = *std::move(site);
  }
  ~SiteTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& path, const std::string& text) {
    std::ofstream(folder_ + "/" + path) << text;
  }
  std::optional<Site::Answer> Ask(const std::string& path, HttpFields fields = {},
                                  const std::string& verb = "GET") {
    HttpRequest request;
    request.verb = verb;
    request.path = path;
    request.fields = std::move(fields);
    return site_->Find(request);
  }
  static std::string Field(const Site::Answer& answer, std::string_view name) {
    for (const auto& [key, value] : answer.fields) {
      if (key == name) return value;
    }
    return "";
  }

  std::string folder_;
  std::unique_ptr<Site> site_;
};

TEST_F(SiteTest, LeavesEveryOtherPathAlone) {
  for (const char* path : {"/v1/customers", "/consoles", "/healthz", "//", "/console.html"}) {
    EXPECT_FALSE(Ask(path).has_value()) << path;
  }
}

TEST_F(SiteTest, TheRootLeadsToTheConsole) {
  for (const char* path : {"/", "/console"}) {
    EXPECT_EQ(Ask(path)->status, 302);
    EXPECT_EQ(Field(*Ask(path), "location"), "/console/");
  }
}

TEST_F(SiteTest, TheConsolesOwnAddressesAreTheOnePage) {
  for (const char* path : {"/console/", "/console/index.html", "/console/customers/01J", "/console/value"}) {
    const std::optional<Site::Answer> answer = Ask(path);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "<!doctype html>");
    EXPECT_EQ(Field(*answer, "content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(Field(*answer, "cache-control"), "no-cache");
    EXPECT_THAT(Field(*answer, "content-security-policy"), HasSubstr("default-src 'none'"));
  }
}

TEST_F(SiteTest, HashedFilesAreKeptForeverAndZippedForThoseWhoTakeIt) {
  const Site::Answer plain = *Ask("/console/assets/main-1a2b.js", {{"accept-encoding", "br, gzip;q=0"}});
  EXPECT_EQ(plain.body, "start()");
  EXPECT_EQ(Field(plain, "content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(Field(plain, "cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(Field(plain, "content-encoding"), "");
  const Site::Answer zipped = *Ask("/console/assets/main-1a2b.js", {{"accept-encoding", "br, gzip"}});
  EXPECT_EQ(zipped.body, "zipped");
  EXPECT_EQ(Field(zipped, "content-encoding"), "gzip");
  EXPECT_NE(Field(zipped, "etag"), Field(plain, "etag"));
  EXPECT_EQ(Field(plain, "vary"), "accept-encoding");
}

TEST_F(SiteTest, WhoHasItAlreadyGetsItsTagOnly) {
  const std::string etag = Field(*Ask("/console/"), "etag");
  for (const std::string& known : {etag, "W/" + etag, "\"other\", " + etag, std::string("*")}) {
    const Site::Answer answer = *Ask("/console/", {{"if-none-match", known}});
    EXPECT_EQ(answer.status, 304) << known;
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(Field(answer, "etag"), etag);
  }
  EXPECT_EQ(Ask("/console/", {{"if-none-match", "\"other\""}})->status, 200);
}

TEST_F(SiteTest, NoPathReachesAnythingElse) {
  for (const char* path : {"/console/../secret.txt", "/console/assets/../../secret.txt", "/console/link.txt",
                           "/console//etc/passwd.", "/console/assets/", "/console/assets/none.js",
                           "/console/assets/main-1a2b.js.gz", "/console/./index.html"}) {
    EXPECT_EQ(Ask(path)->status, 404) << path;
  }
  // These are no files, and so at most the page.
  for (const char* path : {"/console/%2e%2e/secret", "/console/etc/passwd", "/console/assets%2fmain"}) {
    EXPECT_EQ(Ask(path)->body, "<!doctype html>") << path;
  }
}

TEST_F(SiteTest, ItIsReadOnly) {
  for (const char* verb : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    EXPECT_EQ(Ask("/console/", {}, verb)->status, 405);
    EXPECT_EQ(Field(*Ask("/", {}, verb), "allow"), "GET, HEAD");
  }
  EXPECT_EQ(Ask("/console/", {}, "HEAD")->status, 200);
}

TEST_F(SiteTest, AFolderWithoutAPageIsRefused) {
  EXPECT_EQ(Site::Open(folder_).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Site::Open(folder_ + "/none").status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace clientele::gateway
