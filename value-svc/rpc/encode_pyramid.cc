#include "value-svc/rpc/encode_pyramid.h"

#include <string>
#include <utility>

#include "servicekit/types/resource_name.h"
#include "value-svc/domain/portfolio/concentration.h"
#include "value-svc/rpc/encode.h"

namespace clientele::value {
namespace {

constexpr size_t kWhalePoints = 20;

// `values` are of those who have any; the others have 0.
v1::QueryPyramidResponse::Concentration Concentrate(std::vector<int64_t> values, int64_t customer_count) {
  values.resize(static_cast<size_t>(customer_count));
  v1::QueryPyramidResponse::Concentration encoded;
  encoded.set_gini(Gini(values));
  for (const WhalePoint& point : DrawWhaleCurve(std::move(values), kWhalePoints).points) {
    auto& drawn = *encoded.add_whale_curve();
    drawn.set_customer_share(point.customer_share);
    drawn.set_value_share(point.cumulative_share);
  }
  return encoded;
}

// 0 when there is nothing to have a share of.
double ShareOf(Decimal part, Decimal whole) {
  return whole > Decimal() ? part.ToDouble() / whole.ToDouble() : 0;
}

}  // namespace

v1::QueryPyramidResponse EncodePyramid(const PyramidSums& sums, const std::string& base_currency) {
  v1::QueryPyramidResponse response;
  const PyramidSums::Sum whole = sums.Whole();
  for (Tier tier : {Tier::kTop, Tier::kBig, Tier::kMedium, Tier::kSmall, Tier::kInactive}) {
    const PyramidSums::Sum& sum = sums.Of(tier);
    v1::QueryPyramidResponse::TierRow& row = *response.add_tiers();
    row.set_tier(static_cast<v1::Tier>(tier));
    row.set_customer_count(sum.count);
    *row.mutable_revenue() = EncodeMoney(sum.revenue, base_currency);
    *row.mutable_profit() = EncodeMoney(sum.profit, base_currency);
    *row.mutable_value_at_risk() = EncodeMoney(sum.value_at_risk, base_currency);
    row.set_revenue_share(ShareOf(sum.revenue, whole.revenue));
    row.set_profit_share(ShareOf(sum.profit, whole.profit));
    if (whole.count > 0)
      row.set_customer_share(static_cast<double>(sum.count) / static_cast<double>(whole.count));
    row.set_lowest_score_micros(sum.lowest_score_micros);
    row.set_highest_score_micros(sum.highest_score_micros);
  }
  response.set_customer_count(whole.count);
  *response.mutable_revenue() = EncodeMoney(whole.revenue, base_currency);
  *response.mutable_profit() = EncodeMoney(whole.profit, base_currency);
  *response.mutable_value_at_risk() = EncodeMoney(whole.value_at_risk, base_currency);
  *response.mutable_revenue_concentration() = Concentrate(sums.revenue_micros(), whole.count);
  *response.mutable_profit_concentration() = Concentrate(sums.profit_micros(), whole.count);
  return response;
}

v1::QueryTargetMarketValuesResponse EncodeTargetMarkets(const std::map<Id, PyramidSums>& markets,
                                                        const std::string& base_currency) {
  v1::QueryTargetMarketValuesResponse response;
  for (const auto& [market, sums] : markets) {
    const PyramidSums::Sum whole = sums.Whole();
    v1::QueryTargetMarketValuesResponse::Row& row = *response.add_rows();
    row.set_target_market(servicekit::NameOf("targetMarkets", market));
    row.set_customer_count(whole.count);
    row.set_active_customer_count(whole.count - sums.Of(Tier::kInactive).count);
    *row.mutable_revenue() = EncodeMoney(whole.revenue, base_currency);
    *row.mutable_profit() = EncodeMoney(whole.profit, base_currency);
    *row.mutable_value_at_risk() = EncodeMoney(whole.value_at_risk, base_currency);
  }
  return response;
}

}  // namespace clientele::value
