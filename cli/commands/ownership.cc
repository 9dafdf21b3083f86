// `clientele claim`, `release`, `transfer` and `owners`: who owns a customer.
#include <iostream>
#include <map>
#include <memory>

#include "absl/time/clock.h"
#include "cli/commands/command.h"
#include "cli/commands/find.h"
#include "cli/commands/request_id.h"
#include "cli/render/progress.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/customer/v1/ownership_service.grpc.pb.h"
#include "clientele/customer/v1/team_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

namespace v1 = customer::v1;
using servicekit::StrCat;
using Ownerships = v1::OwnershipService;

// A stream that lasts this long is opened anew and goes on where it was.
constexpr absl::Duration kStreamTimeout = absl::Minutes(10);
constexpr int kMostBreaks = 20;

struct TransferArguments {
  std::string filter, to, to_team, reason, request_id;
  std::vector<std::string> customers;
  bool preview = false;
};

absl::StatusOr<v1::Transfer> ToTransfer(const TransferArguments& arguments, Gateway& gateway) {
  if (arguments.filter.empty() == arguments.customers.empty()) {
    return absl::InvalidArgumentError("say which customers: either by name, or with --filter");
  }
  if (arguments.to.empty() == arguments.to_team.empty()) {
    return absl::InvalidArgumentError("say where they go: either --to or --to-team");
  }
  v1::Transfer transfer;
  transfer.set_filter(arguments.filter);
  transfer.set_reason(arguments.reason);
  for (const std::string& who : arguments.customers) {
    const auto customer = FindCustomer(gateway, who);
    if (!customer.ok()) return customer.status();
    transfer.add_customers(customer->name());
  }
  const auto target =
      arguments.to.empty() ? FindTeam(gateway, arguments.to_team) : FindRepresentative(gateway, arguments.to);
  if (!target.ok()) return target.status();
  if (arguments.to.empty()) {
    transfer.set_team(*target);
  } else {
    transfer.set_owner(*target);
  }
  return transfer;
}

// What representatives and teams are called, asked once for each.
class Names {
 public:
  explicit Names(Gateway& gateway) : gateway_(gateway) {}

  std::string Of(const std::string& representative, const std::string& team) {
    if (!representative.empty()) {
      return Known(representative, [&] {
        v1::GetRepresentativeRequest request;
        request.set_name(representative);
        const auto found = gateway_.Call<v1::TeamService>(&v1::TeamService::Stub::GetRepresentative, request);
        return found.ok() ? found->display_name() : representative;
      });
    }
    if (team.empty()) return "nobody";
    return Known(team, [&] {
      v1::GetTeamRequest request;
      request.set_name(team);
      const auto found = gateway_.Call<v1::TeamService>(&v1::TeamService::Stub::GetTeam, request);
      return StrCat("the pool of ", found.ok() ? found->display_name() : team);
    });
  }

 private:
  template <typename Ask>
  std::string Known(const std::string& name, Ask ask) {
    const auto known = names_.find(name);
    return known != names_.end() ? known->second : names_[name] = ask();
  }

  Gateway& gateway_;
  std::map<std::string, std::string> names_;
};

absl::Status Preview(const v1::Transfer& transfer, Session& session) {
  v1::PreviewTransferRequest request;
  *request.mutable_transfer() = transfer;
  const auto preview = session.gateway.Call<Ownerships>(&Ownerships::Stub::PreviewTransfer, request);
  if (!preview.ok()) return preview.status();
  if (session.json) {
    session.PrintJson(*preview);
    return absl::OkStatus();
  }
  Names names(session.gateway);
  Table table({{"from", false, 40}, {"customers", true}});
  for (const auto& origin : preview->origins()) {
    table.Add({names.Of(origin.owner(), origin.team()), FormatCount(origin.count())});
  }
  table.SetTotal({"would move", FormatCount(preview->moving_count())});
  std::cout << table.Draw(session.out);
  for (const v1::Customer& example : preview->examples()) {
    std::cout << "    " << example.display_name() << "  " << example.name() << "\n";
  }
  if (preview->examples_size() < preview->moving_count()) std::cout << "    …\n";
  if (preview->unchanged_count() > 0) {
    std::cout << "  " << FormatCount(preview->unchanged_count()) << " are there already.\n";
  }
  for (const std::string& name : preview->not_found()) {
    std::cout << "  " << name << " is not there, or not yours to give.\n";
  }
  std::cout << "  Nothing was changed: this was a preview.\n";
  return absl::OkStatus();
}

// One stream; keeps how far it came.
absl::Status ReadTransfer(const v1::TransferCustomersRequest& request, Session& session, Progress& progress,
                          v1::TransferCustomersResponse* last) {
  grpc::ClientContext context;
  if (absl::Status prepared = session.gateway.Prepare(&context, kStreamTimeout); !prepared.ok())
    return prepared;
  auto stream = Ownerships::NewStub(session.gateway.channel())->TransferCustomers(&context, request);
  v1::TransferCustomersResponse response;
  while (stream->Read(&response)) {
    *last = response;
    progress.Update(0, 0, StrCat(FormatCount(response.moved_count()), " customers"));
  }
  const grpc::Status status = stream->Finish();
  return status.ok() ? absl::OkStatus() : Gateway::ToStatus(status);
}

absl::Status RunTransfer(const TransferArguments& arguments, Session& session) {
  const auto transfer = ToTransfer(arguments, session.gateway);
  if (!transfer.ok()) return transfer.status();
  if (arguments.preview) return Preview(*transfer, session);
  v1::TransferCustomersRequest request;
  *request.mutable_transfer() = *transfer;
  request.set_request_id(arguments.request_id.empty() ? NewRequestId() : arguments.request_id);
  v1::TransferCustomersResponse last;
  {
    Progress progress("Transferring", session.err);
    for (int breaks = 0; !last.done(); ++breaks) {
      const absl::Status status = ReadTransfer(request, session, progress, &last);
      if (status.ok()) continue;
      const bool passes = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
                          absl::IsResourceExhausted(status);
      if (!passes || breaks >= kMostBreaks) {
        if (last.moved_count() > 0) {
          std::cerr << "Moved " << FormatCount(last.moved_count())
                    << " so far; go on with the same arguments and --request-id " << request.request_id()
                    << "\n";
        }
        return status;
      }
      progress.Say(StrCat(Gateway::Why(status), "; trying again"));
      absl::SleepFor(absl::Seconds(1));
    }
  }
  if (session.json) {
    session.PrintJson(last);
  } else if (last.moved_count() == 0) {
    std::cout << "  Nothing to move: none was found, or all are there already.\n";
  } else {
    std::cout << "  Moved " << FormatCount(last.moved_count())
              << (last.moved_count() == 1 ? " customer.\n" : " customers.\n");
  }
  return absl::OkStatus();
}

absl::Status PrintOwner(const absl::StatusOr<v1::Customer>& customer, Session& session) {
  if (!customer.ok()) return customer.status();
  if (session.json) {
    session.PrintJson(*customer);
  } else {
    std::cout << "  " << customer->display_name() << " belongs to "
              << Names(session.gateway).Of(customer->owner(), customer->team()) << ".\n";
  }
  return absl::OkStatus();
}

absl::Status Claim(const std::string& who, Session& session) {
  const auto customer = FindCustomer(session.gateway, who);
  if (!customer.ok()) return customer.status();
  v1::ClaimCustomerRequest request;
  request.set_name(customer->name());
  request.set_request_id(NewRequestId());
  return PrintOwner(session.gateway.Call<Ownerships>(&Ownerships::Stub::ClaimCustomer, request), session);
}

absl::Status Release(const std::string& who, const std::string& reason, Session& session) {
  const auto customer = FindCustomer(session.gateway, who);
  if (!customer.ok()) return customer.status();
  v1::ReleaseCustomerRequest request;
  request.set_name(customer->name());
  request.set_reason(reason);
  request.set_request_id(NewRequestId());
  return PrintOwner(session.gateway.Call<Ownerships>(&Ownerships::Stub::ReleaseCustomer, request), session);
}

absl::Status Owners(const std::string& who, Session& session) {
  const auto customer = FindCustomer(session.gateway, who);
  if (!customer.ok()) return customer.status();
  Names names(session.gateway);
  Table table({{"from"}, {"to"}, {"owner", false, 32}, {"by", false, 32}, {"reason", false, 40}});
  v1::ListOwnershipsRequest request;
  request.set_parent(customer->name());
  do {
    const auto page = session.gateway.Call<Ownerships>(&Ownerships::Stub::ListOwnerships, request);
    if (!page.ok()) return page.status();
    for (const v1::Ownership& one : page->ownerships()) {
      if (session.json) session.PrintJson(one, true);
      table.Add({FormatTime(one.start_time()), one.has_end_time() ? FormatTime(one.end_time()) : "",
                 names.Of(one.owner(), one.team()), StrCat(one.actor(), ", ", one.method()), one.reason()});
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (!session.json) std::cout << table.Draw(session.out);
  return absl::OkStatus();
}

}  // namespace

void AddOwnership(CLI::App& app, Command* chosen) {
  auto who = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  CLI::App* claim = app.add_subcommand("claim", "Take a customer from the pool");
  claim->add_option("CUSTOMER", *who, "Its name, its identifier elsewhere as system:id, or customers/…")
      ->required();
  claim->callback([=] { *chosen = [who](Session& session) { return Claim(*who, session); }; });

  CLI::App* release = app.add_subcommand("release", "Give a customer back to the pool of its team");
  release->add_option("CUSTOMER", *who, "As for claim")->required();
  release->add_option("--reason", *reason, "For the ownership history");
  release->callback(
      [=] { *chosen = [who, reason](Session& session) { return Release(*who, *reason, session); }; });

  CLI::App* owners = app.add_subcommand("owners", "Who owned a customer from when to when");
  owners->add_option("CUSTOMER", *who, "As for claim")->required();
  owners->callback([=] { *chosen = [who](Session& session) { return Owners(*who, session); }; });

  auto arguments = std::make_shared<TransferArguments>();
  CLI::App* transfer = app.add_subcommand("transfer", "Give many customers to someone, or to a team's pool");
  transfer->add_option("CUSTOMER", arguments->customers, "Which ones; or --filter");
  transfer->add_option("--filter", arguments->filter, "For example: owner = \"representatives/…\"");
  transfer->add_option("--to", arguments->to, "The representative who gets them");
  transfer->add_option("--to-team", arguments->to_team, "The team into whose pool they go");
  transfer->add_option("--reason", arguments->reason, "For the ownership history");
  transfer->add_option("--request-id", arguments->request_id,
                       "Go on with a transfer that broke off: the id that it told");
  transfer->add_flag("--preview", arguments->preview, "Show what would move; change nothing");
  transfer->callback(
      [=] { *chosen = [arguments](Session& session) { return RunTransfer(*arguments, session); }; });
}

}  // namespace clientele::cli
