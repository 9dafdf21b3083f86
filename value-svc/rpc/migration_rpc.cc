#include "value-svc/rpc/migration_rpc.h"

#include <optional>
#include <string>

#include "servicekit/rpc/filter.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/domain/as_of.h"
#include "value-svc/rpc/decode_slice.h"
#include "value-svc/rpc/encode_migration.h"

namespace clientele::value {
namespace {

constexpr int kDefaultPeriods = 4;
constexpr int kMostPeriods = 40;
constexpr int64_t kHighestDiscountMicros = 500'000;

// What the request says of one end: a run by name, the last run up to a time, or the state in force.
struct End {
  std::optional<Id> run;
  std::optional<absl::Time> time;
};
struct Span {
  End from;
  End to;
  Slice slice;
};

absl::StatusOr<End> DecodeEnd(const char* run_field, const std::string& run, const char* time_field,
                              bool has_time, const google::protobuf::Timestamp& time, absl::Time now) {
  End end;
  const auto decoded = DecodePast(time_field, has_time, time, now);
  if (!decoded.ok()) return decoded.status();
  end.time = *decoded;
  if (run.empty()) return end;
  if (has_time) return servicekit::InvalidField(run_field, "stands beside a time");
  const absl::StatusOr<Id> id = servicekit::ParseName(run_field, "scoringRuns", run);
  if (!id.ok()) return id.status();
  end.run = *id;
  return end;
}

absl::StatusOr<Span> DecodeSpan(const v1::MigrationSpan& span, absl::Time now) {
  const auto from = DecodeEnd("span.from_run", span.from_run(), "span.from_time", span.has_from_time(),
                              span.from_time(), now);
  if (!from.ok()) return from.status();
  const auto to =
      DecodeEnd("span.to_run", span.to_run(), "span.to_time", span.has_to_time(), span.to_time(), now);
  if (!to.ok()) return to.status();
  const bool from_is_run = from->run.has_value() || from->time.has_value();
  const bool to_is_run = to->run.has_value() || to->time.has_value();
  if (!from_is_run && !to_is_run) {
    return servicekit::InvalidField("span", "has neither a time nor a run: both ends are the state in force");
  }
  if (from->time.has_value() && to->time.has_value() && *to->time < *from->time) {
    return servicekit::InvalidField("span.to_time", "lies before from_time");
  }
  absl::StatusOr<Slice> slice = DecodeSlice(span);
  if (!slice.ok()) return slice.status();
  return Span{*from, *to, *std::move(slice)};
}

// The state of one end, with what is to be told of it.
struct Resolved {
  State state;
  v1::QueryMigrationResponse::State told;
};

absl::StatusOr<Resolved> Resolve(Transaction& tx, Stores& stores, const End& end) {
  Resolved resolved;
  if (!end.run.has_value() && !end.time.has_value()) {
    const auto model = stores.models.Published(tx);
    if (!model.ok()) return model.status();
    resolved.told.set_scoring_model(servicekit::NameOf("scoringModels", (*model)->id));
    *resolved.told.mutable_as_of_time() = servicekit::ToProto((*model)->as_of);
    return resolved;
  }
  std::optional<ScoringRun> run;
  if (end.run.has_value()) {
    auto named = stores.runs.Get(tx, *end.run);
    if (!named.ok()) return named.status();
    if (named->state != RunState::kFinished) {
      return servicekit::WithReason(absl::FailedPreconditionError("the run is not finished"),
                                    "RUN_NOT_FINISHED");
    }
    run = *std::move(named);
  } else {
    auto last = stores.runs.LastUpTo(tx, *end.time);
    if (!last.ok()) return last.status();
    if (!last->has_value()) {
      return absl::NotFoundError(
          "no run stands for a day up to that time: an administrator makes one with "
          "CreateScoringRun");
    }
    run = **last;
  }
  resolved.state = run->id;
  resolved.told.set_scoring_run(servicekit::NameOf("scoringRuns", run->id));
  resolved.told.set_scoring_model(servicekit::NameOf("scoringModels", run->model));
  *resolved.told.mutable_as_of_time() = servicekit::ToProto(run->as_of);
  return resolved;
}

absl::StatusOr<servicekit::Sql> DecodeFilter(const std::string& filter) {
  using servicekit::FilterField;
  static const auto* const kFields = new std::vector<FilterField>{{.name = "from_tier",
                                                                   .type = FilterField::Type::kEnum,
                                                                   .column = "COALESCE(f.tier, 0)",
                                                                   .enum_type = v1::Tier_descriptor()},
                                                                  {.name = "to_tier",
                                                                   .type = FilterField::Type::kEnum,
                                                                   .column = "s.tier",
                                                                   .enum_type = v1::Tier_descriptor()}};
  return servicekit::CompileFilter(filter, *kFields);
}

absl::StatusOr<std::string> BaseCurrency(Transaction& tx, Stores& stores) {
  const auto clock = stores.facts.ReadClock(tx);
  if (!clock.ok()) return clock.status();
  return clock->base_currency;
}

}  // namespace

// Here, not in the header: whoever includes it does not compile what the service is made of.
MigrationRpc::MigrationRpc(Backend backend) : backend_(backend) {}
MigrationRpc::~MigrationRpc() = default;

absl::StatusOr<v1::QueryMigrationResponse> MigrationRpc::QueryMigration(
    const CallContext& call, const v1::QueryMigrationRequest& request) {
  const absl::StatusOr<Span> span = DecodeSpan(request.span(), backend_.clock.Now());
  if (!span.ok()) return span.status();
  const int periods = request.period_count() == 0 ? kDefaultPeriods : request.period_count();
  if (periods < 1 || periods > kMostPeriods) {
    return servicekit::InvalidField("period_count", "must lie between 1 and 40");
  }
  if (request.discount_micros() < 0 || request.discount_micros() > kHighestDiscountMicros) {
    return servicekit::InvalidField("discount_micros", "must lie between 0 and 500,000");
  }
  const double discount = 1 - static_cast<double>(request.discount_micros()) / 1e6;
  Stores& stores = backend_.stores;
  // One snapshot, so that both states are of the same moment.
  const servicekit::TransactionOptions snapshot = {.read_only = true};
  return servicekit::RunInTransaction(
      backend_.pool, call.deadline,
      [&](Transaction& tx) -> absl::StatusOr<v1::QueryMigrationResponse> {
        const auto from = Resolve(tx, stores, span->from);
        if (!from.ok()) return from.status();
        const auto to = Resolve(tx, stores, span->to);
        if (!to.ok()) return to.status();
        const auto currency = BaseCurrency(tx, stores);
        if (!currency.ok()) return currency.status();
        const auto moves = stores.states.Moves(tx, call.principal, from->state, to->state, span->slice);
        if (!moves.ok()) return moves.status();
        v1::QueryMigrationResponse response;
        *response.mutable_from() = from->told;
        *response.mutable_to() = to->told;
        EncodeMatrix(*moves, *currency, &response);
        const absl::Status status = EncodeExpectations(*moves, periods, discount, *currency, &response);
        if (!status.ok()) return status;
        return response;
      },
      snapshot);
}

absl::StatusOr<v1::ListMigrationsResponse> MigrationRpc::ListMigrations(
    const CallContext& call, const v1::ListMigrationsRequest& request) {
  const absl::StatusOr<Span> span = DecodeSpan(request.span(), backend_.clock.Now());
  if (!span.ok()) return span.status();
  const absl::StatusOr<servicekit::Sql> condition = DecodeFilter(request.filter());
  if (!condition.ok()) return condition.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(),
               {"migrations", request.filter(), request.span().SerializeAsString()});
  if (!page.ok()) return page.status();
  const absl::StatusOr<Id> after = page->AfterId();
  if (!after.ok()) return after.status();
  Stores& stores = backend_.stores;
  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListMigrationsResponse> {
        const auto from = Resolve(tx, stores, span->from);
        if (!from.ok()) return from.status();
        const auto to = Resolve(tx, stores, span->to);
        if (!to.ok()) return to.status();
        const auto currency = BaseCurrency(tx, stores);
        if (!currency.ok()) return currency.status();
        auto moved = stores.states.ListMoved(tx, call.principal, from->state, to->state, span->slice,
                                             *condition, *after, page->limit());
        if (!moved.ok()) return moved.status();
        v1::ListMigrationsResponse response;
        response.set_next_page_token(page->Cut(
            *moved, [](const StateStore::Moved& last) { return servicekit::PageKey().Add(last.customer); }));
        for (const StateStore::Moved& one : *moved) *response.add_migrations() = Encode(one, *currency);
        return response;
      });
}

}  // namespace clientele::value
