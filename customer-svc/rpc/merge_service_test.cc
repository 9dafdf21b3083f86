// Merge and split through the contract: what is one becomes two again, whatever happened in between.
#include <gmock/gmock.h>

#include <random>

#include "absl/time/clock.h"
#include "customer-svc/rpc/service_fixture.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::GetReason;
using servicekit::Role;
using servicekit::StrCat;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class MergeServiceTest : public ServiceTest {
 protected:
  using Merges = v1::MergeService::Stub;

  absl::StatusOr<v1::CustomerMerge> Merge(const std::string& survivor, const std::string& merged,
                                          const std::vector<std::string>& from_merged = {},
                                          const std::string& token = "administrator") {
    return Call(merges_, &Merges::MergeCustomers, MergeRequest(survivor, merged, from_merged), token);
  }
  static v1::MergeCustomersRequest MergeRequest(const std::string& survivor, const std::string& merged,
                                                const std::vector<std::string>& from_merged = {}) {
    v1::MergeCustomersRequest request;
    request.set_survivor(survivor);
    request.set_merged_customer(merged);
    for (const std::string& field : from_merged) request.add_fields_from_merged(field);
    return request;
  }
  absl::StatusOr<v1::SplitCustomersResponse> Split(const std::string& merge,
                                                   const std::string& token = "administrator") {
    v1::SplitCustomersRequest request;
    request.set_name(merge);
    return Call(merges_, &Merges::SplitCustomers, request, token);
  }
  absl::StatusOr<v1::SplitCustomersResponse> PreviewSplit(const std::string& merge) {
    v1::SplitCustomersRequest request;
    request.set_name(merge);
    return Call(merges_, &Merges::PreviewSplit, request);
  }
  v1::Customer Make(const std::string& name, const std::string& external_id = "") {
    v1::Customer customer = Named(name);
    if (!external_id.empty()) {
      auto* id = customer.add_external_ids();
      id->set_system("crm");
      id->set_id(external_id);
    }
    const auto made = Create(customer);
    EXPECT_TRUE(made.ok()) << made.status();
    return *made;
  }
  v1::Contact AddContact(const std::string& customer, const std::string& name) {
    v1::CreateContactRequest request;
    request.set_parent(customer);
    request.mutable_contact()->set_display_name(name);
    const auto made = Call(customers_, &Customers::CreateContact, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return *made;
  }
  v1::Interaction AddInteraction(const std::string& customer, int64_t seconds) {
    v1::CreateInteractionRequest request;
    request.set_parent(customer);
    request.mutable_interaction()->set_channel(v1::Interaction::CALL);
    request.mutable_interaction()->mutable_event_time()->set_seconds(seconds);
    const auto made = Call(customers_, &Customers::CreateInteraction, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return *made;
  }
  std::vector<std::string> Contacts(const std::string& customer) {
    v1::ListContactsRequest request;
    request.set_parent(customer);
    const auto page = Call(customers_, &Customers::ListContacts, request);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    for (const v1::Contact& contact : page->contacts()) names.push_back(contact.display_name());
    return names;
  }
  // What must be the same again: everything but version and time of change.
  static std::string Profile(v1::Customer customer) {
    customer.clear_etag();
    customer.clear_update_time();
    return customer.DebugString();
  }
};

TEST_F(MergeServiceTest, MergedNameIsAnAliasEverywhere) {
  const v1::Customer a = Make("한빛", "A"), b = Make("한빛전자", "B");
  const v1::Contact contact = AddContact(b.name(), "홍길동");
  const auto merge = Merge(a.name(), b.name());
  ASSERT_TRUE(merge.ok()) << merge.status();
  EXPECT_EQ(merge->contact_count(), 1);

  EXPECT_EQ(Get(b.name())->name(), a.name());
  EXPECT_EQ(List({})->size(), 1u);
  EXPECT_THAT(Contacts(b.name()), ElementsAre("홍길동"));
  AddContact(b.name(), "김철수");
  EXPECT_THAT(Contacts(a.name()), ElementsAre("홍길동", "김철수"));

  v1::GetContactRequest get;
  get.set_name(contact.name());
  EXPECT_EQ(Call(customers_, &Customers::GetContact, get)->display_name(), "홍길동");
  v1::UpdateContactRequest update;
  *update.mutable_contact() = contact;
  update.mutable_contact()->set_job_title("부장");
  EXPECT_EQ(Call(customers_, &Customers::UpdateContact, update)->job_title(), "부장");

  v1::Customer changed;
  changed.set_name(b.name());
  changed.set_industry("software");
  EXPECT_EQ(Update(changed)->name(), a.name());

  v1::BatchGetCustomersRequest batch;
  batch.add_names(b.name());
  EXPECT_EQ(Call(customers_, &Customers::BatchGetCustomers, batch)->customers(0).name(), a.name());
  v1::ResolveReferencesRequest resolve;
  resolve.add_customers()->set_name(b.name());
  resolve.add_customers()->mutable_external_id()->set_system("crm");
  resolve.mutable_customers(1)->mutable_external_id()->set_id("B");
  const auto resolved = Call(imports_, &v1::CustomerImportService::Stub::ResolveReferences, resolve);
  EXPECT_EQ(resolved->customers(0).name(), a.name());
  EXPECT_EQ(resolved->customers(1).name(), a.name());

  v1::Customer child = Named("자회사");
  child.set_parent(b.name());
  EXPECT_EQ(Create(child)->parent(), a.name());
}

// Wherever a customer is named in a list of names, in a filter or as whose it is.
TEST_F(MergeServiceTest, MergedNameFindsTheSurvivor) {
  const v1::Customer a = Make("한빛", "A"), b = Make("한빛전자", "B");
  v1::Customer child = Named("자회사");
  child.set_parent(b.name());
  child = *Create(child);
  ASSERT_TRUE(Merge(a.name(), b.name()).ok());

  v1::ListCustomerMergesRequest merges;
  merges.set_customer(b.name());
  EXPECT_THAT(Call(merges_, &Merges::ListCustomerMerges, merges)->customer_merges(), SizeIs(1));

  const auto listed = [&](const std::string& filter) {
    v1::ListCustomersRequest list;
    list.set_filter(filter);
    std::vector<std::string> names;
    const auto found = List(list);
    EXPECT_TRUE(found.ok()) << found.status();
    for (const v1::Customer& customer : *found) names.push_back(customer.name());
    return names;
  };
  EXPECT_THAT(listed(StrCat("name = \"", b.name(), "\"")), ElementsAre(a.name()));
  EXPECT_THAT(listed(StrCat("parent = ", b.name(), " AND name != \"", b.name(), "\"")),
              ElementsAre(child.name()));

  const v1::Team team = CreateTeam("영업");
  const v1::Representative owner = CreateRepresentative(team.name());
  const std::string nobody = "customers/01JD5R6X0QF3V9K2M4N8P7S1TA";
  v1::PreviewTransferRequest preview;
  preview.mutable_transfer()->add_customers(b.name());
  preview.mutable_transfer()->add_customers(nobody);
  preview.mutable_transfer()->set_owner(owner.name());
  const auto previewed = Call(ownerships_, &v1::OwnershipService::Stub::PreviewTransfer, preview);
  ASSERT_TRUE(previewed.ok()) << previewed.status();
  EXPECT_EQ(previewed->moving_count(), 1);
  EXPECT_THAT(previewed->not_found(), ElementsAre(nobody));
  v1::TransferCustomersRequest transfer;
  *transfer.mutable_transfer() = preview.transfer();
  transfer.set_request_id("6f1f8a1e-8a55-4f0e-9e0a-0d7c5d0b7a03");
  const auto context = servicekit::TestContext("administrator");
  auto stream = ownerships_->TransferCustomers(context.get(), transfer);
  for (v1::TransferCustomersResponse moved; stream->Read(&moved);) EXPECT_EQ(moved.moved_count(), 1);
  ASSERT_TRUE(stream->Finish().ok());
  EXPECT_EQ(Get(a.name())->owner(), owner.name());
}

TEST_F(MergeServiceTest, PastOfTheMergedOneIsTheSurvivorsToo) {
  const v1::Team team = CreateTeam("영업");
  const v1::Representative first = CreateRepresentative(team.name()),
                           second = CreateRepresentative(team.name());
  v1::Customer a = Named("한빛"), b = Named("한빛전자");
  a.set_owner(first.name());
  b.set_owner(second.name());
  a = *Create(a);
  b = *Create(b);
  b.set_industry("software");
  b = *Update(b, {"industry"});
  const auto merge = Merge(a.name(), b.name());
  ASSERT_TRUE(merge.ok()) << merge.status();

  v1::ListTimelineRequest timeline;
  timeline.set_parent(a.name());
  std::vector<std::string> changed;
  const auto entries = Call(timelines_, &Timelines::ListTimeline, timeline);
  for (const v1::TimelineEntry& entry : entries->entries()) {
    for (const auto& field : entry.change().fields()) {
      changed.push_back(StrCat(entry.change().resource() == b.name() ? "b." : "a.", field.field()));
    }
  }
  EXPECT_THAT(changed,
              ::testing::IsSupersetOf({"a.display_name", "b.display_name", "b.industry", "b.merged_into"}));

  v1::ListOwnershipsRequest list;
  list.set_parent(a.name());
  list.set_page_size(1);
  std::vector<v1::Ownership> ownerships;
  do {
    const auto page = Call(ownerships_, &v1::OwnershipService::Stub::ListOwnerships, list);
    ASSERT_TRUE(page.ok()) << page.status();
    ownerships.insert(ownerships.end(), page->ownerships().begin(), page->ownerships().end());
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  ASSERT_THAT(ownerships, SizeIs(2));
  EXPECT_EQ(ownerships[0].owner(), second.name());
  EXPECT_EQ(ownerships[0].end_time().seconds(), merge->merge_time().seconds()) << "until it was merged";
  EXPECT_EQ(ownerships[1].owner(), first.name());
  EXPECT_FALSE(ownerships[1].has_end_time()) << "it still lasts";
}

TEST_F(MergeServiceTest, SplitLeavesOutValuesThatAreNotAllowedAnyMore) {
  const auto define = [&](const std::string& id) {
    v1::CreateAttributeRequest request;
    request.set_attribute_id(id);
    request.mutable_attribute()->set_display_name(id);
    request.mutable_attribute()->set_type(v1::Attribute::CHOICE);
    for (const char* choice : {"small", "large"}) request.mutable_attribute()->add_choices(choice);
    const auto made = Call(attributes_, &Attributes::CreateAttribute, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return *made;
  };
  v1::Attribute size = define("size_class");
  const v1::Attribute region = define("region");
  v1::Customer a = Named("a"), b = Named("b");
  (*a.mutable_attributes())["size_class"].set_choice("large");
  (*b.mutable_attributes())["size_class"].set_choice("small");
  (*b.mutable_attributes())["region"].set_choice("large");
  a = *Create(a);
  b = *Create(b);
  const auto merge = Merge(a.name(), b.name());
  ASSERT_TRUE(merge.ok()) << merge.status();
  // Only the snapshot has "small", and after this only the snapshot has a region.
  size.clear_choices();
  size.add_choices("large");
  v1::UpdateAttributeRequest narrow;
  *narrow.mutable_attribute() = size;
  ASSERT_TRUE(Call(attributes_, &Attributes::UpdateAttribute, narrow).ok());
  v1::Customer without = *Get(a.name());
  without.mutable_attributes()->erase("region");
  ASSERT_TRUE(Update(without, {"attributes"}).ok());
  v1::DeleteAttributeRequest remove;
  remove.set_name(region.name());
  const auto removed = Call(attributes_, &Attributes::DeleteAttribute, remove);
  ASSERT_TRUE(removed.ok()) << removed.status();

  const auto split = Split(merge->name());
  ASSERT_TRUE(split.ok()) << split.status();
  EXPECT_TRUE(split->restored_customer().attributes().empty()) << split->DebugString();
  std::vector<std::string> told;
  for (const auto& remainder : split->remainders()) {
    if (remainder.customer() == b.name()) told.push_back(remainder.field());
  }
  EXPECT_THAT(told, ::testing::UnorderedElementsAre("attributes.region", "attributes.size_class"));
}

TEST_F(MergeServiceTest, ImportsOfTheMergedOneReachTheSurvivor) {
  const v1::Customer a = Make("한빛", "A"), b = Make("한빛전자", "B");
  ASSERT_TRUE(Merge(a.name(), b.name()).ok());
  const auto context = servicekit::TestContext("administrator");
  auto stream = imports_->ImportRecords(context.get());
  v1::ImportRecordsRequest request;
  auto* customer = request.add_records()->mutable_customer()->mutable_customer();
  *customer = Named("한빛전자");
  customer->set_industry("software");
  auto* id = customer->add_external_ids();
  id->set_system("crm");
  id->set_id("B");
  auto* contact = request.add_records()->mutable_contact();
  contact->mutable_customer()->set_name(b.name());
  contact->mutable_contact()->set_display_name("홍길동");
  contact->mutable_contact()->mutable_external_id()->set_system("crm");
  contact->mutable_contact()->mutable_external_id()->set_id("c");
  v1::ImportRecordsResponse answer;
  ASSERT_TRUE(stream->Write(request) && stream->Read(&answer));
  stream->WritesDone();
  ASSERT_TRUE(stream->Finish().ok());
  EXPECT_EQ(answer.results(0).outcome(), type::v1::ImportResult::UPDATED);
  EXPECT_EQ(answer.results(0).name(), a.name());
  EXPECT_EQ(answer.results(1).outcome(), type::v1::ImportResult::CREATED);
  EXPECT_EQ(Get(a.name())->industry(), "software");
  EXPECT_THAT(Contacts(a.name()), ElementsAre("홍길동"));
}

TEST_F(MergeServiceTest, NumberOfTheMergedOneMeansTheSurvivor) {
  const auto numbered = [](const std::string& name, const std::string& number) {
    v1::Customer customer = Named(name);
    customer.set_registration_number(number);
    return customer;
  };
  const auto a = Create(numbered("한빛", "111")), b = Create(numbered("한빛전자", "222"));
  ASSERT_TRUE(a.ok() && b.ok());
  const auto merge = Merge(a->name(), b->name());
  ASSERT_TRUE(merge.ok()) << merge.status();
  const auto import = [&](const std::string& number, const std::string& industry) {
    const auto context = servicekit::TestContext("administrator");
    auto stream = imports_->ImportRecords(context.get());
    v1::ImportRecordsRequest request;
    auto* customer = request.add_records()->mutable_customer()->mutable_customer();
    *customer = numbered("한빛", number);
    customer->set_industry(industry);
    v1::ImportRecordsResponse answer;
    EXPECT_TRUE(stream->Write(request) && stream->Read(&answer));
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
    return answer.results(0);
  };
  // What is imported every night finds it, and does not take the survivor's own number away.
  const auto result = import("222", "software");
  EXPECT_EQ(result.outcome(), type::v1::ImportResult::UPDATED);
  EXPECT_EQ(result.name(), a->name());
  EXPECT_EQ(Get(a->name())->industry(), "software");
  EXPECT_EQ(Get(a->name())->registration_number(), "111");
  EXPECT_EQ(import("222", "software").outcome(), type::v1::ImportResult::UNCHANGED);
  EXPECT_TRUE(absl::IsAlreadyExists(Create(numbered("누구", "222")).status()));
  // After a split it is the other's again.
  ASSERT_TRUE(Split(merge->name()).ok());
  EXPECT_EQ(Get(b->name())->registration_number(), "222");
  EXPECT_EQ(import("222", "hardware").name(), b->name());
}

TEST_F(MergeServiceTest, SubsidiariesComeAlongAndGoBack) {
  const v1::Customer a = Make("a"), b = Make("b");
  v1::Customer child = Named("c");
  child.set_parent(b.name());
  child = *Create(child);
  const auto merge = Merge(a.name(), b.name());
  ASSERT_TRUE(merge.ok()) << merge.status();
  EXPECT_EQ(merge->subsidiary_count(), 1);
  EXPECT_EQ(Get(child.name())->parent(), a.name());
  ASSERT_TRUE(Split(merge->name()).ok());
  EXPECT_EQ(Get(child.name())->parent(), b.name());
}

// b is a's grandparent by way of x, which becomes a's subsidiary: a takes b's place above it.
TEST_F(MergeServiceTest, MergeWithOnesOwnGrandparentMakesNoCircle) {
  const v1::Customer top = Make("top");
  v1::Customer b = Make("b"), x = Make("x"), a = Make("a");
  const auto below = [&](v1::Customer& child, const v1::Customer& parent) {
    child.set_parent(parent.name());
    child.clear_etag();
    child = *Update(child, {"parent"});
  };
  below(b, top);
  below(x, b);
  below(a, x);
  const auto merge = Merge(a.name(), b.name());
  ASSERT_TRUE(merge.ok()) << merge.status();
  EXPECT_EQ(Get(a.name())->parent(), top.name());
  EXPECT_EQ(Get(x.name())->parent(), a.name());
  ASSERT_TRUE(Split(merge->name()).ok());
  EXPECT_EQ(Get(a.name())->parent(), x.name());
  EXPECT_EQ(Get(x.name())->parent(), b.name());
  EXPECT_EQ(Get(b.name())->parent(), top.name());
}

TEST_F(MergeServiceTest, PreviewSaysWhatWouldBeAndChangesNothing) {
  v1::Customer a = Make("한빛", "A"), b = Make("한빛전자", "B");
  AddContact(b.name(), "홍길동");
  const auto preview =
      Call(merges_, &Merges::PreviewMerge, MergeRequest(a.name(), b.name(), {"display_name"}));
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->survivor().display_name(), "한빛전자");
  EXPECT_EQ(preview->survivor().external_ids_size(), 2);
  EXPECT_EQ(preview->merge().contact_count(), 1);
  EXPECT_EQ(Get(a.name())->etag(), a.etag());
  EXPECT_EQ(Get(b.name())->name(), b.name());
}

TEST_F(MergeServiceTest, WrongMergesAreRefused) {
  const v1::Customer a = Make("a"), b = Make("b");
  EXPECT_THAT(WrongFields(Merge(a.name(), a.name()).status()), ElementsAre("merged_customer"));
  EXPECT_THAT(WrongFields(Merge(a.name(), b.name(), {"etag"}).status()),
              ElementsAre("fields_from_merged[0]"));
  EXPECT_TRUE(absl::IsNotFound(Merge(a.name(), "customers/01JD5R6X0QF3V9K2M4N8P7S1TA").status()));
  v1::MergeCustomersRequest stale = MergeRequest(a.name(), b.name());
  stale.set_merged_etag("\"9\"");
  EXPECT_TRUE(absl::IsAborted(Call(merges_, &Merges::MergeCustomers, stale).status()));
  EXPECT_TRUE(
      absl::IsPermissionDenied(Merge(a.name(), b.name(), {}, Token(Role::kAnalyst, "", {})).status()));
  const v1::Team team = CreateTeam("영업");
  const std::string stranger = Token(Role::kManager, "", {team.name()});
  EXPECT_TRUE(absl::IsNotFound(Merge(a.name(), b.name(), {}, stranger).status()));
  const auto merge = Merge(a.name(), b.name());
  ASSERT_TRUE(merge.ok());
  EXPECT_TRUE(absl::IsNotFound(Split(merge->name(), stranger).status()));
  v1::GetCustomerMergeRequest get;
  get.set_name(merge->name());
  EXPECT_TRUE(absl::IsNotFound(Call(merges_, &Merges::GetCustomerMerge, get, stranger).status()));
  ASSERT_TRUE(Split(merge->name()).ok());
  EXPECT_EQ(GetReason(Split(merge->name()).status()), "ALREADY_SPLIT");
}

TEST_F(MergeServiceTest, InnerMergeIsSplitAfterTheOuterOne) {
  const v1::Customer a = Make("a", "A"), b = Make("b", "B"), c = Make("c", "C");
  AddContact(b.name(), "of b");
  const auto inner = Merge(a.name(), b.name());
  const auto outer = Merge(c.name(), a.name());
  ASSERT_TRUE(outer.ok()) << outer.status();
  EXPECT_EQ(Get(b.name())->name(), c.name());
  EXPECT_EQ(GetReason(Split(inner->name()).status()), "MERGED_SINCE");
  ASSERT_TRUE(Split(outer->name()).ok());
  EXPECT_EQ(Get(b.name())->name(), a.name());
  EXPECT_THAT(Contacts(a.name()), ElementsAre("of b"));
  ASSERT_TRUE(Split(inner->name()).ok());
  EXPECT_EQ(Get(b.name())->name(), b.name());
  EXPECT_THAT(Contacts(b.name()), ElementsAre("of b"));
  EXPECT_THAT(Contacts(a.name()), IsEmpty());

  v1::ListCustomerMergesRequest list;
  list.set_customer(a.name());
  list.set_page_size(1);
  const auto first = Call(merges_, &Merges::ListCustomerMerges, list);
  EXPECT_EQ(first->customer_merges(0).name(), outer->name());
  list.set_page_token(first->next_page_token());
  const auto second = Call(merges_, &Merges::ListCustomerMerges, list);
  EXPECT_EQ(second->customer_merges(0).name(), inner->name());
  EXPECT_EQ(second->customer_merges(0).state(), v1::CustomerMerge::SPLIT);
  EXPECT_EQ(second->next_page_token(), "");
}

TEST_F(MergeServiceTest, PreviewListsWhatCannotBeUndone) {
  v1::Customer a = Make("a", "A"), b = Make("b", "B");
  b.set_registration_number("123");
  b.set_industry("retail");
  b = *Update(b);
  const auto merge = Merge(a.name(), b.name());
  ASSERT_TRUE(merge.ok());
  // The survivor loses an id and the number to another one, and gets a new industry and a contact.
  v1::Customer survivor = *Get(a.name());
  survivor.mutable_external_ids()->DeleteSubrange(1, 1);
  survivor.set_registration_number("");
  survivor.set_industry("software");
  ASSERT_TRUE(Update(survivor, {"external_ids", "registration_number", "industry"}).ok());
  v1::Customer thief = Make("thief", "B");
  thief.set_registration_number("123");
  ASSERT_TRUE(Update(thief).ok());
  AddContact(a.name(), "neu");

  const auto preview = PreviewSplit(merge->name());
  ASSERT_TRUE(preview.ok()) << preview.status();
  std::vector<std::string> told;
  for (const auto& remainder : preview->remainders()) {
    told.push_back(StrCat(remainder.customer() == a.name() ? "a." : "b.", remainder.field()));
  }
  EXPECT_THAT(told, ElementsAre("a.registration_number", "a.industry", "a.external_ids", "b.external_ids",
                                "b.registration_number", "a.interactions"));
  EXPECT_EQ(Get(b.name())->name(), a.name()) << "a preview changes nothing";
  const auto split = Split(merge->name());
  ASSERT_TRUE(split.ok()) << split.status();
  EXPECT_EQ(split->restored_customer().industry(), "retail");
  EXPECT_EQ(split->restored_customer().registration_number(), "");
  EXPECT_EQ(split->survivor().industry(), "software");
  EXPECT_THAT(Contacts(a.name()), ElementsAre("neu"));
}

TEST_F(MergeServiceTest, OthersHearOfItThroughTheFeed) {
  const v1::Customer a = Make("a"), b = Make("b");
  const auto merge = Merge(a.name(), b.name());
  ASSERT_TRUE(Split(merge->name()).ok());
  const auto types =
      RunReading(Database().pool(), absl::Now() + absl::Seconds(10), [](servicekit::Transaction& tx) {
        return tx.QueryAll(servicekit::Sql("SELECT type FROM feed ORDER BY seq"),
                           [](const servicekit::Row& row) {
                             const std::string type = row.Text(0);
                             return type.substr(type.rfind('.') + 1);
                           });
      });
  ASSERT_TRUE(types.ok()) << types.status();
  EXPECT_THAT(*types, ElementsAre("CustomerChanged", "CustomerChanged", "CustomersMerged", "CustomerChanged",
                                  "CustomersSplit", "CustomerChanged", "CustomerChanged"));
}

TEST_F(MergeServiceTest, SameRequestTwiceMergesOnce) {
  const v1::Customer a = Make("a"), b = Make("b");
  v1::MergeCustomersRequest request = MergeRequest(a.name(), b.name());
  request.set_request_id("6f1f8a1e-8a55-4f0e-9e0a-0d7c5d0b7a02");
  const auto first = Call(merges_, &Merges::MergeCustomers, request);
  const auto second = Call(merges_, &Merges::MergeCustomers, request);
  ASSERT_TRUE(first.ok() && second.ok()) << second.status();
  EXPECT_EQ(first->name(), second->name());
}

// Random customers, a random merge, random changes, then the split: both profiles are as they were but for
// the fields that were changed, and everything that belongs to them is where it was, with its changes.
TEST_F(MergeServiceTest, MergeThenSplitIsTheIdentity) {
  std::mt19937_64 random(20261125);
  const auto word = [&] { return std::string(1, static_cast<char>('a' + random() % 8)); };
  for (int round = 0; round < 25; ++round) {
    v1::Customer both[2];
    std::vector<std::string> contacts[2];
    for (int side = 0; side < 2; ++side) {
      v1::Customer made = Named(word());
      made.add_external_ids()->set_system("s");
      made.mutable_external_ids(0)->set_id(StrCat(round, "-", side));
      if (random() % 2 == 0) made.set_registration_number(StrCat("r", round, "-", side));
      if (random() % 2 == 0) made.set_industry(word());
      if (random() % 2 == 0) made.set_founded_year(1990 + static_cast<int>(random() % 9));
      if (random() % 2 == 0) made.add_tags(word());
      if (random() % 2 == 0) made.add_addresses()->set_lines(word());
      if (side == 1 && random() % 3 == 0) made.set_parent(both[0].name());
      const auto created = Create(made);
      ASSERT_TRUE(created.ok()) << created.status();
      both[side] = *created;
      for (size_t i = random() % 3; i > 0; --i) {
        contacts[side].push_back(AddContact(both[side].name(), word()).display_name());
        AddInteraction(both[side].name(), static_cast<int64_t>(random() % 1000));
      }
    }
    const v1::Customer before = *Get(both[0].name()), other = *Get(both[1].name());
    std::vector<std::string> taken;
    for (const char* field : {"display_name", "industry", "tags", "registration_number"}) {
      if (random() % 3 == 0) taken.emplace_back(field);
    }
    const auto merge = Merge(before.name(), other.name(), taken);
    ASSERT_TRUE(merge.ok()) << merge.status();

    v1::Customer expected = before;
    const v1::Customer merged = *Get(before.name());
    v1::Customer change;
    change.set_name(random() % 2 == 0 ? before.name() : other.name());
    std::vector<std::string> mask;
    if (random() % 2 == 0) {
      change.set_display_name(merged.display_name() + "!");
      expected.set_display_name(change.display_name());
      mask.emplace_back("display_name");
    }
    if (random() % 2 == 0) {
      change.set_source("fair");
      expected.set_source("fair");
      mask.emplace_back("source");
    }
    if (!mask.empty()) {
      ASSERT_TRUE(Update(change, mask).ok());
    }
    if (random() % 2 == 0) contacts[0].push_back(AddContact(other.name(), "later").display_name());

    const auto split = Split(merge->name());
    ASSERT_TRUE(split.ok()) << split.status();
    EXPECT_EQ(Profile(*Get(before.name())), Profile(expected)) << "round " << round;
    EXPECT_EQ(Profile(*Get(other.name())), Profile(other)) << "round " << round;
    EXPECT_EQ(Contacts(before.name()), contacts[0]);
    EXPECT_EQ(Contacts(other.name()), contacts[1]);
    v1::ListInteractionsRequest list;
    list.set_parent(other.name());
    EXPECT_THAT(Call(customers_, &Customers::ListInteractions, list)->interactions(),
                SizeIs(contacts[1].size()));
  }
}

}  // namespace
}  // namespace clientele::customer
