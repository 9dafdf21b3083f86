#ifndef CLIENTELE_CLI_COMMANDS_PICTURE_H_
#define CLIENTELE_CLI_COMMANDS_PICTURE_H_

#include <map>
#include <string>

#include "cli/connection/gateway.h"
#include "cli/render/terminal.h"
#include "clientele/customer/v1/completeness_service.pb.h"
#include "clientele/customer/v1/customer_service.pb.h"
#include "clientele/lifecycle/v1/journey_service.pb.h"
#include "clientele/lifecycle/v1/opportunity_service.pb.h"
#include "clientele/lifecycle/v1/order_service.pb.h"
#include "clientele/value/v1/score_service.pb.h"

// The whole picture of one customer, put together from all services.
namespace clientele::cli {

struct Picture {
  customer::v1::Customer customer;
  std::string owner, team, parent;  // What they are called.
  customer::v1::ListContactsResponse contacts;
  customer::v1::ListNeedsResponse needs;
  customer::v1::ListInteractionsResponse interactions;  // The last ones.
  lifecycle::v1::Journey journey;
  customer::v1::Completeness completeness;  // For the stage that comes next.
  lifecycle::v1::ListTransitionsResponse transitions;
  lifecycle::v1::ListOpportunitiesResponse opportunities;
  lifecycle::v1::ListOrdersResponse orders;
  value::v1::Score score;
  // Parts that could not be had, and why: one service that is down hides its part only.
  std::map<std::string, std::string> missing;
};

Picture FetchPicture(Gateway& gateway, customer::v1::Customer customer);
std::string Draw(const Picture& picture, const Terminal& terminal);
std::string ToJson(const Picture& picture);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_COMMANDS_PICTURE_H_
