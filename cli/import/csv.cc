#include "cli/import/csv.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
// No row of a table is longer; a quote that is never closed must not swallow the rest of the file.
constexpr size_t kMaxRowBytes = 1 << 20;

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Whether a spreadsheet would calculate it, or the mark before it would be taken for ours.
bool IsFormula(std::string_view cell) {
  if (cell.empty()) return false;
  switch (cell.front()) {
    case '=':
    case '@':
    case '\t':
    case '\r':
      return true;
    case '+':
    case '-':
      return cell.size() > 1 && !absl::ascii_isdigit(static_cast<unsigned char>(cell[1]));
    case '\'':
      return IsFormula(cell.substr(1));
    default:
      return false;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<CsvReader>> CsvReader::Open(const std::string& path, const CsvFormat& format) {
  iconv_t converter = iconv_open("UTF-8", format.encoding.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) {
    return absl::InvalidArgumentError(
        StrCat("encoding `", format.encoding, "` is not known; `iconv --list` prints those that are"));
  }
  std::unique_ptr<CsvReader> reader(new CsvReader(format, converter));
  reader->file_.open(path, std::ios::binary);
  if (!reader->file_) {
    return absl::NotFoundError(StrCat(path, ": ", std::strerror(errno)));
  }
  char mark[3] = {};
  reader->file_.read(mark, sizeof(mark));
  const std::string_view start(mark, static_cast<size_t>(reader->file_.gcount()));
  if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF")) {
    return absl::InvalidArgumentError(StrCat(path, ": is UTF-16; save it as UTF-8 (in Excel: `CSV UTF-8`)"));
  }
  reader->file_.clear();
  reader->file_.seekg(start == kUtf8Mark ? kUtf8Mark.size() : 0);
  return reader;
}

CsvReader::CsvReader(const CsvFormat& format, iconv_t converter) : format_(format), converter_(converter) {
  csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
  csv_set_delim(&parser_, static_cast<unsigned char>(format_.delimiter));
}

CsvReader::~CsvReader() {
  csv_free(&parser_);
  iconv_close(converter_);
}

bool CsvReader::Next(CsvRow* row) {
  std::string line;
  while (ready_.empty() && !finished_) {
    if (!std::getline(file_, line)) {
      Finish();
      break;
    }
    bytes_read_ += static_cast<int64_t>(line.size()) + (file_.eof() ? 0 : 1);
    ++line_;
    if (current_.fields.empty() && current_text_.empty()) current_.line = line_;
    line.push_back('\n');
    format_.whitespace ? FeedWhitespace(line) : Feed(line);
  }
  if (ready_.empty()) return false;
  *row = std::move(ready_.front());
  ready_.pop_front();
  return true;
}

void CsvReader::Feed(const std::string& line) {
  current_text_ += line;
  const size_t parsed = csv_parse(&parser_, line.data(), line.size(), OnField, OnRow, this);
  if (parsed != line.size()) return Malformed("a quote stands where none may be (double it inside quotes)");
  constexpr int kRowNotBegun = 0;  // libcsv's first state: only blank lines since the last row.
  if (parser_.pstate == kRowNotBegun) current_text_.clear();
  if (current_text_.size() > kMaxRowBytes) return Malformed("a quote is not closed");
}

void CsvReader::FeedWhitespace(const std::string& line) {
  current_.fields = absl::StrSplit(line, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty());
  EndRow();
}

void CsvReader::Finish() {
  finished_ = true;
  if (format_.whitespace) return;
  if (csv_fini(&parser_, OnField, OnRow, this) != 0) Malformed("a quote is not closed");
}

void CsvReader::OnField(void* text, size_t size, void* reader) {
  static_cast<CsvReader*>(reader)->current_.fields.emplace_back(static_cast<const char*>(text), size);
}

void CsvReader::OnRow(int, void* reader) { static_cast<CsvReader*>(reader)->EndRow(); }

void CsvReader::EndRow() {
  CsvRow row = std::exchange(current_, CsvRow());
  current_text_.clear();
  // Several rows in one line only happen with bare carriage returns.
  current_.line = line_ + 1;
  const bool blank =
      std::all_of(row.fields.begin(), row.fields.end(), [](auto& field) { return field.empty(); });
  if (blank) return;
  for (std::string& field : row.fields) {
    if (ToUtf8(&field)) {
      if (field.starts_with('\'') && IsFormula(std::string_view(field).substr(1))) field.erase(0, 1);
      continue;
    }
    row.error =
        StrCat("is not ", format_.encoding, " text; set `encoding` in the mapping (for Korean often CP949)");
    field = "?";
  }
  ready_.push_back(std::move(row));
}

void CsvReader::Malformed(std::string_view why) {
  CsvRow row;
  row.line = current_.line;
  row.error = why;
  while (!current_text_.empty() && (current_text_.back() == '\n' || current_text_.back() == '\r')) {
    current_text_.pop_back();
  }
  std::string text = current_text_.substr(0, 1000);
  row.fields = {ToUtf8(&text) ? std::move(text) : "?"};
  ready_.push_back(std::move(row));
  csv_free(&parser_);
  csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
  csv_set_delim(&parser_, static_cast<unsigned char>(format_.delimiter));
  current_ = CsvRow();
  current_.line = line_ + 1;
  current_text_.clear();
}

bool CsvReader::ToUtf8(std::string* text) {
  if (IsAscii(*text)) return true;
  std::string out(text->size() * 4, '\0');
  char* from = text->data();
  size_t from_left = text->size();
  char* to = out.data();
  size_t to_left = out.size();
  iconv(converter_, nullptr, nullptr, nullptr, nullptr);
  if (iconv(converter_, &from, &from_left, &to, &to_left) != 0 || from_left != 0) return false;
  out.resize(out.size() - to_left);
  *text = std::move(out);
  return true;
}

std::string AsText(std::string cell) {
  if (IsFormula(cell)) cell.insert(cell.begin(), '\'');
  return cell;
}

std::string ToCsvLine(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (!line.empty() || &field != fields.data()) line.push_back(',');
    if (field.find_first_of(",\"\r\n") == std::string::npos && !field.starts_with(' ') &&
        !field.ends_with(' ')) {
      line += field;
      continue;
    }
    const size_t start = line.size();
    line.resize(start + 2 * field.size() + 2);
    line.resize(start + csv_write(line.data() + start, line.size() - start, field.data(), field.size()));
  }
  return line;
}

}  // namespace clientele::cli
