#include "customer-svc/domain/text.h"

#include <algorithm>

#include "servicekit/types/str_cat.h"

namespace clientele::customer {

size_t CharacterCount(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

void CheckText(servicekit::Violations& violations, std::string_view field, std::string_view text,
               size_t least, size_t most) {
  if (least > 0 && text.find_first_not_of(' ') == std::string_view::npos) {
    violations.Add(field, "is required");
  } else if (CharacterCount(text) > most) {
    violations.Add(field, servicekit::StrCat("must have at most ", most, " characters"));
  }
}

}  // namespace clientele::customer
