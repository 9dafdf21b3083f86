#ifndef LIFECYCLE_SVC_OPERATIONS_CUSTOMER_DIRECTORY_H_
#define LIFECYCLE_SVC_OPERATIONS_CUSTOMER_DIRECTORY_H_

#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "clientele/customer/v1/completeness_service.pb.h"
#include "lifecycle-svc/contract/values.h"
#include "lifecycle-svc/domain/journey.h"
#include "lifecycle-svc/domain/requirement.h"
#include "servicekit/rpc/call_context.h"

namespace clientele::lifecycle {

using servicekit::CallContext;

// customer-svc, as it is asked on behalf of a caller: about customers that nobody has told of yet, and about
// what is known of one. Never inside a transaction.
class CustomerDirectory {
 public:
  struct Answer {
    // One for each reference, in order; nullopt for what does not exist or the caller may not see.
    std::vector<std::optional<KnownCustomer>> customers;
    std::vector<std::optional<Id>> representatives;
  };
  virtual ~CustomerDirectory() = default;
  virtual absl::StatusOr<Answer> Resolve(const CallContext& call, const std::vector<Reference>& customers,
                                         const std::vector<Reference>& representatives) = 0;
  // What is missing of what the stage asks to be known, for at most 1,000; those that were not found are left
  // out.
  virtual absl::StatusOr<absl::flat_hash_map<Id, Completeness>> CheckCompleteness(
      const CallContext& call, const std::vector<Id>& customers, Stage stage) = 0;
  // Gives a customer back to the pool of its team, as it is known here: ABORTED when it has another version.
  virtual absl::Status Release(const CallContext& call, Id customer, int64_t version) = 0;
  // Adds what was missing.
  virtual absl::Status Supply(const CallContext& call,
                              const customer::v1::SupplyInformationRequest& request) = 0;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_CUSTOMER_DIRECTORY_H_
