#include "gateway/openapi/document.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/openapi/embedded.h"
#include "gateway/openapi/schema.h"
#include "google/api/field_behavior.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace clientele::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using Json = Schemas::Json;

constexpr char kIntroduction[] =
    "Customer-base management for direct sales: who the customers are, where they stand in the lifecycle, "
    "and "
    "what they are worth. The same RPCs are served as gRPC, gRPC-Web and JSON on one port; this document "
    "describes the JSON form and is made from the contracts in `proto/`.\n\n"
    "Every request needs `authorization: Bearer {token}` or `x-api-key: {key}`. `x-request-timeout: 2.5` "
    "(seconds) is the deadline. Errors are `google.rpc.Status` with details: BadRequest names each field "
    "that is "
    "wrong, ErrorInfo has a stable reason, RetryInfo says when to try again.";

// `opportunities` → `opportunity`: what AIP-122 calls one of a collection.
std::string Singular(const std::string& collection) {
  if (collection.ends_with("ies")) return collection.substr(0, collection.size() - 3) + "y";
  if (collection.ends_with("s") && !collection.ends_with("ss")) {
    return collection.substr(0, collection.size() - 1);
  }
  return collection;
}

struct PathText {
  std::string path;  // `/v1/customers/{customer}`.
  std::vector<std::string> parameters;
};

PathText ToPath(const HttpBinding& binding) {
  PathText text;
  std::set<std::string> taken;
  const auto& segments = binding.path.segments;
  for (size_t i = 0; i < segments.size(); ++i) {
    text.path += '/';
    if (segments[i].kind == PathTemplate::Kind::kLiteral) {
      text.path += segments[i].literal;
      continue;
    }
    std::string name;
    for (const HttpBinding::Variable& variable : binding.variables) {
      const bool to_the_end = variable.segments.end == segments.size();
      if (i < variable.segments.begin || (i >= variable.segments.end && !to_the_end)) continue;
      name = variable.segments.field;
    }
    const bool in_collection = i > 0 && segments[i - 1].kind == PathTemplate::Kind::kLiteral;
    if (segments[i].kind == PathTemplate::Kind::kOne && in_collection)
      name = Singular(segments[i - 1].literal);
    if (name.empty()) name = absl::StrCat("segment", i);
    std::replace(name.begin(), name.end(), '.', '_');
    while (!taken.insert(name).second) name += "_";
    absl::StrAppend(&text.path, "{", name, "}");
    text.parameters.push_back(name);
  }
  if (!binding.path.verb.empty()) absl::StrAppend(&text.path, ":", binding.path.verb);
  return text;
}

// `CreateContact` → `Create contact`.
std::string InWords(const std::string& name) {
  std::string words;
  for (const char c : name) {
    if (!words.empty() && absl::ascii_isupper(static_cast<unsigned char>(c))) words += ' ';
    words += words.empty() ? c : absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return words;
}

class Writer {
 public:
  explicit Writer(const Comments& comments) : comments_(comments), schemas_(comments) {}

  Json Document(const HttpRouter& router) {
    std::map<std::string, Json> paths;
    for (const HttpBinding& binding : router.bindings()) AddOperation(binding, paths);
    Json document = {{"openapi", "3.1.0"},
                     {"info",
                      {{"title", "clientele"},
                       {"version", "v1"},
                       {"description", kIntroduction},
                       {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
                     {"servers", {{{"url", "/"}}}},
                     {"security", {{{"bearer", Json::array()}}, {{"apiKey", Json::array()}}}},
                     {"tags", Tags()},
                     {"paths", Json::object()}};
    for (auto& [path, item] : paths) document["paths"][path] = std::move(item);
    document["components"] = Components();
    return document;
  }

 private:
  Json Tags() {
    Json tags = Json::array();
    for (const auto& [name, service] : services_) {
      tags.push_back({{"name", name}, {"description", comments_.Of(service)}});
    }
    return tags;
  }

  void AddOperation(const HttpBinding& binding, std::map<std::string, Json>& paths) {
    const MethodDescriptor* method = binding.method->descriptor;
    std::string verb = absl::AsciiStrToLower(binding.verb);
    static const std::set<std::string> kVerbs = {"get", "put", "post", "delete", "patch", "head", "options"};
    if (!kVerbs.contains(verb)) return;  // OpenAPI has no others.
    services_.emplace(method->service()->name(), method->service());
    PathText path = ToPath(binding);
    std::string id = absl::StrCat(method->service()->name(), "_", method->name());
    for (int n = 2; !ids_.insert(id).second; ++n) {
      id = absl::StrCat(method->service()->name(), "_", method->name(), "_", n);
    }
    const std::string comment = comments_.Of(method);
    const std::string name = InWords(method->name());
    Json operation = {{"tags", {method->service()->name()}}, {"operationId", id}, {"summary", name}};
    if (!comment.empty()) operation["description"] = comment;
    if (method->options().deprecated()) operation["deprecated"] = true;
    // The one method that needs no sign-in, since it is the sign-in.
    if (method->full_name() == "clientele.gateway.v1.SignInService.SignIn")
      operation["security"] = Json::array();
    Json parameters = Parameters(binding, path);
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
    if (Json body = RequestBody(binding); !body.is_null()) operation["requestBody"] = std::move(body);
    operation["responses"] = {{"200", Answer(binding)},
                              {"default", {{"$ref", "#/components/responses/Error"}}}};
    paths[path.path][verb] = std::move(operation);
  }

  Json Parameters(const HttpBinding& binding, const PathText& path) {
    Json parameters = Json::array();
    for (const std::string& name : path.parameters) {
      parameters.push_back(
          {{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
    }
    if (!binding.whole_body) {
      AddQuery(binding, binding.method->descriptor->input_type(), {}, &parameters);
    }
    const auto has = [](const Descriptor* type, const char* name) {
      const FieldDescriptor* field = type == nullptr ? nullptr : type->FindFieldByName(name);
      return field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
    };
    const Descriptor* request = binding.method->descriptor->input_type();
    if (binding.verb != "GET" && has(request, "request_id")) {
      parameters.push_back({{"$ref", "#/components/parameters/IdempotencyKey"}});
    }
    const bool conditional =
        has(request, "etag") || (binding.body != nullptr && has(binding.body->message_type(), "etag"));
    const bool creates = binding.body != nullptr && binding.verb == "POST";
    if (binding.verb != "GET" && conditional && !creates) {
      parameters.push_back({{"$ref", "#/components/parameters/IfMatch"}});
    }
    return parameters;
  }

  // The fields that are in neither path nor body; those of messages under their path.
  void AddQuery(const HttpBinding& binding, const Descriptor* type, const FieldPath& outer,
                Json* parameters) {
    constexpr size_t kMaxDepth = 4;
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      FieldPath here = outer;
      here.push_back(field);
      if (here.front() == binding.body || Schemas::HasBehavior(field, google::api::OUTPUT_ONLY)) continue;
      const bool in_path = std::any_of(binding.variables.begin(), binding.variables.end(),
                                       [&](const auto& variable) { return variable.field == here; });
      if (in_path || field->is_map()) continue;
      const bool has_parts =
          field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
          field->message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
      if (has_parts) {
        if (!field->is_repeated() && here.size() < kMaxDepth) {
          AddQuery(binding, field->message_type(), here, parameters);
        }
        continue;
      }
      std::string name;
      for (const FieldDescriptor* part : here)
        absl::StrAppend(&name, name.empty() ? "" : ".", part->json_name());
      Json schema = schemas_.ForField(field);
      Json parameter = {{"name", name}, {"in", "query"}};
      if (schema.contains("description")) {
        parameter["description"] = schema["description"];
        schema.erase("description");
      }
      if (outer.empty() && Schemas::HasBehavior(field, google::api::REQUIRED)) parameter["required"] = true;
      parameter["schema"] = std::move(schema);
      parameters->push_back(std::move(parameter));
    }
  }

  Json RequestBody(const HttpBinding& binding) {
    if (!binding.whole_body && binding.body == nullptr) return nullptr;
    const MethodDescriptor* method = binding.method->descriptor;
    const Json schema =
        binding.whole_body ? schemas_.ForMessage(method->input_type()) : schemas_.ForField(binding.body);
    const char* type = method->client_streaming() ? "application/x-ndjson" : "application/json";
    Json body = {{"content", {{type, {{"schema", schema}}}}}};
    if (method->client_streaming()) body["description"] = "One JSON object a line.";
    if (!binding.whole_body) body["required"] = true;
    return body;
  }

  Json Answer(const HttpBinding& binding) {
    const MethodDescriptor* method = binding.method->descriptor;
    const Json schema = binding.response_body == nullptr ? schemas_.ForMessage(method->output_type())
                                                         : schemas_.ForField(binding.response_body);
    if (!method->server_streaming()) {
      return {{"description", "OK"}, {"content", {{"application/json", {{"schema", schema}}}}}};
    }
    return {
        {"description",
         "A stream, by the Accept field: one JSON object a line, server-sent events with one object each, or "
         "one JSON array. A stream that fails ends with `{\"error\": …}`."},
        {"content",
         {{"application/x-ndjson", {{"schema", schema}}},
          {"text/event-stream", {{"schema", schema}}},
          {"application/json", {{"schema", {{"type", "array"}, {"items", schema}}}}}}}};
  }

  Json Components() {
    const Json error = schemas_.ForMessage(google::rpc::Status::descriptor());
    const Json text = {{"type", "string"}};
    return {
        {"schemas", schemas_.TakeComponents()},
        {"parameters",
         {{"IdempotencyKey",
           {{"name", "Idempotency-Key"},
            {"in", "header"},
            {"description",
             "Any text of up to 255 characters: a repeat with the same key has no second effect and gets the "
             "first answer. The same as `requestId`, which takes UUIDs only."},
            {"schema", text}}},
          {"IfMatch",
           {{"name", "If-Match"},
            {"in", "header"},
            {"description",
             "The etag of the version that is to be changed, as it was answered; 412 when it was changed "
             "since."},
            {"schema", text}}}}},
        {"responses",
         {{"Error",
           {{"description",
             "400 invalid, 401 not signed in, 403 not allowed, 404 not found, 409 in the way of something, "
             "412 "
             "a stale etag, 429 too much (Retry-After says when), 501 not served here, 503 not there now, "
             "504 "
             "out of time."},
            {"content", {{"application/json", {{"schema", error}}}}}}}}},
        {"securitySchemes",
         {{"bearer", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}},
          {"apiKey", {{"type", "apiKey"}, {"in", "header"}, {"name", "x-api-key"}}}}}};
  }

  const Comments& comments_;
  Schemas schemas_;
  std::set<std::string> ids_;
  std::map<std::string, const google::protobuf::ServiceDescriptor*> services_;
};

}  // namespace

std::string OpenApiDocument(const HttpRouter& router, const Comments& comments) {
  return Writer(comments).Document(router).dump(1) + "\n";
}

absl::StatusOr<std::string> OpenApiDocumentOfAll() {
  const absl::StatusOr<std::unique_ptr<Comments>> comments = Comments::Parse(EmbeddedProtoset());
  if (!comments.ok()) return comments.status();
  const MethodTable methods = MethodTable::ForPrefixes(
      {"clientele.customer.", "clientele.lifecycle.", "clientele.value.", "clientele.gateway.v1."});
  const absl::StatusOr<HttpRouter> router = HttpRouter::Build(methods);
  if (!router.ok()) return router.status();
  return OpenApiDocument(*router, **comments);
}

}  // namespace clientele::gateway
