#ifndef LIFECYCLE_SVC_DOMAIN_PRODUCT_H_
#define LIFECYCLE_SVC_DOMAIN_PRODUCT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "lifecycle-svc/domain/external_id.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

// The numbers of the enums are those of the contract, and are stored.
namespace clientele::lifecycle {

using servicekit::Decimal;
using servicekit::Id;
using servicekit::Money;

enum class Level : uint8_t { kLow = 1, kMiddle = 2, kHigh = 3 };
constexpr Level kLevels[] = {Level::kLow, Level::kMiddle, Level::kHigh};

// How a product is delivered, which decides how it is marketed.
enum class DeliveryModel : uint8_t { kProfessional = 1, kGeneral = 2, kProcess = 3 };

struct Product {
  Id id;
  std::string display_name;
  std::string series;
  std::optional<Money> list_price;
  std::optional<Money> unit_cost;
  Level value_level = Level::kMiddle;
  Level standardization_level = Level::kMiddle;
  std::optional<DeliveryModel> delivery_model_override;
  std::string override_reason;
  std::optional<ExternalId> external_id;
  absl::Time create_time;
  absl::Time update_time;
  int64_t version = 0;

  friend bool operator==(const Product&, const Product&) = default;
};

// What value and standardization alone say: data that administrators edit. It begins as the one that ships:
// where one outweighs the other it decides; where they balance, GENERAL.
class DeliveryMatrix {
 public:
  DeliveryModel At(Level value, Level standardization) const {
    return cells_[Place(value)][Place(standardization)];
  }
  void Set(Level value, Level standardization, DeliveryModel model) {
    cells_[Place(value)][Place(standardization)] = model;
  }
  int64_t version = 1;  // Of all cells together.

  friend bool operator==(const DeliveryMatrix&, const DeliveryMatrix&) = default;

 private:
  static size_t Place(Level level) { return static_cast<size_t>(level) - 1; }
  using Row = std::array<DeliveryModel, 3>;
  // Value (row) by standardization (column).
  std::array<Row, 3> cells_ = {
      //   low                          middle                        high
      Row{DeliveryModel::kGeneral, DeliveryModel::kProcess, DeliveryModel::kProcess},            // low
      Row{DeliveryModel::kProfessional, DeliveryModel::kGeneral, DeliveryModel::kProcess},       // middle
      Row{DeliveryModel::kProfessional, DeliveryModel::kProfessional, DeliveryModel::kGeneral},  // high
  };
};

// The model that counts, and why it is that one, in a sentence.
DeliveryModel DeliveryModelOf(const Product& product, const DeliveryMatrix& matrix);
std::string ExplainDeliveryModel(const Product& product, const DeliveryMatrix& matrix);

// One unit of `currency` is worth `rate` units of the base currency from `start_date` on, until the next such
// day.
struct ExchangeRate {
  std::string currency;
  absl::CivilDay start_date;
  Decimal rate;

  friend bool operator==(const ExchangeRate&, const ExchangeRate&) = default;
};

// 10^10 units: keeps any amount times any rate within 128 bits.
constexpr Decimal kMaxRate = Decimal::FromMicros(absl::int128(10'000'000'000'000'000));

// An amount in a currency of which one is worth `from` in one of which one is worth `to` (both in the base
// currency), rounded half up to a micro-unit; nullopt when that is more than an amount can hold.
std::optional<Decimal> Convert(Decimal amount, Decimal from, Decimal to);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_PRODUCT_H_
