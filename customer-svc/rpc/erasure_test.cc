// Erasure, however the person came and wherever the data went: afterwards no column of any table of the
// schema has any of it, in whatever form.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "customer-svc/rpc/service_fixture.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/id.h"

namespace clientele::customer {
namespace {

using servicekit::Row;
using servicekit::Sql;
using servicekit::Transaction;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

// What could tell who it is, each in a field of its own; folded, too, as the search and the filters hold it.
constexpr const char* kTraces[] = {"홍비밀",
                                   "Secret Hong",
                                   "secret.hong@example.com",
                                   "Secret.Hong@Example.com",
                                   "+82 10-9876-5432",
                                   "98765432",
                                   "850101-1234567",
                                   "secret-id",
                                   "비밀로 17",
                                   "03999",
                                   "secret tag",
                                   "secret note",
                                   "비밀 연락처",
                                   "secret need",
                                   "secret outcome"};

class ErasureTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    v1::CreateAttributeRequest request;
    request.set_attribute_id("note");
    request.mutable_attribute()->set_display_name("Note");
    request.mutable_attribute()->set_type(v1::Attribute::TEXT);
    ASSERT_TRUE(Call(attributes_, &Attributes::CreateAttribute, request).ok());
  }

  static void SetId(type::v1::ExternalId* id, const std::string& value) {
    id->set_system("crm");
    id->set_id(value);
  }
  // A person with contact, need and interaction, by an import; the name of the customer.
  std::string ImportPerson() {
    v1::CreateCustomerImportRequest begin;
    begin.mutable_customer_import()->set_description("a folder");
    const auto run = Call(imports_, &v1::CustomerImportService::Stub::CreateCustomerImport, begin);
    EXPECT_TRUE(run.ok()) << run.status();
    v1::ImportRecordsRequest message;
    message.set_customer_import(run->name());
    v1::Customer& person = *message.add_records()->mutable_customer()->mutable_customer();
    person.set_display_name("홍비밀");
    person.set_type(v1::Customer::PERSON);
    person.set_registration_number("850101-1234567");
    person.set_industry("retail");
    SetId(person.add_external_ids(), "secret-id");
    person.add_addresses()->set_lines("비밀로 17");
    person.mutable_addresses(0)->set_postal_code("03999");
    person.add_tags("secret tag");
    person.add_contact_points()->set_kind(v1::ContactPoint::EMAIL);
    person.mutable_contact_points(0)->set_value("Secret.Hong@Example.com");
    person.add_contact_points()->set_kind(v1::ContactPoint::PHONE);
    person.mutable_contact_points(1)->set_value("+82 10-9876-5432");
    (*person.mutable_attributes())["note"].set_text("secret note");
    auto& contact = *message.add_records()->mutable_contact();
    SetId(contact.mutable_customer()->mutable_external_id(), "secret-id");
    contact.mutable_contact()->set_display_name("비밀 연락처");
    SetId(contact.mutable_contact()->mutable_external_id(), "secret-id-contact");
    contact.mutable_contact()->add_contact_points()->set_kind(v1::ContactPoint::EMAIL);
    contact.mutable_contact()->mutable_contact_points(0)->set_value("secret.hong@example.com");
    auto& need = *message.add_records()->mutable_need();
    SetId(need.mutable_customer()->mutable_external_id(), "secret-id");
    need.mutable_need()->set_description("secret need");
    SetId(need.mutable_need()->mutable_external_id(), "secret-id-need");
    auto& interaction = *message.add_records()->mutable_interaction();
    SetId(interaction.mutable_customer()->mutable_external_id(), "secret-id");
    interaction.mutable_interaction()->set_channel(v1::Interaction::CALL);
    interaction.mutable_interaction()->mutable_event_time()->set_seconds(1000);
    interaction.mutable_interaction()->set_outcome("secret outcome");
    SetId(interaction.mutable_interaction()->mutable_external_id(), "secret-id-interaction");
    const auto context = servicekit::TestContext("administrator");
    auto stream = imports_->ImportRecords(context.get());
    v1::ImportRecordsResponse answer;
    stream->Write(message);
    stream->WritesDone();
    EXPECT_TRUE(stream->Read(&answer));
    EXPECT_TRUE(stream->Finish().ok());
    for (const auto& result : answer.results()) {
      EXPECT_EQ(result.outcome(), type::v1::ImportResult::CREATED) << result.DebugString();
    }
    return answer.results(0).name();
  }
  v1::CustomerMerge Merge(const std::string& survivor, const std::string& merged,
                          const std::vector<std::string>& taken, const std::string& request_id = "") {
    v1::MergeCustomersRequest request;
    request.set_survivor(survivor);
    request.set_merged_customer(merged);
    request.set_request_id(request_id);
    for (const std::string& field : taken) request.add_fields_from_merged(field);
    const auto merge = Call(merges_, &v1::MergeService::Stub::MergeCustomers, request);
    EXPECT_TRUE(merge.ok()) << merge.status();
    return merge.ok() ? *merge : v1::CustomerMerge();
  }
  void Split(const v1::CustomerMerge& merge) {
    v1::SplitCustomersRequest request;
    request.set_name(merge.name());
    const auto split = Call(merges_, &v1::MergeService::Stub::SplitCustomers, request);
    EXPECT_TRUE(split.ok()) << split.status();
  }
  absl::Status Erase(const std::string& name) {
    v1::EraseCustomerRequest request;
    request.set_name(name);
    return Call(histories_, &v1::HistoryService::Stub::EraseCustomer, request).status();
  }

  template <typename Decode>
  auto Ask(const Sql& sql, Decode decode) {
    return *RunReading(Database().pool(), absl::Now() + absl::Seconds(20),
                       [&](Transaction& tx) { return tx.QueryAll(sql, decode); });
  }
  // `table.column: trace` for each trace that can still be read, whatever the column holds: text, JSON,
  // bytes.
  std::vector<std::string> Remains() {
    const auto columns = Ask(
        Sql("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE()"
            " AND data_type IN ('char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'binary',"
            " 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob')"),
        [](const Row& row) { return std::pair(row.Text(0), row.Text(1)); });
    EXPECT_GT(columns.size(), 50u);
    const auto has = [this](const std::string& table, const std::string& condition) {
      Database().Execute(absl::StrCat("CREATE OR REPLACE VIEW traces AS SELECT 1 AS found FROM `", table,
                                      "` WHERE ", condition));
      return Database().Count("traces") > 0;
    };
    std::vector<std::string> remains;
    for (const auto& [table, column] : columns) {
      std::vector<std::string> conditions;
      for (const char* trace : kTraces) {
        conditions.push_back(
            absl::StrCat("LOCATE(CAST('", trace, "' AS BINARY), CAST(`", column, "` AS BINARY)) > 0"));
      }
      if (!has(table, absl::StrJoin(conditions, " OR "))) continue;
      for (size_t i = 0; i < conditions.size(); ++i) {
        if (has(table, conditions[i])) remains.push_back(absl::StrCat(table, ".", column, ": ", kTraces[i]));
      }
    }
    Database().Execute("DROP VIEW IF EXISTS traces");
    return remains;
  }
  // Rows about the customer in the tables that hold hashes and pieces, in which no trace can be read.
  std::vector<std::string> Pieces(const std::string& customer) {
    const auto id = servicekit::Id::Parse(customer.substr(customer.find('/') + 1));
    std::vector<std::string> pieces;
    const auto look = [&](const char* table, const Sql& sql) {
      if (!Ask(sql, [](const Row& row) { return row.Int64(0); }).empty()) pieces.emplace_back(table);
    };
    look("match_keys", Sql("SELECT 1 FROM match_keys WHERE customer_id = ? OR source_id = ?", {*id, *id}));
    look("customer_values", Sql("SELECT 1 FROM customer_values WHERE customer_id = ?", {*id}));
    look("customer_attributes", Sql("SELECT 1 FROM customer_attributes WHERE customer_id = ?", {*id}));
    look("external_ids", Sql("SELECT 1 FROM external_ids WHERE customer_id = ?", {*id}));
    // Of what stands in place of the name there are some.
    look("customer_name_grams",
         Sql("SELECT 1 FROM customer_name_grams WHERE customer_id = ? AND gram IN (?, ?)",
             {*id, servicekit::Bytes{"홍비"}, servicekit::Bytes{"비밀"}}));
    return pieces;
  }
};

TEST_F(ErasureTest, ImportedPersonIsNowhere) {
  const std::string person = ImportPerson();
  const auto before = Remains();
  // The walk sees rows, snapshots and indices: it could fail.
  EXPECT_THAT(before, Contains("customers.display_name: 홍비밀"));
  EXPECT_THAT(before, Contains("history.changes: secret outcome"));
  EXPECT_THAT(before, Contains("customer_values.value: 98765432"));
  EXPECT_THAT(before, Contains("feed.payload: 홍비밀"));
  EXPECT_THAT(Pieces(person), Contains("customer_name_grams"));

  ASSERT_TRUE(Erase(person).ok());
  EXPECT_THAT(Remains(), IsEmpty());
  EXPECT_THAT(Pieces(person), IsEmpty());
}

TEST_F(ErasureTest, WhatWasSharedWithAnotherCustomerForATimeGoesAndTheOtherStays) {
  const std::string person = ImportPerson();
  v1::Customer named = Named("다른 고객");
  named.set_industry("software");
  const v1::Customer other = *Create(named), outer = *Create(Named("바깥 고객"));
  // The other takes the person's values, changes some of them, and is itself part of a third for a while.
  const v1::CustomerMerge merge =
      Merge(other.name(), person, {"display_name"}, "6f1f8a1e-8a55-4f0e-9e0a-0d7c5d0b7b01");
  v1::Customer change;
  change.set_name(other.name());
  change.set_source("fair");
  v1::UpdateCustomerRequest update;
  *update.mutable_customer() = change;
  update.set_request_id("6f1f8a1e-8a55-4f0e-9e0a-0d7c5d0b7b02");
  ASSERT_TRUE(Call(customers_, &Customers::UpdateCustomer, update).ok());
  const v1::CustomerMerge outer_merge = Merge(outer.name(), other.name(), {"display_name"});
  Split(outer_merge);
  Split(merge);
  ASSERT_EQ(Get(other.name())->display_name(), "다른 고객");
  EXPECT_THAT(Remains(), Contains("requests.answer: 홍비밀"));

  ASSERT_TRUE(Erase(person).ok());
  EXPECT_THAT(Remains(), IsEmpty());
  EXPECT_THAT(Pieces(person), IsEmpty());
  // What the others are is untouched, and a rebuilt consumer hears of them by their own names.
  EXPECT_EQ(Get(other.name())->display_name(), "다른 고객");
  EXPECT_EQ(Get(other.name())->industry(), "software");
  EXPECT_EQ(Get(outer.name())->display_name(), "바깥 고객");
  const auto named_so = [&](const std::string& name) {
    return Ask(Sql("SELECT 1 FROM feed WHERE LOCATE(?, payload) > 0", {servicekit::Bytes{name}}),
               [](const Row& row) { return row.Int64(0); });
  };
  EXPECT_THAT(named_so("다른 고객"), Not(IsEmpty()));
  EXPECT_THAT(named_so("바깥 고객"), Not(IsEmpty()));
}

TEST_F(ErasureTest, WhatTheOtherWroteBeforeAndAfterKeepsItsValues) {
  const std::string person = ImportPerson();
  v1::Customer named = Named("다른 고객");
  named.set_source("before");
  const v1::Customer other = *Create(named);
  absl::SleepFor(absl::Milliseconds(2));
  Split(Merge(other.name(), person, {}));
  absl::SleepFor(absl::Milliseconds(2));
  v1::Customer change;
  change.set_name(other.name());
  change.set_source("after");
  ASSERT_TRUE(Update(change).ok());
  ASSERT_TRUE(Erase(person).ok());
  v1::ListChangesRequest request;
  request.set_parent(other.name());
  const auto changes = Call(histories_, &v1::HistoryService::Stub::ListChanges, request);
  ASSERT_TRUE(changes.ok()) << changes.status();
  std::vector<std::string> told;
  for (const v1::Change& one : changes->changes()) {
    for (const auto& field : one.fields()) {
      if (field.has_new_value()) told.push_back(field.new_value().string_value());
    }
  }
  EXPECT_THAT(told, Contains("after"));
  EXPECT_THAT(told, Contains("before"));
}

TEST_F(ErasureTest, ErasedContactIsNowhereAfterAMergeAndASplit) {
  const std::string person = ImportPerson();
  const v1::Customer other = *Create(Named("다른 고객"));
  Split(Merge(other.name(), person, {}));
  v1::ListContactsRequest list;
  list.set_parent(person);
  const auto contacts = Call(customers_, &Customers::ListContacts, list);
  ASSERT_TRUE(contacts.ok()) << contacts.status();
  ASSERT_EQ(contacts->contacts_size(), 1);
  v1::EraseContactRequest erase;
  erase.set_name(contacts->contacts(0).name());
  ASSERT_TRUE(Call(histories_, &v1::HistoryService::Stub::EraseContact, erase).ok());
  const auto remains = Remains();
  for (const std::string& trace : remains) EXPECT_THAT(trace, Not(::testing::HasSubstr("비밀 연락처")));
  EXPECT_THAT(remains, Contains("customers.display_name: 홍비밀"));
}

}  // namespace
}  // namespace clientele::customer
