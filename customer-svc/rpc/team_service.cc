#include "customer-svc/rpc/team_service.h"

#include "customer-svc/operations/write_team.h"
#include "customer-svc/rpc/decode.h"
#include "customer-svc/rpc/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/field_mask.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {

using servicekit::CallContext;
using servicekit::Id;
using servicekit::IdempotentWrite;
using servicekit::PageKey;
using servicekit::ParseName;
using servicekit::Sql;
using servicekit::Transaction;

namespace {

absl::StatusOr<Sql> AfterId(const PageKey& key) {
  if (key.empty()) return Sql();
  const absl::StatusOr<Id> id = key.GetId(0);
  if (!id.ok()) return id.status();
  return Sql("id > ?", {*id});
}

// `read` is the store's list, `add` makes a new element of the response's repeated field.
template <typename Response, typename Request, typename Read, typename Add>
absl::StatusOr<Response> List(const Backend& backend, const CallContext& call, const Request& request,
                              const char* collection, Read read, Add add) {
  const absl::StatusOr<Page> page = Page::Of(request.page_size(), request.page_token(), {collection});
  if (!page.ok()) return page.status();
  const absl::StatusOr<Sql> condition = AfterId(page->after);
  if (!condition.ok()) return condition.status();
  auto rows = RunReading(backend.pool, call.deadline, [&](Transaction& tx) {
    return (backend.stores.teams.*read)(tx, *condition, Sql("id"), page->limit());
  });
  if (!rows.ok()) return rows.status();
  Response response;
  response.set_next_page_token(page->Cut(*rows, [](const auto& last) { return PageKey().Add(last.id); }));
  for (const auto& row : *rows) *add(response) = Encode(row);
  return response;
}

// `prefix` is `team.` or `representative.`, `change` the resource in the request.
template <typename Resource, typename Request, typename Message>
absl::StatusOr<Message> Update(
    const Backend& backend, const CallContext& call, const Request& request, const Message& change,
    const char* collection, const std::string& prefix,
    absl::StatusOr<Resource> (*operation)(Stores&, Transaction&, const Caller&, Id, int64_t,
                                          absl::FunctionRef<absl::StatusOr<Resource>(const Resource&)>)) {
  const absl::StatusOr<Id> id = ParseName(prefix + "name", collection, change.name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<int64_t> version = servicekit::ParseEtag(prefix + "etag", change.etag());
  if (!version.ok()) return version.status();
  const auto apply = [&](const Resource& current) -> absl::StatusOr<Resource> {
    Message message = Encode(current);
    const absl::Status status = servicekit::ApplyMask(request.update_mask(), change, &message);
    if (!status.ok()) return status;
    return DecodeOrRefuse(message, prefix);
  };
  return IdempotentWrite<Message>(
      backend.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<Message> {
        const auto updated = operation(backend.stores, tx, backend.CallerOf(call), *id, *version, apply);
        if (!updated.ok()) return updated.status();
        return Encode(*updated);
      });
}

}  // namespace

TeamService::TeamService(Backend backend) : backend_(backend) {}
TeamService::~TeamService() = default;

absl::StatusOr<v1::Team> TeamService::CreateTeam(const CallContext& call,
                                                 const v1::CreateTeamRequest& request) {
  const absl::StatusOr<Team> team = DecodeOrRefuse(request.team(), "team.");
  if (!team.ok()) return team.status();
  return IdempotentWrite<v1::Team>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Team> {
        const auto created = customer::CreateTeam(backend_.stores, tx, backend_.CallerOf(call), *team);
        if (!created.ok()) return created.status();
        return Encode(*created);
      });
}

absl::StatusOr<v1::Team> TeamService::GetTeam(const CallContext& call, const v1::GetTeamRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "teams", request.name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<Team> team = RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) { return backend_.stores.teams.GetTeam(tx, *id); });
  if (!team.ok()) return team.status();
  return Encode(*team);
}

absl::StatusOr<v1::Team> TeamService::UpdateTeam(const CallContext& call,
                                                 const v1::UpdateTeamRequest& request) {
  return Update<Team>(backend_, call, request, request.team(), "teams", "team.", &customer::UpdateTeam);
}

absl::StatusOr<v1::ListTeamsResponse> TeamService::ListTeams(const CallContext& call,
                                                             const v1::ListTeamsRequest& request) {
  return List<v1::ListTeamsResponse>(backend_, call, request, "teams", &TeamStore::ListTeams,
                                     [](auto& response) { return response.add_teams(); });
}

absl::StatusOr<v1::Representative> TeamService::CreateRepresentative(
    const CallContext& call, const v1::CreateRepresentativeRequest& request) {
  const absl::StatusOr<Representative> representative =
      DecodeOrRefuse(request.representative(), "representative.");
  if (!representative.ok()) return representative.status();
  return IdempotentWrite<v1::Representative>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Representative> {
        const auto created =
            customer::CreateRepresentative(backend_.stores, tx, backend_.CallerOf(call), *representative);
        if (!created.ok()) return created.status();
        return Encode(*created);
      });
}

absl::StatusOr<v1::Representative> TeamService::GetRepresentative(
    const CallContext& call, const v1::GetRepresentativeRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "representatives", request.name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<Representative> representative =
      RunReading(backend_.pool, call.deadline,
                 [&](Transaction& tx) { return backend_.stores.teams.GetRepresentative(tx, *id); });
  if (!representative.ok()) return representative.status();
  return Encode(*representative);
}

absl::StatusOr<v1::Representative> TeamService::UpdateRepresentative(
    const CallContext& call, const v1::UpdateRepresentativeRequest& request) {
  return Update<Representative>(backend_, call, request, request.representative(), "representatives",
                                "representative.", &customer::UpdateRepresentative);
}

absl::StatusOr<v1::ListRepresentativesResponse> TeamService::ListRepresentatives(
    const CallContext& call, const v1::ListRepresentativesRequest& request) {
  return List<v1::ListRepresentativesResponse>(backend_, call, request, "representatives",
                                               &TeamStore::ListRepresentatives,
                                               [](auto& response) { return response.add_representatives(); });
}

}  // namespace clientele::customer
