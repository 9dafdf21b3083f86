// The funnel, and the work of departments along it.
#include <iostream>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "cli/commands/command.h"
#include "cli/commands/slice.h"
#include "cli/render/charts.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/lifecycle/v1/department_service.grpc.pb.h"
#include "clientele/lifecycle/v1/funnel_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using lifecycle::v1::FunnelService;
using servicekit::StrCat;

struct Asked {
  Slice slice;
  std::string as_of, from, until, cohorts, list, stage, by;
};

// The times that a request has a field for, where they were given.
template <typename Request>
absl::Status SetTimes(const Asked& asked, Request* request) {
  const auto set = [](const char* option, const std::string& text, OfDay of_day, auto field) -> absl::Status {
    if (text.empty()) return absl::OkStatus();
    const auto time = ParseTime(option, text, of_day);
    if (time.ok()) *field() = *time;
    return time.status();
  };
  absl::Status status =
      set("--from", asked.from, OfDay::kBegin, [&] { return request->mutable_start_time(); });
  if constexpr (requires { request->mutable_end_time(); }) {
    if (status.ok())
      status = set("--until", asked.until, OfDay::kBegin, [&] { return request->mutable_end_time(); });
  }
  if constexpr (requires { request->mutable_as_of_time(); }) {
    if (status.ok())
      status = set("--as-of", asked.as_of, OfDay::kEnd, [&] { return request->mutable_as_of_time(); });
  }
  return status;
}

// A request of this kind for what was asked.
template <typename Request>
absl::StatusOr<Request> RequestFor(const Asked& asked, Gateway& gateway) {
  Request request;
  absl::Status status = SetSliceWithProduct(gateway, asked.slice, &request);
  if (status.ok()) status = SetTimes(asked, &request);
  if (!status.ok()) return status;
  return request;
}

std::string FormatDays(const google::protobuf::Duration& duration) {
  return FormatMicros(duration.seconds() * 1'000'000 / 86'400, 1);
}

std::string DrawTimes(const lifecycle::v1::QueryStageTimesResponse& times, const Terminal& terminal) {
  Table table({{"stage"},
               {"visits that ended", true},
               {"going on", true},
               {"median days", true},
               {"p90 days", true}});
  for (const auto& row : times.stages()) {
    if (row.ended_count() + row.open_count() == 0) continue;
    table.Add({Humanize(type::v1::Stage_Name(row.stage())), FormatCount(row.ended_count()),
               FormatCount(row.open_count()), row.has_median_time() ? FormatDays(row.median_time()) : "–",
               row.has_p90_time() ? FormatDays(row.p90_time()) : "–"});
  }
  return table.empty() ? "" : StrCat("\n", table.Draw(terminal));
}

std::string DrawVelocity(const lifecycle::v1::QueryVelocityResponse& velocity, const Terminal& terminal) {
  if (velocity.rows().empty()) return "";
  const auto& row = velocity.rows(0);
  std::string text =
      StrCat("\n  ", terminal.Dim("deals:"), " ", FormatCount(row.open_count()), " open, ",
             FormatCount(row.won_count()), " won of ", FormatCount(row.won_count() + row.lost_count()),
             " closed (", FormatPercent(row.win_rate()), ")");
  if (row.has_average_won_amount()) {
    text += StrCat(", on average ", FormatMoneyShort(row.average_won_amount()), " after ",
                   FormatMicros(static_cast<int64_t>(row.cycle_days() * 1e6), 1), " days");
  }
  if (row.has_velocity()) text += StrCat("; velocity ", FormatMoneyShort(row.velocity()), " a day");
  return text + "\n";
}

std::string DrawCohorts(const lifecycle::v1::QueryFunnelResponse& funnel, const Terminal& terminal) {
  if (funnel.cohorts().empty()) return "";
  Table table({{"entered from"},
               {"customers", true},
               {"lead", true},
               {"opportunity", true},
               {"order", true},
               {"repurchase", true},
               {"lost", true},
               {"came back", true}});
  for (const auto& cohort : funnel.cohorts()) {
    std::vector<std::string> cells = {
        absl::FormatTime("%Y-%m", absl::FromUnixSeconds(cohort.start_time().seconds()), absl::UTCTimeZone()),
        FormatCount(cohort.customer_count())};
    for (int i = 1; i < cohort.stages_size(); ++i)
      cells.push_back(FormatCount(cohort.stages(i).reached_count()));
    cells.push_back(FormatCount(cohort.lost_count()));
    cells.push_back(FormatCount(cohort.recycled_count()));
    table.Add(std::move(cells));
  }
  return StrCat("\n", table.Draw(terminal));
}

absl::Status ListCustomers(const Asked& asked, Session& session) {
  using Request = lifecycle::v1::ListFunnelCustomersRequest;
  auto request = RequestFor<Request>(asked, session.gateway);
  if (!request.ok()) return request.status();
  Request::Figure figure = Request::FIGURE_UNSPECIFIED;
  if (!Request::Figure_Parse(absl::AsciiStrToUpper(asked.list), &figure)) {
    return absl::InvalidArgumentError("--list takes customers, reached, current, lost, dormant or recycled");
  }
  type::v1::Stage stage = type::v1::STAGE_UNSPECIFIED;
  if (!asked.stage.empty() && !type::v1::Stage_Parse(absl::AsciiStrToUpper(asked.stage), &stage)) {
    return absl::InvalidArgumentError("--stage takes target, lead, opportunity, order or repurchase");
  }
  request->set_figure(figure);
  request->set_stage(stage);
  request->set_page_size(1000);
  Table table({{"customer", false, 40}, {"stage"}, {"since"}, {"furthest"}, {"entered"}, {"name"}});
  do {
    const auto page =
        session.gateway.Call<FunnelService>(&FunnelService::Stub::ListFunnelCustomers, *request);
    if (!page.ok()) return page.status();
    for (const auto& customer : page->customers()) {
      if (session.json) {
        session.PrintJson(customer, true);
        continue;
      }
      table.Add({Printable(customer.display_name()), Humanize(type::v1::Stage_Name(customer.stage())),
                 FormatDay(customer.stage_time()), Humanize(type::v1::Stage_Name(customer.furthest_stage())),
                 FormatDay(customer.enter_time()), customer.customer()});
    }
    request->set_page_token(page->next_page_token());
  } while (!request->page_token().empty());
  if (!session.json) std::cout << table.Draw(session.out);
  return absl::OkStatus();
}

absl::Status Funnel(const Asked& asked, Session& session) {
  if (!asked.list.empty()) return ListCustomers(asked, session);
  auto request = RequestFor<lifecycle::v1::QueryFunnelRequest>(asked, session.gateway);
  if (!request.ok()) return request.status();
  lifecycle::v1::QueryFunnelRequest::CohortPeriod period =
      lifecycle::v1::QueryFunnelRequest::COHORT_PERIOD_UNSPECIFIED;
  if (!asked.cohorts.empty()) {
    lifecycle::v1::QueryFunnelRequest::CohortPeriod_Parse(absl::AsciiStrToUpper(asked.cohorts), &period);
  }
  request->set_cohort_period(period);
  const auto funnel = session.gateway.Call<FunnelService>(&FunnelService::Stub::QueryFunnel, *request);
  if (!funnel.ok()) return funnel.status();
  if (session.json) {
    session.PrintJson(*funnel);
    return absl::OkStatus();
  }
  auto times_request = RequestFor<lifecycle::v1::QueryStageTimesRequest>(asked, session.gateway);
  auto velocity_request = RequestFor<lifecycle::v1::QueryVelocityRequest>(asked, session.gateway);
  if (!times_request.ok()) return times_request.status();
  if (!velocity_request.ok()) return velocity_request.status();
  const auto times =
      session.gateway.Call<FunnelService>(&FunnelService::Stub::QueryStageTimes, *times_request);
  if (!times.ok()) return times.status();
  const auto velocity =
      session.gateway.Call<FunnelService>(&FunnelService::Stub::QueryVelocity, *velocity_request);
  if (!velocity.ok()) return velocity.status();
  std::cout << DrawFunnel(*funnel, session.out) << DrawCohorts(*funnel, session.out)
            << DrawTimes(*times, session.out) << DrawVelocity(*velocity, session.out);
  return absl::OkStatus();
}

absl::Status Departments(const Asked& asked, Session& session) {
  using Service = lifecycle::v1::DepartmentService;
  using Request = lifecycle::v1::QueryDepartmentsRequest;
  auto request = RequestFor<Request>(asked, session.gateway);
  if (!request.ok()) return request.status();
  Request::GroupBy by = Request::DEPARTMENT;
  if (!asked.by.empty()) Request::GroupBy_Parse(absl::AsciiStrToUpper(asked.by), &by);
  request->set_group_by(by);
  const auto work = session.gateway.Call<Service>(&Service::Stub::QueryDepartments, *request);
  if (!work.ok()) return work.status();
  if (session.json) {
    session.PrintJson(*work);
    return absl::OkStatus();
  }
  std::map<std::string, std::string> called;
  if (by != Request::DEPARTMENT) {
    auto staff = FindStaff(session.gateway);
    if (!staff.ok()) return staff.status();
    called = *std::move(staff);
  }
  const auto name = [&](const std::string& resource) {
    const auto found = called.find(resource);
    return found == called.end() ? (resource.empty() ? std::string("–") : resource)
                                 : Printable(found->second);
  };
  std::vector<Table::Column> columns = {{"department"}};
  if (by >= Request::TEAM) columns.push_back({"team", false, 30});
  if (by == Request::REPRESENTATIVE) columns.push_back({"representative", false, 30});
  for (const char* figure : {"moves", "handed over", "accepted", "sent back", "pending", "lost",
                             "median days", "p90 days", "re-purchases", "after service"}) {
    columns.push_back({figure, true});
  }
  Table table(columns);
  for (const auto& row : work->rows()) {
    std::vector<std::string> cells = {Humanize(type::v1::Department_Name(row.department()))};
    if (by >= Request::TEAM) cells.push_back(name(row.team()));
    if (by == Request::REPRESENTATIVE) cells.push_back(name(row.representative()));
    for (const int64_t count : {row.transition_count(), row.handed_over_count(), row.accepted_count(),
                                row.bounced_count(), row.pending_count(), row.lost_count()}) {
      cells.push_back(FormatCount(count));
    }
    cells.push_back(row.has_median_dwell() ? FormatDays(row.median_dwell()) : "–");
    cells.push_back(row.has_p90_dwell() ? FormatDays(row.p90_dwell()) : "–");
    cells.push_back(FormatCount(row.repurchase_count()));
    cells.push_back(FormatCount(row.served_repurchase_count()));
    table.Add(std::move(cells));
  }
  std::cout << (table.empty() ? "  Nothing happened in that time.\n" : table.Draw(session.out));
  return absl::OkStatus();
}

}  // namespace

void AddFunnel(CLI::App& app, Command* chosen) {
  auto asked = std::make_shared<Asked>();
  CLI::App* command = app.add_subcommand(
      "funnel", "How many customers reached each stage, how fast, and where they are lost");
  AddSliceOptionsWithProduct(command, &asked->slice);
  command->add_option("--as-of", asked->as_of, "As it stood then: 2026-01-31, or with a time");
  command->add_option("--from", asked->from, "Only customers who entered (deals that closed) from then on");
  command->add_option("--until", asked->until, "Only customers who entered before then");
  command->add_option("--cohorts", asked->cohorts, "A line for each month, quarter or year of entering")
      ->check(CLI::IsMember({"month", "quarter", "year"}));
  command->add_option("--list", asked->list,
                      "The customers behind a figure: customers, reached, current, lost, dormant, recycled");
  command->add_option("--stage", asked->stage, "With --list: of which stage");
  command->callback([=] { *chosen = [asked](Session& session) { return Funnel(*asked, session); }; });
}

void AddDepartments(CLI::App& app, Command* chosen) {
  auto asked = std::make_shared<Asked>();
  CLI::App* command = app.add_subcommand(
      "departments",
      "What departments hand over, what is accepted or sent back, and how long customers stay");
  AddSliceOptionsWithProduct(command, &asked->slice);
  command->add_option("--from", asked->from, "From then on: 2026-01-31, or with a time");
  command->add_option("--until", asked->until, "Before then, and as it stood then");
  command->add_option("--by", asked->by, "A row for each department, team or representative")
      ->check(CLI::IsMember({"department", "team", "representative"}));
  command->callback([=] { *chosen = [asked](Session& session) { return Departments(*asked, session); }; });
}

}  // namespace clientele::cli
