#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "customer-svc/rpc/service_fixture.h"

namespace clientele::customer {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using type::v1::ImportResult;

void Set(type::v1::ExternalId* id, const std::string& value) {
  id->set_system("crm");
  id->set_id(value);
}

class ImportTest : public ServiceTest {
 protected:
  using Records = std::vector<v1::ImportRecord>;

  static v1::ImportRecord Team(const std::string& id, const std::string& parent = "") {
    v1::ImportRecord record;
    record.mutable_team()->mutable_team()->set_display_name("team " + id);
    Set(record.mutable_team()->mutable_team()->mutable_external_id(), id);
    if (!parent.empty()) Set(record.mutable_team()->mutable_parent()->mutable_external_id(), parent);
    return record;
  }
  static v1::ImportRecord Representative(const std::string& id, const std::string& team) {
    v1::ImportRecord record;
    auto* representative = record.mutable_representative()->mutable_representative();
    representative->set_display_name("rep " + id);
    representative->set_department(type::v1::SALES);
    Set(representative->mutable_external_id(), id);
    Set(record.mutable_representative()->mutable_team()->mutable_external_id(), team);
    return record;
  }
  static v1::ImportRecord Customer(const std::string& id, const std::string& owner = "",
                                   const std::string& parent = "") {
    v1::ImportRecord record;
    *record.mutable_customer()->mutable_customer() = Named("고객 " + id + " 🌞 '); --");
    Set(record.mutable_customer()->mutable_customer()->add_external_ids(), id);
    if (!owner.empty()) Set(record.mutable_customer()->mutable_owner()->mutable_external_id(), owner);
    if (!parent.empty()) Set(record.mutable_customer()->mutable_parent()->mutable_external_id(), parent);
    return record;
  }
  static v1::ImportRecord Contact(const std::string& id, const std::string& customer) {
    v1::ImportRecord record;
    record.mutable_contact()->mutable_contact()->set_display_name("contact " + id);
    Set(record.mutable_contact()->mutable_contact()->mutable_external_id(), id);
    Set(record.mutable_contact()->mutable_customer()->mutable_external_id(), customer);
    return record;
  }
  static v1::ImportRecord Need(const std::string& id, const std::string& customer) {
    v1::ImportRecord record;
    record.mutable_need()->mutable_need()->set_description("need " + id);
    Set(record.mutable_need()->mutable_need()->mutable_external_id(), id);
    Set(record.mutable_need()->mutable_customer()->mutable_external_id(), customer);
    return record;
  }
  static v1::ImportRecord Interaction(const std::string& id, const std::string& customer,
                                      const std::string& representative) {
    v1::ImportRecord record;
    auto* interaction = record.mutable_interaction()->mutable_interaction();
    interaction->set_channel(v1::Interaction::VISIT);
    interaction->mutable_event_time()->set_seconds(1'600'000'000);
    interaction->mutable_event_time()->set_nanos(999);
    Set(interaction->mutable_external_id(), id);
    Set(record.mutable_interaction()->mutable_customer()->mutable_external_id(), customer);
    Set(record.mutable_interaction()->mutable_representative()->mutable_external_id(), representative);
    return record;
  }
  // One of everything, later ones building on earlier ones.
  static Records Company() {
    return {Team("t1"),
            Team("t2", "t1"),
            Representative("r1", "t2"),
            Customer("c1", "r1"),
            Customer("c2", "", "c1"),
            Contact("p1", "c1"),
            Need("n1", "c2"),
            Interaction("i1", "c2", "r1")};
  }

  // The answers to one message; its rows are numbered.
  absl::StatusOr<std::vector<ImportResult>> Import(Records records,
                                                   const std::string& token = "administrator") {
    const auto context = servicekit::TestContext(token);
    const auto stream = imports_->ImportRecords(context.get());
    v1::ImportRecordsRequest request;
    for (size_t i = 0; i < records.size(); ++i) {
      *request.add_records() = records[i];
      request.mutable_records(static_cast<int>(i))->set_row(100 + static_cast<int64_t>(i));
    }
    stream->Write(request);
    v1::ImportRecordsResponse response;
    const bool answered = stream->Read(&response);
    stream->WritesDone();
    const grpc::Status status = stream->Finish();
    if (!answered) return servicekit::FromGrpcStatus(status);
    std::vector<ImportResult> results(response.results().begin(), response.results().end());
    EXPECT_EQ(results.size(), records.size());
    for (size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i].row(), 100 + static_cast<int64_t>(i));
    return results;
  }
  std::vector<ImportResult::Outcome> Outcomes(const Records& records) {
    const auto results = Import(records);
    EXPECT_TRUE(results.ok()) << results.status();
    std::vector<ImportResult::Outcome> outcomes;
    if (!results.ok()) return outcomes;
    for (const ImportResult& result : *results) outcomes.push_back(result.outcome());
    return outcomes;
  }
  // Everything that a write leaves, in numbers.
  std::map<std::string, int64_t> Counts() {
    std::map<std::string, int64_t> counts;
    for (const char* table : {"teams", "team_tree", "representatives", "customers", "external_ids",
                              "contacts", "needs", "interactions", "history", "feed"}) {
      counts[table] = Database().Count(table);
    }
    return counts;
  }
};

TEST_F(ImportTest, EverythingTwiceIsUnchanged) {
  EXPECT_THAT(Outcomes(Company()), Each(ImportResult::CREATED));
  const auto counts = Counts();
  EXPECT_EQ(counts.at("history"), 8);
  EXPECT_EQ(counts.at("feed"), 6) << "contacts and needs are nobody else's business";
  EXPECT_EQ(counts.at("team_tree"), 3);
  EXPECT_THAT(Outcomes(Company()), Each(ImportResult::UNCHANGED));
  EXPECT_EQ(Counts(), counts);
}

TEST_F(ImportTest, ChangedFieldsAreUpdatedAndEmptyOnesKept) {
  v1::ImportRecord record = Customer("c1");
  record.mutable_customer()->mutable_customer()->set_industry("retail");
  const auto created = Import({record});
  record.mutable_customer()->mutable_customer()->clear_industry();
  record.mutable_customer()->mutable_customer()->set_source("fair");
  auto* erp = record.mutable_customer()->mutable_customer()->add_external_ids();
  erp->set_system("erp");
  erp->set_id("7");
  EXPECT_THAT(Outcomes({record}), ElementsAre(ImportResult::UPDATED));
  const auto customer = Get(created->at(0).name());
  EXPECT_EQ(customer->industry(), "retail");
  EXPECT_EQ(customer->source(), "fair");
  // The other system's export, which knows nothing of the first one's identifier.
  v1::ImportRecord other;
  auto* same = other.mutable_customer()->mutable_customer();
  *same = Named(customer->display_name());
  *same->add_external_ids() = *erp;
  EXPECT_THAT(Outcomes({other}), ElementsAre(ImportResult::UNCHANGED));
  EXPECT_EQ(Get(customer->name())->external_ids_size(), 2);
}

TEST_F(ImportTest, OneRecordTwiceInAMessageIsOneCustomer) {
  v1::ImportRecord again = Customer("c1");
  again.mutable_customer()->mutable_customer()->set_industry("retail");
  EXPECT_THAT(Outcomes({Customer("c1"), Customer("c1"), again}),
              ElementsAre(ImportResult::CREATED, ImportResult::UNCHANGED, ImportResult::UPDATED));
  EXPECT_EQ(Database().Count("customers"), 1);
  EXPECT_EQ(Database().Count("history"), 1);
}

TEST_F(ImportTest, WrongRowsAreRejectedAndTheRestIsKept) {
  Records records = Company();
  v1::ImportRecord bad = Customer("bad");
  bad.mutable_customer()->mutable_customer()->set_employee_count(-1);
  bad.mutable_customer()->mutable_customer()->set_type(static_cast<v1::Customer::Type>(99));
  records.insert(records.begin() + 4, bad);
  records.push_back(Contact("p2", "nobody"));
  records.push_back(Customer("c3", "no such rep"));
  records.push_back(v1::ImportRecord());
  v1::ImportRecord keyless = Customer("x");
  keyless.mutable_customer()->mutable_customer()->clear_external_ids();
  records.push_back(keyless);
  const auto results = Import(records);
  ASSERT_TRUE(results.ok()) << results.status();
  const auto wrong = [&](int i) {
    const ImportResult& result = results->at(i);
    EXPECT_EQ(result.outcome(), ImportResult::REJECTED) << i;
    return WrongFields(servicekit::FromGrpcStatus(
        grpc::Status(static_cast<grpc::StatusCode>(result.error().code()), result.error().message(),
                     result.error().SerializeAsString())));
  };
  EXPECT_THAT(wrong(4), ElementsAre("customer.type", "customer.employee_count"));
  EXPECT_THAT(wrong(9), ElementsAre("customer"));
  EXPECT_THAT(wrong(10), ElementsAre("owner"));
  EXPECT_THAT(wrong(11), ElementsAre("record"));
  EXPECT_THAT(wrong(12), ElementsAre("customer.external_ids"));
  EXPECT_EQ(Database().Count("customers"), 2);
  EXPECT_THAT(Outcomes(Company()), Each(ImportResult::UNCHANGED));
}

TEST_F(ImportTest, RecordThatTheDatabaseRefusesSpoilsOnlyItself) {
  Database().Execute(
      "CREATE TRIGGER refuse BEFORE INSERT ON customers FOR EACH ROW"
      " IF NEW.source = 'poison' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'injected'; END IF");
  v1::ImportRecord poison = Customer("c2");
  poison.mutable_customer()->mutable_customer()->set_source("poison");
  EXPECT_THAT(Outcomes({Customer("c1"), poison, Customer("c3")}),
              ElementsAre(ImportResult::CREATED, ImportResult::REJECTED, ImportResult::CREATED));
  Database().Execute("DROP TRIGGER refuse");
  EXPECT_EQ(Database().Count("history"), 2);
  EXPECT_EQ(Database().Count("feed"), 2);
  EXPECT_EQ(Database().Count("external_ids"), 2);
}

TEST_F(ImportTest, CircleOfParentsIsRejected) {
  ASSERT_THAT(Outcomes({Customer("a"), Customer("b", "", "a"), Customer("c", "", "b")}),
              Each(ImportResult::CREATED));
  EXPECT_THAT(Outcomes({Customer("a", "", "c")}), ElementsAre(ImportResult::REJECTED));
  EXPECT_THAT(Outcomes({Customer("x", "", "x")}), ElementsAre(ImportResult::REJECTED));
}

TEST_F(ImportTest, CustomersFollowTheirOwnerToAnotherTeam) {
  ASSERT_THAT(Outcomes(Company()), Each(ImportResult::CREATED));
  EXPECT_THAT(Outcomes({Representative("r1", "t1")}), ElementsAre(ImportResult::UPDATED));
  const auto customers = List({});
  ASSERT_TRUE(customers.ok());
  v1::ListTeamsRequest request;
  const auto teams = Call(teams_, &Teams::ListTeams, request);
  EXPECT_EQ(customers->at(0).team(), teams->teams(0).name());
  EXPECT_EQ(customers->at(0).etag(), "\"2\"");
}

TEST_F(ImportTest, ManyImportersOfTheSameRecordsMakeEachOnce) {
  Records records;
  for (int i = 0; i < 50; ++i) records.push_back(Customer(absl::StrCat(i)));
  std::vector<std::thread> threads;
  std::atomic<int> created = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto results = Import(records);
      ASSERT_TRUE(results.ok()) << results.status();
      for (const ImportResult& result : *results) {
        EXPECT_NE(result.outcome(), ImportResult::REJECTED) << result.ShortDebugString();
        if (result.outcome() == ImportResult::CREATED) ++created;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(created, 50);
  EXPECT_EQ(Database().Count("customers"), 50);
  EXPECT_EQ(Database().Count("feed"), 50);
}

TEST_F(ImportTest, OnlyAdministratorsImport) {
  for (const char* token : {"representative", "manager", "analyst"}) {
    EXPECT_TRUE(absl::IsPermissionDenied(Import(Company(), token).status())) << token;
  }
  EXPECT_TRUE(absl::IsInvalidArgument(Import({}).status()));
}

TEST_F(ImportTest, ReferencesResolveToWhatTheCallerMaySee) {
  ASSERT_THAT(Outcomes(Company()), Each(ImportResult::CREATED));
  v1::ResolveReferencesRequest request;
  Set(request.add_customers()->mutable_external_id(), "c2");
  Set(request.add_customers()->mutable_external_id(), "nobody");
  Set(request.add_customers()->mutable_external_id(), "c1");
  Set(request.add_representatives()->mutable_external_id(), "r1");
  const auto resolve = [&](const std::string& token) {
    return Call(imports_, &v1::CustomerImportService::Stub::ResolveReferences, request, token);
  };
  const auto all = resolve("service");
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->customers(0).display_name(), "고객 c2 🌞 '); --");
  EXPECT_EQ(all->customers(1).name(), "");
  EXPECT_EQ(all->customers(2).owner(), all->representatives(0).name());
  EXPECT_EQ(all->customers(2).team(), all->representatives(0).team());
  EXPECT_EQ(resolve("representative")->customers(2).name(), "");
}

}  // namespace
}  // namespace clientele::customer
