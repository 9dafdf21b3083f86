#ifndef CLIENTELE_CLI_RENDER_TEXT_H_
#define CLIENTELE_CLI_RENDER_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"

// Text as people read it on a terminal.
namespace clientele::cli {

// How many columns it takes: Korean letters take two.
size_t DisplayWidth(std::string_view text);
// Cut to `width` columns, ending in `…` when something was cut.
std::string Fit(std::string_view text, size_t width);
// Filled up with blanks to `width` columns.
std::string PadRight(std::string_view text, size_t width);
std::string PadLeft(std::string_view text, size_t width);
// Control characters, which could play tricks on the terminal, become visible ones.
std::string Printable(std::string_view text);

std::string FormatCount(int64_t count);                           // 1,234,567
std::string FormatPercent(double share);                          // 34 %, 0.4 %
std::string FormatMoney(const google::type::Money& money);        // USD 1,234.50
std::string FormatMoneyShort(const google::type::Money& money);   // USD 1.23 M
std::string FormatMicros(int64_t micros, int places);             // 12.3
std::string FormatTime(const google::protobuf::Timestamp& time);  // 2026-01-31 09:30, local time
std::string FormatDay(const google::protobuf::Timestamp& time);
std::string FormatDate(const google::type::Date& date);
// `SALES_CONTRIBUTION` becomes `Sales contribution`.
std::string Humanize(std::string_view enum_name);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_RENDER_TEXT_H_
