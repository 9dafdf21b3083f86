#ifndef CLIENTELE_CLI_RENDER_TERMINAL_H_
#define CLIENTELE_CLI_RENDER_TERMINAL_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace clientele::cli {

// What the output goes to. Colours only where someone sees them, and not when NO_COLOR is set (no-color.org).
struct Terminal {
  bool interactive = false;
  bool colour = false;
  size_t width = 100;

  static Terminal Detect(int descriptor);

  // `colour` is one of the 256 of xterm.
  std::string Coloured(int colour_number, std::string_view text) const;
  std::string Bold(std::string_view text) const;
  std::string Dim(std::string_view text) const;
};

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_RENDER_TERMINAL_H_
