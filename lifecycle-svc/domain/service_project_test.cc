#include "lifecycle-svc/domain/service_project.h"

#include <gtest/gtest.h>

#include <random>

#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

DeliveryTemplate Chain() {
  DeliveryTemplate chain;
  chain.tasks = {{"plan", "Plan", Department::kService, 3, 60, {}},
                 {"install", "Install", Department::kService, 10, 480, {"plan"}},
                 {"train", "Train", Department::kService, 14, 240, {"install", "plan"}}};
  return chain;
}

ServiceProject Opened(const DeliveryTemplate& from = Chain()) {
  ServiceProject project;
  project.id = Id::New(kNow);
  project.open_time = kNow;
  AddTasks(
      from, [] { return Id::New(kNow); }, project);
  return project;
}

absl::Status Move(ServiceProject& project, size_t task, TaskState state) {
  ServiceTask next = project.tasks[task];
  next.state = state;
  return ChangeTask(project, next, kNow);
}

TEST(DeliveryTemplate, StepsAreNamedOnceAndFormNoCycle) {
  std::vector<DeliveryStep> steps = Chain().tasks;
  EXPECT_TRUE(CheckSteps("tasks", steps).ok());
  steps[0].depends_on = {"train"};
  EXPECT_EQ(servicekit::GetFieldViolations(CheckSteps("tasks", steps))[0].field, "tasks");
  steps[0].depends_on = {"pay"};
  EXPECT_EQ(servicekit::GetFieldViolations(CheckSteps("tasks", steps))[0].field, "tasks[0].depends_on[0]");
  steps[0].depends_on = {};
  steps[1].key = "plan";
  EXPECT_EQ(servicekit::GetFieldViolations(CheckSteps("tasks", steps))[0].field, "tasks[1].key");
  steps[1].key = "In Stall";
  EXPECT_EQ(servicekit::GetFieldViolations(CheckSteps("tasks", steps))[0].field, "tasks[1].key");
}

TEST(ServiceProject, FollowsFromTheTemplate) {
  const ServiceProject project = Opened();
  ASSERT_EQ(project.tasks.size(), 3u);
  EXPECT_EQ(project.tasks[1].depends_on, std::vector<Id>{project.tasks[0].id});
  EXPECT_EQ(project.due_date(), absl::ToCivilDay(kNow, absl::UTCTimeZone()) + 14);
  EXPECT_EQ(project.planned_minutes(), 780);
}

TEST(ServiceProject, ATaskWaitsForThoseThatItDependsOn) {
  ServiceProject project = Opened();
  const absl::Status blocked = Move(project, 2, TaskState::kInProgress);
  EXPECT_TRUE(absl::IsFailedPrecondition(blocked));
  EXPECT_EQ(servicekit::GetPreconditionViolations(blocked).size(), 2u);
  ASSERT_TRUE(Move(project, 0, TaskState::kDone).ok());
  EXPECT_TRUE(project.tasks[0].finish_time.has_value());
  ASSERT_TRUE(Move(project, 1, TaskState::kSkipped).ok());
  ASSERT_TRUE(Move(project, 2, TaskState::kInProgress).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Move(project, 0, TaskState::kInProgress))) << "another was begun";
  ASSERT_TRUE(Move(project, 2, TaskState::kToDo).ok());
  EXPECT_TRUE(Move(project, 1, TaskState::kToDo).ok());
  EXPECT_FALSE(project.tasks[1].finish_time.has_value());
}

TEST(ServiceProject, DependenciesStayInsideAndFormNoCycle) {
  ServiceProject project = Opened();
  const ServiceProject before = project;
  ServiceTask plan = project.tasks[0];
  plan.depends_on = {project.tasks[2].id};
  EXPECT_EQ(servicekit::GetFieldViolations(ChangeTask(project, plan, kNow))[0].field, "depends_on");
  plan.depends_on = {plan.id};
  EXPECT_FALSE(ChangeTask(project, plan, kNow).ok());
  plan.depends_on = {Id::New(kNow)};
  EXPECT_FALSE(ChangeTask(project, plan, kNow).ok());
  EXPECT_EQ(project, before);
}

TEST(ServiceProject, IsCompletedWhenAllTasksAreFinished) {
  ServiceProject project = Opened();
  EXPECT_EQ(servicekit::GetPreconditionViolations(Complete(project, 5, kNow)).size(), 3u);
  for (size_t i = 0; i < 3; ++i) ASSERT_TRUE(Move(project, i, TaskState::kDone).ok());
  ASSERT_TRUE(Complete(project, 5, kNow).ok());
  EXPECT_EQ(project.complete_time, kNow);
  EXPECT_TRUE(absl::IsFailedPrecondition(Complete(project, 5, kNow)));
  EXPECT_TRUE(absl::IsFailedPrecondition(Cancel(project, "x", kNow)));
  EXPECT_TRUE(absl::IsFailedPrecondition(Move(project, 0, TaskState::kToDo)));
}

TEST(ServiceProject, WhatIsToldOfOneMustHaveBeenPossible) {
  const absl::Time later = kNow + absl::Hours(72);
  const auto told = [] {
    ServiceProject project = Opened();
    for (size_t i = 0; i < 3; ++i) {
      project.tasks[i].state = TaskState::kDone;
      project.tasks[i].finish_time = kNow + absl::Hours(i);
    }
    project.state = ProjectState::kCompleted;
    project.complete_time = kNow + absl::Hours(5);
    return project;
  };
  const auto wrong = [&](const ServiceProject& project) {
    const auto violations = servicekit::GetFieldViolations(CheckTold(project, later));
    return violations.size() == 1 ? violations[0].field : "";
  };
  EXPECT_TRUE(CheckTold(told(), later).ok());
  ServiceProject project = told();
  project.tasks[2].finish_time.reset();
  EXPECT_EQ(wrong(project), "tasks[2].finish_time");
  project.tasks[2].finish_time = kNow - absl::Hours(1);
  EXPECT_EQ(wrong(project), "tasks[2].finish_time");
  project.tasks[2].finish_time = later + absl::Hours(1);
  EXPECT_EQ(wrong(project), "tasks[2].finish_time");
  project.tasks[2].finish_time = kNow + absl::Hours(6);
  EXPECT_EQ(wrong(project), "complete_time");
  project = told();
  project.tasks[1].state = TaskState::kInProgress;
  EXPECT_EQ(wrong(project), "tasks[1].finish_time");
  project.tasks[1].finish_time.reset();
  EXPECT_EQ(wrong(project), "state");
  project.state = ProjectState::kOpen;
  project.complete_time.reset();
  EXPECT_EQ(wrong(project), "tasks[1].state") << "what depends on it is done";
  project.tasks[2].state = TaskState::kToDo;
  project.tasks[2].finish_time.reset();
  EXPECT_TRUE(CheckTold(project, later).ok());
  project.tasks[0].depends_on = {project.tasks[0].id};
  project.tasks[0].state = TaskState::kToDo;
  project.tasks[0].finish_time.reset();
  project.tasks[1].state = TaskState::kToDo;
  EXPECT_EQ(wrong(project), "tasks.depends_on");
}

TEST(ServiceProject, OnlyACompletedOneIsRated) {
  ServiceProject project = Opened();
  EXPECT_TRUE(absl::IsFailedPrecondition(Rate(project, 3, kNow)));
  for (size_t i = 0; i < 3; ++i) ASSERT_TRUE(Move(project, i, TaskState::kDone).ok());
  ASSERT_TRUE(Complete(project, 0, kNow).ok());
  ASSERT_TRUE(Rate(project, 3, kNow).ok());
  EXPECT_EQ(project.satisfaction, 3);
}

TEST(ServiceProject, LateCostsCountUnlessItWasCancelled) {
  ServiceProject project = Opened(DeliveryTemplate());
  ServiceTask task;
  task.id = Id::New(kNow);
  ASSERT_TRUE(AddTask(project, task, kNow).ok());
  ASSERT_TRUE(Move(project, 0, TaskState::kDone).ok());
  ASSERT_TRUE(Complete(project, 0, kNow).ok());
  ServiceWork work;
  work.task = task.id;
  work.minutes = 30;
  work.base_cost = Decimal::FromMicros(12'340'000);
  ASSERT_TRUE(Log(project, work, kNow).ok());
  ASSERT_TRUE(Log(project, work, kNow).ok());
  EXPECT_EQ(project.base_cost(), Decimal::FromMicros(24'680'000));
  EXPECT_EQ(project.logged_minutes(), 60);
  project.state = ProjectState::kCancelled;
  EXPECT_TRUE(absl::IsFailedPrecondition(Log(project, work, kNow)));
}

// Whatever is tried, a task that was begun has only finished ones before it, and there is no cycle.
TEST(ServiceProjectProperty, WhatWasBegunHasNothingOpenBeforeIt) {
  std::mt19937 random(13);
  const auto pick = [&](size_t n) { return static_cast<size_t>(random() % n); };
  for (int round = 0; round < 300; ++round) {
    ServiceProject project = Opened(DeliveryTemplate());
    for (int step = 0; step < 60; ++step) {
      ServiceTask task;
      task.id = Id::New(kNow);
      if (project.tasks.empty() || pick(6) == 0) {
        (void)AddTask(project, task, kNow);
        continue;
      }
      task = project.tasks[pick(project.tasks.size())];
      if (pick(2) == 0) task.depends_on.push_back(project.tasks[pick(project.tasks.size())].id);
      if (pick(6) == 0) task.depends_on.clear();
      task.state = static_cast<TaskState>(1 + pick(4));
      (void)ChangeTask(project, task, kNow);
      std::vector<std::vector<size_t>> depends_on(project.tasks.size());
      for (size_t i = 0; i < project.tasks.size(); ++i) {
        for (const Id& id : project.tasks[i].depends_on) {
          const size_t place = static_cast<size_t>(project.FindTask(id) - project.tasks.data());
          depends_on[i].push_back(place);
          if (project.tasks[i].state != TaskState::kToDo) {
            ASSERT_TRUE(IsFinished(project.tasks[place].state));
          }
        }
      }
      ASSERT_FALSE(HasCycle(depends_on));
    }
  }
}

}  // namespace
}  // namespace clientele::lifecycle
