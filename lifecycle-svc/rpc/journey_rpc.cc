#include "lifecycle-svc/rpc/journey_rpc.h"

#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

using servicekit::FilterField;

const std::vector<FilterField>& Fields() {
  using Type = FilterField::Type;
  static const auto& fields = *new std::vector<FilterField>{
      {"stage", Type::kEnum, "j.stage", type::v1::Stage_descriptor(), ""},
      {"furthest_stage", Type::kEnum, "j.furthest_stage", type::v1::Stage_descriptor(), ""},
      {"stage_time", Type::kTime, "j.stage_time", nullptr, ""},
      {"department", Type::kEnum, "j.department", type::v1::Department_descriptor(), ""},
  };
  return fields;
}

absl::Status NotFound(std::string_view name) {
  return absl::NotFoundError(servicekit::StrCat(name, " does not exist"));
}

}  // namespace

FunnelRpc::FunnelRpc(Backend backend) : backend_(backend) {}
FunnelRpc::~FunnelRpc() = default;

JourneyRpc::JourneyRpc(Backend backend) : backend_(backend) {}
JourneyRpc::~JourneyRpc() = default;

absl::StatusOr<v1::Journey> JourneyRpc::GetJourney(const CallContext& call,
                                                   const v1::GetJourneyRequest& request) {
  const absl::StatusOr<Id> customer = ParseJourneyName("name", request.name());
  if (!customer.ok()) return customer.status();
  const auto found = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return JourneyStore::Get(tx, {*customer}, Readable(call));
  });
  if (!found.ok()) return found.status();
  if (found->empty()) return NotFound(request.name());
  return Encode(found->front());
}

absl::StatusOr<v1::ListJourneysResponse> JourneyRpc::ListJourneys(const CallContext& call,
                                                                  const v1::ListJourneysRequest& request) {
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"journeys", request.filter()});
  if (!page.ok()) return page.status();
  const absl::StatusOr<Id> after = page->AfterId();
  if (!after.ok()) return after.status();
  const absl::StatusOr<Sql> condition = AndFilter(request.filter(), Fields());
  if (!condition.ok()) return condition.status();
  auto journeys = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return JourneyStore::List(tx, Readable(call), *condition, *after, page->limit());
  });
  if (!journeys.ok()) return journeys.status();
  v1::ListJourneysResponse response;
  response.set_next_page_token(
      page->Cut(*journeys, [](const Journey& last) { return servicekit::PageKey().Add(last.customer); }));
  for (const Journey& journey : *journeys) *response.add_journeys() = Encode(journey);
  return response;
}

absl::StatusOr<v1::ListTransitionsResponse> JourneyRpc::ListTransitions(
    const CallContext& call, const v1::ListTransitionsRequest& request) {
  const absl::StatusOr<Id> customer = servicekit::ParseName("parent", "customers", request.parent());
  if (!customer.ok()) return customer.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"transitions", request.parent()});
  if (!page.ok()) return page.status();
  absl::Time after_time = absl::InfinitePast();
  Id after;
  if (!page->after.empty()) {
    const absl::StatusOr<absl::Time> time = page->after.Time(0);
    const absl::StatusOr<Id> id = page->after.GetId(1);
    if (!time.ok()) return time.status();
    if (!id.ok()) return id.status();
    after_time = *time;
    after = *id;
  }
  bool there = false;
  auto moves = servicekit::RunReading(
      backend_.environment.pool, call.deadline,
      [&](Transaction& tx) -> absl::StatusOr<std::vector<StoredMove>> {
        const auto journey = JourneyStore::Get(tx, {*customer}, Readable(call));
        if (!journey.ok()) return journey.status();
        there = !journey->empty();
        if (!there) return std::vector<StoredMove>();
        return JourneyStore::ListTransitions(tx, *customer, after_time, after, page->limit());
      });
  if (!moves.ok()) return moves.status();
  if (!there) return NotFound(request.parent());
  v1::ListTransitionsResponse response;
  response.set_next_page_token(page->Cut(*moves, [](const StoredMove& last) {
    return servicekit::PageKey().Add(last.move.event_time).Add(last.move.id);
  }));
  for (const StoredMove& move : *moves) *response.add_transitions() = Encode(move);
  return response;
}

absl::StatusOr<v1::QueryFunnelResponse> FunnelRpc::QueryFunnel(const CallContext& call,
                                                               const v1::QueryFunnelRequest& request) {
  Violations violations;
  Sql condition;
  if (request.has_start_time()) {
    condition += Sql(" AND j.enter_time >= ?", {DecodeTime(violations, "start_time", request.start_time())});
  }
  if (request.has_end_time()) {
    condition += Sql(" AND j.enter_time < ?", {DecodeTime(violations, "end_time", request.end_time())});
  }
  if (const auto owner = DecodeName(violations, "owner", "representatives", request.owner())) {
    condition += Sql(" AND j.owner_id = ?", {*owner});
  }
  if (const auto team = DecodeName(violations, "team", "teams", request.team())) {
    condition += Sql(
        " AND (j.team_id = ? OR j.team_id IN (SELECT descendant_id FROM team_tree WHERE ancestor_id = ?))",
        {*team, *team});
  }
  if (!request.industry().empty()) condition += Sql(" AND j.industry = ?", {request.industry()});
  if (!violations.empty()) return violations.status();
  const auto cells = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return FunnelStore::Count(tx, Readable(call), condition);
  });
  if (!cells.ok()) return cells.status();

  v1::QueryFunnelResponse response;
  for (int stage = type::v1::TARGET; stage <= type::v1::REPURCHASE; ++stage) {
    response.add_stages()->set_stage(static_cast<type::v1::Stage>(stage));
  }
  for (const FunnelCell& cell : *cells) {
    response.set_customer_count(response.customer_count() + cell.customers);
    if (cell.stage == Stage::kLost) response.set_lost_count(response.lost_count() + cell.customers);
    if (cell.stage == Stage::kDormant) response.set_dormant_count(response.dormant_count() + cell.customers);
    if (cell.recycled) response.set_recycled_count(response.recycled_count() + cell.customers);
    for (v1::QueryFunnelResponse::StageRow& row : *response.mutable_stages()) {
      const auto is = [&](Stage stage) { return row.stage() == static_cast<int>(stage); };
      if (row.stage() <= static_cast<int>(cell.furthest_stage)) {
        row.set_reached_count(row.reached_count() + cell.customers);
      }
      if (is(cell.stage)) row.set_current_count(row.current_count() + cell.customers);
      if (is(cell.lost_from_stage)) row.set_lost_count(row.lost_count() + cell.customers);
    }
  }
  for (int i = 0; i < response.stages_size(); ++i) {
    const int64_t reached = response.stages(i).reached_count();
    const int64_t before = i == 0 ? reached : response.stages(i - 1).reached_count();
    const double conversion = i == 0        ? 1
                              : before == 0 ? 0
                                            : static_cast<double>(reached) / static_cast<double>(before);
    response.mutable_stages(i)->set_conversion(conversion);
  }
  return response;
}

}  // namespace clientele::lifecycle
