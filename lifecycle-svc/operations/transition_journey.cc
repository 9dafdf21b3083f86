#include <algorithm>
#include <optional>

#include "absl/time/clock.h"
#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/deals.h"
#include "lifecycle-svc/operations/known_customers.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/alias_store.h"
#include "lifecycle-svc/store/condition_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/uuid.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

// The request as the domain's values.
struct Wanted {
  Move move;
  std::optional<Opportunity> opportunity;
};

absl::StatusOr<Wanted> Decode(const v1::TransitionJourneyRequest& request, absl::Time now) {
  Violations violations;
  Wanted wanted;
  const absl::StatusOr<Id> customer = ParseJourneyName("name", request.name());
  if (customer.ok()) wanted.move.customer = *customer;
  violations.Add("name", customer.status());
  wanted.move.kind = MoveKind::kManual;
  wanted.move.stage = DecodeStage(violations, "stage", request.stage());
  CheckText(violations, "reason", request.reason(), 1000);
  wanted.move.reason = request.reason();
  if (request.override_requirements() && request.reason().empty()) {
    violations.Add("reason", "is required to override requirements");
  }
  wanted.move.event_time =
      DecodePast(violations, "event_time", request.has_event_time(), request.event_time(), now);
  if (request.has_opportunity()) {
    const v1::Opportunity& opportunity = request.opportunity();
    wanted.opportunity = DecodeOpportunity(violations, "opportunity", opportunity, now);
    wanted.opportunity->customer = wanted.move.customer;
    if (!opportunity.customer().empty() &&
        opportunity.customer() != servicekit::NameOf("customers", wanted.move.customer)) {
      violations.Add("opportunity.customer", "must be the customer of the journey, or empty");
    }
    if (opportunity.has_open_time() && wanted.opportunity->open_time < wanted.move.event_time) {
      violations.Add("opportunity.open_time", "must not lie before the move");
    }
  }
  if (!request.request_id().empty()) {
    violations.Add("request_id", servicekit::ParseUuid("request_id", request.request_id()).status());
  }
  if (!violations.empty()) return violations.status();
  return wanted;
}

std::optional<customer::v1::SupplyInformationRequest> SuppliedBy(const v1::TransitionJourneyRequest& request,
                                                                 Id customer) {
  if (!request.has_customer() && request.contacts().empty() && request.needs().empty() &&
      request.interactions().empty()) {
    return std::nullopt;
  }
  customer::v1::SupplyInformationRequest supply;
  supply.set_name(servicekit::NameOf("customers", customer));
  if (request.has_customer()) *supply.mutable_customer() = request.customer();
  if (request.has_update_mask()) *supply.mutable_update_mask() = request.update_mask();
  *supply.mutable_contacts() = request.contacts();
  *supply.mutable_needs() = request.needs();
  *supply.mutable_interactions() = request.interactions();
  if (!request.request_id().empty()) {
    supply.set_request_id(servicekit::DeriveUuid(request.request_id(), "supply"));
  }
  return supply;
}

// What customer-svc had to say, before the transaction. Its refusal is kept until then: when the request
// turns out to be a repeat, the first answer is the answer, whatever is refused now.
struct Heard {
  absl::Status supplied;
  std::optional<absl::StatusOr<Completeness>> completeness;  // Not set: was not asked.
};

// The time of a move that is made now. It was decided by what is known, so it comes after all of that, also
// what another replica wrote whose clock is ahead, or what this one wrote since the call began.
absl::Time AfterAll(const std::vector<Move>& moves, absl::Time now) {
  return moves.empty() ? now : std::max(now, moves.back().event_time + absl::Microseconds(1));
}

constexpr std::string_view kJourneyChanged = "JOURNEY_CHANGED";

// The transaction wants what nobody asked for, because the move did not apply or was another one before.
absl::Status ChangedMeanwhile() {
  return servicekit::WithReason(absl::AbortedError("the journey changed meanwhile; try again"),
                                kJourneyChanged);
}

// `supplied` is whether an attempt before has supplied what came along, which is done once.
absl::StatusOr<Heard> AskCustomerService(const Environment& environment, const CallContext& call,
                                         const v1::TransitionJourneyRequest& request, const Move& move,
                                         const std::vector<KnownCustomer>& new_customers, bool& supplied) {
  // What the transaction will refuse anyway is not worth asking about, and nothing is supplied for it.
  bool refused = false;
  Direction direction = Direction::kNone;
  Id customer = move.customer;
  const auto read = [&](Transaction& tx) -> absl::Status {
    const auto survivors = AliasStore::FindSurvivors(tx, {move.customer});
    if (!survivors.ok()) return survivors.status();
    if (const auto found = survivors->find(move.customer); found != survivors->end())
      customer = found->second;
    if (!new_customers.empty()) customer = new_customers.front().id;
    const auto journeys =
        JourneyStore::Get(tx, {customer}, servicekit::MayWrite(call.principal, JourneyStore::RuleColumns()));
    if (!journeys.ok()) return journeys.status();
    const auto stored = JourneyStore::GetMoves(tx, {customer});
    if (!stored.ok()) return stored.status();
    std::vector<Move> moves;
    for (const StoredMove& other : *stored) moves.push_back(other.move);
    for (const KnownCustomer& known : new_customers) {
      Move& entered = moves.emplace_back();
      entered.kind = MoveKind::kEntered;
      entered.event_time = known.create_time;
    }
    Move made = move;
    if (!request.has_event_time()) made.event_time = AfterAll(moves, environment.clock.Now());
    made.id = NextMoveId(moves, made.event_time, environment.clock.Now());
    refused = (journeys->empty() && new_customers.empty()) || !CheckManualMove(moves, made, "reason").ok() ||
              (!journeys->empty() && !CheckEtag(request.etag(), journeys->front().version).ok());
    direction = StepAt(moves, made).direction;
    return absl::OkStatus();
  };
  absl::Status status = servicekit::RunQuery(environment.pool, call.deadline, read);
  if (!status.ok()) return status;
  Heard heard;
  const auto supply = supplied ? std::nullopt : SuppliedBy(request, customer);
  if (refused) {
    if (supply.has_value()) heard.supplied = ChangedMeanwhile();
    return heard;
  }
  if (supply.has_value()) {
    heard.supplied = environment.directory.Supply(call, *supply);
    if (!heard.supplied.ok()) return heard;
    supplied = true;
  }
  if (!IsGuarded(direction)) return heard;
  const auto found = environment.directory.CheckCompleteness(call, {customer}, move.stage);
  if (!found.ok()) {
    heard.completeness = found.status();
  } else if (const auto own = found->find(customer); own != found->end()) {
    heard.completeness = own->second;
  } else {
    heard.completeness =
        absl::NotFoundError(servicekit::StrCat(servicekit::NameOf("customers", customer), " does not exist"));
  }
  return heard;
}

// What is missing for the move, given what the transaction knows.
absl::StatusOr<std::vector<MissingItem>> FindMissing(UnitOfWork& work, const Move& move,
                                                     const Opportunity* opened, const Heard& heard) {
  if (!heard.completeness.has_value()) return ChangedMeanwhile();
  if (!heard.completeness->ok()) return heard.completeness->status();
  const auto conditions = ConditionStore::List(work.tx());
  if (!conditions.ok()) return conditions.status();
  const Id customer = work.Resolve(move.customer);
  auto facts = ConditionStore::FindFacts(work.tx(), {customer});
  if (!facts.ok()) return facts.status();
  DealFacts& own = (*facts)[customer];
  if (opened != nullptr) {
    own.AddOpportunity(opened->amount.has_value(), opened->expected_close_date.has_value());
  }
  std::vector<MissingItem> missing = UnmetConditions(*conditions, move.stage, own);
  const std::vector<MissingItem>& unknown = (*heard.completeness)->missing;
  missing.insert(missing.end(), unknown.begin(), unknown.end());
  return missing;
}

// Asks, and then decides and moves. ABORTED, JOURNEY_CHANGED, when what was asked for was overtaken.
absl::StatusOr<v1::Journey> TryTransition(const Environment& environment, const CallContext& call,
                                          const v1::TransitionJourneyRequest& request, const Wanted& wanted,
                                          const std::vector<KnownCustomer>& known, bool& supplied) {
  const Id customer = wanted.move.customer;
  const absl::StatusOr<Heard> heard =
      AskCustomerService(environment, call, request, wanted.move, known, supplied);
  if (!heard.ok()) return heard.status();
  return servicekit::IdempotentWrite<v1::Journey>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Journey> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = work.Lock({customer}, known);
        if (status.ok()) status = work.CheckCustomer(customer);
        if (status.ok()) status = CheckEtag(request.etag(), work.FindJourney(customer)->version);
        if (status.ok()) status = work.LoadMoves({customer});
        if (!status.ok()) return status;
        Move made = wanted.move;
        const std::vector<Move> moves = work.MovesOf(customer);
        if (!request.has_event_time()) made.event_time = AfterAll(moves, environment.clock.Now());
        // Decided as the last of its time: it comes after what happened at the same moment.
        made.id = NextMoveId(moves, made.event_time, work.now());
        status = CheckManualMove(moves, made, "reason");
        if (status.ok()) status = heard->supplied;
        if (!status.ok()) return status;
        const bool guarded = IsGuarded(StepAt(moves, made).direction);

        const Opportunity* opened = nullptr;
        std::optional<Opportunity> draft = wanted.opportunity;
        if (draft.has_value() && !request.opportunity().has_open_time()) draft->open_time = made.event_time;
        if (guarded) {
          // Opened after the move was decided, and told after it: what it lifts to is where the customer is
          // then.
          if (draft.has_value()) {
            const absl::StatusOr<Opportunity> whole = Deals(work).Completed(*draft);
            if (!whole.ok()) return servicekit::UnderField(whole.status(), "opportunity.");
            draft = *whole;
            opened = &*draft;
          }
          const absl::StatusOr<std::vector<MissingItem>> missing = FindMissing(work, made, opened, *heard);
          if (!missing.ok()) return missing.status();
          if (!request.override_requirements()) {
            status = CheckNothingMissing(customer, made.stage, *missing);
            if (!status.ok()) return status;
          }
          for (const MissingItem& item : *missing) made.overridden.push_back(item.requirement);
        }
        work.AddMove(made);
        if (draft.has_value()) {
          const absl::StatusOr<Opportunity*> placed = Deals(work).Open(*draft);
          if (!placed.ok()) return servicekit::UnderField(placed.status(), "opportunity.");
        }
        status = work.Flush();
        if (!status.ok()) return status;
        return Encode(*work.FindJourney(customer));
      });
}

}  // namespace

absl::StatusOr<v1::Journey> TransitionJourney(const Environment& environment, const CallContext& call,
                                              const v1::TransitionJourneyRequest& request) {
  absl::Status may = servicekit::CheckMayWrite(call.principal);
  if (may.ok() && request.override_requirements()) may = servicekit::CheckAdministrator(call.principal);
  if (!may.ok()) return may;
  const absl::StatusOr<Wanted> wanted = Decode(request, environment.clock.Now());
  if (!wanted.ok()) return wanted.status();
  const auto known = HearOfMissing(environment, call, {wanted->move.customer});
  if (!known.ok()) return known.status();
  bool supplied = false;
  while (true) {
    absl::StatusOr<v1::Journey> journey =
        TryTransition(environment, call, request, *wanted, *known, supplied);
    // Whoever named a version wants to hear that there is a newer one; everybody else wants the move, if it
    // applies by now.
    const bool again = request.etag().empty() && servicekit::GetReason(journey.status()) == kJourneyChanged &&
                       absl::Now() < call.deadline;
    if (!again) return journey;
  }
}

}  // namespace clientele::lifecycle
