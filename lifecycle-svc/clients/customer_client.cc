#include "lifecycle-svc/clients/customer_client.h"

#include <utility>

#include "lifecycle-svc/contract/encode.h"
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

}  // namespace

CustomerClient::CustomerClient(const std::shared_ptr<grpc::Channel>& channel)
    : references_(customer::v1::CustomerImportService::NewStub(channel)),
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
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    return absl::UnavailableError("customer-svc, which knows these customers, cannot be reached");
  }
  if (!status.ok()) return servicekit::FromGrpcStatus(status);
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

}  // namespace clientele::lifecycle
