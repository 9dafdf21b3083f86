#include "customer-svc/rpc/merge_service.h"

#include "customer-svc/operations/merge_customers.h"
#include "customer-svc/rpc/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::CallContext;
using servicekit::Id;
using servicekit::IdempotentWrite;
using servicekit::NameOf;
using servicekit::PageKey;
using servicekit::ParseName;
using servicekit::Transaction;

absl::StatusOr<MergeCommand> Decode(const v1::MergeCustomersRequest& request) {
  servicekit::Violations violations;
  const absl::StatusOr<Id> survivor = ParseName("survivor", "customers", request.survivor());
  violations.Add("survivor", survivor.status());
  const absl::StatusOr<Id> merged = ParseName("merged_customer", "customers", request.merged_customer());
  violations.Add("merged_customer", merged.status());
  const absl::StatusOr<int64_t> survivor_version =
      servicekit::ParseEtag("survivor_etag", request.survivor_etag());
  violations.Add("survivor_etag", survivor_version.status());
  const absl::StatusOr<int64_t> merged_version = servicekit::ParseEtag("merged_etag", request.merged_etag());
  violations.Add("merged_etag", merged_version.status());
  if (!violations.empty()) return violations.status();
  return MergeCommand{*survivor,
                      *merged,
                      {request.fields_from_merged().begin(), request.fields_from_merged().end()},
                      *survivor_version,
                      *merged_version};
}

v1::CustomerMerge Encode(const CustomerMerge& merge) {
  v1::CustomerMerge message;
  message.set_name(NameOf("customerMerges", merge.id));
  message.set_survivor(NameOf("customers", merge.survivor));
  message.set_merged_customer(NameOf("customers", merge.merged));
  message.set_state(static_cast<v1::CustomerMerge::State>(merge.state));
  message.set_actor(merge.actor);
  *message.mutable_merge_time() = servicekit::ToProto(merge.merge_time);
  message.set_split_actor(merge.split_actor);
  if (merge.split_time) *message.mutable_split_time() = servicekit::ToProto(*merge.split_time);
  message.set_contact_count(merge.contacts);
  message.set_need_count(merge.needs);
  message.set_interaction_count(merge.interactions);
  message.set_subsidiary_count(merge.subsidiaries);
  return message;
}

v1::SplitCustomersResponse Encode(const SplitResult& split) {
  v1::SplitCustomersResponse message;
  *message.mutable_survivor() = Encode(split.survivor);
  *message.mutable_restored_customer() = Encode(split.restored);
  for (const SplitResult::Remainder& remainder : split.remainders) {
    auto* encoded = message.add_remainders();
    encoded->set_customer(NameOf("customers", remainder.customer));
    encoded->set_field(remainder.field);
    encoded->set_description(remainder.description);
  }
  return message;
}

struct SplitCommand {
  Id merge;
  int64_t survivor_version;
};
absl::StatusOr<SplitCommand> Decode(const v1::SplitCustomersRequest& request) {
  const absl::StatusOr<Id> merge = ParseName("name", "customerMerges", request.name());
  if (!merge.ok()) return merge.status();
  const absl::StatusOr<int64_t> version = servicekit::ParseEtag("survivor_etag", request.survivor_etag());
  if (!version.ok()) return version.status();
  return SplitCommand{*merge, *version};
}

// What `body` would answer; everything that it wrote is rolled back.
template <typename Body>
auto Previewed(const Backend& backend, const CallContext& call, Body body)
    -> std::invoke_result_t<Body, Transaction&> {
  std::invoke_result_t<Body, Transaction&> result = absl::UnknownError("not run");
  const absl::Status status = RunTransaction(backend.pool, call.deadline, [&](Transaction& tx) {
    result = body(tx);
    return result.ok() ? absl::CancelledError("a preview") : result.status();
  });
  if (absl::IsCancelled(status) && result.ok()) return result;
  return status;
}

}  // namespace

MergeService::MergeService(Backend backend) : backend_(backend) {}
MergeService::~MergeService() = default;

absl::StatusOr<v1::CustomerMerge> MergeService::MergeCustomers(const CallContext& call,
                                                               const v1::MergeCustomersRequest& request) {
  const absl::StatusOr<MergeCommand> command = Decode(request);
  if (!command.ok()) return command.status();
  return IdempotentWrite<v1::CustomerMerge>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::CustomerMerge> {
        const auto merged = customer::MergeCustomers(backend_.stores, tx, backend_.CallerOf(call), *command);
        if (!merged.ok()) return merged.status();
        return Encode(merged->merge);
      });
}

grpc::ServerUnaryReactor* MergeService::PreviewMerge(grpc::CallbackServerContext* context,
                                                     const v1::MergeCustomersRequest* request,
                                                     v1::PreviewMergeResponse* response) {
  return servicekit::Serve(
      backend_.executor, context, request, response,
      [this](const CallContext& call,
             const v1::MergeCustomersRequest& r) -> absl::StatusOr<v1::PreviewMergeResponse> {
        const absl::StatusOr<MergeCommand> command = Decode(r);
        if (!command.ok()) return command.status();
        const auto merged = Previewed(backend_, call, [&](Transaction& tx) {
          return customer::MergeCustomers(backend_.stores, tx, backend_.CallerOf(call), *command);
        });
        if (!merged.ok()) return merged.status();
        v1::PreviewMergeResponse message;
        *message.mutable_survivor() = Encode(merged->survivor);
        *message.mutable_merge() = Encode(merged->merge);
        message.mutable_merge()->clear_name();
        return message;
      });
}

absl::StatusOr<v1::CustomerMerge> MergeService::GetCustomerMerge(const CallContext& call,
                                                                 const v1::GetCustomerMergeRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "customerMerges", request.name());
  if (!id.ok()) return id.status();
  const auto merge =
      RunReading(backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<CustomerMerge> {
        absl::StatusOr<CustomerMerge> found = backend_.stores.merges.Get(tx, *id);
        if (!found.ok()) return found;
        const absl::Status visible =
            backend_.stores.customers.CheckVisible(tx, call.principal, found->survivor);
        if (absl::IsNotFound(visible)) return absl::NotFoundError("no such merge");
        if (!visible.ok()) return visible;
        return found;
      });
  if (!merge.ok()) return merge.status();
  return Encode(*merge);
}

absl::StatusOr<v1::ListCustomerMergesResponse> MergeService::ListCustomerMerges(
    const CallContext& call, const v1::ListCustomerMergesRequest& request) {
  const absl::StatusOr<Id> customer = ParseName("customer", "customers", request.customer());
  if (!customer.ok()) return customer.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"customerMerges", request.customer()});
  if (!page.ok()) return page.status();
  Id before;
  if (!page->after.empty()) {
    const absl::StatusOr<Id> id = page->after.GetId(0);
    if (!id.ok()) return id.status();
    before = *id;
  }
  auto merges = RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<std::vector<CustomerMerge>> {
        const absl::StatusOr<Id> named = backend_.stores.customers.Resolve(tx, call.principal, *customer);
        if (!named.ok()) return named.status();
        return backend_.stores.merges.List(tx, *named, before, page->limit());
      });
  if (!merges.ok()) return merges.status();
  v1::ListCustomerMergesResponse response;
  response.set_next_page_token(
      page->Cut(*merges, [](const CustomerMerge& last) { return PageKey().Add(last.id); }));
  for (const CustomerMerge& merge : *merges) *response.add_customer_merges() = Encode(merge);
  return response;
}

absl::StatusOr<v1::SplitCustomersResponse> MergeService::SplitCustomers(
    const CallContext& call, const v1::SplitCustomersRequest& request) {
  const absl::StatusOr<SplitCommand> command = Decode(request);
  if (!command.ok()) return command.status();
  return IdempotentWrite<v1::SplitCustomersResponse>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::SplitCustomersResponse> {
        const auto split = customer::SplitCustomers(backend_.stores, tx, backend_.CallerOf(call),
                                                    command->merge, command->survivor_version);
        if (!split.ok()) return split.status();
        return Encode(*split);
      });
}

grpc::ServerUnaryReactor* MergeService::PreviewSplit(grpc::CallbackServerContext* context,
                                                     const v1::SplitCustomersRequest* request,
                                                     v1::SplitCustomersResponse* response) {
  return servicekit::Serve(
      backend_.executor, context, request, response,
      [this](const CallContext& call,
             const v1::SplitCustomersRequest& r) -> absl::StatusOr<v1::SplitCustomersResponse> {
        const absl::StatusOr<SplitCommand> command = Decode(r);
        if (!command.ok()) return command.status();
        const auto split = Previewed(backend_, call, [&](Transaction& tx) {
          return customer::SplitCustomers(backend_.stores, tx, backend_.CallerOf(call), command->merge,
                                          command->survivor_version);
        });
        if (!split.ok()) return split.status();
        return Encode(*split);
      });
}

}  // namespace clientele::customer
