#ifndef GATEWAY_ROUTING_PATH_TEMPLATE_H_
#define GATEWAY_ROUTING_PATH_TEMPLATE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace clientele::gateway {

// The path of a google.api.http rule: `/v1/{parent=customers/*}/contacts`, `/v1/{name=orders/*}:cancel`.
struct PathTemplate {
  enum class Kind { kLiteral, kOne, kRest };  // `contacts`, `*`, `**`.
  struct Segment {
    Kind kind;
    std::string literal;
  };
  // A field that takes segments [begin, end); `**` takes what is there, so end is counted from the path then.
  struct Variable {
    std::string field;
    size_t begin;
    size_t end;
    bool whole_segment;  // Of the form `{field}`, whose value is one segment and nothing else.
  };

  std::vector<Segment> segments;
  std::vector<Variable> variables;
  std::string verb;  // Without the colon.

  static absl::StatusOr<PathTemplate> Parse(std::string_view text);
};

// A request's path, split. Segments are as they came, still percent-encoded.
struct RequestPath {
  std::vector<std::string_view> segments;

  // nullopt unless it starts with a slash and has no empty segment.
  static std::optional<RequestPath> Split(std::string_view path);
};

// Undoes percent-encoding. `keep_slashes` leaves %2F as it is, so that a value of several segments stays
// unambiguous. nullopt when an escape is malformed or the result is not UTF-8.
std::optional<std::string> PercentDecode(std::string_view text, bool keep_slashes = false);

}  // namespace clientele::gateway

#endif  // GATEWAY_ROUTING_PATH_TEMPLATE_H_
