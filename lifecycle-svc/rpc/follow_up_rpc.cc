#include "lifecycle-svc/rpc/follow_up_rpc.h"

#include "lifecycle-svc/contract/follow_up.h"
#include "lifecycle-svc/store/follow_up_store.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

using servicekit::FilterField;

const std::vector<FilterField>& Fields() {
  using Type = FilterField::Type;
  static const auto& fields = *new std::vector<FilterField>{
      {"customer", Type::kName, "f.customer_id", nullptr, "customers"},
      {"owner", Type::kName, "j.owner_id", nullptr, "representatives"},
      {"team", Type::kName, "j.team_id", nullptr, "teams"},
      {"kind", Type::kEnum, "f.kind", v1::FollowUp::Kind_descriptor(), ""},
      {"addressee", Type::kEnum, "f.addressee", v1::FollowUp::Addressee_descriptor(), ""},
      {"due_time", Type::kTime, "f.due_time", nullptr, ""},
      {"create_time", Type::kTime, "f.create_time", nullptr, ""},
  };
  return fields;
}

// Which states a list is of, and the same as text for its page tokens.
absl::StatusOr<std::vector<FollowUpState>> DecodeStates(const v1::ListFollowUpsRequest& request) {
  std::vector<FollowUpState> states;
  for (int i = 0; i < request.states_size(); ++i) {
    const int state = request.states(i);
    if (state < v1::FollowUp::OPEN || state > v1::FollowUp::DONE) {
      return servicekit::InvalidField(servicekit::StrCat("states[", i, "]"), "is not a known value");
    }
    states.push_back(static_cast<FollowUpState>(state));
  }
  if (states.empty()) states.push_back(FollowUpState::kOpen);
  return states;
}

std::string TextOf(const std::vector<FollowUpState>& states) {
  std::string text;
  for (const FollowUpState state : states) text += static_cast<char>('0' + static_cast<int>(state));
  return text;
}

}  // namespace

FollowUpRpc::FollowUpRpc(Backend backend) : backend_(backend) {}
FollowUpRpc::~FollowUpRpc() = default;

absl::StatusOr<v1::FollowUp> FollowUpRpc::GetFollowUp(const CallContext& call,
                                                      const v1::GetFollowUpRequest& request) {
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "followUps", request.name());
  if (!id.ok()) return id.status();
  const auto found = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return FollowUpStore::Get(tx, *id, Readable(call));
  });
  if (absl::IsNotFound(found.status())) {
    return absl::NotFoundError(servicekit::StrCat(request.name(), " does not exist"));
  }
  if (!found.ok()) return found.status();
  return Encode(found->follow_up, found->owner, backend_.environment.clock.Now());
}

absl::StatusOr<v1::ListFollowUpsResponse> FollowUpRpc::ListFollowUps(
    const CallContext& call, const v1::ListFollowUpsRequest& request) {
  const absl::StatusOr<std::vector<FollowUpState>> states = DecodeStates(request);
  if (!states.ok()) return states.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"followUps", request.filter(), TextOf(*states)});
  if (!page.ok()) return page.status();
  absl::Time after_time;
  Id after;
  if (!page->after.empty()) {
    const absl::StatusOr<absl::Time> time = page->after.Time(0);
    const absl::StatusOr<Id> last = page->after.GetId(1);
    if (!time.ok()) return time.status();
    if (!last.ok()) return last.status();
    after_time = *time;
    after = *last;
  }
  const absl::StatusOr<Sql> filter = AndFilter(backend_, call, request.filter(), Fields());
  if (!filter.ok()) return filter.status();
  const absl::Time now = backend_.environment.clock.Now();
  auto follow_ups = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return FollowUpStore::List(tx, Readable(call), *filter + FollowUpStore::InStates(*states, now),
                               after_time, after, page->limit());
  });
  if (!follow_ups.ok()) return follow_ups.status();
  v1::ListFollowUpsResponse response;
  response.set_next_page_token(page->Cut(*follow_ups, [](const FollowUpStore::Owned& last) {
    return servicekit::PageKey().Add(last.follow_up.due_time).Add(last.follow_up.id);
  }));
  for (const auto& [follow_up, owner] : *follow_ups) {
    *response.add_follow_ups() = Encode(follow_up, owner, now);
  }
  return response;
}

absl::StatusOr<v1::SummarizeFollowUpsResponse> FollowUpRpc::SummarizeFollowUps(
    const CallContext& call, const v1::SummarizeFollowUpsRequest& request) {
  const absl::StatusOr<Sql> filter = AndFilter(backend_, call, request.filter(), Fields());
  if (!filter.ok()) return filter.status();
  const auto loads = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return FollowUpStore::Summarize(tx, Readable(call), *filter, backend_.environment.clock.Now());
  });
  if (!loads.ok()) return loads.status();
  v1::SummarizeFollowUpsResponse response;
  for (const FollowUpStore::Load& load : *loads) {
    auto& row = *response.add_rows();
    if (load.owner.has_value()) row.set_owner(servicekit::NameOf("representatives", *load.owner));
    row.set_open_count(load.open_count);
    row.set_overdue_count(load.overdue_count);
    row.set_snoozed_count(load.snoozed_count);
  }
  return response;
}

}  // namespace clientele::lifecycle
