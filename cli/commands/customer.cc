// `clientele customer list` and `clientele customer show`.
#include <google/protobuf/util/json_util.h>

#include <iostream>
#include <memory>

#include "cli/commands/command.h"
#include "cli/commands/find.h"
#include "cli/commands/picture.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/customer/v1/search_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

struct ListArguments {
  std::string filter, order_by;
  int64_t limit = 50;
};

absl::Status List(const ListArguments& arguments, Session& session) {
  namespace v1 = customer::v1;
  Table table({{"customer"},
               {"name", false, 36},
               {"industry", false, 16},
               {"place", false, 24},
               {"known as", false, 24}});
  v1::ListCustomersRequest request;
  request.set_filter(arguments.filter);
  request.set_order_by(arguments.order_by);
  int64_t left = arguments.limit;
  bool more = false;
  do {
    request.set_page_size(static_cast<int32_t>(std::min<int64_t>(left, 1000)));
    const auto page =
        session.gateway.Call<v1::CustomerService>(&v1::CustomerService::Stub::ListCustomers, request);
    if (!page.ok()) return page.status();
    for (const v1::Customer& customer : page->customers()) {
      if (session.json) session.PrintJson(customer, true);
      table.Add({customer.name(), customer.display_name(), customer.industry(),
                 customer.addresses().empty() ? "" : customer.addresses(0).locality(),
                 customer.external_ids().empty()
                     ? ""
                     : StrCat(customer.external_ids(0).system(), ":", customer.external_ids(0).id())});
    }
    left -= page->customers_size();
    request.set_page_token(page->next_page_token());
    more = !page->next_page_token().empty();
  } while (more && left > 0);
  if (session.json) return absl::OkStatus();
  if (table.empty()) {
    std::cout << "  No customer" << (arguments.filter.empty() ? " yet.\n" : " matches the filter.\n");
    return absl::OkStatus();
  }
  std::cout << table.Draw(session.out);
  if (more)
    std::cout << "\n  There are more; --limit " << arguments.limit * 10 << " shows more, --filter fewer.\n";
  return absl::OkStatus();
}

// Which page of a search was asked for is none of the caller's business: they see as many as they ask for.
absl::Status Search(const std::string& query, int64_t limit, Session& session) {
  namespace v1 = customer::v1;
  Table table(
      {{"customer"}, {"name", false, 36}, {"found by"}, {"industry", false, 16}, {"place", false, 24}});
  v1::SearchCustomersRequest request;
  request.set_query(query);
  int64_t left = limit;
  bool more = false;
  do {
    request.set_page_size(static_cast<int32_t>(std::min<int64_t>(left, 100)));
    const auto page = session.gateway.Call<v1::CustomerSearchService>(
        &v1::CustomerSearchService::Stub::SearchCustomers, request);
    if (!page.ok()) return page.status();
    for (const auto& result : page->results()) {
      const v1::Customer& customer = result.customer();
      if (session.json) session.PrintJson(result, true);
      table.Add({customer.name(), customer.display_name(),
                 Humanize(v1::SearchCustomersResponse::Match_Name(result.match())), customer.industry(),
                 customer.addresses().empty() ? "" : customer.addresses(0).locality()});
    }
    left -= page->results_size();
    request.set_page_token(page->next_page_token());
    more = !page->next_page_token().empty();
  } while (more && left > 0);
  if (session.json) return absl::OkStatus();
  if (table.empty()) {
    std::cout << "  No customer that you may see is found by that.\n";
    return absl::OkStatus();
  }
  std::cout << table.Draw(session.out);
  if (more) std::cout << "\n  There are more; --limit " << limit * 10 << " shows more.\n";
  return absl::OkStatus();
}

absl::Status Show(const std::string& who, Session& session) {
  absl::StatusOr<customer::v1::Customer> customer = FindCustomer(session.gateway, who);
  if (!customer.ok()) return customer.status();
  const absl::StatusOr<Picture> picture = FetchPicture(session.gateway, *customer);
  if (!picture.ok()) return picture.status();
  if (session.json) {
    session.PrintJson(picture->known);
  } else {
    std::cout << Draw(*picture, session.out);
  }
  return absl::OkStatus();
}

}  // namespace

void AddCustomer(CLI::App& app, Command* chosen) {
  CLI::App* command = app.add_subcommand("customer", "Look at customers");
  command->require_subcommand(1);

  auto arguments = std::make_shared<ListArguments>();
  CLI::App* list = command->add_subcommand("list", "Those you may see; as JSON one a line");
  list->add_option("--filter", arguments->filter,
                   "For example: industry = \"retail\" AND employee_count > 100 AND tags:vip");
  list->add_option("--order-by", arguments->order_by,
                   "name, display_name, create_time or update_time, with ` desc` if wanted");
  list->add_option("--limit", arguments->limit, "At most this many")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  list->callback([=] { *chosen = [arguments](Session& session) { return List(*arguments, session); }; });

  struct SearchArguments {
    std::string query;
    int64_t limit = 20;
  };
  auto sought = std::make_shared<SearchArguments>();
  CLI::App* search = command->add_subcommand(
      "search", "By part of a name, an e-mail address, a phone number or an identifier elsewhere");
  search->add_option("QUERY", sought->query, "For example: 한빛, kim@hanbit.example, erp:4711")->required();
  search->add_option("--limit", sought->limit, "At most this many")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  search->callback([=] {
    *chosen = [sought](Session& session) { return Search(sought->query, sought->limit, session); };
  });

  auto who = std::make_shared<std::string>();
  CLI::App* show = command->add_subcommand("show", "Everything about one: profile, history, deals, score");
  show->add_option("CUSTOMER", *who, "Its name, its identifier elsewhere as system:id, or customers/…")
      ->required();
  show->callback([=] { *chosen = [who](Session& session) { return Show(*who, session); }; });
}

}  // namespace clientele::cli
