#include "customer-svc/domain/text.h"

#include "servicekit/types/str_cat.h"
#include "servicekit/types/utf8.h"

namespace clientele::customer {

void CheckText(servicekit::Violations& violations, std::string_view field, std::string_view text,
               size_t least, size_t most) {
  if (least > 0 && text.find_first_not_of(' ') == std::string_view::npos) {
    violations.Add(field, "is required");
  } else if (servicekit::CountCodePoints(text) > most) {
    violations.Add(field, servicekit::StrCat("must have at most ", most, " characters"));
  }
}

}  // namespace clientele::customer
