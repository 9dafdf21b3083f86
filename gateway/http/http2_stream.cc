#include "gateway/http/http2_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace clientele::gateway {
namespace {

nghttp2_nv Field(const std::string& name, const std::string& value) {
  const auto bytes = [](const std::string& text) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));  // nghttp2 copies.
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

ssize_t TakeAnswer(nghttp2_session*, int32_t, uint8_t* buffer, size_t size, uint32_t* flags,
                   nghttp2_data_source* source, void*) {
  return static_cast<Http2Stream*>(source->ptr)->Take(buffer, size, flags);
}

}  // namespace

bool Http2Stream::AddField(std::string_view name, std::string_view value, size_t max_header_bytes) {
  header_bytes_ += name.size() + value.size() + 32;  // As RFC 9113 counts.
  if (header_bytes_ > max_header_bytes) {
    too_long = true;
    return false;
  }
  if (name == ":method") {
    request_.verb = value;
  } else if (name == ":path") {
    const size_t question = value.find('?');
    request_.path = value.substr(0, question);
    if (question != std::string_view::npos) request_.query = value.substr(question + 1);
  } else if (!name.starts_with(':')) {
    request_.fields.emplace_back(name, value);
  }
  return true;
}

HttpRequest Http2Stream::TakeRequest(bool has_body) {
  request_.http2 = true;
  head_ = request_.verb == "HEAD";
  request_.has_body = has_body;
  uint64_t size = 0;
  if (absl::SimpleAtoi(std::string(request_.Get("content-length")), &size)) request_.body_size = size;
  return std::move(request_);
}

void Http2Stream::Submit(int status, const HttpFields& fields, bool has_data) {
  static const std::string kStatus = ":status";
  const std::string code = absl::StrCat(status);
  std::vector<nghttp2_nv> block = {Field(kStatus, code)};
  for (const HttpFields* some : std::initializer_list<const HttpFields*>{&always_, &fields}) {
    for (const auto& [name, value] : *some) block.push_back(Field(name, value));
  }
  nghttp2_data_provider provider = {{.ptr = this}, TakeAnswer};
  nghttp2_submit_response(session_, id_, block.data(), block.size(), has_data ? &provider : nullptr);
  flush_();
}

void Http2Stream::Respond(int status, HttpFields fields, std::string body) {
  ended_ = true;
  if (head_) {
    fields.emplace_back("content-length", absl::StrCat(body.size()));
    body.clear();
  }
  output_ = std::move(body);
  if (!output_.empty()) stalled_since_ = absl::Now();
  Submit(status, fields, !output_.empty());
}

void Http2Stream::Start(int status, HttpFields fields) { Submit(status, fields, true); }

void Http2Stream::Write(std::string bytes) {
  if (ended_) return;
  if (sent_ == output_.size()) {
    output_ = std::move(bytes);
    sent_ = 0;
    stalled_since_ = absl::Now();
  } else {
    // A peer that always has something left to take would else keep all that was ever sent in memory.
    if (sent_ >= kHighWater) output_.erase(0, std::exchange(sent_, 0));
    output_ += bytes;
  }
  if (std::exchange(deferred_, false)) nghttp2_session_resume_data(session_, id_);
  flush_();
}

void Http2Stream::End(HttpFields trailers) {
  ended_ = true;
  trailers_ = std::move(trailers);
  if (std::exchange(deferred_, false)) nghttp2_session_resume_data(session_, id_);
  flush_();
}

void Http2Stream::Consumed(size_t bytes) {
  nghttp2_session_consume_stream(session_, id_, bytes);
  flush_();
}

ssize_t Http2Stream::Take(uint8_t* buffer, size_t size, uint32_t* flags) {
  const size_t before = unsent();
  const size_t taken = std::min(size, before);
  std::memcpy(buffer, output_.data() + sent_, taken);
  sent_ += taken;
  if (taken > 0) stalled_since_ = unsent() == 0 ? absl::InfiniteFuture() : absl::Now();
  if (unsent() == 0) {
    if (ended_) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (!trailers_.empty()) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        std::vector<nghttp2_nv> block;
        for (const auto& [name, value] : trailers_) block.push_back(Field(name, value));
        nghttp2_submit_trailer(session_, id_, block.data(), block.size());
      }
    } else if (taken == 0) {
      deferred_ = true;
      return NGHTTP2_ERR_DEFERRED;
    }
  }
  if (before >= kHighWater && unsent() < kHighWater && handler != nullptr) handler->OnSent();
  return static_cast<ssize_t>(taken);
}

}  // namespace clientele::gateway
