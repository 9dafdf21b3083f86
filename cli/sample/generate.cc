#include "cli/sample/generate.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <set>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/import/csv.h"
#include "cli/sample/history.h"
#include "cli/sample/names.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;
using Row = std::vector<std::string>;

constexpr std::string_view kCancelReasons[] = {"ordered twice", "예산 취소 Budget withdrawn",
                                               "delivery would take too long", "found it elsewhere"};
constexpr std::string_view kReturnReasons[] = {"불량 Defective", "damaged in transit", "wrong size",
                                               "ordered too many"};

constexpr std::string_view kCompetitors[] = {"Umbrella Systems", "태산기계", "Initech", "Globex"};

constexpr std::string_view kErps[] = {"SAP", "Oracle", "더존 Douzone", "영림원 K-System", "own development"};

std::string_view SizeClass(int64_t employees) {
  if (employees < 50) return "small";
  return employees < 300 ? "medium" : "large";
}

class Writer {
 public:
  Writer(std::string folder, const SampleOptions& options) : folder_(std::move(folder)), company_(options) {}

  absl::StatusOr<std::map<std::string, int64_t>> Write(const std::function<void(int64_t)>& progress) {
    std::error_code failed;
    std::filesystem::create_directories(folder_, failed);
    if (failed) return absl::InvalidArgumentError(StrCat(folder_, ": ", failed.message()));
    OpenFiles();
    WriteDefinitions();
    WriteCompany();
    for (int64_t number = 1; number <= company_.options.customers; ++number) {
      WriteCustomer(MakeHistory(company_, number));
      if (number % 64 == 0 || number == company_.options.customers) progress(number);
    }
    std::map<std::string, int64_t> rows;
    for (auto& [name, file] : files_) {
      file.out.flush();
      if (!file.out)
        return absl::ResourceExhaustedError(
            StrCat(folder_, "/", name, ": could not be written; is the disk full?"));
      rows[name] = file.rows;
    }
    return rows;
  }

 private:
  struct File {
    std::ofstream out;
    int64_t rows = 0;
  };

  void OpenFiles() {
    Open("attributes.jsonl");
    Open("target_markets.jsonl");
    Open("teams.csv", "external_id,name,parent");
    Open("representatives.csv", "external_id,name,department,team,manager");
    Open("customers.csv",
         "external_id,name,type,registration_number,industry,employee_count,annual_revenue,currency,founded_"
         "year,source,"
         "email,phone,address_label,region_code,postal_code,locality,address,tags,owner,team,"
         "attributes.size_class,attributes.newsletter,attributes.erp_in_use");
    Open("contacts.csv", "external_id,customer,name,job_title,buying_role,email,phone");
    Open("needs.csv",
         "external_id,customer,description,product_interest,quantity,budget,currency,decision_date,urgency,"
         "state");
    Open("interactions.csv",
         "external_id,customer,channel,direction,event_time,subject,outcome,state,representative");
    Open("products.csv",
         "external_id,name,series,list_price,unit_cost,currency,value_level,standardization_level");
    Open("exchange_rates.csv", "currency_code,start_date,rate");
    Open("opportunities.csv",
         "external_id,customer,name,owner,product,step,amount,currency,open_time,expected_close_date,close_"
         "time,"
         "lost_reason,lost_note,due_date,competitor,lost_to");
    Open("orders.csv", "external_id,customer,order_time,due_date,product,quantity,amount,unit_cost,currency");
    Open("payments.csv", "external_id,order,opportunity,amount,currency,pay_time");
    Open("service_projects.csv",
         "external_id,order,opportunity,delivery_model,name,state,complete_time,satisfaction,task,assignee,"
         "task_due_date,task_state,planned_minutes,finish_time,logged_minutes,cost,currency");
    Open("order_returns.csv", "external_id,order,return_time,line,quantity,discarded,reason");
    Open("order_cancellations.csv", "order,cancel_time,reason");
    Open("credit_limits.csv", "customer,amount,currency,start_time");
    Open("refunds.csv", "external_id,order,amount,currency,refund_time");
    Open("referrals.csv", "external_id,referrer,opportunity,influence_percent,event_time");
    Open("transitions.csv", "external_id,customer,stage,event_time,reason");
  }

  void Open(const std::string& name, std::string_view header) {
    Open(name);
    files_[name].out << header << '\n';
  }
  void Open(const std::string& name) {
    files_[name].out.open(StrCat(folder_, "/", name), std::ios::binary | std::ios::trunc);
  }

  void Put(const std::string& name, const Row& row) {
    File& file = files_[name];
    file.out << ToCsvLine(row) << '\n';
    ++file.rows;
  }

  void PutLine(const std::string& name, std::string_view line) {
    File& file = files_[name];
    file.out << line << '\n';
    ++file.rows;
  }

  // What the company wants to know of its customers beside what everyone does, and whom it wants as
  // customers. Sizes are several times what it has.
  void WriteDefinitions() {
    PutLine("attributes.jsonl",
            R"({"name":"attributes/size_class","displayName":"규모 Size class","type":"CHOICE",)"
            R"("choices":["small","medium","large"]})");
    PutLine("attributes.jsonl",
            R"({"name":"attributes/newsletter","displayName":"뉴스레터 Newsletter","type":"FLAG"})");
    PutLine("attributes.jsonl",
            R"({"name":"attributes/erp_in_use","displayName":"사용 중인 ERP ERP in use","type":"TEXT"})");
    const auto market = [&](std::string_view name, std::string_view description, std::string_view filter,
                            int64_t percent) {
      PutLine("target_markets.jsonl",
              StrCat(R"({"displayName":")", name, R"(","description":")", description, R"(","filter":")",
                     filter, R"(","estimatedSize":")",
                     std::max<int64_t>(1, company_.options.customers * percent / 100), R"("})"));
    };
    market("한국 기계 Korean machinery",
           "Makers of machines in Korea, for the general and the professional products.",
           R"(industry = \"machinery\" AND addresses.region_code = \"KR\")", 60);
    market("큰 회사 Large organizations", "Those who buy tailored projects.",
           R"(attributes.size_class = \"large\")", 45);
    market("소매·물류 Retail and logistics", "Standard products, sold by a process.",
           R"(industry = \"retail\" OR industry = \"logistics\")", 120);
  }

  void WriteCompany() {
    for (const SampleTeam& team : company_.teams) Put("teams.csv", {team.id, team.name, team.parent});
    for (const SampleRepresentative& person : company_.representatives) {
      Put("representatives.csv",
          {person.id, person.name, person.department, person.team, person.manager ? "true" : "false"});
    }
    for (size_t model : {kProfessional, kGeneral, kProcess}) {
      for (const SampleProduct& product : Products(model)) {
        Put("products.csv", {std::string(product.id), std::string(product.name), std::string(product.series),
                             StrCat(product.price), Hundredths(product.price * product.cost_percent), "USD",
                             std::string(product.value_level), std::string(product.standardization_level)});
      }
    }
    for (const SampleRate& rate : company_.rates) {
      Put("exchange_rates.csv",
          {std::string(rate.currency), absl::FormatCivilTime(rate.start),
           absl::StrFormat("%d.%06d", rate.micros / 1'000'000, rate.micros % 1'000'000)});
    }
  }

  void WriteCustomer(const History& history) {
    // Everything that does not shape the story is drawn here, from a stream of its own.
    Random random(company_.options.seed, (uint64_t{3} << 40) + static_cast<uint64_t>(history.number));
    const std::string id = absl::StrFormat("C-%07d", history.number);
    WriteProfile(history, id, random);
    WriteDeals(history, id, random);
    int64_t count = 0;
    for (const SampleTransition& move : history.transitions) {
      Put("transitions.csv", {StrCat(id, "-T", ++count), id, std::string(move.stage), Time(move.time),
                              std::string(move.reason)});
    }
  }

  void WriteProfile(const History& history, const std::string& id, Random& random) {
    const Place& place = PickPlace(history.region, random);
    // Distinct for all customers: the factor has no common divisor with the modulus.
    const int64_t registration = (history.number * 7'654'321 + 1'234'567'890) % 10'000'000'000;
    const int64_t employees = history.size * random.Between(6, 24);
    const SampleRepresentative& owner = company_.representatives[history.owner];
    // A stream of its own, so that what was there before there were attributes is as it was.
    Random attributes(company_.options.seed, (uint64_t{6} << 40) + static_cast<uint64_t>(history.number));
    const std::string domain = StrCat("c", history.number, history.korean ? ".example.kr" : ".example.com");
    const auto phone = [&] {
      return history.korean
                 ? absl::StrFormat("+82 2 %03d %04d", random.Between(200, 999), random.Below(10'000))
                 : absl::StrFormat("+1 555 %03d %04d", random.Between(200, 999), random.Below(10'000));
    };
    Put("customers.csv",
        {id,
         history.name,
         history.person ? "PERSON" : "ORGANIZATION",
         history.person ? ""
                        : absl::StrFormat("%03d-%02d-%05d", registration / 10'000'000,
                                          registration / 100'000 % 100, registration % 100'000),
         history.person ? "" : std::string(Industry(history.industry)),
         history.person ? "" : StrCat(employees),
         history.person ? "" : StrCat(employees * random.Between(70, 240) * 1000),
         history.person ? "" : "USD",
         history.person ? "" : StrCat(2023 - random.Exponential(18) % 70),
         std::string(history.source),
         StrCat("info@", domain),
         phone(),
         "office",
         std::string(place.region_code),
         StrCat(place.postal_prefix, random.Between(10, 99)),
         std::string(place.locality),
         StrCat(place.street, " ", random.Between(1, 480)),
         history.size > 50 ? "key account" : "",
         history.pooled ? "" : owner.id,
         history.pooled ? owner.team : "",
         history.person ? "" : std::string(SizeClass(employees)),
         attributes.Chance(350) ? "true" : "false",
         history.person || attributes.Chance(400) ? "" : std::string(attributes.Pick(kErps))});
    int64_t count = 0;
    for (const SampleContact& contact : history.contacts) {
      ++count;
      Put("contacts.csv", {StrCat(id, "-K", count), id, contact.name, std::string(contact.job_title),
                           std::string(contact.buying_role), StrCat("k", count, "@", domain), phone()});
    }
    count = 0;
    for (const SampleNeed& need : history.needs) {
      Put("needs.csv", {StrCat(id, "-N", ++count), id, need.description, std::string(need.product_interest),
                        StrCat(need.quantity), need.budget == 0 ? "" : StrCat(need.budget), "USD",
                        Day(need.decision_day), std::string(need.urgency), std::string(need.state)});
    }
    count = 0;
    for (const SampleInteraction& talk : history.interactions) {
      Put("interactions.csv",
          {StrCat(id, "-I", ++count), id, std::string(talk.channel), std::string(talk.direction),
           Time(talk.time), std::string(talk.subject), std::string(talk.outcome), std::string(talk.state),
           company_.representatives[talk.representative].id});
    }
  }

  void WriteDeals(const History& history, const std::string& id, Random& random) {
    const std::string owner = company_.representatives[history.owner].id;
    for (size_t i = 0; i < history.opportunities.size(); ++i) {
      const SampleOpportunity& deal = history.opportunities[i];
      const bool won = deal.step == "WON", closed = won || deal.step == "LOST";
      const std::string rival(
          deal.lost_reason == "COMPETITOR"
              ? kCompetitors[static_cast<size_t>(deal.amount / 7) % std::size(kCompetitors)]
              : "");
      Put("opportunities.csv",
          {StrCat(id, "-D", i + 1), id, StrCat(deal.product->name, ", ", history.name), owner,
           std::string(deal.product->id), std::string(deal.step), StrCat(deal.amount), "USD", Time(deal.open),
           Day(deal.expected_close_day), closed ? Time(deal.close) : "", std::string(deal.lost_reason),
           std::string(deal.lost_note), won ? Day(deal.due_day) : "", rival, rival});
    }
    for (size_t i = 0; i < history.orders.size(); ++i) {
      const SampleOrder& order = history.orders[i];
      for (const SampleOrderLine& line : order.lines) {
        Put("orders.csv", {StrCat(id, "-O", i + 1), id, Time(order.time), Day(order.due_day),
                           std::string(line.product->id), StrCat(line.quantity), Hundredths(line.amount),
                           Hundredths(line.unit_cost), std::string(order.currency)});
      }
    }
    WriteCreditLimit(history, id);
    const std::set<size_t> cancelled = WriteCorrections(history, id);
    int64_t count = 0;
    for (const SamplePayment& payment : history.payments) {
      if (!payment.of_opportunity && cancelled.contains(payment.index)) continue;
      const std::string target = StrCat(id, payment.of_opportunity ? "-D" : "-O", payment.index + 1);
      Put("payments.csv",
          {StrCat(id, "-P", ++count), payment.of_opportunity ? "" : target,
           payment.of_opportunity ? target : "", Hundredths(payment.amount),
           payment.of_opportunity ? "USD" : std::string(history.orders[payment.index].currency),
           Time(payment.time)});
    }
    WriteWork(history, id, cancelled);
    WriteReferral(history, id, random);
  }

  // Half as much again as the largest order in USD, in thousands; nothing for who never ordered.
  void WriteCreditLimit(const History& history, const std::string& id) {
    int64_t largest = 0;
    const SampleOrder* first = nullptr;
    for (const SampleOrder& order : history.orders) {
      if (order.currency != "USD") continue;
      int64_t total = 0;
      for (const SampleOrderLine& line : order.lines) total += line.amount;
      largest = std::max(largest, total);
      if (first == nullptr ||
          std::pair(order.time.day, order.time.minute) < std::pair(first->time.day, first->time.minute)) {
        first = &order;
      }
    }
    if (first == nullptr) return;
    constexpr int64_t kThousand = 100'000;  // Hundredths.
    const int64_t thousands = (largest * 3 / 2 + kThousand - 1) / kThousand;
    Put("credit_limits.csv", {id, StrCat(thousands * 1000), "USD", Time(first->time)});
  }

  // The work after each order that was not cancelled, a project for each delivery model among its products.
  void WriteWork(const History& history, const std::string& id, const std::set<size_t>& cancelled) {
    Random random(company_.options.seed, (uint64_t{5} << 40) + static_cast<uint64_t>(history.number));
    for (size_t i = 0; i < history.opportunities.size(); ++i) {
      const SampleOpportunity& deal = history.opportunities[i];
      if (deal.step != "WON") continue;
      WriteProject(random, history, StrCat(id, "-D", i + 1), true, *deal.product, deal.close);
    }
    for (size_t i = 0; i < history.orders.size(); ++i) {
      if (cancelled.contains(i)) continue;
      const SampleOrder& order = history.orders[i];
      std::set<size_t> models;
      for (const SampleOrderLine& line : order.lines) {
        if (!models.insert(ModelOf(*line.product)).second) continue;
        WriteProject(random, history, StrCat(id, "-O", i + 1), false, *line.product, order.time);
      }
    }
  }

  // Task after task, most of them in time; those that are not over yet are open.
  void WriteProject(Random& random, const History& history, const std::string& target, bool of_opportunity,
                    const SampleProduct& product, const Moment& ordered) {
    const size_t model = ModelOf(product);
    const int64_t last_day = company_.options.until - company_.begin - 1;
    // How well it goes: some are late all along, and who was served late is less content.
    const int64_t pace = random.Chance(720) ? random.Between(55, 95) : random.Between(100, 170);
    const SampleRepresentative& assignee = company_.representatives[random.Pick(company_.service)];
    struct Done {
      int64_t day;
      std::string_view state;
    };
    std::vector<Done> done;
    for (const SampleTask& task : Tasks(model)) {
      int64_t day = ordered.day + std::max<int64_t>(1, task.due_days * pace / 100);
      if (!done.empty()) day = std::max(day, done.back().day);
      const bool begun = done.empty() || done.back().state == "DONE";
      done.push_back({day, day <= last_day && begun      ? "DONE"
                           : begun && random.Chance(500) ? "IN_PROGRESS"
                                                         : "TO_DO"});
    }
    const bool completed = done.back().state == "DONE";
    const int64_t content = pace < 80    ? random.Between(4, 5)
                            : pace < 100 ? random.Between(3, 5)
                                         : random.Between(1, 4);
    const std::string satisfaction = completed && random.Chance(600) ? StrCat(content) : "";
    // In the evening of that day, when all is over.
    const std::string complete_time = completed ? Time({done.back().day, 19 * 60}) : "";
    for (size_t i = 0; i < done.size(); ++i) {
      const SampleTask& task = Tasks(model)[i];
      const bool over = done[i].state == "DONE";
      const int64_t minutes = over ? task.planned_minutes * random.Between(70, 140) / 100 : 0;
      Put("service_projects.csv",
          {StrCat(target, "-S", model + 1), of_opportunity ? "" : target, of_opportunity ? target : "",
           std::string(DeliveryModelName(model)), StrCat(product.name, ", ", history.name),
           completed ? "COMPLETED" : "OPEN", complete_time, satisfaction, std::string(task.title),
           assignee.id, Day(ordered.day + task.due_days), std::string(done[i].state),
           StrCat(task.planned_minutes), over ? Time({done[i].day, 18 * 60 + 30}) : "",
           over ? StrCat(minutes) : "",
           // A service hour is 60 USD.
           over ? StrCat(minutes) : "", "USD"});
    }
  }

  // A few orders are cancelled before anything is paid, of a few more goods come back. Returns which orders
  // were cancelled.
  std::set<size_t> WriteCorrections(const History& history, const std::string& id) {
    Random random(company_.options.seed, (uint64_t{4} << 40) + static_cast<uint64_t>(history.number));
    const int64_t last_day = company_.options.until - company_.begin - 1;
    std::set<size_t> cancelled;
    for (size_t i = 0; i < history.orders.size(); ++i) {
      const SampleOrder& order = history.orders[i];
      const std::string name = StrCat(id, "-O", i + 1);
      Moment time = order.time;
      if (random.Chance(18)) {
        time.day += random.Between(1, 6);
        if (time.day > last_day) continue;
        Put("order_cancellations.csv", {name, Time(time), std::string(random.Pick(kCancelReasons))});
        cancelled.insert(i);
      } else if (random.Chance(35)) {
        time.day += random.Between(4, 25);
        const size_t line = static_cast<size_t>(random.Below(static_cast<int64_t>(order.lines.size())));
        const int64_t quantity = random.Between(1, order.lines[line].quantity);
        const bool discarded = random.Chance(300);
        if (time.day > last_day) continue;
        Put("order_returns.csv", {StrCat(name, "-R1"), name, Time(time), StrCat(line + 1), StrCat(quantity),
                                  discarded ? "true" : "false", std::string(random.Pick(kReturnReasons))});
        WriteRefund(history, i, order.lines[line].amount * quantity / order.lines[line].quantity, time, name);
      }
    }
    return cancelled;
  }

  // Of an order that was paid in full, what came back is given back, a few days after both.
  void WriteRefund(const History& history, size_t index, int64_t amount, Moment time,
                   const std::string& name) {
    const SampleOrder& order = history.orders[index];
    int64_t owed = 0;
    for (const SampleOrderLine& line : order.lines) owed += line.amount;
    for (const SamplePayment& payment : history.payments) {
      if (payment.of_opportunity || payment.index != index) continue;
      owed -= payment.amount;
      time.day = std::max(time.day, payment.time.day);
    }
    time.day += 4;
    if (order.currency == "KRW") amount = amount / 100 * 100;
    if (owed > 0 || amount == 0 || time.day > company_.options.until - company_.begin - 1) return;
    Put("refunds.csv",
        {StrCat(name, "-B1"), name, Hundredths(amount), std::string(order.currency), Time(time)});
  }

  // The largest of a few customers who came earlier and had ordered by then. Earlier ones refer later ones
  // only, so there are no cycles.
  void WriteReferral(const History& history, const std::string& id, Random& random) {
    if (history.opportunities.empty() || history.number < 2 ||
        !random.Chance(history.source == "referral" ? 850 : 50))
      return;
    const SampleOpportunity& deal = history.opportunities[0];
    std::optional<History> referrer;
    for (int i = 0; i < 5; ++i) {
      History candidate = MakeHistory(company_, random.Between(1, history.number - 1));
      if (candidate.first_order_day < 0 || candidate.first_order_day >= deal.open.day) continue;
      if (!referrer.has_value() || candidate.size > referrer->size) referrer = std::move(candidate);
    }
    if (!referrer.has_value()) return;
    Put("referrals.csv", {StrCat(id, "-F1"), absl::StrFormat("C-%07d", referrer->number), StrCat(id, "-D1"),
                          StrCat(random.Between(2, 10) * 10), Time(deal.open)});
  }

  std::string Day(int64_t day) const { return absl::FormatCivilTime(company_.begin + day); }
  std::string Time(const Moment& time) const {
    return StrCat(Day(time.day), absl::StrFormat("T%02d:%02d:00+09:00", time.minute / 60, time.minute % 60));
  }
  static std::string Hundredths(int64_t amount) {
    return amount % 100 == 0 ? StrCat(amount / 100) : absl::StrFormat("%d.%02d", amount / 100, amount % 100);
  }

  const std::string folder_;
  const Company company_;
  std::map<std::string, File> files_;
};

}  // namespace

absl::StatusOr<std::map<std::string, int64_t>> GenerateSample(const std::string& folder,
                                                              const SampleOptions& options,
                                                              const std::function<void(int64_t)>& progress) {
  return Writer(folder, options).Write(progress);
}

}  // namespace clientele::cli
