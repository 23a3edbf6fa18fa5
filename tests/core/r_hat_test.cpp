#include "support/r_hat.h"

#include "support/problems.h"

namespace drift {
namespace {

/// States of a chain method on Scene A, and how many chains there are.
double r_hat_of(Scenario scenario, int64_t steps, int64_t moves) {
    scenario.sampler.params.set("steps", steps);
    scenario.sampler.params.set("moves_per_step", moves);
    scenario.particles = 400;
    drift::Run run(scenario, {Device::Cpu, Precision::Float64, true});
    std::vector<std::vector<float>> states;
    while (!run.finished()) {
        states.push_back(run.advance()->x);
    }
    return test::split_r_hat(states, 400);
}

TEST(RHat, IsOneOfIndependentStatesHoweverFew) {
    for (const int64_t count : {8, 40}) {
        std::vector<std::vector<float>> states;
        for (int64_t t = 0; t < count; ++t) {
            torch::Tensor x = torch::empty({2000, 2}, torch::kFloat32);
            Random{7}.fill_normals(x, kernels::Purpose::Problem, static_cast<uint32_t>(t));
            states.emplace_back(x.data_ptr<float>(), x.data_ptr<float>() + x.numel());
        }
        // Of 4,000 half chains: their variance of means is known to 2 %, which counts by its share of 1 / T.
        EXPECT_NEAR(test::split_r_hat(states, 2000), 1, 4 * 0.5 * 0.023 / static_cast<double>(count / 4)) << count;
    }
    EXPECT_TRUE(std::isnan(test::split_r_hat(std::vector<std::vector<float>>(7, {1, 2}), 1)));
}

// On one Gaussian chains come everywhere; between the modes of Scene A they do not.
TEST(RHat, TellsChainsThatStayInTheirModes) {
    EXPECT_LT(r_hat_of(test::line_scenario("hmc", 1, 1, 60), 40, 3), 1.05);
    EXPECT_GT(r_hat_of(test::scene_a("hmc"), 40, 3), 1.05);
}

}  // namespace
}  // namespace drift
