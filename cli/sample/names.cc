#include "cli/sample/names.h"

#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

constexpr std::string_view kSurnames[] = {"김", "이", "박", "최", "정", "강", "조", "윤", "장", "임",
                                          "한", "오", "서", "신", "권", "황", "안", "송", "류", "홍"};
constexpr std::string_view kGivenFirst[] = {"민", "서", "지", "하", "도", "예", "준", "현", "수", "은",
                                            "시", "윤", "재", "태", "성", "영", "소", "채", "건", "유"};
constexpr std::string_view kGivenSecond[] = {"준", "연", "우", "은", "윤", "진", "호", "아", "현", "빈",
                                             "원", "희", "석", "경", "훈", "미", "영", "혁", "린", "찬"};
constexpr std::string_view kFirstNames[] = {
    "Alice", "Ben",   "Carla", "David", "Elena", "Felix",   "Grace", "Hannah", "Ivan", "Julia", "Karim",
    "Laura", "Marco", "Nina",  "Oscar", "Priya", "Quentin", "Rosa",  "Sam",    "Tara", "Victor"};
constexpr std::string_view kLastNames[] = {"Adams",  "Becker", "Chen",    "Dubois", "Evans",    "Fischer",
                                           "Garcia", "Hughes", "Ivanova", "Jensen", "Kowalski", "Lopez",
                                           "Meyer",  "Nguyen", "Okafor",  "Patel",  "Rossi",    "Silva",
                                           "Tanaka", "Weber",  "Young"};

constexpr std::string_view kKoreanStems[] = {"한빛", "대한", "미래", "동아", "세종", "가람", "누리", "다온",
                                             "새롬", "우진", "태평", "청우", "해솔", "금강", "백두", "남해",
                                             "한결", "온새", "성진", "유림", "신성", "동해", "삼원", "대림",
                                             "창조", "은하", "고려", "아람", "도담", "진양"};
constexpr std::string_view kEnglishStems[] = {
    "Northfield", "Bluewater", "Alder",    "Summit",   "Harbor",  "Cobalt",
    "Larkspur",   "Granite",   "Meridian", "Juniper",  "Falcon",  "Stonebridge",
    "Evergreen",  "Keystone",  "Lakeside", "Orchard",  "Pioneer", "Redwood",
    "Silverline", "Tidewater", "Vantage",  "Westgate", "Cedar",   "Brightwell"};

struct IndustryWords {
  std::string_view name;
  std::string_view korean[4];
  std::string_view english[4];
};
constexpr IndustryWords kIndustries[] = {
    {"electronics",
     {"전자", "반도체", "디스플레이", "테크"},
     {"Electronics", "Devices", "Semicon", "Technologies"}},
    {"machinery",
     {"기계", "정밀", "중공업", "엔지니어링"},
     {"Machines", "Precision", "Engineering", "Tools"}},
    {"food", {"식품", "푸드", "농산", "음료"}, {"Foods", "Provisions", "Farms", "Beverages"}},
    {"logistics", {"물류", "해운", "로지스", "운송"}, {"Logistics", "Freight", "Shipping", "Transport"}},
    {"retail", {"상사", "유통", "마트", "무역"}, {"Retail", "Trading", "Stores", "Markets"}},
    {"chemicals", {"화학", "소재", "케미칼", "신소재"}, {"Chemicals", "Materials", "Polymers", "Coatings"}},
    {"health", {"의료기", "바이오", "제약", "메디칼"}, {"Health", "Biotech", "Pharma", "Medical"}},
    {"construction",
     {"건설", "산업개발", "토건", "이앤씨"},
     {"Construction", "Builders", "Contractors", "Works"}},
    {"education", {"교육", "에듀", "학원", "출판"}, {"Learning", "Education", "Press", "Academy"}},
    {"energy", {"에너지", "전력", "솔라", "그린텍"}, {"Energy", "Power", "Solar", "Grid"}},
};
constexpr std::string_view kEnglishForms[] = {"Inc.", "Ltd.", "GmbH", "LLC", "Group", "Co."};

constexpr Place kPlaces[4][6] = {
    {{"KR", "서울특별시 강남구", "061", "테헤란로"},
     {"KR", "서울특별시 영등포구", "073", "여의대로"},
     {"KR", "경기도 성남시", "134", "판교로"},
     {"KR", "경기도 수원시", "164", "광교로"},
     {"KR", "인천광역시 연수구", "219", "송도대로"},
     {"KR", "경기도 화성시", "184", "동탄대로"}},
    {{"KR", "부산광역시 해운대구", "480", "센텀로"},
     {"KR", "대구광역시 수성구", "420", "동대구로"},
     {"KR", "울산광역시 남구", "447", "산업로"},
     {"KR", "경상남도 창원시", "513", "원이대로"},
     {"KR", "경상북도 구미시", "392", "구미대로"},
     {"KR", "경상북도 포항시", "377", "포스코대로"}},
    {{"KR", "대전광역시 유성구", "341", "대덕대로"},
     {"KR", "광주광역시 서구", "619", "상무대로"},
     {"KR", "충청북도 청주시", "286", "오송로"},
     {"KR", "충청남도 천안시", "311", "불당대로"},
     {"KR", "전라북도 전주시", "549", "온고을로"},
     {"KR", "세종특별자치시", "301", "한누리대로"}},
    {{"US", "San Jose", "951", "First Street"},
     {"DE", "München", "803", "Leopoldstraße"},
     {"GB", "Manchester", "M1 ", "Deansgate"},
     {"SG", "Singapore", "018", "Robinson Road"},
     {"NL", "Rotterdam", "301", "Coolsingel"},
     {"VN", "Hà Nội", "100", "Phố Huế"}},
};

constexpr std::string_view kKoreanTitles[] = {"", "대표이사", "기술팀장", "본부장", "과장", "담당", "이사"};
constexpr std::string_view kEnglishTitles[] = {
    "", "Managing Director", "Head of Engineering", "Director", "Consultant", "Operator", "Vice President"};

}  // namespace

std::string PersonName(bool korean, Random& random) {
  if (korean) return StrCat(random.Pick(kSurnames), random.Pick(kGivenFirst), random.Pick(kGivenSecond));
  return StrCat(random.Pick(kFirstNames), " ", random.Pick(kLastNames));
}

std::string CompanyName(bool korean, size_t industry, Random& random) {
  const IndustryWords& words = kIndustries[industry];
  if (!korean)
    return StrCat(random.Pick(kEnglishStems), " ", random.Pick(words.english), " ",
                  random.Pick(kEnglishForms));
  const std::string name = StrCat(random.Pick(kKoreanStems), random.Pick(words.korean));
  switch (random.Weighted({5, 3, 2})) {
    case 0:
      return StrCat("(주)", name);
    case 1:
      return StrCat(name, " 주식회사");
    default:
      return name;
  }
}

std::string_view Industry(size_t industry) { return kIndustries[industry].name; }

size_t PickIndustry(Random& random) { return random.Weighted({18, 16, 9, 9, 12, 10, 9, 7, 4, 6}); }

const Place& PickPlace(size_t region, Random& random) { return random.Pick(kPlaces[region]); }

std::string_view JobTitle(bool korean, size_t buying_role) {
  return korean ? kKoreanTitles[buying_role] : kEnglishTitles[buying_role];
}

std::string Handle(std::string_view prefix, int64_t number) { return StrCat(prefix, number); }

}  // namespace clientele::cli
