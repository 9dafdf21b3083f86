#include "value-svc/rpc/action_rpc.h"

#include <limits>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "clientele/value/v1/action_feed.pb.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/page_token.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/operations/plan_action.h"
#include "value-svc/rpc/action_messages.h"
#include "value-svc/rpc/condition.h"
#include "value-svc/rpc/decode_slice.h"

namespace clientele::value {

using servicekit::ParseName;

ActionRpc::ActionRpc(Backend backend, std::function<int64_t()> seed)
    : backend_(backend), seed_(std::move(seed)) {}
ActionRpc::~ActionRpc() = default;

int64_t ActionRpc::RandomSeed() {
  std::random_device device;
  return std::uniform_int_distribution<int64_t>(1, std::numeric_limits<int64_t>::max())(device);
}

absl::StatusOr<std::string> ActionRpc::Currency(Transaction& tx) {
  const auto clock = backend_.stores.facts.ReadClock(tx);
  if (!clock.ok()) return clock.status();
  return clock->base_currency;
}

absl::StatusOr<v1::Action> ActionRpc::PlanAction(const CallContext& call,
                                                 const v1::PlanActionRequest& request) {
  const absl::Time now = backend_.clock.Now();
  const absl::StatusOr<Action> wanted = Decode(request.action(), now);
  if (!wanted.ok()) return wanted.status();
  if (request.condition().empty() && !wanted->policy.has_value()) {
    return servicekit::InvalidField("condition", "must be given, or a policy in `action.policy`");
  }
  const int64_t seed = seed_();
  return servicekit::IdempotentWrite<v1::Action>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Action> {
        const absl::StatusOr<std::string> currency = Currency(tx);
        if (!currency.ok()) return currency.status();
        absl::Status status = CheckCurrency("action.cost", request.action().cost(), *currency);
        if (!status.ok()) return status;
        Action action = *wanted;
        action.seed = seed;
        action.condition = request.condition();
        if (action.policy.has_value()) {
          const absl::StatusOr<Policy> policy = backend_.stores.policies.Get(tx, *action.policy);
          if (!policy.ok()) return policy.status();
          if (action.condition.empty()) action.condition = policy->condition;
        }
        const absl::StatusOr<absl::Time> as_of = StandingAsOf(tx, backend_.stores, now);
        if (!as_of.ok()) return as_of.status();
        const absl::StatusOr<servicekit::Sql> condition =
            CompileCondition("condition", action.condition, *as_of);
        if (!condition.ok()) return condition.status();
        const absl::StatusOr<Action> planned = value::PlanAction(
            tx, backend_.stores, Author{call.principal, now}, std::move(action), *condition);
        if (!planned.ok()) return planned.status();
        v1::Action message = Encode({*planned, planned->treated_count, planned->held_out_count}, *currency);
        v1::ActionPlanned event;
        *event.mutable_action() = message;
        status = backend_.feed.Publish(tx, Id(), now, event);
        if (!status.ok()) return status;
        return message;
      });
}

absl::StatusOr<v1::Action> ActionRpc::GetAction(const CallContext& call,
                                                const v1::GetActionRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "actions", request.name());
  if (!id.ok()) return id.status();
  return servicekit::RunReading(backend_.pool, call.deadline,
                                [&](Transaction& tx) -> absl::StatusOr<v1::Action> {
                                  const absl::StatusOr<std::string> currency = Currency(tx);
                                  if (!currency.ok()) return currency.status();
                                  const auto seen = backend_.stores.actions.Get(tx, call.principal, *id);
                                  if (!seen.ok()) return seen.status();
                                  return Encode(*seen, *currency);
                                });
}

absl::StatusOr<v1::ListActionsResponse> ActionRpc::ListActions(const CallContext& call,
                                                               const v1::ListActionsRequest& request) {
  const absl::StatusOr<int> size = servicekit::PageSize(request.page_size(), 50, 1000);
  if (!size.ok()) return size.status();
  const servicekit::PageScope scope({"actions"});
  const absl::StatusOr<servicekit::PageKey> key = scope.Decode(request.page_token());
  if (!key.ok()) return key.status();
  std::optional<ActionStore::Place> after;
  if (!key->empty()) {
    const absl::StatusOr<absl::Time> time = key->Time(0);
    if (!time.ok()) return time.status();
    const absl::StatusOr<Id> id = key->GetId(1);
    if (!id.ok()) return id.status();
    after = {*time, *id};
  }
  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListActionsResponse> {
        v1::ListActionsResponse response;
        const absl::StatusOr<std::string> currency = Currency(tx);
        if (!currency.ok()) return currency.status();
        const auto actions = backend_.stores.actions.List(tx, call.principal, after, *size + 1);
        if (!actions.ok()) return actions.status();
        for (const ActionStore::Seen& seen : *actions) {
          if (response.actions_size() == *size) {
            const Action& last = (*actions)[*size - 1].action;
            response.set_next_page_token(
                scope.Encode(servicekit::PageKey().Add(last.create_time).Add(last.id)));
            break;
          }
          *response.add_actions() = Encode(seen, *currency);
        }
        return response;
      });
}

absl::StatusOr<v1::ListActionCustomersResponse> ActionRpc::ListActionCustomers(
    const CallContext& call, const v1::ListActionCustomersRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "actions", request.name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<int> size = servicekit::PageSize(request.page_size(), 50, 1000);
  if (!size.ok()) return size.status();
  const servicekit::PageScope scope({"actionCustomers", request.name()});
  const absl::StatusOr<servicekit::PageKey> key = scope.Decode(request.page_token());
  if (!key.ok()) return key.status();
  std::optional<Id> after;
  if (!key->empty()) {
    const absl::StatusOr<Id> customer = key->GetId(0);
    if (!customer.ok()) return customer.status();
    after = *customer;
  }
  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListActionCustomersResponse> {
        v1::ListActionCustomersResponse response;
        const auto seen = backend_.stores.actions.Get(tx, call.principal, *id);
        if (!seen.ok()) return seen.status();
        const auto customers =
            backend_.stores.actions.ListCustomers(tx, call.principal, *id, after, *size + 1);
        if (!customers.ok()) return customers.status();
        for (const ActionCustomer& customer : *customers) {
          if (response.customers_size() == *size) {
            response.set_next_page_token(
                scope.Encode(servicekit::PageKey().Add((*customers)[*size - 1].customer)));
            break;
          }
          v1::ActionCustomer& message = *response.add_customers();
          message.set_customer(servicekit::NameOf("customers", customer.customer));
          message.set_held_out(customer.held_out);
          message.set_score_micros(customer.score_micros);
        }
        return response;
      });
}

absl::StatusOr<v1::Action> ActionRpc::RecordActionCost(const CallContext& call,
                                                       const v1::RecordActionCostRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "actions", request.name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<Decimal> cost = DecodeCost("cost", request.cost());
  if (!cost.ok()) return cost.status();
  std::optional<int64_t> expected;
  if (!request.etag().empty()) {
    const absl::StatusOr<int64_t> version = servicekit::ParseEtag("etag", request.etag());
    if (!version.ok()) return version.status();
    expected = *version;
  }
  return servicekit::IdempotentWrite<v1::Action>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Action> {
        const absl::StatusOr<std::string> currency = Currency(tx);
        if (!currency.ok()) return currency.status();
        absl::Status status = CheckCurrency("cost", request.cost(), *currency);
        if (!status.ok()) return status;
        const absl::Time now = backend_.clock.Now();
        const auto seen =
            value::RecordActionCost(tx, backend_.stores, Author{call.principal, now}, *id, *cost, expected);
        if (!seen.ok()) return seen.status();
        v1::ActionCostRecorded event;
        *event.mutable_action() =
            Encode({seen->action, seen->action.treated_count, seen->action.held_out_count}, *currency);
        status = backend_.feed.Publish(tx, Id(), now, event);
        if (!status.ok()) return status;
        return Encode(*seen, *currency);
      });
}

absl::StatusOr<v1::ActionEffect> ActionRpc::MeasureAction(const CallContext& call,
                                                          const v1::MeasureActionRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "actions", request.name());
  if (!id.ok()) return id.status();
  const absl::Time now = backend_.clock.Now();
  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ActionEffect> {
        const absl::StatusOr<std::string> currency = Currency(tx);
        if (!currency.ok()) return currency.status();
        auto seen = backend_.stores.actions.Get(tx, call.principal, *id);
        if (!seen.ok()) return seen.status();
        const absl::Status counted = backend_.stores.actions.CountMerged(tx, {&seen->action});
        if (!counted.ok()) return counted;
        const auto outcomes = backend_.stores.actions.Outcomes(tx, call.principal, seen->action, now);
        if (!outcomes.ok()) return outcomes.status();
        v1::ActionEffect effect = Encode(MeasureEffect(seen->action, *outcomes), *currency);
        effect.set_action(request.name());
        effect.set_complete(now >= seen->action.outcome_end);
        return effect;
      });
}

absl::StatusOr<v1::QuerySpendingResponse> ActionRpc::QuerySpending(const CallContext& call,
                                                                   const v1::QuerySpendingRequest& request) {
  const absl::Time now = backend_.clock.Now();
  absl::Time start = absl::UnixEpoch(), end = now + absl::Seconds(1);
  for (const auto& [field, given, time, to] :
       {std::tuple("start_time", request.has_start_time(), &request.start_time(), &start),
        std::tuple("end_time", request.has_end_time(), &request.end_time(), &end)}) {
    if (!given) continue;
    const absl::StatusOr<absl::Time> decoded = servicekit::FromProto(field, *time);
    if (!decoded.ok()) return decoded.status();
    *to = *decoded;
  }
  absl::StatusOr<Slice> slice = DecodeSlice(request);
  if (!slice.ok()) return slice.status();
  if (!v1::QuerySpendingRequest::Grouping_IsValid(request.group_by())) {
    return servicekit::InvalidField("group_by", "is not known");
  }
  const ActionStore::Planned planned = {start, end, *std::move(slice)};
  ActionStore& actions = backend_.stores.actions;
  // One snapshot, so that rows and total are of the same facts.
  const servicekit::TransactionOptions snapshot = {.read_only = true};
  return servicekit::RunInTransaction(
      backend_.pool, call.deadline,
      [&](Transaction& tx) -> absl::StatusOr<v1::QuerySpendingResponse> {
        const absl::StatusOr<std::string> currency = Currency(tx);
        if (!currency.ok()) return currency.status();
        const auto all = actions.PlannedBetween(tx, start, end);
        if (!all.ok()) return all.status();
        const auto sums = actions.Sums(tx, call.principal, planned, now);
        if (!sums.ok()) return sums.status();
        v1::QuerySpendingResponse response = EncodeSpending(*all, *sums, *currency);
        if (request.group_by() != v1::QuerySpendingRequest::TARGET_MARKET) return response;
        const auto by_market = actions.SumsByTargetMarket(tx, call.principal, planned, now);
        if (!by_market.ok()) return by_market.status();
        *response.mutable_rows() = EncodeSpending(*all, *by_market, *currency).rows();
        return response;
      },
      snapshot);
}

}  // namespace clientele::value
