#include "customer-svc/rpc/duplicate_service.h"

#include <cmath>

#include "customer-svc/operations/find_duplicates.h"
#include "customer-svc/rpc/decode.h"
#include "customer-svc/rpc/encode.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::CallContext;
using servicekit::Id;
using servicekit::IdempotentWrite;
using servicekit::PageKey;
using servicekit::ParseName;
using servicekit::Transaction;

constexpr double kDefaultMinScore = 0.5;

absl::StatusOr<double> MinScore(double asked) {
  if (std::isnan(asked) || asked < 0 || asked > 1) {
    return servicekit::InvalidField("min_score", "must be between 0 and 1");
  }
  return asked == 0 ? kDefaultMinScore : asked;
}

v1::Duplicate Encode(const Duplicate& duplicate) {
  v1::Duplicate message;
  *message.mutable_customer() = Encode(duplicate.customer);
  message.set_score(duplicate.match.score);
  for (const MatchReason& reason : duplicate.match.reasons) {
    auto* encoded = message.add_reasons();
    encoded->set_kind(static_cast<v1::MatchReason::Kind>(reason.kind));
    encoded->set_weight(reason.weight);
  }
  return message;
}

template <typename Response>
Response Encode(const std::vector<Duplicate>& duplicates) {
  Response response;
  for (const Duplicate& duplicate : duplicates) *response.add_duplicates() = Encode(duplicate);
  return response;
}

}  // namespace

DuplicateService::DuplicateService(Backend backend) : backend_(backend) {}
DuplicateService::~DuplicateService() = default;

absl::StatusOr<v1::ListDuplicatesResponse> DuplicateService::ListDuplicates(
    const CallContext& call, const v1::ListDuplicatesRequest& request) {
  const absl::StatusOr<Id> parent = ParseName("parent", "customers", request.parent());
  if (!parent.ok()) return parent.status();
  const absl::StatusOr<double> min_score = MinScore(request.min_score());
  if (!min_score.ok()) return min_score.status();
  const auto duplicates = RunReading(backend_.pool, call.deadline, [&](Transaction& tx) {
    return customer::ListDuplicates(backend_.stores, tx, call.principal, *parent, *min_score);
  });
  if (!duplicates.ok()) return duplicates.status();
  return Encode<v1::ListDuplicatesResponse>(*duplicates);
}

absl::StatusOr<v1::FindDuplicatesResponse> DuplicateService::FindDuplicates(
    const CallContext& call, const v1::FindDuplicatesRequest& request) {
  const absl::StatusOr<double> min_score = MinScore(request.min_score());
  if (!min_score.ok()) return min_score.status();
  // What is wrong with it otherwise is told when it is created.
  servicekit::Violations violations;
  const Customer customer = Decode(request.customer(), "customer.", violations);
  if (!violations.empty()) return violations.status();
  const std::vector<MatchKey> keys = MatchKeysOf(customer);
  if (keys.empty()) {
    return servicekit::InvalidField("customer", "needs a display_name, registration_number or contact point");
  }
  const auto duplicates = RunReading(backend_.pool, call.deadline, [&](Transaction& tx) {
    return customer::FindDuplicates(backend_.stores, tx, call.principal, customer, keys, *min_score);
  });
  if (!duplicates.ok()) return duplicates.status();
  return Encode<v1::FindDuplicatesResponse>(*duplicates);
}

absl::StatusOr<v1::ListDuplicatePairsResponse> DuplicateService::ListDuplicatePairs(
    const CallContext& call, const v1::ListDuplicatePairsRequest& request) {
  const absl::StatusOr<double> min_score = MinScore(request.min_score());
  if (!min_score.ok()) return min_score.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"duplicatePairs", std::to_string(*min_score)});
  if (!page.ok()) return page.status();
  PairCursor after;
  if (!page->after.empty()) {
    const absl::StatusOr<Id> customer = page->after.GetId(0), other = page->after.GetId(1);
    if (!customer.ok() || !other.ok()) return customer.ok() ? other.status() : customer.status();
    after = {*customer, *other};
  }
  const auto found = RunReading(backend_.pool, call.deadline, [&](Transaction& tx) {
    return customer::ListDuplicatePairs(backend_.stores, tx, call.principal, after,
                                        static_cast<size_t>(page->size), *min_score);
  });
  if (!found.ok()) return found.status();
  v1::ListDuplicatePairsResponse response;
  for (const DuplicatePair& pair : found->pairs) {
    auto* encoded = response.add_pairs();
    *encoded->mutable_customer() = Encode(pair.customer);
    *encoded->mutable_duplicate() = Encode(pair.duplicate);
  }
  if (found->more) {
    response.set_next_page_token(
        page->scope.Encode(PageKey().Add(found->last.customer).Add(found->last.other)));
  }
  return response;
}

absl::StatusOr<v1::DismissDuplicateResponse> DuplicateService::DismissDuplicate(
    const CallContext& call, const v1::DismissDuplicateRequest& request) {
  const absl::StatusOr<Id> name = ParseName("name", "customers", request.name());
  if (!name.ok()) return name.status();
  const absl::StatusOr<Id> other = ParseName("other", "customers", request.other());
  if (!other.ok()) return other.status();
  return IdempotentWrite<v1::DismissDuplicateResponse>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::DismissDuplicateResponse> {
        const absl::Status status =
            customer::DismissDuplicate(backend_.stores, tx, backend_.CallerOf(call), *name, *other);
        if (!status.ok()) return status;
        return v1::DismissDuplicateResponse();
      });
}

}  // namespace clientele::customer
