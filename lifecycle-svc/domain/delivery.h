#ifndef LIFECYCLE_SVC_DOMAIN_DELIVERY_H_
#define LIFECYCLE_SVC_DOMAIN_DELIVERY_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lifecycle-svc/domain/product.h"
#include "lifecycle-svc/domain/stage.h"

// What each delivery model takes: data that administrators edit.
namespace clientele::lifecycle {

// One step before the sale, or one task after it.
struct DeliveryStep {
  std::string key;  // Its name within the template.
  std::string title;
  Department department = Department::kService;
  int due_days = 0;  // After the order, or after the opportunity was opened.
  int planned_minutes = 0;
  std::vector<std::string> depends_on;  // Keys of the same list.

  friend bool operator==(const DeliveryStep&, const DeliveryStep&) = default;
};

constexpr int kMaxTemplateSteps = 50;
constexpr int kMaxDueDays = 1825;
constexpr int kMaxMinutes = 100'000;

struct DeliveryTemplate {
  DeliveryModel model = DeliveryModel::kGeneral;
  std::vector<DeliveryStep> pre_sale_steps;
  std::vector<DeliveryStep> tasks;
  int repurchase_days = 365;
  absl::Time update_time;
  int64_t version = 0;

  friend bool operator==(const DeliveryTemplate&, const DeliveryTemplate&) = default;
};

// INVALID_ARGUMENT at `field` and what lies in it: keys that are wrong, missing or given twice, and cycles.
absl::Status CheckSteps(const std::string& field, const std::vector<DeliveryStep>& steps);

// Whether following dependencies from any thing leads back to it; `depends_on[i]` are the places of those
// that i needs.
bool HasCycle(const std::vector<std::vector<size_t>>& depends_on);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_DELIVERY_H_
