#include "servicekit/rpc/convert.h"

#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

constexpr int64_t kMinSeconds = -62'135'596'800;  // 0001-01-01T00:00:00Z.
constexpr int64_t kMaxSeconds = 253'402'300'799;  // 9999-12-31T23:59:59Z.
constexpr int kNanosOfMicro = 1000;
constexpr int kMaxNanos = 999'999'999;

}  // namespace

absl::StatusOr<Money> FromProto(std::string_view field, const google::type::Money& money) {
  Violations violations;
  if (absl::Status status = CheckCurrency(money.currency_code()); !status.ok()) {
    violations.Add(StrCat(field, ".currency_code"), "must be a currency of ISO 4217, as in KRW");
  }
  const int nanos = money.nanos();
  if (nanos > kMaxNanos || nanos < -kMaxNanos) {
    violations.Add(StrCat(field, ".nanos"), "must lie between -999999999 and 999999999");
  } else if ((money.units() > 0 && nanos < 0) || (money.units() < 0 && nanos > 0)) {
    violations.Add(StrCat(field, ".nanos"), "must have the sign of units");
  } else if (nanos % kNanosOfMicro != 0) {
    violations.Add(StrCat(field, ".nanos"), "is finer than a millionth, which is the smallest amount kept");
  }
  const Decimal amount =
      Decimal::FromMicros(absl::int128(money.units()) * 1'000'000 + absl::int128(nanos / kNanosOfMicro));
  if (!amount.InRange()) violations.Add(StrCat(field, ".units"), "is too large");
  if (!violations.empty()) return violations.status();
  return Money{money.currency_code(), amount};
}

google::type::Money ToProto(const Money& money) {
  google::type::Money proto;
  proto.set_currency_code(money.currency);
  proto.set_units(static_cast<int64_t>(money.amount.micros() / 1'000'000));
  proto.set_nanos(static_cast<int>(money.amount.micros() % 1'000'000) * kNanosOfMicro);
  return proto;
}

absl::StatusOr<absl::Time> FromProto(std::string_view field, const google::protobuf::Timestamp& time) {
  if (time.seconds() < kMinSeconds || time.seconds() > kMaxSeconds || time.nanos() < 0 ||
      time.nanos() > kMaxNanos) {
    return InvalidField(field, "must be a time in the years 1 to 9999, with nanos from 0 to 999999999");
  }
  return absl::FromUnixSeconds(time.seconds()) + absl::Microseconds(time.nanos() / kNanosOfMicro);
}

google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp proto;
  proto.set_seconds(absl::ToUnixSeconds(time));
  proto.set_nanos(static_cast<int>(absl::ToInt64Microseconds(time - absl::FromUnixSeconds(proto.seconds())) *
                                   kNanosOfMicro));
  return proto;
}

absl::StatusOr<absl::CivilDay> FromProto(std::string_view field, const google::type::Date& date) {
  const absl::CivilDay day(date.year(), date.month(), date.day());
  // A civil day carries what is too large over into the next month.
  if (date.year() < 1 || date.year() > 9999 || day.year() != date.year() || day.month() != date.month() ||
      day.day() != date.day()) {
    return InvalidField(field, "must be a day that exists, with year, month and day");
  }
  return day;
}

google::type::Date ToProto(absl::CivilDay day) {
  google::type::Date proto;
  proto.set_year(static_cast<int>(day.year()));
  proto.set_month(day.month());
  proto.set_day(day.day());
  return proto;
}

std::string EtagOf(int64_t version) { return StrCat("\"", version, "\""); }

absl::StatusOr<int64_t> ParseEtag(std::string_view field, std::string_view etag) {
  if (etag.empty()) return 0;
  int64_t version = 0;
  if (etag.size() < 3 || etag.front() != '"' || etag.back() != '"' ||
      !absl::SimpleAtoi(ToAbsl(etag.substr(1, etag.size() - 2)), &version) || version <= 0) {
    return InvalidField(field, "is no etag that a read gave");
  }
  return version;
}

}  // namespace servicekit
