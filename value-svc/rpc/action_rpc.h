#ifndef VALUE_SVC_RPC_ACTION_RPC_H_
#define VALUE_SVC_RPC_ACTION_RPC_H_

#include <cstdint>
#include <functional>

#include "clientele/value/v1/action_service.grpc.pb.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/rpc/serve.h"
#include "servicekit/types/clock.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

class ActionRpc final : public v1::ActionService::CallbackService {
 public:
  // `seed` gives a new seed, above 0, for each hold-out.
  ActionRpc(servicekit::Executor& executor, servicekit::Pool& pool, Stores& stores,
            servicekit::FeedPublisher& feed, const servicekit::Clock& clock,
            std::function<int64_t()> seed = RandomSeed);
  ~ActionRpc() override;

  grpc::ServerUnaryReactor* PlanAction(grpc::CallbackServerContext* context,
                                       const v1::PlanActionRequest* request, v1::Action* response) override;
  grpc::ServerUnaryReactor* GetAction(grpc::CallbackServerContext* context,
                                      const v1::GetActionRequest* request, v1::Action* response) override;
  grpc::ServerUnaryReactor* ListActions(grpc::CallbackServerContext* context,
                                        const v1::ListActionsRequest* request,
                                        v1::ListActionsResponse* response) override;
  grpc::ServerUnaryReactor* ListActionCustomers(grpc::CallbackServerContext* context,
                                                const v1::ListActionCustomersRequest* request,
                                                v1::ListActionCustomersResponse* response) override;
  grpc::ServerUnaryReactor* RecordActionCost(grpc::CallbackServerContext* context,
                                             const v1::RecordActionCostRequest* request,
                                             v1::Action* response) override;
  grpc::ServerUnaryReactor* MeasureAction(grpc::CallbackServerContext* context,
                                          const v1::MeasureActionRequest* request,
                                          v1::ActionEffect* response) override;
  grpc::ServerUnaryReactor* QuerySpending(grpc::CallbackServerContext* context,
                                          const v1::QuerySpendingRequest* request,
                                          v1::QuerySpendingResponse* response) override;

 private:
  using CallContext = servicekit::CallContext;
  absl::StatusOr<v1::Action> Plan(const CallContext& call, const v1::PlanActionRequest& request);
  absl::StatusOr<v1::Action> Get(const CallContext& call, const v1::GetActionRequest& request);
  absl::StatusOr<v1::ListActionsResponse> List(const CallContext& call,
                                               const v1::ListActionsRequest& request);
  absl::StatusOr<v1::ListActionCustomersResponse> ListCustomers(
      const CallContext& call, const v1::ListActionCustomersRequest& request);
  absl::StatusOr<v1::Action> RecordCost(const CallContext& call, const v1::RecordActionCostRequest& request);
  absl::StatusOr<v1::ActionEffect> Measure(const CallContext& call, const v1::MeasureActionRequest& request);
  absl::StatusOr<v1::QuerySpendingResponse> Spending(const CallContext& call,
                                                     const v1::QuerySpendingRequest& request);
  absl::StatusOr<std::string> Currency(Transaction& tx);
  static int64_t RandomSeed();

  servicekit::Executor& executor_;
  servicekit::Pool& pool_;
  Stores& stores_;
  servicekit::FeedPublisher& feed_;
  const servicekit::Clock& clock_;
  const std::function<int64_t()> seed_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_ACTION_RPC_H_
