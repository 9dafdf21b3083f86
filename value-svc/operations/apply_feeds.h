#ifndef VALUE_SVC_OPERATIONS_APPLY_FEEDS_H_
#define VALUE_SVC_OPERATIONS_APPLY_FEEDS_H_

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clientele/type/v1/feed.pb.h"
#include "value-svc/domain/fact.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// What holding an interaction costs, in the base currency.
class ActivityRates {
 public:
  ActivityRates();  // The defaults; the README has them.
  // From `CALL=10,MEETING=60.5,…`: overrides those named. INVALID_ARGUMENT for an unknown channel or amount.
  static absl::StatusOr<ActivityRates> Parse(const std::string& text);
  Decimal Of(Channel channel) const;

 private:
  absl::flat_hash_map<Channel, Decimal> rates_;
};

// UNSPECIFIED when there is no such channel.
Channel ChannelNamed(std::string_view name);
std::string_view ChannelName(Channel channel);

// The effects of a batch of another service's feed. Events of types that value does not depend on have none.
absl::Status ApplyLifecycleFeed(Transaction& tx, Stores& stores,
                                const clientele::type::v1::ReadFeedResponse& batch);
absl::Status ApplyCustomerFeed(Transaction& tx, Stores& stores, const ActivityRates& rates,
                               const clientele::type::v1::ReadFeedResponse& batch);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_APPLY_FEEDS_H_
