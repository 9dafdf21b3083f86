#include "customer-svc/domain/contact_point.h"

#include <algorithm>

#include "customer-svc/domain/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

bool IsEmail(std::string_view text) {
  const size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == text.npos;
}

}  // namespace

void Check(servicekit::Violations& violations, std::string_view field,
           const std::vector<ContactPoint>& points) {
  if (points.size() > 50) violations.Add(field, "must not be more than 50");
  for (size_t i = 0; i < points.size(); ++i) {
    const ContactPoint& point = points[i];
    const std::string at = servicekit::StrCat(field, "[", i, "]");
    if (point.kind < ContactPointKind::kEmail || point.kind > ContactPointKind::kMessenger) {
      violations.Add(at + ".kind", "must be EMAIL, PHONE, WEB or MESSENGER");
    }
    CheckText(violations, at + ".value", point.value, 1, 255);
    if (point.kind == ContactPointKind::kEmail && !point.value.empty() && !IsEmail(point.value)) {
      violations.Add(at + ".value", "must be an e-mail address: something on both sides of one @");
    }
    CheckText(violations, at + ".label", point.label, 0, 32);
  }
}

}  // namespace clientele::customer
