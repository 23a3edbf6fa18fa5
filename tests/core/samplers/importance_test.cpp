#include "support/noise_space.h"

namespace drift {
namespace {

Scenario importance(const std::string& use, const std::string& space = "data") {
    Scenario scenario = space == "noise" ? test::linear_outsourced("importance") : test::scene_a("importance");
    scenario.sampler.params.set("use", use);
    scenario.particles = 4000;
    return scenario;
}

// Prior N(0, 1), y = 1 seen with variance 1/2: the posterior is N(2/3, 1/3) and log Z = log N(1; 0, 3/2).
Scenario line(const std::string& use) {
    Scenario scenario = test::line_scenario("importance", 1, 0.5, 10);
    scenario.sampler = importance(use).sampler;
    scenario.particles = 4000;
    return scenario;
}
const double line_log_z = -0.5 * std::log(2 * M_PI * 1.5) - 1 / 3.0;

class Importance : public ::testing::TestWithParam<std::string> {};

TEST_P(Importance, GivesThePosteriorOfALineAndItsEvidence) {
    std::vector<double> mean, variance, log_z;
    for (uint64_t seed = 1; seed <= 20; ++seed) {
        Scenario scenario = line(GetParam());
        scenario.seed = seed;
        const drift::Run run = test::finished(scenario);
        const test::Moments moments = test::moments(run.samples(), 0);
        mean.push_back(moments.mean);
        variance.push_back(moments.variance);
        const Summary summary = run.summary();
        log_z.push_back(summary.log_z);
        EXPECT_LT(std::abs(summary.log_z - line_log_z), 5 * summary.log_z_sd);
    }
    const auto expect = [](const std::vector<double>& values, double exact, const char* what) {
        const test::Repeated repeated = test::repeated(values);
        EXPECT_LT(std::abs(repeated.mean - exact), 4 * repeated.error) << what << " " << repeated.mean;
    };
    expect(mean, 2.0 / 3, "mean");
    expect(variance, 1.0 / 3, "variance");
    expect(log_z, line_log_z, "log Z");
}

TEST_P(Importance, KnowsTheEvidenceInBothSpaces) {
    for (const std::string space : {"data", "noise"}) {
        const Summary summary = test::finished(importance(GetParam(), space)).summary();
        EXPECT_LT(std::abs(summary.log_z - summary.exact_log_z), 5 * summary.log_z_sd) << space;
        EXPECT_GT(summary.ess, 100) << space;
        EXPECT_LE(summary.ess, 4000) << space;
    }
}

INSTANTIATE_TEST_SUITE_P(Uses, Importance, ::testing::Values("weights", "rejection", "resample"),
                         [](const auto& test) { return test.param; });

// Z / max L is the share of draws that a coin with L / max L lets through; max L is that at x = y.
TEST(Rejection, StopsOnceAllPlacesAreTakenAndKnowsItsAcceptance) {
    const drift::Run run = test::finished(line("rejection"));
    const Summary summary = run.summary();
    EXPECT_EQ(summary.ess, 4000);
    const double exact = std::exp(line_log_z + 0.5 * std::log(2 * M_PI * 0.5));
    EXPECT_NEAR(summary.acceptance, exact, 5 * exact * summary.log_z_sd);
    EXPECT_LT(summary.steps, 5) << "about 2.4 rounds";
}

TEST(Rejection, SaysSoWhereNothingOrLittleIsAccepted) {
    Scenario scenario = line("rejection");
    scenario.condition.params.set("observation", test::vector({9}));  // nine standard deviations out
    scenario.condition.params.set("noise", 0.05);
    try {
        test::finished(scenario);
        FAIL() << "something was accepted";
    } catch (const RunError& error) {
        EXPECT_NE(std::string(error.what()).find("80000 draws from the prior"), std::string::npos) << error.what();
    }
    scenario.condition.params.set("observation", test::vector({2}));
    scenario.condition.params.set("noise", 0.1);
    const Summary summary = test::finished(scenario).summary();
    EXPECT_LT(summary.ess, 4000);
    ASSERT_FALSE(summary.warnings.empty());
    EXPECT_NE(summary.warnings.back().find("Rejection accepted"), std::string::npos) << summary.warnings.back();
}

// More rounds, more draws to choose from: the error of log Z falls as their root.
TEST(Resampling, GoesByTheDrawsOfAllRounds) {
    Scenario scenario = importance("resample");
    scenario.sampler.params.set("rounds", int64_t{1});
    const double once = test::finished(scenario).summary().log_z_sd;
    scenario.sampler.params.set("rounds", int64_t{16});
    EXPECT_NEAR(test::finished(scenario).summary().log_z_sd, once / 4, 0.05 * once);
}

}  // namespace
}  // namespace drift
