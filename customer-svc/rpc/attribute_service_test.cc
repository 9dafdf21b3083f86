#include <google/protobuf/util/message_differencer.h>

#include "customer-svc/rpc/service_fixture.h"

namespace clientele::customer {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AttributeTest : public ServiceTest {
 protected:
  absl::StatusOr<v1::Attribute> Define(const std::string& id, v1::Attribute::Type type,
                                       const std::vector<std::string>& choices = {},
                                       const std::string& token = "administrator") {
    v1::CreateAttributeRequest request;
    request.set_attribute_id(id);
    request.mutable_attribute()->set_display_name("Size class");
    request.mutable_attribute()->set_type(type);
    for (const std::string& choice : choices) request.mutable_attribute()->add_choices(choice);
    return Call(attributes_, &Attributes::CreateAttribute, request, token);
  }
  absl::StatusOr<v1::Attribute> Change(const v1::Attribute& attribute, const std::vector<std::string>& mask) {
    v1::UpdateAttributeRequest request;
    *request.mutable_attribute() = attribute;
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    return Call(attributes_, &Attributes::UpdateAttribute, request);
  }
  absl::Status Delete(const std::string& name, const std::string& etag = "") {
    v1::DeleteAttributeRequest request;
    request.set_name(name);
    request.set_etag(etag);
    return Call(attributes_, &Attributes::DeleteAttribute, request).status();
  }
  static v1::Customer Classed(const std::string& name, const std::string& choice) {
    v1::Customer customer = Named(name);
    (*customer.mutable_attributes())["size_class"].set_choice(choice);
    return customer;
  }
};

TEST_F(AttributeTest, DefinitionsAreAdministratorsWithEtagAndHistory) {
  EXPECT_TRUE(
      absl::IsPermissionDenied(Define("size_class", v1::Attribute::CHOICE, {"A"}, "manager").status()));
  const auto created = Define("size_class", v1::Attribute::CHOICE, {"A", "B"});
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->name(), "attributes/size_class");
  EXPECT_TRUE(absl::IsAlreadyExists(Define("size_class", v1::Attribute::TEXT).status()));
  EXPECT_THAT(WrongFields(Define("Size", v1::Attribute::TEXT).status()), ElementsAre("attribute_id"));
  EXPECT_THAT(WrongFields(Define("x", v1::Attribute::TEXT, {"A"}).status()),
              ElementsAre("attribute.choices"));

  v1::Attribute change = *created;
  change.add_choices("C");
  const auto updated = Change(change, {"choices"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->choices_size(), 3);
  EXPECT_EQ(servicekit::GetReason(Change(change, {"choices"}).status()), "STALE_ETAG");
  change.clear_etag();
  change.set_type(v1::Attribute::TEXT);
  EXPECT_THAT(WrongFields(Change(change, {"type"}).status()), ElementsAre("update_mask"));
  EXPECT_EQ(Database().Count("history"), 2);

  v1::GetAttributeRequest get;
  get.set_name(created->name());
  EXPECT_EQ(Call(attributes_, &Attributes::GetAttribute, get, "representative")->SerializeAsString(),
            updated->SerializeAsString());
  EXPECT_EQ(servicekit::GetReason(Delete(created->name(), created->etag())), "STALE_ETAG");
  EXPECT_TRUE(Delete(created->name()).ok());
  EXPECT_TRUE(absl::IsNotFound(Call(attributes_, &Attributes::GetAttribute, get).status()));
  EXPECT_TRUE(
      Call(attributes_, &Attributes::ListAttributes, v1::ListAttributesRequest())->attributes().empty());
}

TEST_F(AttributeTest, ValuesAreCheckedOnEveryWrite) {
  ASSERT_TRUE(Define("size_class", v1::Attribute::CHOICE, {"A", "B"}).ok());
  ASSERT_TRUE(Define("score", v1::Attribute::NUMBER).ok());
  EXPECT_THAT(WrongFields(Create(Classed("한빛", "C")).status()),
              ElementsAre("customer.attributes.size_class"));
  v1::Customer customer = Classed("한빛", "A");
  (*customer.mutable_attributes())["score"].set_number(0.1);
  const auto created = Create(customer);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->attributes().at("score").number(), 0.1);
  // Not as bytes: a map is written in any order.
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*Get(created->name()), *created));

  v1::Customer change;
  change.set_name(created->name());
  (*change.mutable_attributes())["size_class"].set_text("A");
  EXPECT_THAT(WrongFields(Update(change, {"attributes.size_class"}).status()),
              ElementsAre("customer.attributes.size_class"));
  (*change.mutable_attributes())["size_class"].set_number(1);
  EXPECT_THAT(WrongFields(Update(change).status()), ElementsAre("customer.attributes.size_class"));
  change.mutable_attributes()->clear();
  (*change.mutable_attributes())["no_such"].set_flag(true);
  EXPECT_THAT(WrongFields(Update(change).status()), ElementsAre("customer.attributes.no_such"));
  (*change.mutable_attributes())["no_such"].Clear();
  EXPECT_THAT(WrongFields(Update(change).status()), Contains("customer.attributes.no_such"));
  change.mutable_attributes()->clear();
  (*change.mutable_attributes())["score"].set_number(0.1234567);
  EXPECT_THAT(WrongFields(Update(change).status()), ElementsAre("customer.attributes.score"));
}

TEST_F(AttributeTest, AMaskNamesOneAttributeAndNoMaskAdds) {
  ASSERT_TRUE(Define("size_class", v1::Attribute::CHOICE, {"A", "B"}).ok());
  ASSERT_TRUE(Define("note", v1::Attribute::TEXT).ok());
  const std::string name = Create(Classed("한빛", "A"))->name();
  v1::Customer change;
  change.set_name(name);
  (*change.mutable_attributes())["note"].set_text("좋음");
  auto updated = Update(change);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->attributes().size(), 2);
  updated = Update(change, {"attributes.size_class"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->attributes().size(), 1) << "named, but not in the change";
  (*change.mutable_attributes())["size_class"].set_choice("B");
  change.mutable_attributes()->erase("note");
  updated = Update(change, {"attributes"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->attributes().size(), 1);
  EXPECT_EQ(updated->attributes().at("size_class").choice(), "B");
  EXPECT_EQ(Database().Count("customer_attributes"), 1);
}

TEST_F(AttributeTest, WhatIsInUseStays) {
  const auto defined = Define("size_class", v1::Attribute::CHOICE, {"A", "B"});
  const std::string customer = Create(Classed("한빛", "A"))->name();
  EXPECT_EQ(servicekit::GetReason(Delete(defined->name())), "ATTRIBUTE_IN_USE");
  v1::Attribute change = *defined;
  change.clear_choices();
  change.add_choices("B");
  EXPECT_EQ(servicekit::GetReason(Change(change, {"choices"}).status()), "ATTRIBUTE_IN_USE");
  v1::Customer cleared;
  cleared.set_name(customer);
  ASSERT_TRUE(Update(cleared, {"attributes"}).ok());
  EXPECT_TRUE(Change(change, {"choices"}).ok());

  v1::UpdateRequirementSetRequest update;
  update.mutable_requirement_set()->set_name("requirementSets/lead");
  auto& requirement = *update.mutable_requirement_set()->add_requirements();
  requirement.set_id("size_class");
  requirement.set_description("The size class is not known.");
  requirement.set_supplier(type::v1::MARKETING);
  requirement.set_weight(1);
  requirement.set_field("attributes.size_class");
  ASSERT_TRUE(Call(requirement_sets_, &RequirementSets::UpdateRequirementSet, update).ok());
  v1::CheckCompletenessRequest check;
  check.set_name(customer);
  check.set_stage(type::v1::LEAD);
  EXPECT_EQ(Call(completenesses_, &Completenesses::CheckCompleteness, check)->share(), 0);
  EXPECT_EQ(servicekit::GetReason(Delete(defined->name())), "ATTRIBUTE_IN_USE");
  v1::Customer classed = Classed("", "B");
  classed.set_name(customer);
  ASSERT_TRUE(Update(classed, {"attributes"}).ok());
  EXPECT_EQ(Call(completenesses_, &Completenesses::CheckCompleteness, check)->share(), 1);
}

TEST_F(AttributeTest, ImportsCheckAndAddThem) {
  ASSERT_TRUE(Define("size_class", v1::Attribute::CHOICE, {"A", "B"}).ok());
  ASSERT_TRUE(Define("note", v1::Attribute::TEXT).ok());
  const auto import = [&](const std::vector<v1::Customer>& customers) {
    const auto context = servicekit::TestContext("administrator");
    const auto stream = imports_->ImportRecords(context.get());
    v1::ImportRecordsRequest request;
    for (size_t i = 0; i < customers.size(); ++i) {
      auto& customer = *request.add_records()->mutable_customer()->mutable_customer();
      customer = customers[i];
      customer.add_external_ids()->set_system("erp");
      customer.mutable_external_ids(0)->set_id(std::to_string(i));
    }
    stream->Write(request);
    stream->WritesDone();
    v1::ImportRecordsResponse response;
    EXPECT_TRUE(stream->Read(&response));
    EXPECT_TRUE(stream->Finish().ok());
    return response;
  };
  const auto first = import({Classed("a", "A"), Classed("b", "Z")});
  EXPECT_EQ(first.results(0).outcome(), type::v1::ImportResult::CREATED);
  EXPECT_EQ(first.results(1).outcome(), type::v1::ImportResult::REJECTED);
  EXPECT_NE(first.results(1).error().message(), "");
  v1::Customer more = Named("a");
  (*more.mutable_attributes())["note"].set_text("좋음");
  const auto second = import({more});
  EXPECT_EQ(second.results(0).outcome(), type::v1::ImportResult::UPDATED);
  EXPECT_EQ(Get(first.results(0).name())->attributes().size(), 2);
  EXPECT_EQ(import({more}).results(0).outcome(), type::v1::ImportResult::UNCHANGED);
}

}  // namespace
}  // namespace clientele::customer
