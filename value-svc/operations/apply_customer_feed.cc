#include <utility>
#include <vector>

#include "clientele/customer/v1/customer_feed.pb.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/operations/apply_feeds.h"
#include "value-svc/operations/apply_merge.h"
#include "value-svc/operations/event_fields.h"
#include "value-svc/operations/let_go.h"
#include "value-svc/operations/record_facts.h"

namespace clientele::value {
namespace {

namespace customer = clientele::customer::v1;

CustomerRow Decode(const customer::CustomerChanged& event, EventFields& fields) {
  CustomerRow row;
  row.id = fields.Name("customer", "customers", event.customer());
  row.owner = fields.OptionalName("owner", "representatives", event.owner());
  row.team = fields.OptionalName("team", "teams", event.team());
  row.version = event.version();
  row.industry = event.industry();
  row.create_time = EventFields::OptionalTime(event.has_create_time(), event.create_time());
  for (const std::string& market : event.target_markets()) {
    row.target_markets.push_back(fields.Name("target_markets", "targetMarkets", market));
  }
  return row;
}

Merge Decode(const customer::CustomersMerged& event, EventFields& fields) {
  return {fields.Name("customer_merge", "customerMerges", event.customer_merge()),
          fields.Name("survivor", "customers", event.survivor()),
          fields.Name("merged_customer", "customers", event.merged_customer())};
}

Merge Decode(const customer::CustomersSplit& event, EventFields& fields) {
  return {fields.Name("customer_merge", "customerMerges", event.customer_merge()),
          fields.Name("survivor", "customers", event.survivor()),
          fields.Name("restored_customer", "customers", event.restored_customer())};
}

// When a customer came to be, as far as that was told: without a fact it has no value before.
absl::Time Since(const CustomerRow& row) {
  static const absl::Time kEndOfTime = absl::FromCivil(absl::CivilDay(9999, 12, 31), absl::UTCTimeZone());
  return row.create_time.value_or(kEndOfTime);
}

Fact Decode(const customer::InteractionLogged& event, const ActivityRates& rates, EventFields& fields) {
  Fact fact;
  fact.kind = FactKind::kInteractionHeld;
  fact.origin = fields.Name("customer", "customers", event.customer());
  fact.source = fields.Name("interaction", "customers", "interactions", event.interaction()).id;
  fact.event_time = EventFields::Time(event.event_time());
  fact.channel = ChannelNamed(event.channel());
  fact.held = event.held();
  if (fact.held) fact.cost = rates.Of(fact.channel);
  return fact;
}

// Who was not heard of as a customer before is there from its creation on, whatever facts came earlier; the
// others are marked only if they have no score yet.
absl::Status MarkHeardOf(Transaction& tx, Stores& stores, std::vector<RescoreQueue::Touched> heard_of) {
  std::vector<Id> ids;
  for (const RescoreQueue::Touched& one : heard_of) ids.push_back(one.customer);
  const auto known = stores.customers.CreateTimes(tx, ids);
  if (!known.ok()) return known.status();
  std::vector<RescoreQueue::Touched> created, changed;
  for (const RescoreQueue::Touched& one : heard_of) {
    (known->contains(one.customer) ? changed : created).push_back(one);
  }
  const absl::Status status = stores.queue.Add(tx, std::move(created));
  return status.ok() ? stores.queue.AddUnscored(tx, std::move(changed)) : status;
}

}  // namespace

absl::Status ApplyCustomerFeed(Transaction& tx, Stores& stores, const ActivityRates& rates,
                               const clientele::type::v1::ReadFeedResponse& batch) {
  std::vector<Fact> facts;
  std::vector<CustomerRow> customers;
  std::vector<RescoreQueue::Touched> heard_of;
  std::vector<std::pair<Merge, bool>> merges;
  std::vector<Id> deleted;
  EventFields fields;
  for (const clientele::type::v1::FeedEntry& entry : batch.entries()) {
    if (customer::CustomerChanged event; entry.event().UnpackTo(&event)) {
      customers.push_back(Decode(event, fields));
      heard_of.push_back({customers.back().id, Since(customers.back())});
    } else if (customer::InteractionLogged logged; entry.event().UnpackTo(&logged)) {
      Fact fact = Decode(logged, rates, fields);
      fact.feed = Feed::kCustomer;
      fact.position = entry.position();
      fact.id = FactId(fact.event_time, fact.feed, fact.position);
      facts.push_back(std::move(fact));
    } else if (customer::CustomersMerged merged; entry.event().UnpackTo(&merged)) {
      merges.emplace_back(Decode(merged, fields), false);
    } else if (customer::CustomersSplit split; entry.event().UnpackTo(&split)) {
      merges.emplace_back(Decode(split, fields), true);
    } else if (customer::CustomerErased erased; entry.event().UnpackTo(&erased)) {
      // Nothing that tells who somebody was is kept here, and figures stay.
      if (erased.deleted()) deleted.push_back(fields.Name("customer", "customers", erased.customer()));
    } else if (customer::TeamChanged changed; entry.event().UnpackTo(&changed)) {
      const Id team = fields.Name("team.name", "teams", changed.team().name());
      const std::optional<Id> parent = fields.OptionalName("team.parent", "teams", changed.team().parent());
      if (fields.status().ok()) {
        if (absl::Status status = stores.customers.AddTeam(tx, team, parent); !status.ok()) return status;
      }
    }
    if (!fields.status().ok()) {
      return absl::Status(fields.status().code(),
                          servicekit::StrCat("customer feed, position ", entry.position(), ": ",
                                             servicekit::ToStd(fields.status().message())));
    }
  }
  absl::Status status = MarkHeardOf(tx, stores, std::move(heard_of));
  if (status.ok()) status = stores.customers.Keep(tx, std::move(customers));
  if (status.ok()) status = RecordFacts(tx, stores, std::move(facts), "");
  for (const auto& [merge, undone] : merges) {
    if (status.ok()) status = ApplyMerge(tx, stores, merge, undone);
  }
  return status.ok() ? LetGo(tx, stores, std::move(deleted)) : status;
}

}  // namespace clientele::value
