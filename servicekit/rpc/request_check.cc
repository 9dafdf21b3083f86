#include "servicekit/rpc/request_check.h"

#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include <google/protobuf/descriptor.h>

#include "absl/container/flat_hash_map.h"
#include "google/api/field_behavior.pb.h"
#include "servicekit/types/str_cat.h"
#include "servicekit/types/utf8.h"

namespace servicekit {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Which fields of a message type are to be looked at, worked out once.
struct Plan {
  std::vector<const FieldDescriptor*> required;
  std::vector<const FieldDescriptor*> nested;  // Messages that have required fields themselves, at any depth.
};

bool IsRequired(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == google::api::REQUIRED) return true;
  }
  return false;
}

bool CanBeMissing(const FieldDescriptor& field) {
  if (field.is_repeated() || field.has_presence()) return true;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_ENUM:
      return true;
    default:
      return false;
  }
}

bool HasRequired(const Descriptor* type, std::set<const Descriptor*>& seen) {
  if (!seen.insert(type).second) return false;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor& field = *type->field(i);
    if (IsRequired(field) && CanBeMissing(field)) return true;
    if (field.message_type() != nullptr && !field.is_map() && HasRequired(field.message_type(), seen))
      return true;
  }
  return false;
}

const Plan& PlanOf(const Descriptor* type) {
  static auto& mutex = *new std::shared_mutex;
  static auto& plans = *new absl::flat_hash_map<const Descriptor*, std::unique_ptr<const Plan>>;
  {
    std::shared_lock lock(mutex);
    const auto found = plans.find(type);
    if (found != plans.end()) return *found->second;
  }
  auto plan = std::make_unique<Plan>();
  const FieldDescriptor* const mask = type->FindFieldByName("update_mask");
  const bool partial = mask != nullptr && mask->message_type() != nullptr &&
                       mask->message_type()->full_name() == "google.protobuf.FieldMask";
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    if (IsRequired(*field) && CanBeMissing(*field)) plan->required.push_back(field);
    std::set<const Descriptor*> seen;
    if (!partial && field->message_type() != nullptr && !field->is_map() &&
        HasRequired(field->message_type(), seen)) {
      plan->nested.push_back(field);
    }
  }
  std::unique_lock lock(mutex);
  std::unique_ptr<const Plan>& kept = plans[type];
  if (!kept) kept = std::move(plan);
  return *kept;
}

bool IsThere(const Reflection& reflection, const Message& message, const FieldDescriptor* field) {
  return field->is_repeated() ? reflection.FieldSize(message, field) > 0
                              : reflection.HasField(message, field);
}

void Check(const Message& message, const std::string& prefix, Violations& violations) {
  const Plan& plan = PlanOf(message.GetDescriptor());
  if (plan.required.empty() && plan.nested.empty()) return;
  const Reflection& reflection = *message.GetReflection();
  for (const FieldDescriptor* field : plan.required) {
    if (!IsThere(reflection, message, field)) violations.Add(StrCat(prefix, field->name()), "is required");
  }
  for (const FieldDescriptor* field : plan.nested) {
    if (field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        Check(reflection.GetRepeatedMessage(message, field, i), StrCat(prefix, field->name(), "[", i, "]."),
              violations);
      }
    } else if (reflection.HasField(message, field)) {
      Check(reflection.GetMessage(message, field), StrCat(prefix, field->name(), "."), violations);
    }
  }
}

}  // namespace

absl::Status CheckRequired(const Message& message) {
  Violations violations;
  Check(message, "", violations);
  return violations.status();
}

void CheckLength(Violations& violations, std::string_view field, std::string_view text, size_t max) {
  if (text.size() <= max) return;  // No more characters than bytes.
  const size_t length = CountCodePoints(text);
  if (length > max)
    violations.Add(field, StrCat("has ", length, " characters; at most ", max, " are allowed"));
}

}  // namespace servicekit
