#include <algorithm>

#include "cli/commands/picture.h"
#include "cli/render/charts.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

using gateway::v1::Customer360;

// Humanized name of an enum's value, nothing when unspecified.
template <typename Enum>
std::string Name(Enum value, const std::string& name) {
  return static_cast<int>(value) == 0 ? "" : Humanize(name);
}

class Drawing {
 public:
  Drawing(const Picture& picture, const Terminal& terminal)
      : picture_(picture), known_(picture.known), terminal_(terminal) {}

  std::string Text() {
    Profile();
    Score();
    TierChanges();
    Recommendations();
    Journey();
    Completeness();
    Contacts();
    Needs();
    Interactions();
    Opportunities();
    Orders();
    return std::move(text_);
  }

 private:
  void Profile() {
    const customer::v1::Customer& customer = known_.customer();
    text_ += StrCat("  ", terminal_.Bold(Printable(customer.display_name())), "  ",
                    terminal_.Dim(customer.name()), "\n\n");
    Fact("type", Name(customer.type(), customer::v1::Customer::Type_Name(customer.type())));
    Fact("industry", customer.industry());
    Fact("registration", customer.registration_number());
    if (customer.employee_count() > 0) Fact("employees", FormatCount(customer.employee_count()));
    if (customer.has_annual_revenue()) Fact("revenue", FormatMoney(customer.annual_revenue()));
    if (customer.founded_year() > 0) Fact("founded", StrCat(customer.founded_year()));
    Fact("source", customer.source());
    for (const auto& address : customer.addresses()) {
      std::string place;
      for (const std::string* part :
           {&address.lines(), &address.postal_code(), &address.locality(), &address.region_code()}) {
        if (!part->empty()) servicekit::StrAppend(&place, place.empty() ? "" : ", ", *part);
      }
      Fact(address.label().empty() ? "address" : address.label(), place);
    }
    for (const auto& point : customer.contact_points()) {
      Fact(Humanize(customer::v1::ContactPoint::Kind_Name(point.kind())), point.value());
    }
    for (const auto& id : customer.external_ids()) Fact("known as", StrCat(id.system(), ":", id.id()));
    std::string tags;
    for (const std::string& tag : customer.tags())
      servicekit::StrAppend(&tags, tags.empty() ? "" : ", ", tag);
    Fact("tags", tags);
    Fact("owner", picture_.owner.empty() ? "nobody: in the pool" : picture_.owner);
    Fact("team", picture_.team);
    Fact("belongs to", picture_.parent);
  }

  void Score() {
    const value::v1::Score& score = known_.score();
    Head("Value",
         score.factors().empty() ? ""
                                 : StrCat("score ", FormatMicros(score.score_micros(), 1), " of 100, tier ",
                                          Humanize(value::v1::Tier_Name(score.tier()))),
         Customer360::SCORE);
    if (score.factors().empty()) return;
    Table table({{"factor"}, {"", false, 20}, {"score", true}, {"weight", true}, {"adds", true}});
    for (const auto& factor : score.factors()) {
      table.Add({Humanize(value::v1::Factor_Name(factor.factor())),
                 BarFromLeft(static_cast<double>(factor.score_micros()) / 100e6, 16),
                 FormatMicros(factor.score_micros(), 1),
                 FormatPercent(static_cast<double>(factor.weight_micros()) / 1e6),
                 StrCat(factor.contribution_micros() > 0 ? "+" : "",
                        FormatMicros(factor.contribution_micros(), 2))});
    }
    text_ += table.Draw(terminal_);
    for (const auto& factor : score.factors()) {
      if (factor.explanation().empty()) continue;
      const std::string name = Humanize(value::v1::Factor_Name(factor.factor()));
      text_ += StrCat(terminal_.Dim(StrCat("    ", name, ": ", Printable(factor.explanation()))), "\n");
    }
  }

  void TierChanges() {
    Table table({{"since"}, {"from"}, {"to"}, {"score", true}, {"driven by"}});
    for (const auto& change : known_.tier_changes()) {
      table.Add({FormatDay(change.as_of_time()),
                 Name(change.from_tier(), value::v1::Tier_Name(change.from_tier())),
                 Name(change.to_tier(), value::v1::Tier_Name(change.to_tier())),
                 FormatMicros(change.to_score_micros(), 1),
                 Name(change.driver(), value::v1::Factor_Name(change.driver()))});
    }
    Head("Tiers", Newest(known_.tier_changes_size(), Customer360::TIER_CHANGES), Customer360::TIER_CHANGES);
    Put(table);
  }

  void Recommendations() {
    Head("Recommended now", "", Customer360::RECOMMENDATIONS);
    Table table({{"what to do", false, 50}, {"goal"}, {"department"}, {"because", false, 70}});
    for (const auto& recommendation : known_.recommendations()) {
      table.Add({recommendation.recommended_action(), Humanize(value::v1::Goal_Name(recommendation.goal())),
                 Name(recommendation.department(), type::v1::Department_Name(recommendation.department())),
                 recommendation.reason()});
    }
    Put(table);
  }

  void Journey() {
    const lifecycle::v1::Journey& journey = known_.journey();
    Head("Journey",
         journey.stage() == type::v1::STAGE_UNSPECIFIED
             ? ""
             : StrCat(Humanize(type::v1::Stage_Name(journey.stage())), " since ",
                      FormatDay(journey.stage_time()), ", furthest ",
                      Humanize(type::v1::Stage_Name(journey.furthest_stage()))),
         Customer360::JOURNEY);
    Table table({{"when"}, {"move"}, {"from"}, {"to"}, {"reason", false, 50}});
    for (const auto& move : known_.transitions()) {
      table.Add({FormatDay(move.event_time()),
                 Name(move.direction(), lifecycle::v1::Transition::Direction_Name(move.direction())),
                 Name(move.from_stage(), type::v1::Stage_Name(move.from_stage())),
                 Name(move.to_stage(), type::v1::Stage_Name(move.to_stage())),
                 move.reason().empty() ? move.cause() : move.reason()});
    }
    Put(table);
  }

  void Completeness() {
    const customer::v1::Completeness& completeness = known_.next_stage_completeness();
    Head("Missing",
         completeness.customer().empty()
             ? ""
             : StrCat(FormatPercent(completeness.share()), " known of what ",
                      Humanize(type::v1::Stage_Name(completeness.stage())), " asks for"),
         Customer360::NEXT_STAGE_COMPLETENESS);
    Table table({{"what", false, 60}, {"who supplies it"}, {"part", true}});
    for (const auto& item : completeness.missing_items()) {
      table.Add({item.description(), Name(item.supplier(), type::v1::Department_Name(item.supplier())),
                 FormatPercent(item.share())});
    }
    Put(table);
  }

  void Contacts() {
    Head("Contacts", "", Customer360::CONTACTS);
    Table table({{"name", false, 30}, {"title", false, 30}, {"role"}, {"reach", false, 50}});
    for (const auto& contact : known_.contacts()) {
      std::string reach;
      for (const auto& point : contact.contact_points())
        servicekit::StrAppend(&reach, reach.empty() ? "" : ", ", point.value());
      table.Add({contact.display_name(), contact.job_title(),
                 Name(contact.buying_role(), customer::v1::Contact::BuyingRole_Name(contact.buying_role())),
                 reach});
    }
    Put(table);
  }

  void Needs() {
    Head("Needs", "", Customer360::NEEDS);
    Table table({{"what for", false, 44},
                 {"product", false, 34},
                 {"budget", true},
                 {"decision"},
                 {"urgency"},
                 {"state"}});
    for (const auto& need : known_.needs()) {
      table.Add({need.description(), need.product_interest(),
                 need.has_budget() ? FormatMoney(need.budget()) : "",
                 need.has_decision_date() ? FormatDate(need.decision_date()) : "",
                 Name(need.urgency(), customer::v1::Need::Urgency_Name(need.urgency())),
                 Name(need.state(), customer::v1::Need::State_Name(need.state()))});
    }
    Put(table);
  }

  void Interactions() {
    Head("Last interactions", "", Customer360::INTERACTIONS);
    Table table(
        {{"when"}, {"channel"}, {"direction"}, {"state"}, {"subject", false, 40}, {"outcome", false, 40}});
    for (const auto& talk : known_.interactions()) {
      table.Add({FormatTime(talk.event_time()),
                 Name(talk.channel(), customer::v1::Interaction::Channel_Name(talk.channel())),
                 Name(talk.direction(), customer::v1::Interaction::Direction_Name(talk.direction())),
                 Name(talk.state(), customer::v1::Interaction::State_Name(talk.state())), talk.subject(),
                 talk.outcome()});
    }
    Put(table);
  }

  void Opportunities() {
    Head("Opportunities", Newest(known_.opportunities_size(), Customer360::OPPORTUNITIES),
         Customer360::OPPORTUNITIES);
    Table table(
        {{"opened"}, {"what", false, 44}, {"step"}, {"%", true}, {"amount", true}, {"closes"}, {"lost for"}});
    for (const auto& deal : known_.opportunities()) {
      const std::string closes = deal.has_close_time()            ? FormatDay(deal.close_time())
                                 : deal.has_expected_close_date() ? FormatDate(deal.expected_close_date())
                                                                  : "";
      table.Add({FormatDay(deal.open_time()), deal.display_name(),
                 Humanize(lifecycle::v1::Opportunity::Step_Name(deal.step())),
                 StrCat(deal.probability_percent()), deal.has_amount() ? FormatMoney(deal.amount()) : "",
                 closes,
                 Name(deal.lost_reason(), lifecycle::v1::Opportunity::LostReason_Name(deal.lost_reason()))});
    }
    Put(table);
  }

  void Orders() {
    Head("Orders", Newest(known_.orders_size(), Customer360::ORDERS), Customer360::ORDERS);
    Table table({{"when"}, {"order"}, {"lines", true}, {"total", true}, {"paid", true}, {"due"}, {"state"}});
    for (const auto& order : known_.orders()) {
      table.Add({FormatDay(order.order_time()), order.name(), StrCat(order.lines_size()),
                 FormatMoney(order.total()), order.has_paid() ? FormatMoney(order.paid()) : "",
                 order.has_due_date() ? FormatDate(order.due_date()) : "",
                 Name(order.state(), lifecycle::v1::Order::State_Name(order.state()))});
    }
    Put(table);
  }

  // Where the list goes on.
  std::string Newest(int size, Customer360::Part part) const {
    const auto& longer = known_.longer_parts();
    return std::find(longer.begin(), longer.end(), part) == longer.end() ? "" : StrCat("the last ", size);
  }

  void Fact(std::string_view what, std::string_view value) {
    if (!value.empty()) text_ += StrCat("  ", terminal_.Dim(PadRight(what, 14)), Printable(value), "\n");
  }

  void Head(std::string_view title, std::string_view detail, Customer360::Part part) {
    text_ += StrCat("\n  ", terminal_.Bold(title), detail.empty() ? "" : "  ", detail, "\n");
    nothing_ = "  none\n";
    for (const auto& missing : known_.missing_parts()) {
      if (missing.part() != part) continue;
      nothing_ = StrCat("  not to be had: ", Printable(missing.message()), "\n");
      if (part == Customer360::SCORE) text_ += nothing_;
    }
  }

  void Put(const Table& table) { text_ += table.empty() ? terminal_.Dim(nothing_) : table.Draw(terminal_); }

  const Picture& picture_;
  const Customer360& known_;
  const Terminal& terminal_;
  std::string text_, nothing_;
};

}  // namespace

std::string Draw(const Picture& picture, const Terminal& terminal) {
  return Drawing(picture, terminal).Text();
}

}  // namespace clientele::cli
