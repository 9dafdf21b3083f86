#include "lifecycle-svc/operations/unit_of_work.h"

#include <algorithm>
#include <map>

#include "clientele/lifecycle/v1/lifecycle_feed.pb.h"
#include "lifecycle-svc/contract/changes.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/store/credit_limit_store.h"
#include "lifecycle-svc/store/delivery_store.h"
#include "lifecycle-svc/store/follow_up_store.h"
#include "lifecycle-svc/store/order_store.h"
#include "lifecycle-svc/store/product_store.h"
#include "lifecycle-svc/store/referral_store.h"
#include "lifecycle-svc/store/sales_step_store.h"
#include "lifecycle-svc/store/service_project_store.h"
#include "lifecycle-svc/store/stall_store.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

using servicekit::NameOf;
using servicekit::StrCat;

UnitOfWork::UnitOfWork(const Environment& environment, const CallContext& call, Transaction& tx)
    : environment_(environment), call_(call), tx_(tx), now_(environment.clock.Now()) {}

absl::Status UnitOfWork::Lock(const std::vector<Id>& customers, const std::vector<KnownCustomer>& heard,
                              bool with_referrals) {
  absl::Status status = LockRows(customers, heard);
  if (status.ok() && with_referrals) status = ReferralStore::Lock(tx_);
  if (!status.ok()) return status;
  std::vector<Id> wanted;
  for (const Id& customer : customers) wanted.push_back(Resolve(customer));
  absl::StatusOr<std::vector<Journey>> journeys =
      JourneyStore::Get(tx_, wanted, servicekit::MayWrite(call_.principal, JourneyStore::RuleColumns()));
  if (!journeys.ok()) return journeys.status();
  for (const Journey& journey : *journeys) journeys_[journey.customer] = journey;
  for (const KnownCustomer& customer : heard) {
    const Journey* journey = FindJourney(customer.id);
    if (journey == nullptr || journey->progress.stage != Stage::kNone) continue;
    Move entered;
    entered.customer = customer.id;
    entered.kind = MoveKind::kEntered;
    entered.event_time = customer.create_time;
    AddMove(std::move(entered));
  }
  return absl::OkStatus();
}

absl::Status UnitOfWork::LockRows(const std::vector<Id>& customers, const std::vector<KnownCustomer>& heard) {
  std::vector<KnownCustomer> added = heard;
  if (!heard.empty()) {
    // One that was merged since nobody knew it must not come back to life.
    std::vector<Id> ids;
    for (const KnownCustomer& customer : heard) ids.push_back(customer.id);
    const auto merged = AliasStore::LockSurvivors(tx_, ids);
    if (!merged.ok()) return merged.status();
    std::erase_if(added, [&](const KnownCustomer& customer) { return merged->contains(customer.id); });
  }
  absl::Status status = JourneyStore::InsertMissing(tx_, added);
  if (!status.ok()) return status;
  std::vector<Id> wanted = customers;
  for (const KnownCustomer& customer : heard) {
    if (!customer.alias.has_value()) continue;
    survivors_[*customer.alias] = customer.id;
    wanted.push_back(customer.id);
  }
  const absl::StatusOr<std::vector<Id>> locked = JourneyStore::Lock(tx_, wanted);
  if (!locked.ok()) return locked.status();
  const absl::flat_hash_set<Id> there(locked->begin(), locked->end());
  std::vector<Id> missing;
  for (const Id& customer : wanted) {
    if (!there.contains(customer) && !survivors_.contains(customer)) missing.push_back(customer);
  }
  if (missing.empty()) return absl::OkStatus();
  const auto survivors = AliasStore::LockSurvivors(tx_, missing);
  if (!survivors.ok()) return survivors.status();
  std::vector<Id> more;
  for (const auto& [alias, survivor] : *survivors) {
    survivors_[alias] = survivor;
    more.push_back(survivor);
  }
  return JourneyStore::Lock(tx_, more).status();
}

Id UnitOfWork::Resolve(Id customer) const {
  const auto found = survivors_.find(customer);
  return found == survivors_.end() ? customer : found->second;
}

Id UnitOfWork::Settle(OwnedKind kind, Id row, Id customer) {
  const Id survivor = Resolve(customer);
  if (survivor != customer) owned_.push_back({kind, row, customer});
  return survivor;
}

Journey* UnitOfWork::FindJourney(Id customer) {
  const auto found = journeys_.find(Resolve(customer));
  return found == journeys_.end() ? nullptr : &found->second;
}

absl::Status UnitOfWork::CheckCustomer(Id customer) {
  if (FindJourney(customer) != nullptr) return absl::OkStatus();
  return absl::NotFoundError(StrCat(NameOf("customers", customer), " does not exist"));
}

absl::Status UnitOfWork::CheckStillOf(Id customer, Id row_customer) const {
  if (row_customer == Resolve(customer)) return absl::OkStatus();
  return servicekit::WithReason(
      absl::AbortedError("whose this is changed meanwhile, as customers were split; try again"),
      "JOURNEY_CHANGED");
}

absl::Status UnitOfWork::LoadProducts(const std::vector<Id>& ids) {
  std::vector<Id> missing;
  for (const Id& id : ids) {
    if (products.Find(id) == nullptr) missing.push_back(id);
  }
  absl::StatusOr<std::vector<Product>> found = ProductStore::Find(tx_, missing);
  if (found.ok()) products.Load(*std::move(found));
  return found.status();
}

absl::Status UnitOfWork::LoadMatrix() {
  if (matrix_.has_value()) return absl::OkStatus();
  absl::StatusOr<DeliveryMatrix> found = DeliveryStore::GetMatrix(tx_);
  if (!found.ok()) return found.status();
  matrix_ = *std::move(found);
  return absl::OkStatus();
}

absl::Status UnitOfWork::LoadSalesSteps() {
  if (sales_steps_.has_value()) return absl::OkStatus();
  absl::StatusOr<SalesSteps> found = SalesStepStore::Get(tx_);
  if (!found.ok()) return found.status();
  sales_steps_ = *std::move(found);
  return absl::OkStatus();
}

absl::Status UnitOfWork::LoadRates(const std::vector<std::string>& currencies) {
  std::vector<std::string> missing;
  for (const std::string& currency : currencies) {
    if (!currency.empty() && !rates_.contains(currency)) missing.push_back(currency);
  }
  const absl::StatusOr<std::vector<ExchangeRate>> found = ExchangeRateStore::Find(tx_, missing);
  if (!found.ok()) return found.status();
  for (const std::string& currency : missing) rates_[currency];
  for (const ExchangeRate& rate : *found) rates_[rate.currency].push_back(rate);
  return absl::OkStatus();
}

absl::StatusOr<Decimal> UnitOfWork::RateAt(const std::string& currency, absl::CivilDay day) const {
  if (currency == environment_.base_currency) return Decimal::FromMicros(1'000'000);
  const ExchangeRate* best = nullptr;
  if (const auto found = rates_.find(currency); found != rates_.end()) {
    for (const ExchangeRate& rate : found->second) {
      if (rate.start_date <= day) best = &rate;
    }
  }
  if (best != nullptr) return best->rate;
  const std::string why =
      StrCat("no exchange rate from ", currency, " to ", environment_.base_currency, " is known for ",
             absl::FormatCivilTime(day), "; set one with SetExchangeRate, starting on that day or before it");
  return servicekit::PreconditionFailed(why,
                                        {{"EXCHANGE_RATE_MISSING", StrCat("exchangeRates/", currency), why}});
}

const ExchangeRate* UnitOfWork::FindRate(const std::string& currency, absl::CivilDay start_date) const {
  const auto found = rates_.find(currency);
  if (found == rates_.end()) return nullptr;
  for (const ExchangeRate& rate : found->second) {
    if (rate.start_date == start_date) return &rate;
  }
  return nullptr;
}

void UnitOfWork::PutRate(const ExchangeRate& rate) {
  std::vector<ExchangeRate>& rates = rates_[rate.currency];
  const auto place = std::lower_bound(
      rates.begin(), rates.end(), rate,
      [](const ExchangeRate& a, const ExchangeRate& b) { return a.start_date < b.start_date; });
  if (place != rates.end() && place->start_date == rate.start_date) {
    place->rate = rate.rate;
  } else {
    rates.insert(place, rate);
  }
  put_rates_.push_back(rate);
}

void UnitOfWork::AddStep(const Opportunity& opportunity, absl::Time time) {
  steps_.push_back(
      {opportunity.id, opportunity.step, time, opportunity.probability_percent, opportunity.amount, ""});
}

absl::Status UnitOfWork::LoadMoves(const std::vector<Id>& customers) {
  std::vector<Id> missing;
  for (const Id& customer : customers) {
    if (moves_loaded_.insert(Resolve(customer)).second) missing.push_back(Resolve(customer));
  }
  absl::StatusOr<std::vector<StoredMove>> moves = JourneyStore::GetMoves(tx_, missing);
  if (!moves.ok()) return moves.status();
  for (StoredMove& move : *moves) histories_[move.move.customer].moves.push_back(std::move(move));
  return absl::OkStatus();
}

std::vector<Move> UnitOfWork::MovesOf(Id customer) const {
  std::vector<Move> moves;
  const auto found = histories_.find(Resolve(customer));
  if (found == histories_.end()) return moves;
  for (const StoredMove& stored : found->second.moves) moves.push_back(stored.move);
  moves.insert(moves.end(), found->second.added.begin(), found->second.added.end());
  std::sort(moves.begin(), moves.end(), Precedes);
  return moves;
}

Id UnitOfWork::AddMove(Move move) {
  move.id = NextMoveId(MovesOf(move.customer), move.event_time, now_);
  move.customer = Settle(OwnedKind::kMove, move.id, move.customer);
  move.actor = actor();
  move.create_time = now_;
  const Journey* journey = FindJourney(move.customer);
  if (call_.principal.representative.has_value()) {
    move.representative = call_.principal.representative;
    if (!call_.principal.teams.empty()) move.team = call_.principal.teams.front();
  } else if (journey != nullptr) {
    move.representative = journey->owner;
  }
  if (!move.team.has_value() && journey != nullptr) move.team = journey->team;
  History& history = histories_[move.customer];
  if (history.added.empty()) touched_.push_back(move.customer);
  history.added.push_back(std::move(move));
  return history.added.back().id;
}

void UnitOfWork::Retime(const Opportunity& opportunity, absl::Time time) {
  retimed_steps_.push_back({opportunity.id, opportunity.open_time, time});
  for (OpportunityStore::StepEntry& entry : steps_) {
    if (entry.opportunity != opportunity.id) continue;
    if (entry.event_time <= opportunity.open_time || entry.event_time < time) entry.event_time = time;
  }
  for (Move& move : histories_[opportunity.customer].added) {
    if (move.kind == MoveKind::kOpportunityOpened && move.cause == opportunity.id) {
      move.event_time = time;
      return;
    }
  }
  touched_.push_back(opportunity.customer);
  histories_[opportunity.customer].retimed.emplace_back(opportunity.id, time);
}

void UnitOfWork::Strike(Id customer, Id order) {
  touched_.push_back(customer);
  histories_[customer].struck.insert(order);
}

void UnitOfWork::Record(Id customer, const std::string& resource, const google::protobuf::Message* before,
                        const google::protobuf::Message& after) {
  changes_.push_back({customer, resource, ChangesJson(before, after)});
}

void UnitOfWork::Announce(Id customer, absl::Time event_time,
                          std::unique_ptr<google::protobuf::Message> event) {
  events_.push_back({customer, event_time, std::move(event)});
}

absl::Status UnitOfWork::Flush() {
  absl::Status status = WriteRows();
  if (status.ok()) status = FoldJourneys();
  if (status.ok()) status = TouchProgress();
  if (absl::IsAlreadyExists(status)) {
    return servicekit::WithReason(absl::AlreadyExistsError("the external id is taken"), "EXTERNAL_ID_TAKEN");
  }
  if (!status.ok()) return status;
  status = AliasStore::InsertOwned(tx_, owned_);
  if (!status.ok()) return status;
  status =
      HistoryStore::Append(tx_, now_, actor(), call_.method.substr(call_.method.rfind('/') + 1), changes_);
  if (!status.ok()) return status;
  std::vector<servicekit::FeedEvent> told;
  told.reserve(events_.size());
  for (const Event& event : events_) told.emplace_back(event.customer, event.event_time, *event.event);
  return environment_.feed.Publish(tx_, told);
}

absl::Status UnitOfWork::WriteRows() {
  absl::Status status = ProductStore::Insert(tx_, products.inserted());
  for (const Product* product : products.changed()) {
    if (status.ok()) status = ProductStore::Update(tx_, *product);
  }
  if (status.ok()) status = ExchangeRateStore::Put(tx_, put_rates_);
  if (status.ok()) status = OpportunityStore::Insert(tx_, opportunities.inserted());
  for (const Opportunity* opportunity : opportunities.changed()) {
    if (status.ok()) status = OpportunityStore::Update(tx_, *opportunity);
  }
  for (const Id& id : replaced_parts_) {
    if (status.ok()) status = OpportunityStore::ReplaceParts(tx_, *opportunities.Find(id));
  }
  for (const OpportunityStore::Retimed& retimed : retimed_steps_) {
    if (status.ok()) status = OpportunityStore::RetimeSteps(tx_, retimed);
  }
  if (status.ok()) status = OpportunityStore::InsertSteps(tx_, steps_, actor(), now_);
  if (status.ok()) status = OrderStore::Insert(tx_, orders.inserted());
  for (const Order* order : orders.changed()) {
    if (status.ok()) status = OrderStore::Update(tx_, *order);
  }
  if (status.ok()) status = OrderStore::InsertPayments(tx_, payments_);
  if (status.ok()) status = OrderStore::InsertRefunds(tx_, refunds_);
  if (status.ok()) status = OrderStore::InsertReturns(tx_, returns_);
  for (const OrderReturn& order_return : returns_) {
    if (status.ok()) status = OrderStore::UpdateReturned(tx_, *orders.Find(order_return.order));
  }
  if (status.ok()) status = ReferralStore::Insert(tx_, referrals_);
  if (status.ok()) status = CreditLimitStore::Put(tx_, credit_limits_);
  if (status.ok()) status = ServiceProjectStore::Insert(tx_, service_projects.inserted());
  for (const ServiceProject* project : service_projects.changed()) {
    if (status.ok()) status = ServiceProjectStore::Update(tx_, *project);
  }
  for (const auto& [project, work] : service_work_) {
    if (status.ok()) status = ServiceProjectStore::InsertWork(tx_, project, work);
  }
  if (status.ok()) status = FollowUpStore::Insert(tx_, follow_ups.inserted());
  for (const FollowUp* follow_up : follow_ups.changed()) {
    if (status.ok()) status = FollowUpStore::Update(tx_, *follow_up);
  }
  return status;
}

absl::Status UnitOfWork::TouchProgress() {
  std::map<Id, absl::Time> newest;
  const auto touch = [&](Id customer, absl::Time time) {
    absl::Time& known = newest.try_emplace(customer, time).first->second;
    known = std::max(known, time);
  };
  // What was imported happened when it says.
  for (const Opportunity& opportunity : opportunities.inserted()) {
    touch(opportunity.customer, opportunity.close_time.value_or(opportunity.open_time));
  }
  for (const Opportunity* opportunity : opportunities.changed()) {
    touch(opportunity->customer, opportunity->close_time.value_or(now_));
  }
  for (const Order& order : orders.inserted()) touch(order.customer, order.order_time);
  for (const Payment& payment : payments_) touch(orders.Find(payment.order)->customer, payment.pay_time);
  // Who is being served does not stand still, either.
  absl::flat_hash_set<Id> worked_on;
  for (const auto& [project, work] : service_work_) {
    worked_on.insert(project);
    touch(service_projects.Find(project)->customer, work.event_time);
  }
  for (const ServiceProject& project : service_projects.inserted()) {
    if (project.state == ProjectState::kCancelled) continue;
    touch(project.customer, project.complete_time.value_or(project.open_time));
  }
  for (const ServiceProject* project : service_projects.changed()) {
    if (project->state == ProjectState::kCancelled || worked_on.contains(project->id)) continue;
    touch(project->customer, project->complete_time.value_or(now_));
  }
  for (const auto& [customer, time] : newest) {
    const absl::Status status = StallStore::TouchProgress(tx_, customer, time);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status UnitOfWork::FoldJourneys() {
  absl::Status status = LoadMoves(touched_);
  std::vector<StoredMove> inserted, changed;
  for (const Id& customer : touched_) {
    if (!status.ok()) return status;
    // Twice when moves were both added and moved in time; the second finds nothing to do.
    Journey* journey = FindJourney(customer);
    if (journey == nullptr) {
      // Its moves would be lost, with no word of it.
      return absl::InternalError(
          StrCat(NameOf("customers", customer), " has new moves though it was not locked for this write"));
    }
    status = Fold(*journey, histories_[customer], inserted, changed);
  }
  if (!status.ok()) return status;
  status = JourneyStore::InsertMoves(tx_, inserted);
  if (status.ok()) status = JourneyStore::UpdateSteps(tx_, changed);
  return status;
}

void UnitOfWork::PlaceLast(Move& move, const std::vector<Move>& earlier) {
  const auto is_after = [&](const Move& other) {
    return other.event_time == move.event_time && !Precedes(other, move);
  };
  if (std::none_of(earlier.begin(), earlier.end(), is_after)) return;
  const Id id = NextMoveId(earlier, move.event_time, now_);
  for (AliasStore::OwnedRow& owned : owned_) {
    if (owned.kind == OwnedKind::kMove && owned.id == move.id) owned.id = id;
  }
  move.id = id;
}

absl::Status UnitOfWork::Fold(Journey& journey, History& history, std::vector<StoredMove>& inserted,
                              std::vector<StoredMove>& changed_steps) {
  std::vector<StoredMove> all = std::move(history.moves);
  absl::flat_hash_set<Id> added;
  std::vector<Move> earlier;
  for (const StoredMove& stored : all) earlier.push_back(stored.move);
  for (Move& move : history.added) {
    PlaceLast(move, earlier);
    earlier.push_back(move);
    added.insert(move.id);
    all.push_back({std::move(move), {}});
  }
  for (const auto& [opportunity, time] : history.retimed) {
    for (StoredMove& stored : all) {
      if (stored.move.kind != MoveKind::kOpportunityOpened || stored.move.cause != opportunity) continue;
      const absl::Status status = JourneyStore::DeleteMove(tx_, stored.move);
      if (!status.ok()) return status;
      stored.move.event_time = time;
      added.insert(stored.move.id);
    }
  }
  const auto struck = [&](const StoredMove& stored) {
    return stored.move.kind == MoveKind::kOrderPlaced && history.struck.contains(stored.move.cause);
  };
  for (const StoredMove& stored : all) {
    if (!struck(stored) || added.contains(stored.move.id)) continue;
    const absl::Status status = JourneyStore::DeleteMove(tx_, stored.move);
    if (!status.ok()) return status;
  }
  std::erase_if(all, struck);
  history = {};
  std::sort(all.begin(), all.end(),
            [](const StoredMove& a, const StoredMove& b) { return Precedes(a.move, b.move); });

  std::vector<Move> moves;
  moves.reserve(all.size());
  for (const StoredMove& stored : all) moves.push_back(stored.move);
  const Folded folded = lifecycle::Fold(moves);
  bool changed = folded.progress != journey.progress;
  for (size_t i = 0; i < all.size(); ++i) {
    StoredMove& stored = all[i];
    const Step& step = folded.steps[i];
    const bool differs = stored.step != step;
    // A move that is no transition, and how long one lasted, change nothing that is told.
    changed |=
        stored.step.direction != step.direction || stored.step.from != step.from || stored.step.to != step.to;
    stored.step = step;
    if (added.contains(stored.move.id)) {
      if (stored.move.kind == MoveKind::kManual) {
        const v1::Transition transition = Encode(stored);
        Record(journey.customer, transition.name(), nullptr, transition);
      }
      inserted.push_back(stored);
    } else if (differs) {
      changed_steps.push_back(stored);
    }
  }
  for (StoredMove& stored : all) history.moves.push_back(std::move(stored));
  if (!changed) return absl::OkStatus();

  const v1::Journey before = Encode(journey);
  const bool entered = journey.progress.stage == Stage::kNone;
  journey.progress = folded.progress;
  if (!entered) ++journey.version;
  const v1::Journey after = Encode(journey);
  Record(journey.customer, after.name(), entered ? nullptr : &before, after);
  auto event = std::make_unique<v1::JourneyChanged>();
  *event->mutable_journey() = after;
  Announce(journey.customer, journey.progress.stage_time, std::move(event));
  return JourneyStore::UpdateProgress(tx_, journey);
}

}  // namespace clientele::lifecycle
