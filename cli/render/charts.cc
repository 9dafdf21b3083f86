#include "cli/render/charts.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "cli/render/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

constexpr std::string_view kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

// In parts of a column; what is not nothing shows.
size_t Parts(double share, size_t width, size_t parts) {
  if (!(share > 0)) return 0;
  const double exact = std::min(share, 1.0) * static_cast<double>(width * parts);
  return std::max<size_t>(1, static_cast<size_t>(std::lround(exact)));
}

std::string Blocks(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += "█";
  return text;
}

int TierColour(value::v1::Tier tier) {
  switch (tier) {
    case value::v1::TOP:
      return 220;
    case value::v1::BIG:
      return 215;
    case value::v1::MEDIUM:
      return 114;
    case value::v1::SMALL:
      return 74;
    default:
      return 242;
  }
}

int StageColour(type::v1::Stage stage) {
  constexpr int kColours[] = {242, 74, 73, 72, 114, 220};
  return stage >= 1 && stage <= 5 ? kColours[stage] : 242;
}

std::string Heading(std::string_view title, std::string_view detail, const Terminal& terminal) {
  return StrCat("  ", terminal.Bold(title), detail.empty() ? "" : "  ", terminal.Dim(detail), "\n\n");
}

double ShareOf(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::string BarFromLeft(double share, size_t width) {
  const size_t parts = Parts(share, width, 8);
  return StrCat(Blocks(parts / 8), kEighths[parts % 8]);
}

std::string BarFromRight(double share, size_t width) {
  const size_t parts = Parts(share, width, 2);
  return PadLeft(StrCat(parts % 2 == 1 ? "▐" : "", Blocks(parts / 2)), width);
}

std::string BarInTheMiddle(double share, size_t width) {
  const size_t parts = Parts(share, width, 2);
  if (parts == 0) return std::string(width, ' ');
  const size_t begin = (2 * width - parts) / 2, end = begin + parts;
  std::string bar(begin / 2, ' ');
  if (begin % 2 == 1) bar += "▐";
  bar += Blocks(end / 2 - (begin + 1) / 2);
  if (end % 2 == 1) bar += "▌";
  return PadRight(bar, width);
}

std::string DrawFunnel(const lifecycle::v1::QueryFunnelResponse& funnel, const Terminal& terminal) {
  std::string text =
      Heading("Customer funnel", StrCat(FormatCount(funnel.customer_count()), " customers"), terminal);
  if (funnel.customer_count() == 0)
    return StrCat(text, "  No customers here yet. `clientele import FOLDER` brings some in.\n");
  constexpr size_t kFigures = 64;  // What stands beside the bar.
  const size_t width = std::clamp<size_t>(terminal.width - std::min(terminal.width, kFigures), 16, 44);
  text +=
      terminal.Dim(StrCat("  ", PadRight("stage", 12), PadLeft("reached", 10), "  ", std::string(width, ' '),
                          "  ", PadLeft("went on", 8), PadLeft("now here", 11), PadLeft("lost here", 11)));
  text += "\n";
  for (const auto& row : funnel.stages()) {
    const double share = ShareOf(row.reached_count(), funnel.customer_count());
    const bool first = row.stage() == type::v1::TARGET;
    text += StrCat("  ", PadRight(Humanize(type::v1::Stage_Name(row.stage())), 12),
                   PadLeft(FormatCount(row.reached_count()), 10), "  ",
                   terminal.Coloured(StageColour(row.stage()), BarInTheMiddle(share, width)), "  ",
                   PadLeft(first ? "" : FormatPercent(row.conversion()), 8),
                   PadLeft(FormatCount(row.current_count()), 11), PadLeft(FormatCount(row.lost_count()), 11),
                   "\n");
  }
  return StrCat(text, "\n  ", terminal.Dim("beside the way:"), " ", FormatCount(funnel.lost_count()),
                " lost, ", FormatCount(funnel.dormant_count()), " dormant, ",
                FormatCount(funnel.recycled_count()), " moved back or came back at least once\n");
}

std::string DrawPyramid(const value::v1::QueryPyramidResponse& pyramid, const Terminal& terminal) {
  std::string detail = StrCat(FormatCount(pyramid.customer_count()), " customers");
  if (pyramid.has_as_of_time()) detail += StrCat(", as of ", FormatTime(pyramid.as_of_time()));
  std::string text = Heading("Customer value pyramid", detail, terminal);
  if (pyramid.customer_count() == 0)
    return StrCat(text, "  No scores yet. `clientele rescore` computes them.\n");
  constexpr size_t kFigures = 68;
  const size_t width = std::clamp<size_t>((terminal.width - std::min(terminal.width, kFigures)) / 2, 8, 22);
  // The bars show the active customers; INACTIVE would dwarf them, so it lies below with its figures alone.
  int64_t most = 0;
  double largest_share = 0;
  for (const auto& row : pyramid.tiers()) {
    if (row.tier() != value::v1::INACTIVE) most = std::max(most, row.customer_count());
    largest_share = std::max(largest_share, row.revenue_share());
  }
  text += terminal.Dim(StrCat("  ", PadLeft("customers", width + 10), "  ", PadRight("tier", 8), "  ",
                              PadRight("revenue", width), std::string(8, ' '), PadLeft("revenue", 14),
                              PadLeft("profit", 14), PadLeft("score", 13)));
  text += "\n";
  for (const auto& row : pyramid.tiers()) {
    const int colour = TierColour(row.tier());
    const bool inactive = row.tier() == value::v1::INACTIVE;
    const std::string scores = row.customer_count() == 0
                                   ? ""
                                   : StrCat(FormatMicros(row.lowest_score_micros(), 0), " – ",
                                            FormatMicros(row.highest_score_micros(), 0));
    text += StrCat(
        "  ", PadLeft(FormatCount(row.customer_count()), 9), " ",
        terminal.Coloured(colour, BarFromRight(inactive ? 0 : ShareOf(row.customer_count(), most), width)),
        "  ", terminal.Bold(PadRight(Humanize(value::v1::Tier_Name(row.tier())), 8)), "  ",
        terminal.Coloured(
            colour,
            PadRight(BarFromLeft(largest_share > 0 ? row.revenue_share() / largest_share : 0, width), width)),
        PadLeft(FormatPercent(row.revenue_share()), 8), PadLeft(FormatMoneyShort(row.revenue()), 14),
        PadLeft(FormatMoneyShort(row.profit()), 14), PadLeft(scores, 13), "\n");
  }
  text += StrCat("\n  ", terminal.Dim("in all:"), " revenue ", FormatMoneyShort(pyramid.revenue()),
                 ", profit ", FormatMoneyShort(pyramid.profit()));
  if (pyramid.has_revenue_concentration()) {
    text += StrCat(", revenue at risk ", FormatMoneyShort(pyramid.value_at_risk()), ", Gini of revenue ",
                   absl::StrFormat("%.2f", pyramid.revenue_concentration().gini()), ", of profit ",
                   absl::StrFormat("%.2f", pyramid.profit_concentration().gini()));
  }
  return StrCat(text, "\n");
}

}  // namespace clientele::cli
