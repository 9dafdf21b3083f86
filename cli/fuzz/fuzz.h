#ifndef CLIENTELE_CLI_FUZZ_FUZZ_H_
#define CLIENTELE_CLI_FUZZ_FUZZ_H_

#include <string_view>

#include "servicekit/fuzz/fuzz.h"

namespace clientele::cli::fuzz {

using servicekit::fuzz::Require;

// A kind's name on the first line, then its CSV file with the documented columns.
void Csv(std::string_view bytes);
// A file with a record a line.
void JsonLines(std::string_view bytes);

inline constexpr servicekit::fuzz::Target kTargets[] = {{"csv", Csv}, {"json_lines", JsonLines}};

}  // namespace clientele::cli::fuzz

#endif  // CLIENTELE_CLI_FUZZ_FUZZ_H_
