#ifndef LIFECYCLE_SVC_OPERATIONS_CUSTOMER_DIRECTORY_H_
#define LIFECYCLE_SVC_OPERATIONS_CUSTOMER_DIRECTORY_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "lifecycle-svc/contract/values.h"
#include "lifecycle-svc/domain/journey.h"
#include "servicekit/rpc/call_context.h"

namespace clientele::lifecycle {

using servicekit::CallContext;

// Where customers are asked for that nobody has told of yet: customer-svc.
class CustomerDirectory {
 public:
  struct Answer {
    // One for each reference, in order; nullopt for what does not exist or the caller may not see.
    std::vector<std::optional<KnownCustomer>> customers;
    std::vector<std::optional<Id>> representatives;
  };
  virtual ~CustomerDirectory() = default;
  // On behalf of the caller. Never inside a transaction.
  virtual absl::StatusOr<Answer> Resolve(const CallContext& call, const std::vector<Reference>& customers,
                                         const std::vector<Reference>& representatives) = 0;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_CUSTOMER_DIRECTORY_H_
