#include <type_traits>

#include "absl/container/flat_hash_set.h"
#include "customer-svc/operations/import_batch.h"
#include "customer-svc/operations/write_child.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Violations;

// What is known of resources that records refer to.
struct Known {
  absl::flat_hash_set<Id> ids;
  absl::flat_hash_map<ExternalId, Id> by_external_id;
  absl::flat_hash_map<Id, Id> aliases;  // Of merged customers.

  std::optional<Id> Find(const Reference& reference) const {
    if (const auto* external_id = std::get_if<ExternalId>(&reference)) {
      const auto found = by_external_id.find(*external_id);
      return found != by_external_id.end() && ids.contains(found->second) ? std::optional(found->second)
                                                                          : std::nullopt;
    }
    const auto* id = std::get_if<Id>(&reference);
    if (id != nullptr) {
      if (const auto alias = aliases.find(*id); alias != aliases.end()) id = &alias->second;
    }
    return id != nullptr && ids.contains(*id) ? std::optional(*id) : std::nullopt;
  }
};

// One batch of contacts, needs or interactions at work.
template <typename Child>
class ChildImport {
 public:
  explicit ChildImport(ImportBatch batch) : batch_(batch) {}

  absl::Status Load(const Imports<ChildRecord<Child>>& imports);
  void Apply(const ChildRecord<Child>& record, ImportResult& result);
  absl::Status Save() { return workspace_.Save(batch_); }

 private:
  // Locks the customers that the records belong to.
  absl::Status LoadCustomers(const Referenced& referenced);
  absl::Status LoadRepresentatives(Referenced referenced);

  ImportBatch batch_;
  Workspace<Child> workspace_;
  Known customers_, representatives_;
  absl::flat_hash_map<ExternalId, Id> by_external_id_;
};

template <typename Child>
absl::Status ChildImport<Child>::LoadCustomers(const Referenced& referenced) {
  auto names = LockNamed(batch_, referenced, [&](std::vector<Id> ids) {
    auto locked = batch_.stores.customers.LockIds(batch_.tx, std::move(ids));
    if (locked.ok()) customers_.ids = *locked;
    return locked;
  });
  if (!names.ok()) return names.status();
  customers_.by_external_id = std::move(names->by_external_id);
  customers_.aliases = std::move(names->aliases);
  return absl::OkStatus();
}

template <typename Child>
absl::Status ChildImport<Child>::LoadRepresentatives(Referenced referenced) {
  const auto found = batch_.stores.teams.FindRepresentativesByExternalIds(batch_.tx, referenced.external_ids);
  if (!found.ok()) return found.status();
  for (const auto& [external_id, one] : *found) {
    representatives_.by_external_id.emplace(external_id, one.id);
    representatives_.ids.insert(one.id);
  }
  const auto teams = batch_.stores.teams.LockTeamsOfRepresentatives(batch_.tx, referenced.ids);
  if (!teams.ok()) return teams.status();
  for (const auto& [representative, team] : *teams) representatives_.ids.insert(representative);
  return absl::OkStatus();
}

template <typename Child>
absl::Status ChildImport<Child>::Load(const Imports<ChildRecord<Child>>& imports) {
  Referenced customers, representatives;
  std::vector<ExternalId> external_ids;
  for (const auto& [record, result] : imports) {
    customers.Add(record->customer);
    if (record->child.external_id) external_ids.push_back(*record->child.external_id);
    if constexpr (std::is_same_v<Child, Interaction>) {
      representatives.Add(record->representative);
      representatives.Add(record->child.representative);
    }
  }
  absl::Status status = LoadCustomers(customers);
  if (status.ok()) status = LoadRepresentatives(std::move(representatives));
  if (!status.ok()) return status;
  auto found = batch_.stores.template children<Child>().LockByExternalIds(batch_.tx, external_ids);
  if (!found.ok()) return found.status();
  for (auto& [external_id, child] : *found) {
    by_external_id_.emplace(external_id, child.id);
    workspace_.Load(std::move(child));
  }
  return absl::OkStatus();
}

template <typename Child>
void ChildImport<Child>::Apply(const ChildRecord<Child>& record, ImportResult& result) {
  Violations violations;
  Child update = record.child;
  const std::string prefix(kPrefix<Child>);
  const std::optional<Id> customer = customers_.Find(record.customer);
  if (!customer) violations.Add("customer", "no such customer");
  if constexpr (std::is_same_v<Child, Interaction>) {
    const bool by_reference = !std::holds_alternative<std::monostate>(record.representative);
    const Reference wanted = by_reference            ? record.representative
                             : update.representative ? Reference(*update.representative)
                                                     : Reference();
    update.representative = representatives_.Find(wanted);
    if (!update.representative && !std::holds_alternative<std::monostate>(wanted)) {
      violations.Add(by_reference ? "representative" : prefix + "representative", "no such representative");
    }
  }

  const Child* before = nullptr;
  if (!update.external_id) {
    violations.Add(prefix + "external_id", "is required");
  } else if (const auto found = by_external_id_.find(*update.external_id); found != by_external_id_.end()) {
    before = workspace_.Find(found->second);
  }
  Child after;
  if (before != nullptr) {
    after = Merge(*before, update, FilledFields(update));
    if (customer && after.customer != *customer) violations.Add("customer", "it belongs to another customer");
  } else {
    after = std::move(update);
    after.id = Id::New(batch_.author.time);
    after.customer = customer.value_or(Id());
    SetDefaults(after, std::nullopt);
  }
  Check(violations, prefix, after);
  if (!violations.empty()) return Reject(result, violations.status());
  by_external_id_[*after.external_id] = after.id;
  result.name = servicekit::NameOf("customers", after.customer, kCollection<Child>, after.id);
  result.outcome = workspace_.Put(std::move(after));
}

}  // namespace

template <typename Child>
absl::Status ImportChildren(ImportBatch batch, const Imports<ChildRecord<Child>>& imports) {
  if (imports.empty()) return absl::OkStatus();
  ChildImport<Child> import(batch);
  const absl::Status status = import.Load(imports);
  if (!status.ok()) return status;
  for (const auto& [record, result] : imports) import.Apply(*record, *result);
  return import.Save();
}

template absl::Status ImportChildren(ImportBatch, const Imports<ChildRecord<Contact>>&);
template absl::Status ImportChildren(ImportBatch, const Imports<ChildRecord<Need>>&);
template absl::Status ImportChildren(ImportBatch, const Imports<ChildRecord<Interaction>>&);

}  // namespace clientele::customer
