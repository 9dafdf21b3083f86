#ifndef SERVICEKIT_TYPES_STR_CAT_H_
#define SERVICEKIT_TYPES_STR_CAT_H_

#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace servicekit {

// Debian builds Abseil with a string_view of its own: these two cross that border in one place.
inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

// absl::StrCat and absl::StrAppend that take std::string_view too.
template <typename... Parts>
std::string StrCat(const Parts&... parts);
template <typename... Parts>
void StrAppend(std::string* text, const Parts&... parts);

namespace internal {
template <typename T>
decltype(auto) ForAbsl(const T& part) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return ToAbsl(part);
  } else {
    return (part);
  }
}
}  // namespace internal

template <typename... Parts>
std::string StrCat(const Parts&... parts) {
  return absl::StrCat(internal::ForAbsl(parts)...);
}
template <typename... Parts>
void StrAppend(std::string* text, const Parts&... parts) {
  absl::StrAppend(text, internal::ForAbsl(parts)...);
}

}  // namespace servicekit

#endif  // SERVICEKIT_TYPES_STR_CAT_H_
