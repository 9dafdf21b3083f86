#include "lifecycle-svc/domain/follow_up.h"

#include <utility>

#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"

namespace clientele::lifecycle {
namespace {

absl::Status CheckNotDone(const FollowUp& follow_up) {
  if (!follow_up.done_time.has_value()) return absl::OkStatus();
  const std::string why = "the follow-up is done";
  return servicekit::PreconditionFailed(
      why, {{"FOLLOW_UP_DONE", servicekit::NameOf("followUps", follow_up.id), why}});
}

}  // namespace

FollowUpState StateAt(const FollowUp& follow_up, absl::Time now) {
  if (follow_up.done_time.has_value()) return FollowUpState::kDone;
  return follow_up.snooze_until.has_value() && *follow_up.snooze_until > now ? FollowUpState::kSnoozed
                                                                             : FollowUpState::kOpen;
}

absl::Status Snooze(FollowUp& follow_up, absl::Time until, absl::Time now) {
  if (absl::Status status = CheckNotDone(follow_up); !status.ok()) return status;
  if (until <= now) return servicekit::InvalidField("snooze_until", "does not lie in the future");
  if (until > now + kLongestSnooze) {
    return servicekit::InvalidField("snooze_until", "lies more than 366 days ahead");
  }
  follow_up.snooze_until = until;
  follow_up.update_time = now;
  return absl::OkStatus();
}

absl::Status Complete(FollowUp& follow_up, std::string note, std::string by, absl::Time now) {
  if (absl::Status status = CheckNotDone(follow_up); !status.ok()) return status;
  follow_up.done_time = follow_up.update_time = now;
  follow_up.note = std::move(note);
  follow_up.done_by = std::move(by);
  return absl::OkStatus();
}

bool Escalate(FollowUp& follow_up, Addressee addressee, const std::string& why, absl::Time due_time,
              absl::Time now) {
  if (follow_up.done_time.has_value() || addressee <= follow_up.addressee) return false;
  follow_up.addressee = addressee;
  follow_up.why = why;
  follow_up.due_time = due_time;
  follow_up.snooze_until.reset();
  follow_up.update_time = now;
  return true;
}

}  // namespace clientele::lifecycle
