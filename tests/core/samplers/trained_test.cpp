// Short trainings with exact answers: 6.5 and 6.6 of trained_samplers.md. Estimates are weighted, so that what a short
// training leaves undone shows in the effective sample size and not in the mean.
#include "core/oracles.h"

#include "support/settings.h"
#include "support/trained.h"

#include <filesystem>

namespace drift {
namespace {

using test::mean_of;
using test::own_folder;
using test::Trained;
using test::trained;

// The table of 6.5, beta = 1
TEST(Outsourced, LearnsTheLinearProblem) {
    Scenario scenario = test::linear_outsourced("outsourced");
    test::set_values(scenario, {{"sampler.iterations", "500"}, {"particles", "4000"}});
    const Trained result = trained(scenario);
    EXPECT_NEAR(result.summary.exact_log_z, -2.1154217, 1e-6);
    EXPECT_NEAR(result.summary.log_z, -2.1154217, 0.02);
    EXPECT_GT(result.summary.ess, 0.75 * 4000);
    EXPECT_LT(result.summary.log_z_lower, result.summary.exact_log_z + 0.01);
    EXPECT_GT(result.summary.log_z_upper, result.summary.exact_log_z - 0.01);
    // What the best drift leaves in 25 steps of fixed variance, and .05.
    EXPECT_GT(result.summary.log_z_lower, result.summary.exact_log_z - 0.186 - 0.05);
    EXPECT_LT(result.summary.log_z_upper, result.summary.exact_log_z + 0.186 + 0.05);
    const std::vector<double> means{.444444, .666667, -.444444};
    const std::vector<double> variances{.777778, .5, .777778};
    for (size_t i = 0; i < 3; ++i) {
        const double mean = mean_of(result.samples, [&](const float* z) { return static_cast<double>(z[i]); });
        const double square = mean_of(
            result.samples, [&](const float* z) { return static_cast<double>(z[i]) * static_cast<double>(z[i]); });
        EXPECT_NEAR(mean, means[i], 0.06);
        EXPECT_NEAR(square - mean * mean, variances[i], 0.08);
    }
    EXPECT_GT(result.summary.training_seconds, 0);
}

// f(z) = z^2 in one dimension, y = 2, sd .5: either sign explains it.
TEST(Outsourced, FindsBothRootsOfASquare) {
    Scenario scenario = test::scenario("map", "linear_gaussian", "outsourced");
    test::set_values(scenario, {{"prior.function", "square"},
                                {"prior.latent", "1"},
                                {"condition.matrix", "[[1]]"},
                                {"condition.observation", "[2]"},
                                {"condition.noise", "0.5"},
                                {"sampler.iterations", "500"},
                                {"particles", "4000"}});
    const Trained result = trained(scenario);
    EXPECT_NEAR(result.summary.log_z, -2.1693276, 0.03);
    EXPECT_NEAR(mean_of(result.samples, [](const float* z) { return z[0] > 0 ? 1.0 : 0.0; }), 0.5, 0.05);
    EXPECT_NEAR(mean_of(result.samples, [](const float* z) { return std::abs(static_cast<double>(z[0])); }), 1.325183,
                0.03);
    EXPECT_GT(result.summary.ess, 0.5 * 4000);
    EXPECT_NEAR(result.summary.exact_log_z, -2.1693276, 1e-4);
    EXPECT_LT(result.summary.sliced_w1, 3 * result.summary.sliced_w1_floor) << "against exact draws, as f sees them";
}

// r = 1[z_1 > 3], which the prior meets once in 741 draws: log Z = ln Phi(-3), with what the floor lets through.
TEST(Outsourced, ReachesARareHalfSpace) {
    Scenario scenario = test::scenario("map", "half_space", "outsourced");
    test::set_values(scenario, {{"prior.function", "affine"},
                                {"prior.matrix", "[[1, 0], [0, 1]]"},
                                {"condition.normal", "[1, 0]"},
                                {"condition.offset", "3"},
                                {"sampler.iterations", "700"},
                                {"sampler.sources.buffer", "0.3"},
                                {"particles", "4000"}});
    const Trained result = trained(scenario);
    EXPECT_NEAR(result.summary.log_z, -6.607726, 0.1);
    EXPECT_NEAR(mean_of(result.samples, [](const float* z) { return static_cast<double>(z[0]); }), 3.283099, 0.05);
}

// 6.6 with its tolerances, in a quarter of its iterations: every mode is found, and what is left shows in the bounds.
TEST(Rtb, KeepsTheNineModesOfTwentyFive) {
    Scenario scenario = test::grid_25("mixture_ratio", "rtb");
    test::set_values(scenario, {{"sampler.iterations", "800"}, {"sampler.steps", "30"}, {"particles", "4000"}});
    const drift::Run run = test::finished(scenario, Precision::Float32);
    const Summary summary = run.summary();
    EXPECT_NEAR(summary.log_z, 0, 0.12);
    EXPECT_LT(summary.log_z_upper, 0.6);
    EXPECT_GT(summary.ess, 0.3 * 4000);
    for (const std::string& warning : summary.warnings) {
        EXPECT_EQ(warning.find("modes"), std::string::npos) << warning;
    }
    EXPECT_LT(summary.mode_mass_tv, 0.2);
}

// The reference of a diffusion prior along its schedule: the same closed form, another process.
TEST(Rtb, LearnsALineMeasurementAlongTheSchedule) {
    Scenario scenario = test::t9_scenario("rtb");
    test::set_values(scenario, {{"sampler.reference", "prior"},
                                {"sampler.iterations", "300"},
                                {"schedule.steps", "20"},
                                {"particles", "4000"}});
    const Trained result = trained(scenario);
    const Task task = test::task(scenario);
    const auto of_steps = discretised_log_z(task.problem, task.schedule, std::vector<double>(20, 1.0));
    ASSERT_TRUE(of_steps);
    EXPECT_NEAR(result.summary.log_z, *of_steps, 0.03) << "the prior is that of 20 steps, and so is its log Z";
    EXPECT_LT(result.summary.sliced_w1, 0.1);
    EXPECT_GT(result.summary.ess, 0.3 * 4000);
}

TEST(DiffusionSampler, LearnsAGaussianPosterior) {
    Scenario scenario = test::t9_scenario("diffusion_sampler");
    test::set_values(scenario, {{"sampler.iterations", "400"},
                                {"sampler.steps", "20"},
                                {"sampler.sigma_squared", "1"},
                                {"sampler.learn_variance", "true"},
                                {"particles", "4000"}});
    const Trained result = trained(scenario);
    EXPECT_NEAR(result.summary.log_z, result.summary.exact_log_z, 0.05);
    EXPECT_GT(result.summary.ess, 0.5 * 4000);
    EXPECT_LT(result.summary.sliced_w1, 0.08);
}

// The table of 6.5 at other powers of the likelihood: samples, log Z and its exact line are of r^beta.
TEST(Outsourced, SamplesThePowerOfTheLikelihoodThatBetaEndsAt) {
    struct Row {
        const char* beta;
        double log_z;
        std::vector<double> mean;
    };
    const std::vector<Row> rows{{"0.25", -1.2665143, {.380952, .571429, -.380952}},
                                {"4", -3.4839868, {.463768, .695652, -.463768}},
                                {"0", 0, {0, 0, 0}}};
    for (const Row& row : rows) {
        Scenario scenario = test::linear_outsourced("outsourced");
        test::set_values(scenario, {{"sampler.beta", row.beta}, {"sampler.iterations", "500"}, {"particles", "6000"}});
        const Trained result = trained(scenario);
        EXPECT_NEAR(result.summary.exact_log_z, row.log_z, 1e-6) << row.beta;
        EXPECT_NEAR(result.summary.log_z, row.log_z, 0.03) << row.beta;
        EXPECT_LT(result.summary.log_z_lower, row.log_z + 0.02) << row.beta;
        EXPECT_GT(result.summary.log_z_upper, row.log_z - 0.02) << row.beta;
        EXPECT_GT(result.summary.ess, 0.5 * 6000) << row.beta;  // of a sixth of the iterations of 6.5
        for (size_t k = 0; k < 3; ++k) {
            EXPECT_NEAR(mean_of(result.samples, [k](const float* z) { return static_cast<double>(z[k]); }), row.mean[k],
                        0.05)
                << row.beta;
        }
    }
}

// 1.9: the published choice of trajectories, whatever the shares of the sources say.
TEST(DiffusionSampler, AdjointSamplingLearnsFromABufferOfItsOwnEnds) {
    Scenario scenario = test::t9_scenario("diffusion_sampler");
    test::set_values(scenario, {{"sampler.loss", "adjoint_sampling"},
                                {"sampler.buffer_size", "1000"},
                                {"sampler.iterations", "400"},
                                {"sampler.steps", "40"},
                                {"sampler.sigma_squared", "1"},
                                {"particles", "4000"}});
    const Trained result = trained(scenario);
    EXPECT_NEAR(result.summary.log_z, result.summary.exact_log_z, 0.05);
    EXPECT_GT(result.summary.ess, 0.5 * 4000);
}

// 6.5, the conditional test: one training, then log Z(y) = -ln(2 pi 4.5) / 2 - y^2 / 9 for any y.
void expect_every_observation_known(const std::vector<std::pair<std::string, std::string>>& settings) {
    const std::filesystem::path folder = own_folder("drift_amortised");
    Scenario scenario = test::linear_outsourced("outsourced");
    scenario.folder = folder.string();
    test::set_values(scenario, {{"sampler.amortised", "true"}, {"sampler.iterations", "600"}, {"particles", "3000"}});
    test::set_values(scenario, settings);
    const drift::Run run = test::finished(scenario, Precision::Float32);
    run.save_training((folder / "w").string());
    scenario.sampler.params.set("weights", std::string("w"));
    for (const double y : {-3.0, 0.0, 3.5}) {
        scenario.condition.params.set("observation", test::vector({y}));
        const Trained result = trained(scenario);
        EXPECT_EQ(result.summary.training_seconds, 0);
        EXPECT_NEAR(result.summary.log_z, -0.5 * std::log(2 * std::numbers::pi * 4.5) - y * y / 9, 0.05) << y;
        EXPECT_NEAR(mean_of(result.samples, [](const float* z) { return static_cast<double>(z[1]); }), 1.5 * y / 4.5,
                    0.1);
        EXPECT_GT(result.summary.ess, 0.5 * 3000) << y;
    }
}

TEST(Outsourced, AmortisedTrainingKnowsEveryObservation) {
    expect_every_observation_known({});
}

// Where a gradient is followed, it is that of each trajectory's own observation.
TEST(Outsourced, AmortisedTrainingFollowsTheGradientOfEachObservation) {
    expect_every_observation_known({{"sampler.langevin", "true"}, {"sampler.iterations", "400"}});
    expect_every_observation_known({{"sampler.loss", "reverse_kl"}, {"sampler.iterations", "400"}});
    expect_every_observation_known({{"sampler.loss", "adjoint_matching"}, {"sampler.learn_variance", "false"}});
    expect_every_observation_known({{"sampler.loss", "adjoint_sampling"}, {"sampler.learn_variance", "false"}});
}

// 8.6: on its own trajectories alone it loses modes, and says so.
TEST(Rtb, WarnsWhereItHasCollapsed) {
    Scenario scenario = test::grid_25("mixture_ratio", "rtb");
    test::set_values(scenario, {{"sampler.iterations", "400"},
                                {"sampler.steps", "20"},
                                {"sampler.sources.reference", "0"},
                                {"particles", "2000"}});
    const Summary summary = test::finished(scenario, Precision::Float32).summary();
    EXPECT_FALSE(summary.warnings.empty());
}

}  // namespace
}  // namespace drift
