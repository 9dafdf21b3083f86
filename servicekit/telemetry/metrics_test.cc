#include "servicekit/telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace servicekit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, CallsAreCountedByMethodAndCode) {
  Metrics metrics;
  MethodMetrics& get = metrics.Method("/x.Y/Get");
  EXPECT_EQ(&get, &metrics.Method("/x.Y/Get"));
  for (int code : {0, 0, 5}) {
    get.Started();
    get.Finished(code, absl::Milliseconds(3));
  }
  get.Started();
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("clientele_calls_total{code=\"OK\",method=\"/x.Y/Get\"} 2"));
  EXPECT_THAT(text, HasSubstr("clientele_calls_total{code=\"NOT_FOUND\",method=\"/x.Y/Get\"} 1"));
  EXPECT_THAT(text, HasSubstr("clientele_calls_in_flight{method=\"/x.Y/Get\"} 1"));
  EXPECT_THAT(text, HasSubstr("clientele_call_seconds_bucket{method=\"/x.Y/Get\",le=\"0.005\"} 3"));
}

TEST(Metrics, GaugesAreAskedWhenScrapedAndForgotten) {
  Metrics metrics;
  int lag = 7;
  metrics.AddGauge("clientele_feed_lag_entries", "Lag", {{"source", "customer"}}, [&] { return lag; });
  lag = 8;
  EXPECT_THAT(metrics.Text(), HasSubstr("clientele_feed_lag_entries{source=\"customer\"} 8"));
  metrics.RemoveGauges();
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("feed_lag")));
}

TEST(Metrics, ATakenPortIsAnErrorNotACrash) {
  Metrics first;
  const auto port = first.Expose("127.0.0.1:0");
  ASSERT_TRUE(port.ok()) << port.status();
  Metrics second;
  EXPECT_EQ(second.Expose("127.0.0.1:" + std::to_string(*port)).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace servicekit
