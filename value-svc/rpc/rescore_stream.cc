#include <memory>
#include <utility>

#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/rpc/score_rpc.h"

namespace clientele::value {
namespace {

using Response = v1::RescoreCustomersResponse;

Response Encode(const RescoreRun::Progress& progress) {
  Response response;
  response.set_read_count(progress.read);
  response.set_scored_count(progress.scored);
  response.set_customer_count(progress.customers);
  if (progress.model.has_value())
    response.set_scoring_model(servicekit::NameOf("scoringModels", *progress.model));
  return response;
}

}  // namespace

absl::StatusOr<RescoreRun::Options> ScoreRpc::DecodeRescore(
    const v1::RescoreCustomersRequest& request) const {
  RescoreRun::Options options;
  if (!request.has_as_of_time()) return options;
  const absl::StatusOr<absl::Time> as_of = servicekit::FromProto("as_of_time", request.as_of_time());
  if (!as_of.ok()) return as_of.status();
  if (*as_of > clock_.Now()) return servicekit::InvalidField("as_of_time", "lies in the future");
  options.as_of = *as_of;
  return options;
}

grpc::ServerWriteReactor<Response>* ScoreRpc::RescoreCustomers(grpc::CallbackServerContext* context,
                                                               const v1::RescoreCustomersRequest* request) {
  return servicekit::ServeStream<Response>(
      executor_, context,
      [this, request](const servicekit::CallContext& call,
                      std::function<void()>) -> absl::StatusOr<servicekit::StreamNext<Response>> {
        if (absl::Status status = servicekit::CheckAdministrator(call.principal); !status.ok()) return status;
        const absl::StatusOr<RescoreRun::Options> options = DecodeRescore(*request);
        if (!options.ok()) return options.status();
        auto run = std::make_shared<RescoreRun>(pool_, stores_, feed_, clock_, *options);
        return [run, finished = false](const servicekit::CallContext& step) mutable
               -> absl::StatusOr<servicekit::StreamStep<Response>> {
          if (finished) return servicekit::StreamEnd{};
          const absl::StatusOr<RescoreRun::Progress> progress = run->Step(step.deadline);
          if (!progress.ok()) return progress.status();
          finished = progress->finished;
          return Encode(*progress);
        };
      });
}

}  // namespace clientele::value
