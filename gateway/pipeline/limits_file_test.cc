#include "gateway/pipeline/limits_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <fstream>

#include "absl/time/clock.h"
#include "servicekit/telemetry/log.h"

namespace clientele::gateway {
namespace {

using ::testing::HasSubstr;

TEST(ParseLimits, TakesFlagsAndLeavesTheOthers) {
  const auto limits = ParseLimits(
      "# Agreed on with the partners.\n\n--calls_per_second=2.5\n  --concurrent_calls_of_one=3  \n",
      {.max_concurrent_calls = 7, .principal = {.calls_per_second = 1, .burst = 9, .concurrent_calls = 0}});
  ASSERT_TRUE(limits.ok()) << limits.status();
  EXPECT_EQ(limits->max_concurrent_calls, 7);
  EXPECT_DOUBLE_EQ(limits->principal.calls_per_second, 2.5);
  EXPECT_DOUBLE_EQ(limits->principal.burst, 9);
  EXPECT_EQ(limits->principal.concurrent_calls, 3);
}

TEST(ParseLimits, RefusesWhatItCannotMean) {
  for (const char* text : {"--max_concurrent_calls=0", "--max_concurrent_calls=many", "--calls_per_second=-1",
                           "--calls_per_second=nan", "--call_burst=", "--listen=0.0.0.0:80",
                           "calls_per_second=1", "--concurrent_calls_of_one=99999999999"}) {
    const auto limits = ParseLimits(std::string("\n") + text, {});
    EXPECT_TRUE(absl::IsInvalidArgument(limits.status())) << text;
    EXPECT_THAT(limits.status().ToString(), HasSubstr("line 2")) << text;
  }
}

TEST(LimitsFile, IsReadAgainWhenItChangesAndNotTakenWhenItIsWrong) {
  servicekit::SetLogSink([](std::string_view) {});
  const std::string path = ::testing::TempDir() + "limits.flags";
  const auto write = [&](const std::string& text) { std::ofstream(path) << text; };
  std::remove(path.c_str());
  std::atomic<int> taken = -1;
  const auto take = [&](const Limits& limits) { taken = limits.max_concurrent_calls; };
  EXPECT_FALSE(LimitsFile::Open(path, {}, take).ok()) << "at the start it must be there";
  write("--max_concurrent_calls=5");
  const auto file = LimitsFile::Open(path, {}, take, absl::Milliseconds(10));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(taken, 5);
  const auto becomes = [&](int limit) {
    const absl::Time until = absl::Now() + absl::Seconds(10);
    while (taken != limit && absl::Now() < until) absl::SleepFor(absl::Milliseconds(5));
    return taken == limit;
  };
  write("--max_concurrent_calls=6");
  EXPECT_TRUE(becomes(6));
  write("--max_concurrent_calls=-6");
  absl::SleepFor(absl::Milliseconds(100));
  EXPECT_EQ(taken, 6);
  write("");
  EXPECT_TRUE(becomes(10'000)) << "what it does not name is as it was at the start";
  servicekit::SetLogSink(nullptr);
}

}  // namespace
}  // namespace clientele::gateway
