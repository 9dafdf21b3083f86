#ifndef SERVICEKIT_TYPES_UTF8_H_
#define SERVICEKIT_TYPES_UTF8_H_

#include <string>
#include <string_view>

namespace servicekit {

// The length of the UTF-8 sequence (RFC 3629) at the start of `text`, which must not be empty; 0 when there
// is none.
size_t Utf8Length(std::string_view text);
bool IsUtf8(std::string_view text);
// The number of code points; `text` must be UTF-8.
size_t CountCodePoints(std::string_view text);
// At most `max_bytes` of `text`, never ending inside a character, `…` at the end when something was cut, and
// U+FFFD in place of what is not UTF-8. For texts that people read.
std::string CutUtf8(std::string_view text, size_t max_bytes);

}  // namespace servicekit

#endif  // SERVICEKIT_TYPES_UTF8_H_
