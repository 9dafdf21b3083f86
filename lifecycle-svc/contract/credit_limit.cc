#include "lifecycle-svc/contract/credit_limit.h"

#include "lifecycle-svc/contract/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

using servicekit::StrCat;

v1::CreditLimit Encode(const CreditLimit& limit, const std::string& base_currency) {
  v1::CreditLimit message;
  message.set_name(StrCat(servicekit::NameOf("customers", limit.customer), "/creditLimit"));
  if (limit.version == 0) return message;
  if (limit.amount.has_value()) *message.mutable_amount() = EncodeMoney(base_currency, *limit.amount);
  *message.mutable_start_time() = servicekit::ToProto(limit.start_time);
  *message.mutable_update_time() = servicekit::ToProto(limit.update_time);
  message.set_etag(servicekit::EtagOf(limit.version));
  return message;
}

CreditLimit DecodeCreditLimit(Violations& violations, std::string_view field, const v1::CreditLimit& message,
                              const std::string& base_currency, absl::Time now) {
  CreditLimit limit;
  if (message.has_amount()) {
    limit.amount = DecodeBaseAmount(violations, StrCat(field, ".amount"), message.amount(), base_currency);
  }
  limit.start_time = DecodePast(violations, StrCat(field, ".start_time"), message.has_start_time(),
                                message.start_time(), now);
  return limit;
}

absl::StatusOr<Id> ParseCreditLimitName(std::string_view field, std::string_view name) {
  return ParseNameOfOne(field, name, "creditLimit");
}

}  // namespace clientele::lifecycle
