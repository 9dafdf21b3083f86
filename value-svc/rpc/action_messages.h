#ifndef VALUE_SVC_RPC_ACTION_MESSAGES_H_
#define VALUE_SVC_RPC_ACTION_MESSAGES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clientele/value/v1/action_service.pb.h"
#include "value-svc/domain/action.h"
#include "value-svc/store/action_store.h"

namespace clientele::value {

v1::Action Encode(const ActionStore::Seen& seen, const std::string& currency);
v1::ActionEffect Encode(const ActionEffect& effect, const std::string& currency);

// INVALID_ARGUMENT with all that is wrong, each under `action.`. An outcome window without a start begins at
// `now`.
absl::StatusOr<Action> Decode(const v1::Action& message, absl::Time now);
// INVALID_ARGUMENT on `field` unless it is an amount of 0 or more.
absl::StatusOr<Decimal> DecodeCost(std::string_view field, const google::type::Money& cost);
// INVALID_ARGUMENT on `field` when it is an amount in another currency than the base one; without one nobody
// has told of an amount yet.
absl::Status CheckCurrency(std::string_view field, const google::type::Money& cost, const std::string& base);

// By department and goal, what `actions` cost and brought, as far as `sums` hold their customers.
v1::QuerySpendingResponse EncodeSpending(const std::vector<Action>& actions,
                                         const std::vector<ActionStore::GroupSum>& sums,
                                         const std::string& currency);

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_ACTION_MESSAGES_H_
