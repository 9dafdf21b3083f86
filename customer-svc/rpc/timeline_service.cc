#include "customer-svc/rpc/timeline_service.h"

#include "customer-svc/rpc/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::CallContext;
using servicekit::Id;
using servicekit::PageKey;
using servicekit::Transaction;

struct EncodeEntry {
  v1::TimelineEntry& message;

  void operator()(const Interaction& interaction) const {
    *message.mutable_time() = servicekit::ToProto(*interaction.event_time);
    *message.mutable_interaction() = Encode(interaction);
  }
  void operator()(const Contact& contact) const {
    *message.mutable_time() = servicekit::ToProto(contact.create_time);
    *message.mutable_contact() = Encode(contact);
  }
  void operator()(const Need& need) const {
    *message.mutable_time() = servicekit::ToProto(need.create_time);
    *message.mutable_need() = Encode(need);
  }
  void operator()(const ProfileChange& change) const {
    *message.mutable_time() = servicekit::ToProto(change.time);
    auto* encoded = message.mutable_change();
    encoded->set_resource(change.resource);
    encoded->set_actor(change.actor);
    encoded->set_method(change.method);
    for (const FieldChange& field : change.fields) {
      auto* encoded_field = encoded->add_fields();
      encoded_field->set_field(field.field);
      encoded_field->set_old_value(field.old_value.value_or(""));
      encoded_field->set_new_value(field.new_value.value_or(""));
    }
  }
};

absl::StatusOr<std::optional<TimelinePlace>> PlaceOf(const PageKey& key) {
  if (key.empty()) return std::nullopt;
  const absl::StatusOr<absl::Time> time = key.Time(0);
  const absl::StatusOr<Id> id = key.GetId(1);
  if (!time.ok() || !id.ok()) return time.ok() ? id.status() : time.status();
  return TimelinePlace{*time, *id};
}

}  // namespace

TimelineService::TimelineService(Backend backend) : backend_(backend) {}
TimelineService::~TimelineService() = default;

absl::StatusOr<v1::ListTimelineResponse> TimelineService::ListTimeline(
    const CallContext& call, const v1::ListTimelineRequest& request) {
  const absl::StatusOr<Id> parent = servicekit::ParseName("parent", "customers", request.parent());
  if (!parent.ok()) return parent.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"timeline", request.parent()});
  if (!page.ok()) return page.status();
  const auto before = PlaceOf(page->after);
  if (!before.ok()) return before.status();
  using Entries = std::vector<TimelineEntry>;
  // One snapshot for all of the tables: an entry that is written between two reads is in none of them.
  absl::StatusOr<Entries> entries =
      RunInTransaction(backend_.pool, call.deadline,
                       [&](Transaction& tx) -> absl::StatusOr<Entries> {
                         const auto customer = backend_.stores.customers.Resolve(tx, call.principal, *parent);
                         if (!customer.ok()) return customer.status();
                         return backend_.stores.timeline.List(tx, *customer, *before, page->limit());
                       },
                       {.read_only = true});
  if (!entries.ok()) return entries.status();
  v1::ListTimelineResponse response;
  response.set_next_page_token(page->Cut(
      *entries, [](const TimelineEntry& last) { return PageKey().Add(last.place.time).Add(last.place.id); }));
  for (const TimelineEntry& entry : *entries) std::visit(EncodeEntry{*response.add_entries()}, entry.what);
  return response;
}

}  // namespace clientele::customer
