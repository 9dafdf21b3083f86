// `clientele duplicates`, `merge`, `split` and `merges`: customers that are the same.
#include <iostream>
#include <memory>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/commands/command.h"
#include "cli/commands/find.h"
#include "cli/commands/request_id.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/customer/v1/duplicate_service.grpc.pb.h"
#include "clientele/customer/v1/merge_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

namespace v1 = customer::v1;
using servicekit::StrCat;
using Duplicates = v1::DuplicateService;
using Merges = v1::MergeService;

std::string Reasons(const v1::Duplicate& duplicate) {
  std::vector<std::string> reasons;
  for (const v1::MatchReason& reason : duplicate.reasons()) {
    reasons.push_back(Humanize(v1::MatchReason::Kind_Name(reason.kind())));
  }
  return absl::StrJoin(reasons, ", ");
}

std::string Score(const v1::Duplicate& duplicate) { return absl::StrFormat("%.2f", duplicate.score()); }

struct DuplicatesArguments {
  std::string who;
  double min_score = 0.5;
  int64_t limit = 50;
};

absl::Status DuplicatesOf(const DuplicatesArguments& arguments, Session& session) {
  const auto customer = FindCustomer(session.gateway, arguments.who);
  if (!customer.ok()) return customer.status();
  v1::ListDuplicatesRequest request;
  request.set_parent(customer->name());
  request.set_min_score(arguments.min_score);
  const auto found = session.gateway.Call<Duplicates>(&Duplicates::Stub::ListDuplicates, request);
  if (!found.ok()) return found.status();
  Table table({{"score", true}, {"customer"}, {"name", false, 36}, {"because", false, 60}});
  for (const v1::Duplicate& duplicate : found->duplicates()) {
    if (session.json) session.PrintJson(duplicate, true);
    table.Add({Score(duplicate), duplicate.customer().name(), duplicate.customer().display_name(),
               Reasons(duplicate)});
  }
  if (session.json) return absl::OkStatus();
  if (table.empty()) {
    std::cout << "  Nobody that you may see looks like " << customer->display_name() << ".\n";
    return absl::OkStatus();
  }
  std::cout << table.Draw(session.out);
  return absl::OkStatus();
}

absl::Status AllDuplicates(const DuplicatesArguments& arguments, Session& session) {
  Table table(
      {{"score", true}, {"customer"}, {"name", false, 28}, {"and"}, {"name", false, 28}, {"because"}});
  v1::ListDuplicatePairsRequest request;
  request.set_min_score(arguments.min_score);
  int64_t left = arguments.limit;
  do {
    request.set_page_size(static_cast<int32_t>(std::min<int64_t>(left, 1000)));
    const auto page = session.gateway.Call<Duplicates>(&Duplicates::Stub::ListDuplicatePairs, request);
    if (!page.ok()) return page.status();
    for (const v1::DuplicatePair& pair : page->pairs()) {
      if (session.json) session.PrintJson(pair, true);
      const v1::Customer& other = pair.duplicate().customer();
      table.Add({Score(pair.duplicate()), pair.customer().name(), pair.customer().display_name(),
                 other.name(), other.display_name(), Reasons(pair.duplicate())});
    }
    left -= page->pairs_size();
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty() && left > 0);
  if (session.json) return absl::OkStatus();
  if (table.empty()) {
    std::cout << "  No two customers that you may see look the same.\n";
    return absl::OkStatus();
  }
  std::cout << table.Draw(session.out);
  if (!request.page_token().empty()) {
    std::cout << "\n  There may be more; --limit " << arguments.limit * 10 << " shows more.\n";
  }
  return absl::OkStatus();
}

absl::Status Dismiss(const std::string& one, const std::string& other, Session& session) {
  const auto customer = FindCustomer(session.gateway, one);
  if (!customer.ok()) return customer.status();
  const auto second = FindCustomer(session.gateway, other);
  if (!second.ok()) return second.status();
  v1::DismissDuplicateRequest request;
  request.set_name(customer->name());
  request.set_other(second->name());
  request.set_request_id(NewRequestId());
  const auto dismissed = session.gateway.Call<Duplicates>(&Duplicates::Stub::DismissDuplicate, request);
  if (!dismissed.ok()) return dismissed.status();
  if (session.json) {
    session.PrintJson(*dismissed);
  } else {
    std::cout << "  " << Printable(customer->display_name()) << " and " << Printable(second->display_name())
              << " are two, and are not shown as duplicates any more.\n";
  }
  return absl::OkStatus();
}

struct MergeArguments {
  std::string survivor, merged;
  std::vector<std::string> take;
  bool preview = false;
};

std::string Moves(const v1::CustomerMerge& merge) {
  return StrCat(FormatCount(merge.contact_count()), " contacts, ", FormatCount(merge.need_count()),
                " needs, ", FormatCount(merge.interaction_count()), " interactions and ",
                FormatCount(merge.subsidiary_count()), " subsidiaries");
}

absl::Status Merge(const MergeArguments& arguments, Session& session) {
  const auto survivor = FindCustomer(session.gateway, arguments.survivor);
  if (!survivor.ok()) return survivor.status();
  const auto merged = FindCustomer(session.gateway, arguments.merged);
  if (!merged.ok()) return merged.status();
  v1::MergeCustomersRequest request;
  request.set_survivor(survivor->name());
  request.set_merged_customer(merged->name());
  request.set_survivor_etag(survivor->etag());
  request.set_merged_etag(merged->etag());
  for (const std::string& field : arguments.take) request.add_fields_from_merged(field);
  if (arguments.preview) {
    const auto preview = session.gateway.Call<Merges>(&Merges::Stub::PreviewMerge, request);
    if (!preview.ok()) return preview.status();
    if (session.json) {
      session.PrintJson(*preview);
      return absl::OkStatus();
    }
    std::cout << "  " << merged->display_name() << " would become part of " << survivor->display_name()
              << ", with " << Moves(preview->merge()) << ". It would be:\n\n";
    session.PrintJson(preview->survivor());
    std::cout << "\n  Nothing was changed: this was a preview.\n";
    return absl::OkStatus();
  }
  request.set_request_id(NewRequestId());
  const auto merge = session.gateway.Call<Merges>(&Merges::Stub::MergeCustomers, request);
  if (!merge.ok()) return merge.status();
  if (session.json) {
    session.PrintJson(*merge);
  } else {
    std::cout << "  " << merged->display_name() << " is part of " << survivor->display_name() << " now, with "
              << Moves(*merge) << ".\n  `clientele split " << merge->name() << "` undoes it.\n";
  }
  return absl::OkStatus();
}

void PrintRemainders(const v1::SplitCustomersResponse& split) {
  for (const auto& remainder : split.remainders()) {
    const bool survivor = remainder.customer() == split.survivor().name();
    const v1::Customer& customer = survivor ? split.survivor() : split.restored_customer();
    std::cout << "    " << customer.display_name() << ", " << remainder.field() << ": "
              << remainder.description() << "\n";
  }
}

absl::Status Split(const std::string& merge, bool preview, Session& session) {
  v1::SplitCustomersRequest request;
  request.set_name(merge);
  if (!preview) request.set_request_id(NewRequestId());
  const auto split = session.gateway.Call<Merges>(
      preview ? &Merges::Stub::PreviewSplit : &Merges::Stub::SplitCustomers, request);
  if (!split.ok()) return split.status();
  if (session.json) {
    session.PrintJson(*split);
    return absl::OkStatus();
  }
  std::cout << "  " << split->survivor().display_name() << " and "
            << split->restored_customer().display_name() << (preview ? " would be" : " are")
            << " two customers again";
  if (split->remainders().empty()) {
    std::cout << ", as they were.\n";
  } else {
    std::cout << "; what " << (preview ? "could" : "can") << " not be undone:\n";
    PrintRemainders(*split);
  }
  if (preview) std::cout << "  Nothing was changed: this was a preview.\n";
  return absl::OkStatus();
}

absl::Status ListMerges(const std::string& who, Session& session) {
  const auto customer = FindCustomer(session.gateway, who);
  if (!customer.ok()) return customer.status();
  Table table({{"merge"}, {"merged customer"}, {"state"}, {"when"}, {"by", false, 32}});
  v1::ListCustomerMergesRequest request;
  request.set_customer(customer->name());
  do {
    const auto page = session.gateway.Call<Merges>(&Merges::Stub::ListCustomerMerges, request);
    if (!page.ok()) return page.status();
    for (const v1::CustomerMerge& merge : page->customer_merges()) {
      if (session.json) session.PrintJson(merge, true);
      table.Add({merge.name(), merge.merged_customer(),
                 Humanize(v1::CustomerMerge::State_Name(merge.state())), FormatTime(merge.merge_time()),
                 merge.actor()});
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (session.json) return absl::OkStatus();
  std::cout << (table.empty() ? "  Nothing was merged into it.\n" : table.Draw(session.out));
  return absl::OkStatus();
}

}  // namespace

void AddMerge(CLI::App& app, Command* chosen) {
  constexpr char kWho[] = "Its name, its identifier elsewhere as system:id, or customers/…";
  auto asked = std::make_shared<DuplicatesArguments>();
  CLI::App* duplicates = app.add_subcommand("duplicates", "Customers that may be the same");
  duplicates->add_option("CUSTOMER", asked->who, "Those of this one only; default: all pairs");
  duplicates->add_option("--min-score", asked->min_score, "How likely at least, 0 to 1")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  duplicates->add_option("--limit", asked->limit, "At most this many pairs")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  duplicates->require_subcommand(0, 1);
  auto pair = std::make_shared<std::pair<std::string, std::string>>();
  CLI::App* dismiss = duplicates->add_subcommand("dismiss", "Say that two customers are two");
  dismiss->add_option("CUSTOMER", pair->first, kWho)->required();
  dismiss->add_option("OTHER", pair->second, "The one that it was taken for")->required();
  dismiss->callback(
      [=] { *chosen = [pair](Session& session) { return Dismiss(pair->first, pair->second, session); }; });
  duplicates->callback([=] {
    if (!duplicates->get_subcommands().empty()) return;
    *chosen = [asked](Session& session) {
      return asked->who.empty() ? AllDuplicates(*asked, session) : DuplicatesOf(*asked, session);
    };
  });

  auto arguments = std::make_shared<MergeArguments>();
  CLI::App* merge = app.add_subcommand("merge", "Make one customer of two");
  merge->add_option("SURVIVOR", arguments->survivor, kWho)->required();
  merge->add_option("MERGED", arguments->merged, "The one that becomes part of it")->required();
  merge->add_option("--take", arguments->take,
                    "Fields whose value is the merged one's: display_name, owner, …");
  merge->add_flag("--preview", arguments->preview, "Show what would be; change nothing");
  merge->callback([=] { *chosen = [arguments](Session& session) { return Merge(*arguments, session); }; });

  auto name = std::make_shared<std::string>();
  auto preview = std::make_shared<bool>(false);
  CLI::App* split = app.add_subcommand("split", "Undo a merge");
  split->add_option("MERGE", *name, "customerMerges/…, as `merge` and `merges` tell it")->required();
  split->add_flag("--preview", *preview, "Show what would be restored and what could not; change nothing");
  split->callback(
      [=] { *chosen = [name, preview](Session& session) { return Split(*name, *preview, session); }; });

  CLI::App* merges = app.add_subcommand("merges", "What was merged into a customer");
  merges->add_option("CUSTOMER", *name, kWho)->required();
  merges->callback([=] { *chosen = [name](Session& session) { return ListMerges(*name, session); }; });
}

}  // namespace clientele::cli
