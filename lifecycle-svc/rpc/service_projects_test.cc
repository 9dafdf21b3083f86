#include "lifecycle-svc/rpc/lifecycle_fixture.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ServiceProjectsTest : public LifecycleFixture {
 protected:
  v1::Product MakeProduct(v1::Level value, v1::Level standardization) {
    v1::CreateProductRequest create;
    create.mutable_product()->set_display_name("현지화 서비스");
    create.mutable_product()->set_value_level(value);
    create.mutable_product()->set_standardization_level(standardization);
    *create.mutable_product()->mutable_list_price() = Dollars("500");
    const auto product = CreateProduct(create);
    EXPECT_TRUE(product.ok()) << product.status();
    return *product;
  }
  v1::Order Ordered(const std::string& customer, const std::string& product, const char* amount = "100") {
    v1::CreateOrderRequest request = OrderFor(customer, amount);
    request.mutable_order()->mutable_lines(0)->set_product(product);
    const auto order = CreateOrder(request);
    EXPECT_TRUE(order.ok()) << order.status();
    return *order;
  }
  v1::ServiceProject ProjectOf(const std::string& order) {
    v1::ListServiceProjectsRequest list;
    list.set_filter(servicekit::StrCat("order = \"", order, "\""));
    const auto found = ListServiceProjects(list);
    EXPECT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->service_projects_size(), 1);
    return found->service_projects_size() == 0 ? v1::ServiceProject() : found->service_projects(0);
  }
  std::vector<v1::ServiceTask> TasksOf(const std::string& project) {
    v1::ListServiceTasksRequest list;
    list.set_parent(project);
    const auto found = ListServiceTasks(list);
    EXPECT_TRUE(found.ok()) << found.status();
    return {found->service_tasks().begin(), found->service_tasks().end()};
  }
  absl::StatusOr<v1::ServiceTask> Move(const v1::ServiceTask& task, v1::ServiceTask::State state) {
    v1::UpdateServiceTaskRequest update;
    update.mutable_service_task()->set_name(task.name());
    update.mutable_service_task()->set_state(state);
    return UpdateServiceTask(update);
  }
  absl::StatusOr<v1::ServiceProject> Finish(const v1::ServiceProject& project, int satisfaction = 0) {
    for (const v1::ServiceTask& task : TasksOf(project.name())) {
      if (const auto moved = Move(task, v1::ServiceTask::DONE); !moved.ok()) return moved.status();
    }
    v1::CompleteServiceProjectRequest complete;
    complete.set_name(project.name());
    complete.set_satisfaction(satisfaction);
    return CompleteServiceProject(complete);
  }
  static std::vector<std::string> Titles(const std::vector<v1::ServiceTask>& tasks) {
    std::vector<std::string> titles;
    for (const v1::ServiceTask& task : tasks) titles.push_back(task.title());
    return titles;
  }
};

TEST_F(ServiceProjectsTest, TheMatrixIsDataThatProductsFollow) {
  const v1::Product product = MakeProduct(v1::HIGH, v1::HIGH);
  EXPECT_EQ(product.delivery_model(), v1::GENERAL);
  v1::UpdateDeliveryMatrixRequest update;
  v1::DeliveryMatrix::Cell& cell = *update.add_cells();
  cell.set_value_level(v1::HIGH);
  cell.set_standardization_level(v1::HIGH);
  cell.set_delivery_model(v1::PROCESS);
  EXPECT_TRUE(absl::IsPermissionDenied(UpdateDeliveryMatrix(update, "manager").status()));
  update.set_etag(GetDeliveryMatrix({})->etag());
  const auto updated = UpdateDeliveryMatrix(update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->cells_size(), 9);
  EXPECT_TRUE(absl::IsAborted(UpdateDeliveryMatrix(update).status())) << "the etag is stale";
  v1::ListProductsRequest list;
  EXPECT_EQ(ListProducts(list)->products(0).delivery_model(), v1::PROCESS);
  EXPECT_THAT(ListProducts(list)->products(0).delivery_model_explanation(), HasSubstr("PROCESS because"));
  *update.add_cells() = cell;
  update.clear_etag();
  EXPECT_TRUE(absl::IsInvalidArgument(UpdateDeliveryMatrix(update).status())) << "a cell is given twice";
}

TEST_F(ServiceProjectsTest, TemplatesAreDataThatNewProjectsFollow) {
  const auto templates = ListDeliveryTemplates({});
  ASSERT_TRUE(templates.ok()) << templates.status();
  ASSERT_EQ(templates->delivery_templates_size(), 3);
  EXPECT_GT(templates->delivery_templates(0).pre_sale_steps_size(), 0);
  v1::UpdateDeliveryTemplateRequest update;
  v1::DeliveryTemplate& change = *update.mutable_delivery_template();
  change.set_name("deliveryTemplates/general");
  for (const char* key : {"deliver", "ask"}) {
    v1::DeliveryTemplate::Step& task = *change.add_tasks();
    task.set_key(key);
    task.set_title(key);
    task.set_department(type::v1::SERVICE);
    task.set_due_days(5);
  }
  change.mutable_tasks(0)->add_depends_on("ask");
  change.mutable_tasks(1)->add_depends_on("deliver");
  const auto refused = UpdateDeliveryTemplate(update);
  ASSERT_EQ(servicekit::GetFieldViolations(refused.status()).size(), 1u) << refused.status();
  EXPECT_EQ(servicekit::GetFieldViolations(refused.status())[0].field, "delivery_template.tasks");
  change.mutable_tasks(0)->clear_depends_on();
  const auto updated = UpdateDeliveryTemplate(update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_GT(updated->pre_sale_steps_size(), 0) << "what is not set stays";
  const v1::Product product = MakeProduct(v1::MIDDLE, v1::MIDDLE);
  const v1::ServiceProject project = ProjectOf(Ordered(AddCustomerName(), product.name()).name());
  EXPECT_EQ(project.task_count(), 2);
  update.mutable_update_mask()->add_paths("tasks");
  change.clear_tasks();
  ASSERT_TRUE(UpdateDeliveryTemplate(update).ok());
  EXPECT_EQ(TasksOf(project.name()).size(), 2u) << "projects keep their tasks";
  Ordered(AddCustomerName(), product.name());
  EXPECT_EQ(Database().Count("service_projects"), 1) << "no tasks, no project";
}

TEST_F(ServiceProjectsTest, AnOrderOpensAProjectForEachModelAmongItsProducts) {
  const v1::Product tailored = MakeProduct(v1::HIGH, v1::LOW), standard = MakeProduct(v1::LOW, v1::HIGH);
  v1::CreateOrderRequest request = OrderFor(AddCustomerName(), "100");
  request.mutable_order()->mutable_lines(0)->set_product(tailored.name());
  for (const char* amount : {"7", "8"}) {
    v1::OrderLine& line = *request.mutable_order()->add_lines();
    line.set_product(standard.name());
    line.set_quantity(1);
    *line.mutable_amount() = Dollars(amount);
  }
  const auto order = CreateOrder(request);
  ASSERT_TRUE(order.ok()) << order.status();
  v1::ListServiceProjectsRequest list;
  list.set_filter("delivery_model = PROCESS AND state = OPEN");
  const auto process = ListServiceProjects(list);
  ASSERT_EQ(process->service_projects_size(), 1);
  EXPECT_EQ(process->service_projects(0).base_total().units(), 15);
  EXPECT_EQ(process->service_projects(0).order(), order->name());
  EXPECT_EQ(ListServiceProjects({})->service_projects_size(), 2);
  EXPECT_THAT(FeedTypes(), ::testing::UnorderedElementsAre("OrderPlaced", "ServiceProjectChanged",
                                                           "ServiceProjectChanged", "JourneyChanged"));
}

TEST_F(ServiceProjectsTest, WinningOpensTheProjectAndCancellingTheOrderEndsIt) {
  v1::CreateOpportunityRequest request = OpportunityFor(AddCustomerName());
  request.mutable_opportunity()->set_product(MakeProduct(v1::HIGH, v1::LOW).name());
  const auto opportunity = CreateOpportunity(request);
  ASSERT_TRUE(opportunity.ok()) << opportunity.status();
  v1::WinOpportunityRequest win;
  win.set_name(opportunity->name());
  const auto won = WinOpportunity(win);
  ASSERT_TRUE(won.ok()) << won.status();
  EXPECT_EQ(ProjectOf(won->order()).delivery_model(), v1::PROFESSIONAL);
  v1::CancelOrderRequest cancel;
  cancel.set_name(won->order());
  cancel.set_reason("예산 취소");
  ASSERT_TRUE(CancelOrder(cancel).ok());
  const v1::ServiceProject cancelled = ProjectOf(won->order());
  EXPECT_EQ(cancelled.state(), v1::ServiceProject::CANCELLED);
  EXPECT_THAT(cancelled.cancel_reason(), HasSubstr("예산 취소"));
  EXPECT_TRUE(absl::IsFailedPrecondition(Finish(cancelled).status()));
}

TEST_F(ServiceProjectsTest, TasksWaitForEachOtherAndCompletionOpensTheRepurchaseFollowUp) {
  const Id me = Id::New(now());
  const std::string customer = NameOf("customers", AddCustomer(me).id);
  const v1::ServiceProject project =
      ProjectOf(Ordered(customer, MakeProduct(v1::LOW, v1::HIGH).name()).name());
  const std::vector<v1::ServiceTask> tasks = TasksOf(project.name());
  ASSERT_THAT(Titles(tasks), ElementsAre("Ship", "Ask whether all is well"));
  const auto blocked = Move(tasks[1], v1::ServiceTask::IN_PROGRESS);
  EXPECT_TRUE(absl::IsFailedPrecondition(blocked.status()));
  const auto waits = servicekit::GetPreconditionViolations(blocked.status());
  ASSERT_EQ(waits.size(), 1u);
  EXPECT_EQ(waits[0].subject, tasks[0].name());
  v1::CompleteServiceProjectRequest complete;
  complete.set_name(project.name());
  EXPECT_EQ(servicekit::GetPreconditionViolations(CompleteServiceProject(complete).status()).size(), 2u);
  v1::UpdateServiceTaskRequest cycle;
  cycle.mutable_service_task()->set_name(tasks[0].name());
  cycle.mutable_service_task()->add_depends_on(tasks[1].name());
  const auto refused = UpdateServiceTask(cycle);
  ASSERT_EQ(servicekit::GetFieldViolations(refused.status()).size(), 1u) << refused.status();
  EXPECT_EQ(servicekit::GetFieldViolations(refused.status())[0].field, "service_task.depends_on");

  const auto completed = Finish(project, 4);
  ASSERT_TRUE(completed.ok()) << completed.status();
  EXPECT_EQ(completed->state(), v1::ServiceProject::COMPLETED);
  EXPECT_EQ(completed->finished_task_count(), 2);
  const auto inbox = ListFollowUps({});
  ASSERT_EQ(inbox->follow_ups_size(), 1);
  EXPECT_EQ(inbox->follow_ups(0).kind(), v1::FollowUp::REPURCHASE);
  EXPECT_EQ(inbox->follow_ups(0).owner(), NameOf("representatives", me));
  EXPECT_EQ(inbox->follow_ups(0).cause(), project.name());
  EXPECT_THAT(inbox->follow_ups(0).why(), HasSubstr("satisfaction 4 of 5"));
  complete.set_satisfaction(6);
  EXPECT_TRUE(absl::IsInvalidArgument(CompleteServiceProject(complete).status()));
}

TEST_F(ServiceProjectsTest, SatisfactionMayBeToldLaterAndCorrected) {
  const v1::ServiceProject project =
      ProjectOf(Ordered(AddCustomerName(), MakeProduct(v1::LOW, v1::HIGH).name()).name());
  v1::RateServiceProjectRequest rate;
  rate.set_name(project.name());
  rate.set_satisfaction(4);
  EXPECT_TRUE(absl::IsFailedPrecondition(RateServiceProject(rate).status())) << "it is not completed";
  const auto completed = Finish(project);
  ASSERT_TRUE(completed.ok()) << completed.status();
  EXPECT_EQ(CompareDeliveryModels({})->rows(2).satisfaction_count(), 0);
  rate.set_etag(project.etag());
  EXPECT_TRUE(absl::IsAborted(RateServiceProject(rate).status())) << "the etag is stale";
  rate.set_etag(completed->etag());
  const auto rated = RateServiceProject(rate);
  ASSERT_TRUE(rated.ok()) << rated.status();
  EXPECT_EQ(rated->satisfaction(), 4);
  rate.clear_etag();
  rate.set_satisfaction(2);
  ASSERT_TRUE(RateServiceProject(rate).ok());
  const auto compared = CompareDeliveryModels({});
  EXPECT_EQ(compared->rows(2).satisfaction_count(), 1);
  EXPECT_DOUBLE_EQ(compared->rows(2).average_satisfaction(), 2);
  rate.set_satisfaction(0);
  EXPECT_EQ(servicekit::GetFieldViolations(RateServiceProject(rate).status())[0].field, "satisfaction");
  EXPECT_TRUE(absl::IsPermissionDenied(RateServiceProject(rate, "analyst").status()));
}

TEST_F(ServiceProjectsTest, CostsAreToldAsTheSumSoFar) {
  const v1::ServiceProject project =
      ProjectOf(Ordered(AddCustomerName(), MakeProduct(v1::LOW, v1::HIGH).name()).name());
  const v1::ServiceTask task = TasksOf(project.name())[0];
  v1::LogServiceWorkRequest log;
  log.set_name(task.name());
  log.set_minutes(30);
  *log.mutable_cost() = Dollars("12.34");
  const auto once = LogServiceWork(log);
  ASSERT_TRUE(once.ok()) << once.status();
  const auto twice = LogServiceWork(log);
  EXPECT_EQ(twice->logged_minutes(), 60);
  EXPECT_EQ(twice->base_cost().units(), 24);
  *log.mutable_cost() = In("EUR", "1");
  EXPECT_TRUE(absl::IsFailedPrecondition(LogServiceWork(log).status())) << "no rate is known";
  log.clear_cost();
  log.clear_minutes();
  EXPECT_TRUE(absl::IsInvalidArgument(LogServiceWork(log).status()));
  EXPECT_EQ(Database().Count("service_work"), 2);
  EXPECT_THAT(FeedTypes(),
              ElementsAre("OrderPlaced", "ServiceProjectChanged", "JourneyChanged", "ServiceCostLogged",
                          "ServiceProjectChanged", "ServiceCostLogged", "ServiceProjectChanged"));
}

TEST_F(ServiceProjectsTest, AProjectIsOpenedByHandAndGetsTasks) {
  const std::string customer = AddCustomerName();
  v1::CreateServiceProjectRequest create;
  create.mutable_service_project()->set_customer(customer);
  create.mutable_service_project()->set_delivery_model(v1::GENERAL);
  create.mutable_service_project()->set_display_name("교육");
  const auto project = CreateServiceProject(create);
  ASSERT_TRUE(project.ok()) << project.status();
  EXPECT_EQ(project->task_count(), 4);
  v1::CreateServiceTaskRequest add;
  add.set_parent(project->name());
  add.mutable_service_task()->set_title("Extra");
  add.mutable_service_task()->set_assignee(NameOf("representatives", Id::New(now())));
  add.mutable_service_task()->add_depends_on(TasksOf(project->name())[0].name());
  const auto task = CreateServiceTask(add);
  ASSERT_TRUE(task.ok()) << task.status();
  EXPECT_EQ(task->department(), type::v1::SERVICE);
  v1::ListServiceTasksRequest mine;
  mine.set_parent("serviceProjects/-");
  mine.set_filter(servicekit::StrCat("assignee = \"", task->assignee(), "\""));
  const auto listed = ListServiceTasks(mine);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->service_tasks_size(), 1);
  EXPECT_EQ(listed->service_tasks(0).depends_on_size(), 1);
  mine.clear_filter();
  mine.set_page_size(2);
  std::vector<std::string> titles;
  do {
    const auto page = ListServiceTasks(mine);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::ServiceTask& found : page->service_tasks()) titles.push_back(found.title());
    mine.set_page_token(page->next_page_token());
  } while (!mine.page_token().empty());
  ASSERT_EQ(titles.size(), 5u);
  EXPECT_EQ(titles.back(), "Extra") << "it has no due date";

  create.mutable_service_project()->set_order(NameOf("orders", Id::New(now())));
  EXPECT_TRUE(absl::IsNotFound(CreateServiceProject(create).status()));
  const v1::Order order = Ordered(customer, MakeProduct(v1::MIDDLE, v1::MIDDLE).name());
  create.mutable_service_project()->set_order(order.name());
  EXPECT_TRUE(absl::IsFailedPrecondition(CreateServiceProject(create).status())) << "it has one already";
}

TEST_F(ServiceProjectsTest, ModelsAreComparedOverWhatTheCallerSees) {
  const Id me = Id::New(now()), team = Id::New(now());
  const std::string mine = NameOf("customers", AddCustomer(me, team).id);
  const std::string others = NameOf("customers", AddCustomer(Id::New(now()), team).id);
  const v1::Product product = MakeProduct(v1::LOW, v1::HIGH);
  const v1::ServiceProject first = ProjectOf(Ordered(mine, product.name(), "100").name());
  const v1::ServiceProject late = ProjectOf(Ordered(mine, product.name(), "50").name());
  const v1::ServiceProject foreign = ProjectOf(Ordered(others, product.name(), "10").name());
  v1::LogServiceWorkRequest log;
  log.set_name(TasksOf(first.name())[0].name());
  log.set_minutes(45);
  *log.mutable_cost() = Dollars("5");
  ASSERT_TRUE(LogServiceWork(log).ok());
  clock_.Advance(absl::Hours(24));
  ASSERT_TRUE(Finish(first, 5).ok());
  ASSERT_TRUE(Finish(foreign, 2).ok());
  clock_.Advance(absl::Hours(24 * 60));
  ASSERT_TRUE(Finish(late).ok());
  Ordered(mine, product.name(), "1");

  servicekit::Principal principal;
  principal.subject = NameOf("representatives", me);
  principal.role = servicekit::Role::kRepresentative;
  principal.representative = me;
  const std::string token = servicekit::TestToken(principal);
  auto compared = CompareDeliveryModels({}, token);
  ASSERT_TRUE(compared.ok()) << compared.status();
  ASSERT_EQ(compared->rows_size(), 3);
  EXPECT_EQ(compared->rows(0).project_count(), 0);
  const auto& row = compared->rows(2);
  EXPECT_EQ(row.delivery_model(), v1::PROCESS);
  EXPECT_EQ(row.project_count(), 3);
  EXPECT_EQ(row.completed_count(), 2);
  EXPECT_EQ(row.dated_count(), 2);
  EXPECT_EQ(row.on_time_count(), 1);
  EXPECT_DOUBLE_EQ(row.on_time_share(), 0.5);
  EXPECT_DOUBLE_EQ(row.average_days(), 31);
  EXPECT_EQ(row.logged_minutes(), 45);
  EXPECT_EQ(row.base_cost().units(), 5);
  EXPECT_EQ(row.base_total().units(), 151);
  EXPECT_EQ(row.satisfaction_count(), 1);
  EXPECT_DOUBLE_EQ(row.average_satisfaction(), 5);
  EXPECT_EQ(row.matured_count(), 0);
  EXPECT_EQ(CompareDeliveryModels({})->rows(2).project_count(), 4);
  v1::GetServiceProjectRequest get;
  get.set_name(foreign.name());
  EXPECT_TRUE(absl::IsNotFound(GetServiceProject(get, token).status()));

  clock_.Advance(absl::Hours(24 * 181));
  compared = CompareDeliveryModels({}, token);
  EXPECT_EQ(compared->rows(2).matured_count(), 2);
  EXPECT_EQ(compared->rows(2).repurchase_count(), 1)
      << "the last order came within 180 days after the first project";
  v1::CompareDeliveryModelsRequest request;
  *request.mutable_end_time() = servicekit::ToProto(now() - absl::Hours(24 * 200));
  EXPECT_EQ(CompareDeliveryModels(request, token)->rows(2).project_count(), 2);
}

// Service people work for customers who are somebody else's.
TEST_F(ServiceProjectsTest, WhoeverDoesATaskSeesItMovesItOnAndLogsWork) {
  const Id helper = Id::New(now()), sales = Id::New(now()), service = Id::New(now());
  servicekit::Principal principal;
  principal.subject = NameOf("representatives", helper);
  principal.role = servicekit::Role::kRepresentative;
  principal.representative = helper;
  principal.teams = {service};
  const std::string token = servicekit::TestToken(principal);
  v1::CreateServiceProjectRequest create;
  create.mutable_service_project()->set_customer(NameOf("customers", AddCustomer(Id::New(now()), sales).id));
  create.mutable_service_project()->set_delivery_model(v1::GENERAL);
  const auto project = CreateServiceProject(create);
  ASSERT_TRUE(project.ok()) << project.status();
  v1::ListServiceTasksRequest list;
  list.set_parent(project->name());
  EXPECT_TRUE(absl::IsNotFound(ListServiceTasks(list, token).status())) << "nothing is theirs yet";
  v1::CreateServiceTaskRequest add;
  add.set_parent(project->name());
  add.mutable_service_task()->set_title("Train");
  add.mutable_service_task()->set_assignee(NameOf("representatives", helper));
  const auto task = CreateServiceTask(add);
  ASSERT_TRUE(task.ok()) << task.status();
  const v1::ServiceTask others = TasksOf(project->name())[0];
  for (const std::string& parent : {project->name(), std::string("serviceProjects/-")}) {
    list.set_parent(parent);
    const auto listed = ListServiceTasks(list, token);
    ASSERT_TRUE(listed.ok()) << listed.status();
    ASSERT_EQ(listed->service_tasks_size(), 1) << "their own only";
    EXPECT_EQ(listed->service_tasks(0).name(), task->name());
  }
  v1::UpdateServiceTaskRequest update;
  update.mutable_service_task()->set_name(task->name());
  update.mutable_service_task()->set_state(v1::ServiceTask::DONE);
  update.mutable_service_task()->set_title("Something else");
  EXPECT_TRUE(absl::IsPermissionDenied(UpdateServiceTask(update, token).status()));
  update.mutable_service_task()->clear_title();
  const auto done = UpdateServiceTask(update, token);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->state(), v1::ServiceTask::DONE);
  update.mutable_service_task()->set_name(others.name());
  EXPECT_TRUE(absl::IsNotFound(UpdateServiceTask(update, token).status()));
  v1::LogServiceWorkRequest work;
  work.set_name(task->name());
  work.set_minutes(30);
  const auto logged = LogServiceWork(work, token);
  ASSERT_TRUE(logged.ok()) << logged.status();
  EXPECT_EQ(logged->logged_minutes(), 30);
  work.set_name(others.name());
  EXPECT_TRUE(absl::IsNotFound(LogServiceWork(work, token).status()));
  v1::CancelServiceProjectRequest cancel;
  cancel.set_name(project->name());
  cancel.set_reason("x");
  EXPECT_TRUE(absl::IsNotFound(CancelServiceProject(cancel, token).status()));
}

}  // namespace
}  // namespace clientele::lifecycle
