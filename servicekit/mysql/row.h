#ifndef SERVICEKIT_MYSQL_ROW_H_
#define SERVICEKIT_MYSQL_ROW_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "servicekit/mysql/sql.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

namespace sql {
class ResultSet;
}

namespace servicekit {

// One row of a result, valid until the next one is read. Columns count from 0. Asking for another type than
// the column's, or for a value where NULL is, is a bug in the caller: it throws, and the transaction's fence
// turns that into INTERNAL with a log line (the connector itself would answer 0).
class Row {
 public:
  explicit Row(sql::ResultSet& result) : result_(result) {}

  bool IsNull(size_t column) const;
  int64_t Int64(size_t column) const;
  double Double(size_t column) const;
  bool Bool(size_t column) const { return Int64(column) != 0; }
  std::string Text(size_t column) const;
  std::string Blob(size_t column) const;
  servicekit::Id Id(size_t column) const;
  absl::Time Time(size_t column) const;
  servicekit::Decimal Decimal(size_t column) const;

  std::optional<int64_t> OptionalInt64(size_t column) const;
  std::optional<std::string> OptionalText(size_t column) const;
  std::optional<servicekit::Id> OptionalId(size_t column) const;
  std::optional<absl::Time> OptionalTime(size_t column) const;
  std::optional<servicekit::Decimal> OptionalDecimal(size_t column) const;

 private:
  // The connector's type and scale of a column that is not NULL.
  int TypeOf(size_t column) const;
  [[noreturn]] void Refuse(size_t column, const char* wanted) const;
  std::string String(size_t column) const;

  sql::ResultSet& result_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_MYSQL_ROW_H_
