// What the policy says while trajectories are rolled out is what it would say of them again.
#include "core/training/batch.h"
#include "support/training.h"

#include <utility>

namespace drift {
namespace {

using test::Setting;

constexpr int64_t steps = 7;

/// The 25 modes in single precision, with a width that the fused kernel takes.
Setting kernel_setting(bool langevin, bool learn_variance, bool amortised = false) {
    const MakeContext context{torch::kFloat32, "", 1};
    const Scenario scenario = test::grid_25("linear_gaussian", "diffusion_sampler");
    const Task task{make_problem(scenario.prior, scenario.condition, context), Schedule{{0.0}}, context.options};
    PolicyOptions options;
    options.width = 16;
    options.learn_variance = learn_variance;
    options.langevin = langevin;
    return test::setting_of(task, pinned_brownian(2, 5, steps), 5, options, 0.05, amortised);
}

/// A batch of `own` trajectories of the policy, half of them exploring, and as many that go back from their ends.
Trajectories batch_of(const Setting& setting, bool keep, bool mixed) {
    BatchOptions options;
    options.batch = mixed ? 600 : 300;
    options.shares = {1, 1, 0, 0, 0, 0, mixed ? 2.0 : 0.0};
    options.keep = keep;
    ReplayBuffer buffer, local;
    buffer.capacity = 1000;
    return draw_batch(setting.model, setting.policy, options, {5, 3, 1, 0.6}, buffer, local);
}

torch::Tensor gradient(const Setting& setting, const Trajectories& batch, const Scored& scored) {
    torch::Tensor weights = torch::empty({steps, batch.count()}, torch::kFloat64);
    Random{4}.fill_normals(weights, kernels::Purpose::Metric, 0);
    return gradient_of(setting.policy, scored.answers, weighted_log_q(setting.policy, batch, weights));
}

torch::Tensor ratios_again(const Setting& setting, Trajectories trajectories) {
    trajectories.kept = nullptr;
    return score(setting.model, setting.policy, trajectories, false).log_ratio;
}

TEST(KeptAnswers, AreThoseOfASecondLook) {
    const at::NoGradGuard no_autograd;
    for (const auto& [langevin, learn_variance] : {std::pair{false, false}, {false, true}, {true, true}}) {
        const Setting setting = kernel_setting(langevin, learn_variance);
        for (const bool mixed : {false, true}) {
            Trajectories batch = batch_of(setting, true, mixed);
            ASSERT_NE(batch.kept, nullptr);
            EXPECT_EQ(batch.kept->count(), 300);
            const Scored kept = score(setting.model, setting.policy, batch, true);
            batch.kept = nullptr;
            const Scored again = score(setting.model, setting.policy, batch, true);
            EXPECT_TRUE(torch::equal(kept.log_ratio, again.log_ratio));
            const torch::Tensor expected = gradient(setting, batch, again);
            const torch::Tensor apart = gradient(setting, batch, kept) - expected;
            EXPECT_LT(apart.norm().item<double>(), 2e-6 * expected.norm().item<double>());  // sums in another order
            EXPECT_GT(expected.norm().item<double>(), 0);
        }
    }
}

double apart(const torch::Tensor& a, const torch::Tensor& b) {
    return (a - b).abs().max().item<double>();
}

// Step by step in LibTorch, or all the way in a kernel where the policy is not told of gradients.
TEST(KeptAnswers, LeaveTrajectoriesAsTheyAre) {
    const at::NoGradGuard no_autograd;
    for (const auto& [langevin, learn_variance] : {std::pair{false, false}, {false, true}, {true, true}}) {
        const Setting setting = kernel_setting(langevin, learn_variance);
        const Trajectories kept = batch_of(setting, true, false);
        const Trajectories plain = batch_of(setting, false, false);
        ASSERT_EQ(plain.kept, nullptr);
        EXPECT_LT(apart(kept.x, plain.x), 2e-6 * test::largest(plain.x));
        EXPECT_LT(apart(kept.mean, plain.mean), 2e-6 * test::largest(plain.x));
    }
}

TEST(KeptAnswers, AreToldOfObservations) {
    const at::NoGradGuard no_autograd;
    const Setting setting = kernel_setting(false, true, true);
    const auto rolled = [&](bool keep) {
        Trajectories trajectories = room_for(setting.model, 100, TrajectorySource::OnPolicy);
        trajectories.observed = setting.model.terminal->draw_observed(100, Random{6});
        RollOptions how;
        how.keep = keep;
        roll(setting.model, &setting.policy, how, Random{5}, trajectories);
        return trajectories;
    };
    const Trajectories kept = rolled(true), plain = rolled(false);
    EXPECT_LT(apart(kept.x, plain.x), 2e-6 * test::largest(plain.x));
    EXPECT_TRUE(torch::equal(score(setting.model, setting.policy, kept, false).log_ratio, ratios_again(setting, kept)));
}

}  // namespace
}  // namespace drift
