#ifndef CLIENTELE_CLI_IMPORT_CHANGE_TEXT_H_
#define CLIENTELE_CLI_IMPORT_CHANGE_TEXT_H_

#include <string>

#include "clientele/customer/v1/history_service.pb.h"

namespace clientele::cli {

// `industry: retail → software`; a value that is not there is left out.
std::string ChangeText(const customer::v1::FieldChange& change);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_IMPORT_CHANGE_TEXT_H_
