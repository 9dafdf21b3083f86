// `clientele target-markets`: whom we want as customers.
#include <iostream>
#include <memory>

#include "absl/strings/str_format.h"
#include "cli/commands/command.h"
#include "cli/commands/request_id.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/customer/v1/target_market_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

namespace v1 = customer::v1;
using servicekit::StrCat;
using Service = v1::TargetMarketService;

struct Definition {
  std::string which, name, description, filter;
  int64_t size = -1;
};

// By name, as in `targetMarkets/01J…`, or by what it is called.
absl::StatusOr<v1::TargetMarket> Find(const std::string& which, Session& session) {
  const auto listed =
      session.gateway.Call<Service>(&Service::Stub::ListTargetMarkets, v1::ListTargetMarketsRequest());
  if (!listed.ok()) return listed.status();
  const v1::TargetMarket* found = nullptr;
  for (const v1::TargetMarket& market : listed->target_markets()) {
    if (market.name() == which) return market;
    if (market.display_name() != which) continue;
    if (found != nullptr) {
      return absl::FailedPreconditionError(StrCat("several target markets are called ", which, ": say ",
                                                  found->name(), " or ", market.name()));
    }
    found = &market;
  }
  if (found != nullptr) return *found;
  return absl::NotFoundError(
      StrCat("there is no target market ", which, "; `clientele target-markets list` shows all"));
}

std::string Coverage(const v1::TargetMarket& market) {
  return market.estimated_size() == 0 ? "" : absl::StrFormat("%.0f %%", market.coverage() * 100);
}

absl::Status List(Session& session) {
  const auto listed =
      session.gateway.Call<Service>(&Service::Stub::ListTargetMarkets, v1::ListTargetMarketsRequest());
  if (!listed.ok()) return listed.status();
  Table table({{"called", false, 28},
               {"members", true},
               {"of about", true},
               {"coverage", true},
               {"who", false, 60},
               {"target market"}});
  for (const v1::TargetMarket& market : listed->target_markets()) {
    if (session.json) session.PrintJson(market, true);
    table.Add({StrCat(market.display_name(), market.computing() ? " (still counting)" : ""),
               FormatCount(market.member_count()),
               market.estimated_size() == 0 ? "" : FormatCount(market.estimated_size()), Coverage(market),
               market.filter(), market.name()});
  }
  if (session.json) return absl::OkStatus();
  std::cout << (table.empty() ? "  No target markets yet: `clientele target-markets create` makes one.\n"
                              : table.Draw(session.out));
  return absl::OkStatus();
}

absl::Status Show(const v1::TargetMarket& market, const char* done, Session& session) {
  if (session.json) {
    session.PrintJson(market);
  } else {
    std::cout << "  " << Printable(market.display_name()) << " (" << market.name() << ") is " << done << "."
              << (market.computing() ? " Its members are being looked for." : "") << "\n";
  }
  return absl::OkStatus();
}

absl::Status Create(const Definition& wanted, Session& session) {
  v1::CreateTargetMarketRequest request;
  request.set_request_id(NewRequestId());
  v1::TargetMarket& market = *request.mutable_target_market();
  market.set_display_name(wanted.name);
  market.set_description(wanted.description);
  market.set_filter(wanted.filter);
  if (wanted.size > 0) market.set_estimated_size(wanted.size);
  const auto created = session.gateway.Call<Service>(&Service::Stub::CreateTargetMarket, request);
  return created.ok() ? Show(*created, "there now", session) : created.status();
}

// What is not given stays.
absl::Status Update(const Definition& wanted, Session& session) {
  const auto current = Find(wanted.which, session);
  if (!current.ok()) return current.status();
  v1::UpdateTargetMarketRequest request;
  request.set_request_id(NewRequestId());
  v1::TargetMarket& market = *request.mutable_target_market();
  market.set_name(current->name());
  market.set_etag(current->etag());
  const auto set = [&](const char* field, bool given) {
    if (given) request.mutable_update_mask()->add_paths(field);
    return given;
  };
  if (set("display_name", !wanted.name.empty())) market.set_display_name(wanted.name);
  if (set("description", !wanted.description.empty())) market.set_description(wanted.description);
  if (set("filter", !wanted.filter.empty())) market.set_filter(wanted.filter);
  if (set("estimated_size", wanted.size >= 0)) market.set_estimated_size(wanted.size);
  if (request.update_mask().paths().empty()) {
    return absl::InvalidArgumentError("say what is to change: --name, --filter, --size, --description");
  }
  const auto updated = session.gateway.Call<Service>(&Service::Stub::UpdateTargetMarket, request);
  return updated.ok() ? Show(*updated, "changed", session) : updated.status();
}

absl::Status Delete(const std::string& which, Session& session) {
  const auto current = Find(which, session);
  if (!current.ok()) return current.status();
  v1::DeleteTargetMarketRequest request;
  request.set_name(current->name());
  request.set_etag(current->etag());
  request.set_request_id(NewRequestId());
  const auto deleted = session.gateway.Call<Service>(&Service::Stub::DeleteTargetMarket, request);
  if (!deleted.ok()) return deleted.status();
  return Show(*current, "gone; its customers stay", session);
}

absl::Status Members(const std::string& which, int64_t limit, Session& session) {
  const auto market = Find(which, session);
  if (!market.ok()) return market.status();
  Table table({{"customer"}, {"name", false, 36}, {"industry", false, 16}});
  v1::ListTargetMarketMembersRequest request;
  request.set_parent(market->name());
  int64_t left = limit;
  do {
    request.set_page_size(static_cast<int32_t>(std::min<int64_t>(left, 1000)));
    const auto page = session.gateway.Call<Service>(&Service::Stub::ListTargetMarketMembers, request);
    if (!page.ok()) return page.status();
    for (const v1::Customer& member : page->members()) {
      if (session.json) session.PrintJson(member, true);
      table.Add({member.name(), member.display_name(), member.industry()});
    }
    left -= page->members_size();
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty() && left > 0);
  if (session.json) return absl::OkStatus();
  std::cout << (table.empty() ? "  It has no members that you may see.\n" : table.Draw(session.out));
  if (!request.page_token().empty())
    std::cout << "\n  There are more; --limit " << limit * 10 << " shows more.\n";
  return absl::OkStatus();
}

}  // namespace

void AddTargetMarkets(CLI::App& app, Command* chosen) {
  constexpr char kWhich[] = "What it is called, or targetMarkets/…";
  CLI::App* command = app.add_subcommand("target-markets", "Whom we want as customers");
  command->require_subcommand(1);
  command->add_subcommand("list", "All of them with their figures; as JSON one a line")->callback([=] {
    *chosen = List;
  });

  auto wanted = std::make_shared<Definition>();
  CLI::App* create = command->add_subcommand("create", "Define one (administrators)");
  create->add_option("--name", wanted->name, "What it is called")->required();
  create->add_option("--filter", wanted->filter, "Who belongs to it, such as: industry = \"retail\"")
      ->required();
  create->add_option("--size", wanted->size, "How many there are out there, as far as anyone knows")
      ->check(CLI::NonNegativeNumber);
  create->add_option("--description", wanted->description, "What it is for");
  create->callback([=] { *chosen = [wanted](Session& session) { return Create(*wanted, session); }; });

  CLI::App* update =
      command->add_subcommand("update", "Change one (administrators); what is not given stays");
  update->add_option("MARKET", wanted->which, kWhich)->required();
  update->add_option("--name", wanted->name, "What it is called");
  update->add_option("--filter", wanted->filter, "Who belongs to it");
  update->add_option("--size", wanted->size, "How many there are out there; 0: not known")
      ->check(CLI::NonNegativeNumber);
  update->add_option("--description", wanted->description, "What it is for");
  update->callback([=] { *chosen = [wanted](Session& session) { return Update(*wanted, session); }; });

  CLI::App* remove = command->add_subcommand("delete", "Delete one (administrators); its customers stay");
  remove->add_option("MARKET", wanted->which, kWhich)->required();
  remove->callback([=] { *chosen = [wanted](Session& session) { return Delete(wanted->which, session); }; });

  auto limit = std::make_shared<int64_t>(50);
  CLI::App* members = command->add_subcommand("members", "Who belongs to one, of those that you may see");
  members->add_option("MARKET", wanted->which, kWhich)->required();
  members->add_option("--limit", *limit, "At most this many")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  members->callback([=] {
    *chosen = [wanted, limit](Session& session) { return Members(wanted->which, *limit, session); };
  });
}

}  // namespace clientele::cli
