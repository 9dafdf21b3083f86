#include <string>
#include <string_view>

#include "customer-svc/domain/match_key.h"
#include "customer-svc/fuzz/fuzz.h"
#include "customer-svc/fuzz/refusal.h"
#include "customer-svc/rpc/decode.h"
#include "customer-svc/rpc/encode.h"
#include "customer-svc/store/field_changes.h"

namespace clientele::customer::fuzz {
namespace {

using servicekit::Violations;

// `text`, `number`, `date`, `choice` and `flag`, each of the type of its name.
const AttributeDefinitions& Definitions() {
  static const auto* const definitions = [] {
    auto* const all = new AttributeDefinitions();
    const auto define = [&](const char* id, AttributeType type) {
      (*all)[id] = {.id = id, .display_name = id, .type = type};
    };
    define("text", AttributeType::kText);
    define("number", AttributeType::kNumber);
    define("date", AttributeType::kDate);
    define("choice", AttributeType::kChoice);
    define("flag", AttributeType::kFlag);
    (*all)["choice"].choices = {"A", "나"};
    return all;
  }();
  return *definitions;
}

void CheckAccepted(const Customer& customer) {
  // As it is shown, and sent back with what its reader changed.
  Violations violations;
  const Customer again = Decode(Encode(customer), "customer.", violations);
  Require(violations.empty(), "what is shown is taken");
  Require(ChangedFields(customer, again).empty(), "what is shown and taken is the same");
  // As a merge keeps it for the split, and the history for a revert.
  const Customer restored = SnapshotFromJson<Customer>(SnapshotToJson(customer));
  Require(ChangedFields(customer, restored).empty(), "what is kept and restored is the same");
  const std::vector<MatchKey> keys = MatchKeysOf(customer);
  for (size_t i = 1; i < keys.size(); ++i) Require(keys[i - 1] < keys[i], "match keys are sorted, each once");
}

void OfCustomer(const v1::Customer& message) {
  Violations violations;
  const Customer customer = Decode(message, "customer.", violations);
  Check(violations, "customer.", customer);
  CheckAttributes(violations, "customer.attributes", customer.attributes, Definitions());
  if (!violations.empty()) return RequireRefusal(violations.status());
  CheckAccepted(customer);
}

void Define(const v1::Attribute& message) {
  const Attribute attribute = Decode(message);
  Violations violations;
  Check(violations, "attribute.", attribute);
  if (!violations.empty()) return RequireRefusal(violations.status());
  const Attribute again = Decode(Encode(attribute));
  Require(ChangedFields(attribute, again).empty(), "a definition that is shown and taken is the same");
}

}  // namespace

void Attributes(std::string_view bytes) {
  const int size = static_cast<int>(bytes.size());
  if (v1::Customer customer; customer.ParseFromArray(bytes.data(), size)) OfCustomer(customer);
  if (v1::Attribute attribute; attribute.ParseFromArray(bytes.data(), size)) Define(attribute);
}

}  // namespace clientele::customer::fuzz
