// What comes in: the forecast, the orders, and the service projects that follow them.
#include <algorithm>
#include <iostream>
#include <memory>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/commands/command.h"
#include "cli/commands/find.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/lifecycle/v1/delivery_service.grpc.pb.h"
#include "clientele/lifecycle/v1/forecast_service.grpc.pb.h"
#include "clientele/lifecycle/v1/opportunity_service.grpc.pb.h"
#include "clientele/lifecycle/v1/order_service.grpc.pb.h"
#include "clientele/lifecycle/v1/service_project_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

struct ForecastOptions {
  std::string team, owner;
  int horizon_days = 92;
  int past = 4;
};

absl::Status Forecast(const ForecastOptions& options, Session& session) {
  lifecycle::v1::GetForecastRequest request;
  request.set_horizon_days(options.horizon_days);
  request.set_past_count(options.past);
  if (!options.team.empty()) {
    absl::StatusOr<std::string> team = FindTeam(session.gateway, options.team);
    if (!team.ok()) return team.status();
    request.set_team(*team);
  }
  if (!options.owner.empty()) {
    absl::StatusOr<std::string> owner = FindRepresentative(session.gateway, options.owner);
    if (!owner.ok()) return owner.status();
    request.set_owner(*owner);
  }
  using Service = lifecycle::v1::ForecastService;
  const auto forecast = session.gateway.Call<Service>(&Service::Stub::GetForecast, request);
  if (!forecast.ok()) return forecast.status();
  if (session.json) {
    session.PrintJson(*forecast);
    return absl::OkStatus();
  }
  Table table({{"as of"},
               {"open", true},
               {"amount", true},
               {"× probability", true},
               {"by age", true},
               {"80 % interval", true},
               {"won", true},
               {"by age ÷ won", true}});
  const auto add = [&](const google::type::Date& day, const lifecycle::v1::GetForecastResponse::Forecast& f,
                       std::string won, std::string ratio) {
    table.Add({FormatDate(day), FormatCount(f.open_count()), FormatMoneyShort(f.open_amount()),
               FormatMoneyShort(f.static_amount()), FormatMoneyShort(f.conditional_amount()),
               StrCat(FormatMoneyShort(f.low_amount()), " to ", FormatMoneyShort(f.high_amount())),
               std::move(won), std::move(ratio)});
  };
  for (auto past = forecast->past().rbegin(); past != forecast->past().rend(); ++past) {
    add(past->as_of_date(), past->forecast(), FormatMoneyShort(past->won_amount()),
        past->conditional_ratio() > 0 ? absl::StrFormat("%.2f", past->conditional_ratio()) : "");
  }
  add(forecast->as_of_date(), forecast->forecast(), "", "");
  std::cout << "  Won within " << forecast->horizon_days() << " days after each day.\n"
            << table.Draw(session.out);
  if (const auto& f = forecast->forecast(); f.unconverted_count() > 0) {
    std::cout << "  Without an exchange rate, and so in no amount: " << FormatCount(f.unconverted_count())
              << " in " << absl::StrJoin(f.unconverted_currencies(), ", ") << ".\n";
  }
  return absl::OkStatus();
}

struct ListOptions {
  std::string filter;
  int limit = 20;
};

std::string OrNothing(const google::type::Money& money) {
  return money.units() == 0 && money.nanos() == 0 ? "" : FormatMoney(money);
}

absl::Status Orders(const ListOptions& options, Session& session) {
  using Service = lifecycle::v1::OrderService;
  lifecycle::v1::ListOrdersRequest request;
  request.set_filter(options.filter);
  request.set_page_size(options.limit);
  const auto orders = session.gateway.Call<Service>(&Service::Stub::ListOrders, request);
  if (!orders.ok()) return orders.status();
  if (session.json) {
    session.PrintJson(*orders);
    return absl::OkStatus();
  }
  lifecycle::v1::SummarizeOrdersRequest summarize;
  summarize.set_filter(options.filter);
  const auto sums = session.gateway.Call<Service>(&Service::Stub::SummarizeOrders, summarize);
  if (!sums.ok()) return sums.status();
  Table table({{"order"},
               {"placed"},
               {"state"},
               {"total", true},
               {"returned", true},
               {"paid", true},
               {"to refund", true},
               {"next due"}});
  for (const auto& order : orders->orders()) {
    table.Add({order.name(), FormatDay(order.order_time()),
               Humanize(lifecycle::v1::Order::State_Name(order.state())), FormatMoney(order.total()),
               OrNothing(order.returned()), FormatMoney(order.paid()), OrNothing(order.refund_due()),
               order.has_next_due_date() ? FormatDate(order.next_due_date()) : ""});
  }
  std::cout << table.Draw(session.out) << "  " << FormatCount(sums->order_count()) << " orders, "
            << FormatMoney(sums->base_net_total()) << " after returns of "
            << FormatMoney(sums->base_returned()) << "; " << FormatCount(sums->cancelled_count())
            << " cancelled.\n";
  return absl::OkStatus();
}

absl::Status Projects(const ListOptions& options, Session& session) {
  using Service = lifecycle::v1::ServiceProjectService;
  lifecycle::v1::ListServiceProjectsRequest request;
  request.set_filter(options.filter);
  request.set_page_size(options.limit);
  const auto projects = session.gateway.Call<Service>(&Service::Stub::ListServiceProjects, request);
  if (!projects.ok()) return projects.status();
  if (session.json) {
    session.PrintJson(*projects);
    return absl::OkStatus();
  }
  using Delivery = lifecycle::v1::DeliveryService;
  const auto models = session.gateway.Call<Delivery>(&Delivery::Stub::CompareDeliveryModels,
                                                     lifecycle::v1::CompareDeliveryModelsRequest());
  if (!models.ok()) return models.status();
  Table table({{"project"}, {"what"}, {"model"}, {"state"}, {"due"}, {"tasks", true}, {"cost", true}});
  for (const auto& project : projects->service_projects()) {
    table.Add({project.name(), Printable(project.display_name()),
               Humanize(lifecycle::v1::DeliveryModel_Name(project.delivery_model())),
               Humanize(lifecycle::v1::ServiceProject::State_Name(project.state())),
               project.has_due_date() ? FormatDate(project.due_date()) : "",
               StrCat(project.finished_task_count(), "/", project.task_count()),
               FormatMoney(project.base_cost())});
  }
  Table outcome({{"model"},
                 {"projects", true},
                 {"completed", true},
                 {"on time", true},
                 {"days", true},
                 {"cost", true},
                 {"satisfaction", true},
                 {"re-purchase", true}});
  for (const auto& row : models->rows()) {
    outcome.Add(
        {Humanize(lifecycle::v1::DeliveryModel_Name(row.delivery_model())), FormatCount(row.project_count()),
         FormatCount(row.completed_count()), row.dated_count() == 0 ? "" : FormatPercent(row.on_time_share()),
         row.completed_count() == 0 ? "" : absl::StrFormat("%.0f", row.average_days()),
         FormatMoneyShort(row.base_cost()),
         row.satisfaction_count() == 0 ? "" : absl::StrFormat("%.1f of 5", row.average_satisfaction()),
         row.matured_count() == 0 ? "" : FormatPercent(row.repurchase_share())});
  }
  std::cout << table.Draw(session.out) << "\n" << outcome.Draw(session.out);
  return absl::OkStatus();
}

absl::Status Competitors(const ListOptions& options, Session& session) {
  using Service = lifecycle::v1::OpportunityService;
  lifecycle::v1::SummarizeCompetitorsRequest request;
  request.set_filter(options.filter);
  const auto competitors = session.gateway.Call<Service>(&Service::Stub::SummarizeCompetitors, request);
  if (!competitors.ok()) return competitors.status();
  if (session.json) {
    session.PrintJson(*competitors);
    return absl::OkStatus();
  }
  Table table(
      {{"competitor"}, {"open", true}, {"won", true}, {"lost", true}, {"to them", true}, {"win rate", true}});
  for (int i = 0; i < std::min(competitors->rows_size(), options.limit); ++i) {
    const auto& row = competitors->rows(i);
    table.Add({Printable(row.display_name()), FormatCount(row.open_count()), FormatCount(row.won_count()),
               FormatCount(row.lost_count()), FormatCount(row.lost_to_count()),
               row.won_count() + row.lost_count() == 0 ? "" : FormatPercent(row.win_rate())});
  }
  std::cout << (table.empty() ? "  No opportunity names a competitor.\n" : table.Draw(session.out));
  return absl::OkStatus();
}

}  // namespace

void AddForecast(CLI::App& app, Command* chosen) {
  auto options = std::make_shared<ForecastOptions>();
  CLI::App* command = app.add_subcommand(
      "forecast", "What the open opportunities will bring, and how far past forecasts were right");
  command->add_option("--team", options->team,
                      "Only this team and those below it: its name, system:id or teams/…");
  command->add_option("--owner", options->owner,
                      "Only this representative's: name, system:id or representatives/…");
  command->add_option("--days", options->horizon_days, "What is won within so many days")
      ->capture_default_str();
  command->add_option("--past", options->past, "How many past forecasts to look back at")
      ->capture_default_str();
  command->callback([=] { *chosen = [options](Session& session) { return Forecast(*options, session); }; });
}

void AddOrders(CLI::App& app, Command* chosen) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = app.add_subcommand("orders", "Orders, what was paid and came back of them");
  command->add_option("--filter", options->filter,
                      "As in the API: `state = PLACED AND due_date < 2026-07-01`");
  command->add_option("--limit", options->limit, "How many to show")->capture_default_str();
  command->callback([=] { *chosen = [options](Session& session) { return Orders(*options, session); }; });
}

void AddCompetitors(CLI::App& app, Command* chosen) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command =
      app.add_subcommand("competitors", "Whom opportunities are up against, and how often they are won");
  command->add_option("--filter", options->filter,
                      "Of which opportunities, as in the API: `team = \"teams/…\"`");
  command->add_option("--limit", options->limit, "How many to show")->capture_default_str();
  command->callback(
      [=] { *chosen = [options](Session& session) { return Competitors(*options, session); }; });
}

void AddProjects(CLI::App& app, Command* chosen) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command =
      app.add_subcommand("projects", "Service projects, and what came of each delivery model");
  command->add_option("--filter", options->filter,
                      "As in the API: `state = OPEN AND delivery_model = GENERAL`");
  command->add_option("--limit", options->limit, "How many to show")->capture_default_str();
  command->callback([=] { *chosen = [options](Session& session) { return Projects(*options, session); }; });
}

}  // namespace clientele::cli
