#include "cli/import/field_writer.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "clientele/type/v1/reference.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "servicekit/types/money.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using servicekit::StrCat;
using servicekit::ToAbsl;

absl::Status Wrong(std::string_view what) { return absl::InvalidArgumentError(ToAbsl(what)); }

const EnumValueDescriptor* FindEnumValue(const EnumDescriptor* type, std::string_view text) {
  std::string name(text);
  for (char& c : name) c = c == ' ' || c == '-' ? '_' : absl::ascii_toupper(static_cast<unsigned char>(c));
  const EnumValueDescriptor* value = type->FindValueByName(name);
  return value == nullptr || value->number() == 0 ? nullptr : value;
}

std::string Names(const EnumDescriptor* type) {
  std::string names;
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() == 0) continue;
    servicekit::StrAppend(&names, names.empty() ? "" : ", ", type->value(i)->name());
  }
  return names;
}

absl::Status WriteMoney(std::string_view cell, const CellOptions& options, google::type::Money* money) {
  std::string currency = options.currency;
  if (const size_t blank = cell.find(' '); blank != std::string_view::npos) {
    currency = cell.substr(blank + 1);
    cell = cell.substr(0, blank);
  }
  const auto amount = servicekit::Decimal::Parse(WithoutGrouping(cell));
  if (!amount.ok()) return Wrong(StrCat("`", cell, "` is ", servicekit::ToStd(amount.status().message())));
  if (currency.empty())
    return Wrong("says no currency; set `currency` in the mapping, or a column `currency`");
  if (absl::Status known = servicekit::CheckCurrency(currency); !known.ok()) return known;
  money->set_currency_code(currency);
  money->set_units(static_cast<int64_t>(amount->micros() / 1'000'000));
  money->set_nanos(static_cast<int32_t>(amount->micros() % 1'000'000) * 1000);
  return absl::OkStatus();
}

absl::Status NoTime(std::string_view cell, const CellOptions& options) {
  return Wrong(options.format.empty()
                   ? StrCat("`", cell,
                            "` is not a date such as 2026-01-31 or 2026-01-31T09:30:00Z; "
                            "other forms need `format` in the mapping")
                   : StrCat("`", cell, "` is not a date of the form `", options.format, "`"));
}

absl::Status WriteMessage(std::string_view cell, const CellOptions& options, Message* message) {
  const Descriptor* type = message->GetDescriptor();
  if (type == google::type::Money::descriptor()) {
    return WriteMoney(cell, options, static_cast<google::type::Money*>(message));
  }
  if (type == type::v1::ExternalId::descriptor() || type == type::v1::Reference::descriptor()) {
    auto* id = type == type::v1::ExternalId::descriptor()
                   ? static_cast<type::v1::ExternalId*>(message)
                   : static_cast<type::v1::Reference*>(message)->mutable_external_id();
    id->set_system(options.system);
    id->set_id(std::string(cell));
    return absl::OkStatus();
  }
  if (type == google::type::Date::descriptor()) {
    return WriteDate(cell, options, static_cast<google::type::Date*>(message));
  }
  absl::Time time;
  if (!ParseTime(cell, options, &time)) return NoTime(cell, options);
  const absl::Duration since_epoch = time - absl::UnixEpoch();
  auto* timestamp = static_cast<google::protobuf::Timestamp*>(message);
  timestamp->set_seconds(absl::ToUnixSeconds(time));
  timestamp->set_nanos(
      static_cast<int32_t>((since_epoch - absl::Seconds(timestamp->seconds())) / absl::Nanoseconds(1)));
  return absl::OkStatus();
}

// `1; 2`, into a repeated int32.
absl::Status WriteNumbers(std::string_view cell, const FieldDescriptor* field, Message* message) {
  for (absl::string_view part : absl::StrSplit(ToAbsl(cell), ';', absl::SkipWhitespace())) {
    int32_t value = 0;
    if (!absl::SimpleAtoi(part, &value)) return Wrong(StrCat("`", cell, "` is not a list of whole numbers"));
    message->GetReflection()->AddInt32(message, field, value);
  }
  return absl::OkStatus();
}

absl::Status WriteScalar(std::string_view cell, const FieldDescriptor* field, Message* message) {
  const auto* reflection = message->GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field->is_repeated()) {
        for (absl::string_view part : absl::StrSplit(ToAbsl(cell), ';', absl::SkipWhitespace())) {
          reflection->AddString(message, field, std::string(absl::StripAsciiWhitespace(part)));
        }
      } else {
        reflection->SetString(message, field, std::string(cell));
      }
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* value = FindEnumValue(field->enum_type(), cell);
      if (value == nullptr) {
        return Wrong(
            StrCat("`", cell, "` is none of ", Names(field->enum_type()), "; a `map` can translate it"));
      }
      reflection->SetEnum(message, field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      bool value = false;
      if (!absl::SimpleAtob(ToAbsl(cell), &value))
        return Wrong(StrCat("`", cell, "` is neither true nor false"));
      reflection->SetBool(message, field, value);
      return absl::OkStatus();
    }
    default: {
      if (field->is_repeated()) return WriteNumbers(cell, field, message);
      const std::string digits = WithoutGrouping(cell);
      int64_t value = 0;
      int32_t narrow = 0;
      const bool wide = field->cpp_type() == FieldDescriptor::CPPTYPE_INT64;
      if (wide ? !absl::SimpleAtoi(digits, &value) : !absl::SimpleAtoi(digits, &narrow)) {
        return Wrong(StrCat("`", cell, "` is not a whole number"));
      }
      wide ? reflection->SetInt64(message, field, value) : reflection->SetInt32(message, field, narrow);
      return absl::OkStatus();
    }
  }
}

}  // namespace

std::string WithoutGrouping(std::string_view text) {
  const size_t point = std::min(text.find('.'), text.size());
  for (size_t i = 0; i < point; ++i) {
    if (text[i] == ',' && ((point - i) % 4 != 0 || i == 0)) return std::string(text);
  }
  return absl::StrReplaceAll(ToAbsl(text), {{",", ""}});
}

absl::Status WriteDate(std::string_view cell, const CellOptions& options, google::type::Date* date) {
  absl::Time time;
  if (!ParseTime(cell, options, &time)) return NoTime(cell, options);
  const absl::CivilDay day = absl::ToCivilDay(time, options.time_zone);
  date->set_year(static_cast<int32_t>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
  return absl::OkStatus();
}

bool ParseTime(std::string_view text, const CellOptions& options, absl::Time* time) {
  std::string error;
  if (!options.format.empty()) {
    // Abseil's %Y takes as many digits as there are; people mean four.
    const std::string format = absl::StrReplaceAll(options.format, {{"%Y", "%E4Y"}});
    return absl::ParseTime(format, ToAbsl(text), options.time_zone, time, &error);
  }
  for (const char* format : {"%E4Y-%m-%d", absl::RFC3339_full, "%E4Y-%m-%d %H:%M:%E*S",
                             "%E4Y-%m-%d%ET%H:%M:%E*S", "%E4Y-%m-%d %H:%M"}) {
    // `infinite-future` would be one, too.
    if (absl::ParseTime(format, ToAbsl(text), options.time_zone, time, &error))
      return absl::ascii_isdigit(text[0]);
  }
  return false;
}

FieldWriter::FieldWriter(const Descriptor* record, std::string_view path) {
  const Descriptor* type = record;
  for (absl::string_view segment : absl::StrSplit(ToAbsl(path), '.')) {
    const size_t bracket = std::min(segment.find('['), segment.size());
    const FieldDescriptor* field =
        type == nullptr ? nullptr : type->FindFieldByName(std::string(segment.substr(0, bracket)));
    if (field == nullptr) std::abort();
    type = field->message_type();
    Step step{field};
    if (bracket < segment.size() && segment.substr(bracket) != "[0]") {
      const std::string name(segment.substr(bracket + 1, segment.size() - bracket - 2));
      step.kind = type->FindFieldByName("kind")->enum_type()->FindValueByName(name);
      if (step.kind == nullptr) std::abort();
    }
    steps_.push_back(step);
  }
}

absl::Status FieldWriter::Write(std::string_view cell, const CellOptions& options, Message* record) const {
  if (cell.empty()) return absl::OkStatus();
  Message* message = record;
  for (const Step& step : steps_) {
    const auto* reflection = message->GetReflection();
    if (step.field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)
      return WriteScalar(cell, step.field, message);
    if (!step.field->is_repeated()) {
      message = reflection->MutableMessage(message, step.field);
    } else if (step.kind != nullptr) {
      message = reflection->AddMessage(message, step.field);
      message->GetReflection()->SetEnum(message, message->GetDescriptor()->FindFieldByName("kind"),
                                        step.kind);
    } else if (reflection->FieldSize(*message, step.field) == 0) {
      message = reflection->AddMessage(message, step.field);
    } else {
      message = reflection->MutableRepeatedMessage(message, step.field, 0);
    }
  }
  return WriteMessage(cell, options, message);
}

bool FieldWriter::is_money() const {
  return steps_.back().field->message_type() == google::type::Money::descriptor();
}

bool FieldWriter::is_time() const {
  const Descriptor* type = steps_.back().field->message_type();
  return type == google::type::Date::descriptor() || type == google::protobuf::Timestamp::descriptor();
}

}  // namespace clientele::cli
