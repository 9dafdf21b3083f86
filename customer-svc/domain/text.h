#ifndef CUSTOMER_SVC_DOMAIN_TEXT_H_
#define CUSTOMER_SVC_DOMAIN_TEXT_H_

#include <cstddef>
#include <string_view>

#include "servicekit/types/error.h"

namespace clientele::customer {

// Adds a violation unless `text` has `least` to `most` characters (code points, as VARCHAR
// counts); a text of spaces alone counts as empty.
void CheckText(servicekit::Violations& violations, std::string_view field, std::string_view text,
               size_t least, size_t most);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_TEXT_H_
