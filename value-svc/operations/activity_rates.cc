#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/operations/apply_feeds.h"

namespace clientele::value {
namespace {

struct NamedChannel {
  std::string_view name;
  Channel channel;
  int64_t rate;
};
// What an hour of work costs about 60; travel makes a visit dear, a message takes two minutes.
constexpr NamedChannel kChannels[] = {
    {"CALL", Channel::kCall, 10},    {"MEETING", Channel::kMeeting, 60}, {"EMAIL", Channel::kEmail, 3},
    {"VISIT", Channel::kVisit, 150}, {"EVENT", Channel::kEvent, 100},    {"MESSAGE", Channel::kMessage, 2},
    {"NOTE", Channel::kNote, 0},
};

}  // namespace

ActivityRates::ActivityRates() {
  for (const NamedChannel& channel : kChannels) {
    rates_[channel.channel] = Decimal::FromMicros(absl::int128{channel.rate} * 1'000'000);
  }
}

absl::StatusOr<ActivityRates> ActivityRates::Parse(const std::string& text) {
  ActivityRates rates;
  const std::vector<std::string> pieces = absl::StrSplit(text, ',', absl::SkipEmpty());
  for (const std::string& piece : pieces) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(piece, absl::MaxSplits('=', 1));
    const Channel channel = ChannelNamed(pair.first);
    const absl::StatusOr<Decimal> rate = Decimal::Parse(pair.second);
    if (channel == Channel::kNone || !rate.ok() || *rate < Decimal()) {
      return servicekit::InvalidField("activity_rates",
                                      servicekit::StrCat("`", piece, "` is not CHANNEL=AMOUNT"));
    }
    rates.rates_[channel] = *rate;
  }
  return rates;
}

Decimal ActivityRates::Of(Channel channel) const {
  const auto found = rates_.find(channel);
  return found == rates_.end() ? Decimal() : found->second;
}

Channel ChannelNamed(std::string_view name) {
  for (const NamedChannel& channel : kChannels) {
    if (channel.name == name) return channel.channel;
  }
  return Channel::kNone;
}

std::string_view ChannelName(Channel channel) {
  for (const NamedChannel& named : kChannels) {
    if (named.channel == channel) return named.name;
  }
  return "";
}

}  // namespace clientele::value
