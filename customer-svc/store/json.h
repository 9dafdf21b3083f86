#ifndef CUSTOMER_SVC_STORE_JSON_H_
#define CUSTOMER_SVC_STORE_JSON_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "customer-svc/domain/fields.h"
#include "customer-svc/domain/names.h"
#include "servicekit/types/str_cat.h"

// How values lie in JSON columns: the repeated fields of a row, and the changes in the history.
namespace clientele::customer {

std::string ToJson(std::string_view text);
std::string ToJson(const std::vector<Address>& addresses);
std::string ToJson(const std::vector<ContactPoint>& points);
std::string ToJson(const std::vector<std::string>& tags);
std::string ToJson(const std::vector<ExternalId>& ids);
std::string ToJson(const AttributeValues& values);
std::string ToJson(const ExternalId& id);
std::string ToJson(const servicekit::Money& money);
std::string ToJson(const absl::CivilDay& day);
std::string ToJson(absl::Time time);

std::vector<Address> AddressesFromJson(const std::string& json);
std::vector<ContactPoint> ContactPointsFromJson(const std::string& json);
std::vector<std::string> TagsFromJson(const std::string& json);
std::vector<ExternalId> ExternalIdsFromJson(const std::string& json);
AttributeValues AttributesFromJson(const std::string& json);

namespace internal {

std::string NameToJson(std::string_view collection, servicekit::Id id);

// The collection that a field of type Id refers to.
template <typename Resource>
std::string_view CollectionOf(std::string_view field) {
  if (field == "parent") return std::is_same_v<Resource, Team> ? "teams" : "customers";
  return field == "team" ? "teams" : "representatives";
}

template <typename Resource, typename Value>
std::string FieldToJson(std::string_view field, const Value& value) {
  if constexpr (std::is_enum_v<Value>) {
    return ToJson(Name(value));
  } else if constexpr (std::is_same_v<Value, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_integral_v<Value>) {
    return servicekit::StrCat(value);
  } else if constexpr (std::is_same_v<Value, servicekit::Id>) {
    return NameToJson(CollectionOf<Resource>(field), value);
  } else {
    return ToJson(value);
  }
}
template <typename Resource, typename Value>
std::string FieldToJson(std::string_view field, const std::optional<Value>& value) {
  return value ? FieldToJson<Resource>(field, *value) : "null";
}

}  // namespace internal

// `[{"field":…,"old":…,"new":…},…]` for the fields that differ; a value that is empty is left out. Empty text
// when nothing differs.
template <typename Resource>
std::string ChangesToJson(const Resource& before, const Resource& after) {
  std::string json;
  ForEachField<Resource>([&](const auto& field) {
    const auto& was = before.*field.member;
    const auto& is = after.*field.member;
    if (was == is) return;
    servicekit::StrAppend(&json, json.empty() ? "[" : ",", "{\"field\":\"", field.name, "\"");
    if (IsFilled(was))
      servicekit::StrAppend(&json, ",\"old\":", internal::FieldToJson<Resource>(field.name, was));
    if (IsFilled(is))
      servicekit::StrAppend(&json, ",\"new\":", internal::FieldToJson<Resource>(field.name, is));
    json += '}';
  });
  if (!json.empty()) json += ']';
  return json;
}

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_JSON_H_
