#ifndef CUSTOMER_SVC_STORE_SEARCH_TEXT_H_
#define CUSTOMER_SVC_STORE_SEARCH_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

// How names are made alike before they are searched. docs/decisions/search.md says why.
namespace clientele::customer {

// The letters and digits of `text`, folded: upper and lower case, wide and narrow, with and without accents,
// composed and decomposed forms (also of Hangul) are the same. UTF-8.
std::string Fold(std::string_view text);

// Each two neighbouring characters of the folded text, once, in order; the text itself when it has but one.
std::vector<std::string> GramsOf(std::string_view text);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_SEARCH_TEXT_H_
