#include "servicekit/mysql/row.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string_view>

#include <cppconn/datatype.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>

#include "absl/strings/numbers.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

bool IsInteger(int type) {
  switch (type) {
    case sql::DataType::TINYINT:
    case sql::DataType::SMALLINT:
    case sql::DataType::MEDIUMINT:
    case sql::DataType::INTEGER:
    case sql::DataType::BIGINT:
    case sql::DataType::YEAR:
      return true;
  }
  return false;
}

bool IsDecimal(int type) { return type == sql::DataType::DECIMAL || type == sql::DataType::NUMERIC; }

bool IsText(int type) {
  switch (type) {
    case sql::DataType::CHAR:
    case sql::DataType::VARCHAR:
    case sql::DataType::LONGVARCHAR:
    case sql::DataType::ENUM:
    case sql::DataType::SET:
    case sql::DataType::DATE:
      return true;
  }
  return false;
}

bool IsBinary(int type) {
  switch (type) {
    case sql::DataType::BINARY:
    case sql::DataType::VARBINARY:
    case sql::DataType::LONGVARBINARY:
      return true;
  }
  return false;
}

// The number in text[start, start + length).
int Digits(const std::string& text, size_t start, size_t length) {
  int number = 0;
  for (size_t i = start; i < start + length; ++i) number = number * 10 + (text[i] - '0');
  return number;
}

// A number as the server writes it. SUM() gives more digits than a column holds, and Decimal takes them:
// above its 14 for input, the upper digits are read apart.
std::optional<Decimal> ParseSum(std::string_view text) {
  constexpr size_t kUnits = 14, kMostUnits = 30;
  const size_t sign = text.starts_with('-') ? 1 : 0;
  const size_t units = std::min(text.find('.'), text.size()) - sign;
  if (units > kMostUnits) return std::nullopt;
  const size_t upper = units > kUnits ? units - kUnits : 0;
  const absl::StatusOr<Decimal> lower = Decimal::Parse(text.substr(sign + upper));
  if (!lower.ok()) return std::nullopt;
  absl::int128 above = 0;
  for (const char digit : text.substr(sign, upper)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    above = above * 10 + (digit - '0');
  }
  const absl::int128 micros = above * Decimal::kLimitMicros + lower->micros();
  return Decimal::FromMicros(sign == 1 ? -micros : micros);
}

}  // namespace

void Row::Refuse(size_t column, const char* wanted) const {
  const auto index = static_cast<uint32_t>(column + 1);
  sql::ResultSetMetaData* columns = result_.getMetaData();
  const auto label = columns->getColumnLabel(index);
  const auto type = columns->getColumnTypeName(index);
  throw std::logic_error(StrCat("column ", column, " (", label.c_str(), ") was read as ", wanted, ", but is ",
                                result_.isNull(index) ? "NULL in a " : "a ", type.c_str()));
}

int Row::TypeOf(size_t column) const {
  const auto index = static_cast<uint32_t>(column + 1);
  if (result_.isNull(index)) Refuse(column, "a value");
  return result_.getMetaData()->getColumnType(index);
}

std::string Row::String(size_t column) const {
  const sql::SQLString text = result_.getString(static_cast<uint32_t>(column + 1));
  return std::string(text.c_str(), text.length());
}

bool Row::IsNull(size_t column) const { return result_.isNull(static_cast<uint32_t>(column + 1)); }

int64_t Row::Int64(size_t column) const {
  const int type = TypeOf(column);
  const auto index = static_cast<uint32_t>(column + 1);
  if (IsInteger(type)) {
    const int64_t value = result_.getInt64(index);
    // The connector wraps a BIGINT UNSIGNED beyond the range.
    if (value < 0 && !result_.getMetaData()->isSigned(index)) Refuse(column, "int64, beyond its range,");
    return value;
  }
  int64_t value = 0;
  if (!IsDecimal(type) || !absl::SimpleAtoi(String(column), &value)) Refuse(column, "int64");
  return value;
}

double Row::Double(size_t column) const {
  const int type = TypeOf(column);
  if (type != sql::DataType::DOUBLE && type != sql::DataType::REAL && !IsDecimal(type))
    Refuse(column, "double");
  return static_cast<double>(result_.getDouble(static_cast<uint32_t>(column + 1)));
}

std::string Row::Text(size_t column) const {
  if (!IsText(TypeOf(column))) Refuse(column, "text");
  return String(column);
}

std::string Row::Blob(size_t column) const {
  if (!IsBinary(TypeOf(column))) Refuse(column, "bytes");
  return String(column);
}

Id Row::Id(size_t column) const {
  if (!IsBinary(TypeOf(column))) Refuse(column, "an id");
  const absl::StatusOr<servicekit::Id> id = servicekit::Id::FromBytes(String(column));
  if (!id.ok()) Refuse(column, "an id");
  return *id;
}

absl::Time Row::Time(size_t column) const {
  if (TypeOf(column) != sql::DataType::TIMESTAMP) Refuse(column, "a time");
  const std::string text = String(column);  // YYYY-MM-DD hh:mm:ss[.ffffff]
  if (text.size() < 19) Refuse(column, "a time");
  const absl::CivilSecond second(Digits(text, 0, 4), Digits(text, 5, 2), Digits(text, 8, 2),
                                 Digits(text, 11, 2), Digits(text, 14, 2), Digits(text, 17, 2));
  int micros = 0;
  if (text.size() > 20) {
    const size_t places = std::min<size_t>(text.size() - 20, 6);
    micros = Digits(text, 20, places);
    for (size_t i = places; i < 6; ++i) micros *= 10;
  }
  return absl::FromCivil(second, absl::UTCTimeZone()) + absl::Microseconds(micros);
}

Decimal Row::Decimal(size_t column) const {
  const int type = TypeOf(column);
  if (!IsDecimal(type) && !IsInteger(type)) Refuse(column, "decimal");
  const std::optional<servicekit::Decimal> decimal = ParseSum(String(column));
  if (!decimal.has_value()) Refuse(column, "decimal with at most six places");
  return *decimal;
}

std::optional<int64_t> Row::OptionalInt64(size_t column) const {
  return IsNull(column) ? std::nullopt : std::optional(Int64(column));
}
std::optional<std::string> Row::OptionalText(size_t column) const {
  return IsNull(column) ? std::nullopt : std::optional(Text(column));
}
std::optional<servicekit::Id> Row::OptionalId(size_t column) const {
  return IsNull(column) ? std::nullopt : std::optional(Id(column));
}
std::optional<absl::Time> Row::OptionalTime(size_t column) const {
  return IsNull(column) ? std::nullopt : std::optional(Time(column));
}
std::optional<servicekit::Decimal> Row::OptionalDecimal(size_t column) const {
  return IsNull(column) ? std::nullopt : std::optional(Decimal(column));
}

}  // namespace servicekit
