#include "value-svc/rpc/policy_rpc.h"

#include <optional>
#include <utility>
#include <vector>

#include "clientele/value/v1/action_feed.pb.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/field_mask.h"
#include "servicekit/rpc/page_token.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/operations/change_policy.h"
#include "value-svc/operations/plan_action.h"
#include "value-svc/rpc/condition.h"
#include "value-svc/rpc/policy_messages.h"

namespace clientele::value {
namespace {

using servicekit::ParseName;

absl::StatusOr<std::optional<int64_t>> ExpectedVersion(std::string_view field, const std::string& etag) {
  if (etag.empty()) return std::optional<int64_t>();
  const absl::StatusOr<int64_t> version = servicekit::ParseEtag(field, etag);
  if (!version.ok()) return version.status();
  return std::optional<int64_t>(*version);
}

// Where a list of recommendations goes on: in which policy, and after which customer of it.
struct Cursor {
  PolicyStore::Place policy;
  std::optional<Rank> customer;
};

absl::StatusOr<Cursor> DecodeCursor(const servicekit::PageKey& key) {
  Cursor cursor;
  if (key.empty()) return cursor;
  const absl::StatusOr<int64_t> priority = key.Number(0), score = key.Number(2);
  const absl::StatusOr<Id> policy = key.GetId(1), customer = key.GetId(3);
  for (const absl::Status& status : {priority.status(), score.status(), policy.status(), customer.status()}) {
    if (!status.ok()) return status;
  }
  return Cursor{{*priority, *policy}, Rank{*score, *customer}};
}

}  // namespace

PolicyRpc::PolicyRpc(Backend backend) : backend_(backend) {}
PolicyRpc::~PolicyRpc() = default;

absl::Status PolicyRpc::PublishChange(Transaction& tx, const v1::Policy& policy) {
  v1::PolicyChanged event;
  *event.mutable_policy() = policy;
  return backend_.feed.Publish(tx, Id(), backend_.clock.Now(), event);
}

absl::StatusOr<v1::Policy> PolicyRpc::CreatePolicy(const CallContext& call,
                                                   const v1::CreatePolicyRequest& request) {
  const absl::StatusOr<Policy> wanted = Decode(request.policy());
  if (!wanted.ok()) return wanted.status();
  return servicekit::IdempotentWrite<v1::Policy>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Policy> {
        const auto policy =
            value::CreatePolicy(tx, backend_.stores, Author{call.principal, backend_.clock.Now()}, *wanted);
        if (!policy.ok()) return policy.status();
        v1::Policy message = Encode(*policy);
        if (absl::Status status = PublishChange(tx, message); !status.ok()) return status;
        return message;
      });
}

absl::StatusOr<v1::Policy> PolicyRpc::UpdatePolicy(const CallContext& call,
                                                   const v1::UpdatePolicyRequest& request) {
  const absl::StatusOr<Id> id = ParseName("policy.name", "policies", request.policy().name());
  if (!id.ok()) return id.status();
  const auto expected = ExpectedVersion("policy.etag", request.policy().etag());
  if (!expected.ok()) return expected.status();
  return servicekit::IdempotentWrite<v1::Policy>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Policy> {
        int64_t version_before = 0;
        const auto policy = value::UpdatePolicy(
            tx, backend_.stores, Author{call.principal, backend_.clock.Now()}, *id, *expected,
            [&](const Policy& before) -> absl::StatusOr<Policy> {
              version_before = before.version;
              v1::Policy message = Encode(before);
              absl::Status status = servicekit::ApplyMask(request.update_mask(), request.policy(), &message);
              if (!status.ok()) return status;
              absl::StatusOr<Policy> after = Decode(message);
              if (!after.ok()) return after;
              after->id = before.id;
              after->version = before.version;
              after->update_time = before.update_time;
              after->author = before.author;
              return after;
            });
        if (!policy.ok()) return policy.status();
        v1::Policy message = Encode(*policy);
        if (policy->version == version_before) return message;
        if (absl::Status status = PublishChange(tx, message); !status.ok()) return status;
        return message;
      });
}

absl::StatusOr<v1::Policy> PolicyRpc::GetPolicy(const CallContext& call,
                                                const v1::GetPolicyRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "policies", request.name());
  if (!id.ok()) return id.status();
  return servicekit::RunReading(backend_.pool, call.deadline,
                                [&](Transaction& tx) -> absl::StatusOr<v1::Policy> {
                                  const absl::StatusOr<Policy> policy = backend_.stores.policies.Get(tx, *id);
                                  if (!policy.ok()) return policy.status();
                                  return Encode(*policy);
                                });
}

absl::StatusOr<v1::ListPoliciesResponse> PolicyRpc::ListPolicies(const CallContext& call,
                                                                 const v1::ListPoliciesRequest& request) {
  const absl::StatusOr<int> size = servicekit::PageSize(request.page_size(), 50, 1000);
  if (!size.ok()) return size.status();
  const servicekit::PageScope scope({"policies"});
  const absl::StatusOr<servicekit::PageKey> key = scope.Decode(request.page_token());
  if (!key.ok()) return key.status();
  std::optional<PolicyStore::Place> after;
  if (!key->empty()) {
    const absl::StatusOr<int64_t> priority = key->Number(0);
    if (!priority.ok()) return priority.status();
    const absl::StatusOr<Id> id = key->GetId(1);
    if (!id.ok()) return id.status();
    after = {*priority, *id};
  }
  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListPoliciesResponse> {
        v1::ListPoliciesResponse response;
        const auto policies = backend_.stores.policies.List(tx, after, *size + 1);
        if (!policies.ok()) return policies.status();
        for (const Policy& policy : *policies) {
          if (response.policies_size() == *size) {
            const Policy& last = (*policies)[*size - 1];
            response.set_next_page_token(scope.Encode(servicekit::PageKey().Add(last.priority).Add(last.id)));
            break;
          }
          *response.add_policies() = Encode(policy);
        }
        return response;
      });
}

absl::StatusOr<v1::ListPolicyVersionsResponse> PolicyRpc::ListPolicyVersions(
    const CallContext& call, const v1::ListPolicyVersionsRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "policies", request.name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<int> size = servicekit::PageSize(request.page_size(), 50, 1000);
  if (!size.ok()) return size.status();
  const servicekit::PageScope scope({"policyVersions", request.name()});
  const absl::StatusOr<servicekit::PageKey> key = scope.Decode(request.page_token());
  if (!key.ok()) return key.status();
  std::optional<int64_t> below;
  if (!key->empty()) {
    const absl::StatusOr<int64_t> version = key->Number(0);
    if (!version.ok()) return version.status();
    below = *version;
  }
  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListPolicyVersionsResponse> {
        v1::ListPolicyVersionsResponse response;
        const auto current = backend_.stores.policies.Get(tx, *id);
        if (!current.ok()) return current.status();
        const auto versions = backend_.stores.policies.ListVersions(tx, *id, below, *size + 1);
        if (!versions.ok()) return versions.status();
        for (const Policy& policy : *versions) {
          if (response.policies_size() == *size) {
            response.set_next_page_token(
                scope.Encode(servicekit::PageKey().Add((*versions)[*size - 1].version)));
            break;
          }
          *response.add_policies() = Encode(policy);
        }
        return response;
      });
}

absl::StatusOr<v1::CheckConditionResponse> PolicyRpc::CheckCondition(
    const CallContext& call, const v1::CheckConditionRequest& request) {
  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::CheckConditionResponse> {
        const absl::StatusOr<absl::Time> as_of = StandingAsOf(tx, backend_.stores, backend_.clock.Now());
        if (!as_of.ok()) return as_of.status();
        const absl::StatusOr<servicekit::Sql> condition =
            CompileCondition("condition", request.condition(), *as_of);
        if (!condition.ok()) return condition.status();
        const auto count = backend_.stores.standings.Count(tx, call.principal, *condition);
        if (!count.ok()) return count.status();
        v1::CheckConditionResponse response;
        response.set_customer_count(*count);
        return response;
      });
}

absl::StatusOr<v1::ListRecommendationsResponse> PolicyRpc::ListRecommendations(
    const CallContext& call, const v1::ListRecommendationsRequest& request) {
  const absl::StatusOr<int> size = servicekit::PageSize(request.page_size(), 50, 1000);
  if (!size.ok()) return size.status();
  const servicekit::PageScope scope({"recommendations", request.customer(), request.policy()});
  const absl::StatusOr<servicekit::PageKey> key = scope.Decode(request.page_token());
  if (!key.ok()) return key.status();
  const absl::StatusOr<Cursor> cursor = DecodeCursor(*key);
  if (!cursor.ok()) return cursor.status();
  std::optional<Id> only_policy, named_customer;
  if (!request.policy().empty()) {
    const absl::StatusOr<Id> id = ParseName("policy", "policies", request.policy());
    if (!id.ok()) return id.status();
    only_policy = *id;
  }
  if (!request.customer().empty()) {
    const absl::StatusOr<Id> id = ParseName("customer", "customers", request.customer());
    if (!id.ok()) return id.status();
    named_customer = *id;
  }

  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListRecommendationsResponse> {
        v1::ListRecommendationsResponse response;
        const absl::StatusOr<absl::Time> as_of = StandingAsOf(tx, backend_.stores, backend_.clock.Now());
        if (!as_of.ok()) return as_of.status();
        std::optional<Id> only_customer;
        if (named_customer.has_value()) {
          const absl::StatusOr<Id> readable =
              backend_.stores.customers.FindReadable(tx, call.principal, *named_customer);
          if (!readable.ok()) return readable.status();
          only_customer = *readable;
        }
        if (only_policy.has_value()) {
          const absl::StatusOr<Policy> policy = backend_.stores.policies.Get(tx, *only_policy);
          if (!policy.ok()) return policy.status();
        }
        const auto policies = backend_.stores.policies.ListEnabled(tx, cursor->policy);
        if (!policies.ok()) return policies.status();
        servicekit::PageKey last;
        for (const Policy& policy : *policies) {
          if (only_policy.has_value() && policy.id != *only_policy) continue;
          const absl::StatusOr<servicekit::Sql> condition =
              CompileCondition("condition", policy.condition, *as_of);
          if (!condition.ok()) return absl::InternalError("a stored policy's condition cannot be read");
          // Only in the policy that the last page ended in something was listed already.
          const std::optional<Rank> after =
              policy.id == cursor->policy.id ? cursor->customer : std::optional<Rank>();
          const int left = *size - response.recommendations_size();
          const auto standings = backend_.stores.standings.List(tx, call.principal, *as_of, *condition,
                                                                only_customer, after, left + 1);
          if (!standings.ok()) return standings.status();
          for (const Standing& standing : *standings) {
            if (response.recommendations_size() == *size) {
              response.set_next_page_token(scope.Encode(last));
              return response;
            }
            *response.add_recommendations() = Encode(policy, standing);
            last = servicekit::PageKey()
                       .Add(policy.priority)
                       .Add(policy.id)
                       .Add(standing.score_micros)
                       .Add(standing.customer);
          }
        }
        return response;
      });
}

}  // namespace clientele::value
