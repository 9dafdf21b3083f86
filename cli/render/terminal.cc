#include "cli/render/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "servicekit/types/str_cat.h"

namespace clientele::cli {

using servicekit::StrCat;

Terminal Terminal::Detect(int descriptor) {
  Terminal terminal;
  if (isatty(descriptor) == 0) return terminal;
  terminal.interactive = true;
  const char* no_colour = std::getenv("NO_COLOR");
  const char* type = std::getenv("TERM");
  terminal.colour =
      (no_colour == nullptr || *no_colour == '\0') && type != nullptr && std::strcmp(type, "dumb") != 0;
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    terminal.width = std::clamp<size_t>(size.ws_col, 60, 140);
  return terminal;
}

std::string Terminal::Coloured(int colour_number, std::string_view text) const {
  return colour ? StrCat("\033[38;5;", colour_number, "m", text, "\033[0m") : std::string(text);
}

std::string Terminal::Bold(std::string_view text) const {
  return colour ? StrCat("\033[1m", text, "\033[0m") : std::string(text);
}

std::string Terminal::Dim(std::string_view text) const {
  return colour ? StrCat("\033[2m", text, "\033[0m") : std::string(text);
}

}  // namespace clientele::cli
