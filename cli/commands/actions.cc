// Actions: planned with a hold-out, and measured against it.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "cli/commands/command.h"
#include "cli/commands/request_id.h"
#include "cli/commands/slice.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/value/v1/action_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;
using Service = value::v1::ActionService;

std::string Percent(bool known, double share) {
  return known ? absl::StrFormat("%.0f %%", 100 * share) : "–";
}

absl::Status List(Session& session) {
  value::v1::ListActionsRequest request;
  request.set_page_size(1000);
  const auto actions = session.gateway.Call<Service>(&Service::Stub::ListActions, request);
  if (!actions.ok()) return actions.status();
  if (session.json) {
    session.PrintJson(*actions);
    return absl::OkStatus();
  }
  Table table({{"Action"},
               {"Goal"},
               {"Department"},
               {"Treated", true},
               {"Held out", true},
               {"Cost", true},
               {"Until"},
               {"Name"}});
  for (const value::v1::Action& action : actions->actions()) {
    table.Add({Printable(action.display_name()), Humanize(value::v1::Goal_Name(action.goal())),
               Humanize(type::v1::Department_Name(action.department())), FormatCount(action.treated_count()),
               FormatCount(action.held_out_count()), FormatMoney(action.cost()),
               FormatDay(action.outcome_end_time()), action.name()});
  }
  std::cout << (table.empty() ? "  No actions yet: `clientele actions plan` makes one.\n"
                              : table.Draw(session.out));
  return absl::OkStatus();
}

struct NewAction {
  std::string name, condition, policy, goal, department, currency;
  int64_t cost = 0;
  int days = 90;
  double hold_out_percent = 20;
};

absl::Status Plan(const NewAction& wanted, Session& session) {
  value::v1::PlanActionRequest request;
  request.set_condition(wanted.condition);
  value::v1::Action& action = *request.mutable_action();
  action.set_display_name(wanted.name);
  action.set_policy(wanted.policy);
  // The options check that these are names of values.
  value::v1::Goal goal{};
  type::v1::Department department{};
  value::v1::Goal_Parse(absl::AsciiStrToUpper(wanted.goal), &goal);
  type::v1::Department_Parse(absl::AsciiStrToUpper(wanted.department), &department);
  action.set_goal(goal);
  action.set_department(department);
  if (wanted.cost != 0) {
    action.mutable_cost()->set_currency_code(wanted.currency);
    action.mutable_cost()->set_units(wanted.cost);
  }
  action.set_hold_out_share_micros(static_cast<int64_t>(wanted.hold_out_percent * 10'000 + 0.5));
  action.mutable_outcome_end_time()->set_seconds(
      absl::ToUnixSeconds(absl::Now() + absl::Hours(24) * wanted.days));
  const auto planned = session.gateway.Call<Service>(&Service::Stub::PlanAction, request);
  if (!planned.ok()) return planned.status();
  if (session.json) {
    session.PrintJson(*planned);
  } else {
    std::cout << "  " << planned->name() << ": " << FormatCount(planned->treated_count()) << " to treat, "
              << FormatCount(planned->held_out_count()) << " held out\n";
  }
  return absl::OkStatus();
}

absl::Status Measure(const std::string& name, Session& session) {
  value::v1::MeasureActionRequest request;
  request.set_name(name);
  const auto effect = session.gateway.Call<Service>(&Service::Stub::MeasureAction, request);
  if (!effect.ok()) return effect.status();
  if (session.json) {
    session.PrintJson(*effect);
    return absl::OkStatus();
  }
  std::cout << "  " << effect->explanation() << "\n"
            << "  " << FormatCount(effect->treated_count()) << " treated, "
            << FormatCount(effect->held_out_count()) << " held out; uplift " << FormatMoney(effect->uplift())
            << ", cost " << FormatMoney(effect->cost()) << ", return "
            << Percent(effect->has_incremental_return(), effect->incremental_return())
            << (effect->complete() ? "\n" : "; the outcome window is still open\n");
  return absl::OkStatus();
}

struct NewCost {
  std::string name, currency;
  int64_t cost = 0;
};

absl::Status RecordCost(const NewCost& wanted, Session& session) {
  value::v1::RecordActionCostRequest request;
  request.set_name(wanted.name);
  request.mutable_cost()->set_currency_code(wanted.currency);
  request.mutable_cost()->set_units(wanted.cost);
  request.set_request_id(NewRequestId());
  const auto action = session.gateway.Call<Service>(&Service::Stub::RecordActionCost, request);
  if (!action.ok()) return action.status();
  if (session.json) {
    session.PrintJson(*action);
  } else {
    std::cout << "  " << action->name() << " cost " << FormatMoney(action->cost()) << "\n";
  }
  return absl::OkStatus();
}

struct SpendingArguments {
  Slice slice;
  bool by_market = false;
};

absl::Status Spending(const SpendingArguments& arguments, Session& session) {
  value::v1::QuerySpendingRequest request;
  if (absl::Status set = SetSlice(session.gateway, arguments.slice, &request); !set.ok()) return set;
  if (arguments.by_market) request.set_group_by(value::v1::QuerySpendingRequest::TARGET_MARKET);
  const auto spending = session.gateway.Call<Service>(&Service::Stub::QuerySpending, request);
  if (!spending.ok()) return spending.status();
  if (session.json) {
    session.PrintJson(*spending);
    return absl::OkStatus();
  }
  std::vector<Table::Column> columns = {{"Department"}, {"Goal"}};
  if (arguments.by_market) columns = {{"Target market"}, {""}};
  for (const char* figure : {"Actions", "Treated", "Cost", "Uplift", "95 % between", "Return"}) {
    columns.push_back({figure, true});
  }
  Table table(columns);
  for (const auto& row : spending->rows()) {
    const bool market = !row.target_market().empty();
    table.Add({market ? row.target_market() : Humanize(type::v1::Department_Name(row.department())),
               market ? "" : Humanize(value::v1::Goal_Name(row.goal())), FormatCount(row.action_count()),
               FormatCount(row.treated_count()), FormatMoney(row.cost()),
               StrCat(FormatMoneyShort(row.uplift()), row.conclusive() ? "" : " ?"),
               StrCat(FormatMoneyShort(row.uplift_low()), " … ", FormatMoneyShort(row.uplift_high())),
               Percent(row.has_incremental_return(), row.incremental_return())});
  }
  table.SetTotal({"All", "", "", "", FormatMoney(spending->cost())});
  std::cout << (table.empty() ? "  Nothing was spent on actions yet.\n" : table.Draw(session.out));
  return absl::OkStatus();
}

}  // namespace

void AddActions(CLI::App& app, Command* chosen) {
  CLI::App* command = app.add_subcommand("actions", "What was done for customers, and what it brought");
  command->require_subcommand(1);
  command->add_subcommand("list", "All actions, newest first")->callback([=] { *chosen = List; });

  auto wanted = std::make_shared<NewAction>();
  CLI::App* plan = command->add_subcommand("plan", "Choose customers, and hold some of them out");
  plan->add_option("--name", wanted->name, "What it is called")->required();
  plan->add_option("--if", wanted->condition, "Whom: a condition, as of a policy");
  plan->add_option("--policy", wanted->policy, "policies/…: whom its condition says");
  plan->add_option("--goal", wanted->goal, "What for")
      ->required()
      ->check(CLI::IsMember({"acquire", "retain", "enhance"}));
  plan->add_option("--department", wanted->department, "Who acts, and pays")
      ->required()
      ->check(CLI::IsMember({"marketing", "sales", "service"}));
  CLI::Option* cost = plan->add_option("--cost", wanted->cost, "All in all, in whole units of --currency");
  plan->add_option("--currency", wanted->currency, "The base currency")->needs(cost);
  plan->add_option("--days", wanted->days, "How long its outcome counts, from now")->capture_default_str();
  plan->add_option("--hold-out", wanted->hold_out_percent, "So many percent are left alone")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 90.0));
  plan->callback([=] { *chosen = [wanted](Session& session) { return Plan(*wanted, session); }; });

  auto name = std::make_shared<std::string>();
  CLI::App* measure = command->add_subcommand("measure", "What an action brought so far");
  measure->add_option("NAME", *name, "actions/…")->required();
  measure->callback([=] { *chosen = [name](Session& session) { return Measure(*name, session); }; });

  auto cost_of = std::make_shared<NewCost>();
  CLI::App* record = command->add_subcommand("cost", "Say what an action cost, all in all");
  record->add_option("NAME", cost_of->name, "actions/…")->required();
  record->add_option("--cost", cost_of->cost, "In whole units of --currency")->required();
  record->add_option("--currency", cost_of->currency, "The base currency")->required();
  record->callback([=] { *chosen = [cost_of](Session& session) { return RecordCost(*cost_of, session); }; });

  auto asked = std::make_shared<SpendingArguments>();
  CLI::App* spending =
      command->add_subcommand("spending", "By department and goal, or by target market, beside its effect");
  AddSliceOptions(spending, &asked->slice);
  spending->add_flag("--by-market", asked->by_market, "A row for each target market");
  spending->callback([=] { *chosen = [asked](Session& session) { return Spending(*asked, session); }; });
}

}  // namespace clientele::cli
