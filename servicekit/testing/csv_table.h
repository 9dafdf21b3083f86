#ifndef SERVICEKIT_TESTING_CSV_TABLE_H_
#define SERVICEKIT_TESTING_CSV_TABLE_H_

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace servicekit {

// A table of the shared data, whose first line names its columns. Quotes keep commas together; no cell of
// the shared data holds a quote or a line end.
class CsvTable {
 public:
  explicit CsvTable(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    bool first = true;
    while (std::getline(file, line)) {
      std::vector<std::string> cells = Split(absl::StripSuffix(line, "\r"));
      if (first) {
        for (size_t i = 0; i < cells.size(); ++i) columns_[cells[i]] = i;
      } else {
        rows_.push_back(std::move(cells));
      }
      first = false;
    }
  }

  size_t size() const { return rows_.size(); }
  // Throws std::out_of_range where there is no such column, which fails the test.
  const std::string& Text(size_t row, const std::string& column) const {
    return rows_.at(row).at(columns_.at(column));
  }
  double Number(size_t row, const std::string& column) const {
    return std::strtod(Text(row, column).c_str(), nullptr);
  }

 private:
  static std::vector<std::string> Split(absl::string_view line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (char c : line) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.emplace_back();
      } else {
        cells.back().push_back(c);
      }
    }
    return cells;
  }

  std::map<std::string, size_t> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_TESTING_CSV_TABLE_H_
