#ifndef SERVICEKIT_MYSQL_SQL_H_
#define SERVICEKIT_MYSQL_SQL_H_

#include <concepts>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

namespace servicekit {

// Bytes for a BINARY, VARBINARY or BLOB column; std::string is text.
struct Bytes {
  std::string value;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

// A value bound to a `?`. Never becomes part of the SQL text.
class Parameter {
 public:
  using Value = std::variant<std::monostate, int64_t, double, std::string, Bytes, Id, absl::Time, Decimal>;

  // Implicit, so that a list of values reads like one.
  // NOLINTBEGIN(google-explicit-constructor)
  Parameter(std::nullopt_t) {}
  Parameter(bool value) : value_(int64_t{value}) {}
  template <std::integral T>
  Parameter(T value) : value_(static_cast<int64_t>(value)) {
    // Throws rather than storing another number.
    if (!std::in_range<int64_t>(value)) throw std::out_of_range("a number above BIGINT's range");
  }
  Parameter(double value) : value_(value) {}
  Parameter(std::string value) : value_(std::move(value)) {}
  Parameter(std::string_view value) : value_(std::string(value)) {}
  Parameter(const char* value) : value_(std::string(value)) {}
  Parameter(Bytes value) : value_(std::move(value)) {}
  Parameter(Id value) : value_(value) {}  // BINARY(16). The nil id is stored as it is; use optional for NULL.
  Parameter(absl::Time value) : value_(value) {}  // DATETIME(6), UTC.
  // Travels as text: exact when stored, but MySQL compares text with a DECIMAL as doubles. To compare
  // exactly, write CAST(? AS DECIMAL(20, 6)).
  Parameter(Decimal value) : value_(value) {}
  template <typename T>
  Parameter(const std::optional<T>& value) {
    if (value.has_value()) *this = Parameter(*value);
  }
  // NOLINTEND(google-explicit-constructor)

  const Value& value() const { return value_; }

 private:
  Value value_;
};

// SQL text that was written in the source code: the constructor is consteval, so no run-time string, and thus
// no input, can become SQL.
class SqlText {
 public:
  template <size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is a SqlText.
  consteval SqlText(const char (&literal)[N]) : text_(literal, N - 1) {}
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// A statement or a piece of one, with its bound values in the order of its `?`s. Pieces add up:
//   Sql sql("SELECT name FROM customers WHERE industry = ?", {industry});
//   if (owner) sql += Sql(" AND owner_id = ?", {*owner});
class Sql {
 public:
  Sql() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a literal with no values is a statement too.
  Sql(SqlText text, std::vector<Parameter> parameters = {})
      : text_(text.text()), parameters_(std::move(parameters)) {}

  Sql& operator+=(const Sql& other);
  friend Sql operator+(Sql a, const Sql& b) { return a += b; }

  // `(?, ?, ?)` for an IN list and nothing else: the last value is repeated up to the next power of two, so
  // that lists of all lengths share a few prepared statements. `values` must not be empty: IN () is no SQL.
  static Sql List(std::vector<Parameter> values);
  // Pieces with `separator` between them.
  static Sql Join(const std::vector<Sql>& pieces, SqlText separator);

  bool empty() const { return text_.empty(); }
  const std::string& text() const { return text_; }
  const std::vector<Parameter>& parameters() const { return parameters_; }

 private:
  std::string text_;
  std::vector<Parameter> parameters_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_MYSQL_SQL_H_
