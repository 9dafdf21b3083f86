#include "customer-svc/operations/settle_customers.h"

#include <algorithm>

#include "customer-svc/operations/restored_attributes.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {

using servicekit::Id;

void CustomerSettler::Keep(Id customer, std::string field, std::string reason) {
  kept_.push_back({servicekit::NameOf("customers", customer), {std::move(field)}, std::move(reason)});
}

absl::Status CustomerSettler::SettleTeams(std::vector<Change<Customer>>& changes) {
  // Customers follow their owner, who may have changed teams by this import, too.
  std::vector<Id> owners;
  for (const auto& [before, after] : changes) {
    if (after.owner) owners.push_back(*after.owner);
  }
  const auto teams = stores_.teams.LockTeamsOfRepresentatives(tx_, owners);
  if (!teams.ok()) return teams.status();
  for (auto& [before, after] : changes) {
    if (!after.owner) continue;
    const auto team = teams->find(*after.owner);
    if (team == teams->end() || after.team == team->second) continue;
    after.team = team->second;
    Keep(after.id, "team", "The owner belongs to another team now.");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Id>> CustomerSettler::Ancestors(
    Id parent, const absl::flat_hash_map<Id, std::optional<Id>>& moved) {
  std::vector<Id> ancestors;
  for (std::optional<Id> next = parent; next;) {
    const auto stored = stores_.customers.LockAncestors(tx_, *next);
    if (!stored.ok()) return stored.status();
    next.reset();
    for (const Id id : *stored) {
      if (std::find(ancestors.begin(), ancestors.end(), id) != ancestors.end()) return ancestors;
      ancestors.push_back(id);
      if (const auto found = moved.find(id); found != moved.end()) {
        next = found->second;
        break;
      }
    }
  }
  return ancestors;
}

absl::Status CustomerSettler::SettleParents(std::vector<Change<Customer>>& changes) {
  std::vector<Customer*> pending;
  std::vector<Id> parents;
  for (auto& [before, after] : changes) {
    if (before.parent == after.parent) continue;
    pending.push_back(&after);
    if (after.parent) parents.push_back(*after.parent);
  }
  const auto aliases = stores_.customers.Aliases(tx_, parents);
  if (!aliases.ok()) return aliases.status();
  absl::flat_hash_map<Id, std::optional<Id>> moved;
  // From the top down, one of them at a time never makes a circle unless all of them together would.
  for (bool any = true; any;) {
    any = false;
    for (auto next = pending.begin(); next != pending.end();) {
      Customer& after = **next;
      if (after.parent) {
        if (const auto alias = aliases->find(*after.parent); alias != aliases->end()) {
          after.parent = alias->second;
        }
        const auto ancestors = Ancestors(*after.parent, moved);
        if (!ancestors.ok()) return ancestors.status();
        if (ancestors->empty() || !CheckParents("", after.id, *ancestors).ok()) {
          ++next;
          continue;
        }
      }
      moved.emplace(after.id, after.parent);
      next = pending.erase(next);
      any = true;
    }
  }
  for (auto& [before, after] : changes) {
    if (before.parent == after.parent || moved.contains(after.id)) continue;
    after.parent = before.parent;
    Keep(after.id, "parent", "The former parent is not there any more, or lies below it now.");
  }
  return absl::OkStatus();
}

absl::Status CustomerSettler::SettleAttributes(std::vector<Change<Customer>>& changes) {
  for (auto& [before, after] : changes) {
    const auto refused = SettleRestoredAttributes(stores_, tx_, before.attributes, after.attributes);
    if (!refused.ok()) return refused.status();
    for (const std::string& id : *refused) {
      Keep(after.id, servicekit::StrCat(kAttributePrefix, id), "Its former value is not allowed any more.");
    }
  }
  return absl::OkStatus();
}

absl::Status CustomerSettler::SettleKeys(std::vector<Change<Customer>>& changes,
                                         std::vector<Customer>* blocked) {
  std::vector<std::string> numbers;
  std::vector<ExternalId> external_ids;
  for (const auto& [before, after] : changes) {
    if (!after.registration_number.empty()) numbers.push_back(after.registration_number);
    external_ids.insert(external_ids.end(), after.external_ids.begin(), after.external_ids.end());
  }
  auto by_number = stores_.customers.FindByRegistrationNumbers(tx_, numbers);
  if (!by_number.ok()) return by_number.status();
  auto by_external_id = stores_.customers.FindByExternalIds(tx_, external_ids);
  if (!by_external_id.ok()) return by_external_id.status();
  const auto number_taken = [&](const Customer& customer) {
    const auto holder = by_number->find(customer.registration_number);
    return holder != by_number->end() && holder->second != customer.id;
  };
  const auto id_taken = [&](const Customer& customer) {
    return std::any_of(customer.external_ids.begin(), customer.external_ids.end(), [&](const ExternalId& id) {
      const auto holder = by_external_id->find(id);
      return holder != by_external_id->end() && holder->second != customer.id;
    });
  };
  // What it gives up is free for the others from here on, and what it takes is not.
  const auto hand_over = [&](const Customer& before, const Customer& after) {
    by_number->erase(before.registration_number);
    if (!after.registration_number.empty()) {
      by_number->insert_or_assign(after.registration_number, after.id);
    }
    for (const ExternalId& id : before.external_ids) by_external_id->erase(id);
    for (const ExternalId& id : after.external_ids) by_external_id->insert_or_assign(id, after.id);
  };

  std::vector<Change<Customer>> ordered;
  while (!changes.empty()) {
    auto next = std::find_if(changes.begin(), changes.end(), [&](const Change<Customer>& change) {
      return !number_taken(change.after) && !id_taken(change.after);
    });
    if (next == changes.end()) {
      next = changes.begin();
      auto& [before, after] = *next;
      const bool number = number_taken(after), id = id_taken(after);
      if (blocked != nullptr) {
        blocked->push_back(after);
      } else {
        if (number)
          Keep(after.id, "registration_number", "The former number belongs to another customer now.");
        if (id) Keep(after.id, "external_ids", "A former external id belongs to another customer now.");
      }
      if (number) after.registration_number = before.registration_number;
      if (id) after.external_ids = before.external_ids;
    }
    hand_over(next->before, next->after);
    ordered.push_back(std::move(*next));
    changes.erase(next);
  }
  std::erase_if(ordered, [](const Change<Customer>& change) {
    return ChangedFields(change.before, change.after).empty();
  });
  changes = std::move(ordered);
  return absl::OkStatus();
}

}  // namespace clientele::customer
