#ifndef LIFECYCLE_SVC_OPERATIONS_ENVIRONMENT_H_
#define LIFECYCLE_SVC_OPERATIONS_ENVIRONMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lifecycle-svc/contract/values.h"
#include "lifecycle-svc/store/journey_store.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/mysql/pool.h"
#include "servicekit/rpc/call_context.h"
#include "servicekit/types/clock.h"

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

// What every operation works with.
struct Environment {
  servicekit::Pool& pool;
  servicekit::FeedPublisher& feed;
  const servicekit::Clock& clock;
  CustomerDirectory& directory;
  std::string base_currency;  // That all reports are in.
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_ENVIRONMENT_H_
