#include "lifecycle-svc/rpc/funnel_rpc.h"

#include <array>

#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/rpc/slice.h"
#include "lifecycle-svc/store/funnel_store.h"
#include "lifecycle-svc/store/opportunity_store.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

using servicekit::NameOf;
using servicekit::ToProto;

constexpr size_t kMaxCohorts = 1000;

// Of a QueryFunnelResponse or one of its cohorts.
template <typename Message>
void Encode(const FunnelCounts& funnel, Message& message) {
  message.set_customer_count(funnel.customers);
  message.set_lost_count(funnel.lost);
  message.set_dormant_count(funnel.dormant);
  message.set_recycled_count(funnel.recycled);
  for (int i = 0; i < kWayLength; ++i) {
    const FunnelCounts::Row& counts = funnel.stages[static_cast<size_t>(i)];
    v1::QueryFunnelResponse::StageRow& row = *message.add_stages();
    row.set_stage(static_cast<type::v1::Stage>(type::v1::TARGET + i));
    row.set_reached_count(counts.reached);
    row.set_current_count(counts.current);
    row.set_lost_count(counts.lost);
    row.set_recycled_count(counts.recycled);
    row.set_conversion(funnel.Conversion(i));
  }
}

v1::FunnelCustomer Encode(const FunnelCustomer& customer) {
  v1::FunnelCustomer message;
  message.set_customer(NameOf("customers", customer.customer));
  message.set_display_name(customer.display_name);
  if (customer.owner.has_value()) message.set_owner(NameOf("representatives", *customer.owner));
  if (customer.team.has_value()) message.set_team(NameOf("teams", *customer.team));
  message.set_industry(customer.industry);
  const Progress& progress = customer.progress;
  message.set_stage(static_cast<type::v1::Stage>(progress.stage));
  message.set_furthest_stage(static_cast<type::v1::Stage>(progress.furthest_stage));
  message.set_lost_from_stage(static_cast<type::v1::Stage>(progress.lost_from_stage));
  *message.mutable_stage_time() = ToProto(progress.stage_time);
  *message.mutable_enter_time() = ToProto(progress.enter_time);
  message.set_recycled_count(progress.recycled_count);
  return message;
}

// The customers behind a figure, as ` AND …`.
Sql DecodeFigure(Violations& violations, const v1::ListFunnelCustomersRequest& request) {
  using R = v1::ListFunnelCustomersRequest;
  CheckEnum(violations, "figure", R::Figure_descriptor(), request.figure());
  CheckEnum(violations, "stage", type::v1::Stage_descriptor(), request.stage());
  const bool given = request.stage() != type::v1::STAGE_UNSPECIFIED;
  const int64_t stage = request.stage();
  if (given && !IsOnTheWay(static_cast<Stage>(stage))) {
    violations.Add("stage", "must be one of TARGET to REPURCHASE");
  }
  const auto required = [&] {
    if (!given) violations.Add("stage", "is required with this figure");
  };
  switch (request.figure()) {
    case R::REACHED:
      required();
      return Sql(" AND j.furthest_stage >= ?", {stage});
    case R::CURRENT:
      required();
      return Sql(" AND j.stage = ?", {stage});
    case R::LOST:
      return Sql(" AND j.stage = ?", {static_cast<int64_t>(type::v1::LOST)}) +
             (given ? Sql(" AND j.lost_from_stage = ?", {stage}) : Sql());
    case R::DORMANT:
      return Sql(" AND j.stage = ?", {static_cast<int64_t>(type::v1::DORMANT)});
    case R::RECYCLED:
      return Sql(" AND j.recycled_count > 0") + (given ? Sql(" AND j.stage = ?", {stage}) : Sql());
    default:
      return Sql();
  }
}

template <typename Request>
Sql DecodeJourneyCohort(Violations& violations, const Request& request) {
  return DecodeCohort(violations, request, " AND j.enter_time >= ?", " AND j.enter_time < ?");
}

template <typename Request>
Sql DecodeMoveCohort(Violations& violations, const Request& request) {
  return DecodeCohort(violations, request, " AND m.enter_time >= ?", " AND m.enter_time < ?");
}

// Of opportunities: who works on them, and what for.
template <typename Request>
Sql DecodeDealSlice(Violations& violations, const Request& request) {
  Sql condition = DecodeGroupSlice(violations, request);
  if (const auto owner = DecodeName(violations, "owner", "representatives", request.owner())) {
    condition += VelocityStore::OwnerIs(*owner);
  }
  if (const auto team = DecodeName(violations, "team", "teams", request.team())) {
    condition += VelocityStore::TeamIsUnder(*team);
  }
  if (const auto product = DecodeName(violations, "product", "products", request.product())) {
    condition += Sql(" AND o.product_id = ?", {*product});
  }
  return condition;
}

template <typename Request>
absl::Time DecodeStart(Violations& violations, const Request& request) {
  return request.has_start_time() ? DecodeTime(violations, "start_time", request.start_time())
                                  : absl::UnixEpoch() - absl::Hours(24 * 365 * 900);
}

std::string_view CollectionOf(VelocityGroup group) {
  switch (group) {
    case VelocityGroup::kOwner:
      return "representatives";
    case VelocityGroup::kTeam:
      return "teams";
    case VelocityGroup::kProduct:
      return "products";
    case VelocityGroup::kTargetMarket:
      return "targetMarkets";
    case VelocityGroup::kIndustry:
    case VelocityGroup::kNone:
      break;
  }
  return "";
}

// The row of QueryVelocity that a list is of, as ` AND …`; all of them without one.
Sql DecodeVelocityRow(Violations& violations, const v1::ListVelocityOpportunitiesRequest& request) {
  CheckEnum(violations, "group_by", v1::QueryVelocityRequest::GroupBy_descriptor(), request.group_by());
  const auto group = static_cast<VelocityGroup>(request.group_by());
  if (group == VelocityGroup::kNone && !request.group().empty()) {
    violations.Add("group_by", "is required to name a group of it");
  }
  if (group == VelocityGroup::kNone || group == VelocityGroup::kIndustry) {
    return VelocityStore::GroupIs(group, std::nullopt, request.group());
  }
  const std::string_view collection = CollectionOf(group);
  if (collection.empty()) return Sql();  // No known value.
  return VelocityStore::GroupIs(group, DecodeName(violations, "group", collection, request.group()), "");
}

}  // namespace

FunnelRpc::FunnelRpc(Backend backend) : backend_(backend) {}
FunnelRpc::~FunnelRpc() = default;

absl::StatusOr<v1::QueryFunnelResponse> FunnelRpc::QueryFunnel(const CallContext& call,
                                                               const v1::QueryFunnelRequest& request) {
  Violations violations;
  const auto as_of = DecodeAsOf(violations, request, backend_.environment.clock.Now());
  const Sql condition = DecodeSlice(violations, request) + DecodeJourneyCohort(violations, request);
  CheckEnum(violations, "cohort_period", v1::QueryFunnelRequest::CohortPeriod_descriptor(),
            request.cohort_period());
  if (!violations.empty()) return violations.status();
  const auto period = static_cast<CohortPeriod>(request.cohort_period());
  const auto cells = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return FunnelStore::Count(tx, as_of, period != CohortPeriod::kNone, Readable(call), condition);
  });
  if (!cells.ok()) return cells.status();

  FunnelCounts all;
  for (const FunnelCell& cell : *cells) all.Add(cell);
  v1::QueryFunnelResponse response;
  Encode(all, response);
  if (period == CohortPeriod::kNone) return response;
  const std::map<int64_t, FunnelCounts> cohorts = CountByCohort(*cells, period);
  if (cohorts.size() > kMaxCohorts) {
    return servicekit::PreconditionFailed(
        "there are more than 1,000 cohorts; ask for longer ones, or for fewer by start_time and end_time",
        {});
  }
  for (const auto& [month, counts] : cohorts) {
    v1::QueryFunnelResponse::Cohort& cohort = *response.add_cohorts();
    *cohort.mutable_start_time() = ToProto(StartOfMonth(month));
    *cohort.mutable_end_time() = ToProto(StartOfMonth(month + MonthsOf(period)));
    Encode(counts, cohort);
  }
  return response;
}

absl::StatusOr<v1::ListFunnelCustomersResponse> FunnelRpc::ListFunnelCustomers(
    const CallContext& call, const v1::ListFunnelCustomersRequest& request) {
  Violations violations;
  const auto as_of = DecodeAsOf(violations, request, backend_.environment.clock.Now());
  const Sql condition = DecodeFigure(violations, request) + DecodeSlice(violations, request) +
                        DecodeJourneyCohort(violations, request);
  if (!violations.empty()) return violations.status();
  const absl::StatusOr<Page> page = Page::Of(request.page_size(), request.page_token(), ScopeOf(request));
  if (!page.ok()) return page.status();
  const absl::StatusOr<Id> after = page->AfterId();
  if (!after.ok()) return after.status();
  auto customers = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return FunnelStore::List(tx, as_of, Readable(call), condition, *after, page->limit());
  });
  if (!customers.ok()) return customers.status();
  v1::ListFunnelCustomersResponse response;
  response.set_next_page_token(page->Cut(
      *customers, [](const FunnelCustomer& last) { return servicekit::PageKey().Add(last.customer); }));
  for (const FunnelCustomer& customer : *customers) *response.add_customers() = Encode(customer);
  return response;
}

absl::StatusOr<v1::QueryStageTimesResponse> FunnelRpc::QueryStageTimes(
    const CallContext& call, const v1::QueryStageTimesRequest& request) {
  Violations violations;
  const absl::Time now = backend_.environment.clock.Now();
  const absl::Time as_of = DecodeAsOf(violations, request, now).value_or(now);
  const Sql condition = DecodeSlice(violations, request);
  const Sql cohort = DecodeMoveCohort(violations, request);
  if (!violations.empty()) return violations.status();
  const auto cells = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return FunnelStore::CountVisits(tx, as_of, Readable(call), condition, cohort);
  });
  if (!cells.ok()) return cells.status();
  std::array<Histogram, kStageCount> ended;
  std::array<int64_t, kStageCount> open{};
  for (const VisitCell& cell : *cells) {
    const auto stage = static_cast<size_t>(cell.stage);
    if (cell.open) {
      open[stage] += cell.visits;
    } else {
      ended[stage].Add(cell.hours, cell.visits);
    }
  }
  v1::QueryStageTimesResponse response;
  for (size_t stage = 1; stage < kStageCount; ++stage) {
    v1::QueryStageTimesResponse::StageRow& row = *response.add_stages();
    row.set_stage(static_cast<type::v1::Stage>(stage));
    row.set_ended_count(ended[stage].total());
    row.set_open_count(open[stage]);
    if (const auto hours = ended[stage].Percentile(50)) row.mutable_median_time()->set_seconds(*hours * 3600);
    if (const auto hours = ended[stage].Percentile(90)) row.mutable_p90_time()->set_seconds(*hours * 3600);
  }
  return response;
}

absl::StatusOr<v1::ListStageVisitsResponse> FunnelRpc::ListStageVisits(
    const CallContext& call, const v1::ListStageVisitsRequest& request) {
  Violations violations;
  const absl::Time now = backend_.environment.clock.Now();
  const absl::Time as_of = DecodeAsOf(violations, request, now).value_or(now);
  const Stage stage = DecodeStage(violations, "stage", request.stage());
  const Sql condition = DecodeSlice(violations, request);
  const Sql cohort = DecodeMoveCohort(violations, request);
  if (!violations.empty()) return violations.status();
  const absl::StatusOr<Page> page = Page::Of(request.page_size(), request.page_token(), ScopeOf(request));
  if (!page.ok()) return page.status();
  FunnelStore::VisitKey after;
  if (!page->after.empty()) {
    const absl::StatusOr<Id> customer = page->after.GetId(0), transition = page->after.GetId(2);
    const absl::StatusOr<absl::Time> start = page->after.Time(1);
    for (const absl::Status& status : {customer.status(), start.status(), transition.status()}) {
      if (!status.ok()) return status;
    }
    after = {*customer, *start, *transition};
  }
  auto visits = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return FunnelStore::ListVisits(tx, as_of, stage, request.open(), Readable(call), condition, cohort, after,
                                   page->limit());
  });
  if (!visits.ok()) return visits.status();
  v1::ListStageVisitsResponse response;
  response.set_next_page_token(page->Cut(*visits, [](const StageVisit& last) {
    return servicekit::PageKey().Add(last.customer).Add(last.start).Add(last.transition);
  }));
  for (const StageVisit& visit : *visits) {
    v1::StageVisit& message = *response.add_visits();
    message.set_transition(NameOf("customers", visit.customer, "transitions", visit.transition));
    message.set_customer(NameOf("customers", visit.customer));
    message.set_display_name(visit.display_name);
    message.set_stage(static_cast<type::v1::Stage>(visit.stage));
    *message.mutable_start_time() = ToProto(visit.start);
    if (visit.end <= as_of) *message.mutable_end_time() = ToProto(visit.end);
  }
  return response;
}

absl::StatusOr<v1::QueryVelocityResponse> FunnelRpc::QueryVelocity(const CallContext& call,
                                                                   const v1::QueryVelocityRequest& request) {
  Violations violations;
  const absl::Time now = backend_.environment.clock.Now();
  const absl::Time as_of = DecodeAsOf(violations, request, now).value_or(now);
  const absl::Time start = DecodeStart(violations, request);
  const Sql condition = DecodeDealSlice(violations, request);
  CheckEnum(violations, "group_by", v1::QueryVelocityRequest::GroupBy_descriptor(), request.group_by());
  if (!violations.empty()) return violations.status();
  const auto group = static_cast<VelocityGroup>(request.group_by());
  const auto rows = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return VelocityStore::Count(tx, group, start, as_of, Readable(call), condition);
  });
  if (!rows.ok()) return rows.status();
  const std::string& base = backend_.environment.base_currency;
  v1::QueryVelocityResponse response;
  for (const VelocityRow& counts : *rows) {
    v1::QueryVelocityResponse::Row& row = *response.add_rows();
    row.set_group(counts.group.has_value() ? NameOf(CollectionOf(group), *counts.group) : counts.industry);
    row.set_open_count(counts.open);
    row.set_won_count(counts.won);
    row.set_lost_count(counts.lost);
    row.set_win_rate(counts.WinRate());
    row.set_cycle_days(counts.CycleDays());
    *row.mutable_won_amount() = EncodeMoney(base, counts.won_amount);
    if (const auto average = counts.AverageWon()) {
      *row.mutable_average_won_amount() = EncodeMoney(base, *average);
    }
    if (const auto velocity = counts.PerDay()) *row.mutable_velocity() = EncodeMoney(base, *velocity);
  }
  return response;
}

absl::StatusOr<v1::ListVelocityOpportunitiesResponse> FunnelRpc::ListVelocityOpportunities(
    const CallContext& call, const v1::ListVelocityOpportunitiesRequest& request) {
  using R = v1::ListVelocityOpportunitiesRequest;
  Violations violations;
  const absl::Time now = backend_.environment.clock.Now();
  const absl::Time as_of = DecodeAsOf(violations, request, now).value_or(now);
  const absl::Time start = DecodeStart(violations, request);
  CheckEnum(violations, "figure", R::Figure_descriptor(), request.figure());
  const Sql condition =
      Sql(" AND ") +
      (request.figure() == R::OPEN ? VelocityStore::IsOpen(as_of)
                                   : VelocityStore::IsClosed(request.figure() == R::WON, start, as_of)) +
      DecodeDealSlice(violations, request) + DecodeVelocityRow(violations, request);
  if (!violations.empty()) return violations.status();
  const absl::StatusOr<Page> page = Page::Of(request.page_size(), request.page_token(), ScopeOf(request));
  if (!page.ok()) return page.status();
  const absl::StatusOr<Id> after = page->AfterId();
  if (!after.ok()) return after.status();
  auto opportunities = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return OpportunityStore::List(tx, Readable(call), condition + Sql(" AND o.id > ?", {*after}), Sql("o.id"),
                                  page->limit());
  });
  if (!opportunities.ok()) return opportunities.status();
  v1::ListVelocityOpportunitiesResponse response;
  response.set_next_page_token(
      page->Cut(*opportunities, [](const Opportunity& last) { return servicekit::PageKey().Add(last.id); }));
  for (const Opportunity& opportunity : *opportunities) {
    *response.add_opportunities() = lifecycle::Encode(opportunity);
  }
  return response;
}

}  // namespace clientele::lifecycle
