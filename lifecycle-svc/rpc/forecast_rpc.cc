#include "lifecycle-svc/rpc/forecast_rpc.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/contract/forecast.h"
#include "lifecycle-svc/domain/order.h"
#include "lifecycle-svc/operations/sales_targets.h"
#include "lifecycle-svc/store/forecast_store.h"
#include "lifecycle-svc/store/product_store.h"
#include "servicekit/rpc/convert.h"

namespace clientele::lifecycle {
namespace {

using servicekit::FilterField;

constexpr int kDefaultHorizon = 92;
constexpr int kMaxHorizon = 731;
constexpr int kMaxPast = 12;

// What one currency is worth on a day.
class Rates {
 public:
  Rates(Transaction& tx, const std::string& base, absl::CivilDay day) : tx_(tx), base_(base), day_(day) {}

  // nullopt when no rate is known for the day.
  absl::StatusOr<std::optional<double>> Of(const std::string& currency) {
    if (currency.empty() || currency == base_) return std::optional(1.0);
    if (const auto known = known_.find(currency); known != known_.end()) return known->second;
    const auto rates = ExchangeRateStore::Find(tx_, {currency});
    if (!rates.ok()) return rates.status();
    const ExchangeRate* best = nullptr;
    for (const ExchangeRate& rate : *rates) {
      if (rate.start_date <= day_) best = &rate;
    }
    return known_[currency] = best == nullptr ? std::nullopt : std::optional(best->rate.ToDouble());
  }

 private:
  Transaction& tx_;
  const std::string& base_;
  const absl::CivilDay day_;
  std::map<std::string, std::optional<double>> known_;
};

// Forecasts of one slice of the opportunities in one snapshot.
class Forecaster {
 public:
  Forecaster(Transaction& tx, const Sql& rule, const Sql& condition, const std::string& base,
             absl::CivilDay day, int horizon_days)
      : tx_(tx), rule_(rule), condition_(condition), rates_(tx, base, day), horizon_days_(horizon_days) {}

  struct Made {
    Forecast forecast;
    int64_t won = 0;  // Closed up to the day.
    int64_t lost = 0;
    // Open ones in a currency without a rate: by it.
    std::map<std::string, int64_t> unconverted;
  };
  absl::StatusOr<Made> AsOf(absl::CivilDay day) {
    absl::StatusOr<std::vector<AgeCount>> counts = ForecastStore::CountClosed(tx_, day, rule_, condition_);
    if (!counts.ok()) return counts.status();
    const auto open = ForecastStore::FindOpen(tx_, day, rule_, condition_);
    if (!open.ok()) return open.status();
    Made made;
    for (const AgeCount& count : *counts) {
      made.won += count.won;
      made.lost += count.lost;
    }
    std::vector<OpenDeals> deals;
    for (const auto& [currency, cell] : *open) {
      const absl::StatusOr<std::optional<double>> known = rates_.Of(currency);
      if (!known.ok()) return known.status();
      counts->push_back({cell.age_days, 0, 0, cell.count});
      if (!known->has_value()) {
        made.unconverted[currency] += cell.count;
        continue;
      }
      const double rate = **known;
      deals.push_back({cell.age_days, cell.count, cell.amount * rate, cell.amount_squares * rate * rate,
                       cell.weighted * rate});
    }
    made.forecast = ForecastOf(WinCurve(*counts), deals, horizon_days_);
    return made;
  }

  struct Won {
    int64_t count = 0;
    double amount = 0;
  };
  absl::StatusOr<Won> WonAfter(absl::CivilDay day) {
    const auto cells = ForecastStore::FindWon(tx_, day, horizon_days_, rule_, condition_);
    if (!cells.ok()) return cells.status();
    Won won;
    for (const ForecastStore::WonCell& cell : *cells) {
      const absl::StatusOr<std::optional<double>> rate = rates_.Of(cell.currency);
      if (!rate.ok()) return rate.status();
      if (!rate->has_value()) continue;  // As in the forecast that it is held against.
      won.count += cell.count;
      won.amount += cell.amount * **rate;
    }
    return won;
  }

 private:
  Transaction& tx_;
  const Sql& rule_;
  const Sql& condition_;
  Rates rates_;
  const int horizon_days_;
};

struct Wanted {
  absl::CivilDay day;
  int horizon_days = kDefaultHorizon;
  Sql condition;
};

absl::StatusOr<Wanted> Decode(const v1::GetForecastRequest& request, absl::CivilDay today) {
  Violations violations;
  Wanted wanted;
  wanted.day = request.has_as_of_date() ? DecodeDate(violations, "as_of_date", request.as_of_date()) : today;
  if (wanted.day > today) violations.Add("as_of_date", "lies in the future");
  if (request.horizon_days() < 0 || request.horizon_days() > kMaxHorizon) {
    violations.Add("horizon_days", "must lie between 1 and 731");
  }
  if (request.horizon_days() > 0) wanted.horizon_days = request.horizon_days();
  if (request.past_count() < 0 || request.past_count() > kMaxPast) {
    violations.Add("past_count", "must lie between 0 and 12");
  }
  if (const auto owner = DecodeName(violations, "owner", "representatives", request.owner())) {
    wanted.condition += Sql(" AND COALESCE(o.owner_id, j.owner_id) = ?", {*owner});
  }
  if (const auto team = DecodeName(violations, "team", "teams", request.team())) {
    wanted.condition +=
        Sql(" AND j.team_id IN (SELECT descendant_id FROM team_tree WHERE ancestor_id = ?)", {*team});
  }
  if (const auto product = DecodeName(violations, "product", "products", request.product())) {
    wanted.condition += Sql(" AND o.product_id = ?", {*product});
  }
  if (!request.industry().empty()) wanted.condition += Sql(" AND j.industry = ?", {request.industry()});
  if (!violations.empty()) return violations.status();
  return wanted;
}

double Ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

v1::GetForecastResponse::Forecast Encode(const Forecaster::Made& made, const std::string& base) {
  v1::GetForecastResponse::Forecast message = lifecycle::Encode(made.forecast, base);
  for (const auto& [currency, count] : made.unconverted) {
    message.set_open_count(message.open_count() + count);
    message.set_unconverted_count(message.unconverted_count() + count);
    message.add_unconverted_currencies(currency);
  }
  return message;
}

v1::GetForecastResponse::PastForecast Encode(absl::CivilDay day, const Forecaster::Made& made,
                                             const Forecaster::Won& won, const std::string& base) {
  const Forecast& forecast = made.forecast;
  v1::GetForecastResponse::PastForecast message;
  *message.mutable_as_of_date() = servicekit::ToProto(day);
  *message.mutable_forecast() = Encode(made, base);
  *message.mutable_won_amount() = EncodeEstimate(base, won.amount);
  message.set_won_count(won.count);
  message.set_conditional_ratio(Ratio(forecast.conditional_amount, won.amount));
  message.set_static_ratio(Ratio(forecast.static_amount, won.amount));
  message.set_within_interval(won.amount >= forecast.low && won.amount <= forecast.high);
  return message;
}

// The forecast with those before it: each gets its interval from those whose horizon was over by its day.
absl::StatusOr<v1::GetForecastResponse> MakeForecast(Forecaster& forecaster, const Wanted& wanted,
                                                     int past_count, const std::string& base) {
  v1::GetForecastResponse response;
  *response.mutable_as_of_date() = servicekit::ToProto(wanted.day);
  response.set_horizon_days(wanted.horizon_days);
  std::vector<Outcome> past;
  for (int back = past_count; back > 0; --back) {
    const absl::CivilDay day = wanted.day - int64_t{back} * wanted.horizon_days;
    absl::StatusOr<Forecaster::Made> made = forecaster.AsOf(day);
    if (!made.ok()) return made.status();
    if (made->won + made->lost == 0) continue;
    const absl::StatusOr<Forecaster::Won> won = forecaster.WonAfter(day);
    if (!won.ok()) return won.status();
    SetInterval(made->forecast, past);
    *response.add_past() = Encode(day, *made, *won, base);
    past.push_back({made->forecast.conditional_amount, won->amount});
  }
  std::reverse(response.mutable_past()->begin(), response.mutable_past()->end());
  absl::StatusOr<Forecaster::Made> made = forecaster.AsOf(wanted.day);
  if (!made.ok()) return made.status();
  SetInterval(made->forecast, past);
  *response.mutable_forecast() = Encode(*made, base);
  response.set_won_count(made->won);
  response.set_lost_count(made->lost);
  return response;
}

const std::vector<FilterField>& Fields() {
  using Type = FilterField::Type;
  static const auto& fields = *new std::vector<FilterField>{
      {"team", Type::kName, "t.team_id", nullptr, "teams"},
      {"owner", Type::kName, "t.owner_id", nullptr, "representatives"},
      {"start_date", Type::kTime, "t.start_date", nullptr, ""},
      {"end_date", Type::kTime, "t.end_date", nullptr, ""},
  };
  return fields;
}

}  // namespace

ForecastRpc::ForecastRpc(Backend backend) : backend_(backend) {}
ForecastRpc::~ForecastRpc() = default;

absl::StatusOr<v1::GetForecastResponse> ForecastRpc::GetForecast(const CallContext& call,
                                                                 const v1::GetForecastRequest& request) {
  const Environment& environment = backend_.environment;
  const absl::StatusOr<Wanted> wanted = Decode(request, DayOf(environment.clock.Now()));
  if (!wanted.ok()) return wanted.status();
  const Sql rule = Readable(call);
  // One snapshot, so that all figures are of the same data.
  return servicekit::RunInTransaction(
      environment.pool, call.deadline,
      [&](Transaction& tx) {
        Forecaster forecaster(tx, rule, wanted->condition, environment.base_currency, wanted->day,
                              wanted->horizon_days);
        return MakeForecast(forecaster, *wanted, request.past_count(), environment.base_currency);
      },
      {.read_only = true});
}

absl::StatusOr<v1::ListSalesTargetsResponse> ForecastRpc::ListSalesTargets(
    const CallContext& call, const v1::ListSalesTargetsRequest& request) {
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"salesTargets", request.filter()});
  if (!page.ok()) return page.status();
  const absl::StatusOr<Id> after = page->AfterId();
  if (!after.ok()) return after.status();
  const absl::StatusOr<Sql> condition = AndFilter(request.filter(), Fields());
  if (!condition.ok()) return condition.status();
  auto targets = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return SalesTargetStore::List(tx, ReadableTargets(call.principal), *condition, *after, page->limit());
  });
  if (!targets.ok()) return targets.status();
  v1::ListSalesTargetsResponse response;
  response.set_next_page_token(
      page->Cut(*targets, [](const SalesTarget& last) { return servicekit::PageKey().Add(last.id); }));
  for (const SalesTarget& target : *targets) {
    *response.add_sales_targets() = lifecycle::Encode(target, backend_.environment.base_currency);
  }
  return response;
}

absl::StatusOr<v1::ReportAttainmentResponse> ForecastRpc::ReportAttainment(
    const CallContext& call, const v1::ReportAttainmentRequest& request) {
  Violations violations;
  const absl::CivilDay day = request.has_date() ? DecodeDate(violations, "date", request.date())
                                                : DayOf(backend_.environment.clock.Now());
  if (!violations.empty()) return violations.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"attainment", absl::FormatCivilTime(day)});
  if (!page.ok()) return page.status();
  const absl::StatusOr<Id> after = page->AfterId();
  if (!after.ok()) return after.status();
  auto report = servicekit::RunInTransaction(backend_.environment.pool, call.deadline,
                                             [&](Transaction& tx) {
                                               return SalesTargetStore::Report(
                                                   tx, ReadableTargets(call.principal), Readable(call), day,
                                                   *after, page->limit());
                                             },
                                             {.read_only = true});
  if (!report.ok()) return report.status();
  v1::ReportAttainmentResponse response;
  response.set_next_page_token(page->Cut(*report, [](const SalesTargetStore::Attainment& last) {
    return servicekit::PageKey().Add(last.target.id);
  }));
  const std::string& base = backend_.environment.base_currency;
  for (const SalesTargetStore::Attainment& attainment : *report) {
    auto& row = *response.add_rows();
    *row.mutable_sales_target() = lifecycle::Encode(attainment.target, base);
    *row.mutable_ordered_amount() = EncodeMoney(base, attainment.ordered);
    row.set_order_count(attainment.order_count);
    row.set_attainment(attainment.ordered.ToDouble() / attainment.target.amount.ToDouble());
    row.set_elapsed(ElapsedAt(attainment.target, day));
  }
  return response;
}

}  // namespace clientele::lifecycle
