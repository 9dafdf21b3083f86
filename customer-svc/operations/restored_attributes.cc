#include "customer-svc/operations/restored_attributes.h"

namespace clientele::customer {

absl::StatusOr<std::vector<std::string>> SettleRestoredAttributes(Stores& stores, servicekit::Transaction& tx,
                                                                  const AttributeValues& now,
                                                                  AttributeValues& restored) {
  std::vector<std::string> ids;
  for (const auto& [id, value] : restored) {
    const auto current = now.find(id);
    if (current == now.end() || current->second != value) ids.push_back(id);
  }
  std::vector<std::string> refused;
  if (ids.empty()) return refused;
  const absl::StatusOr<AttributeDefinitions> definitions = stores.attributes.LockDefinitions(tx, ids);
  if (!definitions.ok()) return definitions.status();
  for (const std::string& id : ids) {
    servicekit::Violations violations;
    CheckAttributes(violations, "", {{id, restored.at(id)}}, *definitions);
    if (violations.empty()) continue;
    refused.push_back(id);
    if (const auto current = now.find(id); current != now.end()) {
      restored.insert_or_assign(id, current->second);
    } else {
      restored.erase(id);
    }
  }
  return refused;
}

}  // namespace clientele::customer
