#ifndef GATEWAY_ROUTING_HTTP_ROUTER_H_
#define GATEWAY_ROUTING_HTTP_ROUTER_H_

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <google/protobuf/descriptor.h>

#include "absl/status/statusor.h"
#include "gateway/routing/method_table.h"
#include "gateway/routing/path_template.h"

namespace clientele::gateway {

using FieldPath = std::vector<const google::protobuf::FieldDescriptor*>;

// One google.api.http binding of a method.
struct HttpBinding {
  struct Variable {
    PathTemplate::Variable segments;
    FieldPath field;
  };
  const Method* method;
  std::string verb;  // `GET`.
  PathTemplate path;
  std::vector<Variable> variables;
  bool whole_body = false;                                           // body: "*"
  const google::protobuf::FieldDescriptor* body = nullptr;           // body: "field"
  const google::protobuf::FieldDescriptor* response_body = nullptr;  // response_body: "field"
};

// Finds the method for a verb and path, by the annotations.
class HttpRouter {
 public:
  struct Match {
    const HttpBinding* binding;
    std::vector<std::string> values;  // Of binding->variables, decoded.
  };
  struct NotFound {};
  struct WrongVerb {
    std::vector<std::string> allowed;
  };
  struct BadEncoding {};  // An escape that is malformed or not UTF-8.
  using Result = std::variant<Match, NotFound, WrongVerb, BadEncoding>;

  // INVALID_ARGUMENT when an annotation is malformed, names a field that is not there, or two bindings
  // collide.
  static absl::StatusOr<HttpRouter> Build(const MethodTable& methods);

  // `path` is without the query.
  Result Find(std::string_view verb, std::string_view path) const;
  const std::deque<HttpBinding>& bindings() const { return bindings_; }

 private:
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> one;
    std::unique_ptr<Node> rest;
    // By verb of the path (`:win`), then by HTTP verb.
    std::map<std::string, std::map<std::string, const HttpBinding*, std::less<>>, std::less<>> ends;
  };
  struct Search;

  absl::Status Add(HttpBinding binding);

  std::deque<HttpBinding> bindings_;
  std::unique_ptr<Node> root_ = std::make_unique<Node>();
};

// The fields that `customer.name` leads through; empty when one does not exist or a message is missing in
// between. Takes names as in the proto and as in JSON.
FieldPath FindField(const google::protobuf::Descriptor* message, std::string_view path);

}  // namespace clientele::gateway

#endif  // GATEWAY_ROUTING_HTTP_ROUTER_H_
