#ifndef VALUE_SVC_STORE_DUES_CODEC_H_
#define VALUE_SVC_STORE_DUES_CODEC_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "value-svc/domain/fact.h"

namespace clientele::value {

// An order's instalments as they lie in `facts`.
std::string PackDues(absl::Span<const Due> dues);
// DATA_LOSS when they are cut short.
absl::StatusOr<std::vector<Due>> UnpackDues(std::string_view packed);

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_DUES_CODEC_H_
