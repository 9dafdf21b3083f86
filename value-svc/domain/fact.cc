#include "value-svc/domain/fact.h"

#include <algorithm>
#include <string>

namespace clientele::value {

Id FactId(absl::Time event_time, Feed feed, int64_t position) {
  const uint64_t millis = static_cast<uint64_t>(std::max<int64_t>(0, absl::ToUnixMillis(event_time)));
  const uint64_t number = static_cast<uint64_t>(position);
  std::string bytes(Id::kSize, '\0');
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<char>(millis >> (40 - 8 * i));
  // Version 7, then the feed; the variant, then the position.
  bytes[6] = '\x70';
  bytes[7] = static_cast<char>(feed);
  for (int i = 0; i < 8; ++i) bytes[8 + i] = static_cast<char>(number >> (56 - 8 * i));
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  return *Id::FromBytes(bytes);
}

bool IsRevised(FactKind kind) {
  return kind == FactKind::kOpportunityChanged || kind == FactKind::kInteractionHeld ||
         kind == FactKind::kServiceCostLogged || kind == FactKind::kCreditLimitSet;
}

bool IsAboutOrder(FactKind kind) {
  return kind == FactKind::kOrderPlaced || kind == FactKind::kOrderCancelled ||
         kind == FactKind::kOrderReturned;
}

}  // namespace clientele::value
