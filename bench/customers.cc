// customer-svc with many customers: how fast they are imported, beside LOAD DATA of the same rows, and how
// long a search, a filtered page and a look for duplicates take, beside a read by primary key in the same
// run. Run by hand, since it takes its time, on an engine with the memory that a million customers want:
//
//   socket=$(tests/mariadb start /tmp/bench-db --innodb-buffer-pool-size=6G --innodb-log-file-size=2G)
//   CLIENTELE_TEST_MYSQL=$socket build/release/bin/clientele-bench-customers --customers=1000000 --streams=2
//   tests/mariadb stop /tmp/bench-db
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "cli/sample/names.h"
#include "clientele/customer/v1/attribute_service.grpc.pb.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/customer/v1/duplicate_service.grpc.pb.h"
#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "clientele/customer/v1/search_service.grpc.pb.h"
#include "customer-svc/rpc/attribute_service.h"
#include "customer-svc/rpc/customer_service.h"
#include "customer-svc/rpc/duplicate_service.h"
#include "customer-svc/rpc/import_service.h"
#include "customer-svc/rpc/search_service.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/rpc/testing/in_process_server.h"
#include "servicekit/testing/scratch_database.h"
#include "servicekit/types/clock.h"
#include "tests/cluster/process.h"

ABSL_FLAG(int, customers, 1'000'000, "how many customers to import");
ABSL_FLAG(int, calls, 300, "how many calls of each kind to time");
ABSL_FLAG(int, streams, 2, "how many streams import at the same time");

namespace clientele::bench {
namespace {

namespace v1 = customer::v1;

constexpr int kBatch = 1000;  // Records in a message.
// What an import writes, and what of it are the customers themselves.
constexpr const char* kCustomerTables[] = {"customers", "external_ids"};
constexpr const char* kAllTables[] = {
    "customers",  "external_ids",        "customer_values", "customer_attributes",
    "match_keys", "customer_name_grams", "history",         "ownerships",
    "feed"};

template <typename Status>
void Check(const Status& status, std::string_view what) {
  if (status.ok()) return;
  std::cerr << what << ": " << status.error_message() << std::endl;
  std::exit(1);
}

v1::Customer MakeCustomer(int number) {
  cli::Random random(7, static_cast<uint64_t>(number));
  const bool korean = random.Below(2) == 0;
  const size_t industry = cli::PickIndustry(random);
  const cli::Place& place = cli::PickPlace(static_cast<size_t>(korean ? random.Below(3) : 3), random);
  v1::Customer customer;
  customer.set_display_name(absl::StrCat(cli::CompanyName(korean, industry, random), " ", number % 997));
  customer.set_type(v1::Customer::ORGANIZATION);
  const std::string_view name = cli::Industry(industry);
  customer.set_industry(std::string(name));
  customer.set_employee_count(1 + static_cast<int64_t>(random.Below(5000)));
  auto& address = *customer.add_addresses();
  address.set_region_code(std::string(place.region_code));
  address.set_locality(std::string(place.locality));
  auto& email = *customer.add_contact_points();
  email.set_kind(v1::ContactPoint::EMAIL);
  email.set_value(absl::StrCat("info", number, "@example.com"));
  if (number % 1000 == 0) customer.add_tags("vip");
  (*customer.mutable_attributes())["size_class"].set_choice(number % 500 == 0 ? "A" : "B");
  auto& id = *customer.add_external_ids();
  id.set_system("bench");
  id.set_id(absl::StrCat(number));
  return customer;
}

class CustomersBench {
 public:
  explicit CustomersBench(int count) : count_(count) {
    feed_.Start();
    DefineAttribute();
    std::filesystem::create_directories(folder_);
    std::filesystem::permissions(folder_, std::filesystem::perms::all);
  }
  ~CustomersBench() {
    feed_.Stop();
    std::filesystem::remove_all(folder_);
  }

  // The same rows are loaded into empty copies of the tables after they were imported, once the engine has
  // come to rest.
  void CompareImport() {
    const double import = Import();
    absl::PrintF("%d customers, %d streams     ImportRecords %8.0f /s\n", count_,
                 absl::GetFlag(FLAGS_streams), import);
    std::fflush(stdout);
    Unload();
    Compare("LOAD DATA of the customers and their external ids", Load(kCustomerTables), import);
    Compare("LOAD DATA of every row that the import wrote", Load(kAllTables), import);
    Compare("LOAD DATA of seven columns without the indices", LoadPlain(), import);
    std::cout << std::endl;
  }

  void TimeReads() {
    absl::PrintF("%-58s %9s %9s %12s\n", "one call at a time", "median", "p99", "over the key");
    key_ = Time("GetCustomer, by primary key", [&] { Get(RandomName()); });
    Time("SearchCustomers, three characters of a name", [&] { Search(PartOfAName(3)); });
    Time("SearchCustomers, six characters of a name", [&] { Search(PartOfAName(6)); });
    Time("SearchCustomers, e-mail address", [&] { Search(EmailOf(RandomNumber())); });
    Time("SearchCustomers, external id", [&] { Search(absl::StrCat("bench:", RandomNumber())); });
    Time("ListCustomers, no filter", [&] { List(""); });
    Time("ListCustomers, tag", [&] { List("tags:vip"); });
    Time("ListCustomers, custom attribute", [&] { List("attributes.size_class = \"A\""); });
    Time("ListCustomers, the commonest value of an attribute",
         [&] { List("attributes.size_class = \"B\""); });
    Time("ListCustomers, e-mail address",
         [&] { List(absl::StrCat("contact_points.email = \"", EmailOf(RandomNumber()), "\"")); });
    Time("ListCustomers, industry and city", [&] {
      const v1::Customer customer = MakeCustomer(RandomNumber());
      List(absl::StrCat("industry = \"", customer.industry(), "\" AND addresses.locality = \"",
                        customer.addresses(0).locality(), "\""));
    });
    Time("ListCustomers, tag or attribute", [&] { List("tags:vip OR attributes.size_class = \"A\""); });
    Time("ListCustomers, begin of the name", [&] {
      const std::string name = MakeCustomer(RandomNumber()).display_name();
      List(absl::StrCat("display_name = \"", name.substr(0, name.find(' ')), "*\""));
    });
    Time("ListDuplicates of one customer", [&] { Duplicates(RandomName()); });
  }

 private:
  void DefineAttribute() {
    v1::CreateAttributeRequest request;
    request.set_attribute_id("size_class");
    request.mutable_attribute()->set_display_name("Size class");
    request.mutable_attribute()->set_type(v1::Attribute::CHOICE);
    request.mutable_attribute()->add_choices("A");
    request.mutable_attribute()->add_choices("B");
    v1::Attribute attribute;
    Check(v1::AttributeService::NewStub(server_.channel())
              ->CreateAttribute(Context().get(), request, &attribute),
          "CreateAttribute");
  }

  static std::unique_ptr<grpc::ClientContext> Context(absl::Duration timeout = absl::Seconds(30)) {
    return servicekit::TestContext("administrator", timeout);
  }

  // In rows a second.
  double Import() {
    names_.resize(static_cast<size_t>(count_));
    const int streams = absl::GetFlag(FLAGS_streams);
    const absl::Time start = absl::Now();
    std::vector<std::thread> threads;
    for (int stream = 0; stream < streams; ++stream) {
      threads.emplace_back([&, stream] { ImportEvery(streams, stream); });
    }
    for (std::thread& thread : threads) thread.join();
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
    if (std::count(names_.begin(), names_.end(), "") != 0) {
      std::cerr << "not all rows were created" << std::endl;
      std::exit(1);
    }
    return count_ / seconds;
  }

  // Every `streams`-th message, from the one numbered `first` on.
  void ImportEvery(int streams, int first) {
    const auto context = Context(absl::Hours(2));
    const auto stream = v1::CustomerImportService::NewStub(server_.channel())->ImportRecords(context.get());
    std::thread sender([&] {
      for (int begin = first * kBatch; begin < count_; begin += streams * kBatch) {
        v1::ImportRecordsRequest batch;
        for (int i = begin; i < std::min(begin + kBatch, count_); ++i) {
          auto& record = *batch.add_records();
          record.set_row(i);
          *record.mutable_customer()->mutable_customer() = MakeCustomer(i);
        }
        stream->Write(batch);
      }
      stream->WritesDone();
    });
    v1::ImportRecordsResponse answer;
    while (stream->Read(&answer)) {
      for (const auto& result : answer.results()) {
        if (result.outcome() == type::v1::ImportResult::CREATED) {
          names_[static_cast<size_t>(result.row())] = result.name();
        }
      }
    }
    sender.join();
    Check(stream->Finish(), "ImportRecords");
  }

  std::string Sql(const std::string& statement) {
    std::string output;
    if (tests::RunCommand(
            {"mariadb", "--no-defaults", "-uroot", "-N", "--default-character-set=utf8mb4", "--socket",
             std::getenv("CLIENTELE_TEST_MYSQL"), database_.schema(), "-e", statement},
            &output) != 0) {
      std::cerr << output << std::endl;
      std::exit(1);
    }
    return output;
  }
  std::string File(const std::string& table) const { return folder_ + "/" + table; }

  // All rows into files, as LOAD DATA takes them.
  void Unload() {
    for (const char* table : kAllTables) {
      Sql(absl::StrCat("SELECT * FROM ", table, " INTO OUTFILE '", File(table), "' CHARACTER SET binary"));
    }
    Sql(
        absl::StrCat("SELECT HEX(customers.id), HEX(external_ids.id), display_name, industry, employee_count,"
                     " JSON_VALUE(addresses, '$[0].locality'), JSON_VALUE(contact_points, '$[0].value')"
                     " FROM customers JOIN external_ids ON customer_id = customers.id INTO OUTFILE '",
                     File("plain"), "'"));
  }

  // Until what was written before is on the disk.
  void Settle() {
    Sql("SET GLOBAL innodb_max_dirty_pages_pct = 0, GLOBAL innodb_max_dirty_pages_pct_lwm = 0");
    for (int second = 0; second < 120; ++second) {
      const std::string status = Sql("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'");
      int dirty = 0;
      if (absl::SimpleAtoi(status.substr(status.find_last_of('\t') + 1), &dirty) && dirty < 200) break;
      absl::SleepFor(absl::Seconds(1));
    }
    Sql("SET GLOBAL innodb_max_dirty_pages_pct = DEFAULT, GLOBAL innodb_max_dirty_pages_pct_lwm = DEFAULT");
  }

  // Customers a second.
  template <size_t n>
  double Load(const char* const (&tables)[n]) {
    for (const char* table : tables)
      Sql(absl::StrCat("CREATE OR REPLACE TABLE bench_", table, " LIKE ", table));
    Settle();
    const absl::Time start = absl::Now();
    for (const char* table : tables) {
      Sql(absl::StrCat("LOAD DATA INFILE '", File(table), "' INTO TABLE bench_", table,
                       " CHARACTER SET binary"));
    }
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
    for (const char* table : tables) Sql(absl::StrCat("DROP TABLE bench_", table));
    return count_ / seconds;
  }
  double LoadPlain() {
    Sql("CREATE OR REPLACE TABLE bench_plain (id CHAR(32) PRIMARY KEY, external_id VARCHAR(191) NOT NULL "
        "UNIQUE,"
        " display_name VARCHAR(255) NOT NULL, industry VARCHAR(128) NOT NULL, employee_count BIGINT NOT NULL,"
        " locality VARCHAR(128) NOT NULL, email VARCHAR(255) NOT NULL)");
    Settle();
    const absl::Time start = absl::Now();
    Sql(absl::StrCat("LOAD DATA INFILE '", File("plain"), "' INTO TABLE bench_plain CHARACTER SET utf8mb4"));
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
    Sql("DROP TABLE bench_plain");
    return count_ / seconds;
  }
  static void Compare(const char* what, double load, double import) {
    absl::PrintF("%-52s %8.0f /s   ratio %.2f\n", what, load, import / load);
    std::fflush(stdout);
  }

  int RandomNumber() { return static_cast<int>(random_() % names_.size()); }
  const std::string& RandomName() { return names_[random_() % names_.size()]; }
  static std::string EmailOf(int number) { return absl::StrCat("info", number, "@example.com"); }

  // From the middle of a name, at the border of a character.
  std::string PartOfAName(size_t length) {
    const std::string name = MakeCustomer(RandomNumber()).display_name();
    std::vector<size_t> starts;
    for (size_t i = 0; i < name.size(); ++i) {
      if ((static_cast<unsigned char>(name[i]) & 0xC0) != 0x80) starts.push_back(i);
    }
    starts.push_back(name.size());
    const size_t first = starts.size() > length + 2 ? random_() % (starts.size() - length - 1) : 0;
    return name.substr(starts[first], starts[std::min(first + length, starts.size() - 1)] - starts[first]);
  }

  void Get(const std::string& name) {
    v1::GetCustomerRequest request;
    request.set_name(name);
    v1::Customer customer;
    Check(customers_->GetCustomer(Context().get(), request, &customer), "GetCustomer");
  }
  void Search(const std::string& query) {
    v1::SearchCustomersRequest request;
    request.set_query(query);
    v1::SearchCustomersResponse response;
    const grpc::Status status = searches_->SearchCustomers(Context().get(), request, &response);
    // Three characters that are no letters are no query.
    if (status.error_code() != grpc::INVALID_ARGUMENT) Check(status, query);
  }
  void List(const std::string& filter) {
    v1::ListCustomersRequest request;
    request.set_filter(filter);
    v1::ListCustomersResponse response;
    Check(customers_->ListCustomers(Context().get(), request, &response), filter);
  }
  void Duplicates(const std::string& name) {
    v1::ListDuplicatesRequest request;
    request.set_parent(name);
    v1::ListDuplicatesResponse response;
    Check(duplicates_->ListDuplicates(Context().get(), request, &response), "ListDuplicates");
  }

  // The median in milliseconds.
  double Time(const std::string& what, const std::function<void()>& call) {
    std::vector<double> times;
    for (int i = 0; i < absl::GetFlag(FLAGS_calls); ++i) {
      const absl::Time start = absl::Now();
      call();
      times.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
    }
    std::sort(times.begin(), times.end());
    const double median = times[times.size() / 2], p99 = times[times.size() * 99 / 100];
    absl::PrintF("%-58s %6.2f ms %6.2f ms %9.2f ms\n", what, median, p99, median - key_);
    std::fflush(stdout);
    return median;
  }

  const int count_;
  const std::string folder_ =
      absl::StrCat("/tmp/clientele-bench-customers-", absl::ToUnixMicros(absl::Now()));
  servicekit::ScratchDatabase database_{{"customer-svc/migrations"}};
  servicekit::FeedPublisher feed_{database_.pool()};
  customer::Stores stores_{feed_};
  servicekit::Clock clock_;
  servicekit::TestExecutor executor_{{.workers = 8, .queue_length = 256}};
  customer::Backend backend_{executor_.executor, database_.pool(), stores_, clock_};
  customer::CustomerService customer_service_{backend_};
  customer::ImportService import_service_{backend_};
  customer::AttributeService attribute_service_{backend_};
  customer::SearchService search_service_{backend_};
  customer::DuplicateService duplicate_service_{backend_};
  servicekit::InProcessServer server_{
      {&customer_service_, &import_service_, &attribute_service_, &search_service_, &duplicate_service_}};
  std::unique_ptr<v1::CustomerService::Stub> customers_ = v1::CustomerService::NewStub(server_.channel());
  std::unique_ptr<v1::CustomerSearchService::Stub> searches_ =
      v1::CustomerSearchService::NewStub(server_.channel());
  std::unique_ptr<v1::DuplicateService::Stub> duplicates_ = v1::DuplicateService::NewStub(server_.channel());
  std::vector<std::string> names_;  // By number.
  std::mt19937 random_{1};
  double key_ = 0;  // Milliseconds of a read by primary key.
};

}  // namespace
}  // namespace clientele::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  clientele::bench::CustomersBench bench(absl::GetFlag(FLAGS_customers));
  bench.CompareImport();
  bench.TimeReads();
}
