#ifndef CUSTOMER_SVC_DOMAIN_CONTACT_H_
#define CUSTOMER_SVC_DOMAIN_CONTACT_H_

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "customer-svc/domain/contact_point.h"
#include "customer-svc/domain/fields.h"
#include "customer-svc/domain/reference.h"
#include "servicekit/types/error.h"
#include "servicekit/types/id.h"

namespace clientele::customer {

enum class BuyingRole {
  kUnspecified = 0,
  kEconomicBuyer = 1,
  kTechnicalEvaluator = 2,
  kDecisionMaker = 3,
  kInfluencer = 4,
  kUser = 5,
  kSponsor = 6,
};

// A person at a customer.
struct Contact {
  servicekit::Id id;
  servicekit::Id customer;
  std::string display_name;
  std::string job_title;
  BuyingRole buying_role = BuyingRole::kUnspecified;
  std::vector<ContactPoint> contact_points;
  std::optional<ExternalId> external_id;
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  static constexpr auto Fields() {
    return std::make_tuple(
        Field{"display_name", &Contact::display_name}, Field{"job_title", &Contact::job_title},
        Field{"buying_role", &Contact::buying_role}, Field{"contact_points", &Contact::contact_points},
        Field{"external_id", &Contact::external_id});
  }
};

// What follows from the rest when nothing was said; nothing, for a contact.
inline void SetDefaults(Contact&, const std::optional<servicekit::Id>& /*caller*/) {}
void Check(servicekit::Violations& violations, std::string_view prefix, const Contact& contact);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_CONTACT_H_
