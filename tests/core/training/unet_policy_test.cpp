// The U-Net as a policy: where it begins, its derivatives, and that neither pieces nor threads show in what it learns.
#include "core/training/losses.h"
#include "core/training/pathwise.h"
#include "core/training/trained_file.h"
#include "support/training.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <filesystem>
#include <numeric>
#include <utility>

namespace drift {
namespace {

/// Of nothing in particular.
const Origin origin{{{"a", 1}}, {{"b", 2}}, nlohmann::json()};

using test::largest;
using test::Setting;
using test::setting_of;

constexpr int64_t side = 4;
constexpr int64_t pixels = side * side;

/// N(0, I / 2) on the pixels of a picture, of which two sums are measured.
Task picture_task(const torch::TensorOptions& numbers = torch::kFloat64) {
    Scenario scenario = test::scenario("gaussian", "linear_gaussian", "diffusion_sampler");
    scenario.prior.params.set("mean", test::vector(std::vector<double>(pixels, 0)));
    scenario.prior.params.set("covariance", Array{{}, {0.5}});
    Array matrix{{2, pixels}, std::vector<double>(2 * pixels, 0)};
    for (size_t i = 0; i < pixels; ++i) {
        matrix.data[i] = 0.5;
        matrix.data[pixels + i] = i < pixels / 2 ? 0.5 : -0.5;
    }
    scenario.condition.params.set("matrix", matrix);
    scenario.condition.params.set("observation", test::vector({1, -2}));
    scenario.condition.params.set("noise", 0.5);
    const MakeContext context{numbers, "", 1};
    return {make_problem(scenario.prior, scenario.condition, context), Schedule{{0.0}}, numbers};
}

PolicyOptions small_unet(bool learn_variance = true, bool langevin = true) {
    PolicyOptions options;
    options.kind = PolicyKind::Unet;
    options.shape = {1, side, side};
    options.unet_width = 8;
    options.unet_deep_width = 32;
    options.learn_variance = learn_variance;
    options.langevin = langevin;
    return options;
}

Setting picture_setting(const PolicyOptions& options, double randomness = 0.05) {
    return setting_of(picture_task(), pinned_brownian(pixels, 1, 4), 1, options, randomness);
}

double relative(const torch::Tensor& a, const torch::Tensor& b) {
    return ((a - b).norm() / b.norm()).item<double>();
}

torch::Tensor normals_like(const torch::Tensor& like, uint64_t seed) {
    torch::Tensor noise = torch::empty_like(like).flatten().unsqueeze(0);
    Random{seed}.fill_normals(noise, kernels::Purpose::Problem, 0);
    return noise.view(like.sizes());
}

TEST(UnetPolicy, StartsAsTheReference) {
    const Setting plain = picture_setting(small_unet(true, false), 0);
    const Trajectories t = test::rolled(plain, 6);
    const Policy::Answer answer = plain.policy.answer({0, 3}, policy_input(plain.model, t.x.narrow(0, 1, 2), {}, {}));
    EXPECT_EQ(largest(answer.shift), 0);
    EXPECT_EQ(largest(answer.log_scale), 0);
    EXPECT_EQ(largest(test::ratio_of(plain, t)), 0);
    const Setting guided = picture_setting(small_unet(false, true), 0);
    const torch::Tensor told = guided.model.terminal->guide(t.x.select(0, 2));
    const torch::Tensor shift =
        guided.policy.answer({2}, policy_input(guided.model, t.x.select(0, 2), told, {})).shift.select(0, 0);
    EXPECT_LT(largest(shift - told * 0.01 * guided.model.reference->gain(2)), 1e-12) << "a weak Langevin term";
}

/// sum_kb weights_kb log q, of steps and trajectories of any policy.
torch::Tensor weighted_sum(const Setting& setting, const Policy& policy, const Trajectories& t,
                           const torch::Tensor& weights) {
    torch::Tensor sum = torch::zeros({}, torch::kFloat64);
    for (int64_t k = 0; k < t.steps(); ++k) {
        const torch::Tensor told = t.gradient.defined() ? t.gradient.select(0, k) : torch::Tensor{};
        const auto answer = policy.answer({k}, policy_input(setting.model, t.x.select(0, k), told, {}));
        const torch::Tensor apart = t.x.select(0, k + 1) - t.mean.select(0, k) - answer.shift.select(0, 0);
        const torch::Tensor log_scale =
            answer.log_scale.defined() ? answer.log_scale.select(0, 0) : torch::zeros_like(apart);
        const torch::Tensor log_q =
            (apart.square() * (-log_scale).exp() / setting.model.reference->variance(k) + log_scale).sum(1) * -0.5;
        sum = sum + (log_q * weights.select(0, k)).sum();
    }
    return sum;
}

torch::Tensor ours(const Setting& setting, const Trajectories& t, const torch::Tensor& weights) {
    const at::NoGradGuard off;
    const Scored scored = score(setting.model, setting.policy, t, true);
    return gradient_of(setting.policy, scored.answers, weighted_log_q(setting.policy, t, weights));
}

TEST(UnetPolicy, TheSecondPassEqualsAutogradAndDifferences) {
    for (const bool all : {false, true}) {
        const Setting setting = picture_setting(small_unet(all, all));
        const Trajectories t = test::rolled(setting, 9);
        const torch::Tensor weights = normals_like(torch::empty({4, 9}, torch::kFloat64), 3);
        const torch::Tensor gradient = ours(setting, t, weights);
        Policy plain(setting.model.reference, setting.model.policy, setting.model.numbers);
        plain.bind(setting.weights.clone());
        const torch::Tensor collected = plain.collect_gradients();
        weighted_sum(setting, plain, t, weights).backward();
        EXPECT_LT(relative(gradient, collected), 1e-10);
        const torch::Tensor direction = normals_like(setting.weights, 4);
        const at::NoGradGuard off;
        const auto moved = [&](double by) {
            plain.bind(setting.weights + direction * by);
            return weighted_sum(setting, plain, t, weights).item<double>();
        };
        const double slope = (gradient * direction).sum().item<double>();
        EXPECT_NEAR((moved(2e-7) - moved(-2e-7)) / 4e-7, slope, 1e-4 * std::abs(slope));
    }
}

TEST(UnetPolicy, KnowsItsGradientAtTheState) {
    const Setting setting = picture_setting(small_unet(true, false));
    const torch::Tensor x = normals_like(torch::empty({2, 40, pixels}, torch::kFloat64), 5);
    const std::vector<int64_t> steps{1, 3};
    Policy::Tape tape;
    const at::NoGradGuard off;
    const Policy::Answer answer = setting.policy.answer(steps, {x, {}, {}}, &tape);
    const Policy::Answer wanted{normals_like(answer.shift, 6), normals_like(answer.log_scale, 7)};
    Policy::Gradient gradient = setting.policy.no_gradient();
    torch::Tensor at_x;
    setting.policy.backward(tape, wanted, gradient, &at_x);
    const torch::Tensor direction = normals_like(x, 8);
    const auto moved = [&](double by) {
        const Policy::Answer there = setting.policy.answer(steps, {x + direction * by, {}, {}});
        return (there.shift * wanted.shift + there.log_scale * wanted.log_scale).sum().item<double>();
    };
    const double slope = (at_x * direction).sum().item<double>();
    EXPECT_NEAR((moved(1e-6) - moved(-1e-6)) / 2e-6, slope, 1e-5 * std::abs(slope));
}

// Blocks of steps, pieces of trajectories and the network's own pieces are all cut elsewhere here.
TEST(UnetPolicy, PiecesDoNotShow) {
    const Setting setting = picture_setting(small_unet());
    const Trajectories t = test::rolled(setting, 40);
    const torch::Tensor weights = normals_like(torch::empty({4, 40}, torch::kFloat64), 3);
    const torch::Tensor whole = ours(setting, t, weights);
    torch::Tensor by_steps = torch::zeros_like(whole);
    for (int64_t k = 0; k < 4; ++k) {
        const std::vector<Answers> answers = answers_at(setting.model, setting.policy, t, {k});
        by_steps += gradient_of(setting.policy, answers, weighted_log_q(setting.policy, t, weights));
    }
    EXPECT_LT(relative(by_steps, whole), 1e-12);
    torch::Tensor by_trajectories = torch::zeros_like(whole);
    std::vector<torch::Tensor> ratios;
    for (const auto& [first, count] : {std::pair{0, 3}, {3, 1}, {4, 36}}) {
        std::vector<int64_t> which(static_cast<size_t>(count));
        std::iota(which.begin(), which.end(), int64_t{first});
        const Trajectories part = chosen(t, which);
        const torch::Tensor index = torch::tensor(which, torch::kInt64);
        by_trajectories += ours(setting, part, weights.index_select(1, index));
        ratios.push_back(test::ratio_of(setting, part));
    }
    EXPECT_LT(relative(by_trajectories, whole), 1e-12);
    EXPECT_LT(largest(torch::cat(ratios) - test::ratio_of(setting, t)), 1e-10);
}

Trainer small_trainer(LossKind loss) {
    const Task task = picture_task(torch::kFloat32);
    const Setting setting = setting_of(task, pinned_brownian(pixels, 1, 4), 1, small_unet());
    TrainerOptions options;
    options.iterations = 8;
    options.loss = loss;
    options.batch.batch = 13;
    options.batch.shares = {2, 0, 1, 1, 0, 0, 1};
    options.learning_rate = 1e-3;
    options.step_share = loss == LossKind::VarGrad ? 0.5 : 1;
    return {setting.model, options};
}

TEST(UnetPolicy, ResumedEqualsUninterruptedAndOneThreadEqualsMany) {
    const auto folder = std::filesystem::path(testing::TempDir()) / "drift_unet_training";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    for (const LossKind loss : {LossKind::VarGrad, LossKind::ReverseKl}) {
        const Trainer trainer = small_trainer(loss);
        TrainerState whole = trainer.start();
        trainer.advance(whole, 4);
        TrainerState first = trainer.start();
        trainer.advance(first, 2);
        write_training(folder / "c", "sampler.checkpoint", first, origin);
        TrainerState second = read_training(folder / "c", "sampler.checkpoint", trainer.start(), origin);
        trainer.advance(second, 2);
        EXPECT_TRUE(torch::equal(whole.policy.average, second.policy.average));
        const int before = at::get_num_threads();
        for (const int threads : {1, 3}) {
            at::set_num_threads(threads);
            TrainerState other = trainer.start();
            trainer.advance(other, 4);
            EXPECT_TRUE(torch::equal(whole.policy.weights, other.policy.weights)) << threads;
        }
        at::set_num_threads(before);
        EXPECT_TRUE(whole.policy.weights.isfinite().all().item<bool>());
        EXPECT_FALSE(torch::equal(whole.policy.weights, trainer.start().policy.weights));
        EXPECT_EQ(whole.restored, 0);
    }
}

}  // namespace
}  // namespace drift
