#include "cli/import/change_text.h"

#include <google/protobuf/util/json_util.h>

#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

std::string ValueText(const google::protobuf::Value& value) {
  if (value.kind_case() == google::protobuf::Value::kStringValue) return value.string_value();
  std::string json;
  return google::protobuf::util::MessageToJsonString(value, &json).ok() ? json : "";
}

}  // namespace

std::string ChangeText(const customer::v1::FieldChange& change) {
  const std::string before = change.has_old_value() ? ValueText(change.old_value()) : "";
  const std::string after = change.has_new_value() ? ValueText(change.new_value()) : "";
  if (before.empty() && after.empty()) return change.field();
  if (before.empty()) return servicekit::StrCat(change.field(), ": ", after);
  return servicekit::StrCat(change.field(), ": ", before, " → ", after.empty() ? "nothing" : after);
}

}  // namespace clientele::cli
