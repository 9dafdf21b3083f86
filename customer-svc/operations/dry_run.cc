#include "customer-svc/operations/dry_run.h"

#include <set>
#include <variant>

namespace clientele::customer {
namespace {

using Key = DryRun::Key;
using Kind = DryRun::Kind;

// Keys of records that are not remembered whole, some 100 MB; beyond that, references are looked up only.
constexpr size_t kMostThere = 1'000'000;

// The keys that a record has itself, and those of what it refers to.
struct Keys {
  std::vector<Key> own, referred;
};

struct CollectKeys {
  Keys& keys;

  void Own(Kind kind, const std::optional<ExternalId>& id) const {
    if (id) keys.own.emplace_back(kind, *id);
  }
  void Refer(Kind kind, const Reference& reference) const {
    if (const auto* id = std::get_if<ExternalId>(&reference)) keys.referred.emplace_back(kind, *id);
  }

  void operator()(std::monostate) const {}
  void operator()(const TeamRecord& record) const {
    Own(Kind::kTeam, record.team.external_id);
    Refer(Kind::kTeam, record.parent);
  }
  void operator()(const RepresentativeRecord& record) const {
    Own(Kind::kRepresentative, record.representative.external_id);
    Refer(Kind::kTeam, record.team);
  }
  void operator()(const CustomerRecord& record) const {
    for (const ExternalId& id : record.customer.external_ids) Own(Kind::kCustomer, id);
    if (!record.customer.registration_number.empty()) {
      Own(Kind::kRegistrationNumber, ExternalId{"", record.customer.registration_number});
    }
    Refer(Kind::kCustomer, record.parent);
    Refer(Kind::kRepresentative, record.owner);
    Refer(Kind::kTeam, record.team);
  }
  void operator()(const ChildRecord<Contact>& record) const {
    Own(Kind::kContact, record.child.external_id);
    Refer(Kind::kCustomer, record.customer);
  }
  void operator()(const ChildRecord<Need>& record) const {
    Own(Kind::kNeed, record.child.external_id);
    Refer(Kind::kCustomer, record.customer);
  }
  void operator()(const ChildRecord<Interaction>& record) const {
    Own(Kind::kInteraction, record.child.external_id);
    Refer(Kind::kCustomer, record.customer);
    Refer(Kind::kRepresentative, record.representative);
  }
};

Keys KeysOf(const ImportRecord& record) {
  Keys keys;
  std::visit(CollectKeys{keys}, record.record);
  return keys;
}

ImportRecord StandInTeam(const ExternalId& id) {
  return {.record = TeamRecord{.team = {.display_name = id.id, .external_id = id}, .parent = {}}};
}

ImportRecord StandInRepresentative(const ExternalId& id, const ExternalId& team) {
  return {.record = RepresentativeRecord{
              .representative = {.display_name = id.id, .department = Department::kSales, .external_id = id},
              .team = team}};
}

ImportRecord StandInCustomer(const ExternalId& id) {
  CustomerRecord record;
  record.customer.display_name = id.id;
  record.customer.type = CustomerType::kOrganization;
  record.customer.external_ids = {id};
  return {.record = std::move(record)};
}

// What makes the keys mean something, as far as anybody needs to know.
void StandInFor(const std::set<Key>& keys, std::vector<ImportRecord>& records) {
  const ExternalId some_team{"dry run", "some team"};
  if (!keys.empty()) records.push_back(StandInTeam(some_team));
  for (const auto& [kind, id] : keys) {
    if (kind == Kind::kTeam) records.push_back(StandInTeam(id));
    if (kind == Kind::kCustomer) records.push_back(StandInCustomer(id));
    if (kind == Kind::kRepresentative) records.push_back(StandInRepresentative(id, some_team));
  }
}

}  // namespace

std::vector<ImportRecord> DryRun::StandIns(absl::Span<const ImportRecord> records) const {
  std::set<Key> seen, bare;
  std::vector<Key> open;
  const auto want = [&](const std::vector<Key>& keys) {
    for (const Key& key : keys) {
      if (seen.insert(key).second) open.push_back(key);
    }
  };
  for (const ImportRecord& record : records) {
    const Keys keys = KeysOf(record);
    want(keys.own);
    want(keys.referred);
  }
  std::set<size_t> places;
  while (!open.empty()) {
    const Key key = std::move(open.back());
    open.pop_back();
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) {
      if (there_.contains(key)) bare.insert(key);
      continue;
    }
    for (const size_t place : found->second) {
      if (!places.insert(place).second) continue;
      const Keys keys = KeysOf(whole_[place]);
      want(keys.own);
      want(keys.referred);
    }
  }
  std::vector<ImportRecord> stand_ins;
  StandInFor(bare, stand_ins);
  for (const size_t place : places) stand_ins.push_back(whole_[place]);
  return stand_ins;
}

void DryRun::Remember(absl::Span<const ImportRecord> records, const std::vector<ImportResult>& results) {
  for (size_t i = 0; i < records.size(); ++i) {
    const bool created = results[i].outcome == ImportResult::Outcome::kCreated;
    if (!created && results[i].outcome != ImportResult::Outcome::kUpdated) continue;
    const Keys keys = KeysOf(records[i]);
    const bool whole = whole_.size() < most_whole_;
    if (whole) whole_.push_back(records[i]);
    for (const Key& key : keys.own) {
      if (whole) {
        by_key_[key].push_back(whole_.size() - 1);
      } else if (created && there_.size() < kMostThere) {
        there_.insert(key);
      }
    }
  }
}

}  // namespace clientele::customer
