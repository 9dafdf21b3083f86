#ifndef GATEWAY_ACCOUNT_ACCOUNT_H_
#define GATEWAY_ACCOUNT_ACCOUNT_H_

#include "absl/status/statusor.h"
#include "clientele/gateway/v1/account.pb.h"
#include "servicekit/access/principal.h"

namespace clientele::gateway {

v1::Account ToAccount(const servicekit::Principal& principal);

// INVALID_ARGUMENT names what is wrong, under `account.`.
absl::StatusOr<servicekit::Principal> ToPrincipal(const v1::Account& account);

}  // namespace clientele::gateway

#endif  // GATEWAY_ACCOUNT_ACCOUNT_H_
