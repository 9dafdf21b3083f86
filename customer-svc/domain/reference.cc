#include "customer-svc/domain/reference.h"

#include "customer-svc/domain/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {

void Check(servicekit::Violations& violations, std::string_view field, const ExternalId& id) {
  CheckText(violations, servicekit::StrCat(field, ".system"), id.system, 1, 64);
  CheckText(violations, servicekit::StrCat(field, ".id"), id.id, 1, 191);
}

}  // namespace clientele::customer
