#ifndef LIFECYCLE_SVC_OPERATIONS_ENVIRONMENT_H_
#define LIFECYCLE_SVC_OPERATIONS_ENVIRONMENT_H_

#include <string>

#include "lifecycle-svc/operations/customer_directory.h"
#include "lifecycle-svc/store/journey_store.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/mysql/pool.h"
#include "servicekit/types/clock.h"

namespace clientele::lifecycle {

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
