#ifndef CUSTOMER_SVC_STORE_TIMELINE_STORE_H_
#define CUSTOMER_SVC_STORE_TIMELINE_STORE_H_

#include <compare>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "customer-svc/store/child_store.h"
#include "customer-svc/store/field_changes.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// One row of the history.
struct ProfileChange {
  absl::Time time;
  std::string resource;
  std::string actor;
  std::string method;
  std::vector<FieldChange> fields;
};

// Where an entry stands in the timeline: by time, then by id.
struct TimelinePlace {
  absl::Time time;
  servicekit::Id id;
  // Abseil's times have no <=>; with its kind named, it is made of < and ==.
  friend std::strong_ordering operator<=>(const TimelinePlace&, const TimelinePlace&) = default;
};

struct TimelineEntry {
  TimelinePlace place;
  std::variant<Interaction, Contact, Need, ProfileChange> what;
};

// The timeline of a customer, which must be visible to the caller: what lies in four tables, merged. Contacts
// and needs stand where they were created, interactions where they happened, and the history tells the rest.
class TimelineStore {
 public:
  // The newest `limit` before `before`, newest first; the newest of all when it is empty.
  absl::StatusOr<std::vector<TimelineEntry>> List(servicekit::Transaction& tx, servicekit::Id customer,
                                                  const std::optional<TimelinePlace>& before, int64_t limit);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_TIMELINE_STORE_H_
