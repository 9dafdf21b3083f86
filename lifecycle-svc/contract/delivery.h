#ifndef LIFECYCLE_SVC_CONTRACT_DELIVERY_H_
#define LIFECYCLE_SVC_CONTRACT_DELIVERY_H_

#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/field_mask.pb.h>

#include "absl/status/statusor.h"
#include "clientele/lifecycle/v1/delivery_service.pb.h"
#include "clientele/lifecycle/v1/service_project_service.pb.h"
#include "lifecycle-svc/contract/values.h"
#include "lifecycle-svc/domain/delivery.h"
#include "lifecycle-svc/domain/service_project.h"

// The delivery models and the service projects as the contract's messages, and back.
namespace clientele::lifecycle {

v1::DeliveryMatrix Encode(const DeliveryMatrix& matrix);
// `current` with the cells that are given.
DeliveryMatrix MergeMatrix(Violations& violations, const DeliveryMatrix& current,
                           const v1::UpdateDeliveryMatrixRequest& request);

std::string TemplateName(DeliveryModel model);
// INVALID_ARGUMENT naming `field` unless `name` is that of a template.
absl::StatusOr<DeliveryModel> ParseTemplateName(std::string_view field, std::string_view name);
v1::DeliveryTemplate Encode(const DeliveryTemplate& delivery_template);
// `current` with what `change` says: the fields of the mask, or without one those that are not empty.
absl::StatusOr<DeliveryTemplate> MergeTemplate(const DeliveryTemplate& current,
                                               const v1::DeliveryTemplate& change,
                                               const google::protobuf::FieldMask& mask,
                                               std::string_view field);

std::string TaskName(Id project, Id task);
v1::ServiceProject Encode(const ServiceProject& project, const std::string& base_currency);
v1::ServiceTask EncodeTask(Id project, Id customer, int64_t version, const ServiceTask& task,
                           const std::string& base_currency);
v1::ServiceTask EncodeTask(const ServiceProject& project, const ServiceTask& task,
                           const std::string& base_currency);
// A task as a caller gives it, of the project.
ServiceTask DecodeTask(Violations& violations, std::string_view field, Id project,
                       const v1::ServiceTask& message);
// `current` with what `change` says, as MergeTemplate().
absl::StatusOr<ServiceTask> MergeTask(const ServiceProject& project, const ServiceTask& current,
                                      const v1::ServiceTask& change, const google::protobuf::FieldMask& mask,
                                      std::string_view field);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_CONTRACT_DELIVERY_H_
