// Requirements as JSON: `{"id":…,"description":…,"supplier":"SALES","weight":2,"need":{"with_budget":true}}`,
// as the contract spells it. Also what the migration that ships the default sets is written in.
#include <nlohmann/json.hpp>

#include "customer-svc/domain/names.h"
#include "customer-svc/store/requirement_store.h"

namespace clientele::customer {
namespace {

using nlohmann::json;

template <typename Enum>
json NamesOf(const std::vector<Enum>& values) {
  json names = json::array();
  for (const Enum value : values) names.push_back(std::string(Name(value)));
  return names;
}

template <typename Enum>
Enum EnumOf(const std::string& name, Enum last) {
  for (int i = 1; i <= static_cast<int>(last); ++i) {
    if (Name(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  return Enum::kUnspecified;
}

template <typename Enum>
std::vector<Enum> EnumsOf(const json& object, const char* key, Enum last) {
  std::vector<Enum> values;
  for (const json& name : object.value(key, json::array())) {
    values.push_back(EnumOf(name.get<std::string>(), last));
  }
  return values;
}

struct PutCondition {
  json& item;

  void operator()(std::monostate) const {}
  void operator()(const FieldKnown& known) const { item["field"] = known.field; }
  void operator()(const ContactPointKnown& known) const {
    item["contact_point"] = {{"kinds", NamesOf(known.kinds)}};
  }
  void operator()(const ContactKnown& known) const {
    item["contact"] = {{"buying_roles", NamesOf(known.buying_roles)}};
  }
  void operator()(const NeedKnown& known) const {
    json need = json::object();
    if (known.open) need["open"] = true;
    if (known.with_budget) need["with_budget"] = true;
    if (known.with_decision_date) need["with_decision_date"] = true;
    if (known.with_product_interest) need["with_product_interest"] = true;
    if (known.with_quantity) need["with_quantity"] = true;
    item["need"] = std::move(need);
  }
  void operator()(const InteractionHeld& held) const {
    item["interaction"] = {{"within_days", held.within_days}, {"channels", NamesOf(held.channels)}};
  }
};

Condition ReadCondition(const json& item) {
  if (item.contains("field")) return FieldKnown{item["field"].get<std::string>()};
  if (item.contains("contact_point")) {
    return ContactPointKnown{EnumsOf(item["contact_point"], "kinds", ContactPointKind::kMessenger)};
  }
  if (item.contains("contact")) {
    return ContactKnown{EnumsOf(item["contact"], "buying_roles", BuyingRole::kSponsor)};
  }
  if (item.contains("need")) {
    const json& need = item["need"];
    return NeedKnown{.open = need.value("open", false),
                     .with_budget = need.value("with_budget", false),
                     .with_decision_date = need.value("with_decision_date", false),
                     .with_product_interest = need.value("with_product_interest", false),
                     .with_quantity = need.value("with_quantity", false)};
  }
  if (item.contains("interaction")) {
    const json& held = item["interaction"];
    return InteractionHeld{held.value("within_days", 0), EnumsOf(held, "channels", Channel::kNote)};
  }
  return std::monostate();
}

}  // namespace

std::string ToJson(const std::vector<Requirement>& requirements) {
  json array = json::array();
  for (const Requirement& requirement : requirements) {
    json item = {{"id", requirement.id},
                 {"description", requirement.description},
                 {"supplier", std::string(Name(requirement.supplier))},
                 {"weight", requirement.weight}};
    if (requirement.customer_type != CustomerType::kUnspecified) {
      item["customer_type"] = std::string(Name(requirement.customer_type));
    }
    std::visit(PutCondition{item}, requirement.condition);
    array.push_back(std::move(item));
  }
  return array.dump();
}

std::vector<Requirement> RequirementsFromJson(const std::string& text) {
  std::vector<Requirement> requirements;
  for (const json& item : json::parse(text)) {
    requirements.push_back({.id = item.value("id", ""),
                            .description = item.value("description", ""),
                            .supplier = EnumOf(item.value("supplier", ""), Department::kService),
                            .weight = item.value("weight", 0),
                            .customer_type = EnumOf(item.value("customer_type", ""), CustomerType::kPerson),
                            .condition = ReadCondition(item)});
  }
  return requirements;
}

}  // namespace clientele::customer
