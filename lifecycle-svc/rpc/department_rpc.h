#ifndef LIFECYCLE_SVC_RPC_DEPARTMENT_RPC_H_
#define LIFECYCLE_SVC_RPC_DEPARTMENT_RPC_H_

#include "clientele/lifecycle/v1/department_service.grpc.pb.h"
#include "lifecycle-svc/rpc/calls.h"

namespace clientele::lifecycle {

class DepartmentRpc final : public v1::DepartmentService::CallbackService {
 public:
  explicit DepartmentRpc(Backend backend);
  ~DepartmentRpc() override;

  CLIENTELE_RPC(QueryDepartments, QueryDepartmentsResponse)
  CLIENTELE_RPC(ListDepartmentTransitions, ListDepartmentTransitionsResponse)

 private:
  const Backend backend_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_DEPARTMENT_RPC_H_
