#include "lifecycle-svc/operations/service_projects.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "clientele/lifecycle/v1/lifecycle_feed.pb.h"
#include "lifecycle-svc/contract/delivery.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/store/delivery_store.h"
#include "lifecycle-svc/store/service_project_store.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

// What the order's lines of each delivery model are worth, and what the first of them is called.
struct Part {
  Decimal amount;
  std::string display_name;
};

}  // namespace

absl::Status ServiceProjects::OpenFor(const Order& order) {
  const bool has_products = std::any_of(order.lines.begin(), order.lines.end(),
                                        [](const OrderLine& line) { return line.product.has_value(); });
  if (!has_products) return absl::OkStatus();
  absl::Status status = work_.LoadMatrix();
  if (status.ok()) status = LoadTemplates();
  if (!status.ok()) return status;
  std::map<DeliveryModel, Part> parts;
  for (const OrderLine& line : order.lines) {
    if (!line.product.has_value()) continue;
    const Product* product = work_.products.Find(*line.product);
    if (product == nullptr) continue;
    Part& part = parts[DeliveryModelOf(*product, work_.matrix())];
    part.amount += line.amount;
    if (part.display_name.empty()) part.display_name = line.description;
  }
  for (auto& [model, part] : parts) {
    if (TemplateOf(model).tasks.empty()) continue;
    const auto project = Open(order.customer, &order, model, std::move(part.display_name));
    if (!project.ok()) return project.status();
  }
  return absl::OkStatus();
}

absl::StatusOr<ServiceProject*> ServiceProjects::Open(Id customer, const Order* order, DeliveryModel model,
                                                      std::string display_name) {
  absl::Status status = work_.LoadMatrix();
  if (status.ok()) status = LoadTemplates();
  if (!status.ok()) return status;
  ServiceProject project;
  project.customer = customer;
  project.model = model;
  project.display_name = std::move(display_name);
  project.open_time = work_.now();
  project.repurchase_days = TemplateOf(model).repurchase_days;
  if (order != nullptr) {
    project.order = order->id;
    project.open_time = order->order_time;
    project.base_total = ValueOf(*order, model);
  }
  AddTasks(
      TemplateOf(model), [this] { return Id::New(work_.now()); }, project);
  return &Keep(std::move(project));
}

Decimal ServiceProjects::ValueOf(const Order& order, DeliveryModel model) const {
  Decimal value;
  for (const OrderLine& line : order.lines) {
    const Product* product = line.product.has_value() ? work_.products.Find(*line.product) : nullptr;
    if (product != nullptr && DeliveryModelOf(*product, work_.matrix()) == model) {
      value += line.amount * order.rate;
    }
  }
  return value;
}

absl::StatusOr<ServiceProject*> ServiceProjects::Tell(ServiceProject told, const Order* order) {
  absl::Status status = work_.LoadMatrix();
  if (status.ok()) status = LoadTemplates();
  if (!status.ok()) return status;
  told.repurchase_days = TemplateOf(told.model).repurchase_days;
  if (order != nullptr) {
    told.order = order->id;
    told.base_total = ValueOf(*order, told.model);
  }
  return &Keep(std::move(told));
}

absl::Status ServiceProjects::Log(ServiceProject& project, ServiceWork work) {
  const absl::Status status = lifecycle::Log(project, work, work_.now());
  if (!status.ok()) return status;
  const Decimal cost = project.FindTask(work.task)->base_cost;
  Logged(project, std::move(work), cost);
  return absl::OkStatus();
}

void ServiceProjects::Logged(const ServiceProject& project, ServiceWork work, Decimal task_cost) {
  work.id = Id::New(work_.now());
  work.actor = work_.actor();
  work_.AddWork(project.id, work);
  auto event = std::make_unique<v1::ServiceCostLogged>();
  event->set_source(TaskName(project.id, work.task));
  event->set_customer(servicekit::NameOf("customers", project.customer));
  *event->mutable_base_cost() = EncodeMoney(work_.environment().base_currency, task_cost);
  work_.Announce(project.customer, work.event_time, std::move(event));
}

absl::Status ServiceProjects::LoadOf(const std::vector<Id>& orders) {
  absl::StatusOr<std::vector<ServiceProject>> found = ServiceProjectStore::FindByOrder(work_.tx(), orders);
  if (!found.ok()) return found.status();
  work_.service_projects.Load(*std::move(found));
  return absl::OkStatus();
}

void ServiceProjects::CancelFor(const Order& order) {
  for (ServiceProject* project : work_.service_projects.all()) {
    if (project->order != order.id || project->state != ProjectState::kOpen) continue;
    const ServiceProject before = *project;
    const std::string reason = servicekit::StrCat("the order was cancelled: ", order.cancel_reason);
    if (Cancel(*project, reason, work_.now()).ok()) Changed(*project, before);
  }
}

void ServiceProjects::Changed(ServiceProject& project, const ServiceProject& before) {
  work_.service_projects.Change(project);
  const std::string& base = work_.environment().base_currency;
  const v1::ServiceProject was = Encode(before, base), is = Encode(project, base);
  work_.Record(project.customer, is.name(), &was, is);
  for (const ServiceTask& task : project.tasks) {
    const auto old = std::find_if(before.tasks.begin(), before.tasks.end(),
                                  [&](const ServiceTask& other) { return other.id == task.id; });
    if (old != before.tasks.end() && *old == task) continue;
    const v1::ServiceTask after = EncodeTask(project, task, base);
    if (old == before.tasks.end()) {
      work_.Record(project.customer, after.name(), nullptr, after);
    } else {
      const v1::ServiceTask former = EncodeTask(before, *old, base);
      work_.Record(project.customer, after.name(), &former, after);
    }
  }
  Announce(project);
}

absl::Status ServiceProjects::LoadTemplates() {
  if (!templates_.empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<DeliveryTemplate>> found = DeliveryStore::GetTemplates(work_.tx());
  if (!found.ok()) return found.status();
  templates_ = *std::move(found);
  return absl::OkStatus();
}

const DeliveryTemplate& ServiceProjects::TemplateOf(DeliveryModel model) const {
  static const auto& nothing = *new DeliveryTemplate();
  const auto found = std::find_if(templates_.begin(), templates_.end(),
                                  [&](const DeliveryTemplate& known) { return known.model == model; });
  return found == templates_.end() ? nothing : *found;
}

ServiceProject& ServiceProjects::Keep(ServiceProject draft) {
  draft.id = Id::New(work_.now());
  draft.customer = work_.Settle(OwnedKind::kServiceProject, draft.id, draft.customer);
  draft.create_time = draft.update_time = work_.now();
  draft.version = 1;
  ServiceProject& project = work_.service_projects.Insert(std::move(draft));
  const v1::ServiceProject after = Encode(project, work_.environment().base_currency);
  work_.Record(project.customer, after.name(), nullptr, after);
  Announce(project);
  return project;
}

void ServiceProjects::Announce(const ServiceProject& project) {
  auto event = std::make_unique<v1::ServiceProjectChanged>();
  *event->mutable_service_project() = Encode(project, work_.environment().base_currency);
  work_.Announce(project.customer, work_.now(), std::move(event));
}

}  // namespace clientele::lifecycle
