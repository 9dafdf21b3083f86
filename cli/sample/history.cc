#include "cli/sample/history.h"

#include <algorithm>

#include "cli/sample/names.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

// How busy the months are, January to December, in permille of an average one.
constexpr int64_t kSeason[] = {820, 780, 1120, 1040, 1000, 1180, 880, 760, 1120, 1060, 1140, 1100};
constexpr std::string_view kSources[] = {"trade fair", "web site",  "referral",
                                         "campaign",   "cold call", "partner"};
constexpr std::string_view kLeadReasons[] = {"answered a campaign", "asked for a quote",
                                             "visited our booth",   "downloaded a white paper",
                                             "was recommended",     "called the hotline"};
constexpr std::string_view kLossReasons[] = {"PRICE",  "COMPETITOR", "NO_BUDGET",    "NO_DECISION",
                                             "TIMING", "POOR_FIT",   "UNRESPONSIVE", "OTHER"};
constexpr std::string_view kGoneReasons[] = {"no interest", "chose a competitor", "out of business",
                                             "budget cut", "does not answer any more"};
constexpr std::string_view kRoles[] = {
    "ECONOMIC_BUYER", "TECHNICAL_EVALUATOR", "DECISION_MAKER", "INFLUENCER", "USER", "SPONSOR"};
constexpr std::string_view kChannels[] = {"CALL", "EMAIL", "MEETING", "VISIT", "EVENT", "MESSAGE", "NOTE"};
constexpr std::string_view kSalesSubjects[] = {"요구사항 협의 Requirements", "제품 소개 Product introduction",
                                               "견적 Quote", "데모 Demonstration", "계약 조건 Terms"};
constexpr std::string_view kMarketingSubjects[] = {"세미나 초대 Seminar invitation", "뉴스레터 Newsletter",
                                                   "전시회 상담 Trade fair talk", "캠페인 안내 Campaign"};
constexpr std::string_view kServiceSubjects[] = {"설치 점검 Installation check", "교육 Training",
                                                 "장애 접수 Incident", "정기 방문 Regular visit"};
constexpr std::string_view kOutcomes[] = {"will call back",      "interested", "sent documents", "not now",
                                          "agreed on next step", "자료 요청",  "내부 검토 중"};
constexpr std::string_view kWishes[] = {
    "불량률 감소 Reduce the defect rate",    "라인 증설 Extend the line",
    "에너지 비용 절감 Cut energy costs",     "노후 설비 교체 Replace old equipment",
    "재고 정확도 개선 Better stock figures", "소모품 정기 공급 Regular supplies"};

class Maker {
 public:
  Maker(const Company& company, int64_t number)
      : company_(company), random_(company.options.seed, 1000 + static_cast<uint64_t>(number)) {
    history_.number = number;
    last_day_ = company.options.until - company.begin - 1;
  }

  History Make() {
    Profile();
    const int64_t entry = Workday(EntryDay());
    Progress(entry);
    Contacts();
    return std::move(history_);
  }

 private:
  void Profile() {
    history_.region = random_.Weighted({45, 25, 15, 15});
    history_.korean = history_.region != 3;
    history_.person = random_.Chance(120);
    history_.industry = PickIndustry(random_);
    history_.size = history_.person ? 1 : random_.Pareto(200);
    history_.name = history_.person ? PersonName(history_.korean, random_)
                                    : CompanyName(history_.korean, history_.industry, random_);
    history_.pooled = random_.Chance(60);
    history_.owner = random_.Pick(company_.sales_by_region[history_.region]);
    history_.source = random_.Pick(kSources);
    history_.currency =
        history_.korean ? (random_.Chance(400) ? "KRW" : "USD") : (random_.Chance(300) ? "EUR" : "USD");
    payer_ = random_.Weighted({62, 25, 9, 4});
  }

  // More customers come each year, and in the busy months; a few came long before the others and have seen it
  // all.
  int64_t EntryDay() {
    int64_t day = 0;
    for (int i = 0; i < 8; ++i) {
      day = random_.Below(last_day_);
      const int month = (company_.begin + day).month();
      if (random_.Below(2000 * 1180) < (1000 + 1000 * day / last_day_) * kSeason[month - 1]) break;
    }
    return day;
  }

  // Days rise from step to step, so that each move comes after the one before it.
  void Progress(int64_t entry) {
    Transition("TARGET", history_.source, entry);
    Talk(random_.Between(0, 2), entry, 20, kMarketingSubjects, company_.marketing);
    if (!random_.Chance(660)) return;
    int64_t day = Workday(entry + 1 + random_.Exponential(25));
    if (!Transition("LEAD", random_.Pick(kLeadReasons), day)) return;
    Talk(random_.Between(1, 3), day, 30, kSalesSubjects, {});
    if (random_.Chance(450)) MakeNeed(day);
    if (!random_.Chance(std::min<int64_t>(820, 540 + 20 * history_.size))) {
      if (random_.Chance(480))
        Transition("LOST", random_.Pick(kGoneReasons), day + 20 + random_.Exponential(70));
      return;
    }
    day = Workday(day + 2 + random_.Exponential(20));
    for (int attempt = 0; attempt < 3; ++attempt) {
      const Deal deal = MakeDeal(day, 430 + 40 * attempt);
      if (deal.outcome == Deal::kWon) return Repeat(deal.day);
      if (deal.outcome == Deal::kOpen) return;
      if (!random_.Chance(400)) {
        if (random_.Chance(700))
          Transition("LOST", random_.Pick(kGoneReasons), deal.day + 3 + random_.Exponential(15));
        return;
      }
      day = Workday(deal.day + 30 + random_.Exponential(90));
    }
  }

  struct Deal {
    enum { kOpen, kWon, kLost } outcome;
    int64_t day;  // When it closed.
  };

  Deal MakeDeal(int64_t day, int64_t win_permille) {
    SampleOpportunity deal;
    if (!At(day, &deal.open)) return {Deal::kOpen, day};
    const size_t model = history_.size > 20  ? random_.Weighted({45, 45, 10})
                         : history_.size > 3 ? random_.Weighted({12, 62, 26})
                         : history_.person   ? random_.Weighted({0, 15, 85})
                                             : random_.Weighted({2, 48, 50});
    deal.product = &random_.Pick(Products(model));
    deal.amount = deal.product->price * random_.Between(84, 108) / 100;
    const int64_t cycle = 6 + random_.Exponential(model == kProfessional ? 75 : model == kGeneral ? 45 : 14);
    deal.expected_close_day = day + cycle * random_.Between(70, 120) / 100;
    Talk(random_.Between(1, model == kProcess ? 3 : 6), day, cycle, kSalesSubjects, {});
    Deal result{random_.Chance(win_permille) ? Deal::kWon : Deal::kLost, Workday(day + cycle)};
    if (!At(day + cycle, &deal.close)) {
      const int64_t done = (last_day_ - day) * 4 / (cycle + 1);
      deal.step = done < 1   ? "PROSPECTING"
                  : done < 2 ? "QUALIFICATION"
                  : done < 3 ? "PROPOSAL"
                             : "NEGOTIATION";
      result.outcome = Deal::kOpen;
      deal.expected_close_day = std::max(deal.expected_close_day, last_day_ + random_.Between(3, 45));
    } else if (result.outcome == Deal::kWon) {
      deal.step = "WON";
      deal.due_day = deal.close.day + 30;
      Ordered(deal.close.day);
    } else {
      deal.step = "LOST";
      deal.lost_reason = kLossReasons[random_.Weighted({26, 22, 13, 14, 9, 6, 8, 2})];
      if (deal.lost_reason == "OTHER") deal.lost_note = "project was moved to another site";
    }
    history_.opportunities.push_back(deal);
    if (result.outcome == Deal::kWon) {
      Pay(true, history_.opportunities.size() - 1, deal.amount * 100, deal.due_day);
      Talk(random_.Between(0, 2), deal.close.day, 40, kServiceSubjects, company_.service);
    }
    return result;
  }

  // Buys at their own pace until they drop out, which may happen after each purchase (the assumptions of
  // BG/NBD).
  void Repeat(int64_t day) {
    constexpr int64_t kPace[] = {24, 45, 80, 140, 260};
    constexpr int64_t kDropout[] = {40, 110, 240, 420};
    const int64_t pace = kPace[history_.size > 20 ? random_.Weighted({40, 30, 20, 8, 2})
                                                  : random_.Weighted({5, 14, 26, 30, 25})];
    const int64_t dropout = kDropout[random_.Weighted({30, 30, 25, 15})];
    while (!random_.Chance(dropout)) {
      int64_t next = day + 3 + random_.Exponential(pace);
      if (next > last_day_) return;
      const int month = (company_.begin + next).month();
      if (random_.Below(1180) > kSeason[month - 1])
        next += random_.Between(10, 35);  // Waits for a busier month.
      next = Workday(next);
      if (random_.Chance(280)) {
        const Deal deal = MakeDeal(next, 650);
        if (deal.outcome == Deal::kOpen) return;
        day = std::max(day, deal.day);
      } else if (!MakeOrder(next)) {
        return;
      } else {
        day = next;
      }
      if (random_.Chance(150)) Talk(1, day, 25, kServiceSubjects, company_.service);
    }
    // Nobody hears of them again, until someone notices or they come back.
    const int64_t quiet = day + 200 + random_.Exponential(60);
    if (!Transition("DORMANT", "no order for a long time", quiet) || !random_.Chance(160)) return;
    const int64_t back = quiet + 20 + random_.Exponential(90);
    if (Transition("LEAD", "came back after a visit", back)) MakeOrder(back + 10 + random_.Exponential(20));
  }

  bool MakeOrder(int64_t day) {
    SampleOrder order;
    if (!At(day, &order.time)) return false;
    order.currency = history_.currency;
    order.due_day = order.time.day + (history_.size > 20 ? 45 : 30);
    int64_t total = 0;
    for (int64_t lines = 1 + random_.Below(3); lines > 0; --lines) {
      SampleOrderLine line;
      line.product = &random_.Pick(Products(history_.size > 8 && random_.Chance(180) ? kGeneral : kProcess));
      const int64_t most = line.product->price > 1000 ? 1 + history_.size / 40 : 2 + history_.size / 2;
      line.quantity = random_.Between(1, most);
      line.amount = InCurrency(line.product->price * line.quantity * random_.Between(88, 104));
      line.unit_cost = InCurrency(line.product->price * line.product->cost_percent);
      total += line.amount;
      order.lines.push_back(line);
    }
    history_.orders.push_back(order);
    Ordered(order.time.day);
    Pay(false, history_.orders.size() - 1, total, order.due_day);
    return true;
  }

  // Cents of a dollar in hundredths of the customer's currency; won come in whole ones.
  int64_t InCurrency(int64_t cents) const {
    if (history_.currency == "KRW") return cents * 1320 / 100 * 100;
    return history_.currency == "EUR" ? cents * 92 / 100 : cents;
  }

  // Prompt, slow, bad and defaulting payers.
  void Pay(bool of_opportunity, size_t index, int64_t amount, int64_t due) {
    if (payer_ == 3 && random_.Chance(380)) return;
    const int64_t late = payer_ == 0   ? random_.Between(-20, 4)
                         : payer_ == 1 ? random_.Between(-4, 35)
                         : payer_ == 2 ? 15 + random_.Exponential(40)
                                       : 40 + random_.Exponential(60);
    Moment time;
    const int64_t first = random_.Chance(140) ? amount / 200 * 100 : amount;
    if (!At(due + late, &time)) return;
    if (first > 0) history_.payments.push_back({of_opportunity, index, first, time});
    if (first < amount && At(due + late + 20, &time)) {
      history_.payments.push_back({of_opportunity, index, amount - first, time});
    }
  }

  template <typename Subjects>
  void Talk(int64_t count, int64_t from, int64_t days, const Subjects& subjects,
            const std::vector<size_t>& staff) {
    for (int64_t i = 0; i < count; ++i) {
      SampleInteraction talk;
      const bool planned = !At(from + random_.Below(days + 1), &talk.time);
      if (planned && (talk.time.day > last_day_ + 30 || !random_.Chance(400))) continue;
      talk.channel = kChannels[random_.Weighted({34, 26, 16, 10, 4, 6, 4})];
      talk.direction = random_.Chance(700) ? "OUTBOUND" : "INBOUND";
      talk.subject = random_.Pick(subjects);
      talk.state = planned ? "PLANNED" : random_.Chance(60) ? "NOT_HELD" : "HELD";
      if (talk.state == "HELD" && random_.Chance(600)) talk.outcome = random_.Pick(kOutcomes);
      talk.representative = staff.empty() ? history_.owner : random_.Pick(staff);
      history_.interactions.push_back(talk);
    }
  }

  void MakeNeed(int64_t day) {
    SampleNeed need;
    need.description = random_.Pick(kWishes);
    const SampleProduct& product = random_.Pick(Products(random_.Weighted({20, 50, 30})));
    need.product_interest = product.name;
    need.urgency = random_.Chance(250) ? "HIGH" : random_.Chance(600) ? "MEDIUM" : "LOW";
    need.quantity = random_.Between(1, 1 + history_.size);
    if (random_.Chance(700)) need.budget = product.price * need.quantity;
    need.decision_day = day + random_.Between(30, 150);
    need.state = need.decision_day > last_day_ ? "OPEN"
                 : random_.Chance(550)         ? "MET"
                 : random_.Chance(500)         ? "WITHDRAWN"
                                               : "OPEN";
    history_.needs.push_back(need);
  }

  void Contacts() {
    if (history_.person) return;
    const int64_t count =
        std::min<int64_t>(6, 1 + random_.Below(2) + (history_.size > 5) + (history_.size > 30) * 2);
    for (int64_t i = 0; i < count; ++i) {
      const auto role = random_.Weighted({18, 20, 22, 16, 16, 8});
      history_.contacts.push_back(
          {PersonName(history_.korean, random_), JobTitle(history_.korean, role + 1), kRoles[role]});
    }
  }

  bool Transition(std::string_view stage, std::string_view reason, int64_t day) {
    Moment time;
    if (!At(day, &time)) return false;
    history_.transitions.push_back({stage, reason, time});
    return true;
  }

  // Monday when it falls on a weekend.
  int64_t Workday(int64_t day) const {
    const absl::Weekday weekday = absl::GetWeekday(company_.begin + day);
    return day + (weekday == absl::Weekday::saturday ? 2 : weekday == absl::Weekday::sunday ? 1 : 0);
  }

  // A time in office hours on the next workday. False when that is not past yet.
  bool At(int64_t day, Moment* time) {
    *time = {Workday(day), random_.Between(9 * 60, 18 * 60 - 1)};
    return time->day <= last_day_;
  }

  void Ordered(int64_t day) {
    if (history_.first_order_day < 0) history_.first_order_day = day;
  }

  const Company& company_;
  Random random_;
  History history_;
  int64_t last_day_ = 0;
  size_t payer_ = 0;
};

}  // namespace

History MakeHistory(const Company& company, int64_t number) { return Maker(company, number).Make(); }

}  // namespace clientele::cli
