#ifndef CUSTOMER_SVC_DOMAIN_TARGET_MARKET_H_
#define CUSTOMER_SVC_DOMAIN_TARGET_MARKET_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/time/time.h"
#include "customer-svc/domain/fields.h"
#include "servicekit/types/error.h"
#include "servicekit/types/id.h"

namespace clientele::customer {

// Whom a company wants as customers. Whether its filter is one is for whoever compiles it to say.
struct TargetMarket {
  servicekit::Id id;
  std::string display_name;
  std::string description;
  std::string filter;
  int64_t estimated_size = 0;  // 0: not known.
  bool computing = false;      // Members are being looked for since the definition changed.
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  static constexpr auto Fields() {
    return std::make_tuple(
        Field{"display_name", &TargetMarket::display_name}, Field{"description", &TargetMarket::description},
        Field{"filter", &TargetMarket::filter}, Field{"estimated_size", &TargetMarket::estimated_size});
  }
};

constexpr size_t kMaxTargetMarkets = 100;

void Check(servicekit::Violations& violations, std::string_view prefix, const TargetMarket& market);

// Members ÷ estimated size; 0 when the size is not known. Above 1 when the estimate was too low.
double Coverage(int64_t members, int64_t estimated_size);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_TARGET_MARKET_H_
