#include "customer-svc/store/field_changes.h"

#include <nlohmann/json.hpp>

#include "absl/time/time.h"

namespace clientele::customer {

using nlohmann::json;

std::vector<FieldChange> ChangesFromJson(const std::string& text) {
  std::vector<FieldChange> changes;
  for (const json& item : json::parse(text)) {
    const auto value = [&](const char* key) {
      const auto found = item.find(key);
      return found == item.end() ? std::nullopt : std::optional(found->dump());
    };
    changes.push_back({item.value("field", ""), value("old"), value("new")});
  }
  return changes;
}

namespace internal {

void Read(const std::string& text, std::string& value) { value = json::parse(text).get<std::string>(); }
void Read(const std::string& text, int64_t& number) { number = json::parse(text).get<int64_t>(); }
void Read(const std::string& text, bool& flag) { flag = json::parse(text).get<bool>(); }

void Read(const std::string& text, servicekit::Id& id) {
  const auto name = json::parse(text).get<std::string>();
  const auto parsed = servicekit::Id::Parse(std::string_view(name).substr(name.rfind('/') + 1));
  if (parsed.ok()) id = *parsed;
}

void Read(const std::string& text, servicekit::Money& money) {
  const json item = json::parse(text);
  money.currency = item.value("currency", "");
  if (const auto amount = servicekit::Decimal::Parse(item.value("amount", "0")); amount.ok()) {
    money.amount = *amount;
  }
}

void Read(const std::string& text, absl::CivilDay& day) {
  absl::ParseCivilTime(json::parse(text).get<std::string>(), &day);
}

void Read(const std::string& text, absl::Time& time) {
  std::string error;
  absl::ParseTime(absl::RFC3339_full, json::parse(text).get<std::string>(), &time, &error);
}

void Read(const std::string& text, ExternalId& id) {
  const json item = json::parse(text);
  id = {item.value("system", ""), item.value("id", "")};
}

void Read(const std::string& text, std::vector<Address>& addresses) { addresses = AddressesFromJson(text); }
void Read(const std::string& text, std::vector<ContactPoint>& points) {
  points = ContactPointsFromJson(text);
}
void Read(const std::string& text, std::vector<std::string>& texts) { texts = TagsFromJson(text); }
void Read(const std::string& text, std::vector<ExternalId>& ids) { ids = ExternalIdsFromJson(text); }

void Read(const std::string& text, AttributeValues& values) { values = AttributesFromJson(text); }

}  // namespace internal
}  // namespace clientele::customer
