#ifndef GATEWAY_ROUTING_METHOD_TABLE_H_
#define GATEWAY_ROUTING_METHOD_TABLE_H_

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/descriptor.h>

#include "absl/container/flat_hash_map.h"

namespace clientele::gateway {

// What the gateway knows of one RPC: all of it from its descriptor.
struct Method {
  const google::protobuf::MethodDescriptor* descriptor;
  std::string path;         // `/clientele.customer.v1.CustomerService/GetCustomer`.
  std::string request_url;  // `type.googleapis.com/clientele.customer.v1.GetCustomerRequest`.
  std::string response_url;
  size_t index;  // Position in the table, for whoever keeps something for each method.
  bool unary;    // Neither side streams.
  bool reads;    // By its HTTP rule, GET: it changes nothing, so it may be called again.
  // The request's `request_id`: where it is set, a repeat has no second effect. Null when it has none.
  const google::protobuf::FieldDescriptor* request_id;
};

// Every RPC of the services that are compiled in. Immutable; methods stay where they are.
class MethodTable {
 public:
  // The services whose full name starts with one of the prefixes, for example `clientele.`.
  static MethodTable ForPrefixes(const std::vector<std::string>& prefixes);

  const Method* Find(std::string_view path) const;
  const std::deque<Method>& methods() const { return methods_; }
  // Full names, each once.
  std::vector<std::string> services() const;

 private:
  std::deque<Method> methods_;
  absl::flat_hash_map<std::string, const Method*> by_path_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_ROUTING_METHOD_TABLE_H_
