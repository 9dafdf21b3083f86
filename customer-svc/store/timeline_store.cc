#include "customer-svc/store/timeline_store.h"

#include <algorithm>

#include "customer-svc/store/customer_store.h"
#include "customer-svc/store/lookup.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;
using servicekit::Transaction;

// The first id that could be made in the millisecond of `time`, or after it.
Id FirstIdAt(absl::Time time) {
  const int64_t millis = std::max<int64_t>(absl::ToUnixMillis(time), 0);
  std::string bytes(Id::kSize, '\0');
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<char>(millis >> (8 * (5 - i)));
  return *Id::FromBytes(bytes);
}

// History rows are in the order of their ids, which begin with the millisecond: no other index is needed. An
// id below the result is exactly one whose place is before `place`.
Id BoundFor(const TimelinePlace& place) {
  const absl::Time millisecond = absl::FromUnixMillis(absl::ToUnixMillis(place.time));
  const Id next = FirstIdAt(millisecond + absl::Milliseconds(1));
  if (millisecond != place.time) return next;
  return std::clamp(place.id, FirstIdAt(millisecond), next);
}

ProfileChange ReadChange(const Row& row) {
  return {.time = row.Time(1),
          .resource = row.Text(2),
          .actor = row.Text(3),
          .method = row.Text(4),
          .fields = ChangesFromJson(row.Text(5))};
}

// What created a contact, need or interaction is left out: that is an entry of its own. Such a row says first
// of all what is never empty, and that there was nothing before.
constexpr SqlText kSelectHistory = R"sql(
    SELECT id, time, resource, actor, method, changes
      FROM history
     WHERE NOT (resource LIKE 'customers/%/%'
                AND JSON_UNQUOTE(JSON_EXTRACT(changes, '$[0].field')) IN ('display_name', 'description', 'channel')
                AND JSON_EXTRACT(changes, '$[0].old') IS NULL))sql";

template <typename Child>
struct Moment;
template <>
struct Moment<Interaction> {
  static constexpr SqlText kOrder = "child.event_time DESC, child.id DESC";
  static constexpr SqlText kBefore = "child.event_time <= ? AND (child.event_time < ? OR child.id < ?)";
  static absl::Time Of(const Interaction& interaction) { return *interaction.event_time; }
};
template <typename Child>
struct Moment {
  static constexpr SqlText kOrder = "child.create_time DESC, child.id DESC";
  static constexpr SqlText kBefore = "child.create_time <= ? AND (child.create_time < ? OR child.id < ?)";
  static absl::Time Of(const Child& child) { return child.create_time; }
};

template <typename Child>
absl::Status AddChildren(Transaction& tx, Id customer, const std::optional<TimelinePlace>& before,
                         int64_t limit, std::vector<TimelineEntry>& entries) {
  const Sql condition =
      before ? Sql(Moment<Child>::kBefore, {before->time, before->time, before->id}) : Sql();
  auto children = ChildStore<Child>().List(tx, customer, condition, Sql(Moment<Child>::kOrder), limit);
  if (!children.ok()) return children.status();
  for (Child& child : *children) {
    const TimelinePlace place{Moment<Child>::Of(child), child.id};
    entries.push_back({place, std::move(child)});
  }
  return absl::OkStatus();
}

// Also of those that were merged into the customer, whose contacts, needs and interactions are the customer's
// by now.
absl::Status AddHistory(Transaction& tx, Id customer, const std::optional<TimelinePlace>& before,
                        int64_t limit, std::vector<TimelineEntry>& entries) {
  auto names = CustomerStore().AliasesOf(tx, customer);
  if (!names.ok()) return names.status();
  names->push_back(customer);
  Sql sql = Sql(kSelectHistory) + Sql(" AND customer_id IN ") + InList(*names);
  if (before) sql += Sql(" AND id < ?", {BoundFor(*before)});
  return tx.Query(sql + Sql(" ORDER BY id DESC LIMIT ?", {limit}), [&](const Row& row) {
    const Id id = row.Id(0);
    entries.push_back({{id.time(), id}, ReadChange(row)});
    return absl::OkStatus();
  });
}

}  // namespace

absl::StatusOr<std::vector<TimelineEntry>> TimelineStore::List(Transaction& tx, Id customer,
                                                               const std::optional<TimelinePlace>& before,
                                                               int64_t limit) {
  std::vector<TimelineEntry> entries;
  absl::Status status = AddChildren<Interaction>(tx, customer, before, limit, entries);
  if (status.ok()) status = AddChildren<Contact>(tx, customer, before, limit, entries);
  if (status.ok()) status = AddChildren<Need>(tx, customer, before, limit, entries);
  if (status.ok()) status = AddHistory(tx, customer, before, limit, entries);
  if (!status.ok()) return status;
  std::sort(entries.begin(), entries.end(),
            [](const TimelineEntry& a, const TimelineEntry& b) { return a.place > b.place; });
  if (entries.size() > static_cast<size_t>(limit)) entries.resize(limit);
  return entries;
}

}  // namespace clientele::customer
