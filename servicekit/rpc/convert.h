#ifndef SERVICEKIT_RPC_CONVERT_H_
#define SERVICEKIT_RPC_CONVERT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include <google/protobuf/timestamp.pb.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "servicekit/types/money.h"

// Between what contracts speak and what the domain speaks. All errors are INVALID_ARGUMENT naming `field`.
namespace servicekit {

// Refused: a currency that is not three capital letters, nanos finer than a micro-unit, units and nanos of
// different sign, and what DECIMAL(20,6) does not hold.
absl::StatusOr<Money> FromProto(std::string_view field, const google::type::Money& money);
google::type::Money ToProto(const Money& money);

// Refused: outside of the years 1 to 9999. Cut to the microsecond, as DATETIME(6) keeps it.
absl::StatusOr<absl::Time> FromProto(std::string_view field, const google::protobuf::Timestamp& time);
google::protobuf::Timestamp ToProto(absl::Time time);

// Refused: a day that does not exist, also month or day 0.
absl::StatusOr<absl::CivilDay> FromProto(std::string_view field, const google::type::Date& date);
google::type::Date ToProto(absl::CivilDay day);

// An etag is the version of an aggregate, in quotes as HTTP has it: `"7"`.
std::string EtagOf(int64_t version);
// Empty text gives 0: "whatever the current version is".
absl::StatusOr<int64_t> ParseEtag(std::string_view field, std::string_view etag);

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_CONVERT_H_
