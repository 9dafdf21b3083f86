#ifndef GATEWAY_OPENAPI_EMBEDDED_H_
#define GATEWAY_OPENAPI_EMBEDDED_H_

#include <string_view>

// Files that are part of the program.
namespace clientele::gateway {

// A google.protobuf.FileDescriptorSet of all contracts, with their comments.
std::string_view EmbeddedProtoset();

std::string_view EmbeddedDocsHtml();
std::string_view EmbeddedDocsJs();
std::string_view EmbeddedDocsCss();

}  // namespace clientele::gateway

#endif  // GATEWAY_OPENAPI_EMBEDDED_H_
