// customer-svc with many customers: how fast they are imported, beside LOAD DATA of the same rows, and how
// long a search and a filtered page take, beside a read by primary key in the same run. Run by hand, since it
// takes its time:
//
//   build/release/bin/clientele-bench-customers --customers=1000000
#include <algorithm>
#include <cstdio>
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
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "cli/sample/names.h"
#include "clientele/customer/v1/attribute_service.grpc.pb.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "clientele/customer/v1/search_service.grpc.pb.h"
#include "tests/cluster/cluster.h"

ABSL_FLAG(int, customers, 1'000'000, "how many customers to import");
ABSL_FLAG(int, calls, 300, "how many calls of each kind to time");

namespace clientele::bench {
namespace {

namespace v1 = customer::v1;
using tests::Cluster;
using Part = Cluster::Part;

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
  CustomersBench()
      : channel_(grpc::CreateChannel(cluster_.Address(Part::kCustomer), grpc::InsecureChannelCredentials())),
        customers_(v1::CustomerService::NewStub(channel_)),
        searches_(v1::CustomerSearchService::NewStub(channel_)) {
    // What they would make of the customers takes the same processors.
    cluster_.Kill(Part::kValue);
    cluster_.Kill(Part::kLifecycle);
  }

  void DefineAttribute() {
    v1::CreateAttributeRequest request;
    request.set_attribute_id("size_class");
    request.mutable_attribute()->set_display_name("Size class");
    request.mutable_attribute()->set_type(v1::Attribute::CHOICE);
    request.mutable_attribute()->add_choices("A");
    request.mutable_attribute()->add_choices("B");
    v1::Attribute attribute;
    Check(v1::AttributeService::NewStub(channel_)->CreateAttribute(cluster_.Context().get(), request,
                                                                   &attribute),
          "CreateAttribute");
  }

  // Both in rows a second.
  void CompareImport(int count) {
    const double load = LoadData(count), import = Import(count);
    absl::PrintF("%d customers   LOAD DATA %8.0f /s   ImportRecords %8.0f /s   ratio %.2f (aim 0.25)\n\n",
                 count, load, import, import / load);
    std::fflush(stdout);
  }

  void TimeReads() {
    absl::PrintF("%-58s %9s %9s %12s\n", "one call at a time", "median", "p99", "over the key");
    const double key = Time(
        "GetCustomer, by primary key", [&] { Get(RandomName()); }, 0);
    Time(
        "SearchCustomers, three characters of a name", [&] { Search(PartOfAName()); }, key);
    Time(
        "SearchCustomers, e-mail address",
        [&] { Search(absl::StrCat("info", random_() % names_.size(), "@example.com")); }, key);
    Time(
        "SearchCustomers, external id", [&] { Search(absl::StrCat("bench:", random_() % names_.size())); },
        key);
    Time(
        "ListCustomers, tag", [&] { List("tags:vip"); }, key);
    Time(
        "ListCustomers, custom attribute", [&] { List("attributes.size_class = \"A\""); }, key);
    Time(
        "ListCustomers, the commonest value of an attribute", [&] { List("attributes.size_class = \"B\""); },
        key);
    Time(
        "ListCustomers, industry and city",
        [&] {
          const v1::Customer customer = MakeCustomer(static_cast<int>(random_() % names_.size()));
          List(absl::StrCat("industry = \"", customer.industry(), "\" AND addresses.locality = \"",
                            customer.addresses(0).locality(), "\""));
        },
        key);
    Time(
        "ListCustomers, tag or attribute", [&] { List("tags:vip OR attributes.size_class = \"A\""); }, key);
    Time(
        "ListCustomers, begin of the name",
        [&] {
          const std::string name = MakeCustomer(static_cast<int>(random_() % names_.size())).display_name();
          List(absl::StrCat("display_name = \"", name.substr(0, name.find(' ')), "*\""));
        },
        key);
  }

 private:
  double LoadData(int count) {
    const std::string path = cluster_.folder() + "/rows.csv";
    {
      std::ofstream file(path);
      for (int i = 0; i < count; ++i) {
        const v1::Customer customer = MakeCustomer(i);
        file << absl::StrFormat("%026d", i) << '\t' << i << '\t' << customer.display_name() << '\t'
             << customer.industry() << '\t' << customer.employee_count() << '\t'
             << customer.addresses(0).locality() << '\t' << customer.contact_points(0).value() << '\n';
      }
    }
    std::filesystem::permissions(path, std::filesystem::perms::all);
    Sql("CREATE OR REPLACE TABLE bench_load (id CHAR(26) PRIMARY KEY, external_id VARCHAR(191) NOT NULL "
        "UNIQUE,"
        " display_name VARCHAR(255) NOT NULL, industry VARCHAR(128) NOT NULL, employee_count BIGINT NOT NULL,"
        " locality VARCHAR(128) NOT NULL, email VARCHAR(255) NOT NULL)");
    const absl::Time start = absl::Now();
    Sql(absl::StrCat("LOAD DATA LOCAL INFILE '", path, "' INTO TABLE bench_load"));
    return count / absl::ToDoubleSeconds(absl::Now() - start);
  }

  void Sql(const std::string& statement) {
    std::string output;
    if (tests::RunCommand({"mariadb", "-uroot", "--local-infile=1", "--default-character-set=utf8mb4",
                           "--socket", cluster_.database_socket(), "customer", "-e", statement},
                          &output) != 0) {
      std::cerr << output << std::endl;
      std::exit(1);
    }
  }

  double Import(int count) {
    const auto stub = v1::CustomerImportService::NewStub(channel_);
    const auto context = cluster_.Context(absl::Hours(2));
    const auto stream = stub->ImportRecords(context.get());
    const absl::Time start = absl::Now();
    std::thread sender([&] {
      for (int i = 0; i < count;) {
        v1::ImportRecordsRequest batch;
        for (int n = 0; n < 1000 && i < count; ++n, ++i) {
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
        if (result.outcome() == type::v1::ImportResult::CREATED) names_.push_back(result.name());
      }
    }
    sender.join();
    Check(stream->Finish(), "ImportRecords");
    if (names_.size() != static_cast<size_t>(count)) {
      std::cerr << "only " << names_.size() << " of " << count << " rows were created" << std::endl;
      std::exit(1);
    }
    return count / absl::ToDoubleSeconds(absl::Now() - start);
  }

  const std::string& RandomName() { return names_[random_() % names_.size()]; }

  // From the middle of a name, at the border of a character.
  std::string PartOfAName() {
    const std::string name = MakeCustomer(static_cast<int>(random_() % names_.size())).display_name();
    std::vector<size_t> starts;
    for (size_t i = 0; i < name.size(); ++i) {
      if ((static_cast<unsigned char>(name[i]) & 0xC0) != 0x80) starts.push_back(i);
    }
    starts.push_back(name.size());
    const size_t first = starts.size() > 5 ? random_() % (starts.size() - 4) : 0;
    return name.substr(starts[first], starts[std::min(first + 3, starts.size() - 1)] - starts[first]);
  }

  void Get(const std::string& name) {
    v1::GetCustomerRequest request;
    request.set_name(name);
    v1::Customer customer;
    Check(customers_->GetCustomer(cluster_.Context().get(), request, &customer), "GetCustomer");
  }
  void Search(const std::string& query) {
    v1::SearchCustomersRequest request;
    request.set_query(query);
    v1::SearchCustomersResponse response;
    const grpc::Status status = searches_->SearchCustomers(cluster_.Context().get(), request, &response);
    // Three characters that are no letters are no query.
    if (status.error_code() != grpc::INVALID_ARGUMENT) Check(status, query);
  }
  void List(const std::string& filter) {
    v1::ListCustomersRequest request;
    request.set_filter(filter);
    v1::ListCustomersResponse response;
    Check(customers_->ListCustomers(cluster_.Context().get(), request, &response), filter);
  }

  // The median in milliseconds.
  double Time(const std::string& what, const std::function<void()>& call, double key) {
    std::vector<double> times;
    for (int i = 0; i < absl::GetFlag(FLAGS_calls); ++i) {
      const absl::Time start = absl::Now();
      call();
      times.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
    }
    std::sort(times.begin(), times.end());
    const double median = times[times.size() / 2], p99 = times[times.size() * 99 / 100];
    absl::PrintF("%-58s %6.2f ms %6.2f ms %9.2f ms\n", what, median, p99, median - key);
    std::fflush(stdout);
    return median;
  }

  Cluster cluster_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::CustomerService::Stub> customers_;
  std::unique_ptr<v1::CustomerSearchService::Stub> searches_;
  std::vector<std::string> names_;
  std::mt19937 random_{1};
};

}  // namespace
}  // namespace clientele::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  clientele::bench::CustomersBench bench;
  bench.DefineAttribute();
  bench.CompareImport(absl::GetFlag(FLAGS_customers));
  bench.TimeReads();
}
