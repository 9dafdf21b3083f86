// `clientele credit-limit`: what a customer may owe.
#include <iostream>
#include <memory>

#include "cli/commands/command.h"
#include "cli/commands/find.h"
#include "cli/commands/request_id.h"
#include "cli/render/text.h"
#include "clientele/lifecycle/v1/credit_limit_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

namespace v1 = lifecycle::v1;
using Service = v1::CreditLimitService;

struct Arguments {
  std::string who, currency;
  int64_t amount = 0;
  bool set = false, lift = false;
};

absl::Status Run(const Arguments& arguments, Session& session) {
  const auto customer = FindCustomer(session.gateway, arguments.who);
  if (!customer.ok()) return customer.status();
  const std::string name = servicekit::StrCat(customer->name(), "/creditLimit");
  absl::StatusOr<v1::CreditLimit> limit;
  if (arguments.set || arguments.lift) {
    v1::UpdateCreditLimitRequest request;
    request.mutable_credit_limit()->set_name(name);
    if (arguments.set) {
      request.mutable_credit_limit()->mutable_amount()->set_units(arguments.amount);
      request.mutable_credit_limit()->mutable_amount()->set_currency_code(arguments.currency);
    }
    request.set_request_id(NewRequestId());
    limit = session.gateway.Call<Service>(&Service::Stub::UpdateCreditLimit, request);
  } else {
    v1::GetCreditLimitRequest request;
    request.set_name(name);
    limit = session.gateway.Call<Service>(&Service::Stub::GetCreditLimit, request);
  }
  if (!limit.ok()) return limit.status();
  if (session.json) {
    session.PrintJson(*limit);
  } else if (!limit->has_amount()) {
    std::cout << "  " << customer->display_name() << " has no credit limit.\n";
  } else {
    std::cout << "  " << customer->display_name() << " may owe " << FormatMoney(limit->amount()) << ", since "
              << FormatTime(limit->start_time()) << ".\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddCreditLimit(CLI::App& app, Command* chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("credit-limit", "What a customer may owe");
  command->add_option("who", arguments->who, "A name, system:id, or customers/…")->required();
  CLI::Option* amount = command->add_option("--set", arguments->amount, "In whole units of --currency");
  CLI::Option* currency =
      command->add_option("--currency", arguments->currency, "The base currency")->needs(amount);
  amount->needs(currency);
  command->add_flag("--lift", arguments->lift, "From now on there is none")->excludes(amount);
  command->callback([=] {
    arguments->set = amount->count() > 0;
    *chosen = [=](Session& session) { return Run(*arguments, session); };
  });
}

}  // namespace clientele::cli
