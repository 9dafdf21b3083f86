#include "customer-svc/rpc/customer_mask.h"

#include <string>

#include "customer-svc/domain/attribute.h"
#include "servicekit/rpc/field_mask.h"

namespace clientele::customer {

absl::Status ApplyCustomerMask(const google::protobuf::FieldMask& mask, const v1::Customer& change,
                               v1::Customer* customer) {
  if (mask.paths().empty()) {
    auto attributes = customer->attributes();
    for (const auto& [id, value] : change.attributes()) attributes[id] = value;
    const absl::Status status = servicekit::ApplyMask(mask, change, customer);
    *customer->mutable_attributes() = std::move(attributes);
    return status;
  }
  google::protobuf::FieldMask rest;
  for (const std::string& path : mask.paths()) {
    if (!path.starts_with(kAttributePrefix)) {
      rest.add_paths(path);
      continue;
    }
    const std::string id = path.substr(kAttributePrefix.size());
    const auto value = change.attributes().find(id);
    if (value == change.attributes().end()) {
      customer->mutable_attributes()->erase(id);
    } else {
      (*customer->mutable_attributes())[id] = value->second;
    }
  }
  // None left is not the same as none given.
  return rest.paths().empty() ? absl::OkStatus() : servicekit::ApplyMask(rest, change, customer);
}

}  // namespace clientele::customer
