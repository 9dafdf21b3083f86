#ifndef LIFECYCLE_SVC_OPERATIONS_FOLLOW_UPS_H_
#define LIFECYCLE_SVC_OPERATIONS_FOLLOW_UPS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "lifecycle-svc/domain/follow_up.h"
#include "lifecycle-svc/operations/unit_of_work.h"

namespace clientele::lifecycle {

// Follow-ups inside a transaction, opened and closed by what else happens in it. The customers are locked by
// the caller, which also makes "at most one open per kind and cause" sure: a cause belongs to one customer.
class FollowUps {
 public:
  explicit FollowUps(UnitOfWork& work) : work_(work) {}

  // Reads what is open of these customers, and who owns them. Comes before the others.
  absl::Status Load(const std::vector<Id>& customers);

  // Opens `draft` (its id, times and version are set here). When one of its kind is open for its cause, that
  // one is kept, and escalated when `draft` addresses somebody higher.
  FollowUp& Raise(FollowUp draft);
  // Is done with the one of this kind that is open for the cause, if there is one.
  void Close(Id customer, FollowUpKind kind, const std::string& cause, const std::string& note);

  // Remembers and tells a change that was made; `before` is null for a new one.
  void Changed(FollowUp& follow_up, const FollowUp* before);
  std::optional<Id> OwnerOf(Id customer) const;

 private:
  FollowUp* FindOpen(FollowUpKind kind, const std::string& cause);

  UnitOfWork& work_;
  absl::flat_hash_map<Id, std::optional<Id>> owners_;
  absl::flat_hash_map<std::pair<FollowUpKind, std::string>, Id> open_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_FOLLOW_UPS_H_
