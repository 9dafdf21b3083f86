#ifndef CLIENTELE_CLI_SAMPLE_HISTORY_H_
#define CLIENTELE_CLI_SAMPLE_HISTORY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/sample/company.h"
#include "cli/sample/random.h"

// One customer's three years. Follows from the seed and the customer's number alone, so that customers can be
// made one by one, in constant memory, and looked at again from elsewhere (as a referrer is).
namespace clientele::cli {

// Days since the company's `begin`, and the minute of the day.
struct Moment {
  int64_t day = 0;
  int64_t minute = 0;
};

struct SampleContact {
  std::string name;
  std::string_view job_title, buying_role;
};

struct SampleNeed {
  std::string description;
  std::string_view product_interest, urgency, state;
  int64_t quantity = 0, budget = 0;  // Whole USD.
  int64_t decision_day = 0;
};

struct SampleInteraction {
  std::string_view channel, direction, subject, outcome, state;
  Moment time;
  size_t representative = 0;
};

struct SampleOpportunity {
  const SampleProduct* product = nullptr;
  std::string_view step, lost_reason, lost_note;
  int64_t amount = 0;  // Whole USD.
  Moment open;
  int64_t expected_close_day = 0;
  Moment close;  // When won or lost.
  int64_t due_day = 0;
};

struct SampleOrderLine {
  const SampleProduct* product = nullptr;
  int64_t quantity = 0;
  int64_t amount = 0, unit_cost = 0;  // Hundredths of the order's currency.
};

struct SampleOrder {
  std::string_view currency;
  Moment time;
  int64_t due_day = 0;
  std::vector<SampleOrderLine> lines;
};

struct SamplePayment {
  bool of_opportunity = false;
  size_t index = 0;    // Of the order or opportunity.
  int64_t amount = 0;  // Hundredths of its currency.
  Moment time;
};

struct SampleTransition {
  std::string_view stage, reason;
  Moment time;
};

struct History {
  int64_t number = 0;
  bool korean = false, person = false;
  std::string name;
  size_t region = 0, industry = 0;
  int64_t size = 1;  // 1 to 200, few are large.
  bool pooled = false;
  size_t owner = 0;
  std::string_view source, currency;
  std::vector<SampleContact> contacts;
  std::vector<SampleNeed> needs;
  std::vector<SampleInteraction> interactions;
  std::vector<SampleOpportunity> opportunities;
  std::vector<SampleOrder> orders;
  std::vector<SamplePayment> payments;
  std::vector<SampleTransition> transitions;
  int64_t first_order_day = -1;  // -1: none.
};

History MakeHistory(const Company& company, int64_t number);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_SAMPLE_HISTORY_H_
