#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/known_customers.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::Journey> TransitionJourney(const Environment& environment, const CallContext& call,
                                              const v1::TransitionJourneyRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  Move move;
  const absl::StatusOr<Id> customer = ParseJourneyName("name", request.name());
  if (customer.ok()) move.customer = *customer;
  violations.Add("name", customer.status());
  move.kind = MoveKind::kManual;
  move.stage = DecodeStage(violations, "stage", request.stage());
  CheckText(violations, "reason", request.reason(), 1000);
  move.reason = request.reason();
  const absl::Time now = environment.clock.Now();
  move.event_time = DecodePast(violations, "event_time", request.has_event_time(), request.event_time(), now);
  if (!violations.empty()) return violations.status();
  const auto heard = HearOfMissing(environment, call, {move.customer});
  if (!heard.ok()) return heard.status();

  return servicekit::IdempotentWrite<v1::Journey>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Journey> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = work.Lock({move.customer}, *heard);
        if (status.ok()) status = work.CheckCustomer(move.customer);
        if (status.ok()) status = CheckEtag(request.etag(), work.FindJourney(move.customer)->version);
        if (status.ok()) status = work.LoadMoves({move.customer});
        if (!status.ok()) return status;
        Move made = move;
        // Decided as the last of its time: it comes after what happened at the same moment.
        made.id = Id::New(work.now());
        if (!request.has_event_time()) made.event_time = work.now();
        status = CheckManualMove(work.MovesOf(move.customer), made, "reason");
        if (!status.ok()) return status;
        work.AddMove(made);
        status = work.Flush();
        if (!status.ok()) return status;
        return Encode(*work.FindJourney(move.customer));
      });
}

}  // namespace clientele::lifecycle
