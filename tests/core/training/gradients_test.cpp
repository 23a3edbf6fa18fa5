// A4 to A7 of trained_samplers.md 6.1, and every written-out derivative against autograd.
#include "core/training/flow.h"
#include "core/training/losses.h"
#include "core/training/pathwise.h"
#include "support/training.h"

#include <ATen/core/grad_mode.h>

namespace drift {
namespace {

using test::Setting;
using test::setting_of;

double relative(const torch::Tensor& a, const torch::Tensor& b) {
    return ((a - b).norm() / b.norm()).item<double>();
}

/// The setting of 6.5 with everything that a policy can have.
Setting rich_setting(int64_t steps, bool amortised = false) {
    const Task task = test::noise_task(test::linear_outsourced("outsourced"));
    PolicyOptions options;
    options.width = 12;
    options.frequencies = 6;
    options.learn_variance = true;
    options.langevin = true;
    return setting_of(task, stationary_reference(3, stationary_grid(steps)), 0, options, 0.02,
                      amortised);  // more, and answers are clipped
}

/// The same policy with autograd behind it.
struct Differentiable {
    explicit Differentiable(const Setting& setting)
        : policy(setting.model.reference, setting.model.policy, setting.model.numbers) {
        policy.bind(setting.weights.clone());
        collected = policy.collect_gradients();
    }
    torch::Tensor gradient_of(const torch::Tensor& loss) const {
        loss.backward();
        return collected;
    }

    Policy policy;
    torch::Tensor collected;
};

/// log q of every step, [T, n], in the plainest way.
torch::Tensor log_q(const Setting& setting, const Policy& policy, const Trajectories& t) {
    std::vector<torch::Tensor> steps;
    for (int64_t k = 0; k < t.steps(); ++k) {
        const torch::Tensor told = t.gradient.defined() ? t.gradient.select(0, k) : torch::Tensor{};
        const auto answer = policy.answer({k}, policy_input(setting.model, t.x.select(0, k), told, t.observed));
        const torch::Tensor apart = t.x.select(0, k + 1) - t.mean.select(0, k) - answer.shift.select(0, 0);
        torch::Tensor variance = torch::full_like(apart, setting.model.reference->variance(k));
        if (answer.log_scale.defined()) {
            variance = variance * answer.log_scale.select(0, 0).exp();
        }
        steps.push_back((apart.square() / variance * -0.5 - variance.log() * 0.5).sum(1));
    }
    return torch::stack(steps);
}

/// The hand-written gradient of sum_kb weights_kb log q.
torch::Tensor ours(const Setting& setting, const Trajectories& t, const torch::Tensor& weights) {
    const at::NoGradGuard off;
    const Scored scored = score(setting.model, setting.policy, t, true);
    return gradient_of(setting.policy, scored.answers, weighted_log_q(setting.policy, t, weights));
}

LossInput input_of(const Setting& setting, const Trajectories& t, double log_z = 0) {
    LossInput input;
    input.log_ratio = score(setting.model, setting.policy, t, false).log_ratio;
    input.log_w = t.value.log_w(1);
    input.log_z = log_z;
    return input;
}

// A4 for all losses of residuals at once: the derivative at log q is what is fed back.
TEST(TrainingGradients, TheSecondPassEqualsAutograd) {
    for (const bool amortised : {false, true}) {
        const Setting setting = rich_setting(5, amortised);
        const Trajectories t = test::rolled(setting, 24, 5, 0.7);
        const double log_z = -1.3;
        const LossOutput tb = loss_of(LossKind::TrajectoryBalance, input_of(setting, t, log_z));
        const Differentiable plain(setting);
        const torch::Tensor fixed = input_of(setting, t).log_ratio - log_q(setting, setting.policy, t);
        const torch::Tensor a = (log_q(setting, plain.policy, t) + fixed).sum(0);
        const torch::Tensor loss = (a + log_z - t.value.log_w(1)).square().mean() * 0.5;
        EXPECT_NEAR(tb.loss, loss.item<double>(), 1e-9 * tb.loss);
        EXPECT_LT(relative(ours(setting, t, tb.step), plain.gradient_of(loss)), 1e-8);
    }
}

// A5
TEST(TrainingGradients, VarGradIsTrajectoryBalanceAtTheMeanOfTheBatch) {
    const Setting setting = rich_setting(5);
    const Trajectories t = test::rolled(setting, 24);
    const LossOutput vargrad = loss_of(LossKind::VarGrad, input_of(setting, t));
    const double mean = vargrad.mean_log_z[0].item<double>();
    const LossOutput tb = loss_of(LossKind::TrajectoryBalance, input_of(setting, t, mean));
    EXPECT_LT(relative(vargrad.step, tb.step), 1e-12);
    EXPECT_NEAR(vargrad.loss, tb.loss, 1e-12 * tb.loss);
    const LossOutput variance = loss_of(LossKind::LogVariance, input_of(setting, t));
    EXPECT_NEAR(variance.loss, 2 * vargrad.loss * 24 / 23, 1e-9 * variance.loss);
    EXPECT_LT(relative(variance.step, vargrad.step * (2 * 24.0 / 23)), 1e-12);
}

// A6
TEST(TrainingGradients, AConstantInTheRewardMovesLogZAlone) {
    const Setting setting = rich_setting(5);
    const Trajectories t = test::rolled(setting, 24);
    LossInput input = input_of(setting, t, 0.4);
    const LossOutput before = loss_of(LossKind::VarGrad, input);
    const LossOutput tb_before = loss_of(LossKind::TrajectoryBalance, input);
    input.log_w = input.log_w + 3.5;
    const LossOutput after = loss_of(LossKind::VarGrad, input);
    EXPECT_NEAR(before.loss, after.loss, 1e-10 * before.loss);
    EXPECT_NEAR((after.mean_log_z[0] - before.mean_log_z[0]).item<double>(), 3.5, 1e-12);
    input.log_z += 3.5;
    EXPECT_NEAR(loss_of(LossKind::TrajectoryBalance, input).loss, tb_before.loss, 1e-10 * tb_before.loss);
}

/// The loss over pairs as 1.4 writes it, for one trajectory.
double plain_subtb(const torch::Tensor& ratio, const torch::Tensor& flow, double lambda, bool neighbours) {
    const int64_t steps = ratio.size(0);
    double total = 0;
    double weights = 0;
    for (int64_t i = 0; i < steps; ++i) {
        double sum = 0;
        for (int64_t j = i + 1; j <= steps; ++j) {
            sum += ratio[j - 1].item<double>();
            if (neighbours && j > i + 1) {
                continue;
            }
            const double residual = flow[i].item<double>() + sum - flow[j].item<double>();
            const double weight = neighbours ? 1 : std::pow(lambda, static_cast<double>(j - i));
            total += 0.5 * weight * residual * residual;
            weights += weight;
        }
    }
    return neighbours ? total : total / weights;
}

// A7
TEST(TrainingGradients, PartsOfTrajectoriesAreWeightedPairs) {
    const Setting setting = rich_setting(6);
    const Trajectories t = test::rolled(setting, 5);
    LossInput input = input_of(setting, t, 0.7);
    Random{2}.fill_normals(input.log_ratio, kernels::Purpose::Problem, 0);
    torch::Tensor flow = torch::empty({7, 5}, torch::kFloat64);
    Random{3}.fill_normals(flow, kernels::Purpose::Problem, 0);
    input.flow = flow;
    torch::Tensor ends = flow.clone();
    ends.select(0, 0).fill_(0.7);
    ends.select(0, 6).copy_(input.log_w);
    for (const LossKind kind : {LossKind::SubTrajectoryBalance, LossKind::DetailedBalance}) {
        double expected = 0;
        for (int64_t b = 0; b < 5; ++b) {
            expected += plain_subtb(input.log_ratio.select(1, b), ends.select(1, b), input.lambda,
                                    kind == LossKind::DetailedBalance) /
                        5;
        }
        const LossOutput out = loss_of(kind, input);
        EXPECT_NEAR(out.loss, expected, 1e-9 * expected);
        const auto slope = [&](const torch::Tensor& number, double* scalar) {  // central differences
            constexpr double h = 1e-5;
            double at[2];
            for (const int side : {0, 1}) {
                const double by = side == 0 ? h : -h;
                (scalar != nullptr) ? void(*scalar += by) : void(const_cast<torch::Tensor&>(number).add_(by));
                at[side] = loss_of(kind, input).loss;
                (scalar != nullptr) ? void(*scalar -= by) : void(const_cast<torch::Tensor&>(number).sub_(by));
            }
            return (at[0] - at[1]) / (2 * h);
        };
        EXPECT_NEAR(slope(input.log_ratio[2][3], nullptr), out.step[2][3].item<double>(), 1e-5);
        EXPECT_NEAR(slope(input.flow[4][1], nullptr), out.flow[4][1].item<double>(), 1e-5);
        EXPECT_NEAR(slope({}, &input.log_z), out.at_log_z, 1e-5);
    }
    // Where all the weight lies on the pair of start and end, that is trajectory balance.
    const LossOutput whole = loss_of(LossKind::TrajectoryBalance, input);
    input.lambda = 1e12;
    const LossOutput longest = loss_of(LossKind::SubTrajectoryBalance, input);
    EXPECT_NEAR(longest.loss, whole.loss, 1e-8 * whole.loss);
    EXPECT_NEAR(longest.at_log_z, whole.at_log_z, 1e-8 * std::abs(whole.at_log_z));
    EXPECT_LT(relative(longest.step, whole.step), 1e-8);
    // With one step there is no other.
    const Setting single = rich_setting(1);
    const Trajectories short_ways = test::rolled(single, 5);
    LossInput of_single = input_of(single, short_ways, 0.7);
    of_single.flow = torch::zeros({2, 5}, torch::kFloat64);
    const LossOutput tb = loss_of(LossKind::TrajectoryBalance, of_single);
    for (const LossKind kind : {LossKind::SubTrajectoryBalance, LossKind::DetailedBalance}) {
        EXPECT_NEAR(loss_of(kind, of_single).loss, tb.loss, 1e-8);
        EXPECT_LT(relative(loss_of(kind, of_single).step, tb.step), 1e-8);
    }
}

TEST(TrainingGradients, TheFlowOfPartsLearnsByItsOwnNetwork) {
    const Setting setting = rich_setting(4, true);
    const Trajectories t = test::rolled(setting, 6);
    const TimeNetConfig config = flow_network(setting.model);
    TimeNet net(config);
    torch::Tensor weights = net.parameters().initial_values(3).to(torch::kFloat64);
    weights.add_(0.05);  // the last layer would be zero
    Flow flow(setting.model, config, weights);
    const torch::Tensor at = flow.at(t);
    torch::Tensor wanted = torch::empty_like(at);
    Random{4}.fill_normals(wanted, kernels::Purpose::Problem, 0);
    const torch::Tensor gradient = flow.gradient(wanted);
    for (const int64_t i : {int64_t{1}, weights.size(0) / 3, weights.size(0) - 1}) {
        const auto value = [&](double by) {
            torch::Tensor moved = weights.clone();
            moved[i] += by;
            return (Flow(setting.model, config, moved).at(t) * wanted).narrow(0, 1, 3).sum().item<double>();
        };
        EXPECT_NEAR((value(1e-5) - value(-1e-5)) / 2e-5, gradient[i].item<double>(), 1e-5) << i;
    }
}

// 1.4.1: a random subset of the steps, scaled by T / |S|, has the right mean: here over all subsets of one step.
TEST(TrainingGradients, StepSubsetsAreUnbiased) {
    const Setting setting = rich_setting(4);
    const Trajectories t = test::rolled(setting, 8);
    const LossOutput loss = loss_of(LossKind::VarGrad, input_of(setting, t));
    torch::Tensor mean = torch::zeros_like(setting.weights);
    for (int64_t k = 0; k < 4; ++k) {
        const std::vector<Answers> answers = answers_at(setting.model, setting.policy, t, {k});
        mean += gradient_of(setting.policy, answers, weighted_log_q(setting.policy, t, loss.step * 4)) / 4;
    }
    EXPECT_LT(relative(mean, ours(setting, t, loss.step)), 1e-12);
}

/// The whole simulation under autograd, from given noise.
torch::Tensor simulated_kl(const Setting& setting, const Policy& policy, const Trajectories& t,
                           const torch::Tensor& noise, const torch::Tensor& y, const torch::Tensor& row) {
    torch::Tensor x = t.x.select(0, 0);
    torch::Tensor kl = torch::zeros({t.count()}, torch::kFloat64);
    for (int64_t k = 0; k < t.steps(); ++k) {
        const double v = setting.model.reference->variance(k);
        const auto answer = policy.answer({k}, policy_input(setting.model, x, {}, {}));
        const torch::Tensor shift = answer.shift.select(0, 0);
        const torch::Tensor log_scale = answer.log_scale.select(0, 0);
        kl = kl + 0.5 * (shift.square() / v + log_scale.exp() - 1 - log_scale).sum(1);
        x = x * std::sqrt(1 - v) + shift + noise.select(0, k) * (log_scale * 0.5).exp() * std::sqrt(v);
    }
    const torch::Tensor apart = x.matmul(row) - y;
    return kl + 0.5 * apart.square() / 0.25;
}

TEST(TrainingGradients, ReverseKlGoesThroughTheSimulation) {
    const Task task = test::noise_task(test::linear_outsourced("outsourced"));
    PolicyOptions options;
    options.width = 12;
    options.frequencies = 6;
    options.learn_variance = true;
    const Setting setting = setting_of(task, stationary_reference(3, stationary_grid(5)), 0, options, 0.2);
    const Trajectories t = test::rolled(setting, 20);
    // the noise that led here, from the trajectory
    torch::Tensor noise = torch::empty_like(t.mean);
    for (int64_t k = 0; k < 5; ++k) {
        const auto answer = setting.policy.answer({k}, policy_input(setting.model, t.x.select(0, k), {}, {}));
        noise.select(0, k).copy_(
            (t.x.select(0, k + 1) - t.mean.select(0, k) - answer.shift.select(0, 0)) /
            ((answer.log_scale.select(0, 0) * 0.5).exp() * std::sqrt(setting.model.reference->variance(k))));
    }
    const torch::Tensor row = torch::tensor({1.0, 1.5, -1.0}, torch::kFloat64);  // (1, 1) A
    const PathwiseResult result = reverse_kl(setting.model, setting.policy, t, 1);
    const Differentiable plain(setting);
    const torch::Tensor y = torch::full({20}, 2.0, torch::kFloat64);  // (1, 1) b = 0
    const torch::Tensor loss = simulated_kl(setting, plain.policy, t, noise, y, row).mean();
    EXPECT_NEAR(result.loss, loss.item<double>() + std::log(0.5 * std::sqrt(2 * std::numbers::pi)), 1e-8);
    EXPECT_LT(relative(result.gradient, plain.gradient_of(loss)), 1e-8);
    EXPECT_LT(test::largest(result.log_ratio - test::ratio_of(setting, t)), 1e-10);
}

TEST(TrainingGradients, AdjointMatchingRegressesOnTheLeanAdjoint) {
    const Task task = test::noise_task(test::linear_outsourced("outsourced"));
    const Setting setting = setting_of(task, stationary_reference(3, stationary_grid(5)), 0);
    const Trajectories t = test::rolled(setting, 20);
    const PathwiseResult result = adjoint_matching(setting.model, setting.policy, t, 1);
    const Differentiable plain(setting);
    torch::Tensor adjoint = -setting.model.terminal->gradient(t.last(), 1);
    torch::Tensor loss = torch::zeros({}, torch::kFloat64);
    for (int64_t k = 4; k >= 0; --k) {
        const double v = setting.model.reference->variance(k);
        const auto answer = plain.policy.answer({k}, policy_input(setting.model, t.x.select(0, k), {}, {}));
        loss = loss + (answer.shift.select(0, 0) + adjoint * v).square().sum() / (2 * v * 20);
        adjoint = adjoint * std::sqrt(1 - v);
    }
    EXPECT_NEAR(result.loss, loss.item<double>(), 1e-8 * result.loss);
    EXPECT_LT(relative(result.gradient, plain.gradient_of(loss)), 1e-8);
    EXPECT_LT(test::largest(result.log_ratio - test::ratio_of(setting, t)), 1e-10);
}

// 1.4, gradient facts: on its own trajectories balance descends the reverse divergence, here for the mean of many.
TEST(TrainingGradients, BalanceOnPolicyDescendsTheReverseDivergence) {
    const Task task = test::noise_task(test::linear_outsourced("outsourced"));
    PolicyOptions options;
    options.width = 6;
    options.frequencies = 2;
    options.layers = 1;
    const Setting setting = setting_of(task, stationary_reference(3, stationary_grid(3)), 0, options, 0.05);
    const Trajectories t = test::rolled(setting, 100'000);
    const LossOutput loss = loss_of(LossKind::VarGrad, input_of(setting, t));
    const torch::Tensor balance = ours(setting, t, loss.step);
    const PathwiseResult kl = reverse_kl(setting.model, setting.policy, t, 1);
    EXPECT_LT(relative(balance, kl.gradient), 0.05);
}

}  // namespace
}  // namespace drift
