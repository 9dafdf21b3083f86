// Policies: what to do when, and what they recommend now.
#include <iostream>
#include <memory>

#include "absl/strings/ascii.h"
#include "cli/commands/command.h"
#include "cli/commands/find.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/value/v1/policy_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;
using Service = value::v1::PolicyService;

absl::Status List(Session& session) {
  value::v1::ListPoliciesRequest request;
  request.set_page_size(1000);
  const auto policies = session.gateway.Call<Service>(&Service::Stub::ListPolicies, request);
  if (!policies.ok()) return policies.status();
  if (session.json) {
    session.PrintJson(*policies);
    return absl::OkStatus();
  }
  Table table({{"Priority", true}, {"Policy"}, {"Goal"}, {"When"}, {"Do"}, {"Name"}});
  for (const value::v1::Policy& policy : policies->policies()) {
    table.Add({FormatCount(policy.priority()),
               StrCat(Printable(policy.display_name()), policy.disabled() ? " (disabled)" : ""),
               Humanize(value::v1::Goal_Name(policy.goal())), Printable(policy.condition()),
               Printable(policy.recommended_action()), policy.name()});
  }
  std::cout << (table.empty() ? "  No policies yet: `clientele policies create` makes one.\n"
                              : table.Draw(session.out));
  return absl::OkStatus();
}

struct NewPolicy {
  std::string name, condition, goal, department, action;
  int priority = 0;
};

absl::Status Create(const NewPolicy& wanted, Session& session) {
  value::v1::CreatePolicyRequest request;
  value::v1::Policy& policy = *request.mutable_policy();
  policy.set_display_name(wanted.name);
  policy.set_condition(wanted.condition);
  policy.set_recommended_action(wanted.action);
  policy.set_priority(wanted.priority);
  // The options check that these are names of values.
  value::v1::Goal goal{};
  type::v1::Department department{};
  value::v1::Goal_Parse(absl::AsciiStrToUpper(wanted.goal), &goal);
  type::v1::Department_Parse(absl::AsciiStrToUpper(wanted.department), &department);
  policy.set_goal(goal);
  policy.set_department(department);
  const auto created = session.gateway.Call<Service>(&Service::Stub::CreatePolicy, request);
  if (!created.ok()) return created.status();
  if (session.json) {
    session.PrintJson(*created);
  } else {
    std::cout << "  " << created->name() << "\n";
  }
  return absl::OkStatus();
}

absl::Status Check(const std::string& condition, Session& session) {
  value::v1::CheckConditionRequest request;
  request.set_condition(condition);
  const auto checked = session.gateway.Call<Service>(&Service::Stub::CheckCondition, request);
  if (!checked.ok()) return checked.status();
  if (session.json) {
    session.PrintJson(*checked);
  } else {
    std::cout << "  " << FormatCount(checked->customer_count()) << " customers\n";
  }
  return absl::OkStatus();
}

absl::Status Recommend(const std::string& who, int limit, Session& session) {
  value::v1::ListRecommendationsRequest request;
  request.set_page_size(limit);
  if (!who.empty()) {
    const auto customer = FindCustomer(session.gateway, who);
    if (!customer.ok()) return customer.status();
    request.set_customer(customer->name());
  }
  const auto found = session.gateway.Call<Service>(&Service::Stub::ListRecommendations, request);
  if (!found.ok()) return found.status();
  if (session.json) {
    session.PrintJson(*found);
    return absl::OkStatus();
  }
  Table table({{"Customer"}, {"Do"}, {"Goal"}, {"Why", false, 100}, {"Policy"}});
  for (const value::v1::Recommendation& recommendation : found->recommendations()) {
    table.Add({recommendation.customer(), Printable(recommendation.recommended_action()),
               Humanize(value::v1::Goal_Name(recommendation.goal())), recommendation.reason(),
               Printable(recommendation.policy_display_name())});
  }
  std::cout << (table.empty() ? "  Nothing is recommended.\n" : table.Draw(session.out));
  if (!found->next_page_token().empty()) std::cout << "  There are more: --limit shows up to 1,000.\n";
  return absl::OkStatus();
}

}  // namespace

void AddPolicies(CLI::App& app, Command* chosen) {
  CLI::App* command = app.add_subcommand("policies", "What to do when, and for whom it is time");
  command->require_subcommand(1);
  command->add_subcommand("list", "All policies, by priority")->callback([=] { *chosen = List; });

  auto wanted = std::make_shared<NewPolicy>();
  CLI::App* create = command->add_subcommand("create", "Make a policy (administrators)");
  create->add_option("--name", wanted->name, "What it is called")->required();
  create->add_option("--if", wanted->condition, "Such as: tier = BIG AND migration = FELL")->required();
  create->add_option("--do", wanted->action, "What to do then")->required();
  create->add_option("--goal", wanted->goal, "What for")
      ->required()
      ->check(CLI::IsMember({"acquire", "retain", "enhance"}));
  create->add_option("--department", wanted->department, "Who acts")
      ->required()
      ->check(CLI::IsMember({"marketing", "sales", "service"}));
  create->add_option("--priority", wanted->priority, "1 to 1,000; lower comes first");
  create->callback([=] { *chosen = [wanted](Session& session) { return Create(*wanted, session); }; });

  auto condition = std::make_shared<std::string>();
  CLI::App* check = command->add_subcommand("check", "How many customers a condition holds for");
  check->add_option("CONDITION", *condition, "Such as: probability_alive < 0.5 AND revenue > 1000")
      ->required();
  check->callback([=] { *chosen = [condition](Session& session) { return Check(*condition, session); }; });

  auto who = std::make_shared<std::string>();
  auto limit = std::make_shared<int>(20);
  CLI::App* recommend = command->add_subcommand("recommend", "What the policies recommend now");
  recommend->add_option("--customer", *who, "Only for this one: its name, system:id or customers/…");
  recommend->add_option("--limit", *limit, "At most so many")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  recommend->callback(
      [=] { *chosen = [who, limit](Session& session) { return Recommend(*who, *limit, session); }; });
}

}  // namespace clientele::cli
