#include "lifecycle-svc/domain/product.h"

#include <string_view>

#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

struct ModelText {
  std::string_view name;
  std::string_view meaning;
};
constexpr ModelText kTexts[] = {
    {"PROFESSIONAL", "it is tailored to each customer"},
    {"GENERAL", "it is introduced before the sale and localized after it"},
    {"PROCESS", "the excellence of the process sells and delivers it"},
};
const ModelText& TextOf(DeliveryModel model) { return kTexts[static_cast<int>(model) - 1]; }

std::string_view NameOf(Level level) {
  constexpr std::string_view kNames[] = {"low", "middle", "high"};
  return kNames[static_cast<int>(level) - 1];
}

}  // namespace

DeliveryModel DeliveryModelOf(const Product& product, const DeliveryMatrix& matrix) {
  return product.delivery_model_override.value_or(
      matrix.At(product.value_level, product.standardization_level));
}

std::string ExplainDeliveryModel(const Product& product, const DeliveryMatrix& matrix) {
  const DeliveryModel from_matrix = matrix.At(product.value_level, product.standardization_level);
  const std::string levels =
      servicekit::StrCat("value is ", NameOf(product.value_level), " and standardization is ",
                         NameOf(product.standardization_level));
  if (product.delivery_model_override.has_value()) {
    return servicekit::StrCat(TextOf(*product.delivery_model_override).name, " was chosen by hand (",
                              product.override_reason, "); ", levels, ", which alone gives ",
                              TextOf(from_matrix).name, ".");
  }
  return servicekit::StrCat(TextOf(from_matrix).name, " because ", levels, ": ", TextOf(from_matrix).meaning,
                            ".");
}

std::optional<Decimal> Convert(Decimal amount, Decimal from, Decimal to) {
  const Decimal base = amount * from;
  if (!base.InRange() || to <= Decimal()) return std::nullopt;
  const absl::int128 doubled = base.micros() * 2'000'000 + to.micros();
  const Decimal converted = Decimal::FromMicros(doubled / (to.micros() * 2));
  return converted.InRange() ? std::optional(converted) : std::nullopt;
}

}  // namespace clientele::lifecycle
