#include "customer-svc/rpc/target_market_service.h"

#include "customer-svc/operations/write_target_market.h"
#include "customer-svc/rpc/customer_listing.h"
#include "customer-svc/rpc/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/field_mask.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::CallContext;
using servicekit::Id;
using servicekit::IdempotentWrite;
using servicekit::ParseName;
using servicekit::Sql;
using servicekit::Transaction;

TargetMarket Decode(const v1::TargetMarket& message) {
  return {.display_name = message.display_name(),
          .description = message.description(),
          .filter = message.filter(),
          .estimated_size = message.estimated_size()};
}

v1::TargetMarket Encode(const TargetMarket& market, int64_t members) {
  v1::TargetMarket message;
  message.set_name(servicekit::NameOf("targetMarkets", market.id));
  message.set_display_name(market.display_name);
  message.set_description(market.description);
  message.set_filter(market.filter);
  message.set_estimated_size(market.estimated_size);
  message.set_member_count(members);
  message.set_coverage(Coverage(members, market.estimated_size));
  message.set_computing(market.computing);
  *message.mutable_create_time() = servicekit::ToProto(market.create_time);
  *message.mutable_update_time() = servicekit::ToProto(market.update_time);
  message.set_etag(servicekit::EtagOf(market.version));
  return message;
}

// With the number of members that the caller may see.
absl::StatusOr<v1::TargetMarket> EncodeCounted(const Backend& backend, Transaction& tx,
                                               const servicekit::Principal& reader,
                                               const absl::StatusOr<TargetMarket>& market) {
  if (!market.ok()) return market.status();
  const auto counts = backend.stores.target_markets.CountMembers(tx, reader, market->id);
  if (!counts.ok()) return counts.status();
  const auto count = counts->find(market->id);
  return Encode(*market, count == counts->end() ? 0 : count->second);
}

}  // namespace

TargetMarketService::TargetMarketService(Backend backend) : backend_(backend) {}
TargetMarketService::~TargetMarketService() = default;

absl::StatusOr<v1::TargetMarket> TargetMarketService::CreateTargetMarket(
    const CallContext& call, const v1::CreateTargetMarketRequest& request) {
  return IdempotentWrite<v1::TargetMarket>(backend_.pool, call, request, [&](Transaction& tx) {
    return EncodeCounted(backend_, tx, call.principal,
                         customer::CreateTargetMarket(backend_.stores, tx, backend_.CallerOf(call),
                                                      Decode(request.target_market())));
  });
}

absl::StatusOr<v1::TargetMarket> TargetMarketService::GetTargetMarket(
    const CallContext& call, const v1::GetTargetMarketRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "targetMarkets", request.name());
  if (!id.ok()) return id.status();
  return RunReading(backend_.pool, call.deadline, [&](Transaction& tx) {
    return EncodeCounted(backend_, tx, call.principal, backend_.stores.target_markets.Get(tx, *id));
  });
}

absl::StatusOr<v1::ListTargetMarketsResponse> TargetMarketService::ListTargetMarkets(
    const CallContext& call, const v1::ListTargetMarketsRequest& /*request*/) {
  return RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListTargetMarketsResponse> {
        const auto markets = backend_.stores.target_markets.List(tx);
        if (!markets.ok()) return markets.status();
        const auto counts = backend_.stores.target_markets.CountMembers(tx, call.principal, std::nullopt);
        if (!counts.ok()) return counts.status();
        v1::ListTargetMarketsResponse response;
        for (const TargetMarket& market : *markets) {
          const auto count = counts->find(market.id);
          *response.add_target_markets() = Encode(market, count == counts->end() ? 0 : count->second);
        }
        return response;
      });
}

absl::StatusOr<v1::TargetMarket> TargetMarketService::UpdateTargetMarket(
    const CallContext& call, const v1::UpdateTargetMarketRequest& request) {
  const v1::TargetMarket& change = request.target_market();
  const absl::StatusOr<Id> id = ParseName("target_market.name", "targetMarkets", change.name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<int64_t> version = servicekit::ParseEtag("target_market.etag", change.etag());
  if (!version.ok()) return version.status();
  const auto apply = [&](const TargetMarket& current) -> absl::StatusOr<TargetMarket> {
    v1::TargetMarket message = Encode(current, 0);
    const absl::Status status = servicekit::ApplyMask(request.update_mask(), change, &message);
    if (!status.ok()) return status;
    return Decode(message);
  };
  return IdempotentWrite<v1::TargetMarket>(backend_.pool, call, request, [&](Transaction& tx) {
    return EncodeCounted(
        backend_, tx, call.principal,
        customer::UpdateTargetMarket(backend_.stores, tx, backend_.CallerOf(call), *id, *version, apply));
  });
}

absl::StatusOr<v1::DeleteTargetMarketResponse> TargetMarketService::DeleteTargetMarket(
    const CallContext& call, const v1::DeleteTargetMarketRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "targetMarkets", request.name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<int64_t> version = servicekit::ParseEtag("etag", request.etag());
  if (!version.ok()) return version.status();
  return IdempotentWrite<v1::DeleteTargetMarketResponse>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::DeleteTargetMarketResponse> {
        const absl::Status status =
            customer::DeleteTargetMarket(backend_.stores, tx, backend_.CallerOf(call), *id, *version);
        if (!status.ok()) return status;
        return v1::DeleteTargetMarketResponse();
      });
}

absl::StatusOr<v1::ListTargetMarketMembersResponse> TargetMarketService::ListTargetMarketMembers(
    const CallContext& call, const v1::ListTargetMarketMembersRequest& request) {
  const absl::StatusOr<Id> id = ParseName("parent", "targetMarkets", request.parent());
  if (!id.ok()) return id.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"members", request.parent()});
  if (!page.ok()) return page.status();
  const auto order = ParseCustomerOrder("name");
  if (!order.ok()) return order.status();
  Sql condition("customers.id IN (SELECT customer_id FROM target_market_members WHERE market_id = ?)", {*id});
  if (!page->after.empty()) {
    const absl::StatusOr<Sql> after = order->After(page->after);
    if (!after.ok()) return after.status();
    condition += Sql(" AND ") + *after;
  }
  absl::StatusOr<std::vector<Customer>> members =
      RunReading(backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<std::vector<Customer>> {
        const auto market = backend_.stores.target_markets.Get(tx, *id);
        if (!market.ok()) return market.status();
        return backend_.stores.customers.List(tx, call.principal, condition, order->OrderBy(), page->limit());
      });
  if (!members.ok()) return members.status();
  v1::ListTargetMarketMembersResponse response;
  response.set_next_page_token(
      page->Cut(*members, [&](const Customer& last) { return KeyOf(*order, last); }));
  for (const Customer& member : *members) *response.add_members() = customer::Encode(member);
  return response;
}

}  // namespace clientele::customer
