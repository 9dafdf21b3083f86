#include "customer-svc/rpc/import_service.h"

#include <memory>
#include <variant>

#include "customer-svc/operations/dry_run.h"
#include "customer-svc/operations/import_records.h"
#include "customer-svc/rpc/decode.h"
#include "customer-svc/rpc/encode.h"
#include "customer-svc/rpc/history_service.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::CallContext;
using servicekit::Id;
using servicekit::NameOf;
using servicekit::Transaction;
using servicekit::Violations;

// What the references of one kind mean, by id and by external id.
struct References {
  std::vector<Reference> asked;
  std::vector<Id> ids;
  std::vector<ExternalId> external_ids;

  static References Of(const google::protobuf::RepeatedPtrField<type::v1::Reference>& messages,
                       const char* field, const char* collection, Violations& violations) {
    References references;
    if (messages.size() > 1000) violations.Add(field, "must be at most 1000");
    for (int i = 0; i < messages.size(); ++i) {
      const std::string at = servicekit::StrCat(field, "[", i, "]");
      references.asked.push_back(Decode(messages[i], at, collection, violations));
      const Reference& reference = references.asked.back();
      if (const auto* id = std::get_if<Id>(&reference)) references.ids.push_back(*id);
      if (const auto* id = std::get_if<ExternalId>(&reference)) references.external_ids.push_back(*id);
    }
    return references;
  }
};

// The id that each reference means; nil where it means nothing.
std::vector<Id> Resolve(const References& references,
                        const absl::flat_hash_map<ExternalId, Id>& by_external_id) {
  std::vector<Id> ids;
  for (const Reference& reference : references.asked) {
    Id id;
    if (const auto* named = std::get_if<Id>(&reference)) id = *named;
    if (const auto* external_id = std::get_if<ExternalId>(&reference)) {
      const auto found = by_external_id.find(*external_id);
      if (found != by_external_id.end()) id = found->second;
    }
    ids.push_back(id);
  }
  return ids;
}

absl::Status ResolveCustomers(Stores& stores, Transaction& tx, const servicekit::Principal& reader,
                              const References& references, v1::ResolveReferencesResponse& response) {
  const auto by_external_id = stores.customers.FindByExternalIds(tx, references.external_ids);
  if (!by_external_id.ok()) return by_external_id.status();
  const std::vector<Id> ids = Resolve(references, *by_external_id);
  const auto customers = stores.customers.BatchGetNamed(tx, reader, ids);
  if (!customers.ok()) return customers.status();
  for (const Id id : ids) {
    auto* resolved = response.add_customers();
    const auto found = customers->find(id);
    if (found == customers->end()) continue;
    const Customer& customer = found->second;
    resolved->set_name(NameOf("customers", customer.id));
    resolved->set_display_name(customer.display_name);
    if (customer.owner) resolved->set_owner(NameOf("representatives", *customer.owner));
    if (customer.team) resolved->set_team(NameOf("teams", *customer.team));
    resolved->set_industry(customer.industry);
    resolved->set_version(customer.version);
    *resolved->mutable_create_time() = servicekit::ToProto(customer.create_time);
  }
  return absl::OkStatus();
}

absl::Status ResolveRepresentatives(Stores& stores, Transaction& tx, const References& references,
                                    v1::ResolveReferencesResponse& response) {
  const auto found = stores.teams.FindRepresentativesByExternalIds(tx, references.external_ids);
  if (!found.ok()) return found.status();
  absl::flat_hash_map<ExternalId, Id> by_external_id;
  for (const auto& [external_id, one] : *found) by_external_id.emplace(external_id, one.id);
  const std::vector<Id> ids = Resolve(references, by_external_id);
  const auto teams = stores.teams.TeamsOfRepresentatives(tx, ids);
  if (!teams.ok()) return teams.status();
  for (const Id id : ids) {
    auto* resolved = response.add_representatives();
    const auto team = teams->find(id);
    if (team == teams->end()) continue;
    resolved->set_name(NameOf("representatives", id));
    resolved->set_team(NameOf("teams", team->second));
  }
  return absl::OkStatus();
}

}  // namespace

ImportService::ImportService(Backend backend) : backend_(backend) {}
ImportService::~ImportService() = default;

grpc::ServerBidiReactor<v1::ImportRecordsRequest, v1::ImportRecordsResponse>* ImportService::ImportRecords(
    grpc::CallbackServerContext* context) {
  // What a dry run remembers lasts as long as its stream, whose messages come one after the other.
  return servicekit::ServeEach<v1::ImportRecordsRequest, v1::ImportRecordsResponse>(
      backend_.executor, context,
      [this, dry_run = std::make_shared<DryRun>()](const CallContext& call,
                                                   const v1::ImportRecordsRequest& request) {
        return Import(call, request, *dry_run);
      });
}

absl::StatusOr<v1::ImportRecordsResponse> ImportService::Import(const CallContext& call,
                                                                const v1::ImportRecordsRequest& request,
                                                                DryRun& dry_run) {
  if (request.records_size() < 1 || request.records_size() > 1000) {
    return servicekit::InvalidField("records", "must be 1 to 1000 in a message");
  }
  ImportOptions options;
  if (!request.customer_import().empty()) {
    const absl::StatusOr<Id> run =
        servicekit::ParseName("customer_import", "customerImports", request.customer_import());
    if (!run.ok()) return run.status();
    options.run = *run;
  }
  if (request.validate_only()) options.dry_run = &dry_run;
  std::vector<ImportRecord> records;
  records.reserve(request.records_size());
  for (const v1::ImportRecord& record : request.records()) records.push_back(Decode(record));
  const auto results = customer::ImportRecords(backend_.stores, backend_.pool, call.deadline,
                                               backend_.CallerOf(call), records, options);
  if (!results.ok()) return results.status();
  v1::ImportRecordsResponse response = Encode(*results);
  if (!request.validate_only()) return response;
  for (const DryRun::RecordChange& change : dry_run.changes) {
    auto* encoded = response.add_changes();
    encoded->set_row(change.row);
    for (const FieldChange& field : change.fields) *encoded->add_fields() = Encode(field);
  }
  return response;
}

absl::StatusOr<v1::ResolveReferencesResponse> ImportService::ResolveReferences(
    const CallContext& call, const v1::ResolveReferencesRequest& request) {
  Violations violations;
  const References customers = References::Of(request.customers(), "customers", "customers", violations);
  const References representatives =
      References::Of(request.representatives(), "representatives", "representatives", violations);
  if (!violations.empty()) return violations.status();
  return RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ResolveReferencesResponse> {
        v1::ResolveReferencesResponse response;
        absl::Status status = ResolveCustomers(backend_.stores, tx, call.principal, customers, response);
        if (status.ok()) status = ResolveRepresentatives(backend_.stores, tx, representatives, response);
        if (!status.ok()) return status;
        return response;
      });
}

}  // namespace clientele::customer
