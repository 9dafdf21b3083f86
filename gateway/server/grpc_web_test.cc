// gRPC-Web over HTTP/1.1, and what native gRPC does not show with its own client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "gateway/codec/grpc_wire.h"
#include "gateway/codec/gzip.h"
#include "gateway/testing/running_gateway.h"

namespace clientele::gateway::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kEcho[] = "/clientele.gateway.testing.EchoService/Echo";
constexpr char kCount[] = "/clientele.gateway.testing.EchoService/Count";

std::string Frame(const std::string& message, char flags = 0) {
  std::string frame(1, flags);
  for (const int shift : {24, 16, 8, 0}) frame += static_cast<char>(message.size() >> shift & 0xff);
  return frame + message;
}

class GrpcWebTest : public GatewayTest {
 protected:
  struct Answer {
    HttpResponse http;
    std::vector<std::string> messages;
    std::string trailers;
  };

  GrpcWebTest() { Start(); }

  Answer Call(const std::string& path, const std::string& body, const std::string& type,
              std::vector<std::pair<std::string, std::string>> fields = {}) {
    fields.push_back(SignedIn());
    fields.emplace_back("content-type", type);
    Answer answer = {HttpClient(port()).Request("POST", path, fields, body), {}, {}};
    std::string bytes = answer.http.body;
    if (type.starts_with("application/grpc-web-text")) {
      Base64Stream text;
      bytes = text.Decode(answer.http.body).value_or("not base64");
      EXPECT_TRUE(text.at_border());
    }
    while (bytes.size() >= 5) {
      const size_t size = grpc_size(bytes);
      const std::string message = bytes.substr(5, size);
      if ((bytes[0] & 0x80) != 0) {
        answer.trailers = message;
      } else {
        answer.messages.push_back(message);
      }
      bytes.erase(0, 5 + size);
    }
    return answer;
  }
  static size_t grpc_size(const std::string& bytes) {
    size_t size = 0;
    for (int i = 1; i < 5; ++i) size = size << 8 | static_cast<unsigned char>(bytes[i]);
    return size;
  }
  static std::string Request() {
    Thing thing;
    thing.set_display_name("홍길동");
    return thing.SerializeAsString();
  }
};

TEST_F(GrpcWebTest, UnaryInBothForms) {
  for (const char* type : {"application/grpc-web", "application/grpc-web+proto"}) {
    const Answer answer = Call(kEcho, Frame(Request()), type, {{"x-grpc-web", "1"}});
    EXPECT_EQ(answer.http.status, 200);
    EXPECT_EQ(answer.http.field("content-type"), type);
    ASSERT_THAT(answer.messages, SizeIs(1));
    Thing thing;
    ASSERT_TRUE(thing.ParseFromString(answer.messages[0]));
    EXPECT_EQ(thing.display_name(), "홍길동");
    EXPECT_THAT(answer.trailers, HasSubstr("grpc-status: 0\r\n"));
    EXPECT_THAT(answer.trailers, HasSubstr("x-trailer: t\r\n"));
    EXPECT_THAT(thing.metadata(), ::testing::Not(::testing::Contains(HasSubstr("x-grpc-web"))));
  }
  const std::string text = absl::Base64Escape(Frame(Request()));
  const Answer answer = Call(kEcho, text, "application/grpc-web-text+proto");
  ASSERT_THAT(answer.messages, SizeIs(1));
  EXPECT_THAT(answer.trailers, HasSubstr("grpc-status: 0\r\n"));
  // In chunks with padding of their own.
  const std::string framed = Frame(Request());
  const std::string chunks = absl::Base64Escape(framed.substr(0, 4)) + absl::Base64Escape(framed.substr(4));
  EXPECT_THAT(Call(kEcho, chunks, "application/grpc-web-text").messages, SizeIs(1));
}

TEST_F(GrpcWebTest, ServerStreams) {
  CountRequest request;
  request.set_to(300);
  request.set_size(1000);
  request.set_code(grpc::OUT_OF_RANGE);
  const std::string body = Frame(request.SerializeAsString());
  Answer answer = Call(kCount, body, "application/grpc-web");
  EXPECT_THAT(answer.messages, SizeIs(300));
  EXPECT_THAT(answer.trailers, HasSubstr("grpc-status: 11\r\n"));
  answer = Call(kCount, absl::Base64Escape(body), "application/grpc-web-text");
  EXPECT_THAT(answer.messages, SizeIs(300));
  EXPECT_THAT(answer.trailers, HasSubstr("grpc-status: 11\r\n"));
}

TEST_F(GrpcWebTest, ErrorsAreTrailersToo) {
  const Answer unknown = Call("/no.Such/Method", Frame(""), "application/grpc-web");
  EXPECT_EQ(unknown.http.status, 200);
  EXPECT_THAT(unknown.trailers, HasSubstr("grpc-status: 12\r\n"));
  const struct {
    std::string body;
    const char* type;
    const char* status;
  } cases[] = {
      {Frame("\xff\xff"), "application/grpc-web", "grpc-status: "},
      {"\x01\0\0\0\0", "application/grpc-web", "grpc-status: 3\r\n"},
      {std::string("\x01\0\0\0\0", 5), "application/grpc-web", "grpc-status: 13\r\n"},
      {Frame("abc").substr(0, 6), "application/grpc-web", "grpc-status: 3\r\n"},
      {"!!!!", "application/grpc-web-text", "grpc-status: 3\r\n"},
      {"AAAA", "application/grpc-web-text", "grpc-status: 3\r\n"},
      {"AAAAA", "application/grpc-web-text", "grpc-status: 3\r\n"},
      {std::string("\0\x7f\xff\xff\xff", 5), "application/grpc-web", "grpc-status: 8\r\n"},
  };
  for (const auto& c : cases)
    EXPECT_THAT(Call(kEcho, c.body, c.type).trailers, HasSubstr(c.status)) << c.body;
  const HttpResponse nobody =
      HttpClient(port()).Request("POST", kEcho, {{"content-type", "application/grpc-web"}}, Frame(""));
  EXPECT_THAT(nobody.body, HasSubstr("grpc-status: 16\r\n"));
}

TEST_F(GrpcWebTest, CompressedMessagesAreUnpackedWithinTheLimit) {
  const auto trailers = [&](const std::string& message, const std::string& encoding) {
    return Call(kEcho, Frame(message, 1), "application/grpc-web", {{"grpc-encoding", encoding}}).trailers;
  };
  EXPECT_THAT(trailers(Gzip(Request()), "gzip"), HasSubstr("grpc-status: 0\r\n"));
  EXPECT_THAT(trailers(Gzip(Request()), "identity"), HasSubstr("grpc-status: 13\r\n"));
  EXPECT_THAT(trailers(Gzip(Request()), "snappy"), HasSubstr("grpc-status: 12\r\n"));
  EXPECT_THAT(trailers("not gzip", "gzip"), HasSubstr("grpc-status: 3\r\n"));
  EXPECT_THAT(trailers(Gzip(std::string(64 << 20, 'x')), "gzip"), HasSubstr("grpc-status: 8\r\n"));
}

TEST_F(GrpcWebTest, GrpcsOwnClientMayCompress) {
  grpc::ClientContext context;
  SignIn(context);
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  Thing request;
  request.set_display_name(std::string(10'000, 'x'));
  Thing response;
  const grpc::Status status = stub_->Echo(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.display_name(), request.display_name());
}

TEST_F(GrpcWebTest, OtherKindsOfGrpcAreUnsupportedMediaTypes) {
  for (const char* type : {"application/grpc+json", "application/grpc-web+json", "application/grpcx"}) {
    EXPECT_EQ(HttpClient(port()).Request("POST", kEcho, {SignedIn(), {"content-type", type}}, "x").status,
              415)
        << type;
  }
  // Native gRPC needs HTTP/2's trailers.
  EXPECT_EQ(HttpClient(port())
                .Request("POST", kEcho, {SignedIn(), {"content-type", "application/grpc"}}, Frame(""))
                .status,
            415);
}

}  // namespace
}  // namespace clientele::gateway::testing
