#include "lifecycle-svc/rpc/stall_rpc.h"

#include "lifecycle-svc/contract/stall.h"
#include "lifecycle-svc/rpc/slice.h"
#include "lifecycle-svc/store/stall_store.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/types/resource_name.h"

namespace clientele::lifecycle {

using servicekit::NameOf;
using servicekit::ToProto;

StallRpc::StallRpc(Backend backend) : backend_(backend) {}
StallRpc::~StallRpc() = default;

absl::StatusOr<v1::ListStallRulesResponse> StallRpc::ListStallRules(const CallContext& call,
                                                                    const v1::ListStallRulesRequest&) {
  const auto rules = servicekit::RunReading(backend_.environment.pool, call.deadline,
                                            [](Transaction& tx) { return StallStore::ListRules(tx); });
  if (!rules.ok()) return rules.status();
  v1::ListStallRulesResponse response;
  for (const StallRule& rule : *rules) *response.add_stall_rules() = Encode(rule);
  return response;
}

absl::StatusOr<v1::SummarizeStalledCustomersResponse> StallRpc::SummarizeStalledCustomers(
    const CallContext& call, const v1::SummarizeStalledCustomersRequest& request) {
  Violations violations;
  const Sql slice = DecodeSlice(violations, request);
  if (!violations.empty()) return violations.status();
  const auto counts = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return StallStore::Summarize(tx, backend_.environment.clock.Now(), Readable(call), slice);
  });
  if (!counts.ok()) return counts.status();
  v1::SummarizeStalledCustomersResponse response;
  for (const StallStore::Count& count : *counts) {
    v1::SummarizeStalledCustomersResponse::Row& row = *response.add_rows();
    row.set_stage(static_cast<type::v1::Stage>(count.stage));
    row.set_tier(static_cast<value::v1::Tier>(count.tier));
    row.set_level(static_cast<v1::StallLevel>(count.level));
    row.set_customer_count(count.customers);
  }
  return response;
}

absl::StatusOr<v1::ListStalledCustomersResponse> StallRpc::ListStalledCustomers(
    const CallContext& call, const v1::ListStalledCustomersRequest& request) {
  Violations violations;
  Sql condition = DecodeSlice(violations, request);
  CheckEnum(violations, "stage", type::v1::Stage_descriptor(), request.stage());
  CheckEnum(violations, "tier", value::v1::Tier_descriptor(), request.tier());
  CheckEnum(violations, "level", v1::StallLevel_descriptor(), request.level());
  if (!violations.empty()) return violations.status();
  if (request.stage() != type::v1::STAGE_UNSPECIFIED) {
    condition += Sql(" AND j.stage = ? AND j.tier = ? AND j.stall_level = ?",
                     {static_cast<int64_t>(request.stage()), static_cast<int64_t>(request.tier()),
                      static_cast<int64_t>(request.level())});
  }
  const absl::StatusOr<Page> page = Page::Of(request.page_size(), request.page_token(), ScopeOf(request));
  if (!page.ok()) return page.status();
  const absl::StatusOr<Id> after = page->AfterId();
  if (!after.ok()) return after.status();
  auto found = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return StallStore::List(tx, backend_.environment.clock.Now(), Readable(call), condition, *after,
                            page->limit());
  });
  if (!found.ok()) return found.status();
  v1::ListStalledCustomersResponse response;
  response.set_next_page_token(
      page->Cut(*found, [](const auto& last) { return servicekit::PageKey().Add(last.first.customer); }));
  for (const auto& [standing, stalled_since] : *found) {
    v1::StalledCustomer& customer = *response.add_customers();
    customer.set_customer(NameOf("customers", standing.customer));
    customer.set_display_name(standing.display_name);
    if (standing.owner.has_value()) customer.set_owner(NameOf("representatives", *standing.owner));
    if (standing.team.has_value()) customer.set_team(NameOf("teams", *standing.team));
    customer.set_stage(static_cast<type::v1::Stage>(standing.stage));
    customer.set_tier(static_cast<value::v1::Tier>(standing.tier));
    customer.set_level(static_cast<v1::StallLevel>(standing.level));
    *customer.mutable_quiet_since() = ToProto(standing.quiet_since);
    *customer.mutable_stalled_since() = ToProto(stalled_since);
  }
  return response;
}

}  // namespace clientele::lifecycle
