#ifndef VALUE_SVC_RPC_SCORE_NAME_H_
#define VALUE_SVC_RPC_SCORE_NAME_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"

namespace clientele::value {

// Whose `customers/{customer}/score` it is.
inline absl::StatusOr<servicekit::Id> ParseScoreName(const std::string& name) {
  constexpr std::string_view kSuffix = "/score";
  if (!std::string_view(name).ends_with(kSuffix)) {
    return servicekit::InvalidField("name", "must be `customers/{customer}/score`");
  }
  return servicekit::ParseName("name", "customers",
                               std::string_view(name).substr(0, name.size() - kSuffix.size()));
}

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_SCORE_NAME_H_
