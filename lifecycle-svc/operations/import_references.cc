#include "lifecycle-svc/operations/import_references.h"

#include <set>
#include <utility>

#include "lifecycle-svc/store/opportunity_store.h"
#include "lifecycle-svc/store/order_store.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

using Kind = v1::ImportRecord::RecordCase;

// Reads the references of one record, and says which are missing.
class ItemReader {
 public:
  explicit ItemReader(ImportItem& item) : item_(item) {}

  void External(std::string_view field, bool has, const type::v1::ExternalId& id) {
    if (has) {
      item_.external_id = DecodeExternalId(violations_, field, id);
    } else {
      violations_.Add(field, "is required");
    }
  }
  std::optional<Reference> Optional(std::string_view field, std::string_view collection,
                                    const type::v1::Reference& reference) {
    return DecodeReference(violations_, field, collection, reference);
  }
  std::optional<Reference> Required(std::string_view field, std::string_view collection,
                                    const type::v1::Reference& reference) {
    const bool well = violations_.empty();
    std::optional<Reference> decoded = Optional(field, collection, reference);
    if (!decoded.has_value() && (well == violations_.empty())) violations_.Add(field, "is required");
    return decoded;
  }
  // References by line: as many as `lines`, or none.
  std::vector<std::optional<Reference>> ByLine(
      const std::string& field, std::string_view collection,
      const google::protobuf::RepeatedPtrField<type::v1::Reference>& references, int lines) {
    std::vector<std::optional<Reference>> decoded;
    if (!references.empty() && references.size() != lines) {
      violations_.Add(field, "must be one for each line, or none");
    }
    for (int i = 0; i < references.size(); ++i) {
      decoded.push_back(Optional(servicekit::StrCat(field, "[", i, "]"), collection, references.Get(i)));
    }
    return decoded;
  }
  absl::Status status() const { return violations_.status(); }
  Violations& violations() { return violations_; }

 private:
  ImportItem& item_;
  Violations violations_;
};

}  // namespace

ImportItem ReadItem(const v1::ImportRecord& record) {
  ImportItem item;
  item.record = &record;
  ItemReader reader(item);
  switch (record.record_case()) {
    case Kind::kProduct:
      reader.External("product.product.external_id", record.product().product().has_external_id(),
                      record.product().product().external_id());
      break;
    case Kind::kExchangeRate:
      break;
    case Kind::kOpportunity: {
      const v1::OpportunityRecord& r = record.opportunity();
      reader.External("opportunity.opportunity.external_id", r.opportunity().has_external_id(),
                      r.opportunity().external_id());
      item.customer = reader.Required("opportunity.customer", "customers", r.customer());
      item.owner = reader.Optional("opportunity.owner", "representatives", r.owner());
      // The opportunity's own first, then those of its lines.
      item.products = reader.ByLine("opportunity.line_products", "products", r.line_products(),
                                    r.opportunity().lines_size());
      item.products.insert(item.products.begin(),
                           reader.Optional("opportunity.product", "products", r.product()));
      break;
    }
    case Kind::kOrder: {
      const v1::OrderRecord& r = record.order();
      reader.External("order.order.external_id", r.order().has_external_id(), r.order().external_id());
      item.customer = reader.Required("order.customer", "customers", r.customer());
      item.products = reader.ByLine("order.products", "products", r.products(), r.order().lines_size());
      break;
    }
    case Kind::kPayment: {
      const v1::PaymentRecord& r = record.payment();
      reader.External("payment.payment.external_id", r.payment().has_external_id(),
                      r.payment().external_id());
      if (r.target_case() == v1::PaymentRecord::kOpportunity) {
        item.opportunity = reader.Required("payment.opportunity", "opportunities", r.opportunity());
      } else {
        item.order = reader.Required("payment.order", "orders", r.order());
      }
      break;
    }
    case Kind::kReferral: {
      const v1::ReferralRecord& r = record.referral();
      reader.External("referral.referral.external_id", r.referral().has_external_id(),
                      r.referral().external_id());
      item.customer = reader.Required("referral.referrer", "customers", r.referrer());
      item.opportunity = reader.Required("referral.opportunity", "opportunities", r.opportunity());
      break;
    }
    case Kind::kTransition: {
      const v1::TransitionRecord& r = record.transition();
      reader.External("transition.external_id", r.has_external_id(), r.external_id());
      item.customer = reader.Required("transition.customer", "customers", r.customer());
      break;
    }
    case Kind::kOrderCancellation:
      item.order = reader.Required("order_cancellation.order", "orders", record.order_cancellation().order());
      break;
    case Kind::kOrderReturn: {
      const v1::OrderReturnRecord& r = record.order_return();
      reader.External("order_return.order_return.external_id", r.order_return().has_external_id(),
                      r.order_return().external_id());
      item.order = reader.Required("order_return.order", "orders", r.order());
      break;
    }
    case Kind::kRefund: {
      const v1::RefundRecord& r = record.refund();
      reader.External("refund.refund.external_id", r.refund().has_external_id(), r.refund().external_id());
      item.order = reader.Required("refund.order", "orders", r.order());
      break;
    }
    case Kind::kServiceProject: {
      const v1::ServiceProjectRecord& r = record.service_project();
      reader.External("service_project.external_id", r.has_external_id(), r.external_id());
      if (r.target_case() == v1::ServiceProjectRecord::kOpportunity) {
        item.opportunity = reader.Required("service_project.opportunity", "opportunities", r.opportunity());
      } else if (r.target_case() == v1::ServiceProjectRecord::kCustomer) {
        item.customer = reader.Required("service_project.customer", "customers", r.customer());
      } else {
        item.order = reader.Required("service_project.order", "orders", r.order());
      }
      item.assignees =
          reader.ByLine("service_project.assignees", "representatives", r.assignees(), r.tasks_size());
      break;
    }
    case Kind::kCreditLimit:
      item.customer = reader.Required("credit_limit.customer", "customers", record.credit_limit().customer());
      break;
    case Kind::RECORD_NOT_SET:
      reader.violations().Add("record", "must be one of the kinds of record");
      break;
  }
  item.error = reader.status();
  return item;
}

absl::Status ImportReferences::Resolve(const Environment& environment, const CallContext& call,
                                       const std::vector<ImportItem>& items) {
  std::vector<Id> named;
  std::set<Reference> customers, representatives;
  Wanted opportunities, orders;
  for (const ImportItem& item : items) {
    if (!item.error.ok()) continue;
    if (item.customer.has_value() && customers.insert(*item.customer).second) {
      if (const Id* id = std::get_if<Id>(&*item.customer)) named.push_back(*id);
    }
    std::vector<std::optional<Reference>> people = item.assignees;
    people.push_back(item.owner);
    for (const std::optional<Reference>& person : people) {
      if (!person.has_value()) continue;
      // By name they are taken as they are, as in an RPC.
      if (const Id* id = std::get_if<Id>(&*person)) {
        found_representatives_[*person] = *id;
      } else {
        representatives.insert(*person);
      }
    }
    opportunities.Add(item.opportunity);
    orders.Add(item.order);
    if (item.record->record_case() == Kind::kOpportunity) opportunities.Add(item.external_id);
  }

  const auto read = [&](Transaction& tx) -> absl::Status {
    const absl::StatusOr<std::vector<Id>> known = JourneyStore::FindKnown(tx, named);
    if (!known.ok()) return known.status();
    for (const Id& id : *known) found_customers_[Reference(id)] = id;
    for (const auto& found : {OpportunityStore::Find(tx, opportunities.ids),
                              OpportunityStore::Find(tx, opportunities.external_ids)}) {
      if (!found.ok()) return found.status();
      for (const Opportunity& opportunity : *found) customers_.insert(opportunity.customer);
    }
    for (const auto& found : {OrderStore::Find(tx, orders.ids), OrderStore::Find(tx, orders.external_ids)}) {
      if (!found.ok()) return found.status();
      for (const Order& order : *found) customers_.insert(order.customer);
    }
    return absl::OkStatus();
  };
  absl::Status status = servicekit::RunQuery(environment.pool, call.deadline, read);
  if (!status.ok()) return status;

  std::vector<Reference> asked;
  for (const Reference& reference : customers) {
    if (!found_customers_.contains(reference)) asked.push_back(reference);
  }
  const std::vector<Reference> asked_representatives(representatives.begin(), representatives.end());
  if (!asked.empty() || !asked_representatives.empty()) {
    absl::StatusOr<CustomerDirectory::Answer> answer =
        environment.directory.Resolve(call, asked, asked_representatives);
    if (!answer.ok()) return answer.status();
    for (size_t i = 0; i < asked.size(); ++i) {
      if (!answer->customers[i].has_value()) continue;
      found_customers_[asked[i]] = answer->customers[i]->id;
      heard_.push_back(*std::move(answer->customers[i]));
    }
    for (size_t i = 0; i < asked_representatives.size(); ++i) {
      if (answer->representatives[i].has_value()) {
        found_representatives_[asked_representatives[i]] = *answer->representatives[i];
      }
    }
  }
  for (const auto& [reference, id] : found_customers_) customers_.insert(id);
  return absl::OkStatus();
}

std::optional<Id> ImportReferences::FindCustomer(const Reference& reference) const {
  const auto found = found_customers_.find(reference);
  return found == found_customers_.end() ? std::nullopt : std::optional<Id>(found->second);
}

std::optional<Id> ImportReferences::FindRepresentative(const Reference& reference) const {
  const auto found = found_representatives_.find(reference);
  return found == found_representatives_.end() ? std::nullopt : std::optional<Id>(found->second);
}

void Wanted::Add(const std::optional<Reference>& reference) {
  if (!reference.has_value()) return;
  if (const Id* id = std::get_if<Id>(&*reference)) {
    ids.push_back(*id);
  } else {
    external_ids.push_back(std::get<ExternalId>(*reference));
  }
}

void Wanted::Add(const std::optional<ExternalId>& external_id) {
  if (external_id.has_value()) external_ids.push_back(*external_id);
}

}  // namespace clientele::lifecycle
