// Imports as a whole: counted, tried without storing, gone on with, taken back; and export, their reverse.
#include <gmock/gmock.h>

#include <map>
#include <random>

#include "customer-svc/rpc/service_fixture.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::GetReason;
using servicekit::Role;
using servicekit::StrCat;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using type::v1::ImportResult;

class ImportRunTest : public ServiceTest {
 protected:
  using Imports = v1::CustomerImportService::Stub;

  v1::CustomerImport Begin() {
    v1::CreateCustomerImportRequest request;
    request.mutable_customer_import()->set_description("a folder");
    const auto run = Call(imports_, &Imports::CreateCustomerImport, request);
    EXPECT_TRUE(run.ok()) << run.status();
    return *run;
  }
  v1::CustomerImport Look(const std::string& name) {
    v1::GetCustomerImportRequest request;
    request.set_name(name);
    return *Call(imports_, &Imports::GetCustomerImport, request);
  }
  // The answer to one message.
  absl::StatusOr<v1::ImportRecordsResponse> Import(const v1::ImportRecordsRequest& request,
                                                   const std::string& token = "administrator") {
    const auto context = servicekit::TestContext(token);
    auto stream = imports_->ImportRecords(context.get());
    v1::ImportRecordsResponse answer;
    stream->Write(request);
    stream->WritesDone();
    const bool answered = stream->Read(&answer);
    const grpc::Status status = stream->Finish();
    if (!status.ok() || !answered) return servicekit::FromGrpcStatus(status);
    return answer;
  }
  absl::StatusOr<std::vector<v1::RevertCustomerImportResponse>> Revert(const std::string& name,
                                                                       size_t at_most = 1000) {
    v1::RevertCustomerImportRequest request;
    request.set_name(name);
    const auto context = servicekit::TestContext("administrator");
    auto stream = imports_->RevertCustomerImport(context.get(), request);
    std::vector<v1::RevertCustomerImportResponse> messages;
    v1::RevertCustomerImportResponse message;
    while (messages.size() < at_most && stream->Read(&message)) messages.push_back(message);
    if (messages.size() == at_most) context->TryCancel();
    const grpc::Status status = stream->Finish();
    if (!status.ok() && messages.size() < at_most) return servicekit::FromGrpcStatus(status);
    return messages;
  }
  std::vector<v1::ImportRecord> Export(const std::string& filter = "",
                                       const std::string& token = "administrator") {
    v1::ExportRecordsRequest request;
    request.set_filter(filter);
    const auto context = servicekit::TestContext(token);
    auto stream = imports_->ExportRecords(context.get(), request);
    std::vector<v1::ImportRecord> records;
    v1::ExportRecordsResponse response;
    while (stream->Read(&response)) {
      records.insert(records.end(), response.records().begin(), response.records().end());
    }
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return records;
  }
  // Everything that an export tells, without versions and times of change.
  std::map<std::string, std::string> State() {
    std::map<std::string, std::string> state;
    for (v1::ImportRecord& record : Export()) {
      record.clear_row();
      const auto put = [&](auto* resource) {
        const std::string name = resource->name();
        resource->clear_etag();
        resource->clear_update_time();
        state[name] = record.DebugString();
      };
      if (record.has_customer()) put(record.mutable_customer()->mutable_customer());
      if (record.has_contact()) put(record.mutable_contact()->mutable_contact());
      if (record.has_need()) put(record.mutable_need()->mutable_need());
      if (record.has_interaction()) put(record.mutable_interaction()->mutable_interaction());
    }
    return state;
  }

  static void SetId(type::v1::ExternalId* id, const std::string& value) {
    id->set_system("crm");
    id->set_id(value);
  }
  static v1::Customer* AddCustomer(v1::ImportRecordsRequest& request, int64_t row, const std::string& id,
                                   const std::string& name) {
    auto* record = request.add_records();
    record->set_row(row);
    v1::Customer* customer = record->mutable_customer()->mutable_customer();
    *customer = Named(name);
    SetId(customer->add_external_ids(), id);
    return customer;
  }
  void DefineNote() {
    v1::CreateAttributeRequest request;
    request.set_attribute_id("note");
    request.mutable_attribute()->set_display_name("Note");
    request.mutable_attribute()->set_type(v1::Attribute::TEXT);
    ASSERT_TRUE(Call(attributes_, &Attributes::CreateAttribute, request).ok());
  }
  static v1::Need* AddNeed(v1::ImportRecordsRequest& request, int64_t row, const std::string& id,
                           const std::string& customer, const std::string& description) {
    auto* record = request.add_records();
    record->set_row(row);
    SetId(record->mutable_need()->mutable_customer()->mutable_external_id(), customer);
    v1::Need* need = record->mutable_need()->mutable_need();
    need->set_description(description);
    SetId(need->mutable_external_id(), id);
    return need;
  }
  static v1::Interaction* AddInteraction(v1::ImportRecordsRequest& request, int64_t row,
                                         const std::string& id, const std::string& customer,
                                         int64_t seconds) {
    auto* record = request.add_records();
    record->set_row(row);
    SetId(record->mutable_interaction()->mutable_customer()->mutable_external_id(), customer);
    v1::Interaction* interaction = record->mutable_interaction()->mutable_interaction();
    interaction->set_channel(v1::Interaction::CALL);
    interaction->mutable_event_time()->set_seconds(seconds);
    SetId(interaction->mutable_external_id(), id);
    return interaction;
  }
  static v1::Contact* AddContact(v1::ImportRecordsRequest& request, int64_t row, const std::string& id,
                                 const std::string& customer, const std::string& name) {
    auto* record = request.add_records();
    record->set_row(row);
    SetId(record->mutable_contact()->mutable_customer()->mutable_external_id(), customer);
    v1::Contact* contact = record->mutable_contact()->mutable_contact();
    contact->set_display_name(name);
    SetId(contact->mutable_external_id(), id);
    return contact;
  }
};

TEST_F(ImportRunTest, CountsWhatBecameOfTheRecords) {
  const v1::CustomerImport run = Begin();
  EXPECT_EQ(run.state(), v1::CustomerImport::RUNNING);
  v1::ImportRecordsRequest request;
  request.set_customer_import(run.name());
  AddCustomer(request, 1, "A", "한빛");
  AddCustomer(request, 2, "B", "");
  AddCustomer(request, 3, "A", "한빛");
  ASSERT_TRUE(Import(request).ok());
  v1::CustomerImport now = Look(run.name());
  EXPECT_EQ(now.created_count(), 1);
  EXPECT_EQ(now.rejected_count(), 1);
  EXPECT_EQ(now.unchanged_count(), 1);
  EXPECT_EQ(now.last_row(), 3);

  v1::CompleteCustomerImportRequest complete;
  complete.set_name(run.name());
  EXPECT_EQ(Call(imports_, &Imports::CompleteCustomerImport, complete)->state(),
            v1::CustomerImport::SUCCEEDED);
  v1::ListCustomerImportsRequest list;
  EXPECT_EQ(Call(imports_, &Imports::ListCustomerImports, list)->customer_imports(0).description(),
            "a folder");
  const std::string manager = Token(Role::kManager, "", {});
  EXPECT_TRUE(
      absl::IsPermissionDenied(Call(imports_, &Imports::ListCustomerImports, list, manager).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(Import(request, manager).status()));
}

TEST_F(ImportRunTest, DryRunSaysWhatWouldChangeAndStoresNothing) {
  v1::ImportRecordsRequest request;
  AddCustomer(request, 1, "A", "한빛");
  ASSERT_TRUE(Import(request).ok());
  const auto before = State();
  v1::ImportRecordsRequest dry;
  dry.set_validate_only(true);
  AddCustomer(dry, 1, "A", "한빛소프트");
  AddCustomer(dry, 2, "B", "두레");
  AddContact(dry, 3, "c", "B", "홍길동");
  AddCustomer(dry, 4, "C", "");
  const auto answer = Import(dry);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->results(0).outcome(), ImportResult::UPDATED);
  EXPECT_EQ(answer->results(1).outcome(), ImportResult::CREATED);
  EXPECT_EQ(answer->results(2).outcome(), ImportResult::CREATED);
  EXPECT_EQ(answer->results(3).outcome(), ImportResult::REJECTED);
  ASSERT_EQ(answer->changes_size(), 3);
  EXPECT_EQ(answer->changes(0).row(), 1);
  ASSERT_EQ(answer->changes(0).fields_size(), 1);
  EXPECT_EQ(answer->changes(0).fields(0).old_value().string_value(), "한빛");
  EXPECT_EQ(answer->changes(0).fields(0).new_value().string_value(), "한빛소프트");
  EXPECT_EQ(State(), before);
}

TEST_F(ImportRunTest, DryRunFindsWhatEarlierMessagesWouldCreate) {
  const auto context = servicekit::TestContext("administrator");
  auto stream = imports_->ImportRecords(context.get());
  v1::ImportRecordsRequest first, second, third;
  for (auto* request : {&first, &second, &third}) request->set_validate_only(true);
  auto* team = first.add_records()->mutable_team()->mutable_team();
  team->set_display_name("영업");
  SetId(team->mutable_external_id(), "T");
  AddCustomer(second, 1, "A", "한빛");
  SetId(second.mutable_records(0)->mutable_customer()->mutable_team()->mutable_external_id(), "T");
  AddContact(third, 1, "c", "A", "홍길동");
  AddContact(third, 2, "d", "Z", "아무개");
  v1::ImportRecordsResponse answer;
  ASSERT_TRUE(stream->Write(first) && stream->Read(&answer));
  ASSERT_TRUE(stream->Write(second) && stream->Read(&answer));
  EXPECT_EQ(answer.results(0).outcome(), ImportResult::CREATED) << answer.DebugString();
  ASSERT_TRUE(stream->Write(third) && stream->Read(&answer));
  EXPECT_EQ(answer.results(0).outcome(), ImportResult::CREATED) << answer.DebugString();
  EXPECT_EQ(answer.results(1).outcome(), ImportResult::REJECTED);
  EXPECT_EQ(answer.changes_size(), 1);
  stream->WritesDone();
  ASSERT_TRUE(stream->Finish().ok());
  EXPECT_EQ(Database().Count("customers"), 0);
  EXPECT_EQ(Database().Count("teams"), 0);
}

TEST_F(ImportRunTest, RevertedImportLeavesNothing) {
  v1::ImportRecordsRequest first;
  AddCustomer(first, 1, "A", "한빛")->set_industry("retail");
  AddContact(first, 2, "c1", "A", "홍길동");
  ASSERT_TRUE(Import(first).ok());
  const auto before = State();

  const v1::CustomerImport run = Begin();
  v1::ImportRecordsRequest request;
  request.set_customer_import(run.name());
  AddCustomer(request, 1, "A", "한빛소프트")->set_registration_number("123");
  AddCustomer(request, 2, "B", "두레");
  AddContact(request, 3, "c1", "A", "홍길순");
  AddContact(request, 4, "c2", "B", "김철수");
  ASSERT_TRUE(Import(request).ok());
  ASSERT_NE(State(), before);

  const auto reverted = Revert(run.name());
  ASSERT_TRUE(reverted.ok()) << reverted.status();
  EXPECT_EQ(reverted->back().customer_import().state(), v1::CustomerImport::REVERTED);
  EXPECT_EQ(reverted->back().kept_writes_size(), 0);
  EXPECT_EQ(State(), before);
  EXPECT_EQ(GetReason(Import(request).status()), "IMPORT_REVERTED");
  EXPECT_EQ(Revert(run.name())->back().customer_import().reverted_count(), 4)
      << "a repeat has no second effect";
  request.clear_customer_import();
  ASSERT_TRUE(Import(request).ok()) << "what it took is free again";
}

TEST_F(ImportRunTest, WhatWasChangedSinceStaysAndIsTold) {
  v1::ImportRecordsRequest first;
  AddCustomer(first, 1, "A", "한빛")->set_industry("retail");
  ASSERT_TRUE(Import(first).ok());
  const v1::CustomerImport run = Begin();
  v1::ImportRecordsRequest request;
  request.set_customer_import(run.name());
  v1::Customer* a = AddCustomer(request, 1, "A", "한빛소프트");
  a->set_industry("software");
  AddCustomer(request, 2, "B", "두레");
  AddCustomer(request, 3, "C", "세종");
  const auto answer = Import(request);
  ASSERT_TRUE(answer.ok());
  const std::string name_a = answer->results(0).name(), name_b = answer->results(1).name(),
                    name_c = answer->results(2).name();
  v1::Customer change;
  change.set_name(name_a);
  change.set_industry("hardware");
  ASSERT_TRUE(Update(change).ok());
  v1::CreateContactRequest contact;
  contact.set_parent(name_b);
  contact.mutable_contact()->set_display_name("새 사람");
  ASSERT_TRUE(Call(customers_, &Customers::CreateContact, contact).ok());

  const auto reverted = Revert(run.name());
  ASSERT_TRUE(reverted.ok()) << reverted.status();
  std::map<std::string, std::vector<std::string>> kept;
  for (const auto& write : reverted->back().kept_writes()) {
    kept[write.resource()] = {write.fields().begin(), write.fields().end()};
  }
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_THAT(kept[name_a], ElementsAre("industry"));
  EXPECT_THAT(kept[name_b], IsEmpty()) << "the whole of it";
  EXPECT_EQ(Get(name_a)->display_name(), "한빛");
  EXPECT_EQ(Get(name_a)->industry(), "hardware");
  EXPECT_TRUE(Get(name_b).ok());
  EXPECT_TRUE(absl::IsNotFound(Get(name_c).status()));
}

TEST_F(ImportRunTest, LongRevertGoesOnWhereItStopped) {
  const v1::CustomerImport run = Begin();
  for (int message = 0; message < 3; ++message) {
    v1::ImportRecordsRequest request;
    request.set_customer_import(run.name());
    for (int i = 0; i < 150; ++i) AddCustomer(request, i, StrCat(message, "-", i), StrCat("c", i));
    ASSERT_TRUE(Import(request).ok());
  }
  const auto broken = Revert(run.name(), 1);
  ASSERT_TRUE(broken.ok()) << broken.status();
  EXPECT_EQ(broken->front().customer_import().state(), v1::CustomerImport::REVERTING);
  EXPECT_EQ(broken->front().customer_import().reverted_count(), 300) << "whole messages";
  ASSERT_TRUE(Revert(run.name()).ok());
  EXPECT_EQ(List({})->size(), 0u);
  EXPECT_EQ(Database().Count("match_keys"), 0);
  EXPECT_EQ(Database().Count("external_ids"), 0);
}

TEST_F(ImportRunTest, ExportIsWhatAnImportTakes) {
  v1::ImportRecordsRequest request;
  v1::Customer* a = AddCustomer(request, 1, "A", "한빛");
  a->add_tags("vip");
  a->add_addresses()->set_locality("서울");
  AddContact(request, 2, "c", "A", "홍길동");
  AddCustomer(request, 3, "B", "두레")->set_industry("retail");
  ASSERT_TRUE(Import(request).ok());
  const std::vector<v1::ImportRecord> records = Export();
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[2].row(), 3);
  EXPECT_EQ(Export("industry = \"retail\"").size(), 1u);
  v1::ImportRecordsRequest back;
  for (const v1::ImportRecord& record : records) *back.add_records() = record;
  const auto answer = Import(back);
  ASSERT_TRUE(answer.ok()) << answer.status();
  for (const auto& result : answer->results()) EXPECT_EQ(result.outcome(), ImportResult::UNCHANGED);
}

// Random imports over random data, then the revert: as if it had never been.
TEST_F(ImportRunTest, ImportThenRevertIsTheIdentity) {
  std::mt19937_64 random(77);
  const auto word = [&] { return std::string(1, static_cast<char>('a' + random() % 6)); };
  std::vector<std::string> representatives;
  const auto fill = [&](v1::ImportRecordsRequest& request, int records) {
    for (int row = 1; row <= records; ++row) {
      const std::string id = StrCat(random() % 12);
      if (random() % 2 == 0) {
        v1::Customer* customer = AddCustomer(request, row, id, word());
        if (random() % 2 == 0) customer->set_industry(word());
        if (random() % 2 == 0) customer->add_tags(word());
        if (random() % 3 == 0) customer->set_registration_number(StrCat("r", id));
        if (random() % 3 == 0) customer->add_addresses()->set_locality(word());
        if (random() % 3 == 0) {
          customer->add_contact_points()->set_kind(v1::ContactPoint::EMAIL);
          customer->mutable_contact_points(0)->set_value(word() + "@example.com");
        }
        if (random() % 3 == 0) (*customer->mutable_attributes())["note"].set_text(word());
        if (random() % 3 == 0) customer->set_owner(representatives[random() % representatives.size()]);
        if (random() % 3 == 0) {
          SetId(request.mutable_records(request.records_size() - 1)
                    ->mutable_customer()
                    ->mutable_parent()
                    ->mutable_external_id(),
                StrCat(random() % 12));
        }
      } else if (random() % 3 == 0) {
        AddNeed(request, row, StrCat("n", random() % 12), id, word())
            ->set_quantity(static_cast<int64_t>(random() % 5));
      } else if (random() % 3 == 0) {
        AddInteraction(request, row, StrCat("i", random() % 12), id, static_cast<int64_t>(random() % 9))
            ->set_outcome(word());
      } else {
        AddContact(request, row, StrCat("c", random() % 12), id, word())->set_job_title(word());
      }
    }
  };
  for (int round = 0; round < 12; ++round) {
    Database().Clear();
    DefineNote();
    representatives.clear();
    for (int i = 0; i < 2; ++i) {
      representatives.push_back(CreateRepresentative(CreateTeam(StrCat("team ", i)).name()).name());
    }
    v1::ImportRecordsRequest base;
    fill(base, 15);
    ASSERT_TRUE(Import(base).ok());
    const auto before = State();
    const v1::CustomerImport run = Begin();
    for (int message = 0; message < 3; ++message) {
      v1::ImportRecordsRequest request;
      request.set_customer_import(run.name());
      fill(request, 15);
      ASSERT_TRUE(Import(request).ok());
    }
    const auto reverted = Revert(run.name());
    ASSERT_TRUE(reverted.ok()) << reverted.status();
    EXPECT_EQ(reverted->back().customer_import().kept_count(), 0) << reverted->back().DebugString();
    EXPECT_EQ(State(), before) << "round " << round;
  }
}

}  // namespace
}  // namespace clientele::customer
