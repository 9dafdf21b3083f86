#ifndef CLIENTELE_CLI_IMPORT_FIELD_READER_H_
#define CLIENTELE_CLI_IMPORT_FIELD_READER_H_

#include <string>
#include <string_view>

#include "clientele/customer/v1/customer.pb.h"
#include "google/protobuf/message.h"

namespace clientele::cli {

// FieldWriter's reverse: what a record has at a path of kinds.h, as the cell that an import would read it
// from. Identifiers come with their system, as in `crm:17`; money as in `1234.5 KRW`. Empty when nothing is
// there.
std::string ReadCell(const google::protobuf::Message& record, std::string_view path);
// The same for a custom attribute.
std::string ReadAttribute(const customer::v1::Customer& customer, std::string_view id);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_IMPORT_FIELD_READER_H_
