#include "cli/import/attributes.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "servicekit/types/money.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using customer::v1::Attribute;
using customer::v1::AttributeValue;
using servicekit::StrCat;
using servicekit::ToAbsl;

absl::Status Wrong(std::string_view what) { return absl::InvalidArgumentError(ToAbsl(what)); }

}  // namespace

AttributeTypes TypesOf(const customer::v1::ListAttributesResponse& defined) {
  AttributeTypes types;
  for (const Attribute& attribute : defined.attributes()) {
    types.emplace(attribute.name().substr(attribute.name().find('/') + 1), attribute.type());
  }
  return types;
}

std::string_view AttributeIdOf(std::string_view column) {
  return column.starts_with(kAttributePrefix) ? column.substr(kAttributePrefix.size()) : std::string_view();
}

absl::Status WriteAttribute(std::string_view cell, const CellOptions& options, Attribute::Type type,
                            AttributeValue* value) {
  switch (type) {
    case Attribute::TEXT:
      value->set_text(std::string(cell));
      return absl::OkStatus();
    case Attribute::CHOICE:  // Which there are, the service checks.
      value->set_choice(std::string(cell));
      return absl::OkStatus();
    case Attribute::NUMBER: {
      const auto number = servicekit::Decimal::Parse(WithoutGrouping(cell));
      if (!number.ok())
        return Wrong(StrCat("`", cell, "` is ", servicekit::ToStd(number.status().message())));
      value->set_number(number->ToDouble());
      return absl::OkStatus();
    }
    case Attribute::FLAG: {
      bool flag = false;
      if (!absl::SimpleAtob(ToAbsl(cell), &flag))
        return Wrong(StrCat("`", cell, "` is neither true nor false"));
      value->set_flag(flag);
      return absl::OkStatus();
    }
    case Attribute::DATE:
      return WriteDate(cell, options, value->mutable_date());
    default:
      return Wrong("is of a type that this program does not know; is it older than the service?");
  }
}

std::string AttributeText(const AttributeValue& value) {
  switch (value.value_case()) {
    case AttributeValue::kText:
      return value.text();
    case AttributeValue::kChoice:
      return value.choice();
    case AttributeValue::kNumber: {
      // Six places at most, so that they are enough.
      std::string text = absl::StrFormat("%.6f", value.number());
      text.erase(text.find_last_not_of('0') + 1);
      if (text.back() == '.') text.pop_back();
      return text;
    }
    case AttributeValue::kFlag:
      return value.flag() ? "true" : "false";
    case AttributeValue::kDate:
      return absl::StrFormat("%04d-%02d-%02d", value.date().year(), value.date().month(), value.date().day());
    case AttributeValue::VALUE_NOT_SET:
      return "";
  }
  return "";
}

}  // namespace clientele::cli
