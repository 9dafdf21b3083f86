#include "lifecycle-svc/operations/credit_limits.h"

#include <memory>

#include "clientele/lifecycle/v1/lifecycle_feed.pb.h"
#include "lifecycle-svc/contract/credit_limit.h"
#include "lifecycle-svc/store/credit_limit_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/resource_name.h"

namespace clientele::lifecycle {

absl::Status CheckMaySetCreditLimits(const servicekit::Principal& principal) {
  if (principal.role == servicekit::Role::kManager) return absl::OkStatus();
  if (servicekit::CheckAdministrator(principal).ok()) return absl::OkStatus();
  return absl::PermissionDeniedError("only managers and administrators set credit limits");
}

absl::Status CreditLimits::Load(const std::vector<Id>& customers) {
  std::vector<Id> wanted;
  for (const Id& customer : customers) wanted.push_back(work_.Resolve(customer));
  auto found = CreditLimitStore::Find(work_.tx(), wanted);
  if (found.ok()) in_force_ = *std::move(found);
  return found.status();
}

CreditLimit CreditLimits::InForce(Id customer) const {
  const Id survivor = work_.Resolve(customer);
  const auto found = in_force_.find(survivor);
  if (found != in_force_.end()) return found->second;
  CreditLimit none;
  none.customer = survivor;
  return none;
}

CreditLimit CreditLimits::Set(Id customer, CreditLimit limit) {
  const CreditLimit before = InForce(customer);
  if (before.version > 0 ? limit.SaysTheSame(before) : !limit.amount.has_value()) return before;
  limit.customer = before.customer;
  limit.version = before.version + 1;
  limit.update_time = work_.now();
  const std::string& currency = work_.environment().base_currency;
  const v1::CreditLimit was = Encode(before, currency);
  auto event = std::make_unique<v1::CreditLimitChanged>();
  event->set_customer(servicekit::NameOf("customers", limit.customer));
  *event->mutable_credit_limit() = Encode(limit, currency);
  work_.Record(limit.customer, was.name(), before.version > 0 ? &was : nullptr, event->credit_limit());
  work_.Announce(limit.customer, limit.start_time, std::move(event));
  work_.PutCreditLimit(limit);
  in_force_[limit.customer] = limit;
  return limit;
}

}  // namespace clientele::lifecycle
