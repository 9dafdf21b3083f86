#ifndef CUSTOMER_SVC_RPC_CUSTOMER_MASK_H_
#define CUSTOMER_SVC_RPC_CUSTOMER_MASK_H_

#include <google/protobuf/field_mask.pb.h>

#include "absl/status/status.h"
#include "clientele/customer/v1/customer.pb.h"

namespace clientele::customer {

// servicekit::ApplyMask, which knows nothing of maps, and beyond it: `attributes.size_class` names one
// attribute, which is removed when `change` has none. Without a mask the attributes of `change` are added to
// those there are.
absl::Status ApplyCustomerMask(const google::protobuf::FieldMask& mask, const v1::Customer& change,
                               v1::Customer* customer);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_CUSTOMER_MASK_H_
