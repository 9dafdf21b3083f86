#include "servicekit/telemetry/log.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace servicekit {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class LogTest : public ::testing::Test {
 protected:
  LogTest() {
    SetLogSink([this](std::string_view line) { lines_.emplace_back(line); });
  }
  ~LogTest() override { SetLogSink(nullptr); }
  nlohmann::json Last() { return nlohmann::json::parse(lines_.back()); }

  std::vector<std::string> lines_;
};

TEST_F(LogTest, LineIsJsonWithItsFields) {
  Log(LogLevel::kWarning, "slow", {{"ms", 12.5}, {"rows", 3}, {"cached", false}, {"who", "김철수"}});
  EXPECT_EQ(Last()["level"], "warning");
  EXPECT_EQ(Last()["message"], "slow");
  EXPECT_EQ(Last()["ms"], 12.5);
  EXPECT_EQ(Last()["rows"], 3);
  EXPECT_EQ(Last()["cached"], false);
  EXPECT_EQ(Last()["who"], "김철수");
  EXPECT_EQ(Last()["ts"].get<std::string>().size(), std::string("2026-11-23T20:45:01.123456Z").size());
}

TEST_F(LogTest, NoTextBreaksTheLine) {
  std::string every_byte;
  for (int c = 0; c < 256; ++c) every_byte += static_cast<char>(c);
  every_byte += "\",\"level\":\"forged\"}\n";
  Log(LogLevel::kInfo, every_byte, {{every_byte, every_byte}});
  EXPECT_EQ(lines_.back().find('\n'), std::string::npos);
  EXPECT_EQ(Last()["level"], "info");
  EXPECT_THAT(Last()["message"].get<std::string>(), AllOf(HasSubstr("forged"), HasSubstr("\xEF\xBF\xBD")));
}

TEST_F(LogTest, TraceIsTheThreadsOwnWhileItLasts) {
  {
    LogTrace outer("aa");
    {
      LogTrace inner("bb");
      Log(LogLevel::kInfo, "inner");
      EXPECT_EQ(Last()["trace"], "bb");
    }
    Log(LogLevel::kInfo, "outer");
    EXPECT_EQ(Last()["trace"], "aa");
  }
  Log(LogLevel::kInfo, "none");
  EXPECT_FALSE(Last().contains("trace"));
}

}  // namespace
}  // namespace servicekit
