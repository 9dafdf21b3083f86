#include "gateway/customer360/customer360_server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bitset>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "clientele/customer/v1/completeness_service.pb.h"
#include "clientele/customer/v1/customer_service.pb.h"
#include "clientele/customer/v1/timeline_service.pb.h"
#include "clientele/lifecycle/v1/journey_service.pb.h"
#include "clientele/lifecycle/v1/opportunity_service.pb.h"
#include "clientele/lifecycle/v1/order_service.pb.h"
#include "clientele/value/v1/policy_service.pb.h"
#include "clientele/value/v1/score_history_service.pb.h"
#include "clientele/value/v1/score_service.pb.h"
#include "gateway/ask/ask.h"
#include "servicekit/rpc/status.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

using Part = v1::Customer360::Part;
using servicekit::StrCat;

constexpr char kSuffix[] = "/customer360";
constexpr int kDefaultListSize = 20;
constexpr int kMaxListSize = 200;

// The stage whose requirements come next; unspecified where nothing does.
type::v1::Stage NextStage(const lifecycle::v1::Journey& journey) {
  switch (journey.stage()) {
    case type::v1::TARGET:
      return type::v1::LEAD;
    case type::v1::LEAD:
      return type::v1::OPPORTUNITY;
    case type::v1::OPPORTUNITY:
      return type::v1::ORDER;
    case type::v1::ORDER:
    case type::v1::REPURCHASE:
      return type::v1::REPURCHASE;
    default:
      // Lost or dormant: what it would take to come back to where it had been.
      return journey.furthest_stage();
  }
}

// Of a long list the end is what tells how things stand.
template <typename Request>
Request NewestFirst(Request request, const char* order_by) {
  request.set_order_by(order_by);
  return request;
}

// One picture in the making. Lives until its last part has answered.
class Picture : public std::enable_shared_from_this<Picture> {
 public:
  Picture(Upstreams& upstreams, AskAs as, std::string customer, const v1::GetCustomer360Request& request,
          v1::Customer360* response, grpc::ServerUnaryReactor* reactor)
      : upstreams_(upstreams),
        as_(std::move(as)),
        customer_(std::move(customer)),
        response_(response),
        reactor_(reactor) {
    list_size_ = request.list_size() == 0 ? kDefaultListSize : std::min(request.list_size(), kMaxListSize);
    for (const int part : request.parts()) wanted_.set(static_cast<size_t>(part));
    if (request.parts().empty()) wanted_.set();
  }

  void Begin() {
    response_->set_name(customer_ + kSuffix);
    Hold();  // Until every part has been asked.
    // The profile is always asked: it says whether there is such a customer for the caller at all.
    customer::v1::GetCustomerRequest profile;
    profile.set_name(customer_);
    Fetch<customer::v1::Customer>(v1::Customer360::PROFILE, "customer.v1.CustomerService/GetCustomer",
                                  profile, [this](customer::v1::Customer* answer) {
                                    if (Wants(v1::Customer360::PROFILE))
                                      response_->mutable_customer()->Swap(answer);
                                  });
    AskCustomerLists();
    AskLifecycle();
    AskValue();
    Release();
  }

 private:
  bool Wants(Part part) const { return wanted_.test(static_cast<size_t>(part)); }

  void AskCustomerLists() {
    const auto list = [this](auto request) {
      request.set_parent(customer_);
      request.set_page_size(list_size_);
      return request;
    };
    FetchList<customer::v1::ListContactsResponse>(
        v1::Customer360::CONTACTS, "customer.v1.CustomerService/ListContacts",
        list(customer::v1::ListContactsRequest()),
        [this](auto* answer) { response_->mutable_contacts()->Swap(answer->mutable_contacts()); });
    FetchList<customer::v1::ListNeedsResponse>(
        v1::Customer360::NEEDS, "customer.v1.CustomerService/ListNeeds",
        list(customer::v1::ListNeedsRequest()),
        [this](auto* answer) { response_->mutable_needs()->Swap(answer->mutable_needs()); });
    FetchList<customer::v1::ListInteractionsResponse>(
        v1::Customer360::INTERACTIONS, "customer.v1.CustomerService/ListInteractions",
        list(customer::v1::ListInteractionsRequest()),
        [this](auto* answer) { response_->mutable_interactions()->Swap(answer->mutable_interactions()); });
    FetchList<customer::v1::ListTimelineResponse>(
        v1::Customer360::TIMELINE, "customer.v1.TimelineService/ListTimeline",
        list(customer::v1::ListTimelineRequest()),
        [this](auto* answer) { response_->mutable_timeline()->Swap(answer->mutable_entries()); });
    FetchList<lifecycle::v1::ListTransitionsResponse>(
        v1::Customer360::TRANSITIONS, "lifecycle.v1.JourneyService/ListTransitions",
        NewestFirst(list(lifecycle::v1::ListTransitionsRequest()), "event_time desc"),
        [this](auto* answer) { response_->mutable_transitions()->Swap(answer->mutable_transitions()); });
  }

  void AskLifecycle() {
    const auto of_customer = [this](auto request) {
      request.set_filter(StrCat("customer = \"", customer_, "\""));
      request.set_page_size(list_size_);
      return request;
    };
    FetchList<lifecycle::v1::ListOpportunitiesResponse>(
        v1::Customer360::OPPORTUNITIES, "lifecycle.v1.OpportunityService/ListOpportunities",
        NewestFirst(of_customer(lifecycle::v1::ListOpportunitiesRequest()), "open_time desc"),
        [this](auto* answer) { response_->mutable_opportunities()->Swap(answer->mutable_opportunities()); });
    FetchList<lifecycle::v1::ListOrdersResponse>(
        v1::Customer360::ORDERS, "lifecycle.v1.OrderService/ListOrders",
        NewestFirst(of_customer(lifecycle::v1::ListOrdersRequest()), "order_time desc"),
        [this](auto* answer) { response_->mutable_orders()->Swap(answer->mutable_orders()); });
    if (!Wants(v1::Customer360::JOURNEY) && !Wants(v1::Customer360::NEXT_STAGE_COMPLETENESS)) return;
    lifecycle::v1::GetJourneyRequest journey;
    journey.set_name(customer_ + "/journey");
    Fetch<lifecycle::v1::Journey>(v1::Customer360::JOURNEY, "lifecycle.v1.JourneyService/GetJourney", journey,
                                  [this](lifecycle::v1::Journey* answer) {
                                    next_stage_ = NextStage(*answer);
                                    if (Wants(v1::Customer360::JOURNEY))
                                      response_->mutable_journey()->Swap(answer);
                                  });
  }

  void AskValue() {
    if (Wants(v1::Customer360::SCORE)) {
      value::v1::GetScoreRequest score;
      score.set_name(customer_ + "/score");
      Fetch<value::v1::Score>(v1::Customer360::SCORE, "value.v1.ScoreService/GetScore", score,
                              [this](value::v1::Score* answer) { response_->mutable_score()->Swap(answer); });
    }
    value::v1::ListTierChangesRequest tiers;
    tiers.set_parent(customer_);
    tiers.set_page_size(list_size_);
    FetchList<value::v1::ListTierChangesResponse>(
        v1::Customer360::TIER_CHANGES, "value.v1.ScoreHistoryService/ListTierChanges", tiers,
        [this](auto* answer) { response_->mutable_tier_changes()->Swap(answer->mutable_tier_changes()); });
    value::v1::ListRecommendationsRequest recommendations;
    recommendations.set_customer(customer_);
    recommendations.set_page_size(list_size_);
    FetchList<value::v1::ListRecommendationsResponse>(
        v1::Customer360::RECOMMENDATIONS, "value.v1.PolicyService/ListRecommendations", recommendations,
        [this](auto* answer) {
          response_->mutable_recommendations()->Swap(answer->mutable_recommendations());
        });
  }

  // The one part that depends on another: which stage comes next, the journey says.
  void AskCompleteness(const absl::Status& journey) {
    if (!Wants(v1::Customer360::NEXT_STAGE_COMPLETENESS)) return;
    if (!journey.ok()) return Miss(v1::Customer360::NEXT_STAGE_COMPLETENESS, journey);
    customer::v1::CheckCompletenessRequest request;
    request.set_name(customer_);
    request.set_stage(next_stage_);
    Fetch<customer::v1::Completeness>(v1::Customer360::NEXT_STAGE_COMPLETENESS,
                                      "customer.v1.CompletenessService/CheckCompleteness", request,
                                      [this](customer::v1::Completeness* answer) {
                                        response_->mutable_next_stage_completeness()->Swap(answer);
                                      });
  }

  template <typename Response, typename Request, typename Take>
  void FetchList(Part part, const char* method, const Request& request, Take take) {
    if (!Wants(part)) return;
    Fetch<Response>(part, method, request, [this, part, take](Response* answer) {
      if (!answer->next_page_token().empty()) longer_.set(static_cast<size_t>(part));
      take(answer);
    });
  }

  // `take` puts the answer into the response; one at a time.
  template <typename Response, typename Request, typename Take>
  void Fetch(Part part, const char* method, const Request& request, Take take) {
    Hold();
    Ask<Response>(upstreams_, as_, StrCat("/clientele.", method), request,
                  [self = shared_from_this(), part, take](absl::StatusOr<Response> answer) {
                    const absl::Status status = answer.ok() ? absl::OkStatus() : answer.status();
                    if (status.ok()) {
                      const std::lock_guard lock(self->mutex_);
                      take(&*answer);
                    } else if (self->Wants(part) || part == v1::Customer360::PROFILE) {
                      self->Miss(part, status);
                    }
                    if (part == v1::Customer360::JOURNEY) self->AskCompleteness(status);
                    self->Release();
                  });
  }

  void Miss(Part part, const absl::Status& why) {
    const std::lock_guard lock(mutex_);
    missing_.emplace(part, why);
  }

  void Hold() { ++holds_; }
  void Release() {
    if (--holds_ > 0) return;
    const auto profile = missing_.find(v1::Customer360::PROFILE);
    if (profile != missing_.end()) {
      const absl::StatusCode code = profile->second.code();
      // What concerns the whole: there is no such customer, or the caller is not who they say.
      if (code == absl::StatusCode::kNotFound || code == absl::StatusCode::kUnauthenticated ||
          code == absl::StatusCode::kPermissionDenied || code == absl::StatusCode::kInvalidArgument) {
        return reactor_->Finish(servicekit::ToGrpcStatus(profile->second));
      }
    }
    for (const auto& [part, why] : missing_) {
      if (!Wants(part)) continue;
      v1::Customer360::MissingPart* missing = response_->add_missing_parts();
      missing->set_part(part);
      missing->set_code(static_cast<int>(why.code()));
      missing->set_message(std::string(why.message()));
      missing->set_reason(servicekit::GetReason(why));
    }
    for (int part = v1::Customer360::Part_MIN; part <= v1::Customer360::Part_MAX; ++part) {
      if (longer_.test(static_cast<size_t>(part))) response_->add_longer_parts(static_cast<Part>(part));
    }
    reactor_->Finish(grpc::Status::OK);
  }

  Upstreams& upstreams_;
  const AskAs as_;
  const std::string customer_;
  v1::Customer360* const response_;
  grpc::ServerUnaryReactor* const reactor_;
  int list_size_ = 0;
  std::bitset<v1::Customer360::Part_MAX + 1> wanted_;
  std::atomic<int> holds_ = 0;
  std::mutex mutex_;  // For what follows, and the response.
  std::map<Part, absl::Status> missing_;
  std::bitset<v1::Customer360::Part_MAX + 1> longer_;
  type::v1::Stage next_stage_ = type::v1::STAGE_UNSPECIFIED;
};

absl::StatusOr<std::string> CheckRequest(const v1::GetCustomer360Request& request) {
  servicekit::Violations violations;
  std::string customer = request.name();
  if (customer.ends_with(kSuffix)) {
    customer.resize(customer.size() - (sizeof kSuffix - 1));
    const auto id = servicekit::ParseName("name", "customers", customer);
    if (!id.ok()) violations.Add("name", id.status());
  } else {
    violations.Add("name", "must be `customers/{customer}/customer360`");
  }
  for (int i = 0; i < request.parts_size(); ++i) {
    const int part = request.parts(i);
    if (part == v1::Customer360::PART_UNSPECIFIED || !v1::Customer360::Part_IsValid(part)) {
      violations.Add(absl::StrCat("parts[", i, "]"), "is no part");
    }
  }
  if (request.list_size() < 0) violations.Add("list_size", "must not be negative");
  if (!violations.empty()) return violations.status();
  return customer;
}

}  // namespace

grpc::ServerUnaryReactor* Customer360Server::GetCustomer360(grpc::CallbackServerContext* context,
                                                            const v1::GetCustomer360Request* request,
                                                            v1::Customer360* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::StatusOr<std::string> customer = CheckRequest(*request);
  if (!customer.ok()) {
    reactor->Finish(servicekit::ToGrpcStatus(customer.status()));
    return reactor;
  }
  std::make_shared<Picture>(upstreams_, AsCaller(*context, patience_), *std::move(customer), *request,
                            response, reactor)
      ->Begin();
  return reactor;
}

}  // namespace clientele::gateway
