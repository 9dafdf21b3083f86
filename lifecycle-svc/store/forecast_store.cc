#include "lifecycle-svc/store/forecast_store.h"

#include <cstdlib>

#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Parameter;
using servicekit::Row;

// The first moment after the day.
absl::Time EndOf(absl::CivilDay day) { return absl::FromCivil(day + 1, absl::UTCTimeZone()); }

// Sums of money are read as text and made doubles here: a forecast is no account.
double Number(const Row& row, size_t column) {
  return row.IsNull(column) ? 0 : std::strtod(row.Text(column).c_str(), nullptr);
}

}  // namespace

absl::StatusOr<std::vector<AgeCount>> ForecastStore::CountClosed(Transaction& tx, absl::CivilDay as_of,
                                                                 const Sql& rule, const Sql& condition) {
  // Steps: 5 won, 6 lost.
  return tx.QueryAll(
      Sql("SELECT DATEDIFF(o.close_time, o.open_time), CAST(SUM(o.step = 5) AS SIGNED),"
          " CAST(SUM(o.step = 6) AS SIGNED) FROM opportunities o"
          " JOIN journeys j ON j.customer_id = o.customer_id WHERE o.close_time < ? AND o.open_time < ? AND ",
          {EndOf(as_of), EndOf(as_of)}) +
          rule + condition + Sql(" GROUP BY 1"),
      [](const Row& row) {
        return AgeCount{static_cast<int>(row.Int64(0)), row.Int64(1), row.Int64(2), 0};
      });
}

absl::StatusOr<std::vector<ForecastStore::OpenCell>> ForecastStore::FindOpen(Transaction& tx,
                                                                             absl::CivilDay as_of,
                                                                             const Sql& rule,
                                                                             const Sql& condition) {
  const absl::Time end = EndOf(as_of);
  // The step that it was in at the end of the day is its last one by then. Rows from before amounts were kept
  // fall back on the opportunity, and on the defaults of the steps 1 to 4.
  return tx.QueryAll(
      Sql("SELECT d.age, d.currency, COUNT(*), CAST(SUM(d.amount) AS CHAR),"
          " CAST(SUM(CAST(d.amount AS DOUBLE) * d.amount) AS CHAR), CAST(SUM(d.amount * d.percent) AS CHAR)"
          " FROM (SELECT DATEDIFF(?, o.open_time) AS age,"
          "  COALESCE(CASE WHEN s.probability_percent IS NULL THEN o.currency ELSE s.currency END, '') AS "
          "currency,"
          "  COALESCE(CASE WHEN s.probability_percent IS NULL THEN o.amount ELSE s.amount END, 0) AS amount,"
          "  COALESCE(s.probability_percent, CASE COALESCE(s.step, 1) WHEN 1 THEN 10 WHEN 2 THEN 20 WHEN 3 "
          "THEN 50 ELSE 80 END)"
          "   AS percent"
          "  FROM opportunities o JOIN journeys j ON j.customer_id = o.customer_id"
          "  LEFT JOIN opportunity_steps s ON s.opportunity_id = o.id AND s.id ="
          "   (SELECT l.id FROM opportunity_steps l WHERE l.opportunity_id = o.id AND l.event_time < ?"
          "    ORDER BY l.event_time DESC, l.id DESC LIMIT 1)"
          "  WHERE o.open_time < ? AND (o.close_time IS NULL OR o.close_time >= ?) AND ",
          {absl::FormatCivilTime(as_of), end, end, end}) +
          rule + condition + Sql(") d GROUP BY d.age, d.currency"),
      [](const Row& row) {
        OpenCell cell;
        cell.deals.age_days = static_cast<int>(row.Int64(0));
        cell.currency = row.Text(1);
        cell.deals.count = row.Int64(2);
        cell.deals.amount = Number(row, 3);
        cell.deals.amount_squares = Number(row, 4);
        cell.deals.weighted = Number(row, 5) / 100;
        return cell;
      });
}

absl::StatusOr<std::vector<ForecastStore::WonCell>> ForecastStore::FindWon(Transaction& tx,
                                                                           absl::CivilDay as_of,
                                                                           int horizon_days, const Sql& rule,
                                                                           const Sql& condition) {
  return tx.QueryAll(
      Sql("SELECT COALESCE(o.currency, ''), COUNT(*), CAST(SUM(o.amount) AS CHAR) FROM opportunities o"
          " JOIN journeys j ON j.customer_id = o.customer_id"
          " WHERE o.step = 5 AND o.open_time < ? AND o.close_time >= ? AND o.close_time < ? AND ",
          {EndOf(as_of), EndOf(as_of), EndOf(as_of + horizon_days)}) +
          rule + condition + Sql(" GROUP BY 1"),
      [](const Row& row) {
        return WonCell{row.Text(0), row.Int64(1), Number(row, 2)};
      });
}

}  // namespace clientele::lifecycle
