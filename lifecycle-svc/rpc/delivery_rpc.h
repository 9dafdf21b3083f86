#ifndef LIFECYCLE_SVC_RPC_DELIVERY_RPC_H_
#define LIFECYCLE_SVC_RPC_DELIVERY_RPC_H_

#include "clientele/lifecycle/v1/delivery_service.grpc.pb.h"
#include "clientele/lifecycle/v1/service_project_service.grpc.pb.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/rpc/calls.h"

namespace clientele::lifecycle {

class DeliveryRpc final : public v1::DeliveryService::CallbackService {
 public:
  explicit DeliveryRpc(Backend backend);
  ~DeliveryRpc() override;

  CLIENTELE_RPC(GetDeliveryMatrix, DeliveryMatrix)
  CLIENTELE_WRITE(UpdateDeliveryMatrix, DeliveryMatrix)
  CLIENTELE_RPC(GetDeliveryTemplate, DeliveryTemplate)
  CLIENTELE_RPC(ListDeliveryTemplates, ListDeliveryTemplatesResponse)
  CLIENTELE_WRITE(UpdateDeliveryTemplate, DeliveryTemplate)
  CLIENTELE_RPC(CompareDeliveryModels, CompareDeliveryModelsResponse)

 private:
  const Backend backend_;
};

class ServiceProjectRpc final : public v1::ServiceProjectService::CallbackService {
 public:
  explicit ServiceProjectRpc(Backend backend);
  ~ServiceProjectRpc() override;

  CLIENTELE_WRITE(CreateServiceProject, ServiceProject)
  CLIENTELE_RPC(GetServiceProject, ServiceProject)
  CLIENTELE_RPC(ListServiceProjects, ListServiceProjectsResponse)
  CLIENTELE_WRITE(CompleteServiceProject, ServiceProject)
  CLIENTELE_WRITE(RateServiceProject, ServiceProject)
  CLIENTELE_WRITE(CancelServiceProject, ServiceProject)
  CLIENTELE_WRITE(CreateServiceTask, ServiceTask)
  CLIENTELE_WRITE(UpdateServiceTask, ServiceTask)
  CLIENTELE_RPC(ListServiceTasks, ListServiceTasksResponse)
  CLIENTELE_WRITE(LogServiceWork, ServiceTask)

 private:
  const Backend backend_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_DELIVERY_RPC_H_
