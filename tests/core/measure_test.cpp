#include "core/measure.h"

#include "support/problems.h"

#include <torch/types.h>  // nested lists in torch::tensor

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

torch::Tensor rows(int64_t n, int64_t d) {
    torch::Tensor x = torch::empty({n, d}, torch::kFloat64);
    Random{3}.fill_normals(x, kernels::Purpose::Problem, 0);
    return 3 * x;
}

TEST(PriorDensity, IsThatOfTheMixtureForEveryKindOfCovariance) {
    const torch::Tensor weights = torch::tensor({0.2, 0.8}, torch::kFloat64);
    const torch::Tensor means = torch::tensor({{-2.0, 0.0, 1.0}, {2.0, 1.0, 0.0}}, torch::kFloat64);
    const torch::Tensor factor = rows(6, 3).view({2, 3, 3});
    const std::vector<GaussianMixture> mixtures{
        {weights, means, torch::tensor({0.5, 0.2}, torch::kFloat64), CovarianceKind::Scalar},
        {weights, means, rows(2, 3).square() + 0.1, CovarianceKind::Diagonal},
        {weights, means, factor.matmul(factor.transpose(1, 2)) + 0.1 * torch::eye(3, torch::kFloat64),
         CovarianceKind::Full},
    };
    for (const GaussianMixture& mixture : mixtures) {
        for (const double sigma : {0.0, 0.7, 20.0}) {
            EXPECT_NEAR(PriorDensity(mixture).mean_log_density(rows(50, 3), sigma),
                        mixture.log_density(rows(50, 3), sigma).mean().item<double>(), 1e-9);
        }
    }
}

/// Weighted mean of log p(x) over samples.
double mean_log_prior(const Scenario& scenario, const Samples& samples) {
    const torch::Tensor x = torch::tensor(at::ArrayRef<float>(samples.values)).to(torch::kFloat64).view(samples.shape);
    const torch::Tensor w = torch::tensor(at::ArrayRef<double>(samples.log_weights), torch::kFloat64).exp();
    return w.dot(test::task(scenario).problem.prior->mixture()->log_density(x)).item<double>();
}

TEST(Measure, GivesTheMeanLogPriorOfStatesAndRuns) {
    Scenario scenario = test::scene_a("dps");
    scenario.particles = 100;  // few enough for every state to look at all of them
    drift::Run run(scenario, {Device::Cpu, Precision::Float64, false});
    FramePtr last;
    while (!run.finished()) {
        last = run.advance();
        EXPECT_TRUE(std::isfinite(last->numbers.log_prior));
    }
    const double expected = mean_log_prior(scenario, run.samples());
    EXPECT_NEAR(last->numbers.log_prior, expected, 1e-4);
    EXPECT_NEAR(run.summary().log_prior, expected, 1e-4);
}

TEST(Measure, KnowsTheResidualOfAnyMeasurementOnTheScaleOfItsValues) {
    const auto residual = [](const std::string& noise_model) {
        Scenario scenario = test::scene_a("pnp");
        scenario.condition.params.set("noise_model", noise_model);
        scenario.particles = 50;
        const drift::Run run = test::finished(scenario);
        const Samples samples = run.samples();
        double expected = 0;
        for (size_t i = 0; i < 50; ++i) {
            expected += std::abs(-1 - static_cast<double>(samples.values[2 * i])) / 50;  // y = -1 of the first number
        }
        EXPECT_NEAR(run.summary().residual, expected, 1e-5) << noise_model;
    };
    residual("gaussian");
    residual("student_t");
    residual("laplace");
    Scenario counts = test::scene_a("pnp");
    counts.condition.params.set("noise_model", std::string("poisson"));
    counts.condition.params.set("observation", test::vector({3}));
    counts.particles = 20;
    EXPECT_TRUE(std::isnan(test::finished(counts).summary().residual)) << "counts are on another scale";
}

TEST(Measure, ShowsThePriorWhetherOrNotThereIsAnExactAnswer) {
    Scenario scenario = test::scene_a("pnp");
    scenario.condition.params.set("noise_model", std::string("laplace"));
    const drift::Run run(scenario);
    EXPECT_FALSE(run.scene()->posterior);
    ASSERT_TRUE(run.scene()->prior);
    EXPECT_EQ(run.scene()->prior->components(), 3);
    EXPECT_NEAR(run.scene()->prior->weights[1], 0.3, 1e-12);
}

/// Weight of the samples of Scene A that lie farther than four standard deviations from every mode.
double strayed(const Samples& samples) {
    const double centres[3][2] = {{-3, -1.5}, {0, 3}, {3, -1.5}};
    double total = 0;
    for (size_t i = 0; i < samples.log_weights.size(); ++i) {
        const double x = static_cast<double>(samples.values[2 * i]);
        const double y = static_cast<double>(samples.values[2 * i + 1]);
        const bool far = std::ranges::all_of(centres, [&](const double(&centre)[2]) {
            return std::pow(x - centre[0], 2) + std::pow(y - centre[1], 2) > 16 * 0.15;
        });
        total += far ? std::exp(samples.log_weights[i]) : 0;
    }
    return total;
}

// It takes the prior alone, and guidance pushes particles off it most of all where nobody knows the posterior.
TEST(Measure, CountsParticlesOffTheModesOfThePriorWithoutAnExactAnswer) {
    double most = 0;
    const auto agrees = [&most](Scenario scenario, const std::string& what) {
        scenario.particles = 500;
        const drift::Run run = test::finished(scenario);
        EXPECT_FALSE(run.scene()->posterior) << what;
        const Summary summary = run.summary();
        EXPECT_NEAR(summary.off_manifold, strayed(run.samples()), 1e-6) << what;
        EXPECT_TRUE(std::isfinite(summary.log_prior)) << what;
        EXPECT_TRUE(std::isfinite(summary.mode_mass_tv)) << what;
        most = std::max(most, summary.off_manifold);
    };
    for (const char* noise : {"student_t", "laplace", "poisson", "quantised"}) {
        Scenario scenario = test::scene_a("dps");
        scenario.sampler.params.set("guidance", Curve(10));
        scenario.condition.params.set("noise_model", std::string(noise));
        scenario.condition.params.set("observation", test::vector({2}));
        agrees(scenario, noise);
    }
    Scenario bent = test::scene_a("tds");
    bent.condition = default_choice(Kind::Condition, "nonlinear");
    agrees(bent, "nonlinear");
    EXPECT_GT(most, 0.05);
}

// Without an exact answer, for a picture alone.
TEST(Measure, ShowsNoPriorThatIsTooLargeToColourParticlesBy) {
    const auto shows_prior = [](int64_t dimension, const std::string& noise_model) {
        Scenario scenario = test::scenario("gaussian_mixture", "linear_gaussian", "pnp");
        const auto d = static_cast<size_t>(dimension);
        std::vector<double> means(2 * d, 0.0);
        means[0] = 3;
        std::vector<double> first(d, 0.0);
        first[0] = 1;
        scenario.prior.params.set("means", Array{{2, dimension}, means});
        scenario.condition.params.set("matrix", test::row(first));
        scenario.condition.params.set("noise_model", noise_model);
        return drift::Run(scenario).scene()->prior.has_value();
    };
    EXPECT_TRUE(shows_prior(90, "laplace"));   // 2 90^2 = 16,200 numbers
    EXPECT_FALSE(shows_prior(91, "laplace"));  // 16,562
    EXPECT_TRUE(shows_prior(91, "gaussian"));  // the exact answer is measured against it
}

TEST(Measure, CountsParticlesOfTheLogPriorByTheirWeight) {
    Scenario scenario = test::scene_a("tds");
    scenario.particles = 4000;
    scenario.sampler.params.set("resample_below", 0.0);
    const drift::Run run = test::finished(scenario);
    // 4,000 representatives, each row right up to one of them; log p varies by a few units.
    EXPECT_NEAR(run.summary().log_prior, mean_log_prior(scenario, run.samples()), 0.02);
}

TEST(Measure, KnowsTheWeightsOfWeightedMethodsOnly) {
    Scenario scenario = test::scene_a("tds");
    scenario.particles = 500;
    const Summary weighted = test::finished(scenario).summary();
    EXPECT_TRUE(std::isfinite(weighted.pareto_k));
    EXPECT_GT(weighted.mmd_floor, 0);
    EXPECT_GT(weighted.energy_floor, 0);
    EXPECT_GT(weighted.mode_mass_tv_floor, 0);
    scenario.sampler = default_choice(Kind::Sampler, "dps");
    const Summary plain = test::finished(scenario).summary();
    EXPECT_TRUE(std::isnan(plain.pareto_k));
    EXPECT_TRUE(std::isnan(plain.genealogical_ess));
    EXPECT_EQ(plain.mmd_floor, weighted.mmd_floor) << "of the problem and the number of particles alone";
    EXPECT_EQ(plain.mode_mass_tv_floor, weighted.mode_mass_tv_floor);
    EXPECT_GT(plain.energy, 3 * plain.energy_floor);
}

// A point twist with small noise leaves one heavy particle, a corrected one even weights.
TEST(Measure, TellsWeightsThatCanBeTrustedFromOthersByTheirTail) {
    const auto tail = [](const std::string& twist) {
        Scenario scenario = test::line_scenario("tds", 1.5, 0.01, 60);
        scenario.particles = 1000;
        scenario.sampler.params.set("twist", twist);
        scenario.sampler.params.set("resample_below", 0.0);
        return test::finished(scenario).summary().pareto_k;
    };
    EXPECT_GT(tail("point"), 0.7);
    EXPECT_LT(tail("tweedie"), 0.5);
}

TEST(Annealing, ReportsTheConditionalEssThatItsLadderKeeps) {
    Scenario scenario = test::scene_a("ais");
    scenario.particles = 1000;
    scenario.sampler.params.set("rho", 0.6);
    drift::Run run(scenario, {Device::Cpu, Precision::Float64, false});
    EXPECT_TRUE(std::isnan(run.advance()->numbers.conditional_ess)) << "nothing leads to the start";
    while (true) {
        const StepNumbers numbers = run.advance()->numbers;
        EXPECT_GE(numbers.conditional_ess, 0.6 * 1000 * (1 - 1e-6));
        EXPECT_LE(numbers.genealogical_ess, static_cast<double>(numbers.eves) + 1e-6);
        EXPECT_GE(numbers.genealogical_ess, 1);
        if (run.finished()) {
            break;
        }
        EXPECT_NEAR(numbers.conditional_ess, 0.6 * 1000, 1e-3);
    }
}

}  // namespace
}  // namespace drift
