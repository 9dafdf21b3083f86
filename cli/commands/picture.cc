#include "cli/commands/picture.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "cli/commands/find.h"
#include "clientele/customer/v1/completeness_service.grpc.pb.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/customer/v1/team_service.grpc.pb.h"
#include "clientele/lifecycle/v1/journey_service.grpc.pb.h"
#include "clientele/lifecycle/v1/opportunity_service.grpc.pb.h"
#include "clientele/lifecycle/v1/order_service.grpc.pb.h"
#include "clientele/value/v1/score_service.grpc.pb.h"
#include "nlohmann/json.hpp"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

constexpr int kPage = 1000, kInteractions = 10;

// Fetches one part, or notes why not.
template <typename Service, typename Request, typename Response>
void Fetch(Gateway& gateway, const std::string& part, const Request& request, Picture* picture,
           Response* response,
           grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Response*)) {
  absl::StatusOr<Response> fetched = gateway.Call<Service>(method, request);
  if (fetched.ok()) {
    *response = *std::move(fetched);
  } else {
    picture->missing[part] = std::string(fetched.status().message());
  }
}

// What the thing of this resource name is called; the name itself when that cannot be had.
template <typename Service, typename Request, typename Response>
std::string NameOf(Gateway& gateway, const std::string& name, Request request,
                   grpc::Status (Service::Stub::*get)(grpc::ClientContext*, const Request&, Response*)) {
  if (name.empty()) return "";
  request.set_name(name);
  const absl::StatusOr<Response> found = gateway.Call<Service>(get, request);
  return found.ok() ? found->display_name() : name;
}

// The stage that whoever looks after the customer works towards.
type::v1::Stage NextStage(const lifecycle::v1::Journey& journey) {
  const bool beside = journey.stage() == type::v1::LOST || journey.stage() == type::v1::DORMANT;
  const int stage = beside ? journey.furthest_stage() : journey.stage() + 1;
  return static_cast<type::v1::Stage>(std::clamp<int>(stage, type::v1::TARGET, type::v1::REPURCHASE));
}

nlohmann::ordered_json Json(const google::protobuf::Message& message) {
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text).ok()) return nullptr;
  return nlohmann::ordered_json::parse(text, nullptr, false);
}

}  // namespace

Picture FetchPicture(Gateway& gateway, customer::v1::Customer customer) {
  Picture picture;
  const std::string name = customer.name();
  picture.customer = std::move(customer);
  picture.owner = NameOf<customer::v1::TeamService>(gateway, picture.customer.owner(),
                                                    customer::v1::GetRepresentativeRequest(),
                                                    &customer::v1::TeamService::Stub::GetRepresentative);
  picture.team =
      NameOf<customer::v1::TeamService>(gateway, picture.customer.team(), customer::v1::GetTeamRequest(),
                                        &customer::v1::TeamService::Stub::GetTeam);
  picture.parent = NameOf<customer::v1::CustomerService>(gateway, picture.customer.parent(),
                                                         customer::v1::GetCustomerRequest(),
                                                         &customer::v1::CustomerService::Stub::GetCustomer);
  const auto of_customer = [&](auto request, int size) {
    request.set_parent(name);
    request.set_page_size(size);
    return request;
  };
  const auto filtered = [&](auto request) {
    request.set_page_size(kPage);
    request.set_filter(EqualsFilter("customer", name));
    return request;
  };
  const auto named = [&](auto request, std::string_view child) {
    request.set_name(StrCat(name, child));
    return request;
  };
  using customer::v1::CustomerService;
  using lifecycle::v1::JourneyService;
  using lifecycle::v1::OpportunityService;
  using lifecycle::v1::OrderService;
  using value::v1::ScoreService;
  Fetch<CustomerService>(gateway, "contacts", of_customer(customer::v1::ListContactsRequest(), kPage),
                         &picture, &picture.contacts, &CustomerService::Stub::ListContacts);
  Fetch<CustomerService>(gateway, "needs", of_customer(customer::v1::ListNeedsRequest(), kPage), &picture,
                         &picture.needs, &CustomerService::Stub::ListNeeds);
  Fetch<CustomerService>(gateway, "interactions",
                         of_customer(customer::v1::ListInteractionsRequest(), kInteractions), &picture,
                         &picture.interactions, &CustomerService::Stub::ListInteractions);
  Fetch<JourneyService>(gateway, "journey", named(lifecycle::v1::GetJourneyRequest(), "/journey"), &picture,
                        &picture.journey, &JourneyService::Stub::GetJourney);
  customer::v1::CheckCompletenessRequest check;
  check.set_name(name);
  check.set_stage(NextStage(picture.journey));
  Fetch<customer::v1::CompletenessService>(gateway, "completeness", check, &picture, &picture.completeness,
                                           &customer::v1::CompletenessService::Stub::CheckCompleteness);
  Fetch<JourneyService>(gateway, "transitions", of_customer(lifecycle::v1::ListTransitionsRequest(), kPage),
                        &picture, &picture.transitions, &JourneyService::Stub::ListTransitions);
  Fetch<OpportunityService>(gateway, "opportunities", filtered(lifecycle::v1::ListOpportunitiesRequest()),
                            &picture, &picture.opportunities, &OpportunityService::Stub::ListOpportunities);
  Fetch<OrderService>(gateway, "orders", filtered(lifecycle::v1::ListOrdersRequest()), &picture,
                      &picture.orders, &OrderService::Stub::ListOrders);
  Fetch<ScoreService>(gateway, "score", named(value::v1::GetScoreRequest(), "/score"), &picture,
                      &picture.score, &ScoreService::Stub::GetScore);
  return picture;
}

std::string ToJson(const Picture& picture) {
  nlohmann::ordered_json json;
  json["customer"] = Json(picture.customer);
  const auto list = [&](const char* part, const google::protobuf::Message& page) {
    const nlohmann::ordered_json fields = Json(page);
    json[part] = fields.contains(part) ? fields[part] : nlohmann::ordered_json::array();
  };
  list("contacts", picture.contacts);
  list("needs", picture.needs);
  list("interactions", picture.interactions);
  json["journey"] = Json(picture.journey);
  json["completeness"] = Json(picture.completeness);
  list("transitions", picture.transitions);
  list("opportunities", picture.opportunities);
  list("orders", picture.orders);
  json["score"] = Json(picture.score);
  for (const auto& [part, why] : picture.missing) json["missing"][part] = why;
  return json.dump(1);
}

}  // namespace clientele::cli
