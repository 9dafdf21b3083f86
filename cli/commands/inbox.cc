// The inbox: what is to be done for which customer next.
#include <iostream>
#include <memory>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "cli/commands/command.h"
#include "cli/commands/find.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/lifecycle/v1/follow_up_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using lifecycle::v1::FollowUp;
using lifecycle::v1::FollowUpService;
using servicekit::StrCat;

struct Asked {
  std::string owner, team, done, note, snooze;
  int days = 1;
  bool managers = false;
};

std::string FollowUpName(const std::string& text) {
  return text.starts_with("followUps/") ? text : StrCat("followUps/", text);
}

// What customers are called; those that the caller may not see keep their name.
absl::StatusOr<std::map<std::string, std::string>> NamesOf(Gateway& gateway,
                                                           const std::vector<FollowUp>& rows) {
  std::map<std::string, std::string> called;
  for (const FollowUp& row : rows) called[row.customer()] = row.customer();
  using Service = customer::v1::CustomerService;
  customer::v1::BatchGetCustomersRequest request;
  const auto ask = [&]() -> absl::Status {
    const auto found = gateway.Call<Service>(&Service::Stub::BatchGetCustomers, request);
    if (!found.ok()) return found.status();
    for (const customer::v1::Customer& customer : found->customers()) {
      called[customer.name()] = customer.display_name();
    }
    request.clear_names();
    return absl::OkStatus();
  };
  for (const auto& [name, text] : std::map(called)) {
    request.add_names(name);
    if (request.names_size() < 100) continue;
    if (absl::Status status = ask(); !status.ok()) return status;
  }
  if (request.names_size() > 0) {
    if (absl::Status status = ask(); !status.ok()) return status;
  }
  return called;
}

absl::Status Show(const FollowUp& follow_up, std::string_view what, Session& session) {
  if (session.json) {
    session.PrintJson(follow_up);
  } else {
    std::cout << "  " << what << ": " << Printable(follow_up.why()) << "\n";
  }
  return absl::OkStatus();
}

absl::Status Complete(const Asked& asked, Session& session) {
  lifecycle::v1::CompleteFollowUpRequest request;
  request.set_name(FollowUpName(asked.done));
  request.set_note(asked.note);
  const auto done = session.gateway.Call<FollowUpService>(&FollowUpService::Stub::CompleteFollowUp, request);
  return done.ok() ? Show(*done, "Done", session) : done.status();
}

absl::Status Snooze(const Asked& asked, Session& session) {
  lifecycle::v1::SnoozeFollowUpRequest request;
  request.set_name(FollowUpName(asked.snooze));
  request.mutable_snooze_until()->set_seconds(
      absl::ToUnixSeconds(absl::Now() + absl::Hours(24 * asked.days)));
  const auto snoozed = session.gateway.Call<FollowUpService>(&FollowUpService::Stub::SnoozeFollowUp, request);
  return snoozed.ok() ? Show(*snoozed, StrCat("Hidden until ", FormatDay(snoozed->snooze_until())), session)
                      : snoozed.status();
}

absl::Status Inbox(const Asked& asked, Session& session) {
  if (!asked.done.empty()) return Complete(asked, session);
  if (!asked.snooze.empty()) return Snooze(asked, session);
  std::vector<std::string> terms;
  if (!asked.owner.empty()) {
    const absl::StatusOr<std::string> owner = FindRepresentative(session.gateway, asked.owner);
    if (!owner.ok()) return owner.status();
    terms.push_back(EqualsFilter("owner", *owner));
  }
  if (!asked.team.empty()) {
    const absl::StatusOr<std::string> team = FindTeam(session.gateway, asked.team);
    if (!team.ok()) return team.status();
    terms.push_back(EqualsFilter("team", *team));
  }
  if (asked.managers) terms.push_back("addressee = MANAGER");
  lifecycle::v1::ListFollowUpsRequest request;
  request.set_filter(absl::StrJoin(terms, " AND "));
  request.set_page_size(1000);
  std::vector<FollowUp> rows;
  do {
    const auto page = session.gateway.Call<FollowUpService>(&FollowUpService::Stub::ListFollowUps, request);
    if (!page.ok()) return page.status();
    rows.insert(rows.end(), page->follow_ups().begin(), page->follow_ups().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (session.json) {
    for (const FollowUp& row : rows) session.PrintJson(row, true);
    return absl::OkStatus();
  }
  if (rows.empty()) {
    std::cout << "  Nothing to do.\n";
    return absl::OkStatus();
  }
  const auto called = NamesOf(session.gateway, rows);
  if (!called.ok()) return called.status();
  Table table({{"due"}, {"customer", false, 30}, {"what"}, {"for"}, {"why", false, 90}, {"name"}});
  for (const FollowUp& row : rows) {
    table.Add({FormatDay(row.due_time()), Printable(called->at(row.customer())),
               Humanize(FollowUp::Kind_Name(row.kind())), Humanize(FollowUp::Addressee_Name(row.addressee())),
               Printable(row.why()), row.name()});
  }
  std::cout << table.Draw(session.out);
  return absl::OkStatus();
}

}  // namespace

void AddInbox(CLI::App& app, Command* chosen) {
  auto asked = std::make_shared<Asked>();
  CLI::App* command = app.add_subcommand("inbox", "What is to be done for which customer, what is due first");
  command->add_option("--owner", asked->owner, "This representative's: name, system:id or representatives/…");
  command->add_option("--team", asked->team, "Of customers of this team: its name, system:id or teams/…");
  command->add_flag("--managers", asked->managers, "Only what was escalated to managers");
  command->add_option("--done", asked->done, "Is done with this one: followUps/… as listed");
  command->add_option("--note", asked->note, "With --done: what came of it");
  command->add_option("--snooze", asked->snooze, "Hides this one for a while");
  command->add_option("--days", asked->days, "With --snooze: for how long")->check(CLI::Range(1, 366));
  command->callback([=] { *chosen = [asked](Session& session) { return Inbox(*asked, session); }; });
}

}  // namespace clientele::cli
