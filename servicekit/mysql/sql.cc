#include "servicekit/mysql/sql.h"

#include <algorithm>
#include <bit>

namespace servicekit {

Sql& Sql::operator+=(const Sql& other) {
  text_ += other.text_;
  parameters_.insert(parameters_.end(), other.parameters_.begin(), other.parameters_.end());
  return *this;
}

Sql Sql::List(std::vector<Parameter> values) {
  if (values.empty()) throw std::invalid_argument("an IN list must not be empty");
  // MariaDB 10.11 turns `IN (?, ?)` with two equal values into `= ?` and, inside a subquery, keeps a plan
  // that is right for that alone: the same prepared statement with two different values then returns rows
  // twice.
  if (std::all_of(values.begin(), values.end(),
                  [&](const Parameter& value) { return value.value() == values.front().value(); })) {
    values.resize(1, Parameter(std::nullopt));
  }
  constexpr size_t kMaxParameters = 65'535;  // The protocol's limit for a whole statement.
  if (const size_t padded = std::bit_ceil(values.size()); padded <= kMaxParameters / 2) {
    values.resize(padded, Parameter(values.back()));
  }
  Sql list;
  list.text_.reserve(3 * values.size());
  list.text_ = "(?";
  for (size_t i = 1; i < values.size(); ++i) list.text_ += ", ?";
  list.text_ += ')';
  list.parameters_ = std::move(values);
  return list;
}

Sql Sql::Join(const std::vector<Sql>& pieces, SqlText separator) {
  Sql joined;
  for (const Sql& piece : pieces) {
    if (&piece != &pieces.front()) joined.text_ += separator.text();
    joined += piece;
  }
  return joined;
}

}  // namespace servicekit
