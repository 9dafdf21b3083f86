#include "gateway/http/http2_stream.h"

#include <gtest/gtest.h>

#include <string>

namespace clientele::gateway {
namespace {

TEST(Http2Stream, WhatWasTakenIsNotKept) {
  boost::asio::io_context loop;
  Http2Stream stream(nullptr, 1, loop, [] {});
  std::string taken;
  uint8_t buffer[16 << 10];
  // A peer that is always a little behind.
  for (int i = 0; i < 1000; ++i) {
    stream.Write(std::string(16 << 10, static_cast<char>('a' + i % 26)));
    if (i == 0) continue;
    uint32_t flags = 0;
    const ssize_t got = stream.Take(buffer, sizeof(buffer), &flags);
    ASSERT_EQ(got, static_cast<ssize_t>(sizeof(buffer)));
    ASSERT_EQ(buffer[0], static_cast<uint8_t>('a' + (i - 1) % 26));
    ASSERT_EQ(buffer[sizeof(buffer) - 1], buffer[0]);
  }
  EXPECT_EQ(stream.unsent(), sizeof(buffer));
  EXPECT_LT(stream.held(), size_t{1} << 20) << "16 MiB went through it";
}

}  // namespace
}  // namespace clientele::gateway
