// The RPCs of CustomerImportService for imports as a whole, and for export.
#include "customer-svc/operations/revert_import.h"
#include "customer-svc/rpc/customer_listing.h"
#include "customer-svc/rpc/encode.h"
#include "customer-svc/rpc/import_service.h"
#include "customer-svc/store/lookup.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/request_check.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::CallContext;
using servicekit::Id;
using servicekit::IdempotentWrite;
using servicekit::NameOf;
using servicekit::PageKey;
using servicekit::ParseName;
using servicekit::Sql;
using servicekit::Transaction;

// Customers in one message of an export, with all that belongs to them: well below the 4 MiB of a message for
// all but the longest texts.
constexpr int64_t kExportedTogether = 50;

v1::CustomerImport Encode(const ImportRun& run) {
  v1::CustomerImport message;
  message.set_name(NameOf("customerImports", run.id));
  message.set_description(run.description);
  message.set_state(static_cast<v1::CustomerImport::State>(run.state));
  message.set_actor(run.actor);
  *message.mutable_create_time() = servicekit::ToProto(run.create_time);
  *message.mutable_update_time() = servicekit::ToProto(run.update_time);
  message.set_created_count(run.created);
  message.set_updated_count(run.updated);
  message.set_unchanged_count(run.unchanged);
  message.set_rejected_count(run.rejected);
  message.set_last_row(run.last_row);
  message.set_reverted_count(run.reverted);
  message.set_kept_count(run.kept);
  return message;
}

v1::RevertCustomerImportResponse Encode(const RevertProgress& progress) {
  v1::RevertCustomerImportResponse message;
  *message.mutable_customer_import() = Encode(progress.run);
  for (const KeptWrite& kept : progress.kept) {
    auto* encoded = message.add_kept_writes();
    encoded->set_resource(kept.resource);
    for (const std::string& field : kept.fields) encoded->add_fields(field);
    encoded->set_reason(kept.reason);
  }
  return message;
}

// What belongs to each of the customers.
template <typename Child>
absl::StatusOr<absl::flat_hash_map<Id, std::vector<Child>>> ByCustomer(Stores& stores, Transaction& tx,
                                                                       const std::vector<Id>& customers) {
  auto children = stores.children<Child>().ListOf(tx, customers);
  if (!children.ok()) return children.status();
  absl::flat_hash_map<Id, std::vector<Child>> by_customer;
  for (Child& child : *children) by_customer[child.customer].push_back(std::move(child));
  return by_customer;
}

void Set(const ExternalId& id, type::v1::Reference* reference) {
  reference->mutable_external_id()->set_system(id.system);
  reference->mutable_external_id()->set_id(id.id);
}

// The customer by another system's identifier, where it has one, so that the record means the same elsewhere:
// of the system that knows the child, if it knows the customer, too.
void SetOwner(const Customer& customer, const std::optional<ExternalId>& child,
              type::v1::Reference* reference) {
  if (customer.external_ids.empty()) return reference->set_name(NameOf("customers", customer.id));
  const ExternalId* chosen = &customer.external_ids.front();
  for (const ExternalId& id : customer.external_ids) {
    if (child && id.system == child->system) chosen = &id;
  }
  Set(*chosen, reference);
}

// The external ids of teams and representatives, as far as a page of customers refers to them.
using ExternalIds = absl::flat_hash_map<Id, ExternalId>;
absl::StatusOr<ExternalIds> ExternalIdsOf(Stores& stores, Transaction& tx,
                                          const std::vector<Customer>& customers) {
  std::vector<Id> owners, teams;
  for (const Customer& customer : customers) {
    if (customer.owner) owners.push_back(*customer.owner);
    if (customer.team) teams.push_back(*customer.team);
  }
  ExternalIds ids;
  if (!owners.empty()) {
    const auto found = stores.teams.ListRepresentatives(tx, Sql("id IN ") + InList(owners), Sql("id"),
                                                        static_cast<int64_t>(owners.size()));
    if (!found.ok()) return found.status();
    for (const Representative& one : *found) {
      if (one.external_id) ids.emplace(one.id, *one.external_id);
    }
  }
  if (!teams.empty()) {
    const auto found = stores.teams.ListTeams(tx, Sql("id IN ") + InList(teams), Sql("id"),
                                              static_cast<int64_t>(teams.size()));
    if (!found.ok()) return found.status();
    for (const Team& team : *found) {
      if (team.external_id) ids.emplace(team.id, *team.external_id);
    }
  }
  return ids;
}

// One export at work.
class Export {
 public:
  Export(const Backend& backend, const v1::ExportRecordsRequest& request, Sql condition)
      : backend_(backend), customers_only_(request.customers_only()), condition_(std::move(condition)) {}

  // The next message; no records at the end.
  absl::StatusOr<v1::ExportRecordsResponse> Next(const CallContext& call);

 private:
  absl::Status Add(Transaction& tx, const std::vector<Customer>& customers,
                   v1::ExportRecordsResponse& response);
  // `encode` puts a child into a record and says where its customer goes.
  template <typename Child, typename EncodeChild>
  void AddChildren(const Customer& customer, const absl::flat_hash_map<Id, std::vector<Child>>& by_customer,
                   v1::ExportRecordsResponse& response, EncodeChild encode) {
    const auto found = by_customer.find(customer.id);
    if (found == by_customer.end()) return;
    for (const Child& child : found->second) {
      SetOwner(customer, child.external_id, encode(AddRecord(response), child));
    }
  }
  v1::ImportRecord* AddRecord(v1::ExportRecordsResponse& response) {
    v1::ImportRecord* record = response.add_records();
    record->set_row(++row_);
    return record;
  }

  Backend backend_;
  const bool customers_only_;
  const Sql condition_;
  Id after_;
  int64_t row_ = 0;
};

absl::Status Export::Add(Transaction& tx, const std::vector<Customer>& customers,
                         v1::ExportRecordsResponse& response) {
  std::vector<Id> ids;
  for (const Customer& customer : customers) ids.push_back(customer.id);
  if (customers_only_) ids.clear();
  const auto contacts = ByCustomer<Contact>(backend_.stores, tx, ids);
  if (!contacts.ok()) return contacts.status();
  const auto needs = ByCustomer<Need>(backend_.stores, tx, ids);
  if (!needs.ok()) return needs.status();
  const auto interactions = ByCustomer<Interaction>(backend_.stores, tx, ids);
  if (!interactions.ok()) return interactions.status();
  const auto external_ids = ExternalIdsOf(backend_.stores, tx, customers);
  if (!external_ids.ok()) return external_ids.status();
  for (const Customer& customer : customers) {
    v1::CustomerRecord* exported = AddRecord(response)->mutable_customer();
    *exported->mutable_customer() = Encode(customer);
    if (customer.owner) {
      if (const auto id = external_ids->find(*customer.owner); id != external_ids->end()) {
        Set(id->second, exported->mutable_owner());
      }
    }
    if (customer.team) {
      if (const auto id = external_ids->find(*customer.team); id != external_ids->end()) {
        Set(id->second, exported->mutable_team());
      }
    }
    AddChildren(customer, *contacts, response, [](v1::ImportRecord* record, const Contact& contact) {
      *record->mutable_contact()->mutable_contact() = Encode(contact);
      return record->mutable_contact()->mutable_customer();
    });
    AddChildren(customer, *needs, response, [](v1::ImportRecord* record, const Need& need) {
      *record->mutable_need()->mutable_need() = Encode(need);
      return record->mutable_need()->mutable_customer();
    });
    AddChildren(customer, *interactions, response,
                [](v1::ImportRecord* record, const Interaction& interaction) {
                  *record->mutable_interaction()->mutable_interaction() = Encode(interaction);
                  return record->mutable_interaction()->mutable_customer();
                });
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ExportRecordsResponse> Export::Next(const CallContext& call) {
  Sql condition("customers.id > ?", {after_});
  if (!condition_.empty()) condition += Sql(" AND ") + condition_;
  v1::ExportRecordsResponse response;
  const int64_t row = row_;
  const absl::Status status =
      RunTransaction(backend_.pool, call.deadline,
                     [&](Transaction& tx) -> absl::Status {
                       response.Clear();
                       row_ = row;
                       const auto customers = backend_.stores.customers.List(
                           tx, call.principal, condition, Sql("customers.id"), kExportedTogether);
                       if (!customers.ok()) return customers.status();
                       if (customers->empty()) return absl::OkStatus();
                       const absl::Status added = Add(tx, *customers, response);
                       if (added.ok()) after_ = customers->back().id;
                       return added;
                     },
                     {.read_only = true});
  if (!status.ok()) return status;
  return response;
}

}  // namespace

absl::StatusOr<v1::CustomerImport> ImportService::CreateCustomerImport(
    const CallContext& call, const v1::CreateCustomerImportRequest& request) {
  return IdempotentWrite<v1::CustomerImport>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::CustomerImport> {
        const auto run = CreateImportRun(backend_.stores, tx, backend_.CallerOf(call),
                                         request.customer_import().description());
        if (!run.ok()) return run.status();
        return Encode(*run);
      });
}

absl::StatusOr<v1::CustomerImport> ImportService::GetCustomerImport(
    const CallContext& call, const v1::GetCustomerImportRequest& request) {
  if (const absl::Status status = CheckReadsAll(call.principal); !status.ok()) return status;
  const absl::StatusOr<Id> id = ParseName("name", "customerImports", request.name());
  if (!id.ok()) return id.status();
  const auto run = RunReading(backend_.pool, call.deadline,
                              [&](Transaction& tx) { return backend_.stores.imports.Get(tx, *id); });
  if (!run.ok()) return run.status();
  return Encode(*run);
}

absl::StatusOr<v1::ListCustomerImportsResponse> ImportService::ListCustomerImports(
    const CallContext& call, const v1::ListCustomerImportsRequest& request) {
  if (const absl::Status status = CheckReadsAll(call.principal); !status.ok()) return status;
  const absl::StatusOr<Page> page = Page::Of(request.page_size(), request.page_token(), {"customerImports"});
  if (!page.ok()) return page.status();
  Id before;
  if (!page->after.empty()) {
    const absl::StatusOr<Id> id = page->after.GetId(0);
    if (!id.ok()) return id.status();
    before = *id;
  }
  auto runs = RunReading(backend_.pool, call.deadline, [&](Transaction& tx) {
    return backend_.stores.imports.List(tx, before, page->limit());
  });
  if (!runs.ok()) return runs.status();
  v1::ListCustomerImportsResponse response;
  response.set_next_page_token(
      page->Cut(*runs, [](const ImportRun& last) { return PageKey().Add(last.id); }));
  for (const ImportRun& run : *runs) *response.add_customer_imports() = Encode(run);
  return response;
}

absl::StatusOr<v1::CustomerImport> ImportService::CompleteCustomerImport(
    const CallContext& call, const v1::CompleteCustomerImportRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "customerImports", request.name());
  if (!id.ok()) return id.status();
  return IdempotentWrite<v1::CustomerImport>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::CustomerImport> {
        const auto run = CompleteImportRun(backend_.stores, tx, backend_.CallerOf(call), *id);
        if (!run.ok()) return run.status();
        return Encode(*run);
      });
}

grpc::ServerWriteReactor<v1::RevertCustomerImportResponse>* ImportService::RevertCustomerImport(
    grpc::CallbackServerContext* context, const v1::RevertCustomerImportRequest* request) {
  using Response = v1::RevertCustomerImportResponse;
  return servicekit::ServeStream<Response>(
      backend_.executor, context,
      [this, request = *request](const CallContext&, const std::function<void()>& /*wake*/)
          -> absl::StatusOr<servicekit::StreamNext<Response>> {
        if (const absl::Status status = servicekit::CheckRequired(request); !status.ok()) return status;
        const absl::StatusOr<Id> id = ParseName("name", "customerImports", request.name());
        if (!id.ok()) return id.status();
        return [this, id = *id, done = false](
                   const CallContext& call) mutable -> absl::StatusOr<servicekit::StreamStep<Response>> {
          if (done) return servicekit::StreamEnd();
          const auto progress =
              RevertBatch(backend_.stores, backend_.pool, call.deadline, backend_.CallerOf(call), id);
          if (!progress.ok()) return progress.status();
          done = progress->run.state == ImportRun::State::kReverted;
          return Encode(*progress);
        };
      });
}

grpc::ServerWriteReactor<v1::ExportRecordsResponse>* ImportService::ExportRecords(
    grpc::CallbackServerContext* context, const v1::ExportRecordsRequest* request) {
  using Response = v1::ExportRecordsResponse;
  return servicekit::ServeStream<Response>(
      backend_.executor, context,
      [this, request = *request](const CallContext&, const std::function<void()>& /*wake*/)
          -> absl::StatusOr<servicekit::StreamNext<Response>> {
        const absl::StatusOr<Sql> condition = CompileCustomerFilter(request.filter());
        if (!condition.ok()) return condition.status();
        return [work = Export(backend_, request, *condition)](
                   const CallContext& call) mutable -> absl::StatusOr<servicekit::StreamStep<Response>> {
          auto response = work.Next(call);
          if (!response.ok()) return response.status();
          if (response->records().empty()) return servicekit::StreamEnd();
          return *std::move(response);
        };
      });
}

}  // namespace clientele::customer
