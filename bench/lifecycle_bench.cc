// lifecycle-svc with three years of history: what a transition, an order and each report cost beside a read
// by primary key in the same run, and how that grows from ten thousand customers to --customers, a million
// unless told otherwise. Works on a schema of its own; the service runs in process, with a customer-svc that
// knows everything.
#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "lifecycle-svc/rpc/department_rpc.h"
#include "lifecycle-svc/rpc/forecast_rpc.h"
#include "lifecycle-svc/rpc/funnel_rpc.h"
#include "lifecycle-svc/rpc/journey_rpc.h"
#include "lifecycle-svc/rpc/order_rpc.h"
#include "lifecycle-svc/rpc/stall_rpc.h"
#include "lifecycle-svc/store/opportunity_store.h"
#include "lifecycle-svc/store/order_store.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/testing/in_process_server.h"
#include "servicekit/testing/scratch_database.h"
#include "servicekit/types/resource_name.h"

ABSL_FLAG(int64_t, small, 10'000, "How many customers there are at first.");
ABSL_FLAG(int64_t, customers, 1'000'000, "How many there are in the end.");

namespace clientele::lifecycle {
namespace {

using servicekit::NameOf;
using servicekit::Parameter;
using servicekit::RunInTransaction;

constexpr int64_t kBatch = 2000;
constexpr int kWrites = 200;  // How many of each write are timed, …
constexpr int kReports = 5;   // … and how many of each report.
constexpr size_t kTeams = 50, kOwners = 400;
constexpr const char* kIndustries[] = {"machinery", "medical", "retail", "software", "logistics"};

absl::Time Later() { return absl::Now() + absl::Hours(1); }

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << status.ToString() << std::endl;
  std::exit(1);
}
void Check(const grpc::Status& status) {
  if (status.ok()) return;
  std::cerr << status.error_message() << std::endl;
  std::exit(1);
}

class KnowingDirectory : public CustomerDirectory {
 public:
  absl::StatusOr<Answer> Resolve(const CallContext&, const std::vector<Reference>& customers,
                                 const std::vector<Reference>& representatives) override {
    Answer answer;
    answer.customers.resize(customers.size());
    answer.representatives.resize(representatives.size());
    return answer;
  }
  absl::StatusOr<absl::flat_hash_map<Id, Completeness>> CheckCompleteness(const CallContext&,
                                                                          const std::vector<Id>& customers,
                                                                          Stage) override {
    absl::flat_hash_map<Id, Completeness> known;
    for (const Id& customer : customers) known[customer] = {};
    return known;
  }
  absl::Status Release(const CallContext&, Id, int64_t) override { return absl::OkStatus(); }
  absl::Status Supply(const CallContext&, const customer::v1::SupplyInformationRequest&) override {
    return absl::OkStatus();
  }
};

// Some customers with all that happened to them, as rows.
struct Batch {
  std::vector<std::vector<Parameter>> journeys;
  std::vector<StoredMove> moves;
  std::vector<Opportunity> opportunities;
  std::vector<OpportunityStore::StepEntry> steps;
  std::vector<Order> orders;
};

class LifecycleBench {
 public:
  LifecycleBench() : database_({"lifecycle-svc/migrations"}), feed_(database_.pool()), now_(absl::Now()) {
    for (size_t i = 0; i < kTeams; ++i) teams_.push_back(Id::New(now_));
    for (size_t i = 0; i < kOwners; ++i) owners_.push_back(Id::New(now_));
    Check(RunInTransaction(database_.pool(), Later(), [&](Transaction& tx) -> absl::Status {
      std::vector<KnownRepresentative> people;
      for (size_t i = 0; i < kOwners; ++i) {
        people.push_back({owners_[i], teams_[i % kTeams], Department::kSales, false});
      }
      for (const Id& team : teams_) {
        if (const absl::Status status = JourneyStore::PlaceTeam(tx, team, std::nullopt); !status.ok())
          return status;
      }
      return JourneyStore::PutRepresentatives(tx, people);
    }));
  }

  void Run(int64_t small, int64_t large) {
    const std::vector<Timed> before = Measure(small);
    const std::vector<Timed> after = Measure(large);
    absl::PrintF("\n%-34s %12s %12s %9s %9s\n", "", absl::StrFormat("%d", small),
                 absl::StrFormat("%d", large), "growth", "÷ key");
    const double key = after.front().milliseconds;
    for (size_t i = 0; i < after.size(); ++i) {
      absl::PrintF("%-34s %9.2f ms %9.2f ms %9.2f %9.1f\n", after[i].what, before[i].milliseconds,
                   after[i].milliseconds, after[i].milliseconds / before[i].milliseconds,
                   after[i].milliseconds / key);
    }
    absl::PrintF("%-34s %12d %12d %9.2f\n", "customers", small, large,
                 static_cast<double>(large) / static_cast<double>(small));
  }

 private:
  struct Timed {
    std::string what;
    double milliseconds = 0;
  };

  std::vector<Timed> Measure(int64_t customers) {
    const absl::Time start = absl::Now();
    Load(customers);
    database_.Execute("ANALYZE TABLE journeys, moves, opportunities, opportunity_steps, orders, order_lines");
    absl::PrintF("%d customers with %d moves, %d opportunities and %d orders; loading: %.0f s\n", customers,
                 moves_, opportunities_made_, orders_made_, absl::ToDoubleSeconds(absl::Now() - start));
    std::fflush(stdout);
    std::vector<Timed> timed;
    const auto time = [&](std::string what, int times, const std::function<void()>& call) {
      call();  // What is cold is not what is asked.
      std::vector<double> taken;
      for (int i = 0; i < times; ++i) {
        const absl::Time begin = absl::Now();
        call();
        taken.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
      }
      std::sort(taken.begin(), taken.end());
      timed.push_back({std::move(what), taken[taken.size() / 2]});
      absl::PrintF("  %-34s %9.2f ms\n", timed.back().what, timed.back().milliseconds);
      std::fflush(stdout);
    };
    time("a journey by its key", kWrites, [&] { Get(); });
    time("a transition", kWrites, [&] { Move(); });
    time("an order", kWrites, [&] { Place(); });
    time("funnel", kReports,
         [&] { Ask(*funnel_, &v1::FunnelService::Stub::QueryFunnel, v1::QueryFunnelRequest()); });
    v1::QueryFunnelRequest half_a_year_ago;
    *half_a_year_ago.mutable_as_of_time() = servicekit::ToProto(now_ - absl::Hours(24 * 182));
    time("funnel as of half a year ago", kReports,
         [&] { Ask(*funnel_, &v1::FunnelService::Stub::QueryFunnel, half_a_year_ago); });
    v1::QueryFunnelRequest of_team;
    of_team.set_team(NameOf("teams", teams_[0]));
    of_team.set_cohort_period(v1::QueryFunnelRequest::QUARTER);
    time("funnel of a team by quarter", kReports,
         [&] { Ask(*funnel_, &v1::FunnelService::Stub::QueryFunnel, of_team); });
    time("time in stages", kReports,
         [&] { Ask(*funnel_, &v1::FunnelService::Stub::QueryStageTimes, v1::QueryStageTimesRequest()); });
    v1::QueryVelocityRequest by_team;
    by_team.set_group_by(v1::QueryVelocityRequest::TEAM);
    *by_team.mutable_start_time() = servicekit::ToProto(now_ - absl::Hours(24 * 365));
    time("velocity of a year by team", kReports,
         [&] { Ask(*funnel_, &v1::FunnelService::Stub::QueryVelocity, by_team); });
    v1::QueryDepartmentsRequest quarter;
    *quarter.mutable_start_time() = servicekit::ToProto(now_ - absl::Hours(24 * 91));
    time("departments of a quarter", kReports,
         [&] { Ask(*departments_, &v1::DepartmentService::Stub::QueryDepartments, quarter); });
    v1::GetForecastRequest forecast;
    forecast.set_past_count(4);
    time("forecast with four past ones", kReports,
         [&] { Ask(*forecasts_, &v1::ForecastService::Stub::GetForecast, forecast); });
    time("stalled", kReports, [&] {
      Ask(*stalls_, &v1::StallService::Stub::SummarizeStalledCustomers,
          v1::SummarizeStalledCustomersRequest());
    });
    return timed;
  }

  template <typename Stub, typename Request, typename Response>
  void Ask(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
           const Request& request) {
    Response response;
    Check((stub.*method)(servicekit::TestContext("administrator", absl::Minutes(10)).get(), request,
                         &response));
  }

  size_t Any() { return random_() % customers_.size(); }

  void Get() {
    v1::GetJourneyRequest request;
    request.set_name(NameOf("customers", customers_[Any()].first) + "/journey");
    Ask(*journeys_, &v1::JourneyService::Stub::GetJourney, request);
  }

  // Back from where they were lost, or lost: a reason for everything.
  void Move() {
    auto& [customer, stage] = customers_[Any()];
    stage = IsBeside(stage) ? Stage::kLead : Stage::kLost;
    v1::TransitionJourneyRequest request;
    request.set_name(NameOf("customers", customer) + "/journey");
    request.set_stage(static_cast<type::v1::Stage>(stage));
    request.set_reason("bench");
    Ask(*journeys_, &v1::JourneyService::Stub::TransitionJourney, request);
  }

  void Place() {
    auto& [customer, stage] = customers_[Any()];
    stage = Stage::kOrder;
    v1::CreateOrderRequest request;
    request.mutable_order()->set_customer(NameOf("customers", customer));
    v1::OrderLine& line = *request.mutable_order()->add_lines();
    line.set_quantity(1);
    line.mutable_amount()->set_currency_code("USD");
    line.mutable_amount()->set_units(100);
    Ask(*orders_, &v1::OrderService::Stub::CreateOrder, request);
  }

  // Adds customers until there are so many.
  void Load(int64_t customers) {
    while (static_cast<int64_t>(customers_.size()) < customers) {
      Batch batch;
      const int64_t left = customers - static_cast<int64_t>(customers_.size());
      for (int64_t i = 0; i < std::min(kBatch, left); ++i) MakeCustomer(batch);
      moves_ += batch.moves.size();
      opportunities_made_ += batch.opportunities.size();
      orders_made_ += batch.orders.size();
      Check(RunInTransaction(database_.pool(), Later(), [&](Transaction& tx) -> absl::Status {
        absl::Status status = tx.InsertMany(
                                    "INSERT INTO journeys (customer_id, customer_version, display_name, "
                                    "industry, owner_id, team_id,"
                                    " stage, furthest_stage, lost_from_stage, department, recycled_count, "
                                    "stage_time, enter_time,"
                                    " fold_version, version, tier, quiet_since) VALUES ",
                                    batch.journeys)
                                  .status();
        if (status.ok()) status = JourneyStore::InsertMoves(tx, batch.moves);
        if (status.ok()) status = OpportunityStore::Insert(tx, batch.opportunities);
        if (status.ok()) status = OpportunityStore::InsertSteps(tx, batch.steps, "bench", now_);
        if (status.ok()) status = OrderStore::Insert(tx, batch.orders);
        return status;
      }));
    }
  }

  int64_t Upto(int64_t n) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(n)); }

  // From target to wherever they got in three years: a third of them buy, a third of those again and again.
  void MakeCustomer(Batch& batch) {
    const Id customer = Id::New(now_);
    const size_t person = random_() % kOwners;
    const Id owner = owners_[person], team = teams_[person % kTeams];
    std::vector<lifecycle::Move> moves;
    absl::Time time = now_ - absl::Minutes(Upto(3 * 365 * 24 * 60));
    const auto add = [&](MoveKind kind, Stage stage, Id cause) {
      lifecycle::Move move;
      move.id = Id::New(now_);
      move.customer = customer;
      move.kind = kind;
      move.stage = stage;
      move.cause = cause;
      move.reason = kind == MoveKind::kManual ? "bench" : "";
      move.actor = "bench";
      move.event_time = time;
      move.create_time = time;
      move.representative = owner;
      move.team = team;
      moves.push_back(std::move(move));
    };
    // False when that is not past yet.
    const auto later = [&](int64_t days) {
      const absl::Time next = time + absl::Minutes(1 + Upto(days * 24 * 60));
      if (next >= now_) return false;
      time = next;
      return true;
    };
    add(MoveKind::kEntered, Stage::kNone, Id());
    if (random_() % 4 != 0 && later(60)) add(MoveKind::kManual, Stage::kLead, Id());
    const int64_t deals = random_() % 3 == 0 ? 0 : random_() % 3 == 0 ? 1 + Upto(4) : 1;
    for (int64_t i = 0; i < deals && later(90); ++i) {
      Opportunity& deal = batch.opportunities.emplace_back();
      deal.id = Id::New(now_);
      deal.customer = customer;
      deal.owner = owner;
      deal.amount = Money{"USD", Decimal::FromMicros(absl::int128(1'000'000) * (100 + Upto(50'000)))};
      deal.open_time = deal.create_time = deal.update_time = time;
      deal.version = 1;
      add(MoveKind::kOpportunityOpened, Stage::kNone, deal.id);
      batch.steps.push_back({deal.id, SalesStep::kProspecting, time, 10, deal.amount, ""});
      if (!later(30)) continue;
      deal.step = SalesStep::kProposal;
      deal.probability_percent = 50;
      batch.steps.push_back({deal.id, SalesStep::kProposal, time, 50, deal.amount, ""});
      if (random_() % 5 == 0 || !later(60)) continue;
      deal.close_time = time;
      if (random_() % 2 == 0) {
        deal.step = SalesStep::kLost;
        deal.lost_reason = LostReason::kPrice;
      } else {
        Order& order = batch.orders.emplace_back();
        order.id = Id::New(now_);
        order.customer = customer;
        order.opportunity = deal.id;
        order.order_time = order.create_time = time;
        order.currency = "USD";
        order.rate = Decimal::FromMicros(1'000'000);
        order.lines = {{std::nullopt, "bench", 1, deal.amount->amount, {}}};
        Check(Price(order));
        order.version = 1;
        deal.step = SalesStep::kWon;
        deal.order = order.id;
        add(MoveKind::kOrderPlaced, Stage::kNone, order.id);
      }
      deal.probability_percent = SalesSteps().At(deal.step).probability_percent;
      deal.forecast_category = SalesSteps().At(deal.step).forecast_category;
      batch.steps.push_back({deal.id, deal.step, time, deal.probability_percent, deal.amount, ""});
    }
    if (random_() % 5 == 0 && later(200)) {
      add(MoveKind::kManual, random_() % 2 == 0 ? Stage::kLost : Stage::kDormant, Id());
    }
    const Folded folded = Fold(moves);
    for (size_t i = 0; i < moves.size(); ++i) batch.moves.push_back({std::move(moves[i]), folded.steps[i]});
    const Progress& progress = folded.progress;
    batch.journeys.push_back(
        {customer, 1, "고객", kIndustries[random_() % 5], owner, team, static_cast<int>(progress.stage),
         static_cast<int>(progress.furthest_stage), static_cast<int>(progress.lost_from_stage),
         static_cast<int>(DepartmentOf(progress.stage)), progress.recycled_count, progress.stage_time,
         progress.enter_time, kFoldVersion, 1, static_cast<int>(random_() % 6), progress.stage_time});
    customers_.emplace_back(customer, progress.stage);
  }

  servicekit::ScratchDatabase database_;
  servicekit::FeedPublisher feed_;
  const servicekit::Clock clock_;
  KnowingDirectory directory_;
  const absl::Time now_;
  std::mt19937_64 random_{1};
  std::vector<Id> teams_, owners_;
  std::vector<std::pair<Id, Stage>> customers_;
  size_t moves_ = 0, opportunities_made_ = 0, orders_made_ = 0;

  const Environment environment_{database_.pool(), feed_, clock_, directory_, "USD"};
  servicekit::TestExecutor executor_;
  const Backend backend_{executor_.executor, environment_};
  JourneyRpc journey_rpc_{backend_};
  FunnelRpc funnel_rpc_{backend_};
  DepartmentRpc department_rpc_{backend_};
  ForecastRpc forecast_rpc_{backend_};
  StallRpc stall_rpc_{backend_};
  OrderRpc order_rpc_{backend_};
  servicekit::InProcessServer server_{
      {&journey_rpc_, &funnel_rpc_, &department_rpc_, &forecast_rpc_, &stall_rpc_, &order_rpc_}};
  std::unique_ptr<v1::JourneyService::Stub> journeys_ = v1::JourneyService::NewStub(server_.channel());
  std::unique_ptr<v1::FunnelService::Stub> funnel_ = v1::FunnelService::NewStub(server_.channel());
  std::unique_ptr<v1::DepartmentService::Stub> departments_ =
      v1::DepartmentService::NewStub(server_.channel());
  std::unique_ptr<v1::ForecastService::Stub> forecasts_ = v1::ForecastService::NewStub(server_.channel());
  std::unique_ptr<v1::StallService::Stub> stalls_ = v1::StallService::NewStub(server_.channel());
  std::unique_ptr<v1::OrderService::Stub> orders_ = v1::OrderService::NewStub(server_.channel());
};

}  // namespace
}  // namespace clientele::lifecycle

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  clientele::lifecycle::LifecycleBench().Run(absl::GetFlag(FLAGS_small), absl::GetFlag(FLAGS_customers));
}
