#include "lifecycle-svc/store/columns.h"

#include <map>

#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

using servicekit::Decimal;
using servicekit::Money;
using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;

Sql ExternalIdIn(const std::vector<ExternalId>& ids) {
  std::map<std::string, std::vector<Parameter>> by_system;
  for (const ExternalId& id : ids) by_system[id.system].push_back(id.id);
  std::vector<Sql> pieces;
  for (auto& [system, values] : by_system) {
    pieces.push_back(Sql("(external_system = ? AND external_id IN ", {system}) +
                     Sql::List(std::move(values)) + Sql(")"));
  }
  return Sql(" (") + Sql::Join(pieces, " OR ") + Sql(")");
}

Parameter SystemOf(const std::optional<ExternalId>& id) {
  return id.has_value() ? Parameter(id->system) : Parameter(std::nullopt);
}

Parameter IdOf(const std::optional<ExternalId>& id) {
  return id.has_value() ? Parameter(id->id) : Parameter(std::nullopt);
}

std::optional<ExternalId> ReadExternalId(const Row& row, size_t first) {
  if (row.IsNull(first)) return std::nullopt;
  return ExternalId{row.Text(first), row.Text(first + 1)};
}

Parameter AmountOf(const std::optional<Money>& money) {
  return money.has_value() ? Parameter(money->amount) : Parameter(std::nullopt);
}

Parameter CurrencyOf(const std::optional<Money>& money) {
  return money.has_value() ? Parameter(money->currency) : Parameter(std::nullopt);
}

std::optional<Money> ReadMoney(const Row& row, size_t first) {
  if (row.IsNull(first)) return std::nullopt;
  return Money{row.Text(first + 1), row.Decimal(first)};
}

Parameter DateOf(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? Parameter(absl::FormatCivilTime(*day)) : Parameter(std::nullopt);
}

std::optional<absl::CivilDay> ReadDate(const Row& row, size_t column) {
  if (row.IsNull(column)) return std::nullopt;
  absl::CivilDay day;
  absl::ParseCivilTime(row.Text(column), &day);
  return day;
}

Decimal ReadSum(const Row& row, size_t column) {
  if (row.IsNull(column)) return Decimal();
  std::string text = row.Text(column);
  const bool negative = text.starts_with('-');
  absl::int128 micros = 0;
  int places = -1;  // After the point; -1 before it.
  for (char c : text) {
    if (c == '.') {
      places = 0;
    } else if (c >= '0' && c <= '9') {
      micros = micros * 10 + (c - '0');
      if (places >= 0) ++places;
    }
  }
  for (int i = places < 0 ? 0 : places; i < 6; ++i) micros *= 10;
  return Decimal::FromMicros(negative ? -micros : micros);
}

}  // namespace clientele::lifecycle
