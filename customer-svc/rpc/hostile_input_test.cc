// Whatever comes from outside, random or a mutation of what is right: there is an answer, or an error that
// names a field; never an internal error, and afterwards the service still works.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <random>

#include "absl/strings/str_cat.h"
#include "customer-svc/rpc/service_fixture.h"

namespace clientele::customer {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class HostileInputTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    Define("size_class", v1::Attribute::CHOICE);
    Define("note", v1::Attribute::TEXT);
    Define("score", v1::Attribute::NUMBER);
    Define("since", v1::Attribute::DATE);
    Define("listed", v1::Attribute::FLAG);
    for (int i = 0; i < 12; ++i) {
      v1::Customer customer = Named(absl::StrCat("고객 ", i));
      customer.add_tags("vip");
      const auto created = Create(customer);
      ASSERT_TRUE(created.ok()) << created.status();
      names_.push_back(created->name());
    }
  }
  void Define(const std::string& id, v1::Attribute::Type type) {
    v1::CreateAttributeRequest request;
    request.set_attribute_id(id);
    request.mutable_attribute()->set_display_name(id);
    request.mutable_attribute()->set_type(type);
    if (type == v1::Attribute::CHOICE) request.mutable_attribute()->add_choices("A");
    ASSERT_TRUE(Call(attributes_, &Attributes::CreateAttribute, request).ok());
  }

  size_t Pick(size_t count) { return random_() % count; }
  template <typename Pool>
  auto From(const Pool& pool) {
    return pool[Pick(std::size(pool))];
  }

  // Text that is UTF-8, as all text is that protobuf takes.
  std::string Text() {
    static const std::vector<std::string> kTexts = {
        "",
        " ",
        "*",
        "%",
        "_",
        "'",
        "\"",
        "\\",
        "a\\",
        std::string(1, '\0'),
        std::string("a\0b", 3),
        "'; DROP TABLE customers; --",
        "한빛전자",
        "ＡＢＣ",
        "🌞",
        "e\u0301",
        "\u202e",
        "\uFFFD",
        "customers/",
        "customers/01",
        "customers/00000000000000000000000000",
        "customers/zzzzzzzzzzzzzzzzzzzzzzzzzz",
        "customers/00000000000000000000000000/contacts/00000000000000000000000000",
        "teams/00000000000000000000000000",
        "representatives/00000000000000000000000000",
        "a@b",
        "@",
        "+82 2 1234 5678",
        "KR",
        "USD",
        "usd",
        "note",
        "size_class",
        "A",
        "6f1f8a1e-8a55-4f0e-9e0a-0d7c5d0b7a03",
        "type = PERSON",
        "(((",
        std::string(300, 'x'),
        std::string(70'000, 'y')};
    if (Pick(4) != 0) return From(kTexts);
    return Pick(2) == 0 ? From(names_) : Mutated(From(kTexts), kTexts);
  }
  int64_t Number() {
    static constexpr int64_t kNumbers[] = {0,
                                           1,
                                           -1,
                                           5,
                                           1999,
                                           999'999'999,
                                           1'000'000'000,
                                           std::numeric_limits<int32_t>::max(),
                                           std::numeric_limits<int32_t>::min(),
                                           100'000'000'000'000,
                                           253'402'300'800,
                                           -62'135'596'801,
                                           std::numeric_limits<int64_t>::max(),
                                           std::numeric_limits<int64_t>::min()};
    return From(kNumbers);
  }
  double Real() {
    static const double kReals[] = {0,      -0.0, 0.5, 1e-9,     1e13,      1e14, 1e300,
                                    -1e300, 1e20, NAN, INFINITY, -INFINITY, 0.1,  1234.56789};
    return From(kReals);
  }
  // A message of any type with some of its fields set to anything.
  void Fill(Message* message, int depth = 0) {
    const auto* reflection = message->GetReflection();
    const auto* type = message->GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (Pick(3) != 0 || field->is_map()) continue;
      const size_t times = field->is_repeated() ? Pick(3) : 1;
      for (size_t n = 0; n < times; ++n) Set(message, reflection, field, depth);
    }
    if (auto* customer = dynamic_cast<v1::Customer*>(message); customer != nullptr && Pick(2) == 0) {
      static const char* const kIds[] = {"size_class", "note", "score", "since", "listed", "none", ""};
      Fill(&(*customer->mutable_attributes())[From(kIds)], depth + 1);
    }
  }
  void Set(Message* message, const google::protobuf::Reflection* reflection, const FieldDescriptor* field,
           int depth) {
    const bool many = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return many ? reflection->AddString(message, field, Text())
                    : reflection->SetString(message, field, Text());
      case FieldDescriptor::CPPTYPE_INT32: {
        const auto number = static_cast<int32_t>(Number());
        return many ? reflection->AddInt32(message, field, number)
                    : reflection->SetInt32(message, field, number);
      }
      case FieldDescriptor::CPPTYPE_INT64:
        return many ? reflection->AddInt64(message, field, Number())
                    : reflection->SetInt64(message, field, Number());
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return many ? reflection->AddDouble(message, field, Real())
                    : reflection->SetDouble(message, field, Real());
      case FieldDescriptor::CPPTYPE_BOOL:
        return many ? reflection->AddBool(message, field, true)
                    : reflection->SetBool(message, field, Pick(2) == 0);
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int number = static_cast<int>(Pick(12)) - 1;
        return many ? reflection->AddEnumValue(message, field, number)
                    : reflection->SetEnumValue(message, field, number);
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth > 5) return;
        return Fill(
            many ? reflection->AddMessage(message, field) : reflection->MutableMessage(message, field),
            depth + 1);
      default:
        return;
    }
  }

  // Characters, not bytes, are what is taken out, doubled, exchanged, or brought in from another seed.
  std::string Mutated(const std::string& seed, const std::vector<std::string>& seeds) {
    std::vector<std::string> characters = Characters(seed);
    for (size_t changes = 1 + Pick(4); changes > 0; --changes) {
      const size_t at = Pick(characters.size() + 1);
      const auto place = characters.begin() + static_cast<std::ptrdiff_t>(at);
      const std::vector<std::string> other = Characters(From(seeds));
      const auto begin = other.begin() + static_cast<std::ptrdiff_t>(Pick(other.size() + 1));
      switch (Pick(5)) {
        case 0:
          if (at < characters.size()) characters.erase(place);
          break;
        case 1:
          if (at < characters.size()) characters.insert(place, std::string(*place));
          break;
        case 2:
          characters.insert(place, std::string(1, static_cast<char>(' ' + Pick(95))));
          break;
        case 3:
          characters.insert(place, begin, other.end());
          break;
        default:
          characters.resize(at);
          characters.insert(characters.end(), begin, other.end());
      }
      if (characters.size() > 5000) characters.resize(5000);
    }
    std::string mutated;
    for (const std::string& character : characters) mutated += character;
    return mutated;
  }
  static std::vector<std::string> Characters(const std::string& text) {
    std::vector<std::string> characters;
    for (const char c : text) {
      if ((static_cast<unsigned char>(c) & 0xC0) == 0x80 && !characters.empty()) {
        characters.back() += c;
      } else {
        characters.emplace_back(1, c);
      }
    }
    return characters;
  }

  // An answer, or an error that a caller can act on; a wrong argument is named.
  static void ExpectSound(const absl::Status& status, const std::string& input) {
    switch (status.code()) {
      case absl::StatusCode::kInvalidArgument:
        EXPECT_THAT(servicekit::GetFieldViolations(status), Not(IsEmpty())) << status << "\n" << input;
        break;
      case absl::StatusCode::kInternal:
      case absl::StatusCode::kUnknown:
      case absl::StatusCode::kUnavailable:
      case absl::StatusCode::kDataLoss:
      case absl::StatusCode::kOutOfRange:
        ADD_FAILURE() << status << "\n" << input;
        break;
      default:
        break;
    }
  }
  void ExpectAlive() {
    for (const std::string& name : names_) EXPECT_TRUE(Get(name).ok());
  }

  std::mt19937_64 random_{20261201};
  std::vector<std::string> names_;
};

TEST_F(HostileInputTest, FiltersAndOrders) {
  const std::vector<std::string> seeds = {
      "",
      "display_name = \"고객 1\" AND NOT type = PERSON",
      "tags:vip OR (employee_count >= 5 AND industry != \"retail\")",
      "annual_revenue > 12.5 AND annual_revenue.currency_code = \"USD\"",
      "create_time > \"2026-01-31T09:00:00Z\" AND update_time < 2026-01-31",
      "create_time > \"99999-01-01T00:00:00Z\"",
      "attributes.score > -0.25 AND attributes.since >= 2021-02-03 AND attributes.listed = true",
      "attributes.size_class = \"A\" OR attributes.note = \"n*\"",
      "attributes.since = \"0000-00-00\"",
      "owner = \"representatives/00000000000000000000000000\" OR team:*",
      "contact_points.email = \"a@b.c\" AND contact_points.phone = \"02 1234 5678\"",
      "external_ids.id = \"\\\"\\\\*\" AND target_markets = \"targetMarkets/00000000000000000000000000\"",
      "employee_count = 99999999999999999999 OR annual_revenue = 1e400 OR founded_year = -5",
      std::string(30, '(') + "type = PERSON" + std::string(30, ')')};
  int found = 0;
  for (int round = 0; round < 1200; ++round) {
    v1::ListCustomersRequest request;
    request.set_filter(round < static_cast<int>(seeds.size()) ? seeds[static_cast<size_t>(round)]
                                                              : Mutated(From(seeds), seeds));
    const auto listed = Call(customers_, &Customers::ListCustomers, request);
    ExpectSound(listed.status(), request.filter());
    if (absl::IsInvalidArgument(listed.status())) {
      EXPECT_THAT(WrongFields(listed.status()), ElementsAre("filter")) << request.filter();
    }
    found += static_cast<int>(listed.ok());
  }
  EXPECT_GT(found, 50) << "some of the mutations must still be filters";
  const std::vector<std::string> orders = {"display_name desc", "create_time, name", "update_time asc"};
  for (int round = 0; round < 200; ++round) {
    v1::ListCustomersRequest request;
    request.set_order_by(Mutated(From(orders), orders));
    ExpectSound(Call(customers_, &Customers::ListCustomers, request).status(), request.order_by());
  }
  ExpectAlive();
}

TEST_F(HostileInputTest, PageTokensAndQueries) {
  v1::ListCustomersRequest list;
  list.set_page_size(3);
  std::vector<std::string> tokens = {"", "x", "AAAA"};
  for (const char* order : {"", "display_name", "create_time desc"}) {
    list.set_order_by(order);
    const auto page = Call(customers_, &Customers::ListCustomers, list);
    ASSERT_TRUE(page.ok()) << page.status();
    tokens.push_back(page->next_page_token());
  }
  v1::SearchCustomersRequest search;
  search.set_query("고객");
  search.set_page_size(3);
  const auto found = Call(searches_, &Searches::SearchCustomers, search);
  ASSERT_TRUE(found.ok()) << found.status();
  tokens.push_back(found->next_page_token());
  v1::ListTimelineRequest timeline;
  timeline.set_parent(names_.front());
  timeline.set_page_size(1);
  const auto entries = Call(timelines_, &Timelines::ListTimeline, timeline);
  ASSERT_TRUE(entries.ok()) << entries.status();
  tokens.push_back(entries->next_page_token());

  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    const std::string token = Pick(3) == 0 ? From(tokens) : Mutated(From(tokens), tokens);
    list.set_page_token(token);
    search.set_page_token(token);
    timeline.set_page_token(token);
    for (const absl::Status& status : {Call(customers_, &Customers::ListCustomers, list).status(),
                                       Call(searches_, &Searches::SearchCustomers, search).status(),
                                       Call(timelines_, &Timelines::ListTimeline, timeline).status()}) {
      ExpectSound(status, token);
      refused += static_cast<int>(!status.ok());
    }
  }
  EXPECT_GT(refused, 300);
  for (int round = 0; round < 300; ++round) {
    v1::SearchCustomersRequest query;
    query.set_query(Text());
    ExpectSound(Call(searches_, &Searches::SearchCustomers, query).status(), query.query());
  }
  ExpectAlive();
}

TEST_F(HostileInputTest, Resources) {
  int written = 0;
  const auto expect = [&](const absl::Status& status, const Message& request) {
    ExpectSound(status, request.ShortDebugString());
    written += static_cast<int>(status.ok());
  };
  for (int round = 0; round < 200; ++round) {
    v1::CreateCustomerRequest create;
    *create.mutable_customer() = Named("name");
    Fill(&create);
    expect(Call(customers_, &Customers::CreateCustomer, create).status(), create);
    v1::UpdateCustomerRequest update;
    update.mutable_customer()->set_name(From(names_));
    Fill(&update);
    expect(Call(customers_, &Customers::UpdateCustomer, update).status(), update);
    v1::CreateContactRequest contact;
    contact.mutable_contact()->set_display_name("name");
    Fill(&contact);
    contact.set_parent(From(names_));
    expect(Call(customers_, &Customers::CreateContact, contact).status(), contact);
    v1::CreateNeedRequest need;
    need.mutable_need()->set_description("need");
    Fill(&need);
    need.set_parent(From(names_));
    expect(Call(customers_, &Customers::CreateNeed, need).status(), need);
    v1::CreateInteractionRequest interaction;
    interaction.mutable_interaction()->set_channel(v1::Interaction::CALL);
    Fill(&interaction);
    interaction.set_parent(From(names_));
    expect(Call(customers_, &Customers::CreateInteraction, interaction).status(), interaction);
    v1::CreateAttributeRequest attribute;
    Fill(&attribute);
    expect(Call(attributes_, &Attributes::CreateAttribute, attribute).status(), attribute);
    v1::CreateTargetMarketRequest market;
    Fill(&market);
    expect(Call(target_markets_, &TargetMarkets::CreateTargetMarket, market).status(), market);
    v1::UpdateRequirementSetRequest set;
    Fill(&set);
    expect(Call(requirement_sets_, &RequirementSets::UpdateRequirementSet, set).status(), set);
    v1::FindDuplicatesRequest duplicates;
    Fill(&duplicates);
    expect(Call(duplicates_, &v1::DuplicateService::Stub::FindDuplicates, duplicates).status(), duplicates);
  }
  EXPECT_GT(written, 20) << "some of them must be right";
  ExpectAlive();
}

TEST_F(HostileInputTest, ImportRecords) {
  int rejected = 0, taken = 0;
  for (int round = 0; round < 60; ++round) {
    v1::ImportRecordsRequest message;
    for (int i = 0; i < 20; ++i) {
      v1::ImportRecord& record = *message.add_records();
      if (Pick(2) == 0) {
        *record.mutable_customer()->mutable_customer() = Named("name");
        auto& id = *record.mutable_customer()->mutable_customer()->add_external_ids();
        id.set_system("crm");
        id.set_id(absl::StrCat(Pick(30)));
      }
      if (Pick(3) != 0) Fill(&record);
    }
    message.set_validate_only(Pick(3) == 0);
    const auto context = servicekit::TestContext("administrator");
    auto stream = imports_->ImportRecords(context.get());
    v1::ImportRecordsResponse answer;
    stream->Write(message);
    stream->WritesDone();
    const bool answered = stream->Read(&answer);
    const grpc::Status status = stream->Finish();
    ASSERT_TRUE(status.ok()) << status.error_message() << "\n" << message.ShortDebugString();
    ASSERT_TRUE(answered);
    ASSERT_EQ(answer.results_size(), message.records_size());
    for (int i = 0; i < answer.results_size(); ++i) {
      const auto& result = answer.results(i);
      if (result.outcome() != type::v1::ImportResult::REJECTED) {
        ++taken;
        continue;
      }
      ++rejected;
      EXPECT_NE(result.error().code(), grpc::INTERNAL) << message.records(i).ShortDebugString();
      EXPECT_NE(result.error().code(), grpc::UNKNOWN) << message.records(i).ShortDebugString();
      EXPECT_NE(result.error().message(), "");
    }
  }
  EXPECT_GT(rejected, 100);
  EXPECT_GT(taken, 50);
  ExpectAlive();
}

}  // namespace
}  // namespace clientele::customer
