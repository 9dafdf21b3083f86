// Against the results of an independent implementation on CDNOW's customers.
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "servicekit/testing/csv_table.h"
#include "servicekit/testing/shared_data.h"
#include "value-svc/domain/expectation/sales_model.h"

namespace clientele::value {
namespace {

constexpr char kPredictions[] = "reference/cdnow_all_customers_published_params.csv";
constexpr char kFits[] = "reference/reference.json";

constexpr BgNbd kPublishedBgNbd = {0.243, 4.414, 0.793, 2.426};
constexpr ParetoNbd kPublishedParetoNbd = {0.553, 10.578, 0.606, 11.669};
constexpr GammaGamma kPublishedGammaGamma = {6.25, 3.74, 15.44};

nlohmann::json ReadJson(const std::string& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file);
}

std::vector<PurchaseHistory> Histories(const servicekit::CsvTable& table) {
  std::vector<PurchaseHistory> histories;
  for (size_t i = 0; i < table.size(); ++i) {
    histories.push_back({static_cast<int64_t>(table.Number(i, "x")), table.Number(i, "t_x"),
                         table.Number(i, "T"), table.Number(i, "zbar")});
  }
  return histories;
}

// The files have ten digits.
void ExpectClose(double actual, double expected, const char* what, size_t row) {
  EXPECT_NEAR(actual, expected, 1e-8 * std::abs(expected)) << what << " of row " << row;
}

TEST(Cdnow, EveryCustomersPredictionsAtThePublishedParameters) {
  SHARED_DATA(path, kPredictions);
  const servicekit::CsvTable table(path);
  ASSERT_EQ(table.size(), 2357u);
  const std::vector<PurchaseHistory> histories = Histories(table);
  SalesModel published;
  published.fitted = true;
  published.bg_nbd = kPublishedBgNbd;
  published.pareto_nbd = kPublishedParetoNbd;
  published.gamma_gamma = kPublishedGammaGamma;
  SalesPredictor predictor(published, 39, Discounting());
  for (size_t i = 0; i < table.size(); ++i) {
    const PurchaseHistory& history = histories[i];
    ExpectClose(kPublishedBgNbd.LogLikelihood(history), table.Number(i, "bg_loglik"), "bg_loglik", i);
    ExpectClose(kPublishedBgNbd.ProbabilityAlive(history), table.Number(i, "bg_palive"), "bg_palive", i);
    ExpectClose(kPublishedBgNbd.ExpectedPurchases(history, 39), table.Number(i, "bg_E39"), "bg_E39", i);
    ExpectClose(kPublishedParetoNbd.LogLikelihood(history), table.Number(i, "pn_loglik"), "pn_loglik", i);
    ExpectClose(kPublishedParetoNbd.ProbabilityAlive(history), table.Number(i, "pn_palive"), "pn_palive", i);
    ExpectClose(kPublishedParetoNbd.ExpectedPurchases(history, 39), table.Number(i, "pn_E39"), "pn_E39", i);
    ExpectClose(kPublishedParetoNbd.DiscountedResidualPurchases(history, 0.0027),
                table.Number(i, "pn_DERT_d0.0027"), "pn_DERT", i);
    const double spend = kPublishedGammaGamma.ExpectedSpend(history);
    ExpectClose(spend, table.Number(i, "gg_Espend"), "gg_Espend", i);

    const SalesPredictor::Prediction prediction = predictor.Predict(history);
    const SalesExpectation& expectation = prediction.sales;
    EXPECT_EQ(expectation, ExpectSales(published, history, 39));
    ExpectClose(predictor.ResidualPurchases(history) * spend, table.Number(i, "pn_clv_DERT"), "pn_clv_DERT",
                i);
    // Who bought once is shown by Pareto/NBD, all others by BG/NBD.
    const bool once = history.repeat_count == 0;
    EXPECT_EQ(expectation.basis, once ? SalesBasis::kParetoNbd : SalesBasis::kBgNbd);
    ExpectClose(expectation.probability_alive, table.Number(i, once ? "pn_palive" : "bg_palive"), "alive", i);
    ExpectClose(expectation.expected_purchases, table.Number(i, once ? "pn_E39" : "bg_E39"), "E39", i);
    ExpectClose(prediction.discounted_value, table.Number(i, once ? "pn_clv12m_1pct" : "bg_clv12m_1pct"),
                "clv", i);
  }
}

TEST(Cdnow, BgNbdAgreesWithFortyDigits) {
  SHARED_DATA(path, "reference/bgnbd_highprec_mpmath.csv");
  const servicekit::CsvTable precise(path), table(servicekit::SharedDataPath(kPredictions));
  const std::vector<PurchaseHistory> histories = Histories(table);
  for (size_t i = 0; i < precise.size(); ++i) {
    const PurchaseHistory& history = histories[static_cast<size_t>(precise.Number(i, "ID")) - 1];
    const auto expect = [&](double actual, const char* column) {
      const double expected = precise.Number(i, column);
      EXPECT_NEAR(actual, expected, 1e-13 * std::abs(expected)) << column << " of row " << i;
    };
    expect(kPublishedBgNbd.LogLikelihood(history), "bg_loglik");
    expect(kPublishedBgNbd.ProbabilityAlive(history), "bg_palive");
    expect(kPublishedBgNbd.ExpectedPurchases(history, 39), "bg_E39");
  }
}

TEST(Cdnow, FitsReachTheMaximumOfTheLikelihood) {
  SHARED_DATA(path, kFits);
  const nlohmann::json fits = ReadJson(path);
  const std::vector<PurchaseHistory> histories =
      Histories(servicekit::CsvTable(servicekit::SharedDataPath(kPredictions)));
  const std::vector<CountedHistory> rows = Collapse(histories);
  EXPECT_LT(rows.size(), histories.size() / 2);

  const auto bg_nbd = FitBgNbd(rows);
  ASSERT_TRUE(bg_nbd.ok()) << bg_nbd.status();
  const auto& bg = fits["bgnbd"]["mle"];
  EXPECT_NEAR(bg_nbd->model.r, bg[0].get<double>(), 0.001);
  EXPECT_NEAR(bg_nbd->model.alpha, bg[1].get<double>(), 0.001);
  EXPECT_NEAR(bg_nbd->model.a, bg[2].get<double>(), 0.001);
  EXPECT_NEAR(bg_nbd->model.b, bg[3].get<double>(), 0.001);
  EXPECT_NEAR(bg_nbd->log_likelihood, fits["bgnbd"]["LL_mle"].get<double>(), 0.001);
  RecordProperty("bg_nbd_evaluations", bg_nbd->evaluations);

  const auto pareto_nbd = FitParetoNbd(rows);
  ASSERT_TRUE(pareto_nbd.ok()) << pareto_nbd.status();
  const auto& pn = fits["paretonbd"]["mle"];
  EXPECT_NEAR(pareto_nbd->model.r, pn[0].get<double>(), 0.001);
  EXPECT_NEAR(pareto_nbd->model.alpha, pn[1].get<double>(), 0.001);
  EXPECT_NEAR(pareto_nbd->model.s, pn[2].get<double>(), 0.001);
  EXPECT_NEAR(pareto_nbd->model.beta, pn[3].get<double>(), 0.01);
  EXPECT_NEAR(pareto_nbd->log_likelihood, fits["paretonbd"]["LL_mle"].get<double>(), 0.001);
  RecordProperty("pareto_nbd_evaluations", pareto_nbd->evaluations);

  const auto gamma_gamma = FitGammaGamma(histories);
  ASSERT_TRUE(gamma_gamma.ok()) << gamma_gamma.status();
  const auto& gg = fits["gammagamma"]["mle"];
  EXPECT_EQ(gamma_gamma->customers, fits["gammagamma"]["n"].get<int64_t>());
  EXPECT_NEAR(gamma_gamma->model.p, gg[0].get<double>(), 0.001);
  EXPECT_NEAR(gamma_gamma->model.q, gg[1].get<double>(), 0.001);
  EXPECT_NEAR(gamma_gamma->model.gamma, gg[2].get<double>(), 0.001);
  EXPECT_NEAR(gamma_gamma->log_likelihood, fits["gammagamma"]["LL_mle"].get<double>(), 0.001);
  EXPECT_NEAR(gamma_gamma->correlation, fits["gammagamma"]["corr_x_m"].get<double>(), 1e-9);
  EXPECT_NEAR(gamma_gamma->model.PopulationMean(), fits["gammagamma"]["population_mean"].get<double>(),
              0.001);
}

TEST(Cdnow, NewcomersRepeatsOverTime) {
  SHARED_DATA(path, kFits);
  const nlohmann::json fits = ReadJson(path);
  const auto& bg = fits["bg_EX"];
  for (size_t i = 0; i < bg["t"].size(); ++i) {
    const double expected = bg["E"][i].get<double>();
    EXPECT_NEAR(kPublishedBgNbd.ExpectedRepeatsOfNewcomer(bg["t"][i].get<double>()), expected,
                1e-12 * expected);
  }
  const auto& pn = fits["pn_EX"];
  for (size_t i = 0; i < pn["t"].size(); ++i) {
    const double expected = pn["E"][i].get<double>();
    EXPECT_NEAR(kPublishedParetoNbd.ExpectedRepeatsOfNewcomer(pn["t"][i].get<double>()), expected,
                1e-12 * expected);
  }
}

TEST(Cdnow, HistoriesComeFromTheRawLog) {
  SHARED_DATA(log_path, "cdnow/CDNOW_sample.txt");
  const servicekit::CsvTable table(
      servicekit::SharedDataPath("cdnow/cdnow_customers_summary_with_transactions.csv"));
  std::map<int64_t, std::vector<Purchase>> logs;
  std::ifstream file(log_path);
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> cells = absl::StrSplit(line, absl::ByAnyChar(" \r"), absl::SkipEmpty());
    if (cells.size() != 5) continue;
    const int64_t date = std::stoll(cells[2]);
    const absl::CivilDay day(date / 10000, date / 100 % 100, date % 100);
    logs[std::stoll(cells[1])].push_back({day - absl::CivilDay(1970, 1, 1), std::stod(cells[4])});
  }
  ASSERT_EQ(logs.size(), table.size());
  const int64_t last_day = absl::CivilDay(1997, 9, 30) - absl::CivilDay(1970, 1, 1);
  for (size_t i = 0; i < table.size(); ++i) {
    const PurchaseHistory history = Summarize(logs[static_cast<int64_t>(table.Number(i, "ID"))], last_day);
    EXPECT_EQ(history.repeat_count, static_cast<int64_t>(table.Number(i, "x"))) << i;
    EXPECT_NEAR(history.recency, table.Number(i, "t_x"), 0.00501) << i;
    EXPECT_NEAR(history.age, table.Number(i, "T"), 0.00501) << i;
    EXPECT_NEAR(history.mean_spend, table.Number(i, "zbar"), 0.00501) << i;
  }
}

}  // namespace
}  // namespace clientele::value
