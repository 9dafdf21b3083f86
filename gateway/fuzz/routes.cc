#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "gateway/codec/grpc_wire.h"
#include "gateway/codec/http_semantics.h"
#include "gateway/codec/transcoder.h"
#include "gateway/fuzz/fuzz.h"
#include "gateway/http/header_fields.h"
#include "gateway/pipeline/call.h"
#include "gateway/routing/http_router.h"
#include "gateway/routing/utf8.h"
#include "servicekit/types/error.h"

namespace clientele::gateway::fuzz {
namespace {

const HttpRouter& Router() {
  static const MethodTable methods = MethodTable::ForPrefixes({"clientele."});
  static const HttpRouter router = *HttpRouter::Build(methods);
  return router;
}

std::string_view TakeUntil(char end, std::string_view* text) {
  const size_t at = text->find(end);
  const std::string_view taken = text->substr(0, at);
  *text = at == std::string_view::npos ? std::string_view() : text->substr(at + 1);
  return taken;
}

// Values put back into the template give the path that they came from.
void CheckValues(const HttpRouter::Match& match, std::string_view path) {
  const HttpBinding& binding = *match.binding;
  Require(match.values.size() == binding.variables.size(), "each variable has a value");
  for (const std::string& value : match.values) Require(IsUtf8(value), "values are UTF-8");
  if (path.find('%') != std::string_view::npos) return;
  std::string rest(path);
  if (!binding.path.verb.empty()) {
    Require(rest.ends_with(":" + binding.path.verb), "the verb is the path's");
    rest.resize(rest.size() - binding.path.verb.size() - 1);
  }
  const std::optional<RequestPath> split = RequestPath::Split(rest);
  Require(split.has_value(), "a path that matches has segments");
  for (size_t i = 0; i < binding.variables.size(); ++i) {
    const PathTemplate::Variable& variable = binding.variables[i].segments;
    const bool open = binding.path.segments.back().kind == PathTemplate::Kind::kRest &&
                      variable.end == binding.path.segments.size();
    std::string value;
    for (size_t s = variable.begin; s < (open ? split->segments.size() : variable.end); ++s) {
      Require(s < split->segments.size(), "a path has the template's segments");
      if (!value.empty()) value += '/';
      value += split->segments[s];
    }
    Require(match.values[i] == value, "a variable has the segments of its place");
  }
}

void Find(std::string_view verb, std::string_view target) {
  const std::string_view path = TakeUntil('?', &target);
  const HttpRouter::Result found = Router().Find(verb, path);
  const auto* match = std::get_if<HttpRouter::Match>(&found);
  if (match == nullptr) return;
  CheckValues(*match, path);
  const absl::StatusOr<grpc::ByteBuffer> request = ToRequest(*match, target, std::nullopt);
  if (!request.ok()) {
    Require(absl::IsInvalidArgument(request.status()), "a wrong parameter is INVALID_ARGUMENT");
    Require(!servicekit::GetFieldViolations(request.status()).empty(), "what is wrong is named");
  }
}

// Grammars that header fields have.
void ReadFields(std::string_view line) {
  const std::string type = MediaType(line);
  Require(MediaType(type) == type, "a media type has nothing beside it");
  const auto chosen = Negotiate(line, {"application/json", "text/event-stream"});
  Require(!chosen.has_value() || *chosen < 2, "what is chosen was offered");
  TakesGzip(line);
  if (MatchesEtag(line, "\"1\"", /*weak=*/false)) {
    Require(MatchesEtag(line, "\"1\"", /*weak=*/true), "what matches strongly matches weakly");
  }
  const absl::StatusOr<std::string> etag = SingleEtag(line);
  if (etag.ok() && !etag->empty()) Require(MatchesEtag(line, *etag, false), "an etag matches itself");
  ParseTimeout(line);
  ParseGrpcTimeout(line);
  const absl::StatusOr<std::string> id = RequestIdOf(line, "users/tester");
  if (id.ok()) Require(id->size() == 36, "a request id is a UUID");
  ToMetadata({{"x-bin", std::string(line)}, {"x-text", std::string(line)}});
  Base64Stream stream;
  stream.Decode(line);
}

}  // namespace

void Routes(std::string_view bytes) {
  std::string_view rest = bytes;
  std::string_view first = TakeUntil('\n', &rest);
  const std::string_view verb = TakeUntil(' ', &first);
  Find(verb, first);
  while (!rest.empty()) {
    const std::string_view line = TakeUntil('\n', &rest);
    const auto path = PathTemplate::Parse(line);
    if (path.ok()) {
      Require(!path->segments.empty(), "a template has segments");
      for (const auto& variable : path->variables) {
        Require(variable.begin < variable.end && variable.end <= path->segments.size(),
                "variables have places");
      }
    }
    ReadFields(line);
  }
}

}  // namespace clientele::gateway::fuzz
