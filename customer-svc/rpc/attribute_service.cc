#include "customer-svc/rpc/attribute_service.h"

#include "customer-svc/operations/write_attribute.h"
#include "customer-svc/rpc/decode.h"
#include "customer-svc/rpc/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/field_mask.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/error.h"

namespace clientele::customer {
namespace {

using servicekit::CallContext;
using servicekit::IdempotentWrite;
using servicekit::Transaction;

absl::StatusOr<std::string> ParseAttributeName(std::string_view field, const std::string& name) {
  constexpr std::string_view kCollection = "attributes/";
  const std::string id = name.starts_with(kCollection) ? name.substr(kCollection.size()) : "";
  if (!IsAttributeId(id)) return servicekit::InvalidField(field, "must be as in attributes/size_class");
  return id;
}

}  // namespace

AttributeService::AttributeService(Backend backend) : backend_(backend) {}
AttributeService::~AttributeService() = default;

absl::StatusOr<v1::Attribute> AttributeService::CreateAttribute(const CallContext& call,
                                                                const v1::CreateAttributeRequest& request) {
  Attribute attribute = Decode(request.attribute());
  attribute.id = request.attribute_id();
  return IdempotentWrite<v1::Attribute>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Attribute> {
        const auto created =
            customer::CreateAttribute(backend_.stores, tx, backend_.CallerOf(call), attribute);
        if (!created.ok()) return created.status();
        return Encode(*created);
      });
}

absl::StatusOr<v1::Attribute> AttributeService::GetAttribute(const CallContext& call,
                                                             const v1::GetAttributeRequest& request) {
  const absl::StatusOr<std::string> id = ParseAttributeName("name", request.name());
  if (!id.ok()) return id.status();
  const auto attribute = RunReading(backend_.pool, call.deadline,
                                    [&](Transaction& tx) { return backend_.stores.attributes.Get(tx, *id); });
  if (!attribute.ok()) return attribute.status();
  return Encode(*attribute);
}

absl::StatusOr<v1::ListAttributesResponse> AttributeService::ListAttributes(
    const CallContext& call, const v1::ListAttributesRequest& /*request*/) {
  const auto attributes = RunReading(backend_.pool, call.deadline,
                                     [&](Transaction& tx) { return backend_.stores.attributes.List(tx); });
  if (!attributes.ok()) return attributes.status();
  v1::ListAttributesResponse response;
  for (const Attribute& attribute : *attributes) *response.add_attributes() = Encode(attribute);
  return response;
}

absl::StatusOr<v1::Attribute> AttributeService::UpdateAttribute(const CallContext& call,
                                                                const v1::UpdateAttributeRequest& request) {
  const absl::StatusOr<std::string> id = ParseAttributeName("attribute.name", request.attribute().name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<int64_t> version = servicekit::ParseEtag("attribute.etag", request.attribute().etag());
  if (!version.ok()) return version.status();
  const auto apply = [&](const Attribute& current) -> absl::StatusOr<Attribute> {
    v1::Attribute message = Encode(current);
    const absl::Status status = servicekit::ApplyMask(request.update_mask(), request.attribute(), &message);
    if (!status.ok()) return status;
    return Decode(message);
  };
  return IdempotentWrite<v1::Attribute>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Attribute> {
        const auto updated =
            customer::UpdateAttribute(backend_.stores, tx, backend_.CallerOf(call), *id, *version, apply);
        if (!updated.ok()) return updated.status();
        return Encode(*updated);
      });
}

absl::StatusOr<v1::DeleteAttributeResponse> AttributeService::DeleteAttribute(
    const CallContext& call, const v1::DeleteAttributeRequest& request) {
  const absl::StatusOr<std::string> id = ParseAttributeName("name", request.name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<int64_t> version = servicekit::ParseEtag("etag", request.etag());
  if (!version.ok()) return version.status();
  return IdempotentWrite<v1::DeleteAttributeResponse>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::DeleteAttributeResponse> {
        const absl::Status status =
            customer::DeleteAttribute(backend_.stores, tx, backend_.CallerOf(call), *id, *version);
        if (!status.ok()) return status;
        return v1::DeleteAttributeResponse();
      });
}

}  // namespace clientele::customer
