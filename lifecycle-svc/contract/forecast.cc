#include "lifecycle-svc/contract/forecast.h"

#include <algorithm>
#include <cmath>

#include "lifecycle-svc/contract/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

using servicekit::NameOf;
using servicekit::StrCat;
using servicekit::ToProto;

google::type::Money EncodeEstimate(const std::string& currency, double amount) {
  // The sum of very many amounts may be more than one amount holds; what is shown is still one.
  const double most = Decimal::FromMicros(Decimal::kLimitMicros).ToDouble() * 0.999;
  const double shown = std::clamp(amount, -most, most);
  return EncodeMoney(currency, Decimal::FromMicros(absl::int128(std::round(shown * 1e6))));
}

v1::GetForecastResponse::Forecast Encode(const Forecast& f, const std::string& base) {
  v1::GetForecastResponse::Forecast message;
  message.set_open_count(f.count);
  *message.mutable_open_amount() = EncodeEstimate(base, f.amount);
  *message.mutable_static_amount() = EncodeEstimate(base, f.static_amount);
  *message.mutable_conditional_amount() = EncodeEstimate(base, f.conditional_amount);
  message.set_conditional_count(f.conditional_count);
  *message.mutable_low_amount() = EncodeEstimate(base, f.low);
  *message.mutable_high_amount() = EncodeEstimate(base, f.high);
  return message;
}

v1::SalesTarget Encode(const SalesTarget& t, const std::string& base_currency) {
  v1::SalesTarget message;
  message.set_name(NameOf("salesTargets", t.id));
  message.set_team(NameOf("teams", t.team));
  if (t.owner.has_value()) message.set_owner(NameOf("representatives", *t.owner));
  *message.mutable_start_date() = ToProto(t.start_date);
  *message.mutable_end_date() = ToProto(t.end_date);
  *message.mutable_amount() = EncodeMoney(base_currency, t.amount);
  *message.mutable_create_time() = ToProto(t.create_time);
  return message;
}

SalesTarget DecodeSalesTarget(Violations& violations, std::string_view field, const v1::SalesTarget& message,
                              const std::string& base_currency) {
  const auto at = [&](std::string_view name) { return StrCat(field, ".", name); };
  SalesTarget target;
  const std::optional<Id> team = DecodeName(violations, at("team"), "teams", message.team());
  if (team.has_value()) target.team = *team;
  target.owner = DecodeName(violations, at("owner"), "representatives", message.owner());
  target.start_date = DecodeDate(violations, at("start_date"), message.start_date());
  target.end_date = DecodeDate(violations, at("end_date"), message.end_date());
  if (target.end_date < target.start_date) violations.Add(at("end_date"), "lies before the first day");
  target.amount = DecodeBaseAmount(violations, at("amount"), message.amount(), base_currency);
  return target;
}

}  // namespace clientele::lifecycle
