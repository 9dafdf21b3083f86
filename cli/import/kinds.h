#ifndef CLIENTELE_CLI_IMPORT_KINDS_H_
#define CLIENTELE_CLI_IMPORT_KINDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"

// The kinds of records that can be imported, each with its columns and where in the record each column goes.
// This table is the whole knowledge about them: what a cell may hold follows from the field that it goes to.
namespace clientele::cli {

enum class ImportService { kCustomer, kLifecycle };

struct Field {
  // The column of the default file, and the key in a mapping's `fields`.
  std::string_view column;
  // Path from the record message. `[0]` is the first element of a repeated field, `[EMAIL]` a new element of
  // that kind.
  std::string_view path;
  bool required = false;
};

struct Kind {
  // Also the name of its field in `ImportRecord`.
  std::string_view name;
  ImportService service;
  std::string_view file;
  std::vector<Field> fields;
  // Rows with the same external id that follow each other are one record; each row adds what it has to these
  // lists.
  std::vector<std::string_view> lists = {};
  // By element of the first list; as long as it, or empty.
  std::string_view line_references = {};
};

// In the order in which they depend on each other.
const std::vector<Kind>& Kinds();
// Null when there is none of this name.
const Kind* FindKind(std::string_view name);
const Field* FindField(const Kind& kind, std::string_view column);

// `clientele.customer.v1.ImportRecord` or the lifecycle's.
const google::protobuf::Descriptor* ImportRecordOf(ImportService service);

// Names that are almost `wanted` come first: what an error message offers.
std::string Suggest(std::string_view wanted, std::vector<std::string_view> allowed);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_IMPORT_KINDS_H_
