#include <algorithm>

#include "cli/commands/picture.h"
#include "cli/render/charts.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

constexpr int kNewest = 10;

// Humanized name of an enum's value, nothing when unspecified.
template <typename Enum>
std::string Name(Enum value, const std::string& name) {
  return static_cast<int>(value) == 0 ? "" : Humanize(name);
}

class Drawing {
 public:
  Drawing(const Picture& picture, const Terminal& terminal) : picture_(picture), terminal_(terminal) {}

  std::string Text() {
    Profile();
    Score();
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
    const customer::v1::Customer& customer = picture_.customer;
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
    const value::v1::Score& score = picture_.score;
    Head("Value",
         score.factors().empty() ? ""
                                 : StrCat("score ", FormatMicros(score.score_micros(), 1), " of 100, tier ",
                                          Humanize(value::v1::Tier_Name(score.tier()))),
         "score");
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

  void Journey() {
    const lifecycle::v1::Journey& journey = picture_.journey;
    Head("Journey",
         journey.stage() == type::v1::STAGE_UNSPECIFIED
             ? ""
             : StrCat(Humanize(type::v1::Stage_Name(journey.stage())), " since ",
                      FormatDay(journey.stage_time()), ", furthest ",
                      Humanize(type::v1::Stage_Name(journey.furthest_stage()))),
         "journey");
    Table table({{"when"}, {"move"}, {"from"}, {"to"}, {"reason", false, 50}});
    for (const auto& move : picture_.transitions.transitions()) {
      table.Add({FormatDay(move.event_time()),
                 Name(move.direction(), lifecycle::v1::Transition::Direction_Name(move.direction())),
                 Name(move.from_stage(), type::v1::Stage_Name(move.from_stage())),
                 Name(move.to_stage(), type::v1::Stage_Name(move.to_stage())),
                 move.reason().empty() ? move.cause() : move.reason()});
    }
    Put(table);
  }

  void Completeness() {
    const customer::v1::Completeness& completeness = picture_.completeness;
    Head("Missing",
         completeness.customer().empty()
             ? ""
             : StrCat(FormatPercent(completeness.share()), " known of what ",
                      Humanize(type::v1::Stage_Name(completeness.stage())), " asks for"),
         "completeness");
    Table table({{"what", false, 60}, {"who supplies it"}, {"part", true}});
    for (const auto& item : completeness.missing_items()) {
      table.Add({item.description(), Name(item.supplier(), type::v1::Department_Name(item.supplier())),
                 FormatPercent(item.share())});
    }
    Put(table);
  }

  void Contacts() {
    Head("Contacts", "", "contacts");
    Table table({{"name", false, 30}, {"title", false, 30}, {"role"}, {"reach", false, 50}});
    for (const auto& contact : picture_.contacts.contacts()) {
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
    Head("Needs", "", "needs");
    Table table({{"what for", false, 44},
                 {"product", false, 34},
                 {"budget", true},
                 {"decision"},
                 {"urgency"},
                 {"state"}});
    for (const auto& need : picture_.needs.needs()) {
      table.Add({need.description(), need.product_interest(),
                 need.has_budget() ? FormatMoney(need.budget()) : "",
                 need.has_decision_date() ? FormatDate(need.decision_date()) : "",
                 Name(need.urgency(), customer::v1::Need::Urgency_Name(need.urgency())),
                 Name(need.state(), customer::v1::Need::State_Name(need.state()))});
    }
    Put(table);
  }

  void Interactions() {
    Head("Last interactions", "", "interactions");
    Table table(
        {{"when"}, {"channel"}, {"direction"}, {"state"}, {"subject", false, 40}, {"outcome", false, 40}});
    for (const auto& talk : picture_.interactions.interactions()) {
      table.Add({FormatTime(talk.event_time()),
                 Name(talk.channel(), customer::v1::Interaction::Channel_Name(talk.channel())),
                 Name(talk.direction(), customer::v1::Interaction::Direction_Name(talk.direction())),
                 Name(talk.state(), customer::v1::Interaction::State_Name(talk.state())), talk.subject(),
                 talk.outcome()});
    }
    Put(table);
  }

  void Opportunities() {
    Head("Opportunities", Newest(picture_.opportunities.opportunities_size()), "opportunities");
    Table table(
        {{"opened"}, {"what", false, 44}, {"step"}, {"%", true}, {"amount", true}, {"closes"}, {"lost for"}});
    for (int i = First(picture_.opportunities.opportunities_size());
         i < picture_.opportunities.opportunities_size(); ++i) {
      const auto& deal = picture_.opportunities.opportunities(i);
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
    Head("Orders", Newest(picture_.orders.orders_size()), "orders");
    Table table({{"when"}, {"order"}, {"lines", true}, {"total", true}, {"paid", true}, {"due"}, {"state"}});
    for (int i = First(picture_.orders.orders_size()); i < picture_.orders.orders_size(); ++i) {
      const auto& order = picture_.orders.orders(i);
      table.Add({FormatDay(order.order_time()), order.name(), StrCat(order.lines_size()),
                 FormatMoney(order.total()), order.has_paid() ? FormatMoney(order.paid()) : "",
                 order.has_due_date() ? FormatDate(order.due_date()) : "",
                 Name(order.state(), lifecycle::v1::Order::State_Name(order.state()))});
    }
    Put(table);
  }

  static int First(int size) { return std::max(0, size - kNewest); }
  static std::string Newest(int size) {
    return size > kNewest ? StrCat("the last ", kNewest, " of ", size) : "";
  }

  void Fact(std::string_view what, std::string_view value) {
    if (!value.empty()) text_ += StrCat("  ", terminal_.Dim(PadRight(what, 14)), Printable(value), "\n");
  }

  void Head(std::string_view title, std::string_view detail, const std::string& part) {
    text_ += StrCat("\n  ", terminal_.Bold(title), detail.empty() ? "" : "  ", detail, "\n");
    nothing_ = "  none\n";
    if (const auto missing = picture_.missing.find(part); missing != picture_.missing.end()) {
      nothing_ = StrCat("  not to be had: ", Printable(missing->second), "\n");
      if (part == "score") text_ += nothing_;
    }
  }

  void Put(const Table& table) { text_ += table.empty() ? terminal_.Dim(nothing_) : table.Draw(terminal_); }

  const Picture& picture_;
  const Terminal& terminal_;
  std::string text_, nothing_;
};

}  // namespace

std::string Draw(const Picture& picture, const Terminal& terminal) {
  return Drawing(picture, terminal).Text();
}

}  // namespace clientele::cli
