#include "lifecycle-svc/contract/credit_limit.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/import_batch.h"
#include "lifecycle-svc/operations/order_corrections.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"

// The records that take orders back, whole or in part, and what may be owed for them.
namespace clientele::lifecycle {

using servicekit::InvalidField;
using servicekit::NameOf;
using type::v1::ImportResult;

Order* ImportBatch::OrderOf(const Reference& reference) {
  Order* order = work_.orders.Find(reference);
  return order == nullptr || work_.FindJourney(order->customer) == nullptr ? nullptr : order;
}

absl::StatusOr<ImportBatch::Taken> ImportBatch::TakeCancellation(const ImportItem& item) {
  const v1::OrderCancellationRecord& record = item.record->order_cancellation();
  Order* order = OrderOf(*item.order);
  if (order == nullptr) return InvalidField("order_cancellation.order", "there is no such order");
  Violations violations;
  const std::string reason = DecodeReason(violations, "order_cancellation.reason", record.reason());
  if (!record.has_cancel_time()) violations.Add("order_cancellation.cancel_time", "is required");
  const absl::Time time = DecodePast(violations, "order_cancellation.cancel_time", record.has_cancel_time(),
                                     record.cancel_time(), work_.now());
  if (!violations.empty()) return violations.status();
  const std::string name = NameOf("orders", order->id);
  if (order->is_cancelled()) {
    if (order->cancel_time != time || order->cancel_reason != reason) return Differs(name);
    return Taken{ImportResult::UNCHANGED, name};
  }
  const absl::Status status = OrderCorrections(work_).Cancel(*order, reason, time);
  if (!status.ok()) return servicekit::UnderField(status, "order_cancellation.");
  return Taken{ImportResult::UPDATED, name};
}

absl::StatusOr<ImportBatch::Taken> ImportBatch::TakeRefund(const ImportItem& item) {
  Order* order = OrderOf(*item.order);
  if (order == nullptr) return InvalidField("refund.order", "there is no such order");
  Violations violations;
  const RefundDraft draft =
      DecodeRefund(violations, "refund.refund", item.record->refund().refund(), work_.now());
  if (!violations.empty()) return violations.status();
  if (const auto found = refunds_.find(*item.external_id); found != refunds_.end()) {
    const Refund& refund = found->second;
    const bool same = refund.order == order->id && refund.amount == draft.amount.amount &&
                      order->currency == draft.amount.currency && refund.note == draft.note &&
                      (!draft.has_refund_time || draft.refund_time == refund.refund_time);
    if (!same) return Differs(RefundName(refund));
    return Taken{ImportResult::UNCHANGED, RefundName(refund)};
  }
  const absl::StatusOr<Refund> refund = deals_.GiveBack(*order, draft);
  if (!refund.ok()) return servicekit::UnderField(refund.status(), "refund.");
  refunds_[*item.external_id] = *refund;
  return Taken{ImportResult::CREATED, RefundName(*refund)};
}

absl::StatusOr<ImportBatch::Taken> ImportBatch::TakeReturn(const ImportItem& item) {
  Order* order = OrderOf(*item.order);
  if (order == nullptr) return InvalidField("order_return.order", "there is no such order");
  Violations violations;
  ReturnDraft draft = DecodeReturn(violations, "order_return.order_return",
                                   item.record->order_return().order_return(), work_.now());
  if (!violations.empty()) return violations.status();
  if (const auto found = returns_.find(*item.external_id); found != returns_.end()) {
    const OrderReturn& made = found->second;
    const auto same_line = [](const OrderReturn::Line& a, const OrderReturn::Line& b) {
      return a.line == b.line && a.quantity == b.quantity;
    };
    const OrderReturn& given = draft.order_return;
    const bool same =
        made.order == order->id && made.reason == given.reason && made.discarded == given.discarded &&
        (!draft.has_return_time || made.return_time == given.return_time) &&
        std::equal(made.lines.begin(), made.lines.end(), given.lines.begin(), given.lines.end(), same_line);
    if (!same) return Differs(ReturnName(made));
    return Taken{ImportResult::UNCHANGED, ReturnName(made)};
  }
  const absl::StatusOr<OrderReturn> back = OrderCorrections(work_).TakeBack(*order, draft.order_return);
  if (!back.ok()) return servicekit::UnderField(back.status(), "order_return.order_return.");
  returns_[*item.external_id] = *back;
  return Taken{ImportResult::CREATED, ReturnName(*back)};
}

absl::StatusOr<ImportBatch::Taken> ImportBatch::TakeCreditLimit(const ImportItem& item) {
  if (absl::Status status = CheckMaySetCreditLimits(call_.principal); !status.ok()) return status;
  const absl::StatusOr<Id> customer = Customer("credit_limit.customer", *item.customer);
  if (!customer.ok()) return customer.status();
  const v1::CreditLimit& given = item.record->credit_limit().credit_limit();
  const std::string field = "credit_limit.credit_limit";
  Violations violations;
  if (!given.has_start_time()) violations.Add(field + ".start_time", "is required");
  const CreditLimit draft =
      DecodeCreditLimit(violations, field, given, work_.environment().base_currency, work_.now());
  if (!violations.empty()) return violations.status();
  const CreditLimit before = credit_limits_.InForce(*customer);
  const CreditLimit after = credit_limits_.Set(*customer, draft);
  const std::string name = Encode(after, work_.environment().base_currency).name();
  if (after.version == before.version) return Taken{ImportResult::UNCHANGED, name};
  return Taken{before.version == 0 ? ImportResult::CREATED : ImportResult::UPDATED, name};
}

}  // namespace clientele::lifecycle
