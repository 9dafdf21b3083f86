#include "gateway/routing/path_template.h"

#include <utility>

#include "gateway/routing/utf8.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<PathTemplate::Segment> ParseSegment(std::string_view text) {
  if (text == "*") return PathTemplate::Segment{PathTemplate::Kind::kOne, ""};
  if (text == "**") return PathTemplate::Segment{PathTemplate::Kind::kRest, ""};
  if (text.empty() || text.find_first_of("*{}=:/") != std::string_view::npos) return std::nullopt;
  return PathTemplate::Segment{PathTemplate::Kind::kLiteral, std::string(text)};
}

}  // namespace

absl::StatusOr<PathTemplate> PathTemplate::Parse(std::string_view text) {
  const auto malformed = [text] {
    return absl::InvalidArgumentError(servicekit::StrCat("malformed path template ", text));
  };
  PathTemplate result;
  std::string_view rest = text;
  // The verb is behind the last slash and outside of braces.
  const size_t colon = rest.rfind(':');
  if (colon != std::string_view::npos && colon > rest.rfind('/') &&
      (rest.rfind('}') == std::string_view::npos || colon > rest.rfind('}'))) {
    result.verb = rest.substr(colon + 1);
    if (result.verb.empty()) return malformed();
    rest = rest.substr(0, colon);
  }
  while (!rest.empty()) {
    if (rest.front() != '/') return malformed();
    rest.remove_prefix(1);
    if (!rest.starts_with('{')) {
      const size_t end = rest.find('/');
      const auto segment = ParseSegment(rest.substr(0, end));
      if (!segment.has_value()) return malformed();
      result.segments.push_back(*segment);
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
      continue;
    }
    const size_t close = rest.find('}');
    if (close == std::string_view::npos) return malformed();
    const std::string_view inside = rest.substr(1, close - 1);
    rest = rest.substr(close + 1);
    const size_t equals = inside.find('=');
    Variable variable = {.field = std::string(inside.substr(0, equals)),
                         .begin = result.segments.size(),
                         .end = 0,
                         .whole_segment = equals == std::string_view::npos};
    if (variable.field.empty()) return malformed();
    std::string_view pattern = equals == std::string_view::npos ? "*" : inside.substr(equals + 1);
    for (bool more = true; more;) {
      const size_t slash = pattern.find('/');
      const auto segment = ParseSegment(pattern.substr(0, slash));
      if (!segment.has_value()) return malformed();
      result.segments.push_back(*segment);
      more = slash != std::string_view::npos;
      if (more) pattern = pattern.substr(slash + 1);
    }
    variable.end = result.segments.size();
    result.variables.push_back(std::move(variable));
  }
  if (result.segments.empty()) return malformed();
  for (size_t i = 0; i + 1 < result.segments.size(); ++i) {
    if (result.segments[i].kind == Kind::kRest)
      return malformed();  // `**` is the last, or nothing could follow.
  }
  return result;
}

std::optional<RequestPath> RequestPath::Split(std::string_view path) {
  RequestPath result;
  if (!path.starts_with('/')) return std::nullopt;
  while (!path.empty()) {
    path.remove_prefix(1);
    const size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment.empty()) return std::nullopt;
    result.segments.push_back(segment);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  }
  return result;
}

std::optional<std::string> PercentDecode(std::string_view text, bool keep_slashes) {
  std::string result;
  result.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    const char decoded = static_cast<char>(high * 16 + low);
    if (keep_slashes && decoded == '/') {
      result += text.substr(i, 3);
    } else {
      result += decoded;
    }
    i += 2;
  }
  if (!IsUtf8(result)) return std::nullopt;
  return result;
}

}  // namespace clientele::gateway
