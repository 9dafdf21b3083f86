#ifndef CLIENTELE_CLI_IMPORT_CSV_H_
#define CLIENTELE_CLI_IMPORT_CSV_H_

#include <csv.h>
#include <iconv.h>

#include <cstdint>
#include <deque>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace clientele::cli {

struct CsvFormat {
  char delimiter = ',';
  // Columns are separated by any run of blanks and tabs, as in fixed-width files; there is no quoting then.
  bool whitespace = false;
  // As iconv names it, for example `CP949`.
  std::string encoding = "UTF-8";
};

struct CsvRow {
  int64_t line = 0;  // Where it begins, counted from 1.
  std::vector<std::string> fields;
  // Not empty: why the row could not be read. `fields` then holds its text in one piece.
  std::string error;
};

// Reads a CSV file row by row (RFC 4180, read by libcsv): quotes, line breaks within quotes, CRLF, byte order
// mark. Fields come out as valid UTF-8, and without the mark that AsText sets. A malformed row costs that row
// alone.
class CsvReader {
 public:
  // NOT_FOUND or INVALID_ARGUMENT saying what to do.
  static absl::StatusOr<std::unique_ptr<CsvReader>> Open(const std::string& path, const CsvFormat& format);
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  // False at the end. Rows without any text are passed over.
  bool Next(CsvRow* row);
  int64_t bytes_read() const { return bytes_read_; }

 private:
  CsvReader(const CsvFormat& format, iconv_t converter);

  void Feed(const std::string& line);
  void FeedWhitespace(const std::string& line);
  void Finish();
  void EndRow();
  void Malformed(std::string_view why);
  bool ToUtf8(std::string* text);
  static void OnField(void* text, size_t size, void* reader);
  static void OnRow(int terminator, void* reader);

  const CsvFormat format_;
  const iconv_t converter_;
  std::ifstream file_;
  csv_parser parser_{};
  bool finished_ = false;
  int64_t bytes_read_ = 0;
  int64_t line_ = 0;
  CsvRow current_;
  std::string current_text_;  // The row as it stands in the file, for the report on a malformed one.
  std::deque<CsvRow> ready_;
};

// The cell as no spreadsheet takes it for a formula, which could send away what lies beside it: with a `'`
// before what begins with `=`, `@`, a tab or a carriage return, or with `+` or `-` and no digit.
std::string AsText(std::string cell);

// One row as RFC 4180 wants it, without the line break.
std::string ToCsvLine(const std::vector<std::string>& fields);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_IMPORT_CSV_H_
