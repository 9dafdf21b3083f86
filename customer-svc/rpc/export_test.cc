// Exports of more than one message takes.
#include <gmock/gmock.h>

#include "customer-svc/rpc/service_fixture.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::StrCat;

class ExportTest : public ServiceTest {
 protected:
  std::vector<v1::ExportRecordsResponse> Export(bool customers_only = false) {
    v1::ExportRecordsRequest request;
    request.set_customers_only(customers_only);
    const auto context = servicekit::TestContext("administrator");
    auto stream = imports_->ExportRecords(context.get(), request);
    std::vector<v1::ExportRecordsResponse> messages;
    for (v1::ExportRecordsResponse message; stream->Read(&message);) messages.push_back(message);
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return messages;
  }
};

TEST_F(ExportTest, LargeCustomersAreCutIntoMessages) {
  const std::string first = Create(Named("a"))->name(), large = Create(Named("b"))->name(),
                    last = Create(Named("c"))->name();
  const std::string text(950, 'x');
  // What must come, in order: by the description, or the name of the customer.
  std::vector<std::string> expected = {first};
  const absl::Status made =
      RunTransaction(Database().pool(), absl::Now() + absl::Seconds(60), [&](servicekit::Transaction& tx) {
        std::vector<Need> needs;
        expected = {first, large};
        for (int i = 0; i < 1300; ++i) {
          needs.push_back({.id = servicekit::Id::New(absl::Now()),
                           .customer = *servicekit::Id::Parse(large.substr(large.find('/') + 1)),
                           .description = StrCat(i, " ", text)});
        }
        std::sort(needs.begin(), needs.end(), [](const Need& a, const Need& b) { return a.id < b.id; });
        for (const Need& need : needs) expected.push_back(need.description);
        return stores_.needs.Insert(tx, needs);
      });
  ASSERT_TRUE(made.ok()) << made;
  v1::CreateContactRequest contact;
  contact.set_parent(last);
  contact.mutable_contact()->set_display_name("홍길동");
  ASSERT_TRUE(Call(customers_, &Customers::CreateContact, contact).ok());
  expected.push_back(last);
  expected.push_back("홍길동");

  const auto messages = Export();
  EXPECT_GE(messages.size(), 2u);
  std::vector<std::string> told;
  for (const v1::ExportRecordsResponse& message : messages) {
    EXPECT_LT(message.ByteSizeLong(), (1 << 20) + (1 << 16));
    for (const v1::ImportRecord& record : message.records()) {
      told.push_back(record.has_customer()  ? record.customer().customer().name()
                     : record.has_contact() ? record.contact().contact().display_name()
                                            : record.need().need().description());
      EXPECT_EQ(record.row(), static_cast<int64_t>(told.size()));
    }
  }
  EXPECT_TRUE(told == expected) << told.size() << " of " << expected.size();

  int64_t customers = 0;
  for (const v1::ExportRecordsResponse& message : Export(/*customers_only=*/true))
    customers += message.records_size();
  EXPECT_EQ(customers, 3);
}

}  // namespace
}  // namespace clientele::customer
