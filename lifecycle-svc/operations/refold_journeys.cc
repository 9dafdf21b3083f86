#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"

namespace clientele::lifecycle {

absl::StatusOr<int> RefoldJourneys(const Environment& environment, int limit) {
  CallContext call;
  call.principal.subject = "services/lifecycle-svc";
  call.principal.role = servicekit::Role::kService;
  call.method = "RefoldJourneys";
  call.deadline = environment.clock.Now() + absl::Minutes(1);
  const auto found = servicekit::RunReading(
      environment.pool, absl::Now() + absl::Minutes(1),
      [&](Transaction& tx) { return JourneyStore::FindFoldedBefore(tx, kFoldVersion, limit); });
  if (!found.ok() || found->empty()) return found.ok() ? absl::StatusOr<int>(0) : found.status();
  const absl::Status status =
      servicekit::RunTransaction(environment.pool, absl::Now() + absl::Minutes(1), [&](Transaction& tx) {
        UnitOfWork work(environment, call, tx);
        absl::Status locked = work.Lock(*found, {});
        for (const Id& customer : *found) work.Refold(customer);
        if (locked.ok()) locked = work.Flush();
        if (locked.ok()) locked = JourneyStore::MarkFolded(tx, *found);
        return locked;
      });
  if (!status.ok()) return status;
  return static_cast<int>(found->size());
}

}  // namespace clientele::lifecycle
