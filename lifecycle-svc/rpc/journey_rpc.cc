#include "lifecycle-svc/rpc/journey_rpc.h"

#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/check_transitions.h"
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

const servicekit::OrderFields& OrderByFields() {
  static const auto& fields = *new servicekit::OrderFields{
      "m.id", {{"event_time", servicekit::OrderFields::Type::kTime, "m.event_time"}}};
  return fields;
}

// The journey of a customer, also under the name of one that was merged into it; none when it is not there,
// or not the caller's to see.
absl::StatusOr<std::vector<Journey>> Find(Transaction& tx, Id customer, const Sql& rule) {
  auto found = JourneyStore::Get(tx, {customer}, rule);
  if (!found.ok() || !found->empty()) return found;
  const absl::StatusOr<Id> survivor = ResolveCustomer(tx, customer);
  if (!survivor.ok()) return survivor.status();
  if (*survivor == customer) return found;
  return JourneyStore::Get(tx, {*survivor}, rule);
}

absl::Status NotFound(std::string_view name) {
  return absl::NotFoundError(servicekit::StrCat(name, " does not exist"));
}

}  // namespace

JourneyRpc::JourneyRpc(Backend backend) : backend_(backend) {}
JourneyRpc::~JourneyRpc() = default;

absl::StatusOr<v1::Journey> JourneyRpc::GetJourney(const CallContext& call,
                                                   const v1::GetJourneyRequest& request) {
  const absl::StatusOr<Id> customer = ParseJourneyName("name", request.name());
  if (!customer.ok()) return customer.status();
  const auto found = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return Find(tx, *customer, Readable(call));
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
  const auto order_by = ListOrder::Parse(request.order_by(), OrderByFields());
  if (!order_by.ok()) return order_by.status();
  const absl::StatusOr<Page> page = Page::Of(request.page_size(), request.page_token(),
                                             {"transitions", request.parent(), request.order_by()});
  if (!page.ok()) return page.status();
  const absl::StatusOr<Sql> after = AndAfter(*order_by, *page);
  if (!after.ok()) return after.status();
  bool there = false;
  auto moves =
      servicekit::RunReading(backend_.environment.pool, call.deadline,
                             [&](Transaction& tx) -> absl::StatusOr<std::vector<StoredMove>> {
                               const auto journey = Find(tx, *customer, Readable(call));
                               if (!journey.ok()) return journey.status();
                               there = !journey->empty();
                               if (!there) return std::vector<StoredMove>();
                               return JourneyStore::ListTransitions(tx, journey->front().customer, *after,
                                                                    order_by->OrderBy(), page->limit());
                             });
  if (!moves.ok()) return moves.status();
  if (!there) return NotFound(request.parent());
  v1::ListTransitionsResponse response;
  response.set_next_page_token(page->Cut(
      *moves, [&](const StoredMove& last) { return order_by->KeyOf(last.move.id, last.move.event_time); }));
  for (const StoredMove& move : *moves) *response.add_transitions() = Encode(move);
  return response;
}

absl::StatusOr<v1::TransitionCheck> JourneyRpc::CheckTransition(const CallContext& call,
                                                                const v1::CheckTransitionRequest& request) {
  Violations violations;
  const absl::StatusOr<Id> customer = ParseJourneyName("name", request.name());
  violations.Add("name", customer.status());
  const Stage stage = DecodeStage(violations, "stage", request.stage());
  if (!violations.empty()) return violations.status();
  auto checks = CheckTransitions(backend_.environment, call, {*customer}, stage);
  if (!checks.ok()) return checks.status();
  if (checks->empty()) return NotFound(request.name());
  return std::move(checks->front());
}

absl::StatusOr<v1::BatchCheckTransitionsResponse> JourneyRpc::BatchCheckTransitions(
    const CallContext& call, const v1::BatchCheckTransitionsRequest& request) {
  Violations violations;
  std::vector<Id> customers;
  if (request.names_size() > 1000) violations.Add("names", "must be 1 to 1,000");
  for (int i = 0; i < request.names_size() && violations.empty(); ++i) {
    const std::string field = servicekit::StrCat("names[", i, "]");
    const absl::StatusOr<Id> customer = ParseJourneyName(field, request.names(i));
    violations.Add(field, customer.status());
    if (customer.ok()) customers.push_back(*customer);
  }
  const Stage stage = DecodeStage(violations, "stage", request.stage());
  if (!violations.empty()) return violations.status();
  auto checks = CheckTransitions(backend_.environment, call, customers, stage);
  if (!checks.ok()) return checks.status();
  v1::BatchCheckTransitionsResponse response;
  for (v1::TransitionCheck& check : *checks) *response.add_checks() = std::move(check);
  return response;
}

}  // namespace clientele::lifecycle
