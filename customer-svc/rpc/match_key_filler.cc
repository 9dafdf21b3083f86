#include "customer-svc/rpc/match_key_filler.h"

#include "absl/time/clock.h"
#include "customer-svc/operations/find_duplicates.h"

namespace clientele::customer {

void MatchKeyFiller::Start() {
  thread_ = std::thread([this] { Run(); });
}

void MatchKeyFiller::Stop() {
  if (!stop_.HasBeenNotified()) stop_.Notify();
  if (thread_.joinable()) thread_.join();
}

void MatchKeyFiller::Run() {
  absl::Duration pause;
  while (!stop_.WaitForNotificationWithTimeout(pause)) {
    const absl::StatusOr<bool> done =
        FillMatchKeys(backend_.stores, backend_.pool, absl::Now() + absl::Seconds(30));
    if (done.ok() && *done) return;
    // Between batches others get their turn; after an error the database may need longer.
    pause = done.ok() ? absl::Milliseconds(20) : absl::Seconds(5);
  }
}

}  // namespace clientele::customer
