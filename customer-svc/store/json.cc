#include "customer-svc/store/json.h"

#include <nlohmann/json.hpp>

#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using nlohmann::json;

// Leaves out what is empty: most addresses and contact points have few of their fields.
void Put(json& object, const char* key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}
std::string Text(const json& object, const char* key) { return object.value(key, std::string()); }

json Make(const ExternalId& id) { return {{"system", id.system}, {"id", id.id}}; }

struct MakeValue {
  json operator()(const std::string& text) const { return {{"text", text}}; }
  json operator()(servicekit::Decimal number) const { return {{"number", number.ToString()}}; }
  json operator()(absl::CivilDay day) const { return {{"date", absl::FormatCivilTime(day)}}; }
  json operator()(const Choice& choice) const { return {{"choice", choice.value}}; }
  json operator()(bool flag) const { return {{"flag", flag}}; }
};

template <typename Item, typename MakeItem>
std::string Array(const std::vector<Item>& items, MakeItem make) {
  json array = json::array();
  for (const Item& item : items) array.push_back(make(item));
  return array.dump();
}

template <typename Item, typename ReadItem>
std::vector<Item> Items(const std::string& text, ReadItem read) {
  std::vector<Item> items;
  for (const json& item : json::parse(text)) items.push_back(read(item));
  return items;
}

}  // namespace

std::string ToJson(std::string_view text) { return json(text).dump(); }
std::string ToJson(const std::vector<std::string>& tags) { return json(tags).dump(); }
std::string ToJson(const ExternalId& id) { return Make(id).dump(); }
std::string ToJson(const std::vector<ExternalId>& ids) { return Array(ids, Make); }
std::string ToJson(const absl::CivilDay& day) { return ToJson(absl::FormatCivilTime(day)); }
std::string ToJson(absl::Time time) {
  return ToJson(absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone()));
}
std::string ToJson(const servicekit::Money& money) {
  return json{{"currency", money.currency}, {"amount", money.amount.ToString()}}.dump();
}

std::string ToJson(const std::vector<Address>& addresses) {
  return Array(addresses, [](const Address& address) {
    json item = json::object();
    Put(item, "label", address.label);
    Put(item, "region_code", address.region_code);
    Put(item, "postal_code", address.postal_code);
    Put(item, "locality", address.locality);
    Put(item, "lines", address.lines);
    return item;
  });
}

std::string ToJson(const std::vector<ContactPoint>& points) {
  return Array(points, [](const ContactPoint& point) {
    json item = {{"kind", Name(point.kind)}, {"value", point.value}};
    Put(item, "label", point.label);
    return item;
  });
}

// `{"size_class":{"choice":"A"},"score":{"number":"12.5"}}`.
std::string ToJson(const AttributeValues& values) {
  json object = json::object();
  for (const auto& [id, value] : values) object[id] = std::visit(MakeValue(), value);
  return object.dump();
}

AttributeValues AttributesFromJson(const std::string& text) {
  AttributeValues values;
  const json object = json::parse(text);
  for (const auto& [id, item] : object.items()) {
    if (item.contains("text")) values[id] = Text(item, "text");
    if (item.contains("choice")) values[id] = Choice{Text(item, "choice")};
    if (item.contains("flag")) values[id] = item.value("flag", false);
    if (item.contains("number")) {
      const absl::StatusOr<servicekit::Decimal> number = servicekit::Decimal::Parse(Text(item, "number"));
      if (number.ok()) values[id] = *number;
    }
    if (absl::CivilDay day; item.contains("date") && absl::ParseCivilTime(Text(item, "date"), &day)) {
      values[id] = day;
    }
  }
  return values;
}

std::vector<Address> AddressesFromJson(const std::string& text) {
  return Items<Address>(text, [](const json& item) {
    return Address{Text(item, "label"), Text(item, "region_code"), Text(item, "postal_code"),
                   Text(item, "locality"), Text(item, "lines")};
  });
}

std::vector<ContactPoint> ContactPointsFromJson(const std::string& text) {
  return Items<ContactPoint>(text, [](const json& item) {
    ContactPoint point{ContactPointKind::kUnspecified, Text(item, "value"), Text(item, "label")};
    for (const ContactPointKind kind : {ContactPointKind::kEmail, ContactPointKind::kPhone,
                                        ContactPointKind::kWeb, ContactPointKind::kMessenger}) {
      if (Name(kind) == Text(item, "kind")) point.kind = kind;
    }
    return point;
  });
}

std::vector<std::string> TagsFromJson(const std::string& text) {
  return json::parse(text).get<std::vector<std::string>>();
}

std::vector<ExternalId> ExternalIdsFromJson(const std::string& text) {
  return Items<ExternalId>(text, [](const json& item) {
    return ExternalId{Text(item, "system"), Text(item, "id")};
  });
}

namespace internal {

std::string NameToJson(std::string_view collection, servicekit::Id id) {
  return ToJson(servicekit::NameOf(collection, id));
}

}  // namespace internal
}  // namespace clientele::customer
