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

// Customers that are read together for an export, and children of one kind.
constexpr int64_t kExportedTogether = 50;
constexpr int64_t kChildrenTogether = 1000;
// A message ends with the record that reaches this: well below the 4 MiB that clients take.
constexpr size_t kMostBytes = 1 << 20;

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

// What belongs to customers, as far as it was read at once.
template <typename Child>
class Children {
 public:
  static absl::StatusOr<Children> Of(Stores& stores, Transaction& tx, const std::vector<Id>& customers) {
    auto rows = stores.children<Child>().ListOf(tx, customers, kChildrenTogether);
    if (!rows.ok()) return rows.status();
    Children children;
    // The last one's may not be all.
    if (static_cast<int64_t>(rows->size()) == kChildrenTogether)
      children.incomplete_from_ = rows->back().customer;
    for (Child& child : *rows) children.by_customer_[child.customer].push_back(std::move(child));
    return children;
  }
  // All of one customer; null when that is not known.
  const std::vector<Child>* Find(Id customer) {
    if (incomplete_from_ && !(customer < *incomplete_from_)) return nullptr;
    return &by_customer_[customer];
  }

 private:
  absl::flat_hash_map<Id, std::vector<Child>> by_customer_;
  std::optional<Id> incomplete_from_;
};

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

// Puts a child into a record and says where its customer goes.
type::v1::Reference* Put(const Contact& contact, v1::ImportRecord* record) {
  *record->mutable_contact()->mutable_contact() = Encode(contact);
  return record->mutable_contact()->mutable_customer();
}
type::v1::Reference* Put(const Need& need, v1::ImportRecord* record) {
  *record->mutable_need()->mutable_need() = Encode(need);
  return record->mutable_need()->mutable_customer();
}
type::v1::Reference* Put(const Interaction& interaction, v1::ImportRecord* record) {
  *record->mutable_interaction()->mutable_interaction() = Encode(interaction);
  return record->mutable_interaction()->mutable_customer();
}

// How far an export is: customers by id, each with its contacts, needs and interactions.
struct Cursor {
  Id after;                      // The last customer that was told.
  std::optional<Customer> open;  // The same, while something of it is left,
  int kind = 0;                  // of this kind, in the order above,
  Id child;                      // after this one.
  int64_t row = 0;
};

template <typename Child>
constexpr int kKind = std::is_same_v<Child, Contact> ? 0
                      : std::is_same_v<Child, Need>  ? 1
                                                     : 2;

// The next message of an export, made from where `cursor` is.
class Message {
 public:
  Message(Stores& stores, Transaction& tx, Cursor& cursor) : stores_(stores), tx_(tx), cursor_(cursor) {}

  bool full() const { return bytes_ >= kMostBytes; }
  v1::ExportRecordsResponse Take() { return std::move(response_); }

  void AddCustomer(const Customer& customer, const ExternalIds& external_ids, bool with_children) {
    v1::ImportRecord* record = AddRecord();
    v1::CustomerRecord* exported = record->mutable_customer();
    *exported->mutable_customer() = Encode(customer);
    const auto refer = [&](const std::optional<Id>& to, auto mutable_reference) {
      if (!to) return;
      if (const auto id = external_ids.find(*to); id != external_ids.end())
        Set(id->second, mutable_reference());
    };
    refer(customer.owner, [&] { return exported->mutable_owner(); });
    refer(customer.team, [&] { return exported->mutable_team(); });
    bytes_ += record->ByteSizeLong();
    cursor_.after = customer.id;
    if (!with_children) return;
    cursor_.open = customer;
    cursor_.kind = 0;
    cursor_.child = Id();
  }
  // What is left of the open customer, from `known` or, when that is null, page by page; until it is full.
  template <typename Child>
  absl::Status AddChildren(const std::vector<Child>* known) {
    if (full() || !cursor_.open || cursor_.kind != kKind<Child>) return absl::OkStatus();
    for (bool more = true; more;) {
      std::vector<Child> page;
      if (known == nullptr) {
        auto rows = stores_.children<Child>().List(
            tx_, cursor_.open->id, Sql("child.id > ?", {cursor_.child}), Sql("child.id"), kChildrenTogether);
        if (!rows.ok()) return rows.status();
        page = *std::move(rows);
      }
      more = static_cast<int64_t>(page.size()) == kChildrenTogether;
      for (const Child& child : known == nullptr ? page : *known) {
        v1::ImportRecord* record = AddRecord();
        SetOwner(*cursor_.open, child.external_id, Put(child, record));
        bytes_ += record->ByteSizeLong();
        cursor_.child = child.id;
        if (full()) return absl::OkStatus();
      }
    }
    ++cursor_.kind;
    cursor_.child = Id();
    return absl::OkStatus();
  }
  void CloseCustomer() {
    if (cursor_.kind > kKind<Interaction>) cursor_.open.reset();
  }

 private:
  v1::ImportRecord* AddRecord() {
    v1::ImportRecord* record = response_.add_records();
    record->set_row(++cursor_.row);
    return record;
  }

  Stores& stores_;
  Transaction& tx_;
  Cursor& cursor_;
  v1::ExportRecordsResponse response_;
  size_t bytes_ = 0;
};

// One export at work.
class Export {
 public:
  Export(const Backend& backend, const v1::ExportRecordsRequest& request, Sql condition)
      : backend_(backend), customers_only_(request.customers_only()), condition_(std::move(condition)) {}

  // The next message; no records at the end.
  absl::StatusOr<v1::ExportRecordsResponse> Next(const CallContext& call);

 private:
  absl::Status FinishOpen(Message& message);
  absl::Status AddCustomers(Transaction& tx, const std::vector<Customer>& customers, Message& message);

  Backend backend_;
  const bool customers_only_;
  const Sql condition_;
  Cursor cursor_;
};

absl::Status Export::FinishOpen(Message& message) {
  absl::Status status = message.AddChildren<Contact>(nullptr);
  if (status.ok()) status = message.AddChildren<Need>(nullptr);
  if (status.ok()) status = message.AddChildren<Interaction>(nullptr);
  message.CloseCustomer();
  return status;
}

absl::Status Export::AddCustomers(Transaction& tx, const std::vector<Customer>& customers, Message& message) {
  std::vector<Id> ids;
  for (const Customer& customer : customers) ids.push_back(customer.id);
  if (customers_only_) ids.clear();
  auto contacts = Children<Contact>::Of(backend_.stores, tx, ids);
  if (!contacts.ok()) return contacts.status();
  auto needs = Children<Need>::Of(backend_.stores, tx, ids);
  if (!needs.ok()) return needs.status();
  auto interactions = Children<Interaction>::Of(backend_.stores, tx, ids);
  if (!interactions.ok()) return interactions.status();
  const auto external_ids = ExternalIdsOf(backend_.stores, tx, customers);
  if (!external_ids.ok()) return external_ids.status();
  for (const Customer& customer : customers) {
    if (message.full()) break;
    message.AddCustomer(customer, *external_ids, !customers_only_);
    absl::Status status = message.AddChildren(contacts->Find(customer.id));
    if (status.ok()) status = message.AddChildren(needs->Find(customer.id));
    if (status.ok()) status = message.AddChildren(interactions->Find(customer.id));
    if (!status.ok()) return status;
    message.CloseCustomer();
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ExportRecordsResponse> Export::Next(const CallContext& call) {
  v1::ExportRecordsResponse response;
  Cursor cursor;
  const absl::Status status =
      RunTransaction(backend_.pool, call.deadline,
                     [&](Transaction& tx) -> absl::Status {
                       cursor = cursor_;
                       Message message(backend_.stores, tx, cursor);
                       if (const absl::Status finished = FinishOpen(message); !finished.ok()) return finished;
                       if (!message.full()) {
                         Sql condition("customers.id > ?", {cursor.after});
                         if (!condition_.empty()) condition += Sql(" AND ") + condition_;
                         const auto customers = backend_.stores.customers.List(
                             tx, call.principal, condition, Sql("customers.id"), kExportedTogether);
                         if (!customers.ok()) return customers.status();
                         if (const absl::Status added = AddCustomers(tx, *customers, message); !added.ok())
                           return added;
                       }
                       response = message.Take();
                       return absl::OkStatus();
                     },
                     {.read_only = true});
  if (!status.ok()) return status;
  cursor_ = std::move(cursor);
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
      [this, request = *request](const CallContext& first, const std::function<void()>& /*wake*/)
          -> absl::StatusOr<servicekit::StreamNext<Response>> {
        // An export goes through all of them anyway.
        const absl::StatusOr<Sql> condition =
            servicekit::RunReading(backend_.pool, first.deadline, [&](Transaction& tx) {
              return CompileListFilter(backend_.stores.customers, tx, first.principal, request.filter(),
                                       /*allow_scan=*/true);
            });
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
