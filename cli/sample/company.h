#ifndef CLIENTELE_CLI_SAMPLE_COMPANY_H_
#define CLIENTELE_CLI_SAMPLE_COMPANY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"

// The selling side of the sample: teams, representatives, products, exchange rates.
namespace clientele::cli {

struct SampleOptions {
  int64_t customers = 2000;
  uint64_t seed = 1;
  absl::CivilDay until;  // Nothing happens on this day or later, except what is planned.
};

struct SampleTeam {
  std::string id, name, parent;
};

struct SampleRepresentative {
  std::string id, name, department, team;
  bool manager = false;
};

struct SampleProduct {
  std::string_view id, name, series;
  int64_t price;  // Whole USD.
  int64_t cost_percent;
  std::string_view value_level, standardization_level;
};

struct SampleRate {
  std::string_view currency;
  absl::CivilDay start;
  int64_t micros;
};

inline constexpr size_t kProfessional = 0, kGeneral = 1, kProcess = 2;

struct Company {
  explicit Company(const SampleOptions& options);

  SampleOptions options;
  absl::CivilDay begin;  // Three years before `until`.
  std::vector<SampleTeam> teams;
  std::vector<SampleRepresentative> representatives;
  std::vector<SampleRate> rates;
  // Indices of representatives.
  std::vector<size_t> sales_by_region[4];
  std::vector<size_t> marketing, service;

 private:
  void Staff(size_t region, const std::string& department, const std::string& parent,
             std::string_view team_name, int64_t count, std::vector<size_t>* members);
};

// By delivery model: kProfessional, kGeneral, kProcess.
const std::vector<SampleProduct>& Products(size_t model);

// What is done after an order of the delivery model, one after the other: as the templates that ship say.
struct SampleTask {
  std::string_view title;
  int64_t due_days;  // After the order.
  int64_t planned_minutes;
};
const std::vector<SampleTask>& Tasks(size_t model);
// As the import calls it.
std::string_view DeliveryModelName(size_t model);
// The delivery model of a product.
size_t ModelOf(const SampleProduct& product);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_SAMPLE_COMPANY_H_
