#include "gateway/target_markets/overview_server.h"

#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "clientele/customer/v1/target_market_service.pb.h"
#include "gateway/ask/ask.h"
#include "gateway/target_markets/shares.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/status.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

using Response = v1::QueryTargetMarketOverviewResponse;
using Part = Response::Part;
using Row = v1::TargetMarketRow;

// Questions in work at once: a hundred target markets must not take all workers of a service.
constexpr int kAtOnce = 8;

// One answer in the making. Lives until its last question was answered.
class Overview : public std::enable_shared_from_this<Overview> {
 public:
  Overview(Upstreams& upstreams, AskAs as, const v1::QueryTargetMarketOverviewRequest& request,
           Response* response, grpc::ServerUnaryReactor* reactor)
      : upstreams_(upstreams),
        as_(std::move(as)),
        request_(request),
        response_(response),
        reactor_(reactor) {}

  void Begin() {
    Ask<customer::v1::ListTargetMarketsResponse>(
        upstreams_, as_, "/clientele.customer.v1.TargetMarketService/ListTargetMarkets",
        customer::v1::ListTargetMarketsRequest(),
        [self = shared_from_this()](absl::StatusOr<customer::v1::ListTargetMarketsResponse> markets) {
          const absl::Status status = markets.ok() ? self->TakeTargetMarkets(*markets) : markets.status();
          if (!status.ok()) return self->reactor_->Finish(servicekit::ToGrpcStatus(status));
          self->Go();
        });
  }

 private:
  absl::Status TakeTargetMarkets(customer::v1::ListTargetMarketsResponse& markets) {
    auto& listed = *markets.mutable_target_markets();
    std::set<std::string> wanted(request_.target_markets().begin(), request_.target_markets().end());
    for (auto& market : listed) {
      if (!request_.target_markets().empty() && wanted.erase(market.name()) == 0) continue;
      response_->add_target_markets()->mutable_target_market()->Swap(&market);
    }
    if (!wanted.empty()) {
      return absl::NotFoundError(servicekit::StrCat("there is no target market ", *wanted.begin()));
    }
    for (int row = 0; row < response_->target_markets_size(); ++row) AskFor(row);
    AskFor(kAll);
    return absl::OkStatus();
  }

  // What is asked for one row.
  void AskFor(int row) {
    const std::string market = row == kAll ? "" : response_->target_markets(row).target_market().name();
    lifecycle::v1::QueryFunnelRequest funnel;
    funnel.set_target_market(market);
    Queue<lifecycle::v1::QueryFunnelResponse>(
        row, Response::STAGES, "lifecycle.v1.FunnelService/QueryFunnel", funnel,
        [](const auto& answer, Row* into) { *into->mutable_stages() = ToStages(answer); });
    lifecycle::v1::QueryDepartmentsRequest departments;
    departments.set_target_market(market);
    departments.set_group_by(lifecycle::v1::QueryDepartmentsRequest::REPRESENTATIVE);
    if (request_.has_start_time()) *departments.mutable_start_time() = request_.start_time();
    if (request_.has_end_time()) *departments.mutable_end_time() = request_.end_time();
    Queue<lifecycle::v1::QueryDepartmentsResponse>(
        row, Response::WORK, "lifecycle.v1.DepartmentService/QueryDepartments", departments,
        [](const auto& answer, Row* into) { *into->mutable_work() = ToWork(answer); });
    lifecycle::v1::QueryVelocityRequest velocity;
    velocity.set_target_market(market);
    velocity.set_group_by(lifecycle::v1::QueryVelocityRequest::OWNER);
    Queue<lifecycle::v1::QueryVelocityResponse>(
        row, Response::PIPELINE, "lifecycle.v1.FunnelService/QueryVelocity", velocity,
        [](const auto& answer, Row* into) { *into->mutable_pipeline() = ToPipeline(answer); });
    value::v1::QuerySpendingRequest spending;
    spending.set_target_market(market);
    if (request_.has_start_time()) *spending.mutable_start_time() = request_.start_time();
    if (request_.has_end_time()) *spending.mutable_end_time() = request_.end_time();
    Queue<value::v1::QuerySpendingResponse>(
        row, Response::SPENDING, "value.v1.ActionService/QuerySpending", spending,
        [](const auto& answer, Row* into) { *into->mutable_spending() = ToSpending(answer); });
    value::v1::QueryPyramidRequest pyramid;
    pyramid.set_target_market(market);
    Queue<value::v1::QueryPyramidResponse>(
        row, Response::VALUE, "value.v1.ScoreService/QueryPyramid", pyramid,
        [](const auto& answer, Row* into) { *into->mutable_value() = ToValue(answer); });
  }

  template <typename Answer, typename Request, typename Take>
  void Queue(int row, Part part, const char* method, const Request& request, Take take) {
    ++open_;
    questions_.push_back([this, row, part, method, request, take] {
      Ask<Answer>(upstreams_, as_, servicekit::StrCat("/clientele.", method), request,
                  [self = shared_from_this(), row, part, take](absl::StatusOr<Answer> answer) {
                    self->Answered(row, part, answer.status(), [&](Row* into) { take(*answer, into); });
                    self->Go();
                  });
    });
  }

  // Keeps kAtOnce questions in work. Those that are answered at once, since their service is away, are
  // answered on this stack: so one caller goes round in here, and none goes deeper.
  void Go() {
    std::unique_lock lock(mutex_);
    if (std::exchange(going_, true)) return;
    while (in_work_ < kAtOnce && !questions_.empty()) {
      const std::function<void()> question = std::move(questions_.front());
      questions_.pop_front();
      ++in_work_;
      lock.unlock();
      question();
      lock.lock();
    }
    going_ = false;
  }

  void Answered(int row, Part part, const absl::Status& status, const std::function<void(Row*)>& take) {
    const std::lock_guard lock(mutex_);
    --in_work_;
    if (status.ok()) {
      take(row == kAll ? response_->mutable_all() : response_->mutable_target_markets(row));
    } else if ((part == Response::WORK || part == Response::SPENDING) && absl::IsInvalidArgument(status)) {
      wrong_ = status;  // The time that was asked for: that is the caller's mistake, not a missing part.
    } else {
      missing_.emplace(std::pair(row, part), status);
    }
    if (--open_ == 0) Finish();
  }

  void Finish() {
    if (wrong_.has_value()) return reactor_->Finish(servicekit::ToGrpcStatus(*wrong_));
    for (auto& row : *response_->mutable_target_markets()) SetShares(response_->all(), &row);
    SetShares(response_->all(), response_->mutable_all());
    for (const auto& [place, why] : missing_) {
      Response::MissingPart* missing = response_->add_missing_parts();
      if (place.first != kAll) {
        missing->set_target_market(response_->target_markets(place.first).target_market().name());
      }
      missing->set_part(place.second);
      missing->set_code(static_cast<int>(why.code()));
      missing->set_message(std::string(why.message()));
      missing->set_reason(servicekit::GetReason(why));
    }
    reactor_->Finish(grpc::Status::OK);
  }

  static constexpr int kAll = std::numeric_limits<int>::max();  // The row of all: the last one.

  Upstreams& upstreams_;
  const AskAs as_;
  const v1::QueryTargetMarketOverviewRequest& request_;  // gRPC's, as long as the call.
  Response* const response_;
  grpc::ServerUnaryReactor* const reactor_;
  std::mutex mutex_;  // For what follows, and the response.
  std::deque<std::function<void()>> questions_;
  int open_ = 0;     // Questions that are not answered yet.
  int in_work_ = 0;  // Of them, those that were asked.
  bool going_ = false;
  std::map<std::pair<int, Part>, absl::Status> missing_;
  std::optional<absl::Status> wrong_;
};

absl::Status CheckRequest(const v1::QueryTargetMarketOverviewRequest& request) {
  servicekit::Violations violations;
  std::set<std::string> seen;
  for (int i = 0; i < request.target_markets_size(); ++i) {
    const std::string field = absl::StrCat("target_markets[", i, "]");
    const auto id = servicekit::ParseName(field, "targetMarkets", request.target_markets(i));
    if (!id.ok()) {
      violations.Add(field, id.status());
    } else if (!seen.insert(request.target_markets(i)).second) {
      violations.Add(field, "is asked for twice");
    }
  }
  return violations.empty() ? absl::OkStatus() : violations.status();
}

}  // namespace

grpc::ServerUnaryReactor* TargetMarketOverviewServer::QueryTargetMarketOverview(
    grpc::CallbackServerContext* context, const v1::QueryTargetMarketOverviewRequest* request,
    v1::QueryTargetMarketOverviewResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (const absl::Status wrong = CheckRequest(*request); !wrong.ok()) {
    reactor->Finish(servicekit::ToGrpcStatus(wrong));
    return reactor;
  }
  std::make_shared<Overview>(upstreams_, AsCaller(*context, patience_), *request, response, reactor)->Begin();
  return reactor;
}

}  // namespace clientele::gateway
