// Fits and predictions, on simulated customers: as many as CDNOW's sample has, and a million. Where the
// Python library `lifetimes` has a figure (0.040 s to fit BG/NBD to 2,357 customers, 6.5 s for the discounted
// value of a million, on one thread of an AMD EPYC), `lifetimes_s` is that, and `times_faster` how many times
// faster this is (aim: 20). The likelihoods that both reach are compared in
// domain/expectation/reference_test.cc.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "value-svc/domain/expectation/sales_model.h"

namespace clientele::value {
namespace {

// Customers as BG/NBD has them, at CDNOW's parameters, who came over `weeks` and were watched since, by the
// day.
std::vector<PurchaseHistory> Customers(size_t count, double first_weeks, double weeks) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform;
  std::vector<PurchaseHistory> customers;
  for (size_t i = 0; i < count; ++i) {
    const double rate = std::gamma_distribution<double>(0.243, 1 / 4.414)(random);
    const double u = std::gamma_distribution<double>(0.793, 1)(random);
    const double v = std::gamma_distribution<double>(2.426, 1)(random);
    PurchaseHistory customer;
    customer.age = std::floor((weeks - uniform(random) * first_weeks) * kDaysPerWeek) / kDaysPerWeek;
    for (double time = 0;;) {
      time += std::exponential_distribution<double>(rate)(random);
      if (!(time <= customer.age)) break;
      ++customer.repeat_count;
      customer.recency = std::floor(time * kDaysPerWeek) / kDaysPerWeek;
      customer.mean_spend = 10 + 50 * uniform(random);
      if (uniform(random) < u / (u + v)) break;
    }
    customers.push_back(customer);
  }
  return customers;
}

void Beside(double lifetimes_seconds, benchmark::State& state) {
  state.counters["lifetimes_s"] = lifetimes_seconds;
  state.counters["times_faster"] =
      benchmark::Counter(lifetimes_seconds, benchmark::Counter::kIsIterationInvariantRate);
}

void FitBgNbdOfCdnowsSize(benchmark::State& state) {
  const std::vector<PurchaseHistory> customers = Customers(2357, 12, 39);
  for (auto _ : state) benchmark::DoNotOptimize(FitBgNbd(Collapse(customers)));
  Beside(0.040, state);
}
BENCHMARK(FitBgNbdOfCdnowsSize)->Unit(benchmark::kMillisecond);

void FitParetoNbdOfCdnowsSize(benchmark::State& state) {
  const std::vector<PurchaseHistory> customers = Customers(2357, 12, 39);
  for (auto _ : state) benchmark::DoNotOptimize(FitParetoNbd(Collapse(customers)));
}
BENCHMARK(FitParetoNbdOfCdnowsSize)->Unit(benchmark::kMillisecond);

void FitGammaGammaOfCdnowsSize(benchmark::State& state) {
  const std::vector<PurchaseHistory> customers = Customers(2357, 12, 39);
  for (auto _ : state) benchmark::DoNotOptimize(FitGammaGamma(customers));
}
BENCHMARK(FitGammaGammaOfCdnowsSize)->Unit(benchmark::kMillisecond);

void FitBgNbdOfAMillion(benchmark::State& state) {
  const std::vector<PurchaseHistory> customers = Customers(1'000'000, 104, 156);
  for (auto _ : state) benchmark::DoNotOptimize(FitBgNbd(Collapse(customers)));
}
BENCHMARK(FitBgNbdOfAMillion)->Unit(benchmark::kMillisecond);

SalesModel Fitted() {
  SalesModel model;
  model.fitted = true;
  model.bg_nbd = {0.243, 4.414, 0.793, 2.426};
  model.pareto_nbd = {0.553, 10.578, 0.606, 11.669};
  model.gamma_gamma = {6.25, 3.74, 15.44};
  return model;
}

// P(alive), expected purchases and spend, and the twelve-month discounted value.
void DiscountedValueOfAMillion(benchmark::State& state) {
  const std::vector<PurchaseHistory> customers = Customers(1'000'000, 12, 39);
  for (auto _ : state) {
    SalesPredictor predictor(Fitted(), 39, Discounting());
    double sum = 0;
    for (const PurchaseHistory& customer : customers) sum += predictor.Predict(customer).discounted_value;
    benchmark::DoNotOptimize(sum);
  }
  Beside(6.5, state);
}
BENCHMARK(DiscountedValueOfAMillion)->Unit(benchmark::kMillisecond);

// The same for customers who came over two years: ten times as many ages.
void PredictAMillionOfThreeYears(benchmark::State& state) {
  const std::vector<PurchaseHistory> customers = Customers(1'000'000, 104, 156);
  for (auto _ : state) {
    SalesPredictor predictor(Fitted(), 52, Discounting());
    double sum = 0;
    for (const PurchaseHistory& customer : customers) sum += predictor.Predict(customer).discounted_value;
    benchmark::DoNotOptimize(sum);
  }
  Beside(6.5, state);
}
BENCHMARK(PredictAMillionOfThreeYears)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace clientele::value

BENCHMARK_MAIN();
