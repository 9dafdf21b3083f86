#ifndef CUSTOMER_SVC_DOMAIN_INTERACTION_H_
#define CUSTOMER_SVC_DOMAIN_INTERACTION_H_

#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/time/time.h"
#include "customer-svc/domain/fields.h"
#include "customer-svc/domain/reference.h"
#include "servicekit/types/error.h"
#include "servicekit/types/id.h"

namespace clientele::customer {

enum class Channel {
  kUnspecified = 0,
  kCall = 1,
  kMeeting = 2,
  kEmail = 3,
  kVisit = 4,
  kEvent = 5,
  kMessage = 6,
  kNote = 7,
};
enum class Direction { kUnspecified = 0, kInbound = 1, kOutbound = 2 };
enum class InteractionState { kUnspecified = 0, kPlanned = 1, kHeld = 2, kNotHeld = 3 };

// One contact with the customer.
struct Interaction {
  servicekit::Id id;
  servicekit::Id customer;
  Channel channel = Channel::kUnspecified;
  Direction direction = Direction::kUnspecified;
  std::optional<absl::Time> event_time;
  std::string subject;
  std::string outcome;
  InteractionState state = InteractionState::kUnspecified;
  std::optional<servicekit::Id> representative;
  std::optional<ExternalId> external_id;
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  static constexpr auto Fields() {
    return std::make_tuple(
        Field{"channel", &Interaction::channel}, Field{"direction", &Interaction::direction},
        Field{"event_time", &Interaction::event_time}, Field{"subject", &Interaction::subject},
        Field{"outcome", &Interaction::outcome}, Field{"state", &Interaction::state},
        Field{"representative", &Interaction::representative},
        Field{"external_id", &Interaction::external_id});
  }
};

// It was held, and by the caller, unless said otherwise.
void SetDefaults(Interaction& interaction, const std::optional<servicekit::Id>& caller);
void Check(servicekit::Violations& violations, std::string_view prefix, const Interaction& interaction);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_INTERACTION_H_
