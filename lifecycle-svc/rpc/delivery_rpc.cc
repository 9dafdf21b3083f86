#include "lifecycle-svc/rpc/delivery_rpc.h"

#include "lifecycle-svc/contract/delivery.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/store/delivery_store.h"
#include "lifecycle-svc/store/service_project_store.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

absl::StatusOr<Sql> Condition(const v1::CompareDeliveryModelsRequest& request) {
  Violations violations;
  Sql condition;
  if (request.has_start_time()) {
    condition += Sql(" AND p.open_time >= ?", {DecodeTime(violations, "start_time", request.start_time())});
  }
  if (request.has_end_time()) {
    condition += Sql(" AND p.open_time < ?", {DecodeTime(violations, "end_time", request.end_time())});
  }
  if (const auto owner = DecodeName(violations, "owner", "representatives", request.owner())) {
    condition += Sql(" AND j.owner_id = ?", {*owner});
  }
  if (const auto team = DecodeName(violations, "team", "teams", request.team())) {
    condition +=
        Sql(" AND j.team_id IN (SELECT descendant_id FROM team_tree WHERE ancestor_id = ?)", {*team});
  }
  if (!request.industry().empty()) condition += Sql(" AND j.industry = ?", {request.industry()});
  if (!violations.empty()) return violations.status();
  return condition;
}

double Share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

v1::CompareDeliveryModelsResponse::Row Encode(const ServiceProjectStore::Outcome& o,
                                              const std::string& base) {
  v1::CompareDeliveryModelsResponse::Row row;
  row.set_delivery_model(static_cast<v1::DeliveryModel>(o.model));
  row.set_project_count(o.projects);
  row.set_completed_count(o.completed);
  row.set_cancelled_count(o.cancelled);
  row.set_overdue_count(o.overdue);
  row.set_dated_count(o.dated);
  row.set_on_time_count(o.on_time);
  row.set_on_time_share(Share(o.on_time, o.dated));
  row.set_average_days(o.completed == 0 ? 0 : o.days / static_cast<double>(o.completed));
  row.set_logged_minutes(o.logged_minutes);
  row.set_planned_minutes(o.planned_minutes);
  *row.mutable_base_cost() = EncodeMoney(base, o.base_cost);
  *row.mutable_base_total() = EncodeMoney(base, o.base_total);
  row.set_satisfaction_count(o.satisfaction_count);
  row.set_average_satisfaction(Share(o.satisfaction_sum, o.satisfaction_count));
  row.set_matured_count(o.matured);
  row.set_repurchase_count(o.repurchased);
  row.set_repurchase_share(Share(o.repurchased, o.matured));
  return row;
}

}  // namespace

DeliveryRpc::DeliveryRpc(Backend backend) : backend_(backend) {}
DeliveryRpc::~DeliveryRpc() = default;

absl::StatusOr<v1::DeliveryMatrix> DeliveryRpc::GetDeliveryMatrix(const CallContext& call,
                                                                  const v1::GetDeliveryMatrixRequest&) {
  const auto matrix = servicekit::RunReading(backend_.environment.pool, call.deadline,
                                             [](Transaction& tx) { return DeliveryStore::GetMatrix(tx); });
  if (!matrix.ok()) return matrix.status();
  return lifecycle::Encode(*matrix);
}

absl::StatusOr<v1::DeliveryTemplate> DeliveryRpc::GetDeliveryTemplate(
    const CallContext& call, const v1::GetDeliveryTemplateRequest& request) {
  const absl::StatusOr<DeliveryModel> model = ParseTemplateName("name", request.name());
  if (!model.ok()) return model.status();
  const absl::StatusOr<v1::ListDeliveryTemplatesResponse> all = ListDeliveryTemplates(call, {});
  if (!all.ok()) return all.status();
  for (const v1::DeliveryTemplate& found : all->delivery_templates()) {
    if (found.name() == request.name()) return found;
  }
  return absl::NotFoundError(servicekit::StrCat(request.name(), " does not exist"));
}

absl::StatusOr<v1::ListDeliveryTemplatesResponse> DeliveryRpc::ListDeliveryTemplates(
    const CallContext& call, const v1::ListDeliveryTemplatesRequest&) {
  // One snapshot, so that the steps are those of the same version.
  const auto templates = servicekit::RunInTransaction(
      backend_.environment.pool, call.deadline,
      [](Transaction& tx) { return DeliveryStore::GetTemplates(tx); }, {.read_only = true});
  if (!templates.ok()) return templates.status();
  v1::ListDeliveryTemplatesResponse response;
  for (const DeliveryTemplate& found : *templates)
    *response.add_delivery_templates() = lifecycle::Encode(found);
  return response;
}

absl::StatusOr<v1::CompareDeliveryModelsResponse> DeliveryRpc::CompareDeliveryModels(
    const CallContext& call, const v1::CompareDeliveryModelsRequest& request) {
  const absl::StatusOr<Sql> condition = Condition(request);
  if (!condition.ok()) return condition.status();
  const auto outcomes =
      servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
        return ServiceProjectStore::Compare(tx, Readable(call), *condition, backend_.environment.clock.Now());
      });
  if (!outcomes.ok()) return outcomes.status();
  v1::CompareDeliveryModelsResponse response;
  for (const DeliveryModel model :
       {DeliveryModel::kProfessional, DeliveryModel::kGeneral, DeliveryModel::kProcess}) {
    ServiceProjectStore::Outcome outcome;
    outcome.model = model;
    for (const ServiceProjectStore::Outcome& found : *outcomes) {
      if (found.model == model) outcome = found;
    }
    *response.add_rows() = Encode(outcome, backend_.environment.base_currency);
  }
  return response;
}

}  // namespace clientele::lifecycle
