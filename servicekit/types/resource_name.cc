#include "servicekit/types/resource_name.h"

#include <vector>

#include "absl/strings/str_split.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {

std::string NameOf(std::string_view collection, Id id) { return StrCat(collection, "/", id.ToString()); }

std::string NameOf(std::string_view parent_collection, Id parent, std::string_view collection, Id id) {
  return StrCat(parent_collection, "/", parent.ToString(), "/", collection, "/", id.ToString());
}

absl::StatusOr<Id> ParseName(std::string_view field, std::string_view collection, std::string_view name) {
  if (name.empty()) return InvalidField(field, "is required");
  const std::vector<std::string> parts = absl::StrSplit(ToAbsl(name), '/');
  if (parts.size() == 2 && parts[0] == collection) {
    if (absl::StatusOr<Id> id = Id::Parse(parts[1]); id.ok()) return id;
  }
  return InvalidField(
      field, StrCat("must be a name of the form ", collection, "/{id}, where {id} is 26 characters"));
}

absl::StatusOr<ChildName> ParseName(std::string_view field, std::string_view parent_collection,
                                    std::string_view collection, std::string_view name) {
  if (name.empty()) return InvalidField(field, "is required");
  const std::vector<std::string> parts = absl::StrSplit(ToAbsl(name), '/');
  if (parts.size() == 4 && parts[0] == parent_collection && parts[2] == collection) {
    const absl::StatusOr<Id> parent = Id::Parse(parts[1]);
    const absl::StatusOr<Id> id = Id::Parse(parts[3]);
    if (parent.ok() && id.ok()) return ChildName{*parent, *id};
  }
  return InvalidField(field, StrCat("must be a name of the form ", parent_collection, "/{id}/", collection,
                                    "/{id}, where {id} is 26 characters"));
}

}  // namespace servicekit
