#include "lifecycle-svc/contract/values.h"

#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/request_check.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

using servicekit::Decimal;
using servicekit::Money;
using servicekit::StrCat;

namespace {

// What DATETIME is sure to hold.
const absl::Time kFirstTime = absl::FromCivil(absl::CivilDay(1000, 1, 1), absl::UTCTimeZone());

}  // namespace

type::v1::ExternalId EncodeExternalId(const ExternalId& id) {
  type::v1::ExternalId message;
  message.set_system(id.system);
  message.set_id(id.id);
  return message;
}

absl::Time DecodeTime(Violations& violations, std::string_view field,
                      const google::protobuf::Timestamp& time) {
  const absl::StatusOr<absl::Time> decoded = servicekit::FromProto(field, time);
  violations.Add(field, decoded.status());
  if (decoded.ok() && *decoded < kFirstTime) violations.Add(field, "lies before the year 1000");
  return decoded.ok() ? *decoded : absl::UnixEpoch();
}

absl::Time DecodePast(Violations& violations, std::string_view field, bool present,
                      const google::protobuf::Timestamp& time, absl::Time now) {
  if (!present) return now;
  const absl::Time decoded = DecodeTime(violations, field, time);
  if (decoded > now) violations.Add(field, "lies in the future");
  return decoded;
}

absl::CivilDay DecodeDate(Violations& violations, std::string_view field, const google::type::Date& date) {
  const absl::StatusOr<absl::CivilDay> decoded = servicekit::FromProto(field, date);
  violations.Add(field, decoded.status());
  if (decoded.ok() && decoded->year() < 1000) violations.Add(field, "lies before the year 1000");
  return decoded.ok() ? *decoded : absl::CivilDay();
}

Money DecodeMoney(Violations& violations, std::string_view field, const google::type::Money& money) {
  const absl::StatusOr<Money> decoded = servicekit::FromProto(field, money);
  violations.Add(field, decoded.status());
  if (!decoded.ok()) return {};
  if (decoded->amount < Decimal()) violations.Add(field, "is less than 0");
  return *decoded;
}

servicekit::Decimal DecodeBaseAmount(Violations& violations, std::string_view field,
                                     const google::type::Money& money, const std::string& base_currency) {
  const Money amount = DecodeMoney(violations, field, money);
  if (amount.currency.empty()) return amount.amount;
  if (amount.currency != base_currency) {
    violations.Add(StrCat(field, ".currency_code"), StrCat("must be the base currency, ", base_currency));
  }
  if (amount.amount == Decimal()) violations.Add(field, "must be above 0");
  return amount.amount;
}

absl::StatusOr<Id> ParseNameOfOne(std::string_view field, std::string_view name, std::string_view which) {
  const std::string suffix = StrCat("/", which);
  const absl::Status refused =
      servicekit::InvalidField(field, StrCat("must be customers/{customer}", suffix));
  if (!name.ends_with(suffix)) return refused;
  name.remove_suffix(suffix.size());
  const absl::StatusOr<Id> id = servicekit::ParseName(field, "customers", name);
  if (!id.ok()) return refused;
  return id;
}

void CheckText(Violations& violations, std::string_view field, std::string_view text, size_t max_characters) {
  servicekit::CheckLength(violations, field, text, max_characters);
}

ExternalId DecodeExternalId(Violations& violations, std::string_view field, const type::v1::ExternalId& id) {
  if (id.system().empty()) violations.Add(StrCat(field, ".system"), "is required");
  if (id.id().empty()) violations.Add(StrCat(field, ".id"), "is required");
  CheckText(violations, StrCat(field, ".system"), id.system(), 64);
  CheckText(violations, StrCat(field, ".id"), id.id(), 191);
  // MySQL compares as if they were not there.
  if (id.system().ends_with(' ')) violations.Add(StrCat(field, ".system"), "ends with a space");
  if (id.id().ends_with(' ')) violations.Add(StrCat(field, ".id"), "ends with a space");
  return {id.system(), id.id()};
}

std::optional<Id> DecodeName(Violations& violations, std::string_view field, std::string_view collection,
                             const std::string& name) {
  if (name.empty()) return std::nullopt;
  const absl::StatusOr<Id> id = servicekit::ParseName(field, collection, name);
  if (!id.ok()) {
    violations.Add(field, id.status());
    return std::nullopt;
  }
  return *id;
}

std::optional<Reference> DecodeReference(Violations& violations, std::string_view field,
                                         std::string_view collection, const type::v1::Reference& reference) {
  switch (reference.reference_case()) {
    case type::v1::Reference::kName: {
      if (reference.name().empty()) return std::nullopt;
      const std::optional<Id> id =
          DecodeName(violations, StrCat(field, ".name"), collection, reference.name());
      if (!id.has_value()) return std::nullopt;
      return Reference(*id);
    }
    case type::v1::Reference::kExternalId:
      return Reference(DecodeExternalId(violations, StrCat(field, ".external_id"), reference.external_id()));
    case type::v1::Reference::REFERENCE_NOT_SET:
      break;
  }
  return std::nullopt;
}

absl::Status CheckEtag(const std::string& etag, int64_t version) {
  if (etag.empty() || etag == servicekit::EtagOf(version)) return absl::OkStatus();
  return servicekit::WithReason(absl::AbortedError("it was changed since it was read (the etag is stale)"),
                                "STALE_ETAG");
}

}  // namespace clientele::lifecycle
