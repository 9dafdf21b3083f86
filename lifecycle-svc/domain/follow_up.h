#ifndef LIFECYCLE_SVC_DOMAIN_FOLLOW_UP_H_
#define LIFECYCLE_SVC_DOMAIN_FOLLOW_UP_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "servicekit/types/id.h"

// The numbers of the enums are those of the contract, and are stored.
namespace clientele::lifecycle {

using servicekit::Id;

enum class FollowUpKind : uint8_t { kReminder = 1, kRepurchase = 2, kStalled = 3 };
enum class Addressee : uint8_t { kRepresentative = 1, kManager = 2 };
enum class FollowUpState : uint8_t { kOpen = 1, kSnoozed = 2, kDone = 3 };

// What somebody should do for a customer next, and why. It lies in the inbox of whoever owns the customer at
// the moment, so it needs no owner of its own.
struct FollowUp {
  Id id;
  Id customer;
  FollowUpKind kind = FollowUpKind::kReminder;
  Addressee addressee = Addressee::kRepresentative;
  std::string cause;  // A resource name; empty for a reminder. At most one of a kind is open for a cause.
  std::string why;
  absl::Time due_time;
  std::optional<absl::Time> snooze_until;
  std::optional<absl::Time> done_time;
  std::string note;
  std::string done_by;
  absl::Time create_time;
  absl::Time update_time;
  int64_t version = 0;
  friend bool operator==(const FollowUp&, const FollowUp&) = default;
};

constexpr absl::Duration kLongestSnooze = absl::Hours(24 * 366);

// A snoozed follow-up is open again by itself when its time has come.
FollowUpState StateAt(const FollowUp& follow_up, absl::Time now);

// FAILED_PRECONDITION when it is done; INVALID_ARGUMENT at `snooze_until` unless that lies in the future and
// not too far.
absl::Status Snooze(FollowUp& follow_up, absl::Time until, absl::Time now);
// FAILED_PRECONDITION when it is done.
absl::Status Complete(FollowUp& follow_up, std::string note, std::string by, absl::Time now);
// What is still open is addressed higher or due for another reason: wakes it, and tells whether that changed
// anything. A lower addressee never replaces a higher one.
bool Escalate(FollowUp& follow_up, Addressee addressee, const std::string& why, absl::Time due_time,
              absl::Time now);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_FOLLOW_UP_H_
