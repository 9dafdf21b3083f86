#include "servicekit/telemetry/trace.h"

#include <algorithm>
#include <cstdint>
#include <random>

namespace servicekit {
namespace {

constexpr size_t kLength = 55;

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}
bool IsZero(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; });
}

bool IsTraceparent(std::string_view text) {
  // A later version may append to what version 00 says.
  if (text.size() < kLength || (text.size() > kLength && (text.substr(0, 2) == "00" || text[kLength] != '-')))
    return false;
  const std::string_view version = text.substr(0, 2), trace = text.substr(3, 32), span = text.substr(36, 16),
                         flags = text.substr(53, 2);
  return text[2] == '-' && text[35] == '-' && text[52] == '-' && IsHex(version) && version != "ff" &&
         IsHex(trace) && !IsZero(trace) && IsHex(span) && !IsZero(span) && IsHex(flags);
}

void AppendRandomHex(std::string& text) {
  static constexpr char kHex[] = "0123456789abcdef";
  thread_local std::mt19937_64 random{[] {
    std::random_device device;
    return (uint64_t{device()} << 32) | device();
  }()};
  uint64_t bits = random();
  if (bits == 0) bits = 1;  // All zeros mean "none".
  for (int i = 0; i < 16; ++i, bits >>= 4) text += kHex[bits & 15];
}

}  // namespace

std::string ContinueTrace(std::string_view incoming) {
  const bool known = IsTraceparent(incoming);
  std::string text;
  text.reserve(kLength);
  text += "00-";
  if (known) {
    text += incoming.substr(3, 32);
  } else {
    AppendRandomHex(text);
    AppendRandomHex(text);
  }
  text += '-';
  AppendRandomHex(text);
  text += '-';
  text += known ? incoming.substr(53, 2) : std::string_view("01");
  return text;
}

std::string_view SpanIdOf(std::string_view traceparent) {
  return IsTraceparent(traceparent) ? traceparent.substr(36, 16) : std::string_view();
}

bool IsSampled(std::string_view traceparent) {
  // The lowest bit of the flags, which are two hex digits.
  constexpr std::string_view kOdd = "13579bdf";
  return IsTraceparent(traceparent) && kOdd.find(traceparent[54]) != std::string_view::npos;
}

std::string_view TraceIdOf(std::string_view traceparent) {
  return traceparent.size() < kLength ? std::string_view() : traceparent.substr(3, 32);
}

}  // namespace servicekit
