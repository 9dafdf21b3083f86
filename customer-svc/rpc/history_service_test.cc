// The change history as people see it, and erasure: afterwards the person is nowhere, the figures are.
#include <gmock/gmock.h>

#include "absl/time/clock.h"
#include "customer-svc/rpc/service_fixture.h"

namespace clientele::customer {
namespace {

using servicekit::GetReason;
using servicekit::Role;
using servicekit::Row;
using servicekit::Sql;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kSecret[] = "hongsecret";

class HistoryServiceTest : public ServiceTest {
 protected:
  using Histories = v1::HistoryService::Stub;

  absl::StatusOr<std::vector<v1::Change>> Changes(const std::string& customer, int page_size = 1000,
                                                  const std::string& token = "administrator") {
    v1::ListChangesRequest request;
    request.set_parent(customer);
    request.set_page_size(page_size);
    std::vector<v1::Change> all;
    do {
      const auto page = Call(histories_, &Histories::ListChanges, request, token);
      if (!page.ok()) return page.status();
      all.insert(all.end(), page->changes().begin(), page->changes().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
  absl::StatusOr<v1::EraseCustomerResponse> Erase(const std::string& name,
                                                  const std::string& token = "administrator") {
    v1::EraseCustomerRequest request;
    request.set_name(name);
    return Call(histories_, &Histories::EraseCustomer, request, token);
  }
  // A person with everything that could tell who it is.
  v1::Customer Person(const std::string& request_id = "") {
    v1::Customer person = Named(kSecret);
    person.set_type(v1::Customer::PERSON);
    person.set_registration_number(kSecret);
    person.set_industry("retail");
    person.set_employee_count(7);
    person.add_addresses()->set_lines(kSecret);
    person.add_tags(kSecret);
    person.add_external_ids()->set_system("crm");
    person.mutable_external_ids(0)->set_id(kSecret);
    person.add_contact_points()->set_kind(v1::ContactPoint::EMAIL);
    person.mutable_contact_points(0)->set_value("hongsecret@example.com");
    const auto made = Create(person, "administrator", request_id);
    EXPECT_TRUE(made.ok()) << made.status();
    return *made;
  }
  v1::Contact AddContact(const std::string& customer) {
    v1::CreateContactRequest request;
    request.set_parent(customer);
    request.mutable_contact()->set_display_name(kSecret);
    request.set_request_id("6f1f8a1e-8a55-4f0e-9e0a-0d7c5d0b7a04");
    return *Call(customers_, &Customers::CreateContact, request);
  }
  void AddChildren(const std::string& customer) {
    AddContact(customer);
    v1::CreateNeedRequest need;
    need.set_parent(customer);
    need.mutable_need()->set_description(kSecret);
    need.mutable_need()->set_quantity(12);
    ASSERT_TRUE(Call(customers_, &Customers::CreateNeed, need).ok());
    v1::CreateInteractionRequest interaction;
    interaction.set_parent(customer);
    interaction.mutable_interaction()->set_channel(v1::Interaction::CALL);
    interaction.mutable_interaction()->mutable_event_time()->set_seconds(1000);
    interaction.mutable_interaction()->set_outcome(kSecret);
    ASSERT_TRUE(Call(customers_, &Customers::CreateInteraction, interaction).ok());
  }
  // The tables in which a text can still be read, whatever column it is in.
  std::vector<std::string> TablesWith(const std::string& text) {
    std::vector<std::string> tables;
    const auto columns = RunReading(Database().pool(), Deadline(), [&](servicekit::Transaction& tx) {
      return tx.QueryAll(
          Sql("SELECT table_name, column_name FROM information_schema.columns"
              " WHERE table_schema = DATABASE() AND data_type IN"
              " ('varchar', 'varbinary', 'longtext', 'text', 'blob', 'mediumblob', 'longblob')"),
          [](const Row& row) { return std::pair(row.Text(0), row.Text(1)); });
    });
    EXPECT_TRUE(columns.ok()) << columns.status();
    for (const auto& [table, column] : *columns) {
      Database().Execute("CREATE OR REPLACE VIEW search_view AS SELECT 1 AS found FROM `" + table +
                         "` WHERE LOCATE('" + text + "', `" + column + "`) > 0");
      if (Database().Count("search_view") > 0) tables.push_back(table + "." + column);
    }
    Database().Execute("DROP VIEW IF EXISTS search_view");
    return tables;
  }
  static absl::Time Deadline() { return absl::Now() + absl::Seconds(20); }
};

TEST_F(HistoryServiceTest, SaysWhoChangedWhatFromWhatToWhat) {
  v1::Customer customer = *Create(Named("한빛"));
  customer.set_display_name("한빛소프트");
  customer.set_employee_count(12);
  ASSERT_TRUE(Update(customer).ok());
  v1::CreateContactRequest contact;
  contact.set_parent(customer.name());
  contact.mutable_contact()->set_display_name("홍길동");
  const auto person = Call(customers_, &Customers::CreateContact, contact);
  for (const int page_size : {1, 2, 1000}) {
    const auto changes = Changes(customer.name(), page_size);
    ASSERT_TRUE(changes.ok()) << changes.status();
    ASSERT_EQ(changes->size(), 3u);
    EXPECT_EQ((*changes)[0].resource(), person->name());
    EXPECT_EQ((*changes)[0].method(), "CreateContact");
    const v1::Change& update = (*changes)[1];
    EXPECT_EQ(update.method(), "UpdateCustomer");
    EXPECT_FALSE(update.actor().empty());
    ASSERT_EQ(update.fields_size(), 2);
    EXPECT_EQ(update.fields(0).field(), "display_name");
    EXPECT_EQ(update.fields(0).old_value().string_value(), "한빛");
    EXPECT_EQ(update.fields(0).new_value().string_value(), "한빛소프트");
    EXPECT_FALSE(update.fields(1).has_old_value());
    EXPECT_EQ(update.fields(1).new_value().number_value(), 12);
    EXPECT_EQ((*changes)[2].method(), "CreateCustomer");
  }
  const std::string stranger = Token(Role::kManager, "", {CreateTeam("다른 팀").name()});
  EXPECT_TRUE(absl::IsNotFound(Changes(customer.name(), 10, stranger).status()));
}

TEST_F(HistoryServiceTest, MergedCustomersBringTheirHistory) {
  const v1::Customer a = *Create(Named("a")), b = *Create(Named("b"));
  v1::MergeCustomersRequest merge;
  merge.set_survivor(a.name());
  merge.set_merged_customer(b.name());
  const auto merged = Call(merges_, &v1::MergeService::Stub::MergeCustomers, merge);
  ASSERT_TRUE(merged.ok());
  const auto changes = Changes(b.name());
  ASSERT_TRUE(changes.ok());
  std::vector<std::string> told;
  for (const v1::Change& change : *changes) {
    for (const auto& field : change.fields()) {
      if (field.field() == "merged_into") told.push_back(field.new_value().string_value());
    }
  }
  EXPECT_THAT(told, ElementsAre(a.name()));
  v1::SplitCustomersRequest split;
  split.set_name(merged->name());
  ASSERT_TRUE(Call(merges_, &v1::MergeService::Stub::SplitCustomers, split).ok());
  const auto own = Changes(a.name());
  ASSERT_TRUE(own.ok()) << own.status();
  for (const v1::Change& change : *own) EXPECT_THAT(change.resource(), Not(HasSubstr(b.name())));
}

TEST_F(HistoryServiceTest, ErasedPersonIsNowhere) {
  v1::Customer person = Person("6f1f8a1e-8a55-4f0e-9e0a-0d7c5d0b7a03");
  AddChildren(person.name());
  const v1::Customer other = *Create(Named("another"));
  v1::MergeCustomersRequest merge;
  merge.set_survivor(other.name());
  merge.set_merged_customer(person.name());
  const auto merged = Call(merges_, &v1::MergeService::Stub::MergeCustomers, merge);
  ASSERT_TRUE(merged.ok()) << merged.status();
  ASSERT_THAT(TablesWith(kSecret), Not(IsEmpty()));

  const auto erased = Erase(person.name());
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_EQ(erased->contact_count(), 1);
  EXPECT_EQ(erased->interaction_count(), 1);
  EXPECT_THAT(TablesWith(kSecret), IsEmpty());
  EXPECT_EQ(Database().Count("match_keys"), 0);

  const auto left = Get(person.name());
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_EQ(left->display_name(), "(erased)");
  EXPECT_EQ(left->industry(), "retail");
  EXPECT_EQ(left->employee_count(), 7);
  v1::ListNeedsRequest needs;
  needs.set_parent(person.name());
  EXPECT_EQ(Call(customers_, &Customers::ListNeeds, needs)->needs(0).quantity(), 12);
  const auto changes = Changes(person.name());
  ASSERT_TRUE(changes.ok()) << changes.status();
  EXPECT_EQ(changes->front().method(), "EraseCustomer");

  // What cannot be restored or repeated any more says why.
  v1::SplitCustomersRequest split;
  split.set_name(merged->name());
  EXPECT_EQ(GetReason(Call(merges_, &v1::MergeService::Stub::SplitCustomers, split).status()), "ERASED");
  v1::CreateCustomerRequest again;
  *again.mutable_customer() = person;
  again.set_request_id("6f1f8a1e-8a55-4f0e-9e0a-0d7c5d0b7a03");
  EXPECT_FALSE(Call(customers_, &Customers::CreateCustomer, again).ok());
  const auto twice = Erase(person.name());
  ASSERT_TRUE(twice.ok()) << twice.status();
  EXPECT_EQ(twice->change_count(), 0);
  EXPECT_EQ(twice->feed_entry_count(), 0);
}

TEST_F(HistoryServiceTest, RepeatOfAnErasedAnswerIsToldSo) {
  v1::CreateCustomerRequest request;
  *request.mutable_customer() = Named("한빛");
  request.set_request_id("6f1f8a1e-8a55-4f0e-9e0a-0d7c5d0b7a05");
  const auto made = Call(customers_, &Customers::CreateCustomer, request);
  ASSERT_TRUE(made.ok());
  ASSERT_TRUE(Erase(made->name()).ok());
  EXPECT_EQ(GetReason(Call(customers_, &Customers::CreateCustomer, request).status()), "ANSWER_ERASED");
}

TEST_F(HistoryServiceTest, ErasedContactLeavesTheCustomer) {
  const v1::Customer customer = *Create(Named("한빛"));
  const v1::Contact contact = AddContact(customer.name());
  v1::EraseContactRequest request;
  request.set_name(contact.name());
  EXPECT_TRUE(absl::IsPermissionDenied(
      Call(histories_, &Histories::EraseContact, request, Token(Role::kAnalyst, "", {})).status()));
  ASSERT_TRUE(Call(histories_, &Histories::EraseContact, request).ok());
  EXPECT_THAT(TablesWith(kSecret), IsEmpty());
  EXPECT_EQ(Get(customer.name())->display_name(), "한빛");
  EXPECT_TRUE(absl::IsNotFound(Call(histories_, &Histories::EraseContact, request).status()));
}

TEST_F(HistoryServiceTest, ErasureIsForAdministrators) {
  const v1::Team team = CreateTeam("영업");
  v1::Customer pooled = Named("한빛");
  pooled.set_team(team.name());
  pooled = *Create(pooled);
  EXPECT_TRUE(
      absl::IsPermissionDenied(Erase(pooled.name(), Token(Role::kManager, "", {team.name()})).status()));
  EXPECT_EQ(Get(pooled.name())->display_name(), "한빛");
}

TEST_F(HistoryServiceTest, OthersHearThatItWasErased) {
  const v1::Customer customer = *Create(Named("한빛"));
  ASSERT_TRUE(Erase(customer.name()).ok());
  Database().Execute(
      "CREATE OR REPLACE VIEW erased_view AS SELECT 1 AS found FROM feed WHERE type LIKE '%CustomerErased'");
  EXPECT_EQ(Database().Count("erased_view"), 1);
  Database().Execute("DROP VIEW erased_view");
}

}  // namespace
}  // namespace clientele::customer
