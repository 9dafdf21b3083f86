#include "lifecycle-svc/domain/product.h"

#include <string_view>

#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

constexpr DeliveryModel kPro = DeliveryModel::kProfessional;
constexpr DeliveryModel kGen = DeliveryModel::kGeneral;
constexpr DeliveryModel kPrc = DeliveryModel::kProcess;

// Value (row) by standardization (column). Where one outweighs the other it decides; where they balance,
// GENERAL.
constexpr DeliveryModel kMatrix[3][3] = {
    //              low   middle high
    /* low */ {kGen, kPrc, kPrc},
    /* middle */ {kPro, kGen, kPrc},
    /* high */ {kPro, kPro, kGen},
};

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

DeliveryModel MatrixModel(Level value, Level standardization) {
  return kMatrix[static_cast<int>(value) - 1][static_cast<int>(standardization) - 1];
}

DeliveryModel DeliveryModelOf(const Product& product) {
  return product.delivery_model_override.value_or(
      MatrixModel(product.value_level, product.standardization_level));
}

std::string ExplainDeliveryModel(const Product& product) {
  const DeliveryModel matrix = MatrixModel(product.value_level, product.standardization_level);
  const std::string levels =
      servicekit::StrCat("value is ", NameOf(product.value_level), " and standardization is ",
                         NameOf(product.standardization_level));
  if (product.delivery_model_override.has_value()) {
    return servicekit::StrCat(TextOf(*product.delivery_model_override).name, " was chosen by hand (",
                              product.override_reason, "); ", levels, ", which alone gives ",
                              TextOf(matrix).name, ".");
  }
  return servicekit::StrCat(TextOf(matrix).name, " because ", levels, ": ", TextOf(matrix).meaning, ".");
}

}  // namespace clientele::lifecycle
