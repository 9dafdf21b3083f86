#ifndef CUSTOMER_SVC_DOMAIN_ERASURE_H_
#define CUSTOMER_SVC_DOMAIN_ERASURE_H_

#include "customer-svc/domain/customer.h"

namespace clientele::customer {

// What stands where a name was.
inline constexpr char kErased[] = "(erased)";

// The customer without anything that tells who it is. Named are the figures that stay, so that a field which
// is new is erased until somebody says that it is no one's.
Customer EraseProfile(const Customer& customer);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_ERASURE_H_
