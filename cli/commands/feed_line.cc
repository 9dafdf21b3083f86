#include "cli/commands/feed_line.h"

#include "cli/render/text.h"
#include "clientele/customer/v1/customer_feed.pb.h"
#include "clientele/lifecycle/v1/lifecycle_feed.pb.h"
#include "clientele/value/v1/value_feed.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using google::protobuf::Any;
using servicekit::StrCat;

std::string About(const customer::v1::CustomerChanged& event) { return event.display_name(); }
std::string About(const customer::v1::InteractionLogged& event) {
  return StrCat(Humanize(event.channel()), event.held() ? "" : ", not held");
}
std::string About(const customer::v1::TeamChanged& event) { return event.team().display_name(); }
std::string About(const customer::v1::RepresentativeChanged& event) {
  return event.representative().display_name();
}
std::string About(const lifecycle::v1::OrderPlaced& event) { return FormatMoney(event.order().total()); }
std::string About(const lifecycle::v1::PaymentReceived& event) {
  return FormatMoney(event.payment().amount());
}
std::string About(const lifecycle::v1::OpportunityChanged& event) {
  const auto& deal = event.opportunity();
  return StrCat(Humanize(lifecycle::v1::Opportunity::Step_Name(deal.step())), ", ",
                FormatMoney(deal.amount()), "  ", deal.display_name());
}
std::string About(const lifecycle::v1::ReferralRecorded& event) {
  return StrCat(event.referral().influence_percent(), " % of ", event.referral().opportunity());
}
std::string About(const lifecycle::v1::JourneyChanged& event) {
  return Humanize(type::v1::Stage_Name(event.journey().stage()));
}
std::string About(const value::v1::TierChanged& event) {
  const auto name = [](value::v1::Tier tier) {
    return tier == value::v1::TIER_UNSPECIFIED ? std::string("new") : Humanize(value::v1::Tier_Name(tier));
  };
  return StrCat(name(event.from_tier()), " → ", name(event.to_tier()), ", score ",
                FormatMicros(event.score_micros(), 1));
}

template <typename Event>
bool Try(const Any& any, std::string* text) {
  Event event;
  if (!any.UnpackTo(&event)) return false;
  *text = About(event);
  return true;
}

template <typename... Events>
std::string AboutAny(const Any& any) {
  std::string text;
  (Try<Events>(any, &text) || ...);
  return text;
}

}  // namespace

std::string FeedLine(const type::v1::FeedEntry& entry, const Terminal& terminal) {
  const std::string& url = entry.event().type_url();
  const std::string about =
      AboutAny<customer::v1::CustomerChanged, customer::v1::InteractionLogged, customer::v1::TeamChanged,
               customer::v1::RepresentativeChanged, lifecycle::v1::OrderPlaced,
               lifecycle::v1::PaymentReceived, lifecycle::v1::OpportunityChanged,
               lifecycle::v1::ReferralRecorded, lifecycle::v1::JourneyChanged, value::v1::TierChanged>(
          entry.event());
  return StrCat(terminal.Dim(PadLeft(StrCat(entry.position()), 8)), "  ", FormatTime(entry.event_time()),
                "  ", terminal.Dim(PadRight(entry.customer(), 36)), "  ",
                terminal.Coloured(74, PadRight(Printable(url.substr(url.rfind('.') + 1)), 20)), "  ",
                Printable(about));
}

}  // namespace clientele::cli
