#ifndef CLIENTELE_CLI_IMPORT_ATTRIBUTES_H_
#define CLIENTELE_CLI_IMPORT_ATTRIBUTES_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "cli/import/field_writer.h"
#include "clientele/customer/v1/attribute_service.pb.h"
#include "clientele/customer/v1/customer.pb.h"

// Custom attributes in files: a column `attributes.size_class` of a customer. Which there are, and what a
// cell of one may hold, only the service knows.
namespace clientele::cli {

inline constexpr std::string_view kAttributePrefix = "attributes.";

// By id: `size_class`.
using AttributeTypes = std::map<std::string, customer::v1::Attribute::Type>;

AttributeTypes TypesOf(const customer::v1::ListAttributesResponse& defined);

// The id that a column or field names; empty when it is no attribute's.
std::string_view AttributeIdOf(std::string_view column);

// INVALID_ARGUMENT saying what the cell should look like; it must not be empty.
absl::Status WriteAttribute(std::string_view cell, const CellOptions& options,
                            customer::v1::Attribute::Type type, customer::v1::AttributeValue* value);
// What WriteAttribute takes.
std::string AttributeText(const customer::v1::AttributeValue& value);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_IMPORT_ATTRIBUTES_H_
