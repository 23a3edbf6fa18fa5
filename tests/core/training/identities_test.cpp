// A1 to A3 and A8 to A11 of trained_samplers.md 6.1: algebra that holds for any policy on any trajectory.
#include "core/log_weights.h"
#include "core/publish.h"
#include "core/training/streams.h"
#include "core/training/walk.h"
#include "support/training.h"

namespace drift {
namespace {

using test::log_normal;
using test::Setting;
using test::setting_of;

/// A prior N(0, variance I) without a condition.
Scenario plain_gaussian(int64_t d, double variance) {
    Scenario scenario = test::scenario("gaussian", "none", "diffusion_sampler");
    scenario.prior.params.set("mean", test::vector(std::vector<double>(static_cast<size_t>(d), 0.0)));
    scenario.prior.params.set("covariance", Array{{}, {variance}});
    return scenario;
}

Task in_numbers(const Scenario& scenario, const torch::TensorOptions& numbers) {
    const MakeContext context{numbers, "", 1};
    return {make_problem(scenario.prior, scenario.condition, context), Schedule{{0.0}}, numbers};
}

/// The mean of what the policy does at step k, in double whatever the policy computes in.
torch::Tensor policy_mean(const Setting& setting, const Trajectories& trajectories, int64_t k) {
    const Policy::Answer answer =
        setting.policy.answer({k}, policy_input(setting.model, trajectories.x.select(0, k), {}, {}));
    return trajectories.mean.select(0, k).to(torch::kFloat64) + answer.shift.select(0, 0).to(torch::kFloat64);
}

/// log P_F - log P_B of pinned Brownian motion, as two sums of Gaussians.
torch::Tensor two_gaussians(const Setting& setting, const Trajectories& trajectories) {
    torch::Tensor sum = torch::zeros({trajectories.count()}, torch::kFloat64);
    for (int64_t k = 0; k < trajectories.steps(); ++k) {
        const double v = setting.model.reference->variance(k);
        const torch::Tensor x = trajectories.x.select(0, k).to(torch::kFloat64);
        const torch::Tensor next = trajectories.x.select(0, k + 1).to(torch::kFloat64);
        sum += log_normal(next, policy_mean(setting, trajectories, k), v);
        if (k > 0) {
            const double share = static_cast<double>(k) / static_cast<double>(k + 1);
            sum -= log_normal(x, next * share, v * share);
        }
    }
    return sum;
}

// A1
TEST(TrainingIdentities, TheResidualIsThatOfTwoGaussiansOnAnyTrajectory) {
    constexpr double sigma_squared = 5;
    for (const int64_t d : {1, 2, 32}) {
        for (const int64_t steps : {1, 10, 100}) {
            for (const auto type : {torch::kFloat64, torch::kFloat32}) {
                SCOPED_TRACE(std::to_string(d) + " dimensions, " + std::to_string(steps) + " steps");
                const Task task = in_numbers(plain_gaussian(d, 2), type);
                const Setting setting = setting_of(task, pinned_brownian(d, sigma_squared, steps), sigma_squared);
                const Trajectories wild = test::rolled(setting, 20, 5, 2);
                const torch::Tensor end = wild.last().to(torch::kFloat64);
                const torch::Tensor ours =
                    test::ratio_of(setting, wild) + log_normal(end, torch::zeros_like(end), sigma_squared);
                EXPECT_LT(test::largest(ours - two_gaussians(setting, wild)), type == torch::kFloat64 ? 1e-9 : 1e-3);
            }
        }
    }
}

// A2
TEST(TrainingIdentities, TheReferenceItselfHasNothingToLearnOfItsOwnEnd) {
    const Task task = in_numbers(plain_gaussian(2, 5), torch::kFloat64);
    const Setting setting = setting_of(task, pinned_brownian(2, 5, 10), 5, {}, 0);
    const Trajectories wild = test::rolled(setting, 50, 5, 2);
    EXPECT_LT(test::largest(test::ratio_of(setting, wild) - wild.value.log_w(1)), 1e-10);
}

// A3
TEST(TrainingIdentities, ATrajectoryCountsTheSameWhicheverWayItWasMade) {
    const Task task = in_numbers(plain_gaussian(2, 2), torch::kFloat64);
    const Setting setting = setting_of(task, pinned_brownian(2, 5, 10), 5);
    Trajectories back = room_for(setting.model, 30, TrajectorySource::Buffer);
    torch::Tensor ends = back.last();
    Random{3}.fill_normals(ends, kernels::Purpose::Problem, 0);
    go_back(setting.model, Random{4}, back);
    look_around(setting.model, back);
    look_at_ends(setting.model, back);
    const torch::Tensor a = test::ratio_of(setting, back) - back.value.log_w(1);
    const torch::Tensor end = back.last();
    const torch::Tensor plain = two_gaussians(setting, back) - log_normal(end, torch::zeros_like(end), 2);
    EXPECT_LT(test::largest(a - plain), 1e-10);
}

// A8
TEST(TrainingIdentities, WithTheReferenceAsPolicyOnlyTheRewardIsLeft) {
    const Task task = test::task(test::grid_25("mixture_ratio", "rtb"));
    const Setting setting = setting_of(task, brownian_to_prior(task.problem.prior, 5, 20), 0, {}, 0);
    const Trajectories wild = test::rolled(setting, 50, 5, 1);
    EXPECT_LT(test::largest(test::ratio_of(setting, wild)), 1e-10);
    EXPECT_EQ(test::largest(wild.value.base), 0);
}

/// The Euler-Maruyama step of published code.
class EulerReference final : public Reference {
public:
    explicit EulerReference(int64_t steps) : grid_(stationary_grid(steps)) {}
    Kind kind() const override { return Kind::Diffusion; }
    int64_t dimension() const override { return 2; }
    const TimeGrid& grid() const override { return grid_; }
    double unit() const override { return 1; }
    double input_scale(int64_t) const override { return 1; }
    double gain(int64_t k) const override { return variance(k); }
    void start(torch::Tensor& x, const Random& random) const override {
        random.fill_normals(x, kernels::Purpose::InitialNoise, 0);
    }
    torch::Tensor mean(int64_t k, const torch::Tensor& x) const override { return x * (1 - variance(k) / 2); }
    torch::Tensor pullback(int64_t k, const torch::Tensor&, const torch::Tensor& w) const override {
        return w * (1 - variance(k) / 2);
    }
    torch::Tensor backward(int64_t k, const torch::Tensor& next, const torch::Tensor& noise) const override {
        return mean(k, next) + noise * std::sqrt(variance(k));
    }

private:
    TimeGrid grid_;
};

/// Trajectory balance with the reference for the way back: log P_F - log P_B - log N(z; 0, I) with both starts.
torch::Tensor trajectory_balance(const Setting& setting, const Trajectories& trajectories) {
    const torch::Tensor zero = torch::zeros_like(trajectories.last());
    torch::Tensor sum = log_normal(trajectories.x.select(0, 0), zero, 1) - log_normal(trajectories.last(), zero, 1);
    for (int64_t k = 0; k < trajectories.steps(); ++k) {
        const double v = setting.model.reference->variance(k);
        const torch::Tensor next = trajectories.x.select(0, k + 1);
        sum += log_normal(next, policy_mean(setting, trajectories, k), v);
        sum -= log_normal(trajectories.x.select(0, k), setting.model.reference->mean(k, next), v);
    }
    return sum;
}

// A9
TEST(TrainingIdentities, OutsourcedIsTrajectoryBalanceForTheExactReferenceAlone) {
    const Scenario scenario = plain_gaussian(2, 1);
    const Task task = in_numbers(scenario, torch::kFloat64);
    const Setting exact = setting_of(task, stationary_reference(2, stationary_grid(20)), 0);
    const Trajectories wild = test::rolled(exact, 30, 5, 1);
    EXPECT_LT(test::largest(test::ratio_of(exact, wild) - trajectory_balance(exact, wild)), 1e-9);
    const Setting euler = setting_of(task, std::make_shared<const EulerReference>(20), 0);
    const Trajectories of_euler = test::rolled(euler, 30, 5, 1);
    EXPECT_GT(test::largest(test::ratio_of(euler, of_euler) - trajectory_balance(euler, of_euler)), 0.05);
}

/// Mean square of the ends of 200,000 trajectories of the reference in the plane: its standard error is .0022.
double mean_square(const Reference& reference) {
    double sum = 0;
    for (uint64_t part = 0; part < 10; ++part) {
        torch::Tensor x = torch::empty({20'000, 2}, torch::kFloat64), noise = torch::empty_like(x);
        reference.start(x, Random{part});
        for (int64_t k = 0; k < reference.steps(); ++k) {
            Random{part}.fill_normals(noise, kernels::Purpose::Problem, k);
            x = reference.mean(k, x) + noise * std::sqrt(reference.variance(k));
        }
        sum += x.square().mean().item<double>() / 10;
    }
    return sum;
}

// A10
TEST(TrainingIdentities, TheReferenceKeepsTheNormalAndEulerStepsDoNot) {
    const std::vector<std::pair<int64_t, double>> published{{20, 1.061}, {25, 1.0486}, {50, 1.024}, {100, 1.012}};
    for (const auto& [steps, expected] : published) {
        double variance = 1;
        for (const double b : stationary_grid(steps).variance) {
            variance = (1 - b / 2) * (1 - b / 2) * variance + b;
        }
        EXPECT_NEAR(variance, expected, 1e-3) << steps;
        EXPECT_NEAR(mean_square(EulerReference(steps)), expected, 0.01) << steps;
        EXPECT_NEAR(mean_square(*stationary_reference(2, stationary_grid(steps))), 1, 0.01) << steps;
        EXPECT_LT(remembered(stationary_grid(steps)), 1e-3) << "else the start would be remembered";
    }
    const Task task = in_numbers(plain_gaussian(2, 1), torch::kFloat64);
    for (const int64_t steps : {5, 25}) {  // as trainings roll it out
        const Setting setting = setting_of(task, stationary_reference(2, stationary_grid(steps)), 0, {}, 0);
        const Trajectories ways = test::rolled(setting, 50'000);
        EXPECT_NEAR(ways.last().square().mean().item<double>(), 1, 5 * std::sqrt(2.0 / 1e5)) << steps;
    }
}

// A11: five standard errors of the mean weight
TEST(TrainingIdentities, ExplorationSpoilsWeightsAndTheWalkOfMetricsHasNone) {
    const Task task = in_numbers(plain_gaussian(1, 3), torch::kFloat64);
    const Setting setting = setting_of(task, pinned_brownian(1, 5, 10), 5, {}, 0.02);
    const auto log_z = [&](double extra) {
        const Trajectories ways = test::rolled(setting, 20'000, 5, extra);
        return log_mean_exp(to_doubles(ways.value.log_w(1) - test::ratio_of(setting, ways)));
    };
    EXPECT_NEAR(log_z(0), 0, 0.03);
    EXPECT_GT(std::abs(log_z(1)), 0.15);
    Walk walk = start_walk(setting.model, 20'000, Random{8});
    EXPECT_NEAR(log_mean_exp(to_doubles(finish_walk(setting.model, setting.policy, Random{8}, walk))), 0, 0.03);
}

TEST(TrainingIdentities, AWalkWeighsAsTheScoreOfItsTrajectory) {
    const Scenario scenario = test::linear_outsourced("outsourced");
    const Task task = test::noise_task(scenario);
    PolicyOptions options;
    options.learn_variance = true;
    options.langevin = true;
    const Setting setting = setting_of(task, stationary_reference(3, stationary_grid(9)), 0, options, 0.02);
    const Trajectories ways = test::rolled(setting, 300, 6);
    Walk walk = start_walk(setting.model, 300, Random{6});
    const torch::Tensor log_w = finish_walk(setting.model, setting.policy, Random{6}, walk);
    EXPECT_LT(test::largest(walk.x - ways.last()), 1e-12);
    EXPECT_LT(test::largest(log_w - (ways.value.log_w(1) - test::ratio_of(setting, ways))), 1e-9);
}

}  // namespace
}  // namespace drift
