#ifndef GATEWAY_HTTP_TLS_FILES_H_
#define GATEWAY_HTTP_TLS_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

// Certificates are files, and are renewed while we run.
namespace clientele::gateway {

// Changes whenever one of the files does. Those that are not there, or have no name, do not count.
std::string VersionOfFiles(const std::vector<std::string>& paths);

// Whether they can be used together, so that half of a renewed pair is not: INVALID_ARGUMENT naming the file.
// Empty paths are not looked at.
absl::Status CheckTlsFiles(const std::string& cert, const std::string& key, const std::string& ca);

}  // namespace clientele::gateway

#endif  // GATEWAY_HTTP_TLS_FILES_H_
