#ifndef GATEWAY_CODEC_GZIP_H_
#define GATEWAY_CODEC_GZIP_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct z_stream_s;

namespace clientele::gateway {

// Undoes gzip (RFC 1952) piece by piece, so that no more than one piece of what comes out is held at a time.
// What expands as no honest body does is refused: a few kilobytes could otherwise become gigabytes.
class Inflater {
 public:
  Inflater();
  ~Inflater();

  // Hands pieces of at most 64 KiB to `sink` until it returns false. INVALID_ARGUMENT for what is not gzip,
  // RESOURCE_EXHAUSTED for more than a hundred times of what came in (beyond the first mebibyte).
  absl::Status Take(std::string_view bytes, const std::function<bool(std::string_view)>& sink);
  // Whether the stream is at its end, so that nothing is missing.
  bool done() const { return done_; }

 private:
  struct End {
    void operator()(z_stream_s* stream) const;
  };
  std::unique_ptr<z_stream_s, End> stream_;
  uint64_t in_ = 0;
  uint64_t out_ = 0;
  bool done_ = false;
};

// All of it at once; RESOURCE_EXHAUSTED when it would be more than `max_bytes`.
absl::StatusOr<std::string> Gunzip(std::string_view bytes, size_t max_bytes);

// At a level that costs little: answers are made while somebody waits.
std::string Gzip(std::string_view text);

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_GZIP_H_
