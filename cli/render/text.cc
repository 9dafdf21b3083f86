#include "cli/render/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

struct Character {
  size_t bytes;
  size_t width;
};

Character Next(std::string_view text) {
  utf8proc_int32_t code = 0;
  const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                      static_cast<utf8proc_ssize_t>(text.size()), &code);
  if (bytes <= 0) return {1, 1};
  return {static_cast<size_t>(bytes), static_cast<size_t>(std::max(0, utf8proc_charwidth(code)))};
}

std::string Grouped(std::string digits) {
  for (auto i = static_cast<ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3)
    digits.insert(static_cast<size_t>(i), 1, ',');
  return digits;
}

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

}  // namespace

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const Character next = Next(text);
    width += next.width;
    text.remove_prefix(next.bytes);
  }
  return width;
}

std::string Fit(std::string_view text, size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  std::string fitted;
  size_t used = 0;
  while (!text.empty()) {
    const Character next = Next(text);
    if (used + next.width + 1 > width) break;
    used += next.width;
    fitted += text.substr(0, next.bytes);
    text.remove_prefix(next.bytes);
  }
  return fitted + "…";
}

std::string PadRight(std::string_view text, size_t width) {
  return StrCat(text, std::string(width - std::min(width, DisplayWidth(text)), ' '));
}

std::string PadLeft(std::string_view text, size_t width) {
  return StrCat(std::string(width - std::min(width, DisplayWidth(text)), ' '), text);
}

std::string Printable(std::string_view text) {
  std::string printable;
  while (!text.empty()) {
    utf8proc_int32_t code = 0;
    const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                        static_cast<utf8proc_ssize_t>(text.size()), &code);
    if (bytes <= 0 || code < 0x20 || (code >= 0x7F && code < 0xA0)) {
      printable += code == '\n' || code == '\t' ? " " : "�";
    } else {
      printable += text.substr(0, static_cast<size_t>(bytes));
    }
    text.remove_prefix(bytes <= 0 ? 1 : static_cast<size_t>(bytes));
  }
  return printable;
}

std::string FormatCount(int64_t count) {
  return count < 0 ? StrCat("-", Grouped(StrCat(-count))) : Grouped(StrCat(count));
}

std::string FormatPercent(double share) {
  const double percent = share * 100;
  if (percent != 0 && std::abs(percent) < 9.95) return absl::StrFormat("%.1f %%", percent);
  return absl::StrFormat("%.0f %%", percent);
}

std::string FormatMoney(const google::type::Money& money) {
  const bool negative = money.units() < 0 || money.nanos() < 0;
  const std::string units = Grouped(StrCat(std::abs(money.units())));
  const int64_t hundredths = std::abs(money.nanos()) / 10'000'000;
  return StrCat(money.currency_code(), money.currency_code().empty() ? "" : " ", negative ? "-" : "", units,
                hundredths == 0 ? "" : absl::StrFormat(".%02d", hundredths));
}

std::string FormatMoneyShort(const google::type::Money& money) {
  const double amount = static_cast<double>(money.units()) + money.nanos() / 1e9;
  struct Scale {
    double from;
    double unit;
    const char* name;
  };
  for (const Scale& scale : {Scale{1e9, 1e9, " bn"}, Scale{1e6, 1e6, " M"}, Scale{1e4, 1e3, " k"}}) {
    if (std::abs(amount) < scale.from) continue;
    const double scaled = amount / scale.unit;
    return StrCat(money.currency_code(), " ",
                  absl::StrFormat(std::abs(scaled) < 100 ? "%.1f" : "%.0f", scaled), scale.name);
  }
  google::type::Money whole = money;
  whole.set_nanos(0);
  return FormatMoney(whole);
}

std::string FormatMicros(int64_t micros, int places) {
  return absl::StrFormat("%.*f", places, static_cast<double>(micros) / 1e6);
}

std::string FormatTime(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%E4Y-%m-%d %H:%M", ToTime(time), absl::LocalTimeZone());
}

std::string FormatDay(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%E4Y-%m-%d", ToTime(time), absl::LocalTimeZone());
}

std::string FormatDate(const google::type::Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

std::string Humanize(std::string_view enum_name) {
  std::string text(enum_name);
  for (size_t i = 0; i < text.size(); ++i) {
    text[i] = text[i] == '_' ? ' '
              : i == 0       ? text[i]
                             : absl::ascii_tolower(static_cast<unsigned char>(text[i]));
  }
  return text;
}

}  // namespace clientele::cli
