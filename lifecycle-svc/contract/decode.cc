#include "lifecycle-svc/contract/decode.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "lifecycle-svc/contract/encode.h"
#include "servicekit/rpc/field_mask.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

using servicekit::StrCat;

Level DecodeLevel(Violations& violations, const std::string& field, v1::Level level) {
  CheckEnum(violations, field, v1::Level_descriptor(), level);
  return level == v1::LEVEL_UNSPECIFIED ? Level::kMiddle : static_cast<Level>(level);
}

std::vector<Competitor> DecodeCompetitors(Violations& violations, const std::string& field,
                                          const v1::Opportunity& message) {
  std::vector<Competitor> competitors;
  if (message.competitors_size() > kMaxCompetitors) violations.Add(field, "must be at most 20");
  absl::flat_hash_set<std::string> seen;
  for (int i = 0; i < std::min(message.competitors_size(), kMaxCompetitors); ++i) {
    const v1::Opportunity::Competitor& competitor = message.competitors(i);
    const std::string prefix = StrCat(field, "[", i, "]");
    if (competitor.display_name().empty()) violations.Add(StrCat(prefix, ".display_name"), "is required");
    CheckText(violations, StrCat(prefix, ".display_name"), competitor.display_name(), 128);
    CheckText(violations, StrCat(prefix, ".note"), competitor.note(), 1000);
    if (!seen.insert(competitor.display_name()).second) {
      violations.Add(StrCat(prefix, ".display_name"), "is given twice");
    }
    competitors.push_back({competitor.display_name(), competitor.note()});
  }
  return competitors;
}

}  // namespace

absl::StatusOr<Id> ParseJourneyName(std::string_view field, std::string_view name) {
  return ParseNameOfOne(field, name, "journey");
}

Stage DecodeStage(Violations& violations, std::string_view field, type::v1::Stage stage) {
  CheckEnum(violations, field, type::v1::Stage_descriptor(), stage);
  if (stage == type::v1::STAGE_UNSPECIFIED) violations.Add(field, "is required");
  return stage > type::v1::DORMANT || stage < 0 ? Stage::kNone : static_cast<Stage>(stage);
}

absl::StatusOr<StageCondition> MergeStageCondition(const StageCondition& current,
                                                   const v1::StageCondition& change,
                                                   const google::protobuf::FieldMask& mask,
                                                   std::string_view field) {
  v1::StageCondition merged = Encode(current);
  const absl::Status status = servicekit::ApplyMask(mask, change, &merged);
  if (!status.ok()) return status;
  Violations violations;
  StageCondition next = current;
  next.stage = DecodeStage(violations, StrCat(field, ".stage"), merged.stage());
  if (IsBeside(next.stage)) violations.Add(StrCat(field, ".stage"), "must be one of TARGET to REPURCHASE");
  CheckEnum(violations, StrCat(field, ".supplier"), type::v1::Department_descriptor(), merged.supplier());
  if (merged.supplier() == type::v1::DEPARTMENT_UNSPECIFIED) {
    violations.Add(StrCat(field, ".supplier"), "is required");
  }
  next.supplier = static_cast<Department>(merged.supplier());
  next.enforced = merged.enforced();
  if (!violations.empty()) return violations.status();
  return next;
}

Product DecodeProduct(Violations& violations, std::string_view field, const v1::Product& message) {
  const auto at = [&](std::string_view name) { return StrCat(field, ".", name); };
  Product product;
  if (message.display_name().empty()) violations.Add(at("display_name"), "is required");
  CheckText(violations, at("display_name"), message.display_name(), 255);
  CheckText(violations, at("series"), message.series(), 128);
  CheckText(violations, at("override_reason"), message.override_reason(), 1000);
  product.display_name = message.display_name();
  product.series = message.series();
  if (message.has_list_price())
    product.list_price = DecodeMoney(violations, at("list_price"), message.list_price());
  if (message.has_unit_cost())
    product.unit_cost = DecodeMoney(violations, at("unit_cost"), message.unit_cost());
  product.value_level = DecodeLevel(violations, at("value_level"), message.value_level());
  product.standardization_level =
      DecodeLevel(violations, at("standardization_level"), message.standardization_level());
  CheckEnum(violations, at("delivery_model_override"), v1::DeliveryModel_descriptor(),
            message.delivery_model_override());
  if (message.delivery_model_override() != v1::DELIVERY_MODEL_UNSPECIFIED) {
    product.delivery_model_override = static_cast<DeliveryModel>(message.delivery_model_override());
    if (message.override_reason().empty())
      violations.Add(at("override_reason"), "is required with an override");
    product.override_reason = message.override_reason();
  }
  if (message.has_external_id()) {
    product.external_id = DecodeExternalId(violations, at("external_id"), message.external_id());
  }
  return product;
}

absl::StatusOr<Product> MergeProduct(const Product& current, const v1::Product& change,
                                     const google::protobuf::FieldMask& mask, std::string_view field) {
  v1::Product merged = Encode(current, {});  // What follows from the matrix is not read.
  const absl::Status status = servicekit::ApplyMask(mask, change, &merged);
  if (!status.ok()) return status;
  Violations violations;
  Product next = DecodeProduct(violations, field, merged);
  if (!violations.empty()) return violations.status();
  next.id = current.id;
  next.create_time = current.create_time;
  next.update_time = current.update_time;
  next.version = current.version;
  return next;
}

ExchangeRate DecodeExchangeRate(Violations& violations, std::string_view field,
                                const v1::ExchangeRate& message) {
  const auto at = [&](std::string_view name) { return StrCat(field, ".", name); };
  ExchangeRate rate;
  rate.currency = message.currency_code();
  violations.Add(at("currency_code"), servicekit::CheckCurrency(message.currency_code()));
  rate.start_date = DecodeDate(violations, at("start_date"), message.start_date());
  const absl::StatusOr<Decimal> decimal = Decimal::Parse(message.rate());
  if (!decimal.ok()) {
    violations.Add(at("rate"), decimal.status());
  } else if (*decimal <= Decimal() || *decimal > kMaxRate) {
    violations.Add(at("rate"), "must be above 0 and at most 10,000,000,000");
  } else {
    rate.rate = *decimal;
  }
  return rate;
}

std::vector<OpportunityLine> DecodeLines(Violations& violations, const std::string& field,
                                         const OpportunityLines& lines) {
  std::vector<OpportunityLine> decoded;
  if (lines.size() > kMaxLines) violations.Add(field, "must be at most 200");
  for (int i = 0; i < std::min(lines.size(), kMaxLines); ++i) {
    const v1::Opportunity::Line& line = lines.Get(i);
    const std::string prefix = StrCat(field, "[", i, "]");
    OpportunityLine& next = decoded.emplace_back();
    next.product = DecodeName(violations, StrCat(prefix, ".product"), "products", line.product());
    CheckText(violations, StrCat(prefix, ".description"), line.description(), 255);
    next.description = line.description();
    if (line.quantity() < 1 || line.quantity() > kMaxQuantity) {
      violations.Add(StrCat(prefix, ".quantity"), "must be 1 to 1,000,000,000,000");
    }
    next.quantity = line.quantity();
    if (line.has_unit_price()) {
      next.unit_price = DecodeMoney(violations, StrCat(prefix, ".unit_price"), line.unit_price());
    } else if (!next.product.has_value()) {
      violations.Add(StrCat(prefix, ".unit_price"), "is required without a product");
    }
  }
  return decoded;
}

Opportunity DecodeOpportunity(Violations& violations, std::string_view field, const v1::Opportunity& message,
                              absl::Time now) {
  const auto at = [&](std::string_view name) { return StrCat(field, ".", name); };
  Opportunity o;
  CheckText(violations, at("display_name"), message.display_name(), 255);
  o.display_name = message.display_name();
  o.owner = DecodeName(violations, at("owner"), "representatives", message.owner());
  o.product = DecodeName(violations, at("product"), "products", message.product());
  CheckEnum(violations, at("step"), v1::Opportunity::Step_descriptor(), message.step());
  if (message.step() >= v1::Opportunity::PROSPECTING && message.step() <= v1::Opportunity::NEGOTIATION) {
    o.step = static_cast<SalesStep>(message.step());
  } else if (message.step() == v1::Opportunity::WON || message.step() == v1::Opportunity::LOST) {
    violations.Add(at("step"), "WON and LOST are reached by WinOpportunity and LoseOpportunity");
  }
  if (message.probability_percent() < 0 || message.probability_percent() > 100) {
    violations.Add(at("probability_percent"), "must lie between 0 and 100");
  }
  o.probability_percent =
      message.probability_percent() == 0 ? kUnsaidProbability : message.probability_percent();
  CheckEnum(violations, at("forecast_category"), v1::Opportunity::ForecastCategory_descriptor(),
            message.forecast_category());
  if (message.forecast_category() == v1::Opportunity::CLOSED) {
    violations.Add(at("forecast_category"), "CLOSED is what a won opportunity is in");
  }
  o.forecast_category = static_cast<ForecastCategory>(message.forecast_category());
  if (message.has_amount()) o.amount = DecodeMoney(violations, at("amount"), message.amount());
  o.open_time = DecodePast(violations, at("open_time"), message.has_open_time(), message.open_time(), now);
  if (message.has_expected_close_date()) {
    o.expected_close_date = DecodeDate(violations, at("expected_close_date"), message.expected_close_date());
  }
  if (message.has_external_id()) {
    o.external_id = DecodeExternalId(violations, at("external_id"), message.external_id());
  }
  o.lines = DecodeLines(violations, at("lines"), message.lines());
  o.competitors = DecodeCompetitors(violations, at("competitors"), message);
  return o;
}

absl::StatusOr<Opportunity> MergeOpportunity(const Opportunity& current, const v1::Opportunity& change,
                                             const google::protobuf::FieldMask& mask, std::string_view field,
                                             absl::Time now) {
  v1::Opportunity merged = Encode(current);
  const absl::Status status = servicekit::ApplyMask(mask, change, &merged);
  if (!status.ok()) return status;
  const auto given = [&](std::string_view name, bool set) {
    const bool all = mask.paths().empty() || (mask.paths_size() == 1 && mask.paths(0) == "*");
    return all ? set : std::find(mask.paths().begin(), mask.paths().end(), name) != mask.paths().end();
  };
  if (given("lines", !change.lines().empty()) && !given("amount", change.has_amount()) &&
      !merged.lines().empty()) {
    merged.clear_amount();
  }
  if (merged.step() != static_cast<int>(current.step)) {
    if (!given("probability_percent", change.probability_percent() != 0)) merged.clear_probability_percent();
    if (!given("forecast_category", change.forecast_category() != 0)) merged.clear_forecast_category();
  }
  Violations violations;
  Opportunity next = DecodeOpportunity(violations, field, merged, now);
  // Left empty, it stays: it was opened some time.
  if (!merged.has_open_time()) next.open_time = current.open_time;
  if (!violations.empty()) return violations.status();
  next.id = current.id;
  next.customer = current.customer;
  next.order = current.order;
  next.create_time = current.create_time;
  next.update_time = current.update_time;
  next.version = current.version;
  return next;
}

LostDetails DecodeLost(Violations& violations, std::string_view field, v1::Opportunity::LostReason reason,
                       const std::string& note, const std::string& lost_to) {
  CheckEnum(violations, StrCat(field, "lost_reason"), v1::Opportunity::LostReason_descriptor(), reason);
  if (reason == v1::Opportunity::LOST_REASON_UNSPECIFIED)
    violations.Add(StrCat(field, "lost_reason"), "is required");
  if (reason == v1::Opportunity::OTHER && note.empty()) {
    violations.Add(StrCat(field, "lost_note"), "is required with OTHER");
  }
  CheckText(violations, StrCat(field, "lost_note"), note, 1000);
  CheckText(violations, StrCat(field, "lost_to"), lost_to, 128);
  if (!lost_to.empty() && reason != v1::Opportunity::COMPETITOR) {
    violations.Add(StrCat(field, "lost_to"), "is told with COMPETITOR only");
  }
  return {static_cast<LostReason>(reason), note, lost_to};
}

absl::StatusOr<SalesStep> ParseSalesStepName(std::string_view field, std::string_view name) {
  for (int i = 1; i <= kOpenStepCount; ++i) {
    if (name == SalesStepName(static_cast<SalesStep>(i))) return static_cast<SalesStep>(i);
  }
  return servicekit::InvalidField(field,
                                  "must be salesSteps/prospecting, salesSteps/qualification,"
                                  " salesSteps/proposal or salesSteps/negotiation");
}

absl::StatusOr<StepDefaults> MergeSalesStep(SalesStep step, const StepDefaults& current,
                                            const v1::SalesStep& change,
                                            const google::protobuf::FieldMask& mask, std::string_view field) {
  v1::SalesStep merged = Encode(step, current);
  const absl::Status status = servicekit::ApplyMask(mask, change, &merged);
  if (!status.ok()) return status;
  Violations violations;
  StepDefaults next = current;
  if (merged.probability_percent() < 1 || merged.probability_percent() > 99) {
    violations.Add(StrCat(field, ".probability_percent"), "must lie between 1 and 99");
  }
  next.probability_percent = merged.probability_percent();
  CheckEnum(violations, StrCat(field, ".forecast_category"), v1::Opportunity::ForecastCategory_descriptor(),
            merged.forecast_category());
  if (merged.forecast_category() == v1::Opportunity::FORECAST_CATEGORY_UNSPECIFIED ||
      merged.forecast_category() == v1::Opportunity::CLOSED) {
    violations.Add(StrCat(field, ".forecast_category"), "must be PIPELINE, BEST_CASE, COMMIT or OMITTED");
  }
  next.forecast_category = static_cast<ForecastCategory>(merged.forecast_category());
  if (!violations.empty()) return violations.status();
  return next;
}

}  // namespace clientele::lifecycle
