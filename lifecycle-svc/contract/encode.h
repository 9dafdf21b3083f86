#ifndef LIFECYCLE_SVC_CONTRACT_ENCODE_H_
#define LIFECYCLE_SVC_CONTRACT_ENCODE_H_

#include <string>

#include "clientele/lifecycle/v1/journey_service.pb.h"
#include "clientele/lifecycle/v1/opportunity_service.pb.h"
#include "clientele/lifecycle/v1/order_service.pb.h"
#include "clientele/lifecycle/v1/product_service.pb.h"
#include "clientele/lifecycle/v1/stage_service.pb.h"
#include "clientele/type/v1/requirement.pb.h"
#include "lifecycle-svc/domain/journey.h"
#include "lifecycle-svc/domain/opportunity.h"
#include "lifecycle-svc/domain/order.h"
#include "lifecycle-svc/domain/product.h"
#include "lifecycle-svc/domain/referral.h"
#include "lifecycle-svc/domain/requirement.h"

namespace clientele::lifecycle {

google::type::Money EncodeMoney(const std::string& currency, Decimal amount);
std::string JourneyName(Id customer);
std::string PaymentName(const Payment& payment);
std::string ReturnName(const OrderReturn& order_return);
std::string RefundName(const Refund& refund);
std::string SalesStepName(SalesStep step);               // Of an open one.
std::string ExchangeRateName(const ExchangeRate& rate);  // For the history; the contract gives rates no name.

v1::Journey Encode(const Journey& journey);
v1::Transition Encode(const StoredMove& move);
v1::Product Encode(const Product& product, const DeliveryMatrix& matrix);
type::v1::MissingItem Encode(const MissingItem& item);
v1::StageCondition Encode(const StageCondition& condition);
v1::ExchangeRate Encode(const ExchangeRate& rate);
v1::Opportunity Encode(const Opportunity& opportunity);
v1::SalesStep Encode(SalesStep step, const StepDefaults& defaults);
v1::Order Encode(const Order& order, const std::string& base_currency);
v1::OrderReturn Encode(const OrderReturn& order_return, const std::string& currency,
                       const std::string& base_currency);
v1::Payment Encode(const Payment& payment, const std::string& currency);
v1::Refund Encode(const Refund& refund, const std::string& currency, const std::string& base_currency);
v1::Referral Encode(const Referral& referral);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_CONTRACT_ENCODE_H_
