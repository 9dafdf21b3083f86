#ifndef SERVICEKIT_TYPES_CLOCK_H_
#define SERVICEKIT_TYPES_CLOCK_H_

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace servicekit {

// Where operations get the time from, to the microsecond, as DATETIME(6) keeps it. Domain code takes times as
// arguments.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const { return absl::FromUnixMicros(absl::ToUnixMicros(absl::Now())); }
};

}  // namespace servicekit

#endif  // SERVICEKIT_TYPES_CLOCK_H_
