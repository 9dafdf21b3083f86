#include "customer-svc/domain/erasure.h"

#include <algorithm>

namespace clientele::customer {
namespace {

constexpr std::string_view kFigures[] = {"type",         "industry", "employee_count", "annual_revenue",
                                         "founded_year", "source",   "owner",          "team"};

}  // namespace

Customer EraseProfile(const Customer& customer) {
  Customer erased = customer;
  ForEachField<Customer>([&](const auto& field) {
    if (std::find(std::begin(kFigures), std::end(kFigures), field.name) == std::end(kFigures)) {
      erased.*field.member = {};
    }
  });
  erased.display_name = kErased;
  return erased;
}

}  // namespace clientele::customer
