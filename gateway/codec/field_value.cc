#include "gateway/codec/field_value.h"

#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace clientele::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Json = nlohmann::json;

const std::string& Text(const Json& json) { return json.get_ref<const std::string&>(); }

// A whole number as a number or, as proto3 JSON has it for 64 bits, as text.
template <typename Integer>
std::optional<Integer> ToInteger(const Json& json) {
  if (json.is_number_float()) {
    // 1e3 is a whole number, but only below 2^53 is every one of them exact.
    const auto value = json.get<double>();
    if (std::trunc(value) != value || std::abs(value) > 9007199254740992.0) return std::nullopt;
    return ToInteger<Integer>(Json(static_cast<int64_t>(value)));
  }
  if (json.is_number_unsigned()) {
    const auto value = json.get<uint64_t>();
    if (!std::in_range<Integer>(value)) return std::nullopt;
    return static_cast<Integer>(value);
  }
  if (json.is_number_integer()) {
    const auto value = json.get<int64_t>();
    if (!std::in_range<Integer>(value)) return std::nullopt;
    return static_cast<Integer>(value);
  }
  // SimpleAtoi skips spaces and takes a plus sign; JSON has neither.
  if (!json.is_string() || Text(json).empty()) return std::nullopt;
  if (Text(json).find_first_not_of("-0123456789") != std::string::npos) return std::nullopt;
  Integer value;
  if (!absl::SimpleAtoi(Text(json), &value)) return std::nullopt;
  return value;
}

std::optional<double> ToDouble(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (!json.is_string()) return std::nullopt;
  const std::string& text = Text(json);
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  double value = 0;
  if (text.find_first_not_of("0123456789+-.eE") != std::string::npos || !absl::SimpleAtod(text, &value) ||
      !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

const EnumValueDescriptor* ToEnum(const Json& json, const FieldDescriptor* field) {
  if (json.is_string()) {
    if (const auto* value = field->enum_type()->FindValueByName(Text(json))) return value;
  }
  const std::optional<int32_t> number = ToInteger<int32_t>(json);
  return number.has_value() ? field->enum_type()->FindValueByNumber(*number) : nullptr;
}

// `a.bC,d` or `a.b_c,d`: JSON has camel case, query parameters are often written as in the proto.
bool ToFieldMask(const std::string& text, google::protobuf::FieldMask* mask) {
  if (text.empty()) return true;
  std::string path;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == ',') {
      if (path.empty()) return false;
      mask->add_paths(std::exchange(path, {}));
      continue;
    }
    const auto c = static_cast<unsigned char>(text[i]);
    if (!absl::ascii_isalnum(c) && c != '_' && c != '.' && c != '*') return false;
    if (absl::ascii_isupper(c)) path += '_';
    path += static_cast<char>(absl::ascii_tolower(c));
  }
  return true;
}

bool ToBytes(const std::string& text, std::string* bytes) {
  return absl::Base64Unescape(text, bytes) || absl::WebSafeBase64Unescape(text, bytes);
}

// Any JSON as a message. By hand, since protobuf 3.21's own reader ends the process for some input.
void SetValue(const Json& json, google::protobuf::Value* value);

void SetStruct(const Json& json, google::protobuf::Struct* value) {
  for (const auto& [key, element] : json.get_ref<const Json::object_t&>()) {
    SetValue(element, &(*value->mutable_fields())[key]);
  }
}

void SetList(const Json& json, google::protobuf::ListValue* value) {
  for (const Json& element : json) SetValue(element, value->add_values());
}

void SetValue(const Json& json, google::protobuf::Value* value) {
  if (json.is_object()) {
    SetStruct(json, value->mutable_struct_value());
  } else if (json.is_array()) {
    SetList(json, value->mutable_list_value());
  } else if (json.is_string()) {
    value->set_string_value(Text(json));
  } else if (json.is_boolean()) {
    value->set_bool_value(json.get<bool>());
  } else if (json.is_number()) {
    value->set_number_value(json.get<double>());
  } else {
    value->set_null_value(google::protobuf::NULL_VALUE);
  }
}

}  // namespace

std::string SetScalar(const Json& json, const FieldDescriptor* field, Message* message) {
  const auto* reflection = message->GetReflection();
  const bool repeated = field->is_repeated();
  switch (field->cpp_type()) {
#define CLIENTELE_NUMBER(CASE, NAME, TYPE, CONVERT, EXPECTED)                    \
  case FieldDescriptor::CPPTYPE_##CASE: {                                        \
    const auto value = CONVERT(json);                                            \
    if (!value.has_value()) return EXPECTED;                                     \
    repeated ? reflection->Add##NAME(message, field, static_cast<TYPE>(*value))  \
             : reflection->Set##NAME(message, field, static_cast<TYPE>(*value)); \
    return {};                                                                   \
  }
    CLIENTELE_NUMBER(INT32, Int32, int32_t, ToInteger<int32_t>, "must be a 32-bit integer")
    CLIENTELE_NUMBER(INT64, Int64, int64_t, ToInteger<int64_t>, "must be a 64-bit integer")
    CLIENTELE_NUMBER(UINT32, UInt32, uint32_t, ToInteger<uint32_t>, "must be a 32-bit integer of at least 0")
    CLIENTELE_NUMBER(UINT64, UInt64, uint64_t, ToInteger<uint64_t>, "must be a 64-bit integer of at least 0")
    CLIENTELE_NUMBER(FLOAT, Float, float, ToDouble, "must be a number")
    CLIENTELE_NUMBER(DOUBLE, Double, double, ToDouble, "must be a number")
#undef CLIENTELE_NUMBER
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!json.is_boolean()) return "must be true or false";
      repeated ? reflection->AddBool(message, field, json.get<bool>())
               : reflection->SetBool(message, field, json.get<bool>());
      return {};
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* value = ToEnum(json, field);
      if (value == nullptr) return absl::StrCat("must be a value of ", field->enum_type()->name());
      repeated ? reflection->AddEnum(message, field, value) : reflection->SetEnum(message, field, value);
      return {};
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      const bool is_bytes = field->type() == FieldDescriptor::TYPE_BYTES;
      if (!json.is_string()) return is_bytes ? "must be text in base64" : "must be text";
      std::string value;
      if (!is_bytes) {
        value = Text(json);
      } else if (!ToBytes(Text(json), &value)) {
        return "must be text in base64";
      }
      repeated ? reflection->AddString(message, field, std::move(value))
               : reflection->SetString(message, field, std::move(value));
      return {};
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return "cannot be set from one value";
}

bool HasJsonFormOfItsOwn(const Descriptor* type) {
  return type->well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
}

std::string SetWellKnown(const Json& json, Message* message) {
  using google::protobuf::util::TimeUtil;
  switch (message->GetDescriptor()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      if (!json.is_string() ||
          !TimeUtil::FromString(Text(json), static_cast<google::protobuf::Timestamp*>(message))) {
        return "must be a time like 2026-01-31T12:30:00Z";
      }
      return {};
    case Descriptor::WELLKNOWNTYPE_DURATION:
      if (!json.is_string() ||
          !TimeUtil::FromString(Text(json), static_cast<google::protobuf::Duration*>(message))) {
        return "must be a duration like 1.5s";
      }
      return {};
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      if (!json.is_string() || !ToFieldMask(Text(json), static_cast<google::protobuf::FieldMask*>(message))) {
        return "must be field names like name,displayName";
      }
      return {};
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      if (!json.is_object()) return "must be a JSON object";
      SetStruct(json, static_cast<google::protobuf::Struct*>(message));
      return {};
    case Descriptor::WELLKNOWNTYPE_VALUE:
      SetValue(json, static_cast<google::protobuf::Value*>(message));
      return {};
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      if (!json.is_array()) return "must be a JSON array";
      SetList(json, static_cast<google::protobuf::ListValue*>(message));
      return {};
    case Descriptor::WELLKNOWNTYPE_ANY:
      return "cannot be set here";  // Its fields are read by whoever knows how to read messages.
    default:                        // The wrappers: their one field.
      return SetScalar(json, message->GetDescriptor()->field(0), message);
  }
}

}  // namespace clientele::gateway
