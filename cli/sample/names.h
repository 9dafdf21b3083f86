#ifndef CLIENTELE_CLI_SAMPLE_NAMES_H_
#define CLIENTELE_CLI_SAMPLE_NAMES_H_

#include <string>
#include <string_view>

#include "cli/sample/random.h"

// Invented names of companies, people and places, in Korean and English.
namespace clientele::cli {

struct Place {
  std::string_view region_code;
  std::string_view locality;
  std::string_view postal_prefix;
  std::string_view street;
};

std::string PersonName(bool korean, Random& random);
// `industry` is an index for Industry().
std::string CompanyName(bool korean, size_t industry, Random& random);
std::string_view Industry(size_t industry);
size_t PickIndustry(Random& random);
// The sales region of Korean places is 0 to 2; all others are 3.
const Place& PickPlace(size_t region, Random& random);
std::string_view JobTitle(bool korean, size_t buying_role);
// Letters and digits for addresses on the net, from a number.
std::string Handle(std::string_view prefix, int64_t number);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_SAMPLE_NAMES_H_
