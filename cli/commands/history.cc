// `clientele history` and `clientele erase`: what was changed of a customer, and forgetting it.
#include <iostream>
#include <memory>

#include "absl/strings/str_join.h"
#include "cli/commands/command.h"
#include "cli/commands/find.h"
#include "cli/commands/request_id.h"
#include "cli/import/change_text.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/customer/v1/history_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

namespace v1 = customer::v1;
using servicekit::StrCat;
using Histories = v1::HistoryService;

absl::Status ShowHistory(const std::string& who, int64_t limit, Session& session) {
  const auto customer = FindCustomer(session.gateway, who);
  if (!customer.ok()) return customer.status();
  Table table({{"when"}, {"who", false, 32}, {"how"}, {"what", false, 100}});
  v1::ListChangesRequest request;
  request.set_parent(customer->name());
  int64_t left = limit;
  do {
    request.set_page_size(static_cast<int32_t>(std::min<int64_t>(left, 1000)));
    const auto page = session.gateway.Call<Histories>(&Histories::Stub::ListChanges, request);
    if (!page.ok()) return page.status();
    for (const v1::Change& change : page->changes()) {
      if (session.json) session.PrintJson(change, true);
      std::vector<std::string> fields;
      for (const v1::FieldChange& field : change.fields()) fields.push_back(ChangeText(field));
      table.Add({FormatTime(change.time()), change.actor(), change.method(), absl::StrJoin(fields, "; ")});
    }
    left -= page->changes_size();
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty() && left > 0);
  if (session.json) return absl::OkStatus();
  std::cout << table.Draw(session.out);
  if (!request.page_token().empty())
    std::cout << "\n  There are more; --limit " << limit * 10 << " shows more.\n";
  return absl::OkStatus();
}

// One person at a customer.
absl::Status EraseContact(const std::string& name, bool sure, Session& session) {
  v1::GetContactRequest get;
  get.set_name(name);
  const auto contact = session.gateway.Call<v1::CustomerService>(&v1::CustomerService::Stub::GetContact, get);
  if (!contact.ok()) return contact.status();
  if (!sure) {
    return absl::FailedPreconditionError(
        StrCat("this erases ", contact->display_name(), " (", contact->name(),
               ") everywhere, for good; if that is what you want, say it with --yes"));
  }
  v1::EraseContactRequest request;
  request.set_name(contact->name());
  request.set_request_id(NewRequestId());
  const auto erased = session.gateway.Call<Histories>(&Histories::Stub::EraseContact, request);
  if (!erased.ok()) return erased.status();
  if (session.json) {
    session.PrintJson(*erased);
  } else {
    std::cout << "  Erased. Nothing of the contact is left, also in the history.\n";
  }
  return absl::OkStatus();
}

absl::Status Erase(const std::string& who, bool sure, Session& session) {
  if (who.starts_with("customers/") && who.find("/contacts/") != std::string::npos) {
    return EraseContact(who, sure, session);
  }
  const auto customer = FindCustomer(session.gateway, who);
  if (!customer.ok()) return customer.status();
  if (!sure) {
    return absl::FailedPreconditionError(
        StrCat("this erases ", customer->display_name(), " (", customer->name(),
               ") everywhere, for good; if that is what you want, say it with --yes"));
  }
  v1::EraseCustomerRequest request;
  request.set_name(customer->name());
  request.set_request_id(NewRequestId());
  const auto erased = session.gateway.Call<Histories>(&Histories::Stub::EraseCustomer, request);
  if (!erased.ok()) return erased.status();
  if (session.json) {
    session.PrintJson(*erased);
  } else {
    std::cout << "  Erased. " << customer->name() << " keeps its figures; gone are "
              << FormatCount(erased->contact_count()) << " contacts, and what was personal in "
              << FormatCount(erased->need_count()) << " needs, " << FormatCount(erased->interaction_count())
              << " interactions, " << FormatCount(erased->change_count()) << " changes and "
              << FormatCount(erased->feed_entry_count()) << " feed entries.\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddHistory(CLI::App& app, Command* chosen) {
  auto who = std::make_shared<std::string>();
  auto limit = std::make_shared<int64_t>(50);
  CLI::App* history = app.add_subcommand("history", "Who changed what of a customer, newest first");
  history->add_option("CUSTOMER", *who, "Its name, its identifier elsewhere as system:id, or customers/…")
      ->required();
  history->add_option("--limit", *limit, "At most this many")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  history->callback(
      [=] { *chosen = [who, limit](Session& session) { return ShowHistory(*who, *limit, session); }; });

  auto sure = std::make_shared<bool>(false);
  CLI::App* erase = app.add_subcommand(
      "erase", "Erase a customer's personal data everywhere, or a contact's; figures stay");
  erase->add_option("CUSTOMER", *who, "As for history; or customers/…/contacts/…")->required();
  erase->add_flag("--yes", *sure, "It cannot be undone: say that you mean it");
  erase->callback([=] { *chosen = [who, sure](Session& session) { return Erase(*who, *sure, session); }; });
}

}  // namespace clientele::cli
