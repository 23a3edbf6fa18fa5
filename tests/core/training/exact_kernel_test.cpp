// 6.2 to 6.4 of trained_samplers.md: kernels in closed form have a constant residual, and what the reference is worth
// before any training.
#include "core/density.h"
#include "core/publish.h"
#include "core/training/replay_buffer.h"
#include "support/training.h"

namespace drift {
namespace {

using test::log_normal;

torch::Tensor normals(std::vector<int64_t> shape, uint64_t seed) {
    torch::Tensor values = torch::empty(shape, torch::kFloat64);
    Random{seed}.fill_normals(values, kernels::Purpose::Problem, 0);
    return values;
}

/// log q - log ref of one step for a kernel N(mean, variance) against N(reference_mean, v).
torch::Tensor ratio(const torch::Tensor& next, const torch::Tensor& mean, double variance,
                    const torch::Tensor& reference_mean, double v) {
    const Policy::Answer answer{(mean - reference_mean).unsqueeze(0),
                                torch::full_like(mean, std::log(variance / v)).unsqueeze(0)};
    return log_ratios(answer, next.unsqueeze(0), reference_mean.unsqueeze(0),
                      torch::full({1, 1, 1}, v, torch::kFloat64))
        .select(0, 0);
}

// 6.2: even on garbage
TEST(ExactKernels, HaveAConstantResidualOnAnyTrajectoryOfBrownianMotion) {
    constexpr double sigma_squared = 5, c = 0.8;
    for (const auto& [steps, s, m] : {std::tuple{10, 0.5477, 3.0}, std::tuple{100, 1.3, -2.0}}) {
        const auto reference = pinned_brownian(2, sigma_squared, steps);
        const double target = s * s;
        const auto marginal = [&](double t) { return t * t * target + sigma_squared * t * (1 - t); };
        torch::Tensor x = torch::zeros({30, 2}, torch::kFloat64);
        torch::Tensor delta = torch::zeros({30}, torch::kFloat64);
        for (int64_t k = 0; k < steps; ++k) {
            const double t = reference->grid().time(k), u = reference->grid().time(k + 1);
            const double shared = t * u * target + sigma_squared * t * (1 - u);
            const double gain = k == 0 ? 0 : shared / marginal(t);
            const torch::Tensor mean = x * gain + (u - gain * t) * m;
            const torch::Tensor next = x + normals({30, 2}, static_cast<uint64_t>(k) + 1) * 2;
            delta += ratio(next, mean, marginal(u) - gain * shared, reference->mean(k, x), reference->variance(k));
            x = next;
        }
        const torch::Tensor log_w =
            c + log_normal(x, torch::full_like(x, m), target) - log_normal(x, torch::zeros_like(x), sigma_squared);
        EXPECT_LT(test::largest(log_w - delta - c), 1e-8) << steps;
    }
}

// The same for noise space, from N(0, I) and to N(m, S) with S a multiple of I.
TEST(ExactKernels, KnowHowMuchAForcedStartLoses) {
    const TimeGrid grid{{0.6, 0.5389, 0.4778, 0.4167, 0.3556, 0.2944, 0.2333, 0.1722, 0.1111, 0.05}};
    const auto reference = stationary_reference(2, grid);
    const double s = 0.4, m = 1.2;
    // variance of the noised target at every state, from the end
    std::vector<double> spread(11), centre(11);
    spread[10] = s, centre[10] = m;
    for (size_t k = 10; k > 0; --k) {
        const double b = grid.variance[k - 1];
        spread[k - 1] = (1 - b) * spread[k] + b;
        centre[k - 1] = std::sqrt(1 - b) * centre[k];
    }
    torch::Tensor x = normals({40, 2}, 1) * 1.5;
    const torch::Tensor start = x;
    torch::Tensor delta = torch::zeros({40}, torch::kFloat64);
    for (int64_t k = 0; k < 10; ++k) {
        const auto at = static_cast<size_t>(k);
        const double b = grid.variance[at];
        const double gain = std::sqrt(1 - b) * spread[at + 1] / spread[at];
        const torch::Tensor mean = centre[at + 1] + gain * (x - centre[at]);
        const torch::Tensor next = x + normals({40, 2}, static_cast<uint64_t>(k) + 2);
        delta += ratio(next, mean, spread[at + 1] * b / spread[at], reference->mean(k, x), b);
        x = next;
    }
    const torch::Tensor zero = torch::zeros_like(x);
    const torch::Tensor log_w = log_normal(x, torch::full_like(x, m), s) - log_normal(x, zero, 1);
    const torch::Tensor log_h =
        log_normal(start, torch::full_like(x, centre[0]), spread[0]) - log_normal(start, zero, 1);
    EXPECT_LT(test::largest(log_w - delta - log_h), 1e-8) << "with the start term it is constant, without it h_0";
}

/// Drift 0 on the 25 modes from Brownian motion.
TEST(ZeroDrift, IsWorthWhatTheTableSays) {
    const Scenario scenario = test::grid_25("none", "diffusion_sampler");
    const Task task = test::task(scenario);
    const test::Setting setting = test::setting_of(task, pinned_brownian(2, 5, 2), 5, {}, 0);
    TrainingNumbers numbers;
    const Trajectories ways = test::rolled(setting, 100'000);
    const std::vector<double> log_w = to_doubles(ways.value.log_w(1) - test::ratio_of(setting, ways));
    describe_weights(log_w, numbers);
    EXPECT_NEAR(numbers.log_z_lower, -6.149018, 0.06);
    double squares = 0;
    for (const double value : log_w) {
        squares += (value - numbers.log_z_lower) * (value - numbers.log_z_lower) / 1e5;
    }
    EXPECT_NEAR(squares, 18.323267, 0.8);
    const torch::Tensor draws = task.problem.prior->mixture()->sample(100'000, Random{3}, kernels::Purpose::Metric);
    describe_target(setting.model, setting.policy, draws, Random{3}, numbers);
    EXPECT_NEAR(numbers.log_z_upper, 8.654559, 0.06);
}

TEST(ZeroDrift, OnManyWellsIsWorthWhatTheTableSays) {
    const Scenario scenario = test::scenario("many_well", "none", "diffusion_sampler");
    const Task task = test::task(scenario);
    EXPECT_NEAR(density_of(*task.problem.prior)->log_total(), 164.695675, 1e-5);
    const test::Setting setting = test::setting_of(task, pinned_brownian(32, 1, 1), 1, {}, 0);
    TrainingNumbers numbers;
    const Trajectories ways = test::rolled(setting, 50'000);
    describe_weights(to_doubles(ways.value.log_w(1) - test::ratio_of(setting, ways)), numbers);
    EXPECT_NEAR(numbers.log_z_lower, 85.406033, 0.3);
}

TEST(ZeroDrift, OfTheNineModesIsImportanceSamplingFromThePrior) {
    const Task task = test::task(test::grid_25("mixture_ratio", "rtb"));
    const test::Setting setting = test::setting_of(task, brownian_to_prior(task.problem.prior, 5, 2), 0, {}, 0);
    const torch::Tensor draws = task.problem.prior->mixture()->sample(100'000, Random{4}, kernels::Purpose::Metric);
    TrainingNumbers numbers;
    describe_weights(to_doubles(setting.model.terminal->evaluate(draws).log_w(1)), numbers);
    EXPECT_NEAR(numbers.log_z_lower, -34.93, 0.6);
    EXPECT_NEAR(numbers.ess, 0.2762, 0.01);
    EXPECT_NEAR(numbers.log_z, 0, 0.03);
    const torch::Tensor exact = task.problem.exact->posterior.sample(100'000, Random{5}, kernels::Purpose::Metric);
    EXPECT_NEAR(setting.model.terminal->evaluate(exact).log_w(1).mean().item<double>(), 1.156322, 0.02);
}

// 6.4
TEST(DiscretisationFloor, EqualsTheTable) {
    const std::vector<std::tuple<double, double, int64_t, double>> rows{{std::sqrt(0.3), 5, 10, .28057},
                                                                        {std::sqrt(0.3), 5, 50, .06960},
                                                                        {std::sqrt(0.3), 5, 200, .01816},
                                                                        {.7, 5, 20, .09521},
                                                                        {1, 5, 100, .00794},
                                                                        {1, 1, 10, 0},
                                                                        {std::sqrt(0.3), 25, 100, .1766}};
    for (const auto& [spread, sigma_squared, steps, floor] : rows) {
        EXPECT_NEAR(discretisation_floor(brownian_grid(sigma_squared, steps), false, spread, 1), floor, 6e-5);
        EXPECT_NEAR(discretisation_floor(brownian_grid(sigma_squared, steps), false, spread, 3), 3 * floor, 2e-4);
    }
    EXPECT_NEAR(discretisation_floor(stationary_grid(25), true, 1, 4), 0, 1e-12);
}

/// 6.4: the best drift for a fixed variance, which is that of Brownian motion bent to end in the prior.
class BestDrift : public ::testing::TestWithParam<std::tuple<int64_t, double, double, double>> {};

TEST_P(BestDrift, LeavesTheGapOfTheTable) {
    const auto [steps, lower, upper, ess] = GetParam();
    const Task task = test::task(test::grid_25("none", "diffusion_sampler"));
    const test::Setting setting = test::setting_of(task, pinned_brownian(2, 5, steps), 5, {}, 0);
    const auto bent = brownian_to_prior(task.problem.prior, 5, steps);
    const auto log_w_of = [&](const Trajectories& ways) {
        torch::Tensor sum = ways.value.log_w(1);
        for (int64_t k = 0; k < steps; ++k) {
            const torch::Tensor x = ways.x.select(0, k);
            const Policy::Answer answer{(bent->mean(k, x) - x).unsqueeze(0), {}};
            sum = sum - log_ratios(answer, ways.x.narrow(0, k + 1, 1), x.unsqueeze(0),
                                   torch::full({1, 1, 1}, bent->variance(k), torch::kFloat64))
                            .select(0, 0);
        }
        return to_doubles(sum);
    };
    Model own = setting.model;
    own.reference = bent;
    // Few steps leave heavy tails: one trajectory in 20,000 can halve the effective sample size, so the middle of five.
    std::vector<double> effective;
    TrainingNumbers numbers;
    for (uint64_t seed = 6; seed < 11; ++seed) {
        Trajectories forward = room_for(own, 20'000, TrajectorySource::Reference);
        RollOptions how;
        how.follow_policy = false;
        roll(own, nullptr, how, Random{seed}, forward);
        describe_weights(log_w_of(forward), numbers);
        effective.push_back(numbers.ess);
    }
    std::ranges::sort(effective);
    EXPECT_NEAR(numbers.log_z_lower, lower, 0.03 + 0.05 * std::abs(lower));
    EXPECT_NEAR(effective.at(2), ess, 0.04);
    Trajectories back = room_for(setting.model, 20'000, TrajectorySource::Data);
    back.last().copy_(task.problem.prior->mixture()->sample(20'000, Random{7}, kernels::Purpose::Metric));
    go_back(setting.model, Random{8}, back);
    look_at_ends(setting.model, back);
    describe_weights(log_w_of(back), numbers);
    EXPECT_NEAR(numbers.log_z_lower, upper, 0.03 + 0.05 * upper);
}

INSTANTIATE_TEST_SUITE_P(Steps, BestDrift,
                         ::testing::Values(std::tuple{10, -1.555, 1.121, .154}, std::tuple{20, -.711, .590, .348},
                                           std::tuple{50, -.269, .230, .63}));

// 6.7: a sampler that covers k of K equal modes perfectly says log Z - ln(K / k) and knows of nothing amiss.
TEST(PathMetrics, MissingModesAreSeenOnlyByWhoLooksForThem) {
    const Task task = test::task(test::grid_25("none", "diffusion_sampler"));
    const GaussianMixture& exact = *task.problem.prior->mixture();
    GaussianMixture seven = exact;
    seven.weights = torch::zeros_like(exact.weights);
    seven.weights.narrow(0, 0, 7).fill_(1.0 / 7);
    const torch::Tensor draws = seven.sample(4000, Random{2}, kernels::Purpose::Metric);
    TrainingNumbers numbers;
    describe_weights(to_doubles(exact.log_density(draws) - seven.log_density(draws)), numbers);
    EXPECT_NEAR(numbers.log_z, -1.273, 1e-3);
    EXPECT_NEAR(numbers.ess, 1, 1e-6);
    describe_modes(exact, draws, numbers);
    EXPECT_EQ(numbers.modes, 25);
    EXPECT_EQ(numbers.missing_modes, 18);
    EXPECT_EQ(collapse_warnings(numbers).size(), 1U);
    describe_modes(exact, exact.sample(4000, Random{3}, kernels::Purpose::Metric), numbers);
    EXPECT_EQ(numbers.missing_modes, 0);
    numbers.log_z_lower = -1;
    numbers.log_z_upper = 18.98;
    EXPECT_EQ(collapse_warnings(numbers).size(), 1U);
}

}  // namespace
}  // namespace drift
