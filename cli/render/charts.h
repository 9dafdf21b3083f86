#ifndef CLIENTELE_CLI_RENDER_CHARTS_H_
#define CLIENTELE_CLI_RENDER_CHARTS_H_

#include <string>

#include "cli/render/terminal.h"
#include "clientele/lifecycle/v1/funnel_service.pb.h"
#include "clientele/value/v1/score_service.pb.h"

namespace clientele::cli {

// `share` of `width` columns, to an eighth of a column.
std::string BarFromLeft(double share, size_t width);
// Ending at the right edge, to half a column; filled up with blanks.
std::string BarFromRight(double share, size_t width);
// Around the middle, to half a column; filled up with blanks on both sides.
std::string BarInTheMiddle(double share, size_t width);

// One line a stage: how many reached it, how many went on, how many are in it or were lost from it.
std::string DrawFunnel(const lifecycle::v1::QueryFunnelResponse& funnel, const Terminal& terminal);
// One line a tier: its customers to the left, its share of the revenue to the right.
std::string DrawPyramid(const value::v1::QueryPyramidResponse& pyramid, const Terminal& terminal);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_RENDER_CHARTS_H_
