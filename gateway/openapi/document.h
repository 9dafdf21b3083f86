#ifndef GATEWAY_OPENAPI_DOCUMENT_H_
#define GATEWAY_OPENAPI_DOCUMENT_H_

#include <string>

#include "gateway/openapi/comments.h"
#include "gateway/routing/http_router.h"

namespace clientele::gateway {

// What is served over HTTP as an OpenAPI 3.1 document: JSON with line breaks, the same for the same
// contracts.
std::string OpenApiDocument(const HttpRouter& router, const Comments& comments);

// The document of all contracts in proto/, served or not.
absl::StatusOr<std::string> OpenApiDocumentOfAll();

}  // namespace clientele::gateway

#endif  // GATEWAY_OPENAPI_DOCUMENT_H_
