#ifndef VALUE_SVC_RPC_POLICY_RPC_H_
#define VALUE_SVC_RPC_POLICY_RPC_H_

#include "clientele/value/v1/policy_service.grpc.pb.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/rpc/serve.h"
#include "servicekit/types/clock.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

class PolicyRpc final : public v1::PolicyService::CallbackService {
 public:
  PolicyRpc(servicekit::Executor& executor, servicekit::Pool& pool, Stores& stores,
            servicekit::FeedPublisher& feed, const servicekit::Clock& clock);
  ~PolicyRpc() override;

  grpc::ServerUnaryReactor* CreatePolicy(grpc::CallbackServerContext* context,
                                         const v1::CreatePolicyRequest* request,
                                         v1::Policy* response) override;
  grpc::ServerUnaryReactor* GetPolicy(grpc::CallbackServerContext* context,
                                      const v1::GetPolicyRequest* request, v1::Policy* response) override;
  grpc::ServerUnaryReactor* ListPolicies(grpc::CallbackServerContext* context,
                                         const v1::ListPoliciesRequest* request,
                                         v1::ListPoliciesResponse* response) override;
  grpc::ServerUnaryReactor* UpdatePolicy(grpc::CallbackServerContext* context,
                                         const v1::UpdatePolicyRequest* request,
                                         v1::Policy* response) override;
  grpc::ServerUnaryReactor* ListPolicyVersions(grpc::CallbackServerContext* context,
                                               const v1::ListPolicyVersionsRequest* request,
                                               v1::ListPolicyVersionsResponse* response) override;
  grpc::ServerUnaryReactor* CheckCondition(grpc::CallbackServerContext* context,
                                           const v1::CheckConditionRequest* request,
                                           v1::CheckConditionResponse* response) override;
  grpc::ServerUnaryReactor* ListRecommendations(grpc::CallbackServerContext* context,
                                                const v1::ListRecommendationsRequest* request,
                                                v1::ListRecommendationsResponse* response) override;

 private:
  using CallContext = servicekit::CallContext;
  absl::StatusOr<v1::Policy> Create(const CallContext& call, const v1::CreatePolicyRequest& request);
  absl::StatusOr<v1::Policy> Get(const CallContext& call, const v1::GetPolicyRequest& request);
  absl::StatusOr<v1::ListPoliciesResponse> List(const CallContext& call,
                                                const v1::ListPoliciesRequest& request);
  absl::StatusOr<v1::Policy> Update(const CallContext& call, const v1::UpdatePolicyRequest& request);
  absl::StatusOr<v1::ListPolicyVersionsResponse> ListVersions(const CallContext& call,
                                                              const v1::ListPolicyVersionsRequest& request);
  absl::StatusOr<v1::CheckConditionResponse> Check(const CallContext& call,
                                                   const v1::CheckConditionRequest& request);
  absl::StatusOr<v1::ListRecommendationsResponse> Recommend(const CallContext& call,
                                                            const v1::ListRecommendationsRequest& request);
  absl::Status PublishChange(Transaction& tx, const v1::Policy& policy);

  servicekit::Executor& executor_;
  servicekit::Pool& pool_;
  Stores& stores_;
  servicekit::FeedPublisher& feed_;
  const servicekit::Clock& clock_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_POLICY_RPC_H_
