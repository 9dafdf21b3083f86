#ifndef CUSTOMER_SVC_DOMAIN_CONTACT_POINT_H_
#define CUSTOMER_SVC_DOMAIN_CONTACT_POINT_H_

#include <string>
#include <string_view>
#include <vector>

#include "servicekit/types/error.h"

namespace clientele::customer {

enum class ContactPointKind { kUnspecified = 0, kEmail = 1, kPhone = 2, kWeb = 3, kMessenger = 4 };

// A way to reach a customer or a contact.
struct ContactPoint {
  ContactPointKind kind = ContactPointKind::kUnspecified;
  std::string value;
  std::string label;

  friend bool operator==(const ContactPoint&, const ContactPoint&) = default;
};

void Check(servicekit::Violations& violations, std::string_view field,
           const std::vector<ContactPoint>& points);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_CONTACT_POINT_H_
