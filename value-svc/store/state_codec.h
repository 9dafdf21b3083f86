#ifndef VALUE_SVC_STORE_STATE_CODEC_H_
#define VALUE_SVC_STORE_STATE_CODEC_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "value-svc/domain/state_row.h"

namespace clientele::value {

// Rows of a state as they lie in `state_chunks`, about 60 bytes each.
std::string PackState(absl::Span<const StateRow> rows);
// DATA_LOSS when they are cut short.
absl::StatusOr<std::vector<StateRow>> UnpackState(std::string_view packed);

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_STATE_CODEC_H_
