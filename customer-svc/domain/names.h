#ifndef CUSTOMER_SVC_DOMAIN_NAMES_H_
#define CUSTOMER_SVC_DOMAIN_NAMES_H_

#include <array>
#include <string_view>

#include "customer-svc/domain/attribute.h"
#include "customer-svc/domain/contact.h"
#include "customer-svc/domain/customer.h"
#include "customer-svc/domain/interaction.h"
#include "customer-svc/domain/need.h"
#include "customer-svc/domain/team.h"

// The contract's names of enum values, for the change history and for events. Values are checked before they
// get here.
namespace clientele::customer {

namespace internal {
template <typename Enum, size_t N>
constexpr std::string_view NameIn(const std::array<std::string_view, N>& names, Enum value) {
  const auto index = static_cast<size_t>(value);
  return index < N ? names[index] : "";
}
}  // namespace internal

constexpr std::string_view Name(CustomerType value) {
  return internal::NameIn<CustomerType, 3>({"", "ORGANIZATION", "PERSON"}, value);
}
constexpr std::string_view Name(ContactPointKind value) {
  return internal::NameIn<ContactPointKind, 5>({"", "EMAIL", "PHONE", "WEB", "MESSENGER"}, value);
}
constexpr std::string_view Name(BuyingRole value) {
  return internal::NameIn<BuyingRole, 7>(
      {"", "ECONOMIC_BUYER", "TECHNICAL_EVALUATOR", "DECISION_MAKER", "INFLUENCER", "USER", "SPONSOR"},
      value);
}
constexpr std::string_view Name(Urgency value) {
  return internal::NameIn<Urgency, 4>({"", "LOW", "MEDIUM", "HIGH"}, value);
}
constexpr std::string_view Name(NeedState value) {
  return internal::NameIn<NeedState, 4>({"", "OPEN", "MET", "WITHDRAWN"}, value);
}
constexpr std::string_view Name(Channel value) {
  return internal::NameIn<Channel, 8>({"", "CALL", "MEETING", "EMAIL", "VISIT", "EVENT", "MESSAGE", "NOTE"},
                                      value);
}
constexpr std::string_view Name(Direction value) {
  return internal::NameIn<Direction, 3>({"", "INBOUND", "OUTBOUND"}, value);
}
constexpr std::string_view Name(InteractionState value) {
  return internal::NameIn<InteractionState, 4>({"", "PLANNED", "HELD", "NOT_HELD"}, value);
}
constexpr std::string_view Name(AttributeType value) {
  return internal::NameIn<AttributeType, 6>({"", "TEXT", "NUMBER", "DATE", "CHOICE", "FLAG"}, value);
}
constexpr std::string_view Name(Department value) {
  return internal::NameIn<Department, 4>({"", "MARKETING", "SALES", "SERVICE"}, value);
}

constexpr std::string_view Name(RepresentativeState value) {
  return internal::NameIn<RepresentativeState, 3>({"", "ACTIVE", "INACTIVE"}, value);
}

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_NAMES_H_
