#ifndef LIFECYCLE_SVC_RPC_ORDER_RPC_H_
#define LIFECYCLE_SVC_RPC_ORDER_RPC_H_

#include "clientele/lifecycle/v1/order_service.grpc.pb.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/rpc/calls.h"

namespace clientele::lifecycle {

class OrderRpc final : public v1::OrderService::CallbackService {
 public:
  explicit OrderRpc(Backend backend);
  ~OrderRpc() override;

  CLIENTELE_WRITE(CreateOrder, Order)
  CLIENTELE_RPC(GetOrder, Order)
  CLIENTELE_RPC(ListOrders, ListOrdersResponse)
  CLIENTELE_WRITE(CancelOrder, Order)
  CLIENTELE_WRITE(CreateOrderReturn, OrderReturn)
  CLIENTELE_RPC(ListOrderReturns, ListOrderReturnsResponse)
  CLIENTELE_WRITE(CreatePayment, Payment)
  CLIENTELE_RPC(ListPayments, ListPaymentsResponse)
  CLIENTELE_WRITE(CreateRefund, Refund)
  CLIENTELE_RPC(ListRefunds, ListRefundsResponse)
  CLIENTELE_WRITE(CreateReferral, Referral)
  CLIENTELE_RPC(GetReferral, Referral)
  CLIENTELE_WRITE(CancelReferral, Referral)
  CLIENTELE_RPC(ListReferrals, ListReferralsResponse)
  CLIENTELE_RPC(SummarizeOrders, SummarizeOrdersResponse)

 private:
  const Backend backend_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_ORDER_RPC_H_
