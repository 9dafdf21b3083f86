// The RPCs of CustomerService for contacts, needs and interactions, which are handled alike.
#include "customer-svc/operations/write_child.h"
#include "customer-svc/rpc/customer_service.h"
#include "customer-svc/rpc/decode.h"
#include "customer-svc/rpc/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/field_mask.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::CallContext;
using servicekit::ChildName;
using servicekit::Id;
using servicekit::IdempotentWrite;
using servicekit::PageKey;
using servicekit::ParseName;
using servicekit::Sql;
using servicekit::StrCat;
using servicekit::Transaction;

template <typename Child, typename Request, typename Message>
absl::StatusOr<Message> Create(const Backend& backend, const CallContext& call, const Request& request,
                               const Message& message) {
  const absl::StatusOr<Id> parent = ParseName("parent", "customers", request.parent());
  if (!parent.ok()) return parent.status();
  absl::StatusOr<Child> child = DecodeOrRefuse(message, kPrefix<Child>);
  if (!child.ok()) return child.status();
  child->customer = *parent;
  return IdempotentWrite<Message>(
      backend.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<Message> {
        const auto created = CreateChild<Child>(backend.stores, tx, backend.CallerOf(call), *child);
        if (!created.ok()) return created.status();
        return Encode(*created);
      });
}

template <typename Child>
auto Get(const Backend& backend, const CallContext& call, const std::string& text)
    -> absl::StatusOr<decltype(Encode(std::declval<Child>()))> {
  const absl::StatusOr<ChildName> name = ParseName("name", "customers", kCollection<Child>, text);
  if (!name.ok()) return name.status();
  const absl::StatusOr<Child> child = RunReading(backend.pool, call.deadline, [&](Transaction& tx) {
    return backend.stores.children<Child>().Get(tx, call.principal, name->parent, name->id);
  });
  if (!child.ok()) return child.status();
  return Encode(*child);
}

// Contacts and needs in order of creation, which is that of their ids; interactions newest first.
template <typename Child>
struct ChildOrder {
  static Sql OrderBy() { return Sql("child.id"); }
  static PageKey KeyOf(const Child& last) { return PageKey().Add(last.id); }
  static absl::StatusOr<Sql> After(const PageKey& key) {
    const absl::StatusOr<Id> id = key.GetId(0);
    if (!id.ok()) return id.status();
    return Sql("child.id > ?", {*id});
  }
};
template <>
struct ChildOrder<Interaction> {
  static Sql OrderBy() { return Sql("child.event_time DESC, child.id DESC"); }
  static PageKey KeyOf(const Interaction& last) { return PageKey().Add(last.id).Add(*last.event_time); }
  static absl::StatusOr<Sql> After(const PageKey& key) {
    const absl::StatusOr<Id> id = key.GetId(0);
    const absl::StatusOr<absl::Time> time = key.Time(1);
    if (!id.ok() || !time.ok()) return id.ok() ? time.status() : id.status();
    return Sql("child.event_time <= ? AND (child.event_time < ? OR child.id < ?)", {*time, *time, *id});
  }
};

// `add` makes a new element of the response's repeated field.
template <typename Child, typename Response, typename Request, typename Add>
absl::StatusOr<Response> List(const Backend& backend, const CallContext& call, const Request& request,
                              Add add) {
  using Order = ChildOrder<Child>;
  const absl::StatusOr<Id> parent = ParseName("parent", "customers", request.parent());
  if (!parent.ok()) return parent.status();
  const absl::StatusOr<Page> page = Page::Of(request.page_size(), request.page_token(),
                                             {std::string(kCollection<Child>), request.parent()});
  if (!page.ok()) return page.status();
  const absl::StatusOr<Sql> condition = page->after.empty() ? Sql() : Order::After(page->after);
  if (!condition.ok()) return condition.status();
  absl::StatusOr<std::vector<Child>> children =
      RunReading(backend.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<std::vector<Child>> {
        const absl::StatusOr<Id> customer = backend.stores.customers.Resolve(tx, call.principal, *parent);
        if (!customer.ok()) return customer.status();
        return backend.stores.children<Child>().List(tx, *customer, *condition, Order::OrderBy(),
                                                     page->limit());
      });
  if (!children.ok()) return children.status();
  Response response;
  response.set_next_page_token(page->Cut(*children, Order::KeyOf));
  for (const Child& child : *children) *add(response) = Encode(child);
  return response;
}

template <typename Child, typename Request, typename Message>
absl::StatusOr<Message> Update(const Backend& backend, const CallContext& call, const Request& request,
                               const Message& change) {
  const absl::StatusOr<ChildName> name =
      ParseName(StrCat(kPrefix<Child>, "name"), "customers", kCollection<Child>, change.name());
  if (!name.ok()) return name.status();
  const absl::StatusOr<int64_t> version =
      servicekit::ParseEtag(StrCat(kPrefix<Child>, "etag"), change.etag());
  if (!version.ok()) return version.status();
  const auto apply = [&](const Child& current) -> absl::StatusOr<Child> {
    Message message = Encode(current);
    const absl::Status status = servicekit::ApplyMask(request.update_mask(), change, &message);
    if (!status.ok()) return status;
    return DecodeOrRefuse(message, kPrefix<Child>);
  };
  return IdempotentWrite<Message>(
      backend.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<Message> {
        const auto updated =
            UpdateChild<Child>(backend.stores, tx, backend.CallerOf(call), *name, *version, apply);
        if (!updated.ok()) return updated.status();
        return Encode(*updated);
      });
}

}  // namespace

absl::StatusOr<v1::Contact> CustomerService::CreateContact(const CallContext& call,
                                                           const v1::CreateContactRequest& request) {
  return Create<Contact>(backend_, call, request, request.contact());
}
absl::StatusOr<v1::Contact> CustomerService::GetContact(const CallContext& call,
                                                        const v1::GetContactRequest& request) {
  return Get<Contact>(backend_, call, request.name());
}
absl::StatusOr<v1::ListContactsResponse> CustomerService::ListContacts(
    const CallContext& call, const v1::ListContactsRequest& request) {
  return List<Contact, v1::ListContactsResponse>(backend_, call, request,
                                                 [](auto& response) { return response.add_contacts(); });
}
absl::StatusOr<v1::Contact> CustomerService::UpdateContact(const CallContext& call,
                                                           const v1::UpdateContactRequest& request) {
  return Update<Contact>(backend_, call, request, request.contact());
}

absl::StatusOr<v1::Need> CustomerService::CreateNeed(const CallContext& call,
                                                     const v1::CreateNeedRequest& request) {
  return Create<Need>(backend_, call, request, request.need());
}
absl::StatusOr<v1::Need> CustomerService::GetNeed(const CallContext& call,
                                                  const v1::GetNeedRequest& request) {
  return Get<Need>(backend_, call, request.name());
}
absl::StatusOr<v1::ListNeedsResponse> CustomerService::ListNeeds(const CallContext& call,
                                                                 const v1::ListNeedsRequest& request) {
  return List<Need, v1::ListNeedsResponse>(backend_, call, request,
                                           [](auto& response) { return response.add_needs(); });
}
absl::StatusOr<v1::Need> CustomerService::UpdateNeed(const CallContext& call,
                                                     const v1::UpdateNeedRequest& request) {
  return Update<Need>(backend_, call, request, request.need());
}

absl::StatusOr<v1::Interaction> CustomerService::CreateInteraction(
    const CallContext& call, const v1::CreateInteractionRequest& request) {
  return Create<Interaction>(backend_, call, request, request.interaction());
}
absl::StatusOr<v1::Interaction> CustomerService::GetInteraction(const CallContext& call,
                                                                const v1::GetInteractionRequest& request) {
  return Get<Interaction>(backend_, call, request.name());
}
absl::StatusOr<v1::ListInteractionsResponse> CustomerService::ListInteractions(
    const CallContext& call, const v1::ListInteractionsRequest& request) {
  return List<Interaction, v1::ListInteractionsResponse>(
      backend_, call, request, [](auto& response) { return response.add_interactions(); });
}
absl::StatusOr<v1::Interaction> CustomerService::UpdateInteraction(
    const CallContext& call, const v1::UpdateInteractionRequest& request) {
  return Update<Interaction>(backend_, call, request, request.interaction());
}

}  // namespace clientele::customer
