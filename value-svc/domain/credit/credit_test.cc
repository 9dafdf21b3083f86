#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "servicekit/testing/csv_table.h"
#include "servicekit/testing/shared_data.h"
#include "value-svc/domain/credit/payment_behaviour.h"

namespace clientele::value {
namespace {

int64_t Day(int year, int month, int day) {
  return absl::CivilDay(year, month, day) - absl::CivilDay(1970, 1, 1);
}

int64_t Day(const std::string& american) {
  const std::vector<std::string> parts = absl::StrSplit(american, '/');
  return Day(std::stoi(parts[2]), std::stoi(parts[0]), std::stoi(parts[1]));
}

std::map<std::string, std::vector<Invoice>> ReadInvoices(const std::string& path) {
  const servicekit::CsvTable table(path);
  std::map<std::string, std::vector<Invoice>> invoices;
  for (size_t i = 0; i < table.size(); ++i) {
    invoices[table.Text(i, "customerID")].push_back(
        {Day(table.Text(i, "InvoiceDate")), Day(table.Text(i, "DueDate")), Day(table.Text(i, "SettledDate")),
         table.Number(i, "InvoiceAmount"), table.Text(i, "Disputed") == "Yes"});
  }
  return invoices;
}

TEST(Invoices, EveryCustomersFiguresAsOfTheEndOf2012) {
  SHARED_DATA(path, "ar_invoices/accounts_receivable.csv");
  std::map<std::string, std::vector<Invoice>> invoices = ReadInvoices(path);
  const servicekit::CsvTable expected(servicekit::SharedDataPath("reference/ar_credit_asof_2012-12-31.csv"));
  ASSERT_EQ(expected.size(), 100u);
  for (size_t i = 0; i < expected.size(); ++i) {
    const std::string& customer = expected.Text(i, "customerID");
    const PaymentBehaviour seen = ObservePayments(invoices.at(customer), Day(2012, 12, 31));
    EXPECT_EQ(seen.settled_count, static_cast<int64_t>(expected.Number(i, "n"))) << customer;
    EXPECT_NEAR(seen.late_ratio, expected.Number(i, "late_ratio"), 1e-6) << customer;
    EXPECT_NEAR(seen.mean_days_beyond_terms, expected.Number(i, "adbt"), 1e-6) << customer;
    EXPECT_NEAR(seen.weighted_days_beyond_terms, expected.Number(i, "wdbt"), 1e-6) << customer;
    EXPECT_NEAR(seen.disputed_ratio, expected.Number(i, "disputed"), 1e-6) << customer;
    EXPECT_NEAR(seen.open_amount, expected.Number(i, "open_amt"), 1e-6) << customer;
    EXPECT_NEAR(seen.overdue_amount, expected.Number(i, "overdue_amt"), 1e-6) << customer;
  }
}

TEST(Invoices, TotalsAndFittedShrinkage) {
  SHARED_DATA(path, "ar_invoices/accounts_receivable.csv");
  std::ifstream file(servicekit::SharedDataPath("reference/credit_ahp_reference.json"));
  const nlohmann::json reference = nlohmann::json::parse(file);
  std::vector<PaymentBehaviour> until_2012;
  std::vector<Invoice> all;
  std::vector<PaymentBehaviour> in_2013;
  for (const auto& [customer, invoices] : ReadInvoices(path)) {
    until_2012.push_back(ObservePayments(invoices, Day(2012, 12, 31)));
    std::vector<Invoice> later;
    for (const Invoice& invoice : invoices) {
      all.push_back(invoice);
      if (invoice.issue_day > Day(2012, 12, 31)) later.push_back(invoice);
    }
    in_2013.push_back(ObservePayments(later, Day(2020, 1, 1)));
  }
  const PaymentBehaviour total = ObservePayments(all, Day(2020, 1, 1));
  EXPECT_EQ(total.settled_count, reference["totals"]["invoices"].get<int64_t>());
  EXPECT_EQ(total.late_count, reference["totals"]["late"].get<int64_t>());
  EXPECT_NEAR(total.weighted_days_beyond_terms,
              reference["totals"]["amount_weighted_days_late"].get<double>(), 1e-9);

  const auto& expected = reference["late_beta_binomial"];
  const auto lateness = FitLateness(until_2012);
  ASSERT_TRUE(lateness.ok());
  EXPECT_NEAR(lateness->a(), expected["a"].get<double>(), 1e-4);
  EXPECT_NEAR(lateness->b(), expected["b"].get<double>(), 1e-4);
  EXPECT_NEAR(lateness->strength, expected["prior_strength"].get<double>(), 1e-4);
  EXPECT_NEAR(lateness->log_likelihood, expected["loglik"].get<double>(), 1e-6);

  // Drawing thin histories to the mean forecasts the next year better than their own ratios do.
  double error = 0, raw_error = 0, customers = 0;
  for (size_t i = 0; i < until_2012.size(); ++i) {
    if (until_2012[i].settled_count == 0 || in_2013[i].settled_count == 0) continue;
    ++customers;
    error += std::abs(ExpectedLateRatio(*lateness, until_2012[i]) - in_2013[i].late_ratio);
    raw_error += std::abs(until_2012[i].late_ratio - in_2013[i].late_ratio);
  }
  EXPECT_EQ(customers, 100);
  EXPECT_LT(error, raw_error);
}

TEST(PaymentBehaviour, CountsNothingThatCameLater) {
  const std::vector<Invoice> invoices = {
      {0, 30, 40, 100, false}, {10, 40, std::nullopt, 50, true}, {35, 65, 60, 70, false}};
  const PaymentBehaviour early = ObservePayments(invoices, 35);
  EXPECT_EQ(early.settled_count, 0);
  EXPECT_EQ(early.open_amount, 220);
  EXPECT_EQ(early.overdue_amount, 100);
  EXPECT_DOUBLE_EQ(*early.LimitUse(440), 0.5);
  EXPECT_EQ(early.LimitUse(std::nullopt), std::nullopt);
  const PaymentBehaviour late = ObservePayments(invoices, 60);
  EXPECT_EQ(late.settled_count, 2);
  EXPECT_DOUBLE_EQ(late.late_ratio, 0.5);
  EXPECT_DOUBLE_EQ(late.overdue_share(), 1);
  EXPECT_DOUBLE_EQ(late.weighted_days_beyond_terms, 1000.0 / 170);
}

TEST(PaymentScale, HasTheKnotsAndNeverRises) {
  EXPECT_EQ(PaymentScore(-5), 80);
  EXPECT_EQ(PaymentScore(15), 70);
  EXPECT_EQ(PaymentScore(45), 45);
  EXPECT_EQ(PaymentScore(1e9), 20);
  for (double days = 0; days < 130; days += 0.5) EXPECT_GE(PaymentScore(days), PaymentScore(days + 0.5));
}

}  // namespace
}  // namespace clientele::value
