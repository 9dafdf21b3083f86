#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include <gtest/gtest.h>

#include "servicekit/testing/csv_table.h"
#include "servicekit/testing/shared_data.h"
#include "value-svc/domain/experiment/difference.h"
#include "value-svc/domain/experiment/hold_out.h"
#include "value-svc/domain/experiment/qini.h"

namespace clientele::value {
namespace {

Id MakeId(uint64_t number) {
  std::string bytes(Id::kSize, '\0');
  for (size_t i = 0; i < sizeof(number); ++i) bytes[Id::kSize - 1 - i] = static_cast<char>(number >> (8 * i));
  return *Id::FromBytes(bytes);
}

void ExpectNear(double actual, const nlohmann::json& expected, double tolerance, const std::string& what) {
  EXPECT_NEAR(actual, expected.get<double>(), tolerance * std::abs(expected.get<double>())) << what;
}

TEST(Hillstrom, UpliftStandardErrorsAndCuped) {
  SHARED_DATA(path, "hillstrom/hillstrom.csv");
  std::ifstream file(servicekit::SharedDataPath("reference/hillstrom_uplift_reference.json"));
  const nlohmann::json reference = nlohmann::json::parse(file);
  const servicekit::CsvTable table(path);
  for (const std::string segment : {"Mens E-Mail", "Womens E-Mail"}) {
    for (const std::string measure : {"visit", "conversion", "spend"}) {
      Arm treated, held_out;
      for (size_t i = 0; i < table.size(); ++i) {
        const std::string& arm = table.Text(i, "segment");
        const Outcome outcome{table.Number(i, measure), table.Number(i, "history")};
        if (arm == segment) treated.Add(outcome);
        if (arm == "No E-Mail") held_out.Add(outcome);
      }
      const auto& expected = reference[segment][measure];
      const std::string what = segment + ' ' + measure;
      const auto difference = Compare(treated, held_out);
      ASSERT_TRUE(difference.has_value());
      ExpectNear(treated.mean(), expected["treat"], 1e-9, what);
      ExpectNear(held_out.mean(), expected["ctrl"], 1e-9, what);
      ExpectNear(difference->effect, expected["ate"], 1e-9, what);
      ExpectNear(difference->standard_error, expected["se"], 1e-6, what);
      ExpectNear(difference->low, expected["ci95"][0], 1e-4, what);
      ExpectNear(difference->high, expected["ci95"][1], 1e-4, what);
      ExpectNear(difference->z, expected["z"], 1e-6, what);
      EXPECT_TRUE(difference->conclusive());
      const auto cuped = CompareWithBefore(treated, held_out);
      ASSERT_TRUE(cuped.has_value());
      const auto& with_history = expected["cuped_history"];
      ExpectNear(cuped->theta, with_history["theta"], 1e-3, what);
      ExpectNear(cuped->difference.effect, with_history["ate"], 1e-5, what);
      ExpectNear(cuped->difference.standard_error, with_history["se"], 1e-6, what);
      ExpectNear(cuped->variance_reduction, with_history["var_reduction"], 1e-3, what);
      if (measure != "spend") continue;
      const double size = static_cast<double>(treated.size());
      ExpectNear(difference->effect * size, reference[segment]["incremental_spend_total"], 1e-9, what);
      ExpectNear(*IncrementalReturn(difference->effect * size, 0.30, 0.10 * size),
                 reference[segment]["iROI_if_cost_0.10_margin_0.30"], 1e-9, what);
    }
  }
}

TEST(Hillstrom, SampleRatioQiniAndSampleSizes) {
  SHARED_DATA(path, "hillstrom/hillstrom.csv");
  std::ifstream file(servicekit::SharedDataPath("reference/hillstrom_uplift_reference.json"));
  const nlohmann::json reference = nlohmann::json::parse(file);
  const servicekit::CsvTable table(path);
  std::map<std::string, int64_t> sizes;
  std::map<std::string, std::vector<Ranked>> ranked;
  std::map<std::string, Arm> held_out;
  for (size_t i = 0; i < table.size(); ++i) {
    const std::string& segment = table.Text(i, "segment");
    ++sizes[segment];
    for (const std::string measure : {"visit", "conversion", "spend"}) {
      if (segment == "No E-Mail") held_out[measure].Add({table.Number(i, measure), 0});
      if (segment == "Womens E-Mail") continue;
      ranked[measure].push_back(
          {table.Number(i, "history"), segment == "Mens E-Mail", table.Number(i, measure)});
    }
  }
  const SampleRatio ratio =
      CheckSampleRatio({sizes["Mens E-Mail"], sizes["Womens E-Mail"], sizes["No E-Mail"]}, {1, 1, 1});
  ExpectNear(ratio.chi_square, reference["SRM_chi2_df2"], 1e-9, "chi square");
  EXPECT_EQ(ratio.degrees_of_freedom, 2);
  EXPECT_FALSE(ratio.mismatch());

  for (const std::string measure : {"visit", "spend"}) {
    const auto& expected = reference["qini_" + measure + "_by_history_mens"];
    const auto qini = ComputeQini(ranked[measure]);
    ASSERT_TRUE(qini.has_value());
    ExpectNear(qini->total, expected["total_incremental"], 1e-9, measure);
    // The reference breaks ties among equal ranks by the order of the file, and here they are chosen
    // together.
    ExpectNear(qini->coefficient, expected["Q_area_per_customer_index"], 0.03, measure);
  }
  ExpectNear(static_cast<double>(*SampleSizePerArm(held_out["spend"].variance(), 0.25)),
             reference["n_per_arm_80pct_spend_mde_0.25"], 1e-3, "spend");
  ExpectNear(static_cast<double>(*SampleSizePerArm(held_out["conversion"].variance(), 0.002)),
             reference["n_per_arm_80pct_conversion_mde_0.002"], 1e-3, "conversion");
  ExpectNear(static_cast<double>(*SampleSizePerArm(held_out["visit"].variance(), 0.01)),
             reference["n_per_arm_80pct_visit_mde_0.01"], 1e-3, "visit");
}

// Spending as it is: most spend nothing, few spend much, and who spent before spends again.
std::vector<Outcome> Spenders(std::mt19937_64& random, size_t count) {
  std::vector<Outcome> outcomes(count);
  for (Outcome& outcome : outcomes) {
    const double taste = std::lognormal_distribution<double>(0, 0.7)(random);
    outcome.before = taste * std::gamma_distribution<double>(1, 20)(random);
    if (random() % 3 == 0) outcome.result = taste * std::gamma_distribution<double>(1, 20)(random);
  }
  return outcomes;
}

TEST(Experiment, OfTestsWithoutAnyEffectFivePercentAreConclusive) {
  std::mt19937_64 random(20);
  std::vector<Id> customers;
  for (uint64_t i = 0; i < 400; ++i) customers.push_back(MakeId(i));
  int plain_rejections = 0, cuped_rejections = 0;
  double reduction = 0;
  for (uint64_t run = 0; run < 1000; ++run) {
    const std::vector<Outcome> outcomes = Spenders(random, customers.size());
    const std::vector<bool> held_out = ChooseHoldOut(customers, 500'000, run);
    Arm treated, control;
    for (size_t i = 0; i < outcomes.size(); ++i) (held_out[i] ? control : treated).Add(outcomes[i]);
    plain_rejections += Compare(treated, control)->conclusive();
    const Cuped cuped = *CompareWithBefore(treated, control);
    cuped_rejections += cuped.difference.conclusive();
    reduction += cuped.variance_reduction / 1000;
  }
  // 50 ± 3 standard deviations of 6.9.
  EXPECT_NEAR(plain_rejections, 50, 21);
  EXPECT_NEAR(cuped_rejections, 50, 21);
  EXPECT_GT(reduction, 0.02);
}

// By the normal distribution it would be 7 %.
TEST(Experiment, SoAreFivePercentOfThoseWithFewCustomersOfDifferentSpread) {
  std::mt19937_64 random(25);
  int rejections = 0;
  for (int run = 0; run < 10'000; ++run) {
    Arm treated, control;
    for (int i = 0; i < 200; ++i) treated.Add({std::normal_distribution<double>(0, 1)(random), 0});
    for (int i = 0; i < kFewestInArm; ++i) control.Add({std::normal_distribution<double>(0, 5)(random), 0});
    rejections += Compare(treated, control)->conclusive();
  }
  // 500 ± 4 standard deviations of 21.8; by the normal distribution about 600.
  EXPECT_NEAR(rejections, 500, 87);
}

TEST(Experiment, FewCustomersAndThoseWhoAreAllAlikeProveNothing) {
  std::mt19937_64 random(26);
  const auto arm = [&](int64_t size, double mean, double deviation) {
    Arm made;
    for (int64_t i = 0; i < size; ++i)
      made.Add({std::normal_distribution<double>(mean, deviation)(random), 0});
    return made;
  };
  EXPECT_TRUE(Compare(arm(kFewestInArm, 100, 1), arm(kFewestInArm, 0, 1))->conclusive());
  EXPECT_FALSE(Compare(arm(kFewestInArm, 100, 1), arm(kFewestInArm - 1, 0, 1))->conclusive());
  EXPECT_FALSE(Compare(arm(2, 100, 1), arm(2, 0, 1))->conclusive());
  Arm nothing, hundred;
  for (int i = 0; i < 500; ++i) nothing.Add({0, 0}), hundred.Add({100, 0});
  EXPECT_FALSE(Compare(hundred, nothing)->conclusive());
  EXPECT_EQ(Compare(hundred, nothing)->p_value, 1);
  EXPECT_FALSE(Compare(arm(500, 100, 1), nothing)->conclusive());
}

TEST(Experiment, ASampleOfTheSizeAskedForFindsTheEffectAsOftenAsPromised) {
  std::mt19937_64 random(21);
  const double effect = 0.5;
  const int64_t size = *SampleSize(1, 1, 0.2, effect);
  int found = 0;
  for (int run = 0; run < 1000; ++run) {
    Arm treated, control;
    for (int64_t i = 0; i < size; ++i) {
      const bool held_out = i < size / 5;
      (held_out ? control : treated)
          .Add({std::normal_distribution<double>(held_out ? 0 : effect, 1)(random), 0});
    }
    found += Compare(treated, control)->conclusive();
  }
  EXPECT_NEAR(found, 800, 50);
}

TEST(Experiment, ArmsThatLostCustomersAreFoundOut) {
  EXPECT_TRUE(CheckSampleRatio({5000, 4600}, {0.5, 0.5}).mismatch());
  EXPECT_FALSE(CheckSampleRatio({5000, 4950}, {0.5, 0.5}).mismatch());
  EXPECT_FALSE(CheckSampleRatio({0, 0}, {0.9, 0.1}).mismatch());
  // A share of the hold-out other than half.
  EXPECT_FALSE(CheckSampleRatio({9010, 990}, {0.9, 0.1}).mismatch());
}

TEST(Experiment, HasNoAnswerWithoutCustomersCostOrEffect) {
  Arm one, two;
  one.Add({1, 1});
  EXPECT_FALSE(Compare(one, two).has_value());
  EXPECT_FALSE(CompareWithBefore(one, two).has_value());
  EXPECT_FALSE(SampleSizePerArm(1, 0).has_value());
  EXPECT_FALSE(IncrementalReturn(10, 0.3, 0).has_value());
  EXPECT_FALSE(ComputeQini({{1, true, 5}}).has_value());
}

TEST(Arm, SumsMakeTheSameAsOneAtATime) {
  std::mt19937_64 random(24);
  Arm one_at_a_time;
  double sums[5] = {};
  for (const Outcome& outcome : Spenders(random, 1000)) {
    one_at_a_time.Add(outcome);
    sums[0] += outcome.result;
    sums[1] += outcome.result * outcome.result;
    sums[2] += outcome.before;
    sums[3] += outcome.before * outcome.before;
    sums[4] += outcome.result * outcome.before;
  }
  const Arm by_sums = Arm::FromSums(1000, sums[0], sums[1], sums[2], sums[3], sums[4]);
  EXPECT_NEAR(by_sums.mean(), one_at_a_time.mean(), 1e-9);
  EXPECT_NEAR(by_sums.variance(), one_at_a_time.variance(), 1e-9 * by_sums.variance());
  EXPECT_NEAR(by_sums.variance_before(), one_at_a_time.variance_before(), 1e-9 * by_sums.variance_before());
  EXPECT_NEAR(by_sums.covariance(), one_at_a_time.covariance(), 1e-8 * by_sums.variance());
}

TEST(Qini, ChoosingByTheTrueEffectBeatsChanceAndTheContraryLoses) {
  std::mt19937_64 random(22);
  std::vector<Ranked> good, bad, equal;
  for (int i = 0; i < 4000; ++i) {
    const double effect = static_cast<double>(random() % 10);
    const bool treated = random() % 2;
    const double result = std::normal_distribution<double>(treated ? effect : 0, 3)(random);
    good.push_back({effect, treated, result});
    bad.push_back({-effect, treated, result});
    equal.push_back({1, treated, result});
  }
  EXPECT_GT(ComputeQini(good)->coefficient, 0);
  EXPECT_LT(ComputeQini(bad)->coefficient, 0);
  EXPECT_DOUBLE_EQ(ComputeQini(equal)->coefficient, 0);
}

TEST(HoldOut, IsExactRepeatableAndDoesNotDependOnTheOrder) {
  std::mt19937_64 random(23);
  std::vector<Id> customers;
  for (uint64_t i = 0; i < 1001; ++i) customers.push_back(MakeId(i));
  const std::vector<bool> chosen = ChooseHoldOut(customers, 200'000, 5);
  EXPECT_EQ(std::count(chosen.begin(), chosen.end(), true), 200);
  std::map<Id, bool> by_customer;
  for (size_t i = 0; i < customers.size(); ++i) by_customer[customers[i]] = chosen[i];
  std::shuffle(customers.begin(), customers.end(), random);
  const std::vector<bool> again = ChooseHoldOut(customers, 200'000, 5);
  for (size_t i = 0; i < customers.size(); ++i) EXPECT_EQ(again[i], by_customer[customers[i]]);
  EXPECT_NE(ChooseHoldOut(customers, 200'000, 6), again);
  EXPECT_TRUE(ChooseHoldOut({}, 200'000, 6).empty());
}

TEST(HoldOut, EverybodyIsAsLikelyAsEverybodyElse) {
  std::vector<Id> customers;
  for (uint64_t i = 0; i < 10; ++i) customers.push_back(MakeId(i));
  std::vector<int> times(10);
  for (uint64_t seed = 0; seed < 10'000; ++seed) {
    const std::vector<bool> chosen = ChooseHoldOut(customers, 300'000, seed);
    for (size_t i = 0; i < 10; ++i) times[i] += chosen[i];
  }
  for (int count : times) EXPECT_NEAR(count, 3000, 200);
}

}  // namespace
}  // namespace clientele::value
