#ifndef CLIENTELE_CLI_COMMANDS_REQUEST_ID_H_
#define CLIENTELE_CLI_COMMANDS_REQUEST_ID_H_

#include <string>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "servicekit/types/id.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {

// A UUID in its usual text form, for a write that may have to be sent again.
inline std::string NewRequestId() {
  const std::string hex(absl::BytesToHexString(servicekit::ToAbsl(servicekit::Id::New(absl::Now()).bytes())));
  return servicekit::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-",
                            hex.substr(16, 4), "-", hex.substr(20));
}

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_COMMANDS_REQUEST_ID_H_
