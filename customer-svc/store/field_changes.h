#ifndef CUSTOMER_SVC_STORE_FIELD_CHANGES_H_
#define CUSTOMER_SVC_STORE_FIELD_CHANGES_H_

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "customer-svc/domain/fields.h"
#include "customer-svc/store/json.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

// What ChangesToJson wrote, read back: for the history as people see it, and to put values back.
namespace clientele::customer {

// One field of one write. A value is JSON text; nullopt: it was, or became, empty.
struct FieldChange {
  std::string field;
  std::optional<std::string> old_value, new_value;
};
std::vector<FieldChange> ChangesFromJson(const std::string& json);

namespace internal {

void Read(const std::string& json, std::string& text);
void Read(const std::string& json, int64_t& number);
void Read(const std::string& json, bool& flag);
void Read(const std::string& json, servicekit::Id& id);
void Read(const std::string& json, servicekit::Money& money);
void Read(const std::string& json, absl::CivilDay& day);
void Read(const std::string& json, absl::Time& time);
void Read(const std::string& json, ExternalId& id);
void Read(const std::string& json, std::vector<Address>& addresses);
void Read(const std::string& json, std::vector<ContactPoint>& points);
void Read(const std::string& json, std::vector<std::string>& texts);
void Read(const std::string& json, std::vector<ExternalId>& ids);
void Read(const std::string& json, AttributeValues& values);
inline void Read(const std::string& json, int32_t& number) {
  int64_t wide = 0;
  Read(json, wide);
  number = static_cast<int32_t>(wide);
}
template <typename Enum>
requires std::is_enum_v<Enum>
void Read(const std::string& json, Enum& value) {
  std::string name;
  Read(json, name);
  // The names end where the list of them does, with an empty one.
  for (int candidate = 1; !Name(static_cast<Enum>(candidate)).empty(); ++candidate) {
    if (Name(static_cast<Enum>(candidate)) == name) value = static_cast<Enum>(candidate);
  }
}
template <typename Value>
void Read(const std::string& json, std::optional<Value>& value) {
  Read(json, value.emplace());
}

}  // namespace internal

// Gives the named field the value that the JSON text has, or none. A field that there is no more is passed
// over.
template <typename Resource>
void SetField(Resource& resource, std::string_view name, const std::optional<std::string>& json) {
  ForEachField<Resource>([&](const auto& field) {
    if (field.name != name) return;
    auto& value = resource.*field.member;
    value = {};
    if (json) internal::Read(*json, value);
  });
}

// All fields that say something, as JSON; and back. Times, versions and ids are not fields.
template <typename Resource>
std::string SnapshotToJson(const Resource& resource) {
  const std::string json = ChangesToJson(Resource{}, resource);
  return json.empty() ? "[]" : json;
}
template <typename Resource>
Resource SnapshotFromJson(const std::string& json) {
  Resource resource;
  for (const FieldChange& change : ChangesFromJson(json)) SetField(resource, change.field, change.new_value);
  return resource;
}

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_FIELD_CHANGES_H_
