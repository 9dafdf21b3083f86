#include "lifecycle-svc/rpc/department_rpc.h"

#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/rpc/slice.h"
#include "lifecycle-svc/store/department_store.h"
#include "servicekit/types/resource_name.h"

namespace clientele::lifecycle {
namespace {

using servicekit::NameOf;

constexpr int kDefaultAcceptanceDays = 7;
constexpr int kMaxAcceptanceDays = 365;

// The period that a request names.
template <typename Request>
DepartmentPeriod DecodePeriod(Violations& violations, const Request& request, absl::Time now) {
  DepartmentPeriod period{absl::UnixEpoch() - absl::Hours(24 * 365 * 900), now, kDefaultAcceptanceDays};
  if (request.has_start_time()) period.start = DecodeTime(violations, "start_time", request.start_time());
  if (request.has_end_time()) {
    period.end = DecodePast(violations, "end_time", true, request.end_time(), now);
  } else {
    period.end = now + absl::Microseconds(1);  // With what happens at this moment.
  }
  if (request.acceptance_days() < 0 || request.acceptance_days() > kMaxAcceptanceDays) {
    violations.Add("acceptance_days", "must be 1 to 365, or 0 for 7");
  } else if (request.acceptance_days() > 0) {
    period.acceptance_days = request.acceptance_days();
  }
  return period;
}

DepartmentLevel DecodeLevel(Violations& violations, v1::QueryDepartmentsRequest::GroupBy group_by) {
  CheckEnum(violations, "group_by", v1::QueryDepartmentsRequest::GroupBy_descriptor(), group_by);
  return group_by == v1::QueryDepartmentsRequest::GROUP_BY_UNSPECIFIED
             ? DepartmentLevel::kDepartment
             : static_cast<DepartmentLevel>(group_by);
}

Sql DecodeFigure(Violations& violations, v1::ListDepartmentTransitionsRequest::Figure figure,
                 const DepartmentPeriod& period) {
  using R = v1::ListDepartmentTransitionsRequest;
  switch (figure) {
    case R::TRANSITIONS:
      return DepartmentStore::IsTransition();
    case R::HANDED_OVER:
      return DepartmentStore::IsHandedOver();
    case R::ACCEPTED:
      return DepartmentStore::IsAccepted(period);
    case R::BOUNCED:
      return DepartmentStore::IsBounced(period);
    case R::PENDING:
      return DepartmentStore::IsPending(period);
    case R::LOST:
      return DepartmentStore::IsLost();
    case R::STAYS:
      return DepartmentStore::EndsStay();
    case R::REPURCHASES:
      return DepartmentStore::IsRepurchase();
    case R::SERVED_REPURCHASES:
      return DepartmentStore::IsServedRepurchase();
    default:
      violations.Add("figure", "is not a known value");
      return Sql();
  }
}

}  // namespace

DepartmentRpc::DepartmentRpc(Backend backend) : backend_(backend) {}
DepartmentRpc::~DepartmentRpc() = default;

absl::StatusOr<v1::QueryDepartmentsResponse> DepartmentRpc::QueryDepartments(
    const CallContext& call, const v1::QueryDepartmentsRequest& request) {
  Violations violations;
  const DepartmentPeriod period = DecodePeriod(violations, request, backend_.environment.clock.Now());
  const DepartmentLevel level = DecodeLevel(violations, request.group_by());
  const Sql slice = DecodeSlice(violations, request);
  if (!violations.empty()) return violations.status();
  const auto rows = servicekit::RunInTransaction(
      backend_.environment.pool, call.deadline,
      [&](Transaction& tx) { return DepartmentStore::Count(tx, period, level, Readable(call), slice); },
      {.read_only = true});
  if (!rows.ok()) return rows.status();
  v1::QueryDepartmentsResponse response;
  for (const auto& [key, counts] : *rows) {
    v1::QueryDepartmentsResponse::Row& row = *response.add_rows();
    row.set_department(static_cast<type::v1::Department>(key.department));
    if (key.team.has_value()) row.set_team(NameOf("teams", *key.team));
    if (key.representative.has_value()) {
      row.set_representative(NameOf("representatives", *key.representative));
    }
    row.set_transition_count(counts.transitions);
    row.set_handed_over_count(counts.handed_over);
    row.set_accepted_count(counts.accepted());
    row.set_bounced_count(counts.bounced);
    row.set_pending_count(counts.pending);
    row.set_lost_count(counts.lost);
    row.set_stay_count(counts.dwell_hours.total());
    if (const auto hours = counts.dwell_hours.Percentile(50))
      row.mutable_median_dwell()->set_seconds(*hours * 3600);
    if (const auto hours = counts.dwell_hours.Percentile(90))
      row.mutable_p90_dwell()->set_seconds(*hours * 3600);
    row.set_repurchase_count(counts.repurchases);
    row.set_served_repurchase_count(counts.served_repurchases);
  }
  return response;
}

absl::StatusOr<v1::ListDepartmentTransitionsResponse> DepartmentRpc::ListDepartmentTransitions(
    const CallContext& call, const v1::ListDepartmentTransitionsRequest& request) {
  Violations violations;
  const DepartmentPeriod period = DecodePeriod(violations, request, backend_.environment.clock.Now());
  const DepartmentLevel level = DecodeLevel(violations, request.group_by());
  CheckEnum(violations, "department", type::v1::Department_descriptor(), request.department());
  DepartmentKey key;
  key.department = static_cast<Department>(request.department());
  key.team = DecodeName(violations, "row_team", "teams", request.row_team());
  key.representative =
      DecodeName(violations, "row_representative", "representatives", request.row_representative());
  const Sql condition = DecodeSlice(violations, request) + DepartmentStore::IsWithin(period) +
                        DepartmentStore::IsOf(key, level) +
                        DecodeFigure(violations, request.figure(), period);
  if (!violations.empty()) return violations.status();
  const absl::StatusOr<Page> page = Page::Of(request.page_size(), request.page_token(), ScopeOf(request));
  if (!page.ok()) return page.status();
  Id after_customer, after;
  absl::Time after_time;
  if (!page->after.empty()) {
    const absl::StatusOr<Id> customer = page->after.GetId(0), move = page->after.GetId(2);
    const absl::StatusOr<absl::Time> time = page->after.Time(1);
    for (const absl::Status& status : {customer.status(), time.status(), move.status()}) {
      if (!status.ok()) return status;
    }
    after_customer = *customer;
    after_time = *time;
    after = *move;
  }
  auto moves = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return JourneyStore::ListMoves(tx, Readable(call), condition, after_customer, after_time, after,
                                   page->limit());
  });
  if (!moves.ok()) return moves.status();
  v1::ListDepartmentTransitionsResponse response;
  response.set_next_page_token(page->Cut(*moves, [](const StoredMove& last) {
    return servicekit::PageKey().Add(last.move.customer).Add(last.move.event_time).Add(last.move.id);
  }));
  for (const StoredMove& move : *moves) *response.add_transitions() = Encode(move);
  return response;
}

}  // namespace clientele::lifecycle
