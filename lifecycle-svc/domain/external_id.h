#ifndef LIFECYCLE_SVC_DOMAIN_EXTERNAL_ID_H_
#define LIFECYCLE_SVC_DOMAIN_EXTERNAL_ID_H_

#include <compare>
#include <string>
#include <utility>

namespace clientele::lifecycle {

// The identifier that another system gave to the same thing.
struct ExternalId {
  std::string system;
  std::string id;

  friend auto operator<=>(const ExternalId&, const ExternalId&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const ExternalId& id) {
    return H::combine(std::move(state), id.system, id.id);
  }
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_EXTERNAL_ID_H_
