// The fields of 1.6 and 1.7 of trained_samplers.md: learned, exact and by DPS, all as shifts of the expected end.
#include "core/training/correction.h"

#include "support/settings.h"
#include "support/training.h"

namespace drift {
namespace {

using test::largest;
using test::setting_of;

torch::Tensor places(int64_t count, double spread) {
    torch::Tensor x = torch::empty({count, 2}, torch::kFloat64);
    Random{3}.fill_normals(x, kernels::Purpose::Problem, 0);
    return x * spread;
}

/// z in the plane, x = A z, one line of it measured.
Scenario plane_map() {
    Scenario scenario = test::linear_outsourced("outsourced");
    scenario.prior.params.set("matrix", Array{{2, 2}, {1, 0.5, 0, 1}});
    return scenario;
}

std::vector<std::shared_ptr<const Reference>> references_of(const Task& task) {
    return {pinned_brownian(2, 5, 20), brownian_to_prior(task.problem.prior, 5, 20),
            frozen_prior(task.problem.prior, task.schedule), stationary_reference(2, stationary_grid(20))};
}

TEST(Bridge, SaysHowTheMeanOfAStepDependsOnTheEnd) {
    const Task task = test::task(test::t9_scenario("rtb"));
    const GaussianMixture& prior = *task.problem.prior->mixture();
    const auto normal = [](double variance) {
        return GaussianMixture{torch::ones({1}, torch::kFloat64), torch::zeros({1, 2}, torch::kFloat64),
                               torch::full({1}, variance, torch::kFloat64), CovarianceKind::Scalar};
    };
    const std::vector<GaussianMixture> ends{normal(5), prior, prior, normal(1)};
    const torch::Tensor x = places(20, 2);
    const auto references = references_of(task);
    for (size_t i = 0; i < references.size(); ++i) {
        for (const int64_t k : {int64_t{1}, references[i]->steps() / 2, references[i]->steps() - 1}) {
            const Bridge bridge = references[i]->bridge(k).value();
            const torch::Tensor end = ends[i].denoise(x * bridge.scale, bridge.sigma);
            EXPECT_LT(largest(x * bridge.kept + end * bridge.share - references[i]->mean(k, x)), 1e-9)
                << i << ", " << k;
        }
    }
    EXPECT_FALSE(references[0]->bridge(0)) << "one point says nothing of the end";
}

/// Slopes of `y` against the columns of `x` [n, m] without a constant, and their standard errors.
struct Regression {
    torch::Tensor slope, error;
};
Regression regression(const torch::Tensor& x, const torch::Tensor& y) {
    const torch::Tensor inverse = at::linalg_inv(x.t().matmul(x));
    const torch::Tensor slope = inverse.matmul(x.t().mv(y).unsqueeze(1)).squeeze(1);
    const double variance = (y - x.mv(slope)).square().mean().item<double>();
    return {slope, (inverse.diagonal() * variance).sqrt()};
}

// The bridge says of the next place and of the end what ways back from the end do: of many of them, whatever their ends
// are drawn from, a regression finds it.
TEST(Bridge, SaysWhatWaysBackFromTheEndDo) {
    constexpr int64_t count = 40'000;
    const auto normals = [](uint64_t seed) {
        torch::Tensor n = torch::empty({count, 2}, torch::kFloat64);
        Random{seed}.fill_normals(n, kernels::Purpose::Problem, 0);
        return n;
    };
    const auto references = references_of(test::task(test::t9_scenario("rtb")));
    for (size_t i = 0; i < references.size(); ++i) {
        const Reference& reference = *references[i];
        const int64_t steps = reference.steps();
        const torch::Tensor end = 1.7 * normals(1);
        const bool noised = reference.kind() == Reference::Kind::Diffusion;  // its last place is not clean yet
        std::vector<torch::Tensor> x{noised ? end + reference.sigma(steps) * normals(2) : end};
        for (int64_t k = steps - 1; k > 0; --k) {
            x.insert(x.begin(), reference.backward(k, x.front(), normals(10 + static_cast<uint64_t>(k))));
        }
        for (const int64_t k : {int64_t{1}, steps / 3, steps - 2}) {
            const Bridge bridge = reference.bridge(k).value();
            const torch::Tensor here = x.at(static_cast<size_t>(k - 1)).flatten();
            const torch::Tensor next = x.at(static_cast<size_t>(k)).flatten();
            const torch::Tensor ends = end.flatten();
            const Regression step = regression(torch::stack({here, ends}, 1), next);
            const torch::Tensor said = torch::tensor({bridge.kept, bridge.share}, torch::kFloat64);
            EXPECT_LT(largest((step.slope - said) / step.error), 5) << i << ", " << k << ": " << step.slope << said;
            if (k == steps - 2) {  // far from the end it hardly tells
                EXPECT_LT(step.error[1].item<double>(), 0.1 * bridge.share) << "so few say nothing";
            }
            const torch::Tensor noise = here * bridge.scale - ends;
            const Regression none = regression(ends.unsqueeze(1), noise);
            EXPECT_LT(largest(none.slope / none.error), 5) << i << ", " << k;
            const double deviation = std::sqrt(2.0 / static_cast<double>(noise.numel()));
            EXPECT_NEAR(noise.square().mean().item<double>() / (bridge.sigma * bridge.sigma), 1, 5 * deviation)
                << i << ", " << k;
        }
    }
}

// Brownian motion of variance 5 t in 20 steps: from x at t = 1/4 it goes a fifteenth of the way to its end in a step of
// 1/20, and 4 x is its end with noise of variance 5 (3/4) / (1/4).
TEST(Bridge, OfBrownianMotionIsThatOfItsClosedForm) {
    const auto reference = pinned_brownian(2, 5, 20);
    const Bridge bridge = reference->bridge(5).value();
    EXPECT_NEAR(bridge.share, 1.0 / 15, 1e-12);
    EXPECT_NEAR(bridge.kept, 14.0 / 15, 1e-12);
    EXPECT_NEAR(bridge.scale, 4, 1e-12);
    EXPECT_NEAR(bridge.sigma, std::sqrt(15.0), 1e-12);
    const Bridge last = reference->bridge(19).value();
    EXPECT_NEAR(last.share, 1, 1e-12);
    EXPECT_NEAR(last.kept, 0, 1e-12);
    EXPECT_NEAR(last.sigma, std::sqrt(5.0 / 19), 1e-12);
}

// 6.2: the kernel of a Gaussian posterior in noise space
TEST(CorrectionProbe, TheExactFieldIsThatOfTheExactKernel) {
    Scenario scenario = plane_map();
    scenario.prior.params.set("matrix", Array{{2, 2}, {1, 0, 0, 1}});
    scenario.prior.params.set("offset", test::vector({0, 0}));
    scenario.condition.params.set("matrix", Array{{2, 2}, {1, 0, 0, 1}});
    scenario.condition.params.set("observation", test::vector({2, -1}));
    const Task task = test::noise_task(scenario);
    const auto reference = stationary_reference(2, stationary_grid(12));
    const test::Setting setting = setting_of(task, reference, 0);
    const CorrectionProbe probe(task, setting.model);
    const double s = 0.25 / 1.25;  // variance of the posterior under noise of sd 0.5
    const torch::Tensor m = torch::tensor({2.0, -1.0}, torch::kFloat64) / 1.25;
    const torch::Tensor z = places(15, 1.5);
    for (const int64_t k : {0, 5, 11}) {
        double left = 1;
        for (int64_t j = k + 1; j < 12; ++j) {
            left *= 1 - reference->variance(j);
        }
        const double kept = 1 - reference->variance(k);
        const double next = left * s + 1 - left;
        const double here = left * kept * s + 1 - left * kept;
        const torch::Tensor mean =
            std::sqrt(left) * m + std::sqrt(kept) * next / here * (z - std::sqrt(left * kept) * m);
        const torch::Tensor wanted = (mean - reference->mean(k, z)) / reference->bridge(k)->share;
        EXPECT_LT(largest(probe.exact(k, z) - wanted), 1e-9) << k;
    }
}

TEST(CorrectionProbe, AGridFindsTheFieldThatTheClosedFormHas) {
    const Task task = test::noise_task(plane_map());
    ASSERT_NE(task.problem.exact, nullptr);
    Task blind = task;
    blind.problem.exact = nullptr;
    const auto reference = stationary_reference(2, stationary_grid(25));
    const test::Setting setting = setting_of(task, reference, 0);
    const CorrectionProbe closed(task, setting.model);
    const CorrectionProbe by_grid(blind, setting.model);
    const torch::Tensor z = places(30, 1);
    for (const int64_t k : {0, 12, 20}) {
        EXPECT_LT(largest(closed.exact(k, z) - by_grid.exact(k, z)), 1e-3) << k;
    }
    EXPECT_FALSE(by_grid.exact(24, z).defined() && reference->bridge(24)->sigma < 0.1) << "between the nodes";
}

TEST(CorrectionProbe, DpsIsTheGradientOfTheRewardAtTheExpectedEnd) {
    const Task task = test::task(test::t9_scenario("rtb"));
    const torch::Tensor x = places(12, 1.5);
    for (const auto& reference : references_of(task)) {
        if (reference->kind() == Reference::Kind::Stationary) {
            continue;  // of noise space
        }
        const bool brownian = reference->bridge(0) == std::nullopt && reference->calls() == 0;
        const test::Setting setting = setting_of(task, reference, brownian ? 5 : 0);
        const CorrectionProbe probe(task, setting.model);
        const int64_t k = reference->steps() / 2;
        const Bridge bridge = reference->bridge(k).value();
        const auto value = [&](const torch::Tensor& at) {
            const torch::Tensor end = (reference->mean(k, at) - at * bridge.kept) / bridge.share;
            return brownian ? setting.model.terminal->evaluate(end).log_w(1)
                            : task.problem.condition->log_likelihood(end);
        };
        const torch::Tensor field = probe.dps(k, x);
        for (int64_t axis = 0; axis < 2; ++axis) {
            const double h = 1e-4;
            torch::Tensor ahead = x.clone(), behind = x.clone();
            ahead.select(1, axis).add_(h);
            behind.select(1, axis).sub_(h);
            const torch::Tensor slope = (value(ahead) - value(behind)) / (2 * h * bridge.scale);
            const torch::Tensor wanted = slope * bridge.sigma * bridge.sigma;
            EXPECT_LT(largest((field.select(1, axis) - wanted) / (1 + wanted.abs())), 1e-5) << axis;
        }
    }
}

TEST(CorrectionProbe, WhatIsLearnedIsTheShiftOfTheStepInUnitsOfTheEnd) {
    const Task task = test::noise_task(plane_map());
    const auto reference = stationary_reference(2, stationary_grid(10));
    const test::Setting setting = setting_of(task, reference, 0);
    const CorrectionProbe probe(task, setting.model);
    const torch::Tensor z = places(9, 1);
    const torch::Tensor shift = setting.policy.answer({4}, policy_input(setting.model, z, {}, {})).shift.select(0, 0);
    EXPECT_LT(largest(probe.learned(setting.policy, 4, z) * reference->bridge(4)->share - shift), 1e-12);
    EXPECT_GT(largest(shift), 0);
}

TEST(CorrectionProbe, FramesOfATrainingCarryTheFieldWhereItWasAskedFor) {
    Scenario scenario = plane_map();
    test::set_values(scenario, {{"sampler.iterations", "4"},
                                {"sampler.report_every", "2"},
                                {"sampler.steps", "6"},
                                {"sampler.batch", "8"},
                                {"particles", "32"}});
    RunOptions options;
    options.field = true;
    drift::Run run(scenario, options);
    std::vector<FramePtr> frames;
    while (!run.finished()) {
        frames.push_back(run.advance());
    }
    ASSERT_GT(frames.size(), 6U);
    EXPECT_EQ(frames.at(1)->correction->numbers()->step, 3) << "half way while it learns";
    const CorrectionNumbers sampling = *frames.at(frames.size() - 2)->correction->numbers();
    EXPECT_TRUE(sampling.noise_space);
    EXPECT_EQ(sampling.step, 5);
    EXPECT_EQ(sampling.steps, 6);
    EXPECT_EQ(sampling.places.size(), 64U);
    for (const PlaneField* field : {&sampling.learned, &sampling.exact, &sampling.dps}) {
        EXPECT_EQ(field->on_grid.size(), static_cast<size_t>(2 * sampling.box.columns * sampling.box.rows));
        EXPECT_EQ(field->at_places.size(), sampling.places.size());
    }
    EXPECT_EQ(frames.back()->correction, nullptr) << "no step leaves the samples";
    EXPECT_LE(sampling.bytes(), frames.at(frames.size() - 2)->correction->bytes() + 64 * 4 * 8);
}

// Nobody looks at most states. What a picture shows is that of its state, however long ago it was.
TEST(CorrectionProbe, TheFieldIsComputedWhenItIsLookedAtAndTheSameThen) {
    Scenario scenario = plane_map();
    test::set_values(scenario, {{"sampler.iterations", "4"},
                                {"sampler.report_every", "1"},
                                {"sampler.steps", "4"},
                                {"sampler.batch", "8"},
                                {"particles", "32"}});
    RunOptions options;
    options.field = true;
    const auto run_through = [&](bool at_once) {
        drift::Run run(scenario, options);
        std::vector<std::shared_ptr<const CorrectionField>> fields;
        while (!run.finished()) {
            fields.push_back(run.advance()->correction);
            if (fields.back() == nullptr) {
                fields.pop_back();
                continue;
            }
            EXPECT_EQ(fields.back()->known(), nullptr) << "nobody looked";
            if (at_once) {
                fields.back()->numbers();
            }
        }
        return fields;
    };
    const auto early = run_through(true);
    const auto late = run_through(false);
    ASSERT_EQ(early.size(), late.size());
    ASSERT_GT(early.size(), 6U);
    for (size_t i = 0; i < late.size(); ++i) {
        ASSERT_EQ(late[i]->known(), nullptr);
        const CorrectionNumbers& now = *late[i]->numbers();
        const CorrectionNumbers& then = *early[i]->known();
        EXPECT_EQ(now.places, then.places) << i;
        EXPECT_EQ(now.learned.on_grid, then.learned.on_grid) << i;
        EXPECT_EQ(now.learned.at_places, then.learned.at_places) << i;
        EXPECT_EQ(now.exact.on_grid, then.exact.on_grid) << i;
        EXPECT_EQ(late[i]->known(), late[i]->numbers()) << "once";
    }
    EXPECT_NE(late[1]->known()->learned.on_grid, late[3]->known()->learned.on_grid) << "it learns in between";
}

}  // namespace
}  // namespace drift
