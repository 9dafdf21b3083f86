#include "gateway/routing/http_router.h"

#include <algorithm>
#include <optional>
#include <set>

#include "google/api/annotations.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

using google::api::HttpRule;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::pair<std::string, std::string> VerbAndPath(const HttpRule& rule) {
  switch (rule.pattern_case()) {
    case HttpRule::kGet:
      return {"GET", rule.get()};
    case HttpRule::kPut:
      return {"PUT", rule.put()};
    case HttpRule::kPost:
      return {"POST", rule.post()};
    case HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case HttpRule::kCustom:
      return {rule.custom().kind(), rule.custom().path()};
    case HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {};
}

absl::StatusOr<HttpBinding> Bind(const Method& method, const HttpRule& rule) {
  const auto wrong = [&](std::string_view what) {
    return absl::InvalidArgumentError(servicekit::StrCat("google.api.http of ", method.path, ": ", what));
  };
  const Descriptor* request = method.descriptor->input_type();
  auto [verb, path] = VerbAndPath(rule);
  absl::StatusOr<PathTemplate> parsed = PathTemplate::Parse(path);
  if (!parsed.ok()) return wrong(servicekit::ToStd(parsed.status().message()));
  HttpBinding binding = {.method = &method, .verb = verb, .path = *std::move(parsed), .variables = {}};
  for (const PathTemplate::Variable& variable : binding.path.variables) {
    FieldPath field = FindField(request, variable.field);
    if (field.empty()) return wrong(absl::StrCat("no field ", variable.field));
    if (field.back()->is_repeated() || field.back()->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return wrong(absl::StrCat(variable.field, " is not a single value"));
    }
    binding.variables.push_back({variable, std::move(field)});
  }
  if (rule.body() == "*") {
    binding.whole_body = true;
  } else if (!rule.body().empty()) {
    binding.body = request->FindFieldByName(rule.body());
    if (binding.body == nullptr) return wrong(absl::StrCat("no field ", rule.body()));
  }
  if (!rule.response_body().empty()) {
    binding.response_body = method.descriptor->output_type()->FindFieldByName(rule.response_body());
    if (binding.response_body == nullptr) return wrong(absl::StrCat("no field ", rule.response_body()));
  }
  if (method.descriptor->client_streaming() && !binding.whole_body) {
    return wrong("a client stream needs body: \"*\"");
  }
  return binding;
}

}  // namespace

// Depth first, literals before `*` before `**`, so that the most exact template wins.
struct HttpRouter::Search {
  const RequestPath& path;
  std::string_view verb;
  std::set<std::string> allowed;

  const HttpBinding* At(const Node& node, size_t depth, std::string_view path_verb, std::string_view last) {
    if (depth == path.segments.size()) return End(node, path_verb);
    const std::string_view segment = depth + 1 == path.segments.size() ? last : path.segments[depth];
    if (const auto it = node.literals.find(segment); it != node.literals.end()) {
      if (const HttpBinding* found = At(*it->second, depth + 1, path_verb, last)) return found;
    }
    if (node.one != nullptr && !segment.empty()) {
      if (const HttpBinding* found = At(*node.one, depth + 1, path_verb, last)) return found;
    }
    return node.rest != nullptr && !segment.empty() ? End(*node.rest, path_verb) : nullptr;
  }

  const HttpBinding* End(const Node& node, std::string_view path_verb) {
    const auto ends = node.ends.find(path_verb);
    if (ends == node.ends.end()) return nullptr;
    if (const auto it = ends->second.find(verb); it != ends->second.end()) return it->second;
    // `custom: {kind: "*"}` takes whatever no other binding of the path does.
    if (const auto it = ends->second.find("*"); it != ends->second.end()) return it->second;
    for (const auto& [other, binding] : ends->second) {
      allowed.insert(other);
      if (other == "GET" && binding->method->unary) allowed.insert("HEAD");
    }
    return nullptr;
  }
};

absl::StatusOr<HttpRouter> HttpRouter::Build(const MethodTable& methods) {
  HttpRouter router;
  for (const Method& method : methods.methods()) {
    if (!method.descriptor->options().HasExtension(google::api::http)) continue;
    const HttpRule& rule = method.descriptor->options().GetExtension(google::api::http);
    std::vector<const HttpRule*> rules = {&rule};
    for (const HttpRule& additional : rule.additional_bindings()) rules.push_back(&additional);
    for (const HttpRule* one : rules) {
      absl::StatusOr<HttpBinding> binding = Bind(method, *one);
      if (!binding.ok()) return binding.status();
      const absl::Status added = router.Add(*std::move(binding));
      if (!added.ok()) return added;
    }
  }
  return router;
}

absl::Status HttpRouter::Add(HttpBinding binding) {
  bindings_.push_back(std::move(binding));
  const HttpBinding& kept = bindings_.back();
  Node* node = root_.get();
  for (const PathTemplate::Segment& segment : kept.path.segments) {
    std::unique_ptr<Node>& next = segment.kind == PathTemplate::Kind::kLiteral
                                      ? node->literals[segment.literal]
                                  : segment.kind == PathTemplate::Kind::kOne ? node->one
                                                                             : node->rest;
    if (next == nullptr) next = std::make_unique<Node>();
    node = next.get();
  }
  const auto [it, added] = node->ends[kept.path.verb].try_emplace(kept.verb, &kept);
  if (!added) {
    return absl::InvalidArgumentError(
        absl::StrCat(kept.method->path, " and ", it->second->method->path, " have the same HTTP binding"));
  }
  return absl::OkStatus();
}

HttpRouter::Result HttpRouter::Find(std::string_view verb, std::string_view path) const {
  const std::optional<RequestPath> split = RequestPath::Split(path);
  if (!split.has_value()) return NotFound{};
  Search search = {*split, verb, {}};
  // `:win` may be a verb, or belong to the last segment: a template with that verb is asked first.
  std::string_view last = split->segments.back();
  const HttpBinding* binding = nullptr;
  if (const size_t colon = last.rfind(':'); colon != std::string_view::npos && colon + 1 < last.size()) {
    binding = search.At(*root_, 0, last.substr(colon + 1), last.substr(0, colon));
    if (binding != nullptr) last = last.substr(0, colon);
  }
  if (binding == nullptr && search.allowed.empty()) binding = search.At(*root_, 0, "", last);
  if (binding == nullptr) {
    if (search.allowed.empty()) return NotFound{};
    return WrongVerb{{search.allowed.begin(), search.allowed.end()}};
  }
  Match match = {binding, {}};
  for (const HttpBinding::Variable& variable : binding->variables) {
    const bool to_the_end = variable.segments.end == binding->path.segments.size();
    const size_t end = to_the_end ? split->segments.size() : variable.segments.end;
    std::string raw;
    for (size_t i = variable.segments.begin; i < end; ++i) {
      if (i != variable.segments.begin) raw += '/';
      raw += i + 1 == split->segments.size() ? last : split->segments[i];
    }
    std::optional<std::string> value = PercentDecode(raw, /*keep_slashes=*/!variable.segments.whole_segment);
    if (!value.has_value()) return BadEncoding{};
    match.values.push_back(*std::move(value));
  }
  return match;
}

FieldPath FindField(const Descriptor* message, std::string_view path) {
  FieldPath fields;
  while (message != nullptr) {
    const size_t dot = path.find('.');
    const std::string name(path.substr(0, dot));
    const FieldDescriptor* field = message->FindFieldByName(name);
    if (field == nullptr) {
      for (int i = 0; i < message->field_count() && field == nullptr; ++i) {
        if (message->field(i)->json_name() == name) field = message->field(i);
      }
    }
    if (field == nullptr) return {};
    fields.push_back(field);
    if (dot == std::string_view::npos) return fields;
    if (field->is_repeated()) return {};
    message = field->message_type();  // Null for what is not a message.
    path = path.substr(dot + 1);
  }
  return {};
}

}  // namespace clientele::gateway
