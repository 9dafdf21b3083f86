#ifndef CUSTOMER_SVC_DOMAIN_REFERENCE_H_
#define CUSTOMER_SVC_DOMAIN_REFERENCE_H_

#include <compare>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "servicekit/types/error.h"
#include "servicekit/types/id.h"

namespace clientele::customer {

// An identifier that another system gave to the same thing.
struct ExternalId {
  std::string system;
  std::string id;

  friend auto operator<=>(const ExternalId&, const ExternalId&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const ExternalId& id) {
    return H::combine(std::move(state), id.system, id.id);
  }
};

// A resource by its own id or by its identifier elsewhere; monostate when none was given.
using Reference = std::variant<std::monostate, servicekit::Id, ExternalId>;

void Check(servicekit::Violations& violations, std::string_view field, const ExternalId& id);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_REFERENCE_H_
