#include <algorithm>
#include <set>

#include "absl/container/flat_hash_set.h"
#include "customer-svc/operations/import_batch.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Violations;

// One batch of customers at work.
class CustomerImport {
 public:
  explicit CustomerImport(ImportBatch batch) : batch_(batch) {}

  absl::Status Load(const Imports<CustomerRecord>& imports);
  absl::Status Apply(const CustomerRecord& record, ImportResult& result);
  absl::Status Save() { return workspace_.Save(batch_); }

 private:
  // The customer that the record's keys mean; nullopt: a new one. ALREADY_EXISTS when they mean several.
  absl::StatusOr<std::optional<Id>> Match(const CustomerRecord& record, Violations& violations) const;
  // What `reference` or else `id` means; a violation when that is not there.
  std::optional<Id> ResolveCustomer(const Reference& reference, const std::optional<Id>& id,
                                    Violations& violations);
  std::optional<Id> Resolve(const Reference& reference, const std::optional<Id>& id,
                            const absl::flat_hash_map<ExternalId, Id>& by_external_id,
                            const absl::flat_hash_set<Id>& existing, const char* field,
                            Violations& violations) const;
  // All above and including `customer`, as the batch has made it so far.
  absl::StatusOr<std::vector<Id>> Ancestors(Id customer);

  ImportBatch batch_;
  Workspace<Customer> workspace_;
  absl::flat_hash_map<ExternalId, Id> by_external_id_;
  absl::flat_hash_map<std::string, Id> by_registration_number_;
  absl::flat_hash_map<std::string, Id> by_former_number_;  // Of customers that were merged into these.
  absl::flat_hash_map<Id, Id> aliases_;                    // Of merged customers that are named as parents.
  absl::flat_hash_map<ExternalId, Id> representatives_, teams_;
  absl::flat_hash_map<Id, Id> teams_of_representatives_;
  absl::flat_hash_set<Id> existing_representatives_, existing_teams_;
  AttributeDefinitions attributes_;
};

absl::Status CustomerImport::Load(const Imports<CustomerRecord>& imports) {
  Referenced customers, owners, teams;
  std::vector<std::string> numbers;
  std::set<std::string> attributes;
  for (const auto& [record, result] : imports) {
    const Customer& customer = record->customer;
    for (const ExternalId& id : customer.external_ids) customers.external_ids.push_back(id);
    if (!customer.registration_number.empty()) numbers.push_back(customer.registration_number);
    customers.Add(record->parent);
    customers.Add(customer.parent);
    owners.Add(record->owner);
    owners.Add(customer.owner);
    teams.Add(record->team);
    teams.Add(customer.team);
    for (const auto& [id, value] : customer.attributes) attributes.insert(id);
  }
  auto definitions =
      batch_.stores.attributes.LockDefinitions(batch_.tx, {attributes.begin(), attributes.end()});
  if (!definitions.ok()) return definitions.status();
  attributes_ = *std::move(definitions);

  auto by_number = batch_.stores.customers.FindByRegistrationNumbers(batch_.tx, numbers);
  if (!by_number.ok()) return by_number.status();
  by_registration_number_ = *std::move(by_number);
  auto by_former = batch_.stores.customers.FindByFormerNumbers(batch_.tx, numbers);
  if (!by_former.ok()) return by_former.status();
  by_former_number_ = *std::move(by_former);

  const auto representatives =
      batch_.stores.teams.FindRepresentativesByExternalIds(batch_.tx, owners.external_ids);
  if (!representatives.ok()) return representatives.status();
  for (const auto& [external_id, representative] : *representatives) {
    representatives_.emplace(external_id, representative.id);
    owners.ids.push_back(representative.id);
  }
  const auto found_teams = batch_.stores.teams.FindTeamsByExternalIds(batch_.tx, teams.external_ids);
  if (!found_teams.ok()) return found_teams.status();
  for (const auto& [external_id, team] : *found_teams) {
    teams_.emplace(external_id, team.id);
    existing_teams_.insert(team.id);
  }
  const auto existing_teams = batch_.stores.teams.ExistingTeams(batch_.tx, teams.ids);
  if (!existing_teams.ok()) return existing_teams.status();
  existing_teams_.insert(existing_teams->begin(), existing_teams->end());

  for (const auto* found : {&by_registration_number_, &by_former_number_}) {
    for (const auto& [number, id] : *found) customers.ids.push_back(id);
  }
  std::vector<Customer> locked;
  auto names =
      LockNamed(batch_, customers, [&](std::vector<Id> ids) -> absl::StatusOr<absl::flat_hash_set<Id>> {
        auto rows = batch_.stores.customers.LockAll(batch_.tx, std::move(ids));
        if (!rows.ok()) return rows.status();
        locked = *std::move(rows);
        absl::flat_hash_set<Id> there;
        for (const Customer& customer : locked) there.insert(customer.id);
        return there;
      });
  if (!names.ok()) return names.status();
  by_external_id_ = std::move(names->by_external_id);
  aliases_ = std::move(names->aliases);
  // A customer whose owner stays may still be told a team, so the owners of what is there are asked for too.
  for (Customer& customer : locked) {
    owners.Add(customer.owner);
    workspace_.Load(std::move(customer));
  }
  auto teams_of = batch_.stores.teams.LockTeamsOfRepresentatives(batch_.tx, owners.ids);
  if (!teams_of.ok()) return teams_of.status();
  teams_of_representatives_ = *std::move(teams_of);
  for (const auto& [representative, team] : teams_of_representatives_)
    existing_representatives_.insert(representative);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Id>> CustomerImport::Match(const CustomerRecord& record,
                                                        Violations& violations) const {
  const Customer& customer = record.customer;
  if (customer.external_ids.empty() && customer.registration_number.empty()) {
    violations.Add("customer.external_ids", "external_ids or registration_number is required");
  }
  std::set<Id> matches;
  for (const ExternalId& external_id : customer.external_ids) {
    const auto found = by_external_id_.find(external_id);
    if (found != by_external_id_.end()) matches.insert(found->second);
  }
  if (const auto holder = by_registration_number_.find(customer.registration_number);
      holder != by_registration_number_.end()) {
    matches.insert(holder->second);
  } else if (const auto survivor = by_former_number_.find(customer.registration_number);
             survivor != by_former_number_.end()) {
    matches.insert(survivor->second);
  }
  if (matches.size() > 1) {
    return servicekit::WithReason(
        absl::AlreadyExistsError(
            "the external ids and the registration number belong to different customers"),
        "AMBIGUOUS_CUSTOMER");
  }
  return matches.empty() ? std::nullopt : std::optional(*matches.begin());
}

std::optional<Id> CustomerImport::Resolve(const Reference& reference, const std::optional<Id>& id,
                                          const absl::flat_hash_map<ExternalId, Id>& by_external_id,
                                          const absl::flat_hash_set<Id>& existing, const char* field,
                                          Violations& violations) const {
  if (const auto* external_id = std::get_if<ExternalId>(&reference)) {
    const auto found = by_external_id.find(*external_id);
    if (found != by_external_id.end()) return found->second;
    violations.Add(field, "nothing has this external id");
    return std::nullopt;
  }
  const auto* named = std::get_if<Id>(&reference);
  const std::optional<Id> wanted = named != nullptr ? std::optional(*named) : id;
  if (!wanted || existing.contains(*wanted)) return wanted;
  violations.Add(named != nullptr ? field : servicekit::StrCat("customer.", field), "does not exist");
  return std::nullopt;
}

std::optional<Id> CustomerImport::ResolveCustomer(const Reference& reference, const std::optional<Id>& id,
                                                  Violations& violations) {
  if (!std::holds_alternative<ExternalId>(reference)) {
    const auto* named = std::get_if<Id>(&reference);
    std::optional<Id> wanted = named != nullptr ? std::optional(*named) : id;
    if (wanted) {
      if (const auto alias = aliases_.find(*wanted); alias != aliases_.end()) wanted = alias->second;
    }
    if (wanted && workspace_.Find(*wanted) != nullptr) return wanted;
  }
  const std::optional<Id> parent = Resolve(reference, id, by_external_id_, {}, "parent", violations);
  if (!parent || workspace_.Find(*parent) != nullptr) return parent;
  violations.Add("parent", "nothing has this external id");
  return std::nullopt;
}

absl::StatusOr<std::vector<Id>> CustomerImport::Ancestors(Id customer) {
  std::vector<Id> ancestors;
  std::optional<Id> next = customer;
  while (next && std::find(ancestors.begin(), ancestors.end(), *next) == ancestors.end()) {
    ancestors.push_back(*next);
    const Customer* here = workspace_.Find(*next);
    if (here == nullptr) {
      // Above what the batch touches.
      auto above = batch_.stores.customers.LockAll(batch_.tx, {*next});
      if (!above.ok()) return above.status();
      if (above->empty()) break;
      workspace_.Load(std::move(above->front()));
      here = workspace_.Find(*next);
    }
    next = here->parent;
  }
  return ancestors;
}

absl::Status CustomerImport::Apply(const CustomerRecord& record, ImportResult& result) {
  Violations violations;
  const absl::StatusOr<std::optional<Id>> match = Match(record, violations);
  if (!match.ok()) {
    Reject(result, match.status());
    return absl::OkStatus();
  }
  const Customer* before = *match ? workspace_.Find(**match) : nullptr;
  Customer update = record.customer;
  if (const auto survivor = by_former_number_.find(update.registration_number);
      before != nullptr && survivor != by_former_number_.end() && survivor->second == before->id &&
      !before->registration_number.empty()) {
    update.registration_number.clear();  // The merged customer's; the survivor keeps its own.
  }
  update.parent = ResolveCustomer(record.parent, update.parent, violations);
  update.owner =
      Resolve(record.owner, update.owner, representatives_, existing_representatives_, "owner", violations);
  update.team = Resolve(record.team, update.team, teams_, existing_teams_, "team", violations);

  Customer after = before != nullptr ? *before : Customer{.id = Id::New(batch_.author.time)};
  // One system's export does not know the identifiers and attributes of another: they add up.
  std::vector<ExternalId> external_ids = after.external_ids;
  for (const ExternalId& id : update.external_ids) {
    if (std::find(external_ids.begin(), external_ids.end(), id) == external_ids.end())
      external_ids.push_back(id);
  }
  AttributeValues attributes = after.attributes;
  for (const auto& [id, value] : update.attributes) attributes[id] = value;
  after = Merge(std::move(after), update, FilledFields(update));
  after.external_ids = std::move(external_ids);
  after.attributes = std::move(attributes);
  if (after.owner) {
    const auto team = teams_of_representatives_.find(*after.owner);
    if (team != teams_of_representatives_.end()) after.team = team->second;
  }

  Check(violations, "customer.", after);
  CheckAttributes(violations, "customer.attributes", update.attributes, attributes_);
  if (after.parent && before != nullptr && before->parent != after.parent) {
    const auto ancestors = Ancestors(*after.parent);
    if (!ancestors.ok()) return ancestors.status();
    violations.Add("parent", CheckParents("parent", after.id, *ancestors));
  }
  if (!violations.empty()) {
    Reject(result, violations.status());
    return absl::OkStatus();
  }
  for (const ExternalId& id : after.external_ids) by_external_id_[id] = after.id;
  if (!after.registration_number.empty()) by_registration_number_[after.registration_number] = after.id;
  result.name = servicekit::NameOf("customers", after.id);
  result.outcome = workspace_.Put(std::move(after));
  return absl::OkStatus();
}

}  // namespace

absl::Status ImportCustomers(ImportBatch batch, const Imports<CustomerRecord>& imports) {
  if (imports.empty()) return absl::OkStatus();
  CustomerImport import(batch);
  absl::Status status = import.Load(imports);
  for (const auto& [record, result] : imports) {
    if (status.ok()) status = import.Apply(*record, *result);
  }
  return status.ok() ? import.Save() : status;
}

}  // namespace clientele::customer
