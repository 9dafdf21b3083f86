#ifndef CUSTOMER_SVC_OPERATIONS_CALLER_H_
#define CUSTOMER_SVC_OPERATIONS_CALLER_H_

#include "customer-svc/store/history_store.h"
#include "servicekit/access/principal.h"

namespace clientele::customer {

// Who asks for a write, and how the history will name it.
struct Caller {
  const servicekit::Principal& principal;
  Author author;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_CALLER_H_
