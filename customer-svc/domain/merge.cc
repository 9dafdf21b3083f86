#include "customer-svc/domain/merge.h"

#include <algorithm>

#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

constexpr size_t kMostAddresses = 20, kMostContactPoints = 50, kMostTags = 50, kMostExternalIds = 20;

template <typename Value>
constexpr bool kIsList = false;
template <typename Item>
constexpr bool kIsList<std::vector<Item>> = true;
template <>
constexpr bool kIsList<AttributeValues> = true;

size_t Most(const std::vector<Address>&) { return kMostAddresses; }
size_t Most(const std::vector<ContactPoint>&) { return kMostContactPoints; }
size_t Most(const std::vector<std::string>&) { return kMostTags; }
size_t Most(const std::vector<ExternalId>&) {
  return kMostExternalIds + 1;
}  // Too many are refused, not cut.

template <typename Item>
bool Contains(const std::vector<Item>& items, const Item& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

// `items` with those of `more` that it does not have.
template <typename Item>
std::vector<Item> Union(std::vector<Item> items, const std::vector<Item>& more) {
  for (const Item& item : more) {
    if (items.size() < Most(items) && !Contains(items, item)) items.push_back(item);
  }
  return items;
}

// What the merge did to a list, undone in what the list is now.
template <typename Item>
std::vector<Item> Undo(const std::vector<Item>& before, const std::vector<Item>& after,
                       const std::vector<Item>& now) {
  if (now == after) return before;
  std::vector<Item> items;
  for (const Item& item : now) {
    const bool came_by_merge = Contains(after, item) && !Contains(before, item);
    if (!came_by_merge) items.push_back(item);
  }
  for (const Item& item : before) {
    if (!Contains(after, item) && !Contains(items, item)) items.push_back(item);
  }
  return items;
}

// Each attribute for itself: what the survivor does not have comes from the other.
AttributeValues Union(AttributeValues values, const AttributeValues& more) {
  values.insert(more.begin(), more.end());
  return values;
}

AttributeValues Undo(const AttributeValues& before, const AttributeValues& after,
                     const AttributeValues& now) {
  if (now == after) return before;
  AttributeValues values = now;
  const auto same = [](const AttributeValues& a, const AttributeValues& b, const std::string& id) {
    const auto in_a = a.find(id), in_b = b.find(id);
    if (in_a == a.end() || in_b == b.end()) return in_a == a.end() && in_b == b.end();
    return in_a->second == in_b->second;
  };
  // What was changed since stays as it is now.
  for (const auto& [id, value] : after) {
    if (same(after, now, id) && !before.contains(id)) values.erase(id);
  }
  for (const auto& [id, value] : before) {
    if (same(after, now, id)) values[id] = value;
  }
  return values;
}

bool Taken(const std::vector<std::string>& taken, std::string_view field) {
  return std::find(taken.begin(), taken.end(), field) != taken.end();
}

}  // namespace

absl::Status CheckTakenFields(std::string_view field, const std::vector<std::string>& names) {
  servicekit::Violations violations;
  for (size_t i = 0; i < names.size(); ++i) {
    bool known = false;
    ForEachField<Customer>([&](const auto& candidate) { known = known || candidate.name == names[i]; });
    const std::string at = servicekit::StrCat(field, "[", i, "]");
    if (!known) violations.Add(at, "is not a field of a customer");
    if (names[i] == "external_ids") violations.Add(at, "external ids add up; nothing is to choose");
    if (names[i] == "team") violations.Add(at, "the team follows from the owner: choose owner");
  }
  return violations.status();
}

absl::StatusOr<Customer> MergeProfiles(const Customer& survivor, const Customer& merged,
                                       const std::vector<std::string>& taken) {
  Customer after = survivor;
  ForEachField<Customer>([&](const auto& field) {
    auto& value = after.*field.member;
    const auto& other = merged.*field.member;
    if (Taken(taken, field.name)) {
      value = other;
    } else if constexpr (kIsList<std::decay_t<decltype(value)>>) {
      value = Union(value, other);
    } else if (!IsFilled(value)) {
      value = other;
    }
  });
  // Owner and team go together: the pool of a team is an answer, too.
  const bool nobodys = !survivor.owner && !survivor.team;
  const Customer& owned = Taken(taken, "owner") || nobodys ? merged : survivor;
  after.owner = owned.owner;
  after.team = owned.team;
  if (after.parent == after.id || after.parent == merged.id) {
    after.parent = merged.parent == survivor.id ? std::nullopt : merged.parent;
  }
  if (after.external_ids.size() > kMostExternalIds) {
    return servicekit::WithReason(
        absl::FailedPreconditionError(servicekit::StrCat("together they have more than ", kMostExternalIds,
                                                         " external ids; remove some first")),
        "TOO_MANY_EXTERNAL_IDS");
  }
  return after;
}

Customer SplitProfile(const Customer& before, const Customer& after, const Customer& now, FieldNames* kept) {
  Customer split = now;
  ForEachField<Customer>([&](const auto& field) {
    auto& value = split.*field.member;
    const auto& was = before.*field.member;
    const auto& became = after.*field.member;
    if constexpr (kIsList<std::decay_t<decltype(value)>>) {
      value = Undo(was, became, value);
    } else if (value == became) {
      value = was;
      return;
    }
    // What the merge left alone and someone changed since is no loss.
    if (!(now.*field.member == became) && !(was == became)) kept->push_back(field.name);
  });
  return split;
}

}  // namespace clientele::customer
