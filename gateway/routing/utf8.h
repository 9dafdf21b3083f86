#ifndef GATEWAY_ROUTING_UTF8_H_
#define GATEWAY_ROUTING_UTF8_H_

#include <string_view>

namespace clientele::gateway {

// Whether `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool IsUtf8(std::string_view text);

}  // namespace clientele::gateway

#endif  // GATEWAY_ROUTING_UTF8_H_
