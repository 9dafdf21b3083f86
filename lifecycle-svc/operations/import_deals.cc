#include <algorithm>
#include <utility>

#include <google/protobuf/util/message_differencer.h>

#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/import_batch.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/field_mask.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

// The records of opportunities.
namespace clientele::lifecycle {

using servicekit::InvalidField;
using servicekit::NameOf;
using servicekit::StrCat;
using type::v1::ImportResult;

absl::StatusOr<v1::Opportunity> ImportBatch::ChangeOf(const ImportItem& item) {
  v1::Opportunity change = item.record->opportunity().opportunity();
  change.clear_customer();
  if (item.owner.has_value()) {
    const std::optional<Id> owner = references_.FindRepresentative(*item.owner);
    if (!owner.has_value()) return InvalidField("opportunity.owner", "there is no such representative");
    change.set_owner(NameOf("representatives", *owner));
  }
  if (item.products.front().has_value()) {
    const absl::StatusOr<Id> product = ProductOf("opportunity.product", *item.products.front());
    if (!product.ok()) return product.status();
    change.set_product(NameOf("products", *product));
  }
  for (size_t i = 1; i < item.products.size(); ++i) {
    if (!item.products[i].has_value()) continue;
    const absl::StatusOr<Id> product =
        ProductOf(StrCat("opportunity.line_products[", i - 1, "]"), *item.products[i]);
    if (!product.ok()) return product.status();
    change.mutable_lines(static_cast<int>(i) - 1)->set_product(NameOf("products", *product));
  }
  if (change.has_open_time()) {
    const absl::StatusOr<absl::Time> time =
        servicekit::FromProto("opportunity.opportunity.open_time", change.open_time());
    if (!time.ok()) return time.status();
    *change.mutable_open_time() = servicekit::ToProto(*time);  // To the microsecond, as it is compared.
  }
  return change;
}

absl::StatusOr<bool> ImportBatch::TellsTheSame(const Opportunity& closed, const v1::Opportunity& change) {
  const v1::Opportunity stored = Encode(closed);
  v1::Opportunity merged = stored, told = change;
  // Lines leave open what follows from their products, and whoever it was lost to was added to the
  // competitors.
  told.clear_lines();
  told.clear_competitors();
  if (absl::Status status = servicekit::ApplyMask({}, told, &merged); !status.ok()) return status;
  if (!google::protobuf::util::MessageDifferencer::Equals(merged, stored)) return false;
  for (const v1::Opportunity::Competitor& competitor : change.competitors()) {
    const auto is_it = [&](const Competitor& known) {
      return known.display_name == competitor.display_name() && known.note == competitor.note();
    };
    if (std::none_of(closed.competitors.begin(), closed.competitors.end(), is_it)) return false;
  }
  if (change.lines().empty()) return true;
  Violations violations;
  Opportunity lines;
  lines.lines = DecodeLines(violations, "opportunity.opportunity.lines", change.lines());
  if (!violations.empty()) return violations.status();
  const absl::StatusOr<Opportunity> whole = deals_.Completed(std::move(lines));
  if (!whole.ok()) return servicekit::UnderField(whole.status(), "opportunity.opportunity.");
  return whole->lines == closed.lines;
}

absl::StatusOr<ImportBatch::Taken> ImportBatch::TakeOpportunity(const ImportItem& item) {
  const v1::OpportunityRecord& record = item.record->opportunity();
  const absl::StatusOr<Id> customer = Customer("opportunity.customer", *item.customer);
  if (!customer.ok()) return customer.status();
  absl::StatusOr<v1::Opportunity> change = ChangeOf(item);
  if (!change.ok()) return change.status();

  Violations violations;
  const bool won = change->step() == v1::Opportunity::WON, lost = change->step() == v1::Opportunity::LOST;
  Deals::Winning winning;
  LostDetails details;
  if (won || lost) {
    if (!record.has_close_time()) violations.Add("opportunity.close_time", "is required with WON and LOST");
    winning.close_time = DecodePast(violations, "opportunity.close_time", record.has_close_time(),
                                    record.close_time(), work_.now());
    if (record.has_due_date())
      winning.due_date = DecodeDate(violations, "opportunity.due_date", record.due_date());
    if (lost) {
      details =
          DecodeLost(violations, "opportunity.", record.lost_reason(), record.lost_note(), record.lost_to());
    }
  }

  Opportunity* existing = work_.opportunities.Find(*item.external_id);
  if (existing != nullptr) {
    const std::string name = NameOf("opportunities", existing->id);
    if (existing->customer != work_.Resolve(*customer))
      return InvalidField("opportunity.customer", StrCat("cannot be changed of ", name));
    if (!violations.empty()) return violations.status();
    if (IsClosed(existing->step)) {
      const absl::StatusOr<bool> same = TellsTheSame(*existing, *change);
      if (!same.ok()) return same.status();
      const bool closed_alike =
          (!(won || lost) || winning.close_time == existing->close_time) &&
          (!lost || (details.reason == existing->lost_reason && details.note == existing->lost_note &&
                     details.lost_to == existing->lost_to));
      if (!*same || !closed_alike) return Differs(name);
      return Taken{ImportResult::UNCHANGED, name};
    }
  }
  if (won || lost) {
    change->clear_step();
    change->clear_probability_percent();
    change->clear_forecast_category();
  }
  Opportunity next;
  if (existing == nullptr) {
    next = DecodeOpportunity(violations, "opportunity.opportunity", *change, work_.now());
    if (!violations.empty()) return violations.status();
    next.customer = *customer;
    // Nobody said when it was opened: at the latest when it was closed.
    if (!change->has_open_time() && (won || lost)) next.open_time = winning.close_time;
  } else {
    absl::StatusOr<Opportunity> merged =
        MergeOpportunity(*existing, *change, {}, "opportunity.opportunity", work_.now());
    if (!merged.ok()) return merged.status();
    next = *std::move(merged);
  }
  absl::StatusOr<Opportunity> whole = deals_.Completed(std::move(next));
  if (!whole.ok()) return servicekit::UnderField(whole.status(), "opportunity.opportunity.");
  next = *std::move(whole);
  // Checked before anything is done, since a refused record does nothing.
  absl::Status status;
  if (won) status = deals_.CheckWin(next, winning);
  if (lost) status = deals_.CheckLose(next, winning.close_time);
  if (!status.ok()) return servicekit::UnderField(status, "opportunity.");

  const bool created = existing == nullptr, changed = created || next != *existing;
  if (created) {
    const absl::StatusOr<Opportunity*> opened = deals_.Open(std::move(next));
    if (!opened.ok()) return opened.status();
    existing = *opened;
  } else if (changed) {
    // What a record of a closed deal tells was known when it was closed, at the latest.
    status = deals_.Change(*existing, std::move(next), won || lost ? winning.close_time : work_.now());
  }
  if (status.ok() && won) status = deals_.Win(*existing, winning);
  if (status.ok() && lost) status = deals_.Lose(*existing, details, winning.close_time);
  if (!status.ok()) return status;
  return Taken{created                  ? ImportResult::CREATED
               : changed || won || lost ? ImportResult::UPDATED
                                        : ImportResult::UNCHANGED,
               NameOf("opportunities", existing->id)};
}

}  // namespace clientele::lifecycle
