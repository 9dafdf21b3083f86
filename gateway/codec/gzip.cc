#include "gateway/codec/gzip.h"

#include <zlib.h>

#include <array>

#include "servicekit/types/error.h"

namespace clientele::gateway {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib's way to say gzip.
constexpr size_t kPiece = 64 << 10;
constexpr uint64_t kMaxRatio = 100;
constexpr uint64_t kFreeBytes = 1 << 20;
constexpr int kLevel = 3;

absl::Status Malformed() {
  return servicekit::WithReason(absl::InvalidArgumentError("the body is not gzip"), "INVALID_ENCODING");
}
absl::Status TooLarge() {
  return servicekit::WithReason(absl::ResourceExhaustedError("the body is too large when it is unpacked"),
                                "MESSAGE_TOO_LARGE");
}

Bytef* Bytes(std::string_view text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); }

}  // namespace

void Inflater::End::operator()(z_stream* stream) const {
  inflateEnd(stream);
  delete stream;
}

Inflater::Inflater() : stream_(new z_stream{}) { inflateInit2(stream_.get(), kGzipWindow); }
Inflater::~Inflater() = default;

absl::Status Inflater::Take(std::string_view bytes, const std::function<bool(std::string_view)>& sink) {
  std::array<char, kPiece> piece;
  in_ += bytes.size();
  stream_->next_in = Bytes(bytes);
  stream_->avail_in = static_cast<uInt>(bytes.size());
  bool full = false;  // The last piece was: there may be more, though nothing of the input is left.
  while (stream_->avail_in > 0 || full) {
    // RFC 1952 lets members follow each other; nobody sends that, and what follows could be anything.
    if (done_) return Malformed();
    stream_->next_out = reinterpret_cast<Bytef*>(piece.data());
    stream_->avail_out = static_cast<uInt>(piece.size());
    const int result = inflate(stream_.get(), Z_NO_FLUSH);
    if (result == Z_BUF_ERROR) break;
    if (result != Z_OK && result != Z_STREAM_END) return Malformed();
    done_ = result == Z_STREAM_END;
    const size_t size = piece.size() - stream_->avail_out;
    full = !done_ && size == piece.size();
    out_ += size;
    if (out_ > kFreeBytes + in_ * kMaxRatio) return TooLarge();
    if (size > 0 && !sink({piece.data(), size})) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Gunzip(std::string_view bytes, size_t max_bytes) {
  Inflater inflater;
  std::string whole;
  bool fits = true;
  const absl::Status taken = inflater.Take(bytes, [&](std::string_view piece) {
    fits = whole.size() + piece.size() <= max_bytes;
    if (fits) whole += piece;
    return fits;
  });
  if (!taken.ok()) return taken;
  if (!fits) return TooLarge();
  if (!inflater.done()) return Malformed();
  return whole;
}

std::string Gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, /*memLevel=*/8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = Bytes(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace clientele::gateway
