#include "value-svc/store/dues_codec.h"

#include "value-svc/store/varint.h"

namespace clientele::value {

std::string PackDues(absl::Span<const Due> dues) {
  std::string packed;
  for (const Due& due : dues) {
    PutVarint(Zigzag(static_cast<uint64_t>(absl::ToUnixSeconds(due.time))), packed);
    PutVarint(Zigzag(due.amount.micros()), packed);
  }
  return packed;
}

absl::StatusOr<std::vector<Due>> UnpackDues(std::string_view packed) {
  std::vector<Due> dues;
  while (!packed.empty()) {
    uint64_t seconds = 0;
    absl::uint128 micros = 0;
    if (!TakeVarint(packed, seconds) || !TakeVarint(packed, micros)) {
      return absl::DataLossError("an order's instalments are cut short");
    }
    dues.push_back({absl::FromUnixSeconds(static_cast<int64_t>(Unzigzag(seconds))),
                    Decimal::FromMicros(Unzigzag(micros))});
  }
  return dues;
}

}  // namespace clientele::value
