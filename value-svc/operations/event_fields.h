#ifndef VALUE_SVC_OPERATIONS_EVENT_FIELDS_H_
#define VALUE_SVC_OPERATIONS_EVENT_FIELDS_H_

#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/timestamp.pb.h>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"
#include "servicekit/types/resource_name.h"

namespace clientele::value {

// Reads the fields of one event of a feed. The first that is wrong is kept as `status`; a wrong event stops
// the feed instead of being lost.
class EventFields {
 public:
  servicekit::Id Name(std::string_view field, std::string_view collection, std::string_view name) {
    return Kept(servicekit::ParseName(field, collection, name));
  }
  servicekit::ChildName Name(std::string_view field, std::string_view parent_collection,
                             std::string_view collection, std::string_view name) {
    return Kept(servicekit::ParseName(field, parent_collection, collection, name));
  }
  std::optional<servicekit::Id> OptionalName(std::string_view field, std::string_view collection,
                                             std::string_view name) {
    if (name.empty()) return std::nullopt;
    return Name(field, collection, name);
  }
  // An amount in the base currency, which must be the same in all of a feed's events.
  servicekit::Decimal BaseAmount(const google::type::Money& money) {
    if (money.currency_code().empty()) return servicekit::Decimal();
    if (!currency_.empty() && currency_ != money.currency_code()) {
      Keep(absl::FailedPreconditionError("events come in different base currencies"));
    }
    currency_ = money.currency_code();
    return servicekit::Decimal::FromMicros(absl::int128{money.units()} * 1'000'000 + money.nanos() / 1000);
  }
  static absl::Time Time(const google::protobuf::Timestamp& time) {
    return absl::FromUnixMicros(time.seconds() * 1'000'000 + time.nanos() / 1000);
  }
  static std::optional<absl::Time> OptionalTime(bool present, const google::protobuf::Timestamp& time) {
    return present ? std::optional(Time(time)) : std::nullopt;
  }
  static std::optional<absl::Time> OptionalDay(const google::type::Date& date) {
    if (date.year() == 0 || date.month() == 0 || date.day() == 0) return std::nullopt;
    return absl::FromCivil(absl::CivilDay(date.year(), date.month(), date.day()), absl::UTCTimeZone());
  }

  const absl::Status& status() const { return status_; }
  const std::string& currency() const { return currency_; }

 private:
  void Keep(const absl::Status& status) {
    if (status_.ok()) status_ = status;
  }
  template <typename T>
  T Kept(const absl::StatusOr<T>& value) {
    Keep(value.status());
    return value.ok() ? *value : T{};
  }

  absl::Status status_;
  std::string currency_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_EVENT_FIELDS_H_
