#ifndef VALUE_SVC_RPC_DECODE_SLICE_H_
#define VALUE_SVC_RPC_DECODE_SLICE_H_

#include <optional>
#include <string>

#include <google/protobuf/timestamp.pb.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/store/slice.h"

namespace clientele::value {

// From any message that has `team`, `owner`, `industry` and `target_market`.
template <typename Message>
absl::StatusOr<Slice> DecodeSlice(const Message& message) {
  Slice slice;
  slice.industry = message.industry();
  const auto decode = [](const char* field, const char* collection, const std::string& name,
                         std::optional<servicekit::Id>& id) -> absl::Status {
    if (name.empty()) return absl::OkStatus();
    const auto parsed = servicekit::ParseName(field, collection, name);
    if (parsed.ok()) id = *parsed;
    return parsed.status();
  };
  absl::Status status = decode("team", "teams", message.team(), slice.team);
  if (status.ok()) status = decode("owner", "representatives", message.owner(), slice.owner);
  if (status.ok()) {
    status = decode("target_market", "targetMarkets", message.target_market(), slice.target_market);
  }
  if (!status.ok()) return status;
  return slice;
}

// A time of the request; none when it has none, INVALID_ARGUMENT when it lies after `now`.
inline absl::StatusOr<std::optional<absl::Time>> DecodePast(const char* field, bool present,
                                                            const google::protobuf::Timestamp& time,
                                                            absl::Time now) {
  if (!present) return std::optional<absl::Time>();
  const absl::StatusOr<absl::Time> decoded = servicekit::FromProto(field, time);
  if (!decoded.ok()) return decoded.status();
  if (*decoded > now) return servicekit::InvalidField(field, "lies in the future");
  return std::optional<absl::Time>(*decoded);
}

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_DECODE_SLICE_H_
