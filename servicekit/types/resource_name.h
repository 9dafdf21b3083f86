#ifndef SERVICEKIT_TYPES_RESOURCE_NAME_H_
#define SERVICEKIT_TYPES_RESOURCE_NAME_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "servicekit/types/id.h"

// Resource names (AIP-122): `customers/{id}`, and children `customers/{id}/contacts/{id}`.
namespace servicekit {

struct ChildName {
  Id parent;
  Id id;
};

std::string NameOf(std::string_view collection, Id id);
std::string NameOf(std::string_view parent_collection, Id parent, std::string_view collection, Id id);

// INVALID_ARGUMENT naming `field` unless `name` is `{collection}/{id}`.
absl::StatusOr<Id> ParseName(std::string_view field, std::string_view collection, std::string_view name);
// INVALID_ARGUMENT naming `field` unless `name` is `{parent_collection}/{id}/{collection}/{id}`.
absl::StatusOr<ChildName> ParseName(std::string_view field, std::string_view parent_collection,
                                    std::string_view collection, std::string_view name);

}  // namespace servicekit

#endif  // SERVICEKIT_TYPES_RESOURCE_NAME_H_
