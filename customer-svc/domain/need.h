#ifndef CUSTOMER_SVC_DOMAIN_NEED_H_
#define CUSTOMER_SVC_DOMAIN_NEED_H_

#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "customer-svc/domain/fields.h"
#include "customer-svc/domain/reference.h"
#include "servicekit/types/error.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

namespace clientele::customer {

enum class Urgency { kUnspecified = 0, kLow = 1, kMedium = 2, kHigh = 3 };
enum class NeedState { kUnspecified = 0, kOpen = 1, kMet = 2, kWithdrawn = 3 };

// A demand: what a customer wants, for how much, by when.
struct Need {
  servicekit::Id id;
  servicekit::Id customer;
  std::string description;
  std::string product_interest;
  int64_t quantity = 0;
  std::optional<servicekit::Money> budget;
  std::optional<absl::CivilDay> decision_date;
  Urgency urgency = Urgency::kUnspecified;
  NeedState state = NeedState::kUnspecified;
  std::optional<ExternalId> external_id;
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  static constexpr auto Fields() {
    return std::make_tuple(Field{"description", &Need::description},
                           Field{"product_interest", &Need::product_interest},
                           Field{"quantity", &Need::quantity}, Field{"budget", &Need::budget},
                           Field{"decision_date", &Need::decision_date}, Field{"urgency", &Need::urgency},
                           Field{"state", &Need::state}, Field{"external_id", &Need::external_id});
  }
};

// A need is open unless said otherwise.
void SetDefaults(Need& need, const std::optional<servicekit::Id>& caller);
void Check(servicekit::Violations& violations, std::string_view prefix, const Need& need);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_NEED_H_
