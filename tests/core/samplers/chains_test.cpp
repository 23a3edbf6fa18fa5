// ula, mala and hmc.
#include "support/problems.h"

namespace drift {
namespace {

Scenario chains(const std::string& sampler, int64_t particles, int64_t steps) {
    Scenario scenario = test::t9_scenario(sampler);
    scenario.sampler.params.set("steps", steps);
    scenario.particles = particles;
    return scenario;
}

/// Mean and variance of both coordinates are those of the continuous posterior, within four standard errors.
void expect_posterior(const drift::Run& run) {
    const Scene& scene = *run.scene();
    const Samples samples = run.samples();
    const auto n = static_cast<double>(samples.log_weights.size());
    for (size_t k = 0; k < 2; ++k) {
        const test::Moments got = test::moments(samples, k);
        const double variance = scene.posterior->covariances[3 * k];
        EXPECT_NEAR(got.mean, scene.posterior->means[k], 4 * std::sqrt(variance / n));
        EXPECT_NEAR(got.variance, variance, 4 * variance * std::sqrt(2 / n));
    }
}

class Exact : public ::testing::TestWithParam<std::string> {};

// T18: from draws of the prior to the exact posterior, tuned and frozen.
TEST_P(Exact, ReachesThePosterior) {
    Scenario scenario = chains(GetParam(), 10000, GetParam() == "hmc" ? 25 : 80);
    drift::Run run(scenario, {Device::Cpu, Precision::Float64, false});
    std::vector<StepNumbers> states;
    while (!run.finished()) {
        states.push_back(run.advance()->numbers);
    }
    expect_posterior(run);
    ASSERT_EQ(states.size(), static_cast<size_t>(run.steps()) + 1);
    const double target = GetParam() == "hmc" ? 0.75 : 0.574;
    EXPECT_NEAR(states.back().acceptance, target, 0.05);
    EXPECT_EQ(states.back().step_size, states[states.size() / 2].step_size) << "frozen after the burn-in";
    EXPECT_NE(states.front().step_size, states.back().step_size);
    EXPECT_EQ(states.back().sigma, 0);
    EXPECT_TRUE(std::isnan(states.front().acceptance));
    EXPECT_TRUE(std::isnan(run.summary().log_z));
}

INSTANTIATE_TEST_SUITE_P(Chains, Exact, ::testing::Values("mala", "hmc"), [](const auto& test) { return test.param; });

// On a Gaussian the bias of ULA is known: along an eigenvector with precision a its variance is 1 / (a (1 - eps a /
// 2)).
TEST(Ula, HasTheVarianceOfItsOwnRecursion) {
    Scenario scenario = test::line_scenario("ula", 1.5, 0.5, 1);
    const double precision = 1 + 1 / 0.5;
    constexpr double eps = 0.2;
    scenario.sampler.params.set("step_size", eps);
    scenario.sampler.params.set("steps", int64_t{10});
    scenario.particles = 20000;
    const test::Moments got = test::moments(test::finished(scenario).samples(), 0);
    const double variance = 1 / (precision * (1 - eps * precision / 2));
    EXPECT_NEAR(got.mean, 1.5 / 0.5 / precision, 4 * std::sqrt(variance / 20000));
    EXPECT_NEAR(got.variance, variance, 4 * variance * std::sqrt(2.0 / 20000));
}

// T25: without tuning nobody knows of anybody else.
TEST(Chains, AreIndependentOfEachOther) {
    for (const std::string key : {"ula", "mala", "hmc"}) {
        Scenario scenario = chains(key, 50, 5);
        if (scenario.sampler.params.contains("tune")) {
            scenario.sampler.params.set("tune", false);
        }
        if (scenario.sampler.params.contains("mass")) {
            scenario.sampler.params.set("mass", std::string("one"));
        }
        const Samples many = test::finished(scenario, Precision::Float32).samples();
        scenario.particles = 19;
        const Samples few = test::finished(scenario, Precision::Float32).samples();
        EXPECT_TRUE(std::equal(few.values.begin(), few.values.end(), many.values.begin())) << key;
    }
}

TEST(Chains, TakeOverTheirStepSizeLive) {
    Scenario scenario = chains("mala", 100, 20);
    scenario.sampler.params.set("tune", false);
    drift::Run run(scenario, {});
    run.advance();
    run.advance();
    scenario.sampler.params.set("step_size", 1e-6);
    run.adjust(scenario);
    EXPECT_GT(run.advance()->numbers.acceptance, 0.99);
}

Scenario pictures(const std::string& sampler) {
    Scenario scenario = test::scenario("diffusion", "none", sampler);
    scenario.particles = 2;
    return scenario;
}

// A trained prior has no density: one sentence says what goes instead.
TEST(Chains, RefuseAPriorWithoutADensity) {
    for (const std::string key : {"mala", "hmc", "ais"}) {
        try {
            const drift::Run run(pictures(key));
            FAIL() << key;
        } catch (const UserError& error) {
            const std::string text = error.what();
            EXPECT_NE(text.find("'sampler.type' is " + key), std::string::npos) << text;
            EXPECT_NE(text.find("choose ula"), std::string::npos) << text;
        }
    }
}

TEST(Ula, DoesWithAScoreAndSaysSo) {
    Scenario scenario = pictures("ula");
    scenario.sampler.params.set("steps", int64_t{2});
    scenario.sampler.params.set("moves_per_step", int64_t{1});
    scenario.sampler.params.set("step_size", 1e-4);
    drift::Run run(scenario);
    ASSERT_EQ(run.scene()->warnings.size(), 1U);
    EXPECT_NE(run.scene()->warnings[0].find("score"), std::string::npos);
    while (!run.finished()) {
        EXPECT_EQ(run.advance()->numbers.non_finite, 0);
    }
    for (const float value : run.samples().values) {
        ASSERT_LT(std::abs(value), 2);
    }
}

}  // namespace
}  // namespace drift
