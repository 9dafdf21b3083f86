#include "lifecycle-svc/rpc/credit_limit_rpc.h"

#include "lifecycle-svc/contract/credit_limit.h"
#include "lifecycle-svc/store/credit_limit_store.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

CreditLimitRpc::CreditLimitRpc(Backend backend) : backend_(backend) {}
CreditLimitRpc::~CreditLimitRpc() = default;

absl::StatusOr<v1::CreditLimit> CreditLimitRpc::GetCreditLimit(const CallContext& call,
                                                               const v1::GetCreditLimitRequest& request) {
  const absl::StatusOr<Id> customer = ParseCreditLimitName("name", request.name());
  if (!customer.ok()) return customer.status();
  const absl::StatusOr<CreditLimit> limit = servicekit::RunReading(
      backend_.environment.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<CreditLimit> {
        const absl::StatusOr<Id> survivor = ResolveCustomer(tx, *customer);
        if (!survivor.ok()) return survivor.status();
        const auto journeys = JourneyStore::Get(tx, {*survivor}, Readable(call));
        if (!journeys.ok()) return journeys.status();
        if (journeys->empty()) {
          return absl::NotFoundError(servicekit::StrCat(request.name(), " does not exist"));
        }
        const auto found = CreditLimitStore::Find(tx, {*survivor});
        if (!found.ok()) return found.status();
        const auto in_force = found->find(*survivor);
        if (in_force != found->end()) return in_force->second;
        CreditLimit none;
        none.customer = *survivor;
        return none;
      });
  if (!limit.ok()) return limit.status();
  return Encode(*limit, backend_.environment.base_currency);
}

}  // namespace clientele::lifecycle
