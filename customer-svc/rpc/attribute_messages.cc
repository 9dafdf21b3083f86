// Custom attributes between the contract and the domain.
#include <charconv>
#include <cmath>

#include "absl/strings/numbers.h"
#include "customer-svc/rpc/decode.h"
#include "customer-svc/rpc/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::Decimal;
using servicekit::Violations;

// The shortest decimal that is this double: 0.1 is 0.1.
absl::StatusOr<Decimal> ToDecimal(double number) {
  if (!std::isfinite(number)) return absl::InvalidArgumentError("must be a number");
  char text[400];
  const auto end = std::to_chars(text, text + sizeof(text), number, std::chars_format::fixed);
  return Decimal::Parse(std::string_view(text, end.ptr - text));
}

double ToDouble(Decimal decimal) {
  double number = 0;
  (void)absl::SimpleAtod(decimal.ToString(), &number);  // What ToString writes is a number.
  return number;
}

struct EncodeValue {
  v1::AttributeValue& message;

  void operator()(const std::string& text) const { message.set_text(text); }
  void operator()(Decimal number) const { message.set_number(ToDouble(number)); }
  void operator()(absl::CivilDay day) const { *message.mutable_date() = servicekit::ToProto(day); }
  void operator()(const Choice& choice) const { message.set_choice(choice.value); }
  void operator()(bool flag) const { message.set_flag(flag); }
};

}  // namespace

AttributeValues Decode(const google::protobuf::Map<std::string, v1::AttributeValue>& messages,
                       std::string_view field, Violations& violations) {
  AttributeValues values;
  if (messages.size() > kMaxAttributes) {
    violations.Add(field, servicekit::StrCat("must be at most ", kMaxAttributes));
    return values;
  }
  for (const auto& [id, message] : messages) {
    const std::string at = servicekit::StrCat(field, ".", id);
    switch (message.value_case()) {
      case v1::AttributeValue::kText:
        values[id] = message.text();
        break;
      case v1::AttributeValue::kNumber: {
        const absl::StatusOr<Decimal> number = ToDecimal(message.number());
        if (number.ok()) values[id] = *number;
        if (!number.ok())
          violations.Add(at, "must be a number with at most 14 digits before the point, six after");
        break;
      }
      case v1::AttributeValue::kDate: {
        const absl::StatusOr<absl::CivilDay> day = servicekit::FromProto(at, message.date());
        if (day.ok()) values[id] = *day;
        violations.Add(at, day.status());
        break;
      }
      case v1::AttributeValue::kChoice:
        values[id] = Choice{message.choice()};
        break;
      case v1::AttributeValue::kFlag:
        values[id] = message.flag();
        break;
      case v1::AttributeValue::VALUE_NOT_SET:
        violations.Add(at, "must be a text, number, date, choice or flag");
        break;
    }
  }
  return values;
}

Attribute Decode(const v1::Attribute& message) {
  return {.display_name = message.display_name(),
          .type = static_cast<AttributeType>(message.type()),
          .choices = {message.choices().begin(), message.choices().end()}};
}

void Encode(const AttributeValues& values, google::protobuf::Map<std::string, v1::AttributeValue>* messages) {
  for (const auto& [id, value] : values) std::visit(EncodeValue{(*messages)[id]}, value);
}

v1::Attribute Encode(const Attribute& attribute) {
  v1::Attribute message;
  message.set_name(servicekit::StrCat("attributes/", attribute.id));
  message.set_display_name(attribute.display_name);
  message.set_type(static_cast<v1::Attribute::Type>(attribute.type));
  for (const std::string& choice : attribute.choices) message.add_choices(choice);
  *message.mutable_create_time() = servicekit::ToProto(attribute.create_time);
  *message.mutable_update_time() = servicekit::ToProto(attribute.update_time);
  message.set_etag(servicekit::EtagOf(attribute.version));
  return message;
}

}  // namespace clientele::customer
