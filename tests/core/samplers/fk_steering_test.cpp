#include "support/ensembles.h"

namespace drift {
namespace {

using test::Ensemble;
using test::expect_average;
using test::expect_unbiased;
using test::repeat;

/// T19: modes at -2 and 2 with variance .25, r = -(x - 1)^2 / 4 but for the constant of the likelihood, K = 40, scored
/// at 8, 16, 24, 32.
Scenario two_modes(const std::string& potential, int64_t particles) {
    Scenario scenario = test::scenario("gaussian_mixture", "linear_gaussian", "fk_steering");
    scenario.prior.params.set("means", Array{{2, 1}, {-2, 2}});
    scenario.prior.params.set("covariance", Array{{}, {0.25}});
    scenario.prior.params.set("weights", test::vector({0.5, 0.5}));
    scenario.condition.params.set("matrix", test::row({1}));
    scenario.condition.params.set("observation", test::vector({1}));
    scenario.condition.params.set("noise", std::sqrt(2.0));
    scenario.schedule.params.set("steps", int64_t{40});
    scenario.sampler.params.set("score_every", 8.0);
    scenario.sampler.params.set("score_end", 32.0);
    scenario.sampler.params.set("potential", potential);
    scenario.particles = particles;
    return scenario;
}

const double two_modes_log_z = -0.7948 - 0.5 * std::log(4 * M_PI);

double right_of_zero(const Samples& samples) {
    double share = 0;
    for (size_t i = 0; i < samples.values.size(); ++i) {
        share += samples.values[i] > 0 ? std::exp(samples.log_weights[i]) : 0;
    }
    return share;
}

// T19, diff and max, with the right correction at the end.
TEST(FkSteering, HasTheSameTargetForEveryPotential) {
    for (const char* potential : {"difference", "max", "reward", "none"}) {
        SCOPED_TRACE(potential);
        const Ensemble ensemble = repeat(two_modes(potential, 2048), 40, two_modes_log_z);
        expect_unbiased(ensemble);
        expect_average(ensemble, test::means(ensemble.first), 1.3537);
        const double mean = test::repeated(test::means(ensemble.first)).mean;
        EXPECT_GT(mean, 1) << "with the wrong correction at the end max gives .25";
        EXPECT_LT(mean, 1.6) << "and sum 1.76";
        std::vector<double> share;
        for (const Samples& samples : ensemble.samples) {
            share.push_back(right_of_zero(samples));
        }
        expect_average(ensemble, share, 0.8543);
    }
}

// T19 and 1.6.9, with resampling at every score: the deviation of the posterior mean by the potential.
TEST(FkSteering, VariesMostWithTheSumOfRewards) {
    const auto deviation = [](const std::string& potential, int64_t runs) {
        Scenario scenario = two_modes(potential, 256);
        scenario.sampler.params.set("resample_below", 1.0);
        return test::repeated(test::means(repeat(scenario, runs, two_modes_log_z).first)).deviation;
    };
    EXPECT_NEAR(deviation("difference", 200), 0.099, 0.02);
    EXPECT_NEAR(deviation("max", 200), 0.104, 0.02);
    // Of heavy tails: halves of 400 runs differ by .09, so the deviation of all has a standard error of about .03. The
    // same tails keep sum out of the test above: one Z-hat of 400 is as large as all others together (the ratio to Z
    // has a deviation of 21), and an average of those says nothing of its error.
    EXPECT_NEAR(deviation("sum", 400), 0.405, 0.1);
}

// T19: the sum of rewards as well, whose wrong correction at the end would give a mean of 1.76. Weighed by Z-hat the
// runs would say nothing, see above, so it is the plain mean over runs, which is biased where each has few particles.
TEST(FkSteering, HasTheSameTargetForTheSumOfRewards) {
    Scenario scenario = two_modes("sum", 2048);
    const Ensemble ensemble = repeat(scenario, 200, two_modes_log_z);
    std::vector<double> share;
    for (const Samples& samples : ensemble.samples) {
        share.push_back(right_of_zero(samples));
    }
    const test::Repeated mean = test::repeated(test::means(ensemble.first));
    const test::Repeated right = test::repeated(share);
    EXPECT_NEAR(mean.mean, 1.3537, 4 * mean.error);
    EXPECT_NEAR(right.mean, 0.8543, 4 * right.error);
    EXPECT_LT(4 * mean.error, 0.2) << "so few say nothing";
}

/// The problem of T9; with a noise variance of .05 what D says of the likelihood is misleading early on, and estimates
/// by it have heavy tails.
Scenario t9(int64_t particles, double noise_variance, double threshold = 0.5) {
    Scenario scenario = test::t9_scenario("fk_steering");
    scenario.condition.params.set("noise", std::sqrt(noise_variance));
    scenario.sampler.params.set("resample_below", threshold);
    scenario.particles = particles;
    return scenario;
}

// T11: where resampling does not fire, weights are kept. Dropping them gives (1.137, -.039), (.234, .484). With many
// draws a score is the exact twist.
TEST(FkSteering, KeepsWeightsWhereItDoesNotResample) {
    Scenario scenario = t9(512, 0.05);
    scenario.sampler.params.set("reward_at", std::string("draws"));
    scenario.sampler.params.set("draws", int64_t{50});
    const Ensemble ensemble = repeat(scenario, 60);
    expect_unbiased(ensemble);
    expect_average(ensemble, test::means(ensemble.first), 1.474780);
    expect_average(ensemble, test::means(ensemble.second), 0.090786);
    expect_average(ensemble, test::squares(ensemble.first), 0.110135 + 1.474780 * 1.474780);
    expect_average(ensemble, test::squares(ensemble.second), 0.478532 + 0.090786 * 0.090786);
}

// T12.
TEST(FkSteering, HasTheSameExpectationForEveryThreshold) {
    const Scenario plain = t9(256, 0.5);
    const Task task = test::task(plain);
    const GaussianChain model =
        unguided_chain(*task.problem.prior->mixture(), task.schedule, at_steps(Curve(1), task.schedule));
    const GaussianMixture clean{torch::ones({1}, torch::kFloat64), model.mean.unsqueeze(0),
                                model.covariance.unsqueeze(0), CovarianceKind::Full};
    const double mean = exact_posterior(clean, *task.problem.condition->linear()).posterior.means[0][0].item<double>();
    for (const double threshold : {0.0, 0.5, 0.9, 1.0}) {
        SCOPED_TRACE(threshold);
        const Ensemble ensemble = repeat(t9(256, 0.5, threshold), 100);
        expect_unbiased(ensemble);
        expect_average(ensemble, test::means(ensemble.first), mean);
    }
}

TEST(FkSteering, IsUnbiasedWithGuidedStepsAndWithDraws) {
    for (const char* potential : {"difference", "max"}) {
        SCOPED_TRACE(potential);
        Scenario guided = t9(256, 0.5);
        guided.sampler.params.set("kernel", std::string("gradient"));
        guided.sampler.params.set("potential", std::string(potential));
        expect_unbiased(repeat(guided, 100));
        Scenario drawn = t9(256, 0.5);
        drawn.sampler.params.set("reward_at", std::string("draws"));
        drawn.sampler.params.set("potential", std::string(potential));
        expect_unbiased(repeat(drawn, 100));
    }
}

// guidance.md 1.6.9: scored are R = {start, start + every ... end} and the last; nothing is weighed or drawn elsewhere.
TEST(FkSteering, ScoresAndResamplesInItsIntervalAlone) {
    Scenario scenario = two_modes("difference", 64);
    scenario.sampler.params.set("resample_below", 1.0);
    scenario.sampler.params.set("score_start", 0.25);
    scenario.sampler.params.set("score_every", 0.2);
    scenario.sampler.params.set("score_end", 30.0);
    drift::Run run(scenario);
    std::vector<int64_t> scored, resampled;
    while (!run.finished()) {
        const FramePtr frame = run.advance();
        const StepNumbers& numbers = frame->numbers;
        if (!frame->rewards.empty()) {
            scored.push_back(numbers.step);
            EXPECT_LE(numbers.reward_low, numbers.reward_median);
            EXPECT_LE(numbers.reward_median, numbers.reward_high);
        }
        EXPECT_EQ(std::isnan(numbers.conditional_ess), frame->rewards.empty());
        EXPECT_EQ(std::isnan(numbers.reward_median), frame->rewards.empty());
        if (numbers.resampled) {
            resampled.push_back(numbers.step);
        }
    }
    EXPECT_EQ(scored, (std::vector<int64_t>{10, 18, 26, 40}));
    EXPECT_EQ(resampled, (std::vector<int64_t>{10, 18, 26}));
    scenario.sampler.params.set("resample_every", int64_t{2});
    drift::Run seldom(scenario);
    while (!seldom.finished()) {
        const FramePtr frame = seldom.advance();
        EXPECT_EQ(frame->numbers.resampled, frame->numbers.step == 18) << frame->numbers.step;
    }
}

TEST(FkSteering, KeepsTheBestOfEachGroup) {
    Scenario scenario = two_modes("best_of", 50);
    scenario.sampler.params.set("best_of", int64_t{8});
    const drift::Run run = test::finished(scenario);
    const Samples samples = run.samples();
    EXPECT_TRUE(std::isnan(run.summary().log_z));
    for (size_t first = 0; first < 50; first += 8) {
        const size_t end = std::min<size_t>(first + 8, 50);
        size_t best = first;
        for (size_t i = first; i < end; ++i) {
            best = std::abs(samples.values[i] - 1) < std::abs(samples.values[best] - 1) ? i : best;
        }
        for (size_t i = first; i < end; ++i) {
            EXPECT_NEAR(std::exp(samples.log_weights[i]), i == best ? 1.0 / 7 : 0.0, 1e-12) << i;
        }
    }
}

/// The potential of state k by hand, lambda = 2.
TEST(Potential, AddsUpToTheRewardWhateverTheScoresWere) {
    Task task = test::task(two_modes("max", 3));
    const torch::Tensor x = torch::tensor({-1.0, 0.5, 3.0}, torch::kFloat64).unsqueeze(1);
    const torch::Tensor first = torch::tensor({2.0, 0.0, 1.0}, torch::kFloat64).unsqueeze(1);
    const torch::Tensor second = torch::tensor({0.0, 1.0, 4.0}, torch::kFloat64).unsqueeze(1);
    const auto reward = [&](const torch::Tensor& at) { return 2 * task.problem.condition->log_likelihood(at); };
    const std::vector<std::pair<PotentialKind, torch::Tensor>> expected{
        {PotentialKind::Difference, reward(second)},
        {PotentialKind::Max, reward(first) + at::maximum(reward(first), reward(second))},
        {PotentialKind::Sum, 2 * reward(first) + reward(second)},
        {PotentialKind::Reward, reward(first) + reward(second)},
        {PotentialKind::None, torch::zeros({3}, torch::kFloat64)}};
    for (const auto& [kind, total] : expected) {
        PotentialOptions options;
        options.kind = kind;
        options.lambda = 2;
        options.start = options.every = 2;
        options.end = 4;
        const Potential potential(task.problem, options);
        const auto state_at = [&](int64_t step, const torch::Tensor& denoised) {
            State state;
            state.step = step;
            state.x = state.at_x.denoised = denoised;
            state.log_weights = torch::zeros({3}, torch::kFloat64);
            return state;
        };
        State start = state_at(0, x), two = state_at(2, first), three = state_at(3, x), four = state_at(4, second);
        potential.start(start, 5);
        EXPECT_FALSE(start.scored);
        EXPECT_EQ(start.log_potential.abs().max().item<double>(), 0);
        potential.spend(two, 3, start.log_potential, start.running);
        EXPECT_TRUE(two.scored);
        potential.spend(three, 2, two.log_potential, two.running);
        EXPECT_FALSE(three.scored);
        EXPECT_TRUE(torch::equal(three.log_potential, two.log_potential));
        potential.spend(four, 1, three.log_potential, three.running);
        EXPECT_TRUE(at::allclose(four.log_potential, total, 1e-12)) << static_cast<int>(kind);
        State last = state_at(5, x);
        potential.settle(last);
        EXPECT_TRUE(at::allclose(last.log_potential, reward(x), 1e-12)) << static_cast<int>(kind);
    }
}

TEST(FkSteering, RefusesGuidedStepsWithoutNoise) {
    Scenario scenario = two_modes("difference", 10);
    scenario.sampler.params.set("eta", Curve({{0, 1}, {0.8, 0}}, Interpolation::Linear));
    EXPECT_NO_THROW(drift::Run{scenario});
    scenario.sampler.params.set("kernel", std::string("gradient"));
    EXPECT_THROW(drift::Run{scenario}, UserError);
}

TEST(FkSteering, IsComparedWithThePowerOfTheRewardThatItAimsAt) {
    Scenario scenario = two_modes("difference", 1024);
    scenario.sampler.params.set("lambda", 2.0);
    scenario.schedule.params.set("steps", int64_t{160});  // 40 have a bias of three per cent
    scenario.sampler.params.set("score_every", 32.0);
    scenario.sampler.params.set("score_end", 128.0);
    // r^2 = N(1; x, 1) (4 pi)^-1 (2 pi)^(1/2), and N(1; -2, 1.25) / 2 + N(1; 2, 1.25) / 2 under the two modes.
    const auto density = [](double distance) {
        return std::exp(-distance * distance / 2.5) / std::sqrt(2 * M_PI * 1.25);
    };
    const double log_z = std::log((density(3) + density(1)) / 2) + 0.5 * std::log(2 * M_PI) - std::log(4 * M_PI);
    EXPECT_NEAR(drift::Run(scenario).scene()->exact_log_z.value(), log_z, 1e-9);
    expect_unbiased(repeat(scenario, 20, log_z));
}

TEST(FkSteering, WarnsWhereItsTargetIsNotThePosterior) {
    Scenario scenario = two_modes("difference", 10);
    const size_t plain = drift::Run(scenario).scene()->warnings.size();
    scenario.sampler.params.set("potential", std::string("best_of"));
    EXPECT_EQ(drift::Run(scenario).scene()->warnings.size(), plain + 1) << "who picks the best samples no posterior";
}

}  // namespace
}  // namespace drift
