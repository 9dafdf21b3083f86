#include "gateway/codec/grpc_wire.h"

#include <algorithm>
#include <vector>

#include <grpcpp/support/slice.h>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

bool IsPassedOn(std::string_view name) {
  static const auto* const kOwn = new absl::flat_hash_set<std::string>{"accept",
                                                                       "accept-encoding",
                                                                       "authorization",
                                                                       "connection",
                                                                       "content-encoding",
                                                                       "content-length",
                                                                       "content-type",
                                                                       "cookie",
                                                                       "expect",
                                                                       "host",
                                                                       "if-match",
                                                                       "if-none-match",
                                                                       "keep-alive",
                                                                       "origin",
                                                                       "priority",
                                                                       "proxy-connection",
                                                                       "referer",
                                                                       "te",
                                                                       "traceparent",
                                                                       "trailer",
                                                                       "transfer-encoding",
                                                                       "upgrade",
                                                                       "user-agent",
                                                                       "x-api-key",
                                                                       "x-grpc-web",
                                                                       "x-request-timeout",
                                                                       "x-user-agent"};
  return !name.starts_with("grpc-") && !name.starts_with("proxy-") && !name.starts_with("sec-") &&
         !kOwn->contains(servicekit::ToAbsl(name));
}

// Percent-encodes what may not stand in a field's value.
std::string EncodeMessage(std::string_view message) {
  std::string encoded;
  for (const char c : message) {
    if (c >= ' ' && c <= '~' && c != '%') {
      encoded += c;
    } else {
      absl::StrAppend(&encoded, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return encoded;
}

// Without padding, as gRPC's own libraries write it.
std::string EncodeBinary(const std::string& value) {
  std::string encoded = absl::Base64Escape(value);
  while (encoded.ends_with('=')) encoded.pop_back();
  return encoded;
}

}  // namespace

std::optional<absl::Duration> ParseGrpcTimeout(std::string_view text) {
  constexpr size_t kMaxDigits = 8;
  if (text.size() < 2 || text.size() > kMaxDigits + 1) return std::nullopt;
  const std::string digits(text.substr(0, text.size() - 1));
  int64_t amount = 0;
  if (digits.find_first_not_of("0123456789") != std::string::npos || !absl::SimpleAtoi(digits, &amount)) {
    return std::nullopt;
  }
  switch (text.back()) {
    case 'H':
      return absl::Hours(amount);
    case 'M':
      return absl::Minutes(amount);
    case 'S':
      return absl::Seconds(amount);
    case 'm':
      return absl::Milliseconds(amount);
    case 'u':
      return absl::Microseconds(amount);
    case 'n':
      return absl::Nanoseconds(amount);
    default:
      return std::nullopt;
  }
}

std::optional<Metadata> ToMetadata(const HttpFields& fields) {
  Metadata metadata;
  for (const auto& [name, value] : fields) {
    if (!IsPassedOn(name)) continue;
    if (!name.ends_with("-bin")) {
      metadata.emplace_back(name, value);
      continue;
    }
    std::string raw;
    if (!absl::Base64Unescape(value, &raw)) return std::nullopt;
    metadata.emplace_back(name, std::move(raw));
  }
  return metadata;
}

HttpFields ToTrailers(const CallEnd& end) {
  HttpFields trailers = {{"grpc-status", absl::StrCat(end.status.error_code())}};
  if (!end.status.error_message().empty()) {
    trailers.emplace_back("grpc-message", EncodeMessage(end.status.error_message()));
  }
  if (!end.status.error_details().empty()) {
    trailers.emplace_back("grpc-status-details-bin", EncodeBinary(end.status.error_details()));
  }
  for (const auto& [name, value] : end.trailers) {
    if (name.starts_with("grpc-")) continue;
    trailers.emplace_back(name, name.ends_with("-bin") ? EncodeBinary(value) : value);
  }
  return trailers;
}

namespace {
// The five bytes in front of a message, or of gRPC-Web's trailers.
std::string FramePrefix(unsigned char flags, size_t size) {
  std::string prefix(1, static_cast<char>(flags));
  for (int shift = 24; shift >= 0; shift -= 8) prefix += static_cast<char>(size >> shift & 0xff);
  return prefix;
}
}  // namespace

std::string FrameTrailers(const HttpFields& trailers) {
  constexpr unsigned char kTrailers = 0x80;
  std::string block;
  for (const auto& [name, value] : trailers) absl::StrAppend(&block, name, ": ", value, "\r\n");
  return FramePrefix(kTrailers, block.size()) + block;
}

std::string FrameMessage(const grpc::ByteBuffer& message) {
  const size_t size = message.Length();
  std::string framed = FramePrefix(0, size);
  framed.reserve(size + framed.size());
  std::vector<grpc::Slice> slices;
  if (message.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) {
      framed.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
  }
  return framed;
}

std::optional<std::string> Base64Stream::Decode(std::string_view text) {
  constexpr size_t kQuartet = 4;
  rest_ += text;
  std::string bytes;
  size_t at = 0;
  while (rest_.size() - at >= kQuartet) {
    // Up to padding, which may stand wherever the sender ended a chunk.
    const size_t padding = rest_.find('=', at);
    size_t end = rest_.size() - rest_.size() % kQuartet;
    if (padding != std::string::npos) end = std::min(end, padding - padding % kQuartet + kQuartet);
    if (end <= at) break;
    std::string some;
    if (!absl::Base64Unescape(absl::string_view(rest_).substr(at, end - at), &some)) return std::nullopt;
    bytes += some;
    at = end;
  }
  rest_.erase(0, at);
  return bytes;
}

std::string Base64Stream::Encode(std::string_view bytes) {
  return absl::Base64Escape(servicekit::ToAbsl(bytes));
}

grpc::ByteBuffer ToByteBuffer(std::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace clientele::gateway
