#ifndef CUSTOMER_SVC_DOMAIN_VERSION_H_
#define CUSTOMER_SVC_DOMAIN_VERSION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "servicekit/types/error.h"

namespace clientele::customer {

// Each customer, contact, need and interaction counts its own writes, so that a profile being edited does not
// go stale because someone logs a call. ABORTED (reason STALE_ETAG) unless the caller expects this version,
// or none (0).
inline absl::Status CheckVersion(int64_t expected, int64_t current) {
  if (expected == 0 || expected == current) return absl::OkStatus();
  return servicekit::WithReason(
      absl::AbortedError("the etag is stale: it was changed since it was read; read it again, then decide"),
      "STALE_ETAG");
}

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_VERSION_H_
