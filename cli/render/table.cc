#include "cli/render/table.h"

#include <algorithm>

#include "cli/render/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {

using servicekit::StrCat;

void Table::Add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (size_t i = 0; i < cells.size(); ++i) cells[i] = Fit(Printable(cells[i]), columns_[i].longest);
  rows_.push_back(std::move(cells));
}

void Table::SetTotal(std::vector<std::string> cells) {
  total_ = std::move(cells);
  total_.resize(columns_.size());
}

std::string Table::Draw(const Terminal& terminal, size_t indent) const {
  std::vector<std::string> headers;
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    headers.push_back(columns_[i].header);
    size_t width = DisplayWidth(columns_[i].header);
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[i]));
    if (!total_.empty()) width = std::max(width, DisplayWidth(total_[i]));
    widths.push_back(width);
  }
  std::string text = StrCat(terminal.Dim(Line(headers, widths, indent)), "\n");
  for (const auto& row : rows_) text += Line(row, widths, indent) + "\n";
  if (!total_.empty()) {
    std::string rule(indent, ' ');
    size_t length = 0;
    for (size_t width : widths) length += width + 2;
    for (size_t i = 2; i < length; ++i) rule += "─";
    text += StrCat(terminal.Dim(rule), "\n", terminal.Bold(Line(total_, widths, indent)), "\n");
  }
  return text;
}

std::string Table::Line(const std::vector<std::string>& cells, const std::vector<size_t>& widths,
                        size_t indent) const {
  std::string line(indent, ' ');
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += "  ";
    line += columns_[i].right ? PadLeft(cells[i], widths[i]) : PadRight(cells[i], widths[i]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace clientele::cli
