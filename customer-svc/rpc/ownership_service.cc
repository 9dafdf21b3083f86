#include "customer-svc/rpc/ownership_service.h"

#include "absl/container/flat_hash_set.h"
#include "customer-svc/operations/own_customer.h"
#include "customer-svc/operations/transfer_customers.h"
#include "customer-svc/rpc/customer_listing.h"
#include "customer-svc/rpc/encode.h"
#include "customer-svc/store/lookup.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/request_check.h"
#include "servicekit/rpc/uuid.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

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
using servicekit::Violations;

constexpr int kMostNames = 10'000;
constexpr size_t kLongestReason = 255;

// A transfer as it was asked for.
struct Asked {
  Transfer transfer;
  std::vector<Id> names;
  std::vector<Id> customers;  // Whom the names mean, in their order: some may be aliases.
};

std::optional<Id> Target(const std::string& name, const char* field, const char* collection,
                         Violations& violations) {
  const absl::StatusOr<Id> id = ParseName(field, collection, name);
  violations.Add(field, id.status());
  return id.ok() ? std::optional(*id) : std::nullopt;
}

absl::StatusOr<Asked> Decode(const Backend& backend, const CallContext& call, const v1::Transfer& message) {
  Violations violations;
  Asked asked;
  if (message.filter().empty() == message.customers().empty()) {
    violations.Add("transfer.filter", "either filter or customers is required, not both");
  }
  // Whoever gives all of a filter's customers away wants each of them looked at.
  const absl::StatusOr<Sql> filter = RunReading(backend.pool, call.deadline, [&](Transaction& tx) {
    return CompileListFilter(backend.stores.customers, tx, call.principal, message.filter(),
                             /*allow_scan=*/true);
  });
  if (!filter.ok() && !absl::IsInvalidArgument(filter.status())) return filter.status();
  violations.Add("transfer.filter", servicekit::UnderField(filter.status(), "transfer."));
  if (message.customers_size() > kMostNames) {
    violations.Add("transfer.customers", servicekit::StrCat("must be at most ", kMostNames));
  }
  for (int i = 0; i < message.customers_size() && i < kMostNames; ++i) {
    const std::string field = servicekit::StrCat("transfer.customers[", i, "]");
    const absl::StatusOr<Id> id = ParseName(field, "customers", message.customers(i));
    violations.Add(field, id.status());
    if (id.ok()) asked.names.push_back(*id);
  }
  switch (message.target_case()) {
    case v1::Transfer::kOwner:
      asked.transfer.owner = Target(message.owner(), "transfer.owner", "representatives", violations);
      break;
    case v1::Transfer::kTeam:
      asked.transfer.team = Target(message.team(), "transfer.team", "teams", violations);
      break;
    case v1::Transfer::TARGET_NOT_SET:
      violations.Add("transfer.owner", "owner or team is required");
      break;
  }
  servicekit::CheckLength(violations, "transfer.reason", message.reason(), kLongestReason);
  if (!violations.empty()) return violations.status();
  asked.transfer.condition = *filter;
  if (asked.names.empty()) return asked;
  const auto aliases = RunReading(backend.pool, call.deadline, [&](Transaction& tx) {
    return backend.stores.customers.Aliases(tx, asked.names);
  });
  if (!aliases.ok()) return aliases.status();
  for (const Id name : asked.names) {
    const auto alias = aliases->find(name);
    asked.customers.push_back(alias == aliases->end() ? name : alias->second);
  }
  asked.transfer.condition = Sql("customers.id IN ") + InList(asked.customers);
  return asked;
}

Caller Because(Caller caller, const std::string& reason) {
  caller.author.reason = reason;
  return caller;
}

// What each of the two writes to one customer does around its operation.
template <typename Request>
absl::StatusOr<v1::Customer> Write(const Backend& backend, const CallContext& call, const Request& request,
                                   const std::string& reason,
                                   absl::StatusOr<Customer> (*operation)(Stores&, Transaction&, const Caller&,
                                                                         Id, int64_t)) {
  const absl::StatusOr<Id> id = ParseName("name", "customers", request.name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<int64_t> version = servicekit::ParseEtag("etag", request.etag());
  if (!version.ok()) return version.status();
  return IdempotentWrite<v1::Customer>(
      backend.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Customer> {
        const auto written =
            operation(backend.stores, tx, Because(backend.CallerOf(call), reason), *id, *version);
        if (!written.ok()) return written.status();
        return Encode(*written);
      });
}

v1::Ownership Encode(const Ownership& ownership) {
  v1::Ownership message;
  if (ownership.owner) message.set_owner(NameOf("representatives", *ownership.owner));
  if (ownership.team) message.set_team(NameOf("teams", *ownership.team));
  *message.mutable_start_time() = servicekit::ToProto(ownership.start_time);
  if (ownership.end_time) *message.mutable_end_time() = servicekit::ToProto(*ownership.end_time);
  message.set_actor(ownership.actor);
  message.set_method(ownership.method);
  message.set_reason(ownership.reason);
  return message;
}

}  // namespace

OwnershipService::OwnershipService(Backend backend) : backend_(backend) {}
OwnershipService::~OwnershipService() = default;

absl::StatusOr<v1::Customer> OwnershipService::ClaimCustomer(const CallContext& call,
                                                             const v1::ClaimCustomerRequest& request) {
  return Write(backend_, call, request, "", &customer::ClaimCustomer);
}

absl::StatusOr<v1::Customer> OwnershipService::ReleaseCustomer(const CallContext& call,
                                                               const v1::ReleaseCustomerRequest& request) {
  Violations violations;
  servicekit::CheckLength(violations, "reason", request.reason(), kLongestReason);
  if (!violations.empty()) return violations.status();
  return Write(backend_, call, request, request.reason(), &customer::ReleaseCustomer);
}

absl::StatusOr<v1::PreviewTransferResponse> OwnershipService::PreviewTransfer(
    const CallContext& call, const v1::PreviewTransferRequest& request) {
  const absl::StatusOr<Asked> asked = Decode(backend_, call, request.transfer());
  if (!asked.ok()) return asked.status();
  v1::PreviewTransferResponse response;
  const absl::Status status = RunTransaction(
      backend_.pool, call.deadline,
      [&](Transaction& tx) -> absl::Status {
        response.Clear();
        const auto preview =
            customer::PreviewTransfer(backend_.stores, tx, backend_.CallerOf(call), asked->transfer);
        if (!preview.ok()) return preview.status();
        response.set_moving_count(preview->moving);
        response.set_unchanged_count(preview->unchanged);
        for (const TransferStore::Origin& from : preview->origins) {
          auto* origin = response.add_origins();
          if (from.owner) origin->set_owner(NameOf("representatives", *from.owner));
          if (from.team) origin->set_team(NameOf("teams", *from.team));
          origin->set_count(from.count);
        }
        for (const Customer& example : preview->examples) *response.add_examples() = Encode(example);
        const auto found = backend_.stores.customers.Writable(tx, call.principal, asked->customers);
        if (!found.ok()) return found.status();
        for (size_t i = 0; i < asked->names.size(); ++i) {
          if (!found->contains(asked->customers[i])) {
            response.add_not_found(NameOf("customers", asked->names[i]));
          }
        }
        return absl::OkStatus();
      },
      {.read_only = false});
  if (!status.ok()) return status;
  return response;
}

grpc::ServerWriteReactor<v1::TransferCustomersResponse>* OwnershipService::TransferCustomers(
    grpc::CallbackServerContext* context, const v1::TransferCustomersRequest* request) {
  using Response = v1::TransferCustomersResponse;
  using Next = servicekit::StreamNext<Response>;
  return servicekit::ServeStream<Response>(
      backend_.executor, context,
      [this, request = *request](const CallContext& first,
                                 const std::function<void()>& /*wake*/) -> absl::StatusOr<Next> {
        if (const absl::Status status = servicekit::CheckRequired(request); !status.ok()) return status;
        const absl::StatusOr<std::string> id = servicekit::ParseUuid("request_id", request.request_id());
        if (!id.ok()) return id.status();
        const absl::StatusOr<Asked> asked = Decode(backend_, first, request.transfer());
        if (!asked.ok()) return asked.status();
        return [this, id = *id, transfer = asked->transfer, reason = request.transfer().reason(),
                fingerprint = servicekit::Fingerprint(first, request), done = false](
                   const CallContext& call) mutable -> absl::StatusOr<servicekit::StreamStep<Response>> {
          if (done) return servicekit::StreamEnd();
          const auto progress =
              TransferBatch(backend_.stores, backend_.pool, call.deadline,
                            Because(backend_.CallerOf(call), reason), id, fingerprint, transfer);
          if (!progress.ok()) return progress.status();
          done = progress->done;
          Response response;
          response.set_moved_count(progress->moved);
          response.set_done(done);
          return response;
        };
      });
}

absl::StatusOr<v1::ListOwnershipsResponse> OwnershipService::ListOwnerships(
    const CallContext& call, const v1::ListOwnershipsRequest& request) {
  const absl::StatusOr<Id> parent = ParseName("parent", "customers", request.parent());
  if (!parent.ok()) return parent.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"ownerships", request.parent()});
  if (!page.ok()) return page.status();
  Id before;
  if (!page->after.empty()) {
    const absl::StatusOr<Id> id = page->after.GetId(0);
    if (!id.ok()) return id.status();
    before = *id;
  }
  auto ownerships = RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<std::vector<Ownership>> {
        const absl::StatusOr<Id> customer = backend_.stores.customers.Resolve(tx, call.principal, *parent);
        if (!customer.ok()) return customer.status();
        auto names = backend_.stores.customers.AliasesOf(tx, *customer);
        if (!names.ok()) return names.status();
        names->push_back(*customer);
        return backend_.stores.ownerships.List(tx, *names, before, page->limit());
      });
  if (!ownerships.ok()) return ownerships.status();
  v1::ListOwnershipsResponse response;
  response.set_next_page_token(
      page->Cut(*ownerships, [](const Ownership& last) { return PageKey().Add(last.id); }));
  for (const Ownership& ownership : *ownerships) *response.add_ownerships() = Encode(ownership);
  return response;
}

}  // namespace clientele::customer
