// Hostile HTTP/2, each with the answer that it must get.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "gateway/testing/http2_frames.h"
#include "gateway/testing/running_gateway.h"

namespace clientele::gateway::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Frame types and flags, as RFC 9113 numbers them.
enum : uint8_t {
  kData,
  kHeaders,
  kPriority,
  kRstStream,
  kSettings,
  kPushPromise,
  kPing,
  kGoaway,
  kWindowUpdate,
  kContinuation
};
enum : uint8_t { kEndStream = 1, kAck = 1, kEndHeaders = 4, kPadded = 8, kWithPriority = 32 };

class HostileHttp2 : public GatewayTest {
 protected:
  // A connection that has said hello.
  struct Connection {
    explicit Connection(int port) : client(port) {
      client.Send(std::string(kPreface) + std::string(kEmptySettings));
    }
    // Until that happened, or the connection ended. All that happened.
    std::string ReadUntil(const std::string& event) {
      while (reader.events().find(event) == std::string::npos) {
        const std::string bytes = client.ReadSome();
        if (bytes.empty()) return reader.events() + "closed";
        reader.Take(bytes);
      }
      return reader.events();
    }
    HttpClient client;
    FrameReader reader;
  };

  // The header of a request for a thing, changed.
  std::string Block(const std::function<void(Fields2&)>& change = [](Fields2&) {}) {
    Fields2 fields = {{":method", "GET"},
                      {":scheme", "http"},
                      {":authority", "test"},
                      {":path", "/test/things/a"},
                      {"authorization", "Bearer " + Token()}};
    change(fields);
    return HeaderBlock(fields);
  }
  std::string Get(uint32_t stream) { return Frame(kHeaders, kEndStream | kEndHeaders, stream, Block()); }
  // A request whose body is still to come.
  std::string Post(uint32_t stream, const std::string& path = "/test/things:echo",
                   const std::string& length = "") {
    return Frame(kHeaders, kEndHeaders, stream, Block([&](Fields2& fields) {
                   fields[0].second = "POST";
                   fields[3].second = path;
                   fields.emplace_back("content-type", "application/json");
                   if (!length.empty()) fields.emplace_back("content-length", length);
                 }));
  }
  std::string With(const std::string& name, const std::string& value) {
    return Frame(kHeaders, kEndStream | kEndHeaders, 1,
                 Block([&](Fields2& fields) { fields.emplace_back(name, value); }));
  }
  std::string Changed(size_t index, const std::string& name, const std::string& value) {
    return Frame(kHeaders, kEndStream | kEndHeaders, 1, Block([&](Fields2& fields) {
                   fields[index] = {name, value};
                 }));
  }
  std::string Without(size_t index) {
    return Frame(kHeaders, kEndStream | kEndHeaders, 1, Block([&](Fields2& fields) {
                   fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(index));
                 }));
  }
  void ExpectAlive() {
    Connection connection(port());
    connection.client.Send(Get(1));
    EXPECT_THAT(connection.ReadUntil("200 on 1"), HasSubstr("200 on 1"));
  }

  static std::string Repeated(const std::string& frame, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += frame;
    return all;
  }
  static std::string Zeros(size_t size) { return std::string(size, '\0'); }
};

TEST_F(HostileHttp2, Frames) {
  options_.http.limits.reset_burst = 50;
  Start();
  const std::string literal("\x00\x01x\x01y", 5);  // One field, which no table has to keep.
  std::string rapid_reset, too_many;
  for (uint32_t stream = 1; stream < 400; stream += 2) {
    rapid_reset += Get(stream) + Frame(kRstStream, 0, stream, BigEndian(8, 4));
  }
  for (uint32_t stream = 1; stream <= 2 * 257; stream += 2) too_many += Post(stream);
  const struct {
    const char* what;
    std::string bytes;
    const char* answer;
  } cases[] = {
      {"data of no stream", Frame(kData, 0, 0, "x"), "goaway PROTOCOL_ERROR"},
      {"a header of no stream", Frame(kHeaders, kEndHeaders, 0, Block()), "goaway PROTOCOL_ERROR"},
      {"a stream that is the server's", Frame(kHeaders, kEndHeaders, 2, Block()), "goaway PROTOCOL_ERROR"},
      {"data of a stream that was never opened", Frame(kData, 0, 1, "x"), "goaway PROTOCOL_ERROR"},
      {"a reset of a stream that was never opened", Frame(kRstStream, 0, 1, BigEndian(8, 4)),
       "goaway PROTOCOL_ERROR"},
      {"a window for a stream that was never opened", Frame(kWindowUpdate, 0, 1, BigEndian(8, 4)),
       "goaway PROTOCOL_ERROR"},
      {"a promise from a client", Frame(kPushPromise, kEndHeaders, 1, BigEndian(2, 4) + Block()),
       "goaway PROTOCOL_ERROR"},
      {"a window of nothing", Frame(kWindowUpdate, 0, 0, Zeros(4)), "goaway PROTOCOL_ERROR"},
      {"a window beyond 2^31", Frame(kWindowUpdate, 0, 0, BigEndian(0x7fffffff, 4)),
       "goaway FLOW_CONTROL_ERROR"},
      {"a stream's window beyond 2^31", Post(1) + Frame(kWindowUpdate, 0, 1, BigEndian(0x7fffffff, 4)),
       "reset 1 FLOW_CONTROL_ERROR"},
      {"a stream's window of nothing", Post(1) + Frame(kWindowUpdate, 0, 1, Zeros(4)), "PROTOCOL_ERROR"},
      {"a first window of 2^31", Frame(kSettings, 0, 0, Setting(4, 0x80000000)), "goaway FLOW_CONTROL_ERROR"},
      {"frames of one byte", Frame(kSettings, 0, 0, Setting(5, 1)), "goaway PROTOCOL_ERROR"},
      {"pushes that are neither on nor off", Frame(kSettings, 0, 0, Setting(2, 2)), "goaway PROTOCOL_ERROR"},
      {"half a setting", Frame(kSettings, 0, 0, "\1\2\3"), "goaway FRAME_SIZE_ERROR"},
      {"settings of a stream", Frame(kSettings, 0, 1, ""), "goaway PROTOCOL_ERROR"},
      {"an acknowledgement with settings", Frame(kSettings, kAck, 0, Setting(4, 1)),
       "goaway FRAME_SIZE_ERROR"},
      {"acknowledgements of nothing", Frame(kSettings, kAck, 0, "") + Frame(kSettings, kAck, 0, ""),
       "goaway PROTOCOL_ERROR"},
      {"a ping of seven bytes", Frame(kPing, 0, 0, Zeros(7)), "goaway FRAME_SIZE_ERROR"},
      {"a ping of a stream", Frame(kPing, 0, 1, Zeros(8)), "goaway PROTOCOL_ERROR"},
      {"a frame of 16,385 bytes", Post(1) + Frame(kData, 0, 1, Zeros(16'385)), "goaway FRAME_SIZE_ERROR"},
      {"more padding than frame", Post(1) + Frame(kData, kPadded, 1, "\xff"), "goaway PROTOCOL_ERROR"},
      {"a continuation of nothing", Frame(kContinuation, kEndHeaders, 1, Block()), "goaway PROTOCOL_ERROR"},
      {"a ping within a header", Frame(kHeaders, kEndStream, 1, Block()) + Frame(kPing, 0, 0, Zeros(8)),
       "goaway PROTOCOL_ERROR"},
      {"a header that another stream continues",
       Frame(kHeaders, kEndStream, 1, Block()) + Frame(kContinuation, kEndHeaders, 3, ""),
       "goaway PROTOCOL_ERROR"},
      {"bytes that are not HPACK", Frame(kHeaders, kEndStream | kEndHeaders, 1, "\xff\xff\xff\xff\xff\xff"),
       "goaway COMPRESSION_ERROR"},
      {"an index of nothing", Frame(kHeaders, kEndStream | kEndHeaders, 1, "\xfe"),
       "goaway COMPRESSION_ERROR"},
      {"a table of 4 GB", Frame(kHeaders, kEndStream | kEndHeaders, 1, "\x3f\xe1\xff\xff\xff\x0f"),
       "goaway COMPRESSION_ERROR"},
      {"a stream that depends on itself",
       Frame(kHeaders, kEndStream | kEndHeaders | kWithPriority, 1, BigEndian(1, 4) + "\1" + Block()),
       "goaway PROTOCOL_ERROR"},
      {"data after the end", Post(1) + Frame(kData, kEndStream, 1, "{}") + Frame(kData, 0, 1, "{}"),
       "goaway STREAM_CLOSED"},
      {"two headers, and no end", Post(1) + Frame(kHeaders, kEndHeaders, 1, HeaderBlock({{"x", "y"}})),
       "PROTOCOL_ERROR"},
      {"streams that go back", Get(5) + Get(3), "200 on 5"},
      {"streams opened and reset", rapid_reset, "goaway ENHANCE_YOUR_CALM"},
      {"one stream too many", too_many, "reset 513 REFUSED_STREAM"},
      {"a header in a thousand frames without an end",
       Frame(kHeaders, 0, 1, Block()) + Repeated(Frame(kContinuation, 0, 1, literal), 1000),
       "goaway PROTOCOL_ERROR"},
      {"a header in a thousand empty frames",
       Frame(kHeaders, 0, 1, Block()) + Repeated(Frame(kContinuation, 0, 1, ""), 1000),
       "goaway PROTOCOL_ERROR"},
      {"ten thousand settings", Repeated(Frame(kSettings, 0, 0, ""), 10'000), "goaway PROTOCOL_ERROR"},
      {"ten thousand pings", Repeated(Frame(kPing, 0, 0, Zeros(8)), 10'000) + Get(1), "200 on 1"},
      {"a thousand frames without data",
       Post(1) + Repeated(Frame(kData, 0, 1, ""), 1000) + Frame(kData, kEndStream, 1, "{}"), "200 on 1"},
      {"a frame of a type that nobody knows", Frame(0xbb, 0xff, 0, "?") + Get(1), "200 on 1"},
      {"a length that is too short", Post(1, "/test/things:echo", "1") + Frame(kData, kEndStream, 1, "{}"),
       "reset 1 PROTOCOL_ERROR"},
      {"a length that is too long", Post(1, "/test/things:echo", "3") + Frame(kData, kEndStream, 1, "{}"),
       "reset 1 PROTOCOL_ERROR"},
      {"a length that is none", Post(1, "/test/things:echo", "+2") + Frame(kData, kEndStream, 1, "{}"),
       "reset 1 PROTOCOL_ERROR"},
  };
  for (const auto& c : cases) {
    Connection connection(port());
    connection.client.Send(c.bytes);
    EXPECT_THAT(connection.ReadUntil(c.answer), HasSubstr(c.answer)) << c.what;
  }
  ExpectAlive();
}

TEST_F(HostileHttp2, TheFirstFrameMustBeSettings) {
  Start();
  HttpClient client(port());
  client.Send(std::string(kPreface) + Get(1));
  FrameReader reader;
  reader.Take(client.ReadToEnd());
  EXPECT_THAT(reader.events(), HasSubstr("goaway PROTOCOL_ERROR"));
  EXPECT_THAT(reader.events(), Not(HasSubstr("on 1")));
  ExpectAlive();
}

TEST_F(HostileHttp2, Headers) {
  Start();
  const std::string long_value(15'000, 'x');
  // A literal of 4,000 bytes that goes into the table, and 4,000 references of one byte each: 16 MB in 8 KB.
  std::string bomb("\x82\x86\x84\x41\x01\x61\x40\x01\x78\x7f\xa1\x1e", 12);
  bomb += std::string(4000, 'x') + std::string(4000, '\xbe');
  const struct {
    const char* what;
    std::string bytes;
    const char* answer;
  } cases[] = {
      {"no method", Without(0), "reset 1 PROTOCOL_ERROR"},
      {"no scheme", Without(1), "reset 1 PROTOCOL_ERROR"},
      {"no path", Without(3), "reset 1 PROTOCOL_ERROR"},
      {"an empty path", Changed(3, ":path", ""), "reset 1 PROTOCOL_ERROR"},
      {"a path without a slash", Changed(3, ":path", "test/things/a"), "reset 1 PROTOCOL_ERROR"},
      {"a path with a line break", Changed(3, ":path", "/test/things/a\r\nx: y"), "reset 1 PROTOCOL_ERROR"},
      {"a method with a space", Changed(0, ":method", "GET /"), "reset 1 PROTOCOL_ERROR"},
      {"a host with a line break", Changed(2, ":authority", "a\r\nb"), "reset 1 PROTOCOL_ERROR"},
      {"two paths", With(":path", "/v1/whoAmI"), "reset 1 PROTOCOL_ERROR"},
      {"a status in a request", Changed(2, ":status", "200"), "reset 1 PROTOCOL_ERROR"},
      {"a pseudo-field that nobody knows", Changed(2, ":evil", "x"), "reset 1 PROTOCOL_ERROR"},
      {"a pseudo-field behind the others", With(":protocol", "websocket"), "reset 1 PROTOCOL_ERROR"},
      {"capitals in a name", With("X-Request-Id", "x"), "reset 1 PROTOCOL_ERROR"},
      {"a space in a name", With("x y", "z"), "reset 1 PROTOCOL_ERROR"},
      {"a colon in a name", With("x:y", "z"), "reset 1 PROTOCOL_ERROR"},
      {"an empty name", With("", "z"), "reset 1 PROTOCOL_ERROR"},
      {"a field of the hop", With("connection", "close"), "reset 1 PROTOCOL_ERROR"},
      {"chunks", With("transfer-encoding", "chunked"), "reset 1 PROTOCOL_ERROR"},
      {"an upgrade", With("upgrade", "h2c"), "reset 1 PROTOCOL_ERROR"},
      {"trailers of another kind", With("te", "gzip"), "reset 1 PROTOCOL_ERROR"},
      {"a line break in a value", With("x-request-id", "a\r\nset-cookie: b"), "reset 1 PROTOCOL_ERROR"},
      {"a zero in a value", With("x-request-id", std::string("a\0b", 3)), "reset 1 PROTOCOL_ERROR"},
      {"two lengths", Frame(kHeaders, kEndHeaders, 1, Block([](Fields2& fields) {
                              fields.emplace_back("content-length", "2");
                              fields.emplace_back("content-length", "3");
                            })),
       "reset 1 PROTOCOL_ERROR"},
      {"a tunnel",
       Frame(kHeaders, kEndHeaders, 1,
             HeaderBlock({{":method", "CONNECT"}, {":authority", "evil.example:443"}})),
       "404 on 1"},
      {"a header of 17 KB",
       Frame(kHeaders, kEndStream, 1, Block([&](Fields2& fields) { fields.emplace_back("x", long_value); })) +
           Frame(kContinuation, kEndHeaders, 1, HeaderBlock({{"y", long_value}})),
       "431 on 1"},
      {"16 MB of header in 8 KB", Frame(kHeaders, kEndStream | kEndHeaders, 1, bomb), "431 on 1"},
      {"a thousand fields", Frame(kHeaders, kEndStream | kEndHeaders, 1, Block([](Fields2& fields) {
                                    for (int i = 0; i < 1000; ++i) fields.emplace_back("a", "");
                                  })),
       "431 on 1"},
      {"the path goes up", Changed(3, ":path", "/test/things/../../v1/whoAmI"), "404 on 1"},
      {"a token that is none", Changed(4, "authorization", "Bearer x"), "401 on 1"},
      {"a token of 9 KB", Changed(4, "authorization", "Bearer " + std::string(9000, 'x')), "401 on 1"},
  };
  for (const auto& c : cases) {
    Connection connection(port());
    connection.client.Send(c.bytes);
    const std::string events = connection.ReadUntil(c.answer);
    EXPECT_THAT(events, HasSubstr(c.answer)) << c.what;
    EXPECT_THAT(events, Not(HasSubstr("200 on"))) << c.what;
    // A stream that is refused costs the others nothing.
    connection.client.Send(Get(3));
    EXPECT_THAT(connection.ReadUntil("200 on 3"), HasSubstr("200 on 3")) << c.what;
  }
  ExpectAlive();
}

TEST_F(HostileHttp2, APeerThatNeverOpensItsWindowIsLetGo) {
  options_.http.limits.write_timeout = absl::Milliseconds(500);
  Start();
  Connection connection(port());
  connection.client.Send(Frame(kSettings, 0, 0, Setting(4, 0)) + Get(1));
  const std::string events = connection.ReadUntil("reset 1");
  EXPECT_THAT(events, HasSubstr("200 on 1"));
  EXPECT_THAT(events, HasSubstr("reset 1 CANCEL"));
  ExpectAlive();
}

TEST_F(HostileHttp2, AWindowOfOneByteAtATimeServesNobodyElseSlower) {
  Start();
  Connection slow(port());
  slow.client.Send(Frame(kSettings, 0, 0, Setting(4, 1)) + Get(1));
  slow.ReadUntil("200 on 1");
  for (int i = 0; i < 20; ++i) {
    slow.client.Send(Frame(kWindowUpdate, 0, 1, BigEndian(1, 4)));
    const absl::Time start = absl::Now();
    ExpectAlive();
    EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  }
}

TEST_F(HostileHttp2, APeerThatTakesNothingOfABigAnswerCostsOneWindow) {
  options_.http.limits.write_timeout = absl::Milliseconds(500);
  Start();
  // A stream of 100 MB that is read, but whose window stays as it was: the service is held back, then let go.
  Connection connection(port());
  connection.client.Send(Frame(kHeaders, kEndStream | kEndHeaders, 1, Block([](Fields2& fields) {
                                 fields[3].second = "/test/things:count?to=1000&size=100000";
                               })));
  EXPECT_THAT(connection.ReadUntil("reset 1"), HasSubstr("reset 1 CANCEL"));
  EXPECT_LE(connection.reader.bytes(), 67'000u) << "HTTP/2's first window is 65,535 bytes";
  ExpectAlive();
}

}  // namespace
}  // namespace clientele::gateway::testing
