#include "lifecycle-svc/operations/follow_ups.h"

#include <memory>
#include <utility>

#include "clientele/lifecycle/v1/lifecycle_feed.pb.h"
#include "lifecycle-svc/contract/follow_up.h"
#include "lifecycle-svc/store/follow_up_store.h"

namespace clientele::lifecycle {

absl::Status FollowUps::Load(const std::vector<Id>& named) {
  std::vector<Id> customers;
  for (const Id& customer : named) customers.push_back(work_.Resolve(customer));
  const auto owners = FollowUpStore::FindOwners(work_.tx(), customers);
  if (!owners.ok()) return owners.status();
  owners_.insert(owners->begin(), owners->end());
  absl::StatusOr<std::vector<FollowUp>> open = FollowUpStore::FindOpen(work_.tx(), customers);
  if (!open.ok()) return open.status();
  for (const FollowUp& follow_up : *open) open_[{follow_up.kind, follow_up.cause}] = follow_up.id;
  work_.follow_ups.Load(*std::move(open));
  return absl::OkStatus();
}

FollowUp& FollowUps::Raise(FollowUp draft) {
  if (FollowUp* open = FindOpen(draft.kind, draft.cause); open != nullptr) {
    const FollowUp before = *open;
    if (Escalate(*open, draft.addressee, draft.why, draft.due_time, work_.now())) Changed(*open, &before);
    return *open;
  }
  draft.id = Id::New(work_.now());
  draft.customer = work_.Settle(OwnedKind::kFollowUp, draft.id, draft.customer);
  draft.create_time = draft.update_time = work_.now();
  draft.version = 1;
  FollowUp& raised = work_.follow_ups.Insert(std::move(draft));
  open_[{raised.kind, raised.cause}] = raised.id;
  Changed(raised, nullptr);
  return raised;
}

void FollowUps::Close(Id customer, FollowUpKind kind, const std::string& cause, const std::string& note) {
  FollowUp* open = FindOpen(kind, cause);
  if (open == nullptr || open->customer != customer) return;
  const FollowUp before = *open;
  if (Complete(*open, note, work_.actor(), work_.now()).ok()) Changed(*open, &before);
}

void FollowUps::Changed(FollowUp& follow_up, const FollowUp* before) {
  if (before != nullptr) work_.follow_ups.Change(follow_up);
  const std::optional<Id> owner = OwnerOf(follow_up.customer);
  const v1::FollowUp after = Encode(follow_up, owner, work_.now());
  if (before == nullptr) {
    work_.Record(follow_up.customer, after.name(), nullptr, after);
  } else {
    const v1::FollowUp was = Encode(*before, owner, work_.now());
    work_.Record(follow_up.customer, after.name(), &was, after);
  }
  auto event = std::make_unique<v1::FollowUpChanged>();
  *event->mutable_follow_up() = after;
  work_.Announce(follow_up.customer, work_.now(), std::move(event));
}

std::optional<Id> FollowUps::OwnerOf(Id customer) const {
  const auto found = owners_.find(work_.Resolve(customer));
  return found == owners_.end() ? std::nullopt : found->second;
}

FollowUp* FollowUps::FindOpen(FollowUpKind kind, const std::string& cause) {
  const auto found = cause.empty() ? open_.end() : open_.find({kind, cause});
  if (found == open_.end()) return nullptr;
  FollowUp* follow_up = work_.follow_ups.Find(found->second);
  return follow_up->done_time.has_value() ? nullptr : follow_up;
}

}  // namespace clientele::lifecycle
