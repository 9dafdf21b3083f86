#ifndef LIFECYCLE_SVC_CONTRACT_VALUES_H_
#define LIFECYCLE_SVC_CONTRACT_VALUES_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <google/protobuf/timestamp.pb.h>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "clientele/type/v1/reference.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "lifecycle-svc/domain/external_id.h"
#include "servicekit/types/error.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

// The values that messages are made of. A Decode function adds what is wrong to `violations`, under `field`,
// and then returns something harmless.
namespace clientele::lifecycle {

using servicekit::Id;
using servicekit::Violations;

type::v1::ExternalId EncodeExternalId(const ExternalId& id);

// Kept to the microsecond, within the years 1000 to 9999.
absl::Time DecodeTime(Violations& violations, std::string_view field,
                      const google::protobuf::Timestamp& time);
// The same for something that has happened: not after `now`, which it is when `present` is false.
absl::Time DecodePast(Violations& violations, std::string_view field, bool present,
                      const google::protobuf::Timestamp& time, absl::Time now);
absl::CivilDay DecodeDate(Violations& violations, std::string_view field, const google::type::Date& date);
// 0 or more.
servicekit::Money DecodeMoney(Violations& violations, std::string_view field,
                              const google::type::Money& money);
// Above 0 and in the base currency.
servicekit::Decimal DecodeBaseAmount(Violations& violations, std::string_view field,
                                     const google::type::Money& money, const std::string& base_currency);
ExternalId DecodeExternalId(Violations& violations, std::string_view field, const type::v1::ExternalId& id);
// nullopt when empty.
std::optional<Id> DecodeName(Violations& violations, std::string_view field, std::string_view collection,
                             const std::string& name);
// Of what each customer has one of: `name` must be customers/{customer}/{which}; its customer.
absl::StatusOr<Id> ParseNameOfOne(std::string_view field, std::string_view name, std::string_view which);
void CheckText(Violations& violations, std::string_view field, std::string_view text, size_t max_characters);

// Something by its own id or by its identifier elsewhere.
using Reference = std::variant<Id, ExternalId>;
// nullopt when nothing is set.
std::optional<Reference> DecodeReference(Violations& violations, std::string_view field,
                                         std::string_view collection, const type::v1::Reference& reference);

// Adds a violation when an enum has a number that it does not know.
template <typename Descriptor>
void CheckEnum(Violations& violations, std::string_view field, const Descriptor* descriptor, int number) {
  if (descriptor->FindValueByNumber(number) == nullptr) violations.Add(field, "is not a known value");
}

// ABORTED unless `etag` is empty or that of `version`.
absl::Status CheckEtag(const std::string& etag, int64_t version);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_CONTRACT_VALUES_H_
