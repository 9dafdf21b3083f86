#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "customer-svc/rpc/service_fixture.h"

namespace clientele::customer {
namespace {

using servicekit::Role;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TimelineTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    customer_ = Create(Named("고객"))->name();
  }
  absl::StatusOr<std::vector<v1::TimelineEntry>> List(int page_size,
                                                      const std::string& token = "administrator") {
    std::vector<v1::TimelineEntry> entries;
    v1::ListTimelineRequest request;
    request.set_parent(customer_);
    request.set_page_size(page_size);
    do {
      const auto page = Call(timelines_, &Timelines::ListTimeline, request, token);
      if (!page.ok()) return page.status();
      entries.insert(entries.end(), page->entries().begin(), page->entries().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return entries;
  }
  v1::Interaction Log(int64_t seconds) {
    v1::CreateInteractionRequest request;
    request.set_parent(customer_);
    request.mutable_interaction()->set_channel(v1::Interaction::CALL);
    request.mutable_interaction()->mutable_event_time()->set_seconds(seconds);
    const auto logged = Call(customers_, &Customers::CreateInteraction, request);
    EXPECT_TRUE(logged.ok()) << logged.status();
    return *logged;
  }
  v1::Need AddNeed(const std::string& description) {
    v1::CreateNeedRequest request;
    request.set_parent(customer_);
    request.mutable_need()->set_description(description);
    return *Call(customers_, &Customers::CreateNeed, request);
  }
  v1::Contact AddContact(const std::string& display_name) {
    v1::CreateContactRequest request;
    request.set_parent(customer_);
    request.mutable_contact()->set_display_name(display_name);
    return *Call(customers_, &Customers::CreateContact, request);
  }
  // What an entry is, so that it can be told from every other.
  static std::string IdOf(const v1::TimelineEntry& entry) {
    switch (entry.entry_case()) {
      case v1::TimelineEntry::kInteraction:
        return entry.interaction().name();
      case v1::TimelineEntry::kContact:
        return entry.contact().name();
      case v1::TimelineEntry::kNeed:
        return entry.need().name();
      default:
        return absl::StrCat(entry.change().resource(), " ", entry.time().seconds(), ".", entry.time().nanos(),
                            " ", entry.change().method());
    }
  }
  std::string customer_;
};

TEST_F(TimelineTest, TellsEverythingNewestFirst) {
  const v1::Interaction old = Log(1'700'000'000);
  const v1::Contact contact = AddContact("김철수");
  v1::Need need = AddNeed("지게차");
  v1::Customer change;
  change.set_name(customer_);
  change.set_industry("retail");
  ASSERT_TRUE(Update(change).ok());
  need.set_quantity(3);
  v1::UpdateNeedRequest update;
  *update.mutable_need() = need;
  ASSERT_TRUE(Call(customers_, &Customers::UpdateNeed, update).ok());

  const auto entries = List(50);
  ASSERT_TRUE(entries.ok()) << entries.status();
  std::vector<std::string> ids;
  for (const auto& entry : *entries) ids.push_back(IdOf(entry).substr(0, IdOf(entry).find(' ')));
  EXPECT_THAT(ids, ElementsAre(need.name(), customer_, need.name(), contact.name(), customer_, old.name()));
  const auto& changed = (*entries)[0].change();
  EXPECT_EQ(changed.method(), "UpdateNeed");
  EXPECT_EQ(changed.fields(0).field(), "quantity");
  EXPECT_EQ(changed.fields(0).old_value(), "");
  EXPECT_EQ(changed.fields(0).new_value(), "3");
  EXPECT_EQ((*entries)[1].change().fields(0).new_value(), "\"retail\"");
  EXPECT_EQ((*entries)[2].need().quantity(), 3) << "as it stands now";
  EXPECT_EQ((*entries)[4].change().method(), "CreateCustomer");
}

TEST_F(TimelineTest, PagesOfAnySizeGiveEachOnceInOrder) {
  std::mt19937 random(3);
  for (int i = 0; i < 25; ++i) {
    // Many at the same second, some to come.
    Log(1'700'000'000 + static_cast<int64_t>(random() % 6) * 86'400 * 365);
    if (i % 3 == 0) AddContact(absl::StrCat("contact ", i));
    if (i % 4 == 0) AddNeed(absl::StrCat("need ", i));
    v1::Customer change;
    change.set_name(customer_);
    change.set_source(absl::StrCat("source ", i));
    ASSERT_TRUE(Update(change).ok());
  }
  const auto all = List(1000);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->size(), 25 + 9 + 7 + 25 + 1);
  std::vector<std::string> expected;
  for (const auto& entry : *all) expected.push_back(IdOf(entry));
  for (size_t i = 1; i < all->size(); ++i) {
    // The history stands to the millisecond.
    const auto micros = [](const auto& entry) {
      return entry.time().seconds() * 1'000'000 + entry.time().nanos() / 1000;
    };
    EXPECT_GE(micros((*all)[i - 1]) + 1000, micros((*all)[i]));
  }
  for (const int size : {1, 2, 3, 7, 20}) {
    const auto paged = List(size);
    ASSERT_TRUE(paged.ok()) << paged.status();
    std::vector<std::string> ids;
    for (const auto& entry : *paged) ids.push_back(IdOf(entry));
    EXPECT_EQ(ids, expected) << size;
  }
}

TEST_F(TimelineTest, RowsWrittenMeanwhileMakeNoGapAndNoRepeat) {
  std::set<std::string> before;
  for (int i = 0; i < 30; ++i) {
    Log(1'700'000'000 + i % 5);
    AddNeed(absl::StrCat("need ", i));
  }
  for (const auto listed = List(1000); const auto& entry : *listed) before.insert(IdOf(entry));
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      Log(1'700'000'000 + i % 7);
      AddContact(absl::StrCat("contact ", i));
    }
  });
  for (int round = 0; round < 5; ++round) {
    const auto listed = List(4);
    ASSERT_TRUE(listed.ok()) << listed.status();
    std::set<std::string> distinct;
    for (const auto& entry : *listed) distinct.insert(IdOf(entry));
    EXPECT_EQ(distinct.size(), listed->size());
    for (const std::string& id : before) EXPECT_TRUE(distinct.contains(id)) << id;
  }
  stop = true;
  writer.join();
}

TEST_F(TimelineTest, ForeignCustomersAreNotFoundAndTokensAreTheirLists) {
  const v1::Team team = CreateTeam("south");
  const std::string stranger =
      Token(Role::kRepresentative, CreateRepresentative(team.name()).name(), {team.name()});
  EXPECT_TRUE(absl::IsNotFound(List(5, stranger).status()));
  AddNeed("a");
  v1::ListTimelineRequest request;
  request.set_parent(customer_);
  request.set_page_size(1);
  const std::string token = Call(timelines_, &Timelines::ListTimeline, request)->next_page_token();
  request.set_parent(Create(Named("other"))->name());
  request.set_page_token(token);
  EXPECT_THAT(WrongFields(Call(timelines_, &Timelines::ListTimeline, request).status()),
              ElementsAre("page_token"));
}

}  // namespace
}  // namespace clientele::customer
