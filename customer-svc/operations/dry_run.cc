#include "customer-svc/operations/dry_run.h"

#include <variant>

namespace clientele::customer {
namespace {

// A stream remembers no more of each kind, some 100 MB; beyond that, references are looked up only.
constexpr size_t kMostRemembered = 1'000'000;

using Known = absl::flat_hash_set<ExternalId>;

void Want(const Reference& reference, const Known& known, Known& wanted) {
  const auto* id = std::get_if<ExternalId>(&reference);
  if (id != nullptr && known.contains(*id)) wanted.insert(*id);
}

void Keep(Known& known, const ExternalId& id) {
  if (known.size() < kMostRemembered) known.insert(id);
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

}  // namespace

std::vector<ImportRecord> DryRun::StandIns(absl::Span<const ImportRecord> records) const {
  Known teams, representatives, customers;
  for (const ImportRecord& record : records) {
    if (const auto* team = std::get_if<TeamRecord>(&record.record)) Want(team->parent, teams_, teams);
    if (const auto* one = std::get_if<RepresentativeRecord>(&record.record)) Want(one->team, teams_, teams);
    if (const auto* customer = std::get_if<CustomerRecord>(&record.record)) {
      Want(customer->parent, customers_, customers);
      Want(customer->owner, representatives_, representatives);
      Want(customer->team, teams_, teams);
    }
    if (const auto* contact = std::get_if<ChildRecord<Contact>>(&record.record)) {
      Want(contact->customer, customers_, customers);
    }
    if (const auto* need = std::get_if<ChildRecord<Need>>(&record.record)) {
      Want(need->customer, customers_, customers);
    }
    if (const auto* interaction = std::get_if<ChildRecord<Interaction>>(&record.record)) {
      Want(interaction->customer, customers_, customers);
      Want(interaction->representative, representatives_, representatives);
    }
  }
  std::vector<ImportRecord> stand_ins;
  const ExternalId some_team{"dry run", "some team"};
  if (!representatives.empty()) stand_ins.push_back(StandInTeam(some_team));
  for (const ExternalId& id : teams) stand_ins.push_back(StandInTeam(id));
  for (const ExternalId& id : representatives) stand_ins.push_back(StandInRepresentative(id, some_team));
  for (const ExternalId& id : customers) stand_ins.push_back(StandInCustomer(id));
  return stand_ins;
}

void DryRun::Remember(absl::Span<const ImportRecord> records, const std::vector<ImportResult>& results) {
  for (size_t i = 0; i < records.size(); ++i) {
    if (results[i].outcome != ImportResult::Outcome::kCreated) continue;
    if (const auto* team = std::get_if<TeamRecord>(&records[i].record)) Keep(teams_, *team->team.external_id);
    if (const auto* one = std::get_if<RepresentativeRecord>(&records[i].record)) {
      Keep(representatives_, *one->representative.external_id);
    }
    if (const auto* customer = std::get_if<CustomerRecord>(&records[i].record)) {
      for (const ExternalId& id : customer->customer.external_ids) Keep(customers_, id);
    }
  }
}

}  // namespace clientele::customer
