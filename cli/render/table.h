#ifndef CLIENTELE_CLI_RENDER_TABLE_H_
#define CLIENTELE_CLI_RENDER_TABLE_H_

#include <string>
#include <string_view>
#include <vector>

#include "cli/render/terminal.h"

namespace clientele::cli {

// Columns under a header, aligned by what the terminal shows.
class Table {
 public:
  struct Column {
    std::string header;
    bool right = false;   // For figures.
    size_t longest = 60;  // Longer cells are cut.
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Missing cells are empty.
  void Add(std::vector<std::string> cells);
  // A row below a line, in bold. Missing cells are empty, too.
  void SetTotal(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  size_t rows() const { return rows_.size(); }

  // Each line indented by `indent` and ended by a line break.
  std::string Draw(const Terminal& terminal, size_t indent = 2) const;

 private:
  std::string Line(const std::vector<std::string>& cells, const std::vector<size_t>& widths,
                   size_t indent) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::string> total_;
};

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_RENDER_TABLE_H_
