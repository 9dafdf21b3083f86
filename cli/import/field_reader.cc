#include "cli/import/field_reader.h"

#include <google/protobuf/timestamp.pb.h>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "cli/import/attributes.h"
#include "clientele/type/v1/reference.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "servicekit/types/money.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using servicekit::StrCat;

std::string IdText(const type::v1::ExternalId& id) {
  return id.id().empty() ? "" : StrCat(id.system(), ":", id.id());
}

std::string MoneyText(const google::type::Money& money) {
  if (money.currency_code().empty()) return "";
  const auto amount =
      servicekit::Decimal::FromMicros(absl::int128(money.units()) * 1'000'000 + money.nanos() / 1000);
  return StrCat(amount.ToString(), " ", money.currency_code());
}

std::string MessageText(const Message& message) {
  const auto* type = message.GetDescriptor();
  if (type == google::type::Money::descriptor()) {
    return MoneyText(static_cast<const google::type::Money&>(message));
  }
  if (type == type::v1::ExternalId::descriptor()) {
    return IdText(static_cast<const type::v1::ExternalId&>(message));
  }
  if (type == type::v1::Reference::descriptor()) {
    return IdText(static_cast<const type::v1::Reference&>(message).external_id());
  }
  if (type == google::type::Date::descriptor()) {
    const auto& date = static_cast<const google::type::Date&>(message);
    return date.year() == 0 ? "" : absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
  }
  const auto& time = static_cast<const google::protobuf::Timestamp&>(message);
  return absl::FormatTime(absl::RFC3339_full,
                          absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()),
                          absl::UTCTimeZone());
}

std::string ScalarText(const Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  if (field->is_repeated()) {
    std::vector<std::string> parts;
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      parts.push_back(reflection->GetRepeatedString(message, field, i));
    }
    return absl::StrJoin(parts, "; ");
  }
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->GetString(message, field);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = reflection->GetEnum(message, field);
      return value->number() == 0 ? "" : value->name();
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->GetBool(message, field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT64: {
      const int64_t number = reflection->GetInt64(message, field);
      return number == 0 ? "" : StrCat(number);
    }
    default: {
      const int32_t number = reflection->GetInt32(message, field);
      return number == 0 ? "" : StrCat(number);
    }
  }
}

// The element of a repeated field that a segment such as `contact_points[EMAIL]` or `addresses[0]` means.
const Message* Element(const Message& message, const FieldDescriptor* field, std::string_view which) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    const Message& element = reflection->GetRepeatedMessage(message, field, i);
    if (which == "0") return &element;
    const auto* kind = element.GetDescriptor()->FindFieldByName("kind");
    if (element.GetReflection()->GetEnum(element, kind)->name() == which) return &element;
  }
  return nullptr;
}

}  // namespace

std::string ReadAttribute(const customer::v1::Customer& customer, std::string_view id) {
  const auto found = customer.attributes().find(std::string(id));
  return found == customer.attributes().end() ? "" : AttributeText(found->second);
}

std::string ReadCell(const Message& record, std::string_view path) {
  const Message* message = &record;
  for (const absl::string_view part : absl::StrSplit(servicekit::ToAbsl(path), '.')) {
    const std::string segment(part);
    const size_t bracket = std::min(segment.find('['), segment.size());
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(segment.substr(0, bracket));
    if (field == nullptr) return "";
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return ScalarText(*message, field);
    if (field->is_repeated()) {
      message = Element(*message, field, segment.substr(bracket + 1, segment.size() - bracket - 2));
    } else {
      const bool there = message->GetReflection()->HasField(*message, field);
      message = there ? &message->GetReflection()->GetMessage(*message, field) : nullptr;
    }
    if (message == nullptr) return "";
  }
  return MessageText(*message);
}

}  // namespace clientele::cli
