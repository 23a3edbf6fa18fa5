// 6.2 to 6.4 of trained_samplers.md, and A7 of 6.1: kernels in closed form have a constant residual, on all parts of a
// trajectory with the flow that belongs to them, and what the reference is worth before any training.
#include "core/density.h"
#include "core/log_weights.h"
#include "core/publish.h"
#include "core/training/losses.h"
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

/// log q - log ref of one step for a kernel N(mean, variance) against N(reference_mean, v); a variance for all
/// coordinates or one for each.
torch::Tensor ratio(const torch::Tensor& next, const torch::Tensor& mean, const torch::Tensor& variance,
                    const torch::Tensor& reference_mean, double v) {
    const Policy::Answer answer{(mean - reference_mean).unsqueeze(0),
                                (variance / v).log().expand_as(mean).unsqueeze(0)};
    return log_ratios(answer, next.unsqueeze(0), reference_mean.unsqueeze(0),
                      torch::full({1, 1, 1}, v, torch::kFloat64))
        .select(0, 0);
}

/// Brownian motion of variance sigma^2 that ends in e^c N(m, s^2 I), and what it says of any trajectory.
struct GaussianEnd {
    double sigma_squared, s, m, c;

    double variance(double t) const { return t * t * s * s + sigma_squared * t * (1 - t); }
    double covariance(double t, double u) const { return t * u * s * s + sigma_squared * t * (1 - u); }

    /// F at time t, the log of the target's density there in units of the reference's.
    torch::Tensor flow(const torch::Tensor& x, double t) const {
        return c + log_normal(x, torch::full_like(x, t * m), variance(t)) -
               log_normal(x, torch::zeros_like(x), sigma_squared * t);
    }

    /// Garbage in T steps with the ratios of the exact kernel, and F everywhere.
    LossInput on_garbage(int64_t steps) const {
        const auto reference = pinned_brownian(2, sigma_squared, steps);
        torch::Tensor x = torch::zeros({30, 2}, torch::kFloat64);
        std::vector<torch::Tensor> ratios, flows{torch::full({30}, c, torch::kFloat64)};
        for (int64_t k = 0; k < steps; ++k) {
            const double t = reference->grid().time(k), u = reference->grid().time(k + 1);
            const double gain = k == 0 ? 0 : covariance(t, u) / variance(t);
            const torch::Tensor mean = x * gain + (u - gain * t) * m;
            const torch::Tensor next = x + normals({30, 2}, static_cast<uint64_t>(k) + 1) * 2;
            const torch::Tensor left = torch::tensor(variance(u) - gain * covariance(t, u), torch::kFloat64);
            ratios.push_back(ratio(next, mean, left, reference->mean(k, x), reference->variance(k)));
            flows.push_back(flow(next, u));
            x = next;
        }
        LossInput input;
        input.log_ratio = torch::stack(ratios);
        input.flow = torch::stack(flows);
        input.log_w = input.flow[steps];
        input.log_z = c;
        return input;
    }
};

const std::vector<std::pair<GaussianEnd, int64_t>> ends{{{5, 0.5477, 3, 0.8}, 10}, {{5, 1.3, -2, 0.8}, 100}};

// 6.2: even on garbage
TEST(ExactKernels, HaveAConstantResidualOnAnyTrajectoryOfBrownianMotion) {
    for (const auto& [end, steps] : ends) {
        const LossInput input = end.on_garbage(steps);
        EXPECT_LT(test::largest(input.log_w - input.log_ratio.sum(0) - end.c), 1e-8) << steps;
    }
}

// A7: nothing is left of any part either, and nothing is to be learned.
TEST(ExactKernels, BalanceEveryPartOfATrajectoryWithTheExactFlow) {
    for (const auto& [end, steps] : ends) {
        LossInput input = end.on_garbage(steps);
        const torch::Tensor parts = input.flow.diff(1, 0) - input.log_ratio;
        EXPECT_LT(test::largest(parts), 1e-8) << steps;
        for (const LossKind kind : {LossKind::DetailedBalance, LossKind::SubTrajectoryBalance}) {
            const LossOutput out = loss_of(kind, input);
            EXPECT_LT(std::abs(out.loss), 1e-8) << steps;
            EXPECT_LT(test::largest(out.step), 1e-8) << steps;
            EXPECT_LT(test::largest(out.flow), 1e-8) << steps;
            EXPECT_LT(std::abs(out.at_log_z), 1e-8) << steps;
        }
        input.flow[steps / 2] += 0.1;
        EXPECT_NEAR(loss_of(LossKind::DetailedBalance, input).loss, 0.01, 1e-8) << "half a square each, in two parts";
    }
}

/// The posterior N(m, S) of 6.5 in its own axes, where every kernel of the variance-preserving process is diagonal.
struct LinearPosterior {
    Task task = test::noise_task(test::linear_outsourced("outsourced"));
    torch::Tensor axes, variance, mean;  // [d, d], [d], [d]

    LinearPosterior() {
        const GaussianMixture& z = task.problem.exact->posterior;
        std::tie(variance, axes) = at::linalg_eigh(z.full_covariances()[0]);
        mean = z.means[0].matmul(axes);
    }
    torch::Tensor log_w(const torch::Tensor& x) const {
        return task.problem.condition->log_likelihood(x.matmul(axes.t()));
    }
    torch::Tensor log_density(const torch::Tensor& x, double left) const {
        const torch::Tensor v = left * variance + 1 - left;
        return ((x - std::sqrt(left) * mean).square() / (-2 * v) - 0.5 * (2 * std::numbers::pi * v).log()).sum(1);
    }
};

/// log w - log ratio of trajectories under the exact kernel from `x`, which they follow; or garbage, if they do not.
torch::Tensor left_of_exact_kernel(const LinearPosterior& posterior, const Reference& reference, torch::Tensor x,
                                   bool follow) {
    double left = remembered(reference.grid());
    torch::Tensor delta = torch::zeros({x.size(0)}, torch::kFloat64);
    for (int64_t k = 0; k < reference.steps(); ++k) {
        const double b = reference.variance(k);
        const double left_next = left / (1 - b);
        const torch::Tensor here = left * posterior.variance + 1 - left;
        const torch::Tensor next = left_next * posterior.variance + 1 - left_next;
        const torch::Tensor gain = std::sqrt(1 - b) * next / here;
        const torch::Tensor mean =
            std::sqrt(left_next) * posterior.mean + gain * (x - std::sqrt(left) * posterior.mean);
        const torch::Tensor variance = next - std::sqrt(1 - b) * gain * next;
        const torch::Tensor noise = normals({x.size(0), x.size(1)}, static_cast<uint64_t>(k) + 2);
        const torch::Tensor to = follow ? mean + noise * variance.sqrt() : x + noise;
        delta += ratio(to, mean, variance, reference.mean(k, x), b);
        x = to;
        left = left_next;
    }
    return posterior.log_w(x) - delta;
}

// 6.2 in noise space: T = 10, b from .6 down to .05, a covariance that is no multiple of I. With the start term it is
// log Z everywhere; from N(0, I) the start itself is left, log h_0(z_T), with the spread of the table.
TEST(ExactKernels, KnowHowMuchAForcedStartLoses) {
    TimeGrid grid;
    for (int k = 9; k >= 0; --k) {
        grid.variance.push_back(0.05 + 0.55 * k / 9);
    }
    const LinearPosterior posterior;
    EXPECT_NEAR(remembered(grid), 0.01369, 5e-6);
    const auto reference = stationary_reference(3, grid);
    const auto log_h = [&](const torch::Tensor& start) {
        return posterior.log_density(start, remembered(grid)) - log_normal(start, torch::zeros_like(start), 1);
    };
    const torch::Tensor wild = normals({40, 3}, 1) * 1.5;
    const torch::Tensor on_garbage = left_of_exact_kernel(posterior, *reference, wild, false);
    EXPECT_LT(test::largest(on_garbage - log_h(wild) - posterior.task.problem.exact->log_z), 1e-8);
    const torch::Tensor start = normals({100'000, 3}, 1);
    const torch::Tensor on_way = left_of_exact_kernel(posterior, *reference, start, true);
    EXPECT_LT(test::largest(on_way - log_h(start) - posterior.task.problem.exact->log_z), 1e-8);
    const double deviation = on_way.std().item<double>();
    EXPECT_NEAR(deviation, 0.109, 0.0005 + 4 * 0.109 / std::sqrt(1e5));
    EXPECT_NEAR(on_way.mean().item<double>(), -2.121, 0.0005 + 4 * deviation / std::sqrt(1e5));
    EXPECT_NEAR(log_mean_exp(to_doubles(on_way)), -2.1154217, 4 * deviation / std::sqrt(1e5));
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
    const std::vector<int64_t> step_counts{10, 20, 50, 100, 200};
    const double of_component = std::sqrt(0.3);
    const std::vector<std::tuple<double, double, std::vector<double>>> table{
        {of_component, 5, {.28057, .15989, .06960, .03580, .01816}},
        {.7, 5, {.17487, .09521, .04012, .02041, .01029}},
        {1, 5, {.0737, .03841, .01574, .00794}},
        {1, 1, {0, 0, 0, 0, 0}}};
    std::vector<std::tuple<double, double, int64_t, double>> rows{{of_component, 25, 100, .1766}};
    for (const auto& [spread, sigma_squared, floors] : table) {
        for (size_t i = 0; i < floors.size(); ++i) {
            rows.emplace_back(spread, sigma_squared, step_counts[i], floors[i]);
        }
    }
    for (const auto& [spread, sigma_squared, steps, floor] : rows) {
        EXPECT_NEAR(discretisation_floor(brownian_grid(sigma_squared, steps), false, spread, 1), floor, 6e-5);
        EXPECT_NEAR(discretisation_floor(brownian_grid(sigma_squared, steps), false, spread, 3), 3 * floor, 2e-4);
    }
    EXPECT_NEAR(discretisation_floor(stationary_grid(25), true, 1, 4), 0, 1e-12);
}

struct Gap {
    int64_t steps;
    double lower, upper, ess;
    double spread = 0;  // variance of a component of what it samples, where the table has it; .3 in truth
};

/// Mean square distance to the nearest mode in one coordinate.
double spread_about(const torch::Tensor& modes, const torch::Tensor& x) {
    return std::get<0>(at::cdist(x, modes, 2.0, 2).min(1)).square().mean().item<double>() /
           static_cast<double>(x.size(1));
}

/// 6.4: the best drift for a fixed variance, which is that of Brownian motion bent to end in the prior.
class BestDrift : public ::testing::TestWithParam<Gap> {};

TEST_P(BestDrift, LeavesTheGapOfTheTable) {
    const auto [steps, lower, upper, ess, spread] = GetParam();
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
    std::vector<double> effective, spreads;
    TrainingNumbers numbers;
    for (uint64_t seed = 6; seed < 11; ++seed) {
        Trajectories forward = room_for(own, 20'000, TrajectorySource::Reference);
        RollOptions how;
        how.follow_policy = false;
        roll(own, nullptr, how, Random{seed}, forward);
        describe_weights(log_w_of(forward), numbers);
        effective.push_back(numbers.ess);
        spreads.push_back(spread_about(task.problem.prior->mixture()->means, forward.last()));
    }
    std::ranges::sort(effective);
    EXPECT_NEAR(numbers.log_z_lower, lower, 0.03 + 0.05 * std::abs(lower));
    EXPECT_NEAR(effective.at(2), ess, 0.04);
    EXPECT_NEAR(numbers.log_z, 0, 4 * std::sqrt((1 / effective.at(0) - 1) / 20'000));
    if (spread > 0) {
        EXPECT_NEAR(test::repeated(spreads).mean, spread, 0.02 * spread);
    }
    Trajectories back = room_for(setting.model, 20'000, TrajectorySource::Data);
    back.last().copy_(task.problem.prior->mixture()->sample(20'000, Random{7}, kernels::Purpose::Metric));
    go_back(setting.model, Random{8}, back);
    look_at_ends(setting.model, back);
    describe_weights(log_w_of(back), numbers);
    EXPECT_NEAR(numbers.log_z_lower, upper, 0.03 + 0.05 * upper);
}

INSTANTIATE_TEST_SUITE_P(Steps, BestDrift,
                         ::testing::Values(Gap{10, -1.555, 1.121, .154, .782}, Gap{20, -.711, .590, .348},
                                           Gap{50, -.269, .230, .63}, Gap{100, -.122, .123, .79, .327}));

// 6.7: a sampler that covers k of K equal modes perfectly says log Z - ln(K / k) and knows of nothing amiss.
TEST(PathMetrics, AdvisesOnlyWhatHasNotBeenTried) {
    TrainingNumbers numbers;
    numbers.modes = 9;
    numbers.missing_modes = 2;
    const auto count = [&numbers](TrajectorySource source) -> int64_t& {
        return numbers.source_count.at(static_cast<size_t>(source));
    };
    count(TrajectorySource::OnPolicy) = 64;
    EXPECT_NE(collapse_warnings(numbers).at(0).find("learn from reference or buffer or local_search"),
              std::string::npos);
    count(TrajectorySource::Reference) = 64;
    EXPECT_NE(collapse_warnings(numbers).at(0).find("learn from buffer or local_search"), std::string::npos);
    count(TrajectorySource::Buffer) = count(TrajectorySource::LocalSearch) = 64;
    EXPECT_EQ(collapse_warnings(numbers).at(0),
              "The trained sampler has lost 2 of 9 modes that so many draws would show; train longer, at a lower "
              "learning rate, or let beta rise from a tenth");
}

TEST(PathMetrics, MissingModesAreSeenOnlyByWhoLooksForThem) {
    const Task task = test::task(test::grid_25("none", "diffusion_sampler"));
    const GaussianMixture& exact = *task.problem.prior->mixture();
    TrainingNumbers numbers;
    for (const auto& [kept, log_z] : {std::pair{1, -3.219}, {9, -1.022}, {10, -.916}, {20, -.223}, {7, -1.273}}) {
        GaussianMixture some = exact;
        some.weights = torch::zeros_like(exact.weights);
        some.weights.narrow(0, 0, kept).fill_(1.0 / kept);
        const torch::Tensor draws = some.sample(4000, Random{2}, kernels::Purpose::Metric);
        describe_weights(to_doubles(exact.log_density(draws) - some.log_density(draws)), numbers);
        EXPECT_NEAR(numbers.log_z, log_z, 1e-3) << kept;
        EXPECT_NEAR(numbers.log_z_lower, log_z, 1e-3) << kept;
        EXPECT_NEAR(numbers.ess, 1, 1e-6) << kept;
        describe_modes(exact, draws, numbers);
        EXPECT_EQ(numbers.missing_modes, 25 - kept);
    }
    EXPECT_EQ(numbers.modes, 25);
    EXPECT_EQ(collapse_warnings(numbers).size(), 1U);
    describe_modes(exact, exact.sample(4000, Random{3}, kernels::Purpose::Metric), numbers);
    EXPECT_EQ(numbers.missing_modes, 0);
    numbers.log_z_lower = -1;
    numbers.log_z_upper = 18.98;
    EXPECT_EQ(collapse_warnings(numbers).size(), 1U);
}

}  // namespace
}  // namespace drift
