#include "customer-svc/rpc/history_service.h"

#include <google/protobuf/util/json_util.h>

#include "customer-svc/operations/erase.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {

using servicekit::CallContext;
using servicekit::ChildName;
using servicekit::Id;
using servicekit::IdempotentWrite;
using servicekit::PageKey;
using servicekit::ParseName;
using servicekit::Transaction;

v1::FieldChange Encode(const FieldChange& change) {
  v1::FieldChange message;
  message.set_field(change.field);
  // What ChangesToJson wrote is JSON; if it were not, the value would be left out.
  const auto encode = [](const std::string& json, google::protobuf::Value* value) {
    return google::protobuf::util::JsonStringToMessage(json, value).ok();
  };
  if (change.old_value && !encode(*change.old_value, message.mutable_old_value())) message.clear_old_value();
  if (change.new_value && !encode(*change.new_value, message.mutable_new_value())) message.clear_new_value();
  return message;
}

HistoryService::HistoryService(Backend backend) : backend_(backend) {}
HistoryService::~HistoryService() = default;

absl::StatusOr<v1::ListChangesResponse> HistoryService::ListChanges(const CallContext& call,
                                                                    const v1::ListChangesRequest& request) {
  const absl::StatusOr<Id> parent = ParseName("parent", "customers", request.parent());
  if (!parent.ok()) return parent.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"changes", request.parent()});
  if (!page.ok()) return page.status();
  Id before;
  if (!page->after.empty()) {
    const absl::StatusOr<Id> id = page->after.GetId(0);
    if (!id.ok()) return id.status();
    before = *id;
  }
  using Changes = std::vector<HistoryStore::Change>;
  auto changes = RunReading(backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<Changes> {
    const absl::StatusOr<Id> customer = backend_.stores.customers.Resolve(tx, call.principal, *parent);
    if (!customer.ok()) return customer.status();
    auto names = backend_.stores.customers.AliasesOf(tx, *customer);
    if (!names.ok()) return names.status();
    names->push_back(*customer);
    return backend_.stores.history.List(tx, *names, before, page->limit());
  });
  if (!changes.ok()) return changes.status();
  v1::ListChangesResponse response;
  response.set_next_page_token(
      page->Cut(*changes, [](const HistoryStore::Change& last) { return PageKey().Add(last.id); }));
  for (const HistoryStore::Change& change : *changes) {
    v1::Change* encoded = response.add_changes();
    *encoded->mutable_time() = servicekit::ToProto(change.time);
    encoded->set_actor(change.actor);
    encoded->set_method(change.method);
    encoded->set_resource(change.resource);
    for (const FieldChange& field : change.fields) *encoded->add_fields() = Encode(field);
  }
  return response;
}

absl::StatusOr<v1::EraseCustomerResponse> HistoryService::EraseCustomer(
    const CallContext& call, const v1::EraseCustomerRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "customers", request.name());
  if (!id.ok()) return id.status();
  return IdempotentWrite<v1::EraseCustomerResponse>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::EraseCustomerResponse> {
        const absl::StatusOr<Erased> erased =
            customer::EraseCustomer(backend_.stores, tx, backend_.CallerOf(call), *id);
        if (!erased.ok()) return erased.status();
        v1::EraseCustomerResponse response;
        response.set_contact_count(erased->contacts);
        response.set_need_count(erased->needs);
        response.set_interaction_count(erased->interactions);
        response.set_change_count(erased->changes);
        response.set_feed_entry_count(erased->feed_entries);
        return response;
      });
}

absl::StatusOr<v1::EraseContactResponse> HistoryService::EraseContact(
    const CallContext& call, const v1::EraseContactRequest& request) {
  const absl::StatusOr<ChildName> name = ParseName("name", "customers", "contacts", request.name());
  if (!name.ok()) return name.status();
  return IdempotentWrite<v1::EraseContactResponse>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::EraseContactResponse> {
        const absl::Status status =
            customer::EraseContact(backend_.stores, tx, backend_.CallerOf(call), *name);
        if (!status.ok()) return status;
        return v1::EraseContactResponse();
      });
}

}  // namespace clientele::customer
