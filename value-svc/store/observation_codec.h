#ifndef VALUE_SVC_STORE_OBSERVATION_CODEC_H_
#define VALUE_SVC_STORE_OBSERVATION_CODEC_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "value-svc/domain/observations.h"
#include "value-svc/store/rescore_queue.h"

namespace clientele::value {

// What was read of a shard's customers, with the marks that were seen before.
struct ObservedShard {
  std::vector<Observations> customers;
  std::vector<RescoreQueue::Mark> marks;
};

// As bytes: about 60 a customer.
std::string PackObserved(absl::Span<const Observations> customers,
                         absl::Span<const RescoreQueue::Mark> marks);
// DATA_LOSS when the bytes were not made by PackObserved.
absl::StatusOr<ObservedShard> UnpackObserved(std::string_view packed);

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_OBSERVATION_CODEC_H_
