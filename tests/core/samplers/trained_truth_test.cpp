// The shipped problems in a plane of noise, beside the truth that quadrature knows of them.
#include "core/scenario_files.h"

#include "support/paths.h"
#include "support/settings.h"
#include "support/training.h"

#include <map>

namespace drift {
namespace {

Scenario shipped(const std::string& name, const std::map<std::string, std::string>& settings) {
    Scenario scenario = load_scenario((test::source_dir() / "assets" / "scenarios" / (name + ".json")).string());
    for (const auto& [key, value] : settings) {
        test::set_values(scenario, {{key, value}});
    }
    return scenario;
}

struct Known {
    const char* name;
    double log_z, floor;
};

class TruthInThePlane : public ::testing::TestWithParam<Known> {};

// An exact line, a bound above it, a floor, exact draws, and the posterior to draw in both panes. Hardly trained, the
// upper bound is still about KL(posterior || prior) above log Z, which is more than 1 in all of them.
TEST_P(TruthInThePlane, IsKnown) {
    RunOptions options;
    options.outcomes = true;
    drift::Run run(
        shipped(GetParam().name, {{"sampler.iterations", "1"}, {"sampler.batch", "8"}, {"particles", "500"}}), options);
    TrainingNumbers numbers;
    while (!run.finished()) {
        numbers = *run.advance()->training;
    }
    const Summary summary = run.summary();
    EXPECT_NEAR(summary.exact_log_z, GetParam().log_z, 1e-3);
    EXPECT_GT(summary.log_z_upper, GetParam().log_z + numbers.floor);
    EXPECT_NEAR(numbers.floor, GetParam().floor, 1e-3);
    EXPECT_TRUE(summary.exact_outcome.known());
    EXPECT_FALSE(summary.exact_outcome.reward < summary.prior_outcome.reward);  // of the flow the prior is not drawn
    EXPECT_TRUE(std::isfinite(summary.sliced_w1));
    EXPECT_TRUE(std::isfinite(summary.mmd_floor));
    ASSERT_TRUE(run.scene()->latent_on_grid);
    EXPECT_TRUE(run.scene()->on_grid || run.scene()->posterior);
    EXPECT_EQ(run.scene()->lines.size(), 1U);
}

// The floors are computed here and agree with trajectories in GridFloor; log Z of the flow is that of its network. At
// the hard edge of the half-space finer grids come to .0968 and, halved once more by extrapolation, to .099.
INSTANTIATE_TEST_SUITE_P(Shipped, TruthInThePlane,
                         ::testing::Values(Known{"trained_square_map", -2.1693276, 0.0213},
                                           Known{"trained_ring_map", -1.2887608, 0.0836},
                                           Known{"trained_rare_half_space", -6.6077247, 0.0945},
                                           Known{"trained_two_moons_cnf", -1.481, 0.2026}));

// The one that a user opens first comes close to its floor, in a third of its training.
TEST(Outsourced, ItsUpperBoundClosesInOnTheFloor) {
    drift::Run run(shipped("trained_square_map", {{"sampler.iterations", "500"}, {"particles", "1000"}}), {});
    TrainingNumbers numbers;
    while (!run.finished()) {
        numbers = *run.advance()->training;
    }
    const double exact = run.scene()->exact_log_z.value();
    EXPECT_GT(numbers.log_z_upper, exact);
    EXPECT_LT(numbers.log_z_upper, exact + numbers.floor + 0.15);
    EXPECT_LT(numbers.log_z_lower, exact);
    EXPECT_GT(numbers.forward_ess, 0.8) << "both modes are seen";
    EXPECT_LT(run.summary().sliced_w1, 3 * run.summary().sliced_w1_floor);
}

}  // namespace
}  // namespace drift
