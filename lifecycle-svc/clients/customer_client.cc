#include "lifecycle-svc/clients/customer_client.h"

#include <utility>

#include "lifecycle-svc/contract/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/status.h"
#include "servicekit/types/clock.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

void Fill(const Reference& reference, const std::string& collection, type::v1::Reference* message) {
  if (const Id* id = std::get_if<Id>(&reference)) {
    message->set_name(servicekit::NameOf(collection, *id));
  } else {
    *message->mutable_external_id() = EncodeExternalId(std::get<ExternalId>(reference));
  }
}

using ResolvedCustomer = customer::v1::ResolveReferencesResponse::ResolvedCustomer;

std::optional<KnownCustomer> Decode(const ResolvedCustomer& message, absl::Time now) {
  Violations violations;
  const std::optional<Id> id = DecodeName(violations, "name", "customers", message.name());
  if (!id.has_value()) return std::nullopt;
  KnownCustomer customer;
  customer.id = *id;
  customer.version = message.version();
  customer.display_name = message.display_name();
  customer.industry = message.industry();
  customer.owner = DecodeName(violations, "owner", "representatives", message.owner());
  customer.team = DecodeName(violations, "team", "teams", message.team());
  customer.create_time =
      message.has_create_time() ? DecodeTime(violations, "create_time", message.create_time()) : now;
  return customer;
}

absl::Status ToStatus(const grpc::Status& status) {
  // UNIMPLEMENTED comes from an older one, while a new release is being rolled out.
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE ||
      status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
    return absl::UnavailableError("customer-svc, which knows these customers, cannot be reached");
  }
  return servicekit::FromGrpcStatus(status);
}

}  // namespace

CustomerClient::CustomerClient(const std::shared_ptr<grpc::Channel>& channel)
    : references_(customer::v1::CustomerImportService::NewStub(channel)),
      completeness_(customer::v1::CompletenessService::NewStub(channel)),
      customers_(customer::v1::CustomerService::NewStub(channel)),
      feed_(customer::v1::CustomerFeedService::NewStub(channel)) {}

absl::StatusOr<CustomerDirectory::Answer> CustomerClient::Resolve(
    const CallContext& call, const std::vector<Reference>& customers,
    const std::vector<Reference>& representatives) {
  customer::v1::ResolveReferencesRequest request;
  for (const Reference& reference : customers) Fill(reference, "customers", request.add_customers());
  for (const Reference& reference : representatives) {
    Fill(reference, "representatives", request.add_representatives());
  }
  customer::v1::ResolveReferencesResponse response;
  const std::unique_ptr<grpc::ClientContext> context = servicekit::OutgoingContext(call);
  const grpc::Status status = references_->ResolveReferences(context.get(), request, &response);
  if (!status.ok()) return ToStatus(status);
  if (response.customers_size() != request.customers_size() ||
      response.representatives_size() != request.representatives_size()) {
    return absl::InternalError("customer-svc answered another number of references than it was asked for");
  }
  Answer answer;
  for (const ResolvedCustomer& customer : response.customers()) {
    answer.customers.push_back(Decode(customer, servicekit::Clock().Now()));
  }
  Violations violations;
  for (const auto& representative : response.representatives()) {
    answer.representatives.push_back(
        DecodeName(violations, "name", "representatives", representative.name()));
  }
  return answer;
}

absl::StatusOr<absl::flat_hash_map<Id, Completeness>> CustomerClient::CheckCompleteness(
    const CallContext& call, const std::vector<Id>& customers, Stage stage) {
  customer::v1::BatchCheckCompletenessRequest request;
  for (const Id& customer : customers) request.add_names(servicekit::NameOf("customers", customer));
  request.set_stage(static_cast<type::v1::Stage>(stage));
  customer::v1::BatchCheckCompletenessResponse response;
  const std::unique_ptr<grpc::ClientContext> context = servicekit::OutgoingContext(call);
  const grpc::Status status = completeness_->BatchCheckCompleteness(context.get(), request, &response);
  if (!status.ok()) return ToStatus(status);
  absl::flat_hash_map<Id, Completeness> found;
  for (const customer::v1::Completeness& message : response.completenesses()) {
    const absl::StatusOr<Id> id = servicekit::ParseName("customer", "customers", message.customer());
    if (!id.ok()) return absl::InternalError("customer-svc answered about something that is no customer");
    Completeness& completeness = found[*id];
    completeness.share = message.share();
    for (const type::v1::MissingItem& item : message.missing_items()) {
      completeness.missing.push_back(
          {item.requirement(), item.description(), static_cast<Department>(item.supplier()), item.share()});
    }
  }
  return found;
}

absl::Status CustomerClient::Supply(const CallContext& call,
                                    const customer::v1::SupplyInformationRequest& request) {
  customer::v1::SupplyInformationResponse response;
  const std::unique_ptr<grpc::ClientContext> context = servicekit::OutgoingContext(call);
  const grpc::Status status = completeness_->SupplyInformation(context.get(), request, &response);
  return status.ok() ? absl::OkStatus() : ToStatus(status);
}

absl::Status CustomerClient::Release(const CallContext& call, Id customer, int64_t version) {
  // Nobody as its owner; the team stays.
  customer::v1::UpdateCustomerRequest request;
  request.mutable_customer()->set_name(servicekit::NameOf("customers", customer));
  request.mutable_customer()->set_etag(servicekit::EtagOf(version));
  request.mutable_update_mask()->add_paths("owner");
  customer::v1::Customer response;
  const std::unique_ptr<grpc::ClientContext> context = servicekit::OutgoingContext(call);
  const grpc::Status status = customers_->UpdateCustomer(context.get(), request, &response);
  return status.ok() ? absl::OkStatus() : ToStatus(status);
}

}  // namespace clientele::lifecycle
