#include "value-svc/rpc/fact_rpc.h"

#include <optional>

#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/page_token.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/rpc/encode.h"

namespace clientele::value {
namespace {

absl::StatusOr<std::optional<FactStore::PageKey>> DecodeKey(const servicekit::PageKey& key) {
  if (key.empty()) return std::optional<FactStore::PageKey>();
  const absl::StatusOr<absl::Time> time = key.Time(0);
  if (!time.ok()) return time.status();
  const absl::StatusOr<Id> id = key.GetId(1);
  if (!id.ok()) return id.status();
  return std::optional<FactStore::PageKey>({*time, *id});
}

}  // namespace

FactRpc::FactRpc(Backend backend) : backend_(backend) {}
FactRpc::~FactRpc() = default;

absl::StatusOr<v1::ListFactsResponse> FactRpc::ListFacts(const servicekit::CallContext& call,
                                                         const v1::ListFactsRequest& request) {
  const absl::StatusOr<Id> customer = servicekit::ParseName("parent", "customers", request.parent());
  if (!customer.ok()) return customer.status();
  const absl::StatusOr<int> size = servicekit::PageSize(request.page_size(), 50, 1000);
  if (!size.ok()) return size.status();
  const servicekit::PageScope scope({"facts", request.parent()});
  const absl::StatusOr<servicekit::PageKey> key = scope.Decode(request.page_token());
  if (!key.ok()) return key.status();
  const absl::StatusOr<std::optional<FactStore::PageKey>> after = DecodeKey(*key);
  if (!after.ok()) return after.status();

  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListFactsResponse> {
        const absl::StatusOr<Id> counted =
            backend_.stores.customers.FindReadable(tx, call.principal, *customer);
        if (!counted.ok()) return counted.status();
        const auto clock = backend_.stores.facts.ReadClock(tx);
        if (!clock.ok()) return clock.status();
        const auto facts = backend_.stores.facts.List(tx, *counted, *after, *size + 1);
        if (!facts.ok()) return facts.status();
        v1::ListFactsResponse response;
        for (const Fact& fact : *facts) {
          if (response.facts_size() == *size) {
            const Fact& last = (*facts)[*size - 1];
            response.set_next_page_token(
                scope.Encode(servicekit::PageKey().Add(last.event_time).Add(last.id)));
            break;
          }
          *response.add_facts() = Encode(fact, clock->base_currency);
        }
        return response;
      });
}

absl::StatusOr<v1::SummarizeFactsResponse> FactRpc::SummarizeFacts(const servicekit::CallContext& call,
                                                                   const v1::SummarizeFactsRequest& request) {
  std::optional<absl::Time> as_of;
  if (request.has_as_of_time()) {
    const absl::StatusOr<absl::Time> time = servicekit::FromProto("as_of_time", request.as_of_time());
    if (!time.ok()) return time.status();
    as_of = *time;
  }
  // One snapshot, so that the sums are those at the positions beside them.
  const servicekit::TransactionOptions snapshot = {.read_only = true};
  return servicekit::RunInTransaction(
      backend_.pool, call.deadline,
      [&](Transaction& tx) -> absl::StatusOr<v1::SummarizeFactsResponse> {
        v1::SummarizeFactsResponse response;
        const auto positions = backend_.stores.facts.FeedPositions(tx);
        if (!positions.ok()) return positions.status();
        const auto clock = backend_.stores.facts.ReadClock(tx);
        if (!clock.ok()) return clock.status();
        const auto sums = backend_.stores.facts.Summarize(tx, call.principal, as_of);
        if (!sums.ok()) return sums.status();
        for (const FactStore::Sum& sum : *sums) {
          v1::SummarizeFactsResponse::Row& row = *response.add_rows();
          row.set_kind(static_cast<v1::Fact::Kind>(sum.kind));
          row.set_fact_count(sum.count);
          *row.mutable_amount() = EncodeMoney(sum.amount, clock->base_currency);
          *row.mutable_cost() = EncodeMoney(sum.cost, clock->base_currency);
        }
        for (const auto& [source, position] : *positions) {
          v1::SummarizeFactsResponse::FeedPosition& feed = *response.add_feed_positions();
          feed.set_source(source);
          feed.set_position(position);
        }
        return response;
      },
      snapshot);
}

}  // namespace clientele::value
