#ifndef CUSTOMER_SVC_RPC_DECODE_H_
#define CUSTOMER_SVC_RPC_DECODE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clientele/customer/v1/attribute_service.pb.h"
#include "clientele/customer/v1/customer.pb.h"
#include "clientele/customer/v1/import_service.pb.h"
#include "clientele/customer/v1/requirement_set_service.pb.h"
#include "clientele/customer/v1/team_service.pb.h"
#include "customer-svc/domain/requirement.h"
#include "customer-svc/operations/import_records.h"
#include "servicekit/types/error.h"

// From messages to domain values. What has no domain value at all (a malformed name, money with a sign too
// many) becomes a violation here; everything else is for the domain to judge.
namespace clientele::customer {

Customer Decode(const v1::Customer& message, std::string_view prefix, servicekit::Violations& violations);
Contact Decode(const v1::Contact& message, std::string_view prefix, servicekit::Violations& violations);
Need Decode(const v1::Need& message, std::string_view prefix, servicekit::Violations& violations);
Interaction Decode(const v1::Interaction& message, std::string_view prefix,
                   servicekit::Violations& violations);
Team Decode(const v1::Team& message, std::string_view prefix, servicekit::Violations& violations);
Representative Decode(const v1::Representative& message, std::string_view prefix,
                      servicekit::Violations& violations);

Reference Decode(const type::v1::Reference& message, std::string_view field, std::string_view collection,
                 servicekit::Violations& violations);
ImportRecord Decode(const v1::ImportRecord& message);
RequirementSet Decode(const v1::RequirementSet& message);
Attribute Decode(const v1::Attribute& message);
AttributeValues Decode(const google::protobuf::Map<std::string, v1::AttributeValue>& messages,
                       std::string_view field, servicekit::Violations& violations);

// The ids of 1 to 1,000 customers. INVALID_ARGUMENT naming each that is no customer's name.
absl::StatusOr<std::vector<servicekit::Id>> DecodeCustomerNames(
    std::string_view field, const google::protobuf::RepeatedPtrField<std::string>& names);

// The value, or everything that is wrong: with the form of the message and with what could be made of it.
template <typename Message>
auto DecodeOrRefuse(const Message& message, std::string_view prefix)
    -> absl::StatusOr<decltype(Decode(message, prefix, std::declval<servicekit::Violations&>()))> {
  servicekit::Violations violations;
  auto resource = Decode(message, prefix, violations);
  if (violations.empty()) return resource;
  Check(violations, prefix, resource);
  return violations.status();
}

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_DECODE_H_
