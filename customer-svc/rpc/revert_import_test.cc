// What a revert may put back and what it leaves behind, and imports and merges beside other writes.
#include <gmock/gmock.h>

#include <map>
#include <thread>

#include "absl/time/clock.h"
#include "clientele/customer/v1/customer_feed.pb.h"
#include "customer-svc/operations/merge_customers.h"
#include "customer-svc/operations/save.h"
#include "customer-svc/rpc/service_fixture.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Sql;
using servicekit::StrCat;
using servicekit::Transaction;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using type::v1::ImportResult;

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

Id IdOf(const std::string& name) { return *Id::Parse(name.substr(name.rfind('/') + 1)); }

class RevertImportTest : public ServiceTest {
 protected:
  using Imports = v1::CustomerImportService::Stub;

  // A message of an import of its own, or of `run`.
  v1::ImportRecordsRequest Message(const std::string& run = "") {
    v1::ImportRecordsRequest request;
    request.set_customer_import(run);
    return request;
  }
  std::string Begin() {
    v1::CreateCustomerImportRequest request;
    request.mutable_customer_import()->set_description("a folder");
    const auto run = Call(imports_, &Imports::CreateCustomerImport, request);
    EXPECT_TRUE(run.ok()) << run.status();
    return run->name();
  }
  // Answers to the messages of one stream.
  std::vector<v1::ImportRecordsResponse> ImportAll(const std::vector<v1::ImportRecordsRequest>& requests) {
    const auto context = servicekit::TestContext("administrator");
    auto stream = imports_->ImportRecords(context.get());
    std::vector<v1::ImportRecordsResponse> answers;
    for (const v1::ImportRecordsRequest& request : requests) {
      answers.emplace_back();
      EXPECT_TRUE(stream->Write(request) && stream->Read(&answers.back()));
    }
    stream->WritesDone();
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return answers;
  }
  v1::ImportRecordsResponse Import(const v1::ImportRecordsRequest& request) {
    return ImportAll({request}).front();
  }
  // What stays, by resource: the fields.
  std::map<std::string, std::vector<std::string>> Revert(const std::string& run) {
    v1::RevertCustomerImportRequest request;
    request.set_name(run);
    const auto context = servicekit::TestContext("administrator");
    auto stream = imports_->RevertCustomerImport(context.get(), request);
    std::map<std::string, std::vector<std::string>> kept;
    v1::RevertCustomerImportResponse message;
    while (stream->Read(&message)) {
      for (const auto& write : message.kept_writes()) {
        kept[write.resource()].insert(kept[write.resource()].end(), write.fields().begin(),
                                      write.fields().end());
      }
    }
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(message.customer_import().state(), v1::CustomerImport::REVERTED);
    return kept;
  }

  static void SetId(type::v1::ExternalId* id, const std::string& value) {
    id->set_system("crm");
    id->set_id(value);
  }
  static v1::CustomerRecord* AddCustomer(v1::ImportRecordsRequest& request, const std::string& id,
                                         const std::string& name) {
    auto* record = request.add_records();
    record->set_row(request.records_size());
    *record->mutable_customer()->mutable_customer() = Named(name);
    SetId(record->mutable_customer()->mutable_customer()->add_external_ids(), id);
    return record->mutable_customer();
  }
  static v1::Contact* AddContact(v1::ImportRecordsRequest& request, const std::string& id,
                                 const std::string& customer, const std::string& name) {
    auto* record = request.add_records();
    record->set_row(request.records_size());
    SetId(record->mutable_contact()->mutable_customer()->mutable_external_id(), customer);
    v1::Contact* contact = record->mutable_contact()->mutable_contact();
    contact->set_display_name(name);
    SetId(contact->mutable_external_id(), id);
    return contact;
  }
  static v1::Representative* AddRepresentative(v1::ImportRecordsRequest& request, const std::string& id,
                                               const std::string& team) {
    auto* record = request.add_records();
    record->set_row(request.records_size());
    record->mutable_representative()->mutable_team()->set_name(team);
    v1::Representative* representative = record->mutable_representative()->mutable_representative();
    representative->set_display_name("김철수");
    representative->set_department(type::v1::SALES);
    SetId(representative->mutable_external_id(), id);
    return representative;
  }
  // The name of the customer with this external id, made by an import that nobody takes back.
  std::string Make(const std::string& id) {
    v1::ImportRecordsRequest request = Message();
    AddCustomer(request, id, StrCat("customer ", id));
    return Import(request).results(0).name();
  }
  absl::StatusOr<v1::CustomerMerge> Merge(const std::string& survivor, const std::string& merged) {
    v1::MergeCustomersRequest request;
    request.set_survivor(survivor);
    request.set_merged_customer(merged);
    return Call(merges_, &v1::MergeService::Stub::MergeCustomers, request);
  }
  int64_t CountWith(servicekit::SqlText select, const std::string& text) {
    const auto count = RunReading(Database().pool(), Soon(), [&](Transaction& tx) {
      return tx.QueryOne(Sql(select, {servicekit::Bytes{text}}),
                         [](const servicekit::Row& row) { return row.Int64(0); });
    });
    EXPECT_TRUE(count.ok()) << count.status();
    return *count;
  }

  // Runs `other` in another thread, which must come to wait for the lock of `customer`, then `write` in the
  // transaction that holds it.
  void WhileWaiting(const std::string& customer, const std::function<void()>& other,
                    const std::function<absl::Status(Transaction&)>& write) {
    std::thread waiting;
    const absl::Status status = RunTransaction(
        Database().pool(), Soon(),
        [&](Transaction& tx) -> absl::Status {
          const auto locked = stores_.customers.LockAll(tx, {IdOf(customer)});
          if (!locked.ok()) return locked.status();
          EXPECT_EQ(locked->size(), 1u);
          if (!waiting.joinable()) waiting = std::thread(other);
          // The engine renews what it tells of transactions only when nobody has asked for a tenth of a
          // second.
          for (int64_t waiters = 0; waiters == 0;) {
            absl::SleepFor(absl::Milliseconds(200));
            const auto count = tx.QueryOne(
                Sql("SELECT COUNT(*) FROM information_schema.innodb_trx t JOIN information_schema.processlist"
                    " p ON p.id = t.trx_mysql_thread_id WHERE p.db = DATABASE() AND t.trx_state = 'LOCK "
                    "WAIT'"),
                [](const servicekit::Row& row) { return row.Int64(0); });
            if (!count.ok()) return count.status();
            waiters = *count;
          }
          return write(tx);
        },
        {.read_committed = true});
    if (waiting.joinable()) waiting.join();
    EXPECT_TRUE(status.ok()) << status;
  }
};

TEST_F(RevertImportTest, OthersHearThatACustomerIsGone) {
  const std::string run = Begin();
  v1::ImportRecordsRequest request = Message(run);
  AddCustomer(request, "A", "한빛");
  const std::string customer = Import(request).results(0).name();
  EXPECT_TRUE(Revert(run).empty());
  const auto last = RunReading(Database().pool(), Soon(), [&](Transaction& tx) {
    return tx.QueryOne(Sql("SELECT payload FROM feed WHERE type LIKE '%CustomerErased'"),
                       [](const servicekit::Row& row) { return row.Blob(0); });
  });
  ASSERT_TRUE(last.ok()) << last.status();
  google::protobuf::Any any;
  v1::CustomerErased erased;
  ASSERT_TRUE(any.ParseFromString(*last) && any.UnpackTo(&erased));
  EXPECT_EQ(erased.customer(), customer);
  EXPECT_TRUE(erased.deleted());
}

TEST_F(RevertImportTest, CustomersFollowTheirOwnersTeam) {
  const v1::Team first = CreateTeam("영업1팀"), second = CreateTeam("영업2팀");
  v1::ImportRecordsRequest base = Message();
  AddRepresentative(base, "R", first.name());
  SetId(AddCustomer(base, "A", "한빛")->mutable_owner()->mutable_external_id(), "R");
  const std::string customer = Import(base).results(1).name();
  ASSERT_EQ(Get(customer)->team(), first.name());

  const std::string run = Begin();
  v1::ImportRecordsRequest request = Message(run);
  AddRepresentative(request, "R", second.name());
  Import(request);
  ASSERT_EQ(Get(customer)->team(), second.name());
  const auto kept = Revert(run);
  EXPECT_EQ(Get(customer)->team(), second.name()) << "the representative stays, and so does who follows";
  EXPECT_THAT(kept.at(customer), ElementsAre("team"));
}

TEST_F(RevertImportTest, FormerParentThatWasMergedGivesItsSurvivor) {
  const std::string first = Make("P1"), second = Make("P2"), other = Make("Q");
  v1::ImportRecordsRequest base = Message();
  SetId(AddCustomer(base, "C", "자회사")->mutable_parent()->mutable_external_id(), "P1");
  const std::string child = Import(base).results(0).name();
  const std::string run = Begin();
  v1::ImportRecordsRequest request = Message(run);
  SetId(AddCustomer(request, "C", "자회사")->mutable_parent()->mutable_external_id(), "P2");
  Import(request);
  ASSERT_EQ(Get(child)->parent(), second);
  ASSERT_TRUE(Merge(other, first).ok());
  EXPECT_THAT(Revert(run), IsEmpty());
  EXPECT_EQ(Get(child)->parent(), other);
}

TEST_F(RevertImportTest, FormerParentThatLiesBelowByNowMakesNoCircle) {
  const std::string first = Make("P1"), second = Make("P2");
  v1::ImportRecordsRequest base = Message();
  SetId(AddCustomer(base, "C", "자회사")->mutable_parent()->mutable_external_id(), "P1");
  const std::string child = Import(base).results(0).name();
  const std::string run = Begin();
  v1::ImportRecordsRequest request = Message(run);
  SetId(AddCustomer(request, "C", "자회사")->mutable_parent()->mutable_external_id(), "P2");
  Import(request);
  v1::Customer moved;
  moved.set_name(first);
  moved.set_parent(child);
  ASSERT_TRUE(Update(moved).ok());
  const auto kept = Revert(run);
  EXPECT_EQ(Get(child)->parent(), second);
  EXPECT_THAT(kept.at(child), ElementsAre("parent"));
}

// The import turns a chain around; each step back is possible in one order only.
TEST_F(RevertImportTest, ChainsOfParentsAreTurnedBack) {
  const std::string c = Make("C"), b = Make("B"), a = Make("A");
  v1::ImportRecordsRequest base = Message();
  SetId(AddCustomer(base, "B", "b")->mutable_parent()->mutable_external_id(), "A");
  SetId(AddCustomer(base, "C", "c")->mutable_parent()->mutable_external_id(), "B");
  Import(base);
  const std::string run = Begin();
  const std::string top = Make("top");
  v1::ImportRecordsRequest request = Message(run);
  SetId(AddCustomer(request, "C", "c")->mutable_parent()->mutable_external_id(), "top");
  SetId(AddCustomer(request, "B", "b")->mutable_parent()->mutable_external_id(), "C");
  SetId(AddCustomer(request, "A", "a")->mutable_parent()->mutable_external_id(), "B");
  const auto answer = Import(request);
  for (const auto& result : answer.results())
    ASSERT_EQ(result.outcome(), ImportResult::UPDATED) << result.DebugString();
  EXPECT_THAT(Revert(run), IsEmpty());
  EXPECT_EQ(Get(a)->parent(), "");
  EXPECT_EQ(Get(b)->parent(), a);
  EXPECT_EQ(Get(c)->parent(), b);
}

TEST_F(RevertImportTest, NumberThatTheSameBatchFreesComesBack) {
  const std::string first = Make("C1"), second = Make("C2");
  v1::ImportRecordsRequest base = Message();
  AddCustomer(base, "C1", "하나")->mutable_customer()->set_registration_number("N");
  Import(base);
  const std::string run = Begin();
  v1::ImportRecordsRequest changes = Message(run), gives = Message(run), creates = Message(run);
  AddCustomer(changes, "C1", "하나")->mutable_customer()->set_registration_number("M");
  AddCustomer(gives, "C2", "둘")->mutable_customer()->set_registration_number("N");
  for (const auto& answer : ImportAll({changes, gives})) {
    ASSERT_EQ(answer.results(0).outcome(), ImportResult::UPDATED) << answer.DebugString();
  }
  EXPECT_THAT(Revert(run), IsEmpty());
  EXPECT_EQ(Get(first)->registration_number(), "N");
  EXPECT_EQ(Get(second)->registration_number(), "");
}

TEST_F(RevertImportTest, NumberOfACustomerThatGoesComesBack) {
  const std::string first = Make("C1");
  v1::ImportRecordsRequest base = Message();
  AddCustomer(base, "C1", "하나")->mutable_customer()->set_registration_number("N");
  Import(base);
  const std::string run = Begin();
  v1::ImportRecordsRequest changes = Message(run), creates = Message(run);
  AddCustomer(changes, "C1", "하나")->mutable_customer()->set_registration_number("M");
  AddCustomer(creates, "C3", "셋")->mutable_customer()->set_registration_number("N");
  const auto answers = ImportAll({changes, creates});
  ASSERT_EQ(answers[1].results(0).outcome(), ImportResult::CREATED) << answers[1].DebugString();
  EXPECT_THAT(Revert(run), IsEmpty());
  EXPECT_EQ(Get(first)->registration_number(), "N");
  EXPECT_TRUE(absl::IsNotFound(Get(answers[1].results(0).name()).status()));
}

TEST_F(RevertImportTest, NumberThatAnotherGotSinceStaysThere) {
  const std::string first = Make("C1"), second = Make("C2");
  v1::ImportRecordsRequest base = Message();
  AddCustomer(base, "C1", "하나")->mutable_customer()->set_registration_number("N");
  Import(base);
  const std::string run = Begin();
  v1::ImportRecordsRequest changes = Message(run);
  AddCustomer(changes, "C1", "하나")->mutable_customer()->set_registration_number("M");
  Import(changes);
  v1::Customer taker;
  taker.set_name(second);
  taker.set_registration_number("N");
  ASSERT_TRUE(Update(taker).ok());
  const auto kept = Revert(run);
  EXPECT_THAT(kept.at(first), ElementsAre("registration_number"));
  EXPECT_EQ(Get(first)->registration_number(), "M");
  EXPECT_EQ(Get(first)->display_name(), "하나");
}

TEST_F(RevertImportTest, AttributeValueThatIsNotAllowedAnyMoreStaysAway) {
  v1::CreateAttributeRequest define;
  define.set_attribute_id("size_class");
  define.mutable_attribute()->set_display_name("규모");
  define.mutable_attribute()->set_type(v1::Attribute::CHOICE);
  for (const char* choice : {"small", "large"}) define.mutable_attribute()->add_choices(choice);
  const auto defined = Call(attributes_, &Attributes::CreateAttribute, define);
  ASSERT_TRUE(defined.ok()) << defined.status();
  v1::ImportRecordsRequest base = Message();
  (*AddCustomer(base, "A", "한빛")->mutable_customer()->mutable_attributes())["size_class"].set_choice(
      "small");
  const std::string customer = Import(base).results(0).name();
  const std::string run = Begin();
  v1::ImportRecordsRequest request = Message(run);
  (*AddCustomer(request, "A", "한빛")->mutable_customer()->mutable_attributes())["size_class"].set_choice(
      "large");
  Import(request);
  v1::UpdateAttributeRequest narrow;
  *narrow.mutable_attribute() = *defined;
  narrow.mutable_attribute()->clear_choices();
  narrow.mutable_attribute()->add_choices("large");
  const auto narrowed = Call(attributes_, &Attributes::UpdateAttribute, narrow);
  ASSERT_TRUE(narrowed.ok()) << narrowed.status();
  const auto kept = Revert(run);
  EXPECT_THAT(kept.at(customer), ElementsAre("attributes.size_class"));
  EXPECT_EQ(Get(customer)->attributes().at("size_class").choice(), "large");
}

TEST_F(RevertImportTest, NothingPersonalIsLeftOfWhatGoes) {
  const std::string stays = Make("A");
  const std::string run = Begin();
  v1::ImportRecordsRequest request = Message(run);
  AddCustomer(request, "B", "세종대왕");
  AddContact(request, "c1", "B", "장영실");
  AddContact(request, "c2", "A", "황희정승");
  Import(request);
  const auto traces = [&](const char* person) {
    return CountWith("SELECT COUNT(*) FROM history WHERE LOCATE(?, changes) > 0", person) +
           CountWith("SELECT COUNT(*) FROM feed WHERE LOCATE(?, payload) > 0", person);
  };
  for (const char* person : {"세종대왕", "장영실", "황희정승"}) ASSERT_GT(traces(person), 0) << person;
  EXPECT_THAT(Revert(run), IsEmpty());
  for (const char* person : {"세종대왕", "장영실", "황희정승"}) EXPECT_EQ(traces(person), 0) << person;
  EXPECT_GT(CountWith("SELECT COUNT(*) FROM history WHERE LOCATE(?, changes) > 0", "customer A"), 0)
      << "who stays can still be erased";
}

TEST_F(RevertImportTest, OthersHearThatAnInteractionWasNotHeld) {
  const std::string customer = Make("A");
  const std::string run = Begin();
  v1::ImportRecordsRequest request = Message(run);
  auto* record = request.add_records()->mutable_interaction();
  record->mutable_customer()->set_name(customer);
  record->mutable_interaction()->set_channel(v1::Interaction::CALL);
  record->mutable_interaction()->set_state(v1::Interaction::HELD);
  record->mutable_interaction()->mutable_event_time()->set_seconds(1'700'000'000);
  SetId(record->mutable_interaction()->mutable_external_id(), "i");
  const auto answer = Import(request);
  ASSERT_EQ(answer.results(0).outcome(), ImportResult::CREATED) << answer.DebugString();
  EXPECT_THAT(Revert(run), IsEmpty());

  std::vector<bool> held;
  const absl::Status read = RunReading(Database().pool(), Soon(), [&](Transaction& tx) {
    return tx.Query(Sql("SELECT payload FROM feed ORDER BY seq"), [&](const servicekit::Row& row) {
      google::protobuf::Any any;
      v1::InteractionLogged logged;
      if (any.ParseFromString(row.Blob(0)) && any.UnpackTo(&logged)) {
        EXPECT_EQ(logged.interaction(), answer.results(0).name());
        held.push_back(logged.held());
      }
      return absl::OkStatus();
    });
  });
  ASSERT_TRUE(read.ok()) << read;
  EXPECT_THAT(held, ElementsAre(true, false));
}

TEST_F(RevertImportTest, ContactOfWhoIsMergedMeanwhileReachesTheSurvivor) {
  const std::string survivor = Make("B"), merged = Make("A");
  v1::ImportRecordsRequest contact = Message(), child = Message();
  AddContact(contact, "c", "A", "홍길동");
  SetId(AddCustomer(child, "S", "자회사")->mutable_parent()->mutable_external_id(), "A");
  v1::ImportRecordsResponse answer;
  const servicekit::Principal administrator{.subject = "administrator",
                                            .role = servicekit::Role::kAdministrator};
  const auto merge = [&](const std::string& into, const std::string& from) {
    return [&, into, from](Transaction& tx) {
      return MergeCustomers(stores_, tx, {administrator, {"administrator", "MergeCustomers", absl::Now()}},
                            {.survivor = IdOf(into), .merged = IdOf(from)})
          .status();
    };
  };
  WhileWaiting(
      merged, [&] { answer = Import(contact); }, merge(survivor, merged));
  ASSERT_EQ(answer.results(0).outcome(), ImportResult::CREATED) << answer.DebugString();
  EXPECT_TRUE(answer.results(0).name().starts_with(survivor)) << answer.DebugString();
  v1::ListContactsRequest list;
  list.set_parent(survivor);
  EXPECT_EQ(Call(customers_, &Customers::ListContacts, list)->contacts_size(), 1);

  const std::string last = Make("C");
  WhileWaiting(
      survivor, [&] { answer = Import(child); }, merge(last, survivor));
  ASSERT_EQ(answer.results(0).outcome(), ImportResult::CREATED) << answer.DebugString();
  EXPECT_EQ(Get(answer.results(0).name())->parent(), last);
}

TEST_F(RevertImportTest, CustomerThatGetsSomethingMeanwhileStays) {
  const std::string run = Begin();
  v1::ImportRecordsRequest request = Message(run);
  AddCustomer(request, "A", "한빛");
  const std::string customer = Import(request).results(0).name();
  std::map<std::string, std::vector<std::string>> kept;
  WhileWaiting(
      customer, [&] { kept = Revert(run); },
      [&](Transaction& tx) {
        std::vector<Contact> contacts(1);
        contacts[0].id = Id::New(absl::Now());
        contacts[0].customer = IdOf(customer);
        contacts[0].display_name = "홍길동";
        return SaveNew(stores_, tx, {"someone", "CreateContact", absl::Now()}, contacts);
      });
  ASSERT_EQ(kept.count(customer), 1u) << "told as in use";
  EXPECT_THAT(kept[customer], IsEmpty()) << "the whole of it";
  EXPECT_TRUE(Get(customer).ok());
}

TEST_F(RevertImportTest, MergeSeesWhatWasWrittenWhileItWaited) {
  v1::CreateTargetMarketRequest market;
  market.mutable_target_market()->set_display_name("소매");
  market.mutable_target_market()->set_filter("industry = \"retail\"");
  ASSERT_TRUE(Call(target_markets_, &TargetMarkets::CreateTargetMarket, market).ok());
  const std::string survivor = Make("A"), merged = Make("B");
  absl::StatusOr<v1::CustomerMerge> merge = absl::UnknownError("not run");
  WhileWaiting(
      survivor, [&] { merge = Merge(survivor, merged); },
      [&](Transaction& tx) {
        const auto locked = stores_.customers.LockAll(tx, {IdOf(survivor)});
        if (!locked.ok()) return locked.status();
        std::vector<Change<Customer>> changes = {{locked->front(), locked->front()}};
        changes.front().after.industry = "retail";
        return SaveChanged(stores_, tx, {"someone", "UpdateCustomer", absl::Now()}, changes);
      });
  ASSERT_TRUE(merge.ok()) << merge.status();
  EXPECT_EQ(Get(survivor)->industry(), "retail");
}

// One message after the other is written and rolled back, yet each finds what the ones before would have
// made.
TEST_F(RevertImportTest, DryRunAnswersAsTheImportDoes) {
  std::vector<v1::ImportRecordsRequest> messages;
  const auto add = [&] { return &messages.emplace_back(); };
  AddCustomer(*add(), "A", "한빛")->mutable_customer()->set_registration_number("N");
  AddCustomer(*add(), "A", "한빛");  // The same again.
  AddCustomer(*add(), "A", "한빛")->mutable_customer()->set_industry("retail");
  AddCustomer(*add(), "A", "한빛")->mutable_customer()->set_industry("retail");
  auto* by_number = add()->add_records()->mutable_customer()->mutable_customer();
  *by_number = Named("한빛");
  by_number->set_registration_number("N");
  SetId(by_number->add_external_ids(), "A2");
  AddContact(*add(), "c", "A2", "홍길동");  // By the id that was added.
  AddContact(*add(), "c", "A", "홍길동");
  AddCustomer(*add(), "B", "두레");
  AddContact(*add(), "c", "B", "홍길동");  // It is another one's.
  AddContact(*add(), "d", "Z", "아무개");  // There is none.
  std::vector<v1::ImportRecordsRequest> dry = messages;
  for (v1::ImportRecordsRequest& message : dry) message.set_validate_only(true);
  const auto outcomes = [](const std::vector<v1::ImportRecordsResponse>& answers) {
    std::vector<std::string> told;
    for (const v1::ImportRecordsResponse& answer : answers) {
      told.push_back(ImportResult::Outcome_Name(answer.results(0).outcome()));
    }
    return told;
  };
  const std::vector<std::string> would = outcomes(ImportAll(dry));
  EXPECT_EQ(Database().Count("customers"), 0);
  EXPECT_THAT(would, ElementsAre("CREATED", "UNCHANGED", "UPDATED", "UNCHANGED", "UPDATED", "CREATED",
                                 "UNCHANGED", "CREATED", "REJECTED", "REJECTED"));
  EXPECT_EQ(outcomes(ImportAll(messages)), would);
}

}  // namespace
}  // namespace clientele::customer
