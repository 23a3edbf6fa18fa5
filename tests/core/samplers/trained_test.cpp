// Short trainings with exact answers: 6.5 and 6.6 of trained_samplers.md. Those of one observation in noise space are
// in trained_noise_test.cpp. Estimates are weighted, so that what a short
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
