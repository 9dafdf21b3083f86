#ifndef LIFECYCLE_SVC_OPERATIONS_OPERATIONS_H_
#define LIFECYCLE_SVC_OPERATIONS_OPERATIONS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clientele/lifecycle/v1/credit_limit_service.pb.h"
#include "clientele/lifecycle/v1/delivery_service.pb.h"
#include "clientele/lifecycle/v1/follow_up_service.pb.h"
#include "clientele/lifecycle/v1/forecast_service.pb.h"
#include "clientele/lifecycle/v1/import_service.pb.h"
#include "clientele/lifecycle/v1/journey_service.pb.h"
#include "clientele/lifecycle/v1/opportunity_service.pb.h"
#include "clientele/lifecycle/v1/order_service.pb.h"
#include "clientele/lifecycle/v1/product_service.pb.h"
#include "clientele/lifecycle/v1/service_project_service.pb.h"
#include "clientele/lifecycle/v1/stage_service.pb.h"
#include "clientele/lifecycle/v1/stall_service.pb.h"
#include "clientele/type/v1/feed.pb.h"
#include "lifecycle-svc/operations/environment.h"

// Every write, each in the file of its name. The contract tells what they do and which errors they give.
namespace clientele::lifecycle {

absl::StatusOr<v1::Product> CreateProduct(const Environment&, const CallContext&,
                                          const v1::CreateProductRequest&);
absl::StatusOr<v1::Product> UpdateProduct(const Environment&, const CallContext&,
                                          const v1::UpdateProductRequest&);
absl::StatusOr<v1::ExchangeRate> SetExchangeRate(const Environment&, const CallContext&,
                                                 const v1::SetExchangeRateRequest&);

absl::StatusOr<v1::Journey> TransitionJourney(const Environment&, const CallContext&,
                                              const v1::TransitionJourneyRequest&);
absl::StatusOr<v1::StageCondition> UpdateStageCondition(const Environment&, const CallContext&,
                                                        const v1::UpdateStageConditionRequest&);

absl::StatusOr<v1::Opportunity> CreateOpportunity(const Environment&, const CallContext&,
                                                  const v1::CreateOpportunityRequest&);
absl::StatusOr<v1::Opportunity> UpdateOpportunity(const Environment&, const CallContext&,
                                                  const v1::UpdateOpportunityRequest&);
absl::StatusOr<v1::Opportunity> WinOpportunity(const Environment&, const CallContext&,
                                               const v1::WinOpportunityRequest&);
absl::StatusOr<v1::Opportunity> LoseOpportunity(const Environment&, const CallContext&,
                                                const v1::LoseOpportunityRequest&);

absl::StatusOr<v1::SalesStep> UpdateSalesStep(const Environment&, const CallContext&,
                                              const v1::UpdateSalesStepRequest&);

absl::StatusOr<v1::Order> CreateOrder(const Environment&, const CallContext&, const v1::CreateOrderRequest&);
absl::StatusOr<v1::Order> CancelOrder(const Environment&, const CallContext&, const v1::CancelOrderRequest&);
absl::StatusOr<v1::OrderReturn> CreateOrderReturn(const Environment&, const CallContext&,
                                                  const v1::CreateOrderReturnRequest&);
absl::StatusOr<v1::Payment> CreatePayment(const Environment&, const CallContext&,
                                          const v1::CreatePaymentRequest&);
absl::StatusOr<v1::Refund> CreateRefund(const Environment&, const CallContext&,
                                        const v1::CreateRefundRequest&);
absl::StatusOr<v1::Referral> CreateReferral(const Environment&, const CallContext&,
                                            const v1::CreateReferralRequest&);
absl::StatusOr<v1::Referral> CancelReferral(const Environment&, const CallContext&,
                                            const v1::CancelReferralRequest&);

absl::StatusOr<v1::CreditLimit> UpdateCreditLimit(const Environment&, const CallContext&,
                                                  const v1::UpdateCreditLimitRequest&);

absl::StatusOr<v1::DeliveryMatrix> UpdateDeliveryMatrix(const Environment&, const CallContext&,
                                                        const v1::UpdateDeliveryMatrixRequest&);
absl::StatusOr<v1::DeliveryTemplate> UpdateDeliveryTemplate(const Environment&, const CallContext&,
                                                            const v1::UpdateDeliveryTemplateRequest&);
absl::StatusOr<v1::ServiceProject> CreateServiceProject(const Environment&, const CallContext&,
                                                        const v1::CreateServiceProjectRequest&);
absl::StatusOr<v1::ServiceProject> CompleteServiceProject(const Environment&, const CallContext&,
                                                          const v1::CompleteServiceProjectRequest&);
absl::StatusOr<v1::ServiceProject> RateServiceProject(const Environment&, const CallContext&,
                                                      const v1::RateServiceProjectRequest&);
absl::StatusOr<v1::ServiceProject> CancelServiceProject(const Environment&, const CallContext&,
                                                        const v1::CancelServiceProjectRequest&);
absl::StatusOr<v1::ServiceTask> CreateServiceTask(const Environment&, const CallContext&,
                                                  const v1::CreateServiceTaskRequest&);
absl::StatusOr<v1::ServiceTask> UpdateServiceTask(const Environment&, const CallContext&,
                                                  const v1::UpdateServiceTaskRequest&);
absl::StatusOr<v1::ServiceTask> LogServiceWork(const Environment&, const CallContext&,
                                               const v1::LogServiceWorkRequest&);

absl::StatusOr<v1::SalesTarget> CreateSalesTarget(const Environment&, const CallContext&,
                                                  const v1::CreateSalesTargetRequest&);
absl::StatusOr<v1::SalesTarget> DeleteSalesTarget(const Environment&, const CallContext&,
                                                  const v1::DeleteSalesTargetRequest&);

absl::StatusOr<v1::FollowUp> CreateFollowUp(const Environment&, const CallContext&,
                                            const v1::CreateFollowUpRequest&);
absl::StatusOr<v1::FollowUp> SnoozeFollowUp(const Environment&, const CallContext&,
                                            const v1::SnoozeFollowUpRequest&);
absl::StatusOr<v1::FollowUp> CompleteFollowUp(const Environment&, const CallContext&,
                                              const v1::CompleteFollowUpRequest&);

// One message of an import.
absl::StatusOr<v1::ImportRecordsResponse> ImportRecords(const Environment&, const CallContext&,
                                                        const v1::ImportRecordsRequest&);

// Folds at most `limit` journeys anew that an older version of the rules folded; how many there were.
absl::StatusOr<int> RefoldJourneys(const Environment&, int limit);

absl::StatusOr<v1::StallRule> UpdateStallRule(const Environment&, const CallContext&,
                                              const v1::UpdateStallRuleRequest&);

// The effect of one batch of value-svc's feed, in the transaction that also keeps the position.
absl::Status ApplyValueFeed(const Environment&, Transaction&, const type::v1::ReadFeedResponse&);
// The effect of one batch of customer-svc's feed, in the transaction that also keeps the position.
absl::Status ApplyCustomerFeed(const Environment&, Transaction&, const type::v1::ReadFeedResponse&);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_OPERATIONS_H_
