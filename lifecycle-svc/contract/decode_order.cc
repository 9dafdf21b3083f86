#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "lifecycle-svc/contract/decode.h"
#include "servicekit/types/str_cat.h"

// Orders, what is paid and comes back of them, and referrals.
namespace clientele::lifecycle {

using servicekit::StrCat;

namespace {

// What was paid, or paid back.
template <typename Message>
Money DecodePaidAmount(Violations& violations, const std::string& field, const Message& message) {
  if (!message.has_amount()) {
    violations.Add(field, "is required");
    return {};
  }
  Money amount = DecodeMoney(violations, field, message.amount());
  if (amount.amount == Decimal() && !amount.currency.empty()) violations.Add(field, "must be above 0");
  return amount;
}

}  // namespace

std::vector<Instalment> DecodeInstalments(Violations& violations, const std::string& field,
                                          const Instalments& instalments, std::string& currency) {
  std::vector<Instalment> decoded;
  if (instalments.size() > kMaxInstalments) violations.Add(field, "must be at most 60");
  for (int i = 0; i < std::min(instalments.size(), kMaxInstalments); ++i) {
    const v1::Order::Instalment& instalment = instalments.Get(i);
    const std::string prefix = StrCat(field, "[", i, "]");
    const Money amount = DecodeMoney(violations, StrCat(prefix, ".amount"), instalment.amount());
    if (currency.empty()) currency = amount.currency;
    if (!amount.currency.empty() && amount.currency != currency) {
      violations.Add(StrCat(prefix, ".amount.currency_code"), "must be that of the lines");
    }
    decoded.push_back(
        {DecodeDate(violations, StrCat(prefix, ".due_date"), instalment.due_date()), amount.amount});
  }
  return decoded;
}

OrderDraft DecodeOrder(Violations& violations, std::string_view field, const v1::Order& message,
                       absl::Time now) {
  const auto at = [&](std::string_view name) { return StrCat(field, ".", name); };
  OrderDraft draft;
  if (message.lines().empty() || message.lines_size() > kMaxLines) {
    violations.Add(at("lines"), "must be 1 to 200");
    return draft;
  }
  for (int i = 0; i < message.lines_size(); ++i) {
    const v1::OrderLine& line = message.lines(i);
    const std::string prefix = StrCat(field, ".lines[", i, "]");
    OrderDraft::Line& decoded = draft.lines.emplace_back();
    decoded.product = DecodeName(violations, StrCat(prefix, ".product"), "products", line.product());
    CheckText(violations, StrCat(prefix, ".description"), line.description(), 255);
    decoded.description = line.description();
    if (line.quantity() < 1 || line.quantity() > kMaxQuantity) {
      violations.Add(StrCat(prefix, ".quantity"), "must be 1 to 1,000,000,000,000");
    }
    decoded.quantity = line.quantity();
    if (!line.has_amount()) {
      violations.Add(StrCat(prefix, ".amount"), "is required");
      continue;
    }
    const Money amount = DecodeMoney(violations, StrCat(prefix, ".amount"), line.amount());
    decoded.amount = amount.amount;
    if (i == 0) {
      draft.currency = line.amount().currency_code();
    } else if (line.amount().currency_code() != draft.currency) {
      violations.Add(StrCat(prefix, ".amount.currency_code"), "must be that of the first line");
    }
    if (line.has_unit_cost()) {
      const Money cost = DecodeMoney(violations, StrCat(prefix, ".unit_cost"), line.unit_cost());
      decoded.unit_cost = cost.amount;
      if (line.unit_cost().currency_code() != draft.currency) {
        violations.Add(StrCat(prefix, ".unit_cost.currency_code"), "must be that of the line's amount");
      }
    }
  }
  draft.has_order_time = message.has_order_time();
  draft.order_time =
      DecodePast(violations, at("order_time"), message.has_order_time(), message.order_time(), now);
  if (message.has_due_date()) draft.due_date = DecodeDate(violations, at("due_date"), message.due_date());
  draft.instalments = DecodeInstalments(violations, at("instalments"), message.instalments(), draft.currency);
  if (message.has_external_id()) {
    draft.external_id = DecodeExternalId(violations, at("external_id"), message.external_id());
  }
  return draft;
}

PaymentDraft DecodePayment(Violations& violations, std::string_view field, const v1::Payment& message,
                           absl::Time now) {
  const auto at = [&](std::string_view name) { return StrCat(field, ".", name); };
  PaymentDraft draft;
  draft.amount = DecodePaidAmount(violations, at("amount"), message);
  draft.has_pay_time = message.has_pay_time();
  draft.pay_time = DecodePast(violations, at("pay_time"), message.has_pay_time(), message.pay_time(), now);
  if (message.has_external_id()) {
    draft.external_id = DecodeExternalId(violations, at("external_id"), message.external_id());
  }
  return draft;
}

RefundDraft DecodeRefund(Violations& violations, std::string_view field, const v1::Refund& message,
                         absl::Time now) {
  const auto at = [&](std::string_view name) { return StrCat(field, ".", name); };
  RefundDraft draft;
  draft.amount = DecodePaidAmount(violations, at("amount"), message);
  draft.has_refund_time = message.has_refund_time();
  draft.refund_time =
      DecodePast(violations, at("refund_time"), message.has_refund_time(), message.refund_time(), now);
  CheckText(violations, at("note"), message.note(), 1000);
  draft.note = message.note();
  if (message.has_external_id()) {
    draft.external_id = DecodeExternalId(violations, at("external_id"), message.external_id());
  }
  return draft;
}

Referral DecodeReferral(Violations& violations, std::string_view field, const v1::Referral& message,
                        absl::Time now) {
  const auto at = [&](std::string_view name) { return StrCat(field, ".", name); };
  Referral referral;
  if (message.influence_percent() < 1 || message.influence_percent() > 100) {
    violations.Add(at("influence_percent"), "must lie between 1 and 100");
  }
  referral.influence_percent = message.influence_percent();
  referral.event_time =
      DecodePast(violations, at("event_time"), message.has_event_time(), message.event_time(), now);
  if (message.has_external_id()) {
    referral.external_id = DecodeExternalId(violations, at("external_id"), message.external_id());
  }
  return referral;
}

ReturnDraft DecodeReturn(Violations& violations, std::string_view field, const v1::OrderReturn& message,
                         absl::Time now) {
  const auto at = [&](std::string_view name) { return StrCat(field, ".", name); };
  ReturnDraft draft;
  OrderReturn& decoded = draft.order_return;
  if (message.lines().empty() || message.lines_size() > kMaxLines) {
    violations.Add(at("lines"), "must be 1 to 200");
  }
  absl::flat_hash_set<int> seen;
  for (int i = 0; i < std::min(message.lines_size(), kMaxLines); ++i) {
    const v1::OrderReturn::Line& line = message.lines(i);
    const std::string prefix = StrCat(field, ".lines[", i, "]");
    if (line.line() < 1) violations.Add(StrCat(prefix, ".line"), "must be 1 or more");
    if (!seen.insert(line.line()).second) violations.Add(StrCat(prefix, ".line"), "is given twice");
    if (line.quantity() < 1) violations.Add(StrCat(prefix, ".quantity"), "must be 1 or more");
    decoded.lines.push_back({line.line() - 1, line.quantity(), {}});
  }
  CheckText(violations, at("reason"), message.reason(), 1000);
  decoded.reason = message.reason();
  decoded.discarded = message.discarded();
  draft.has_return_time = message.has_return_time();
  decoded.return_time =
      DecodePast(violations, at("return_time"), message.has_return_time(), message.return_time(), now);
  if (message.has_external_id()) {
    decoded.external_id = DecodeExternalId(violations, at("external_id"), message.external_id());
  }
  return draft;
}

std::string DecodeReason(Violations& violations, std::string_view field, const std::string& reason) {
  if (reason.empty()) violations.Add(field, "is required");
  CheckText(violations, field, reason, 1000);
  return reason;
}

}  // namespace clientele::lifecycle
