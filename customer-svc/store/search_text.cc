#include "customer-svc/store/search_text.h"

#include <algorithm>

#include "servicekit/types/fold.h"

namespace clientele::customer {
namespace {

std::vector<char32_t> FoldedCharacters(std::string_view text) {
  std::vector<char32_t> characters = servicekit::CodePoints(servicekit::FoldText(text));
  std::erase_if(characters, [](char32_t c) { return !servicekit::IsLetterOrDigit(c); });
  return characters;
}

}  // namespace

std::string Fold(std::string_view text) { return servicekit::FromCodePoints(FoldedCharacters(text)); }

std::vector<std::string> GramsOf(std::string_view text) {
  const std::vector<char32_t> characters = FoldedCharacters(text);
  if (characters.size() == 1) return {servicekit::FromCodePoints(characters)};
  std::vector<std::string> grams;
  for (size_t i = 0; i + 1 < characters.size(); ++i) {
    std::string gram = servicekit::FromCodePoints({characters[i], characters[i + 1]});
    if (std::find(grams.begin(), grams.end(), gram) == grams.end()) grams.push_back(std::move(gram));
  }
  return grams;
}

}  // namespace clientele::customer
