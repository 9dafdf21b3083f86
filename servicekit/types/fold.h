#ifndef SERVICEKIT_TYPES_FOLD_H_
#define SERVICEKIT_TYPES_FOLD_H_

#include <string>
#include <string_view>
#include <vector>

namespace servicekit {

// `text` as it compares regardless of case, width, accents and form: `ＣAFÉ` gives `cafe`, `㈜` gives `(주)`
// (Unicode NFKC with case folding, marks stripped). Empty for what is not UTF-8.
std::string FoldText(std::string_view text);
// The code points of UTF-8 text.
std::vector<char32_t> CodePoints(std::string_view text);
std::string FromCodePoints(const std::vector<char32_t>& points);
// Whether it is a letter or a digit in any script.
bool IsLetterOrDigit(char32_t point);

}  // namespace servicekit

#endif  // SERVICEKIT_TYPES_FOLD_H_
