#ifndef LIFECYCLE_SVC_CONTRACT_DECODE_H_
#define LIFECYCLE_SVC_CONTRACT_DECODE_H_

#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/repeated_ptr_field.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clientele/lifecycle/v1/opportunity_service.pb.h"
#include "clientele/lifecycle/v1/order_service.pb.h"
#include "clientele/lifecycle/v1/product_service.pb.h"
#include "clientele/lifecycle/v1/stage_service.pb.h"
#include "clientele/type/v1/stage.pb.h"
#include "lifecycle-svc/contract/values.h"
#include "lifecycle-svc/domain/opportunity.h"
#include "lifecycle-svc/domain/order.h"
#include "lifecycle-svc/domain/product.h"
#include "lifecycle-svc/domain/referral.h"
#include "lifecycle-svc/domain/requirement.h"
#include "lifecycle-svc/domain/stage.h"

// A caller's messages as the domain's values: what a caller sets, without ids, versions and what follows from
// other rows. `field` is where the message lies in the request, as in `product`. Everything wrong is added to
// `violations`.
namespace clientele::lifecycle {

// `name` is that of a journey; its customer.
absl::StatusOr<Id> ParseJourneyName(std::string_view field, std::string_view name);
Stage DecodeStage(Violations& violations, std::string_view field, type::v1::Stage stage);

// `current` with what `change` says: the fields of the mask, or without one those that are not empty.
absl::StatusOr<StageCondition> MergeStageCondition(const StageCondition& current,
                                                   const v1::StageCondition& change,
                                                   const google::protobuf::FieldMask& mask,
                                                   std::string_view field);

Product DecodeProduct(Violations& violations, std::string_view field, const v1::Product& message);
// `current` with what `change` says: the fields of the mask, or without one those that are not empty.
absl::StatusOr<Product> MergeProduct(const Product& current, const v1::Product& change,
                                     const google::protobuf::FieldMask& mask, std::string_view field);
ExchangeRate DecodeExchangeRate(Violations& violations, std::string_view field,
                                const v1::ExchangeRate& message);

// The customer is left out. WON and LOST are refused: they are reached by closing. What it leaves open
// follows from its step and its products (Deals::Completed).
Opportunity DecodeOpportunity(Violations& violations, std::string_view field, const v1::Opportunity& message,
                              absl::Time now);

// `current`, an open one, with what `change` says: the fields of the mask, or without one those that are not
// empty. A new step brings its default probability and forecast category, and new lines their sum, unless
// they are given, too.
absl::StatusOr<Opportunity> MergeOpportunity(const Opportunity& current, const v1::Opportunity& change,
                                             const google::protobuf::FieldMask& mask, std::string_view field,
                                             absl::Time now);

using OpportunityLines = google::protobuf::RepeatedPtrField<v1::Opportunity::Line>;
std::vector<OpportunityLine> DecodeLines(Violations& violations, const std::string& field,
                                         const OpportunityLines& lines);

// `field` is the message that the fields lie in, with its point, or empty.
LostDetails DecodeLost(Violations& violations, std::string_view field, v1::Opportunity::LostReason reason,
                       const std::string& note, const std::string& lost_to);

// `current` with what `change` says: the fields of the mask, or without one those that are not empty.
absl::StatusOr<StepDefaults> MergeSalesStep(SalesStep step, const StepDefaults& current,
                                            const v1::SalesStep& change,
                                            const google::protobuf::FieldMask& mask, std::string_view field);
// `salesSteps/proposal`, …
absl::StatusOr<SalesStep> ParseSalesStepName(std::string_view field, std::string_view name);

// An order as a caller gives it: what a line leaves open follows from its product.
struct OrderDraft {
  struct Line {
    std::optional<Id> product;
    std::string description;
    int64_t quantity = 1;
    Decimal amount;
    std::optional<Decimal> unit_cost;
  };
  std::string currency;
  std::vector<Line> lines;
  absl::Time order_time;
  bool has_order_time = false;
  std::optional<absl::CivilDay> due_date;
  std::vector<Instalment> instalments;
  std::optional<ExternalId> external_id;
};
using Instalments = google::protobuf::RepeatedPtrField<v1::Order::Instalment>;
// All in `currency`; when that is empty, it becomes that of the first.
std::vector<Instalment> DecodeInstalments(Violations& violations, const std::string& field,
                                          const Instalments& instalments, std::string& currency);
OrderDraft DecodeOrder(Violations& violations, std::string_view field, const v1::Order& message,
                       absl::Time now);

struct PaymentDraft {
  Money amount;
  absl::Time pay_time;
  bool has_pay_time = false;
  std::optional<ExternalId> external_id;
};
PaymentDraft DecodePayment(Violations& violations, std::string_view field, const v1::Payment& message,
                           absl::Time now);

// The order is left out, and what follows from it.
struct ReturnDraft {
  OrderReturn order_return;
  bool has_return_time = false;
};
ReturnDraft DecodeReturn(Violations& violations, std::string_view field, const v1::OrderReturn& message,
                         absl::Time now);

// The order is left out, and what follows from it.
struct RefundDraft {
  Money amount;
  absl::Time refund_time;
  bool has_refund_time = false;
  std::string note;
  std::optional<ExternalId> external_id;
};
RefundDraft DecodeRefund(Violations& violations, std::string_view field, const v1::Refund& message,
                         absl::Time now);

// Required, at most 1,000 characters.
std::string DecodeReason(Violations& violations, std::string_view field, const std::string& reason);

// Referrer and opportunity are left out.
Referral DecodeReferral(Violations& violations, std::string_view field, const v1::Referral& message,
                        absl::Time now);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_CONTRACT_DECODE_H_
