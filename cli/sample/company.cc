#include "cli/sample/company.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "cli/sample/names.h"
#include "cli/sample/random.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

// Streams below the customers' own, which begin at 1,000.
constexpr uint64_t kStaffStream = 1, kRateStream = 2;
constexpr int64_t kTeamSize = 8;
constexpr std::string_view kRegions[] = {"수도권 Seoul area", "영남 Southeast", "충청호남 Southwest",
                                         "해외 International"};

}  // namespace

const std::vector<SampleProduct>& Products(size_t model) {
  static const auto& products = *new std::vector<std::vector<SampleProduct>>{
      {{"P-100", "맞춤형 공정 컨설팅 Tailored process consulting", "Advisory", 24'000, 62, "HIGH", "LOW"},
       {"P-110", "공장 통합 구축 Plant integration", "Advisory", 58'000, 68, "HIGH", "LOW"},
       {"P-120", "분석 시스템 개발 Custom analytics", "Advisory", 36'000, 60, "HIGH", "LOW"}},
      {{"P-200", "라인 컨트롤러 Line controller G2", "Systems", 9'800, 55, "MIDDLE", "MIDDLE"},
       {"P-210", "검사 스테이션 Inspection station", "Systems", 14'500, 57, "MIDDLE", "MIDDLE"},
       {"P-220", "창고관리 솔루션 Warehouse suite", "Systems", 6'400, 42, "MIDDLE", "MIDDLE"},
       {"P-230", "에너지 모니터 Energy monitor", "Systems", 3'900, 48, "MIDDLE", "MIDDLE"}},
      {{"P-300", "센서 팩 Sensor pack", "Supplies", 480, 58, "LOW", "HIGH"},
       {"P-310", "필터 카트리지 Filter cartridge", "Supplies", 120, 64, "LOW", "HIGH"},
       {"P-320", "정비 키트 Maintenance kit", "Supplies", 260, 52, "LOW", "HIGH"},
       {"P-330", "지원 플랜 Support plan", "Supplies", 900, 35, "LOW", "HIGH"},
       {"P-340", "예비 모듈 Spare module", "Supplies", 640, 56, "LOW", "HIGH"}},
  };
  return products[model];
}

const std::vector<SampleTask>& Tasks(size_t model) {
  static const auto& tasks = *new std::vector<std::vector<SampleTask>>{
      {{"Start with the customer", 7, 240},
       {"Agree on the specification", 21, 960},
       {"Build what was specified", 75, 4800},
       {"Train the users", 85, 960},
       {"Have it accepted", 90, 480}},
      {{"Deliver", 10, 120},
       {"Localize: language, rules, connections", 25, 960},
       {"Train the users", 30, 240},
       {"Ask whether it works as promised", 45, 60}},
      {{"Ship", 3, 30}, {"Ask whether all is well", 14, 15}},
  };
  return tasks[model];
}

std::string_view DeliveryModelName(size_t model) {
  constexpr std::string_view kNames[] = {"PROFESSIONAL", "GENERAL", "PROCESS"};
  return kNames[model];
}

size_t ModelOf(const SampleProduct& product) {
  return product.value_level == "HIGH"     ? kProfessional
         : product.value_level == "MIDDLE" ? kGeneral
                                           : kProcess;
}

Company::Company(const SampleOptions& wanted) : options(wanted), begin(wanted.until) {
  begin = absl::CivilDay(wanted.until.year() - 3, wanted.until.month(), wanted.until.day());

  const int64_t sales = std::clamp<int64_t>(wanted.customers / 60, 8, 4000);
  teams = {{"T-SALES", "영업본부 Sales", ""},
           {"T-MARKETING", "마케팅본부 Marketing", ""},
           {"T-SERVICE", "서비스본부 Service", ""}};
  const int64_t shares[] = {45, 25, 15, 15};
  for (size_t region = 0; region < std::size(kRegions); ++region) {
    const std::string id = StrCat("T-R", region + 1);
    teams.push_back({id, std::string(kRegions[region]), "T-SALES"});
    Staff(region, "SALES", id, StrCat(kRegions[region], " 영업"),
          std::max<int64_t>(2, sales * shares[region] / 100), &sales_by_region[region]);
  }
  Staff(8, "MARKETING", "T-MARKETING", "마케팅 Marketing", std::max<int64_t>(2, sales / 4), &marketing);
  Staff(9, "SERVICE", "T-SERVICE", "서비스 Service", std::max<int64_t>(3, sales / 3), &service);

  Random random(wanted.seed, kRateStream);
  int64_t krw = 760, eur = 1'085'000;
  const absl::CivilMonth last(wanted.until);
  for (absl::CivilMonth month = absl::CivilMonth(begin) - 1; month <= last; ++month) {
    krw = std::clamp<int64_t>(krw + random.Between(-14, 14), 690, 820);
    eur = std::clamp<int64_t>(eur + random.Between(-16'000, 16'000), 1'020'000, 1'180'000);
    rates.push_back({"KRW", absl::CivilDay(month), krw});
    rates.push_back({"EUR", absl::CivilDay(month), eur});
  }
}

void Company::Staff(size_t region, const std::string& department, const std::string& parent,
                    std::string_view team_name, int64_t count, std::vector<size_t>* members) {
  for (int64_t i = 0; i < count; ++i) {
    const int64_t team = i / kTeamSize + 1;
    const std::string team_id = StrCat(parent, "-", team);
    if (i % kTeamSize == 0) teams.push_back({team_id, StrCat(team_name, " ", team), parent});
    const size_t index = representatives.size();
    Random random(options.seed, (kStaffStream << 32) + index);
    representatives.push_back({absl::StrFormat("R-%05d", index + 1),
                               PersonName(region != 3 || random.Chance(300), random), department, team_id,
                               i % kTeamSize == 0});
    members->push_back(index);
  }
}

}  // namespace clientele::cli
