#include "customer-svc/rpc/completeness_service.h"

#include "customer-svc/operations/supply_information.h"
#include "customer-svc/rpc/customer_mask.h"
#include "customer-svc/rpc/decode.h"
#include "customer-svc/rpc/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::CallContext;
using servicekit::Id;
using servicekit::NameOf;
using servicekit::ParseName;
using servicekit::StrCat;
using servicekit::Transaction;
using servicekit::Violations;

constexpr int kMaxSupplied = 100;

// How complete each of `customers` that the caller may see is for a stage. Three statements, however many
// there are.
absl::StatusOr<absl::flat_hash_map<Id, v1::Completeness>> CheckAll(const Backend& backend,
                                                                   const CallContext& call,
                                                                   const std::vector<Id>& customers,
                                                                   type::v1::Stage asked_stage) {
  const auto stage = static_cast<Stage>(asked_stage);
  if (!IsOnTheWay(stage)) return servicekit::InvalidField("stage", "must be TARGET to REPURCHASE");
  using Checked = absl::flat_hash_map<Id, v1::Completeness>;
  return RunReading(backend.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<Checked> {
    const absl::StatusOr<RequirementSet> set = backend.stores.requirements.Get(tx, stage);
    if (!set.ok()) return set.status();
    // Those that were merged into another are answered as that one.
    const auto aliases = backend.stores.customers.Aliases(tx, customers);
    if (!aliases.ok()) return aliases.status();
    std::vector<Id> present = customers;
    for (const auto& [alias, survivor] : *aliases) present.push_back(survivor);
    const auto known = backend.stores.requirements.Known(tx, call.principal, present, set->requirements,
                                                         backend.clock.Now());
    if (!known.ok()) return known.status();
    Checked checked;
    for (const KnownOfCustomer& one : *known) {
      v1::Completeness message = Encode(Assess(set->requirements, one.type, one.known));
      message.set_customer(NameOf("customers", one.customer));
      message.set_stage(asked_stage);
      checked.emplace(one.customer, std::move(message));
    }
    for (const auto& [alias, survivor] : *aliases) {
      if (const auto found = checked.find(survivor); found != checked.end()) {
        v1::Completeness message = found->second;
        checked.emplace(alias, std::move(message));
      }
    }
    return checked;
  });
}

// The children of one kind that a request supplies.
template <typename Messages>
auto DecodeChildren(const Messages& messages, std::string_view field, Violations& violations) {
  std::vector<decltype(Decode(messages[0], "", violations))> children;
  if (messages.size() > kMaxSupplied) {
    violations.Add(field, StrCat("must be at most ", kMaxSupplied));
    return children;
  }
  for (int i = 0; i < messages.size(); ++i) {
    children.push_back(Decode(messages[i], StrCat(field, "[", i, "]."), violations));
  }
  return children;
}

absl::StatusOr<Information> DecodeInformation(const v1::SupplyInformationRequest& request) {
  Violations violations;
  if (!request.customer().name().empty() && request.customer().name() != request.name()) {
    violations.Add("customer.name", "must be empty or the customer that `name` says");
  }
  Information information;
  information.contacts = DecodeChildren(request.contacts(), "contacts", violations);
  information.needs = DecodeChildren(request.needs(), "needs", violations);
  information.interactions = DecodeChildren(request.interactions(), "interactions", violations);
  if (!violations.empty()) return violations.status();
  return information;
}

v1::SupplyInformationResponse Encode(const Information& information) {
  v1::SupplyInformationResponse response;
  *response.mutable_customer() = customer::Encode(information.customer);
  for (const Contact& contact : information.contacts) *response.add_contacts() = customer::Encode(contact);
  for (const Need& need : information.needs) *response.add_needs() = customer::Encode(need);
  for (const Interaction& interaction : information.interactions) {
    *response.add_interactions() = customer::Encode(interaction);
  }
  return response;
}

}  // namespace

CompletenessService::CompletenessService(Backend backend) : backend_(backend) {}
CompletenessService::~CompletenessService() = default;

absl::StatusOr<v1::Completeness> CompletenessService::CheckCompleteness(
    const CallContext& call, const v1::CheckCompletenessRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "customers", request.name());
  if (!id.ok()) return id.status();
  auto checked = CheckAll(backend_, call, {*id}, request.stage());
  if (!checked.ok()) return checked.status();
  if (checked->empty()) return absl::NotFoundError("no such customer");
  return std::move(checked->begin()->second);
}

absl::StatusOr<v1::BatchCheckCompletenessResponse> CompletenessService::BatchCheckCompleteness(
    const CallContext& call, const v1::BatchCheckCompletenessRequest& request) {
  const absl::StatusOr<std::vector<Id>> ids = DecodeCustomerNames("names", request.names());
  if (!ids.ok()) return ids.status();
  const auto checked = CheckAll(backend_, call, *ids, request.stage());
  if (!checked.ok()) return checked.status();
  v1::BatchCheckCompletenessResponse response;
  for (const Id id : *ids) {
    if (const auto found = checked->find(id); found != checked->end()) {
      *response.add_completenesses() = found->second;
    }
  }
  return response;
}

absl::StatusOr<v1::SupplyInformationResponse> CompletenessService::SupplyInformation(
    const CallContext& call, const v1::SupplyInformationRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "customers", request.name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<int64_t> version = servicekit::ParseEtag("customer.etag", request.customer().etag());
  if (!version.ok()) return version.status();
  const absl::StatusOr<Information> information = DecodeInformation(request);
  if (!information.ok()) return information.status();
  const auto apply = [&](const Customer& current) -> absl::StatusOr<Customer> {
    v1::Customer message = customer::Encode(current);
    const absl::Status status = ApplyCustomerMask(request.update_mask(), request.customer(), &message);
    if (!status.ok()) return status;
    return DecodeOrRefuse(message, "customer.");
  };
  return servicekit::IdempotentWrite<v1::SupplyInformationResponse>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::SupplyInformationResponse> {
        const auto stored = customer::SupplyInformation(backend_.stores, tx, backend_.CallerOf(call), *id,
                                                        *version, apply, *information);
        if (!stored.ok()) return stored.status();
        return Encode(*stored);
      });
}

}  // namespace clientele::customer
