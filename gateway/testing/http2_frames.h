#ifndef GATEWAY_TESTING_HTTP2_FRAMES_H_
#define GATEWAY_TESTING_HTTP2_FRAMES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nghttp2/nghttp2.h>

#include "absl/strings/str_cat.h"

// HTTP/2 by hand, for what no client would send.
namespace clientele::gateway::testing {

inline constexpr std::string_view kPreface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
inline constexpr std::string_view kEmptySettings("\0\0\0\4\0\0\0\0\0", 9);

// A big-endian number of so many bytes.
inline std::string BigEndian(uint64_t number, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(number >> shift & 0xff);
  return text;
}

inline std::string Frame(uint8_t type, uint8_t flags, uint32_t stream, const std::string& payload) {
  return BigEndian(payload.size(), 3) + static_cast<char>(type) + static_cast<char>(flags) +
         BigEndian(stream, 4) + payload;
}

// One entry of SETTINGS.
inline std::string Setting(uint16_t id, uint32_t value) { return BigEndian(id, 2) + BigEndian(value, 4); }

using Fields2 = std::vector<std::pair<std::string, std::string>>;

// A header block by HPACK, as a well-behaved encoder writes it.
inline std::string HeaderBlock(const Fields2& fields) {
  std::vector<nghttp2_nv> block;
  for (const auto& [name, value] : fields) {
    block.push_back({reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
                     reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
                     0});
  }
  nghttp2_hd_deflater* deflater = nullptr;
  nghttp2_hd_deflate_new(&deflater, 0);
  std::string packed(nghttp2_hd_deflate_bound(deflater, block.data(), block.size()), '\0');
  const ssize_t size = nghttp2_hd_deflate_hd(deflater, reinterpret_cast<uint8_t*>(packed.data()),
                                             packed.size(), block.data(), block.size());
  nghttp2_hd_deflate_del(deflater);
  packed.resize(size < 0 ? 0 : static_cast<size_t>(size));
  return packed;
}

// Reads what a server sends, as words: `200 on 1`, `reset 1 CANCEL`, `goaway PROTOCOL_ERROR`.
class FrameReader {
 public:
  FrameReader() { nghttp2_hd_inflate_new(&inflater_); }
  ~FrameReader() { nghttp2_hd_inflate_del(inflater_); }
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  void Take(std::string_view bytes) {
    bytes_ += bytes.size();
    rest_ += bytes;
    while (rest_.size() >= 9) {
      const size_t size = Number(rest_, 0, 3);
      if (rest_.size() < 9 + size) return;
      Read(static_cast<uint8_t>(rest_[3]), static_cast<uint8_t>(rest_[4]),
           static_cast<uint32_t>(Number(rest_, 5, 4)), rest_.substr(9, size));
      rest_.erase(0, 9 + size);
    }
  }
  // All so far, each followed by a semicolon.
  const std::string& events() const { return events_; }
  size_t bytes() const { return bytes_; }

 private:
  static uint64_t Number(std::string_view bytes, size_t at, size_t size) {
    uint64_t number = 0;
    for (size_t i = 0; i < size; ++i) number = number << 8 | static_cast<uint8_t>(bytes[at + i]);
    return number;
  }
  void Say(const std::string& event) { absl::StrAppend(&events_, event, "; "); }
  void Read(uint8_t type, uint8_t flags, uint32_t stream, const std::string& payload) {
    switch (type) {
      case NGHTTP2_HEADERS:
        return Say(absl::StrCat(Status(payload), " on ", stream));
      case NGHTTP2_RST_STREAM:
        return Say(absl::StrCat("reset ", stream, " ", Error(payload, 0)));
      case NGHTTP2_GOAWAY:
        return Say(absl::StrCat("goaway ", Error(payload, 4)));
      case NGHTTP2_PING:
        if ((flags & NGHTTP2_FLAG_ACK) != 0) Say("pong");
        return;
      default:
        return;
    }
  }
  static std::string Error(std::string_view payload, size_t at) {
    return nghttp2_http2_strerror(static_cast<uint32_t>(Number(payload, at, 4)));
  }
  // `trailers` when there is none.
  std::string Status(const std::string& block) {
    std::string status = "trailers";
    const auto* at = reinterpret_cast<const uint8_t*>(block.data());
    size_t left = block.size();
    while (true) {
      nghttp2_nv field;
      int flags = 0;
      const ssize_t used = nghttp2_hd_inflate_hd2(inflater_, &field, &flags, at, left, /*in_final=*/1);
      if (used < 0) return "garbage";
      at += used;
      left -= static_cast<size_t>(used);
      const std::string_view name(reinterpret_cast<char*>(field.name), field.namelen);
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0 && name == ":status") {
        status.assign(reinterpret_cast<char*>(field.value), field.valuelen);
      }
      if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    }
    nghttp2_hd_inflate_end_headers(inflater_);
    return status;
  }

  nghttp2_hd_inflater* inflater_ = nullptr;
  size_t bytes_ = 0;
  std::string rest_;
  std::string events_;
};

}  // namespace clientele::gateway::testing

#endif  // GATEWAY_TESTING_HTTP2_FRAMES_H_
