#ifndef CUSTOMER_SVC_DOMAIN_FIELDS_H_
#define CUSTOMER_SVC_DOMAIN_FIELDS_H_

#include <algorithm>
#include <string_view>
#include <tuple>
#include <vector>

// Each resource lists the fields that a client may set, once, in `static constexpr auto Fields()`. Imports,
// the change history and whether anything changed at all follow from that list.
namespace clientele::customer {

template <typename Resource, typename Value>
struct Field {
  std::string_view name;  // As in the contract.
  Value Resource::*member;
};
template <typename Resource, typename Value>
Field(const char*, Value Resource::*) -> Field<Resource, Value>;

using FieldNames = std::vector<std::string_view>;

template <typename Resource, typename Visit>
void ForEachField(Visit visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, Resource::Fields());
}

// Whether `value` says something; imports leave what is empty as it was.
template <typename Value>
bool IsFilled(const Value& value) {
  return !(value == Value{});
}

template <typename Resource>
FieldNames FilledFields(const Resource& resource) {
  FieldNames names;
  ForEachField<Resource>([&](const auto& field) {
    if (IsFilled(resource.*field.member)) names.push_back(field.name);
  });
  return names;
}

template <typename Resource>
FieldNames ChangedFields(const Resource& before, const Resource& after) {
  FieldNames names;
  ForEachField<Resource>([&](const auto& field) {
    if (!(before.*field.member == after.*field.member)) names.push_back(field.name);
  });
  return names;
}

// `current` with the named fields as they are in `update`.
template <typename Resource>
Resource Merge(Resource current, const Resource& update, const FieldNames& names) {
  ForEachField<Resource>([&](const auto& field) {
    if (std::find(names.begin(), names.end(), field.name) != names.end()) {
      current.*field.member = update.*field.member;
    }
  });
  return current;
}

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_FIELDS_H_
