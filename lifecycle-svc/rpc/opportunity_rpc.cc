#include "lifecycle-svc/rpc/opportunity_rpc.h"

#include <algorithm>

#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/store/opportunity_store.h"
#include "lifecycle-svc/store/sales_step_store.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

using servicekit::FilterField;

constexpr int kMaxCompetitorRows = 1000;

const std::vector<FilterField>& Fields() {
  using Type = FilterField::Type;
  static const auto& fields = *new std::vector<FilterField>{
      {"customer", Type::kName, "o.customer_id", nullptr, "customers"},
      {"owner", Type::kName, "o.owner_id", nullptr, "representatives"},
      {"product", Type::kName, "o.product_id", nullptr, "products"},
      {"step", Type::kEnum, "o.step", v1::Opportunity::Step_descriptor(), ""},
      {"team", Type::kName, "j.team_id", nullptr, "teams"},
      {"forecast_category", Type::kEnum, "o.forecast_category",
       v1::Opportunity::ForecastCategory_descriptor(), ""},
      {"lost_reason", Type::kEnum, "o.lost_reason", v1::Opportunity::LostReason_descriptor(), ""},
      {"lost_to", Type::kText, "o.lost_to", nullptr, ""},
      {"amount", Type::kDecimal, "o.amount", nullptr, ""},
      {"currency", Type::kText, "o.currency", nullptr, ""},
      {"probability_percent", Type::kInteger, "o.probability_percent", nullptr, ""},
      {"expected_close_date", Type::kTime, "o.expected_close_date", nullptr, ""},
      {"open_time", Type::kTime, "o.open_time", nullptr, ""},
      {"close_time", Type::kTime, "o.close_time", nullptr, ""},
  };
  return fields;
}

const servicekit::OrderFields& OrderByFields() {
  using Type = servicekit::OrderFields::Type;
  static const auto& fields = *new servicekit::OrderFields{
      "o.id", {{"name", Type::kId, "o.id"}, {"open_time", Type::kTime, "o.open_time"}}};
  return fields;
}

}  // namespace

OpportunityRpc::OpportunityRpc(Backend backend) : backend_(backend) {}
OpportunityRpc::~OpportunityRpc() = default;

absl::StatusOr<v1::Opportunity> OpportunityRpc::GetOpportunity(const CallContext& call,
                                                               const v1::GetOpportunityRequest& request) {
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "opportunities", request.name());
  if (!id.ok()) return id.status();
  const auto found = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return OpportunityStore::Get(tx, *id, Readable(call));
  });
  if (absl::IsNotFound(found.status())) {
    return absl::NotFoundError(servicekit::StrCat(request.name(), " does not exist"));
  }
  if (!found.ok()) return found.status();
  return Encode(*found);
}

absl::StatusOr<v1::ListOpportunitiesResponse> OpportunityRpc::ListOpportunities(
    const CallContext& call, const v1::ListOpportunitiesRequest& request) {
  const auto order_by = ListOrder::Parse(request.order_by(), OrderByFields());
  if (!order_by.ok()) return order_by.status();
  const absl::StatusOr<Page> page = Page::Of(request.page_size(), request.page_token(),
                                             {"opportunities", request.filter(), request.order_by()});
  if (!page.ok()) return page.status();
  const absl::StatusOr<Sql> after = AndAfter(*order_by, *page);
  if (!after.ok()) return after.status();
  const absl::StatusOr<Sql> condition = AndFilter(backend_, call, request.filter(), Fields());
  if (!condition.ok()) return condition.status();
  auto opportunities = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return OpportunityStore::List(tx, Readable(call), *condition + *after, order_by->OrderBy(),
                                  page->limit());
  });
  if (!opportunities.ok()) return opportunities.status();
  v1::ListOpportunitiesResponse response;
  response.set_next_page_token(page->Cut(
      *opportunities, [&](const Opportunity& last) { return order_by->KeyOf(last.id, last.open_time); }));
  for (const Opportunity& opportunity : *opportunities) *response.add_opportunities() = Encode(opportunity);
  return response;
}

absl::StatusOr<v1::ListOpportunityStepsResponse> OpportunityRpc::ListOpportunitySteps(
    const CallContext& call, const v1::ListOpportunityStepsRequest& request) {
  const absl::StatusOr<Id> id = servicekit::ParseName("parent", "opportunities", request.parent());
  if (!id.ok()) return id.status();
  using Steps = std::vector<OpportunityStore::StepEntry>;
  auto steps = servicekit::RunReading(
      backend_.environment.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<Steps> {
        const auto opportunity = OpportunityStore::Get(tx, *id, Readable(call));
        if (!opportunity.ok()) return opportunity.status();
        return OpportunityStore::ListSteps(tx, *id);
      });
  if (absl::IsNotFound(steps.status())) {
    return absl::NotFoundError(servicekit::StrCat(request.parent(), " does not exist"));
  }
  if (!steps.ok()) return steps.status();
  // It may have been closed at a time before what was told of it last: then that had no time to be true.
  const auto closed =
      std::find_if(steps->begin(), steps->end(), [](const auto& entry) { return IsClosed(entry.step); });
  if (closed != steps->end()) steps->erase(closed + 1, steps->end());
  v1::ListOpportunityStepsResponse response;
  absl::Time start;
  for (size_t i = 0; i < steps->size(); ++i) {
    const OpportunityStore::StepEntry& entry = (*steps)[i];
    const auto number = static_cast<v1::Opportunity::Step>(entry.step);
    // A row that tells of another amount only goes on with the stay.
    const bool goes_on =
        response.stays_size() > 0 && response.stays(response.stays_size() - 1).step() == number;
    auto& stay = goes_on ? *response.mutable_stays(response.stays_size() - 1) : *response.add_stays();
    if (!goes_on) {
      start = entry.event_time;
      stay.set_step(number);
      *stay.mutable_start_time() = servicekit::ToProto(entry.event_time);
      stay.set_actor(entry.actor);
    }
    stay.set_probability_percent(entry.probability_percent);
    if (entry.amount.has_value()) *stay.mutable_amount() = servicekit::ToProto(*entry.amount);
    const bool last = i + 1 == steps->size();
    const absl::Time end = last ? backend_.environment.clock.Now() : (*steps)[i + 1].event_time;
    if (!IsClosed(entry.step)) stay.set_days(absl::ToDoubleHours(end - start) / 24);
    if (!last && (*steps)[i + 1].step != entry.step) *stay.mutable_end_time() = servicekit::ToProto(end);
  }
  return response;
}

absl::StatusOr<v1::SummarizeOpportunitiesResponse> OpportunityRpc::SummarizeOpportunities(
    const CallContext& call, const v1::SummarizeOpportunitiesRequest& request) {
  const absl::StatusOr<Sql> condition = AndFilter(backend_, call, request.filter(), Fields());
  if (!condition.ok()) return condition.status();
  const auto rows = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return OpportunityStore::Summarize(tx, Readable(call), *condition);
  });
  if (!rows.ok()) return rows.status();
  v1::SummarizeOpportunitiesResponse response;
  for (const OpportunityStore::SummaryRow& row : *rows) {
    auto& encoded = *response.add_rows();
    encoded.set_step(static_cast<v1::Opportunity::Step>(row.step));
    encoded.set_opportunity_count(row.count);
    if (!row.currency.empty()) *encoded.mutable_amount() = EncodeMoney(row.currency, row.amount);
  }
  return response;
}

absl::StatusOr<v1::SummarizeCompetitorsResponse> OpportunityRpc::SummarizeCompetitors(
    const CallContext& call, const v1::SummarizeCompetitorsRequest& request) {
  const absl::StatusOr<Sql> condition = AndFilter(backend_, call, request.filter(), Fields());
  if (!condition.ok()) return condition.status();
  const auto rows = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return OpportunityStore::SummarizeCompetitors(tx, Readable(call), *condition, kMaxCompetitorRows);
  });
  if (!rows.ok()) return rows.status();
  v1::SummarizeCompetitorsResponse response;
  for (const OpportunityStore::CompetitorRow& row : *rows) {
    auto& encoded = *response.add_rows();
    encoded.set_display_name(row.display_name);
    encoded.set_open_count(row.open);
    encoded.set_won_count(row.won);
    encoded.set_lost_count(row.lost);
    encoded.set_lost_to_count(row.lost_to);
    const int64_t closed = row.won + row.lost;
    encoded.set_win_rate(closed == 0 ? 0 : static_cast<double>(row.won) / static_cast<double>(closed));
  }
  return response;
}

absl::StatusOr<v1::ListSalesStepsResponse> OpportunityRpc::ListSalesSteps(const CallContext& call,
                                                                          const v1::ListSalesStepsRequest&) {
  const auto steps = servicekit::RunReading(backend_.environment.pool, call.deadline,
                                            [](Transaction& tx) { return SalesStepStore::Get(tx); });
  if (!steps.ok()) return steps.status();
  v1::ListSalesStepsResponse response;
  for (int i = 1; i <= kOpenStepCount; ++i) {
    const SalesStep step = static_cast<SalesStep>(i);
    *response.add_sales_steps() = Encode(step, steps->At(step));
  }
  return response;
}

}  // namespace clientele::lifecycle
