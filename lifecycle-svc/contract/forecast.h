#ifndef LIFECYCLE_SVC_CONTRACT_FORECAST_H_
#define LIFECYCLE_SVC_CONTRACT_FORECAST_H_

#include <string>
#include <string_view>

#include "clientele/lifecycle/v1/forecast_service.pb.h"
#include "lifecycle-svc/contract/values.h"
#include "lifecycle-svc/domain/forecast.h"
#include "lifecycle-svc/domain/sales_target.h"

namespace clientele::lifecycle {

v1::GetForecastResponse::Forecast Encode(const Forecast& forecast, const std::string& base_currency);
google::type::Money EncodeEstimate(const std::string& currency, double amount);  // To the micro-unit.

v1::SalesTarget Encode(const SalesTarget& target, const std::string& base_currency);
SalesTarget DecodeSalesTarget(Violations& violations, std::string_view field, const v1::SalesTarget& message,
                              const std::string& base_currency);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_CONTRACT_FORECAST_H_
