#include "servicekit/telemetry/trace.h"

#include <gtest/gtest.h>

namespace servicekit {
namespace {

constexpr char kIncoming[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

TEST(Trace, KeepsTraceAndFlagsWithASpanOfItsOwn) {
  const std::string continued = ContinueTrace(kIncoming);
  EXPECT_EQ(TraceIdOf(continued), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(continued.substr(52), "-00");
  EXPECT_NE(continued.substr(36, 16), "00f067aa0ba902b7");
  EXPECT_EQ(continued.size(), 55u);
}

TEST(Trace, MalformedOrMissingStartsANewOne) {
  for (const char* incoming : {"", "garbage", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                               "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                               "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                               "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"}) {
    const std::string continued = ContinueTrace(incoming);
    EXPECT_EQ(continued.size(), 55u) << incoming;
    EXPECT_NE(TraceIdOf(continued), "4bf92f3577b34da6a3ce929d0e0e4736") << incoming;
    EXPECT_NE(TraceIdOf(continued), TraceIdOf(ContinueTrace(incoming))) << incoming;
  }
}

}  // namespace
}  // namespace servicekit
