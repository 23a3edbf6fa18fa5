// Where trajectories come from: shares, buffers, chains and the reference. trained_samplers.md 2 and A12, A13 of 6.1.
#include "core/publish.h"
#include "core/training/batch.h"
#include "core/training/numbers_of_batch.h"
#include "core/training/streams.h"
#include "support/training.h"

#include <torch/types.h>  // nested lists in torch::tensor

#include <numeric>

namespace drift {
namespace {

using test::Setting;
using test::setting_of;

/// The 1 in 10,000 point of chi-square, by Wilson and Hilferty.
double chi_square_limit(double degrees) {
    const double z = 3.719;
    return degrees * std::pow(1 - 2 / (9 * degrees) + z * std::sqrt(2 / (9 * degrees)), 3);
}

ReplayBuffer filled(int64_t count) {
    ReplayBuffer buffer;
    buffer.capacity = count;
    const torch::Tensor numbers = torch::arange(count, torch::kFloat64);
    buffer.add(numbers.unsqueeze(1), {torch::zeros({count}, torch::kFloat64), numbers * -0.1});
    return buffer;
}

double chi_square(const std::vector<int64_t>& draws, const std::vector<double>& weights) {
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<double> counts(weights.size());
    for (const int64_t i : draws) {
        counts.at(static_cast<size_t>(i)) += 1;
    }
    double sum = 0;
    for (size_t i = 0; i < weights.size(); ++i) {
        const double expected = weights[i] / total * static_cast<double>(draws.size());
        sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    return sum;
}

// A13, and the other two
TEST(ReplayBuffer, DrawsByItsPriority) {
    constexpr int64_t count = 50, draws = 1'000'000;
    const ReplayBuffer buffer = filled(count);
    std::vector<double> by_rank, by_reward, evenly(count, 1.0);
    double total = 0;
    for (int64_t i = 0; i < count; ++i) {
        total += std::exp(-0.1 * static_cast<double>(i));
    }
    for (int64_t i = 0; i < count; ++i) {  // log r falls with i
        by_rank.push_back(1 / (0.01 * count + static_cast<double>(i)));
        by_reward.push_back(0.25 * std::exp(-0.1 * static_cast<double>(i)) / total + 0.75 / count);
    }
    const auto statistic = [&](BufferPriority priority, const std::vector<double>& weights) {
        return chi_square(draw_from(buffer, priority, 1, draws, Random{11}), weights);
    };
    EXPECT_LT(statistic(BufferPriority::Rank, by_rank), chi_square_limit(count - 1));
    EXPECT_LT(statistic(BufferPriority::Uniform, evenly), chi_square_limit(count - 1));
    EXPECT_LT(statistic(BufferPriority::Reward, by_reward), chi_square_limit(count - 1));
    EXPECT_GT(statistic(BufferPriority::Rank, evenly), 10 * chi_square_limit(count - 1));
}

TEST(ReplayBuffer, ForgetsTheOldestAndKeepsLogRApartFromBeta) {
    ReplayBuffer buffer;
    buffer.capacity = 5;
    for (int64_t first = 0; first < 9; first += 3) {
        const torch::Tensor rows = torch::arange(first, first + 3, torch::kFloat64);
        buffer.add(rows.unsqueeze(1), {rows * 10, rows});
    }
    EXPECT_EQ(buffer.count, 5);
    const std::vector<double> expected_x{5, 6, 7, 8, 4};
    for (size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(buffer.x[static_cast<int64_t>(i)][0].item<float>(), static_cast<float>(expected_x[i]));
        EXPECT_EQ(buffer.log_w(0.5)[i], 10.5 * expected_x[i]);
    }
}

TEST(ReplayBuffer, IsDescribedByItsRewardsAndTheRankOfTheNewest) {
    EXPECT_TRUE(std::isnan(describe_buffer(ReplayBuffer{}, 1, 5).median));
    ReplayBuffer buffer = filled(101);  // log r from 0 down to -10
    BufferNumbers numbers = describe_buffer(buffer, 1, 1);
    EXPECT_NEAR(numbers.low, -9, 1e-5);
    EXPECT_NEAR(numbers.median, -5, 1e-5);
    EXPECT_NEAR(numbers.high, -1, 1e-5);
    EXPECT_NEAR(numbers.newest_rank, 1, 0.01) << "the last is the worst";
    EXPECT_NEAR(describe_buffer(buffer, 1, 101).newest_rank, 0.5, 1e-9) << "all of them are average";
    const torch::Tensor best = torch::ones({1, 1}, torch::kFloat64);
    buffer.add(best, {torch::zeros({1}, torch::kFloat64), torch::ones({1}, torch::kFloat64)});
    EXPECT_NEAR(describe_buffer(buffer, 1, 1).newest_rank, 0, 0.01) << "it took the place of the oldest";
}

TEST(Batch, SharesAreApportionedWithoutALoss) {
    const auto counts = apportioned({0.5, 0, 0.3, 0.2, 0, 0, 0}, 7);
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), int64_t{0}), 7);
    EXPECT_EQ(counts[0], 4);
    EXPECT_EQ(counts[2], 2);
    EXPECT_EQ(counts[3], 1);
    EXPECT_EQ(apportioned({0, 0, 0, 0, 0, 0, 0}, 9)[0], 9) << "the policy is always there";
}

// A12: chains of the local search on N(m, S), started far off. Of the 2,000 chains, 20 places each are kept that
// remember little of each other: 3 % of a variance are about four standard errors.
TEST(LocalSearch, ComesToTheTargetAndToItsAcceptance) {
    Scenario scenario = test::scenario("gaussian", "none", "diffusion_sampler");
    const torch::Tensor m = torch::tensor({1.0, -2.0}, torch::kFloat64);
    const torch::Tensor s = torch::tensor({{0.8, 0.4}, {0.4, 1.3}}, torch::kFloat64);
    scenario.prior.params.set("mean", test::vector({1, -2}));
    scenario.prior.params.set("covariance", Array{{2, 2}, {0.8, 0.4, 0.4, 1.3}});
    const Task task = test::task(scenario);
    const Setting setting = setting_of(task, pinned_brownian(2, 5, 3), 5);
    LocalSearchState state;
    ReplayBuffer kept;
    kept.capacity = 1'000'000;
    LocalSearchOptions options;
    options.steps = 400;
    options.burn_in = 200;
    local_search(*setting.model.terminal, options, 1, torch::zeros({2000, 2}), torch::kFloat64, Random{3}, state, kept);
    EXPECT_NEAR(state.acceptance, 0.574, 0.05);
    EXPECT_EQ(kept.count, 20 * 2000);
    const torch::Tensor x = kept.x.narrow(0, 0, kept.count).to(torch::kFloat64);
    const torch::Tensor covariance = x.t().cov();
    const torch::Tensor spread = s.diagonal().sqrt();
    EXPECT_LT(test::largest((x.mean(0) - m) / spread), 0.03) << x.mean(0);
    EXPECT_LT(test::largest((covariance - s) / at::outer(spread, spread)), 0.03) << covariance;
    const Terminal::Value again = setting.model.terminal->evaluate(x.narrow(0, 0, 100));
    for (int64_t i = 0; i < 100; ++i) {
        EXPECT_NEAR(kept.log_w(1)[static_cast<size_t>(i)], again.log_w(1)[i].item<double>(), 1e-4);
    }
}

/// A batch of 6.5 by one source alone.
Trajectories batch_by(const Setting& setting, TrajectorySource source, int64_t count, ReplayBuffer& buffer,
                      const torch::Tensor& data = {}) {
    BatchOptions options;
    options.batch = count;
    options.shares = {};
    options.shares.at(static_cast<size_t>(source)) = 1;
    options.data = data;
    options.priority = BufferPriority::Uniform;
    return draw_batch(setting.model, setting.policy, options, {.seed = 3, .iteration = 7, .exploration = 0.5}, buffer,
                      buffer);
}

TEST(Batch, EverySourceGivesTrajectoriesThatScoreAsTheyShould) {
    const Task task = test::noise_task(test::linear_outsourced("outsourced"));
    const Setting setting = setting_of(task, stationary_reference(3, stationary_grid(8)), 0);
    ReplayBuffer buffer;
    buffer.capacity = 500;
    batch_by(setting, TrajectorySource::OnPolicy, 200, buffer);
    EXPECT_EQ(buffer.count, 200) << "new ends are kept";
    const torch::Tensor data = torch::ones({4, 3}, torch::kFloat64);
    for (int64_t i = 0; i < trajectory_sources; ++i) {
        const auto source = static_cast<TrajectorySource>(i);
        SCOPED_TRACE(to_string(source));
        const Trajectories batch = batch_by(setting, source, 60, buffer, data);
        ASSERT_EQ(batch.count(), 60);
        EXPECT_TRUE(std::ranges::all_of(batch.source, [&](TrajectorySource of) { return of == source; }));
        for (int64_t k = 0; k < 8; ++k) {
            EXPECT_LT(test::largest(batch.mean.select(0, k) - setting.model.reference->mean(k, batch.x.select(0, k))),
                      1e-12);
        }
        const Terminal::Value value = setting.model.terminal->evaluate(batch.last());
        EXPECT_LT(test::largest(value.log_r - batch.value.log_r), 1e-5) << "ends in the buffer are rounded";
    }
}

// Resampled rollouts of the reference are draws from the posterior: five standard errors of its mean.
TEST(Batch, ReferenceRolloutsResampledByTheRewardArePosteriorDraws) {
    const Task task = test::noise_task(test::linear_outsourced("outsourced"));
    const Setting setting = setting_of(task, stationary_reference(3, stationary_grid(25)), 0);
    ReplayBuffer buffer;
    const Trajectories batch = batch_by(setting, TrajectorySource::Reference, 20'000, buffer);
    const torch::Tensor mean = batch.last().mean(0);
    const std::vector<double> exact{.444444, .666667, -.444444};
    for (int64_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(mean[i].item<double>(), exact[static_cast<size_t>(i)], 0.035);
    }
}

TEST(Batch, FallsBackOnTheBufferWhereTheReferenceHasNothing) {
    Scenario scenario = test::linear_outsourced("outsourced");
    scenario.condition.params.set("observation", test::vector({12}));
    scenario.condition.params.set("noise", 0.05);
    const Task task = test::noise_task(scenario);
    const Setting setting = setting_of(task, stationary_reference(3, stationary_grid(8)), 0);
    ReplayBuffer buffer;
    buffer.capacity = 10;
    const torch::Tensor best = torch::tensor({{8.0 / 3, 4.0, -8.0 / 3}}, torch::kFloat64);
    buffer.add(best, setting.model.terminal->evaluate(best));
    const Trajectories batch = batch_by(setting, TrajectorySource::Reference, 30, buffer);
    EXPECT_LT(test::largest(batch.last() - best), 1e-5);
}

// Every group shares its observation, and its first member is a draw from that posterior: E[z | y] = (1, 1.5, -1) y
// / 4.5.
TEST(Batch, AmortisedGroupsShareAnObservationAndHoldADrawFromItsPosterior) {
    const Task task = test::noise_task(test::linear_outsourced("outsourced"));
    const Setting setting = setting_of(task, stationary_reference(3, stationary_grid(8)), 0, {}, 0.1, true);
    BatchOptions options;
    options.batch = 20'000;
    options.group = 4;
    const Trajectories batch = draw_amortised_batch(setting.model, setting.policy, options, {.seed = 5});
    const torch::Tensor y = batch.observed.view({5000, 4});
    EXPECT_EQ(test::largest(y - y.select(1, 0).unsqueeze(1)), 0);
    EXPECT_EQ(batch.source[4], TrajectorySource::Data);
    EXPECT_EQ(batch.source[5], TrajectorySource::OnPolicy);
    const torch::Tensor first = batch.last().view({5000, 4, 3}).select(1, 0);
    const torch::Tensor seen = y.select(1, 0);
    EXPECT_NEAR(seen.var().item<double>(), 4.5, 5 * 4.5 * std::sqrt(2.0 / 5000));
    const std::vector<double> slope{1 / 4.5, 1.5 / 4.5, -1 / 4.5};
    for (int64_t i = 0; i < 3; ++i) {
        const double covariance = (first.select(1, i) * seen).mean().item<double>();
        EXPECT_NEAR(covariance / 4.5, slope[static_cast<size_t>(i)], 0.05);
    }
}

TEST(Batch, AmortisedGroupsAreAllOfThePolicyForLossesThatWantThat) {
    const Task task = test::noise_task(test::linear_outsourced("outsourced"));
    const Setting setting = setting_of(task, stationary_reference(3, stationary_grid(8)), 0, {}, 0.1, true);
    BatchOptions options;
    options.batch = 12;
    options.group = 4;
    options.only = TrajectorySource::OnPolicy;
    const Trajectories batch =
        draw_amortised_batch(setting.model, setting.policy, options, {.seed = 5, .exploration = 1});
    EXPECT_EQ(batch.count(), 12);
    EXPECT_EQ(batch.source, std::vector<TrajectorySource>(12, TrajectorySource::OnPolicy));
    const torch::Tensor y = batch.observed.view({3, 4});
    EXPECT_EQ(test::largest(y - y.select(1, 0).unsqueeze(1)), 0);
    EXPECT_GT(std::abs((y[0][0] - y[1][0]).item<double>()), 0);
}

TEST(Batch, ABufferThatNothingElseFeedsIsFedByThePolicy) {
    const Task task = test::noise_task(test::linear_outsourced("outsourced"));
    const Setting setting = setting_of(task, stationary_reference(3, stationary_grid(8)), 0);
    BatchOptions options;
    options.batch = 10;
    options.only = TrajectorySource::Buffer;
    ReplayBuffer buffer;
    buffer.capacity = 100;
    for (int64_t i = 0; i < 3; ++i) {
        const Trajectories batch =
            draw_batch(setting.model, setting.policy, options, {.seed = 5, .iteration = i}, buffer, {});
        const auto source = i == 0 ? TrajectorySource::OnPolicy : TrajectorySource::Buffer;
        EXPECT_EQ(batch.source, std::vector<TrajectorySource>(10, source));
        EXPECT_EQ(buffer.count, 10 * (i + 1));
    }
}

}  // namespace
}  // namespace drift
