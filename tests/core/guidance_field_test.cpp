#include "core/guidance_field.h"

#include "core/mixture_view.h"
#include "core/publish.h"
#include "support/problems.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace drift {
namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

/// A finished run in float64 whose frames carry the field.
std::vector<FramePtr> frames_of(const Scenario& scenario, std::shared_ptr<const Scene>& scene) {
    Run run(scenario, {Device::Cpu, Precision::Float64, true, true});
    scene = run.scene();
    std::vector<FramePtr> frames;
    while (!run.finished()) {
        frames.push_back(run.advance());
    }
    return frames;
}

TEST(GuidanceField, ExactShiftIsTheGradientOfTheExactLikelihoodUnderNoise) {
    const Task task = test::task(test::scene_a("tds"));
    const GaussianMixture& prior = *task.problem.prior->mixture();
    const MixtureView before = view_of(prior);
    const MixtureView after = view_of(task.problem.exact->posterior);
    const std::vector<float> x{0.5F, -1, 2, 3, -4, 0.25F, 0, 0, 9, -9};
    const torch::Tensor places = torch::tensor(x).to(torch::kFloat64).view({-1, 2});
    const double h = 1e-4;
    for (const double sigma : {0.1, 1.0, 7.0}) {
        const std::vector<float> shift = exact_shift(before, after, sigma, x);
        for (int64_t axis = 0; axis < 2; ++axis) {
            torch::Tensor step = torch::zeros({2}, torch::kFloat64);
            step[axis] = h;
            const auto& measurement = *task.problem.condition->linear();
            const torch::Tensor slope = sigma * sigma *
                                        (exact_log_twist(prior, measurement, places + step, sigma) -
                                         exact_log_twist(prior, measurement, places - step, sigma)) /
                                        (2 * h);
            for (int64_t i = 0; i < 5; ++i) {
                const double expected = slope[i].item<double>();
                EXPECT_NEAR(static_cast<double>(shift[static_cast<size_t>(2 * i + axis)]), expected,
                            1e-5 * (1 + std::abs(expected)))
                    << "sigma " << sigma << ", place " << i << ", axis " << axis;
            }
        }
    }
}

TEST(GuidanceField, DenoisedIsThatOfThePriorForMoreRowsThanOneThreadTakes) {
    const Task task = test::task(test::scene_a("tds"));
    const std::vector<float> x = grid_points({-5, 5, -4, 4, 15, 11});
    ASSERT_EQ(x.size(), 2U * 165);
    const std::vector<double> denoised = denoised_by(view_of(*task.problem.prior->mixture()), 0.7, x);
    const torch::Tensor places = torch::tensor(x).to(torch::kFloat64).view({-1, 2});
    const std::vector<double> expected = to_doubles(task.problem.prior->mixture()->denoise(places, 0.7));
    for (size_t i = 0; i < x.size(); ++i) {
        EXPECT_NEAR(denoised[i], expected[i], 1e-9);
    }
}

TEST(GuidanceField, OfTheExactTwistUnderAGaussianPriorIsTheExactOne) {
    std::shared_ptr<const Scene> scene;
    const std::vector<FramePtr> frames = frames_of(test::t9_scenario("tds"), scene);
    for (size_t k = 0; k + 1 < frames.size(); ++k) {
        const auto field = guidance_field(*frames[k], *scene);
        ASSERT_TRUE(field) << k;
        ASSERT_EQ(field->exact.size(), 800U);
        for (size_t i = 0; i < 400; ++i) {
            EXPECT_NEAR(field->agreement.cosine[i], 1, 1e-4) << "state " << k << ", point " << i;
            EXPECT_NEAR(field->agreement.log_ratio[i], 0, 2e-3) << "state " << k << ", point " << i;
        }
        const FieldNumbers numbers = field_at_particles(*frames[k], *scene);
        EXPECT_NEAR(numbers.cosine, 1, 1e-4);
        EXPECT_NEAR(numbers.ratio, 1, 1e-3);
    }
    EXPECT_TRUE(frames.back()->field.empty()) << "no step leaves the clean samples";
    EXPECT_FALSE(guidance_field(*frames.back(), *scene));
}

TEST(GuidanceField, GoesWithTheStrengthOfTheGuidanceAndWithTheErrorModel) {
    std::shared_ptr<const Scene> scene;
    Scenario strong = test::t9_scenario("tmpd");
    strong.sampler.params.set("guidance", Curve(2));
    const std::vector<FramePtr> twice = frames_of(strong, scene);
    EXPECT_NEAR(field_at_particles(*twice[10], *scene).ratio, 2, 2e-3);
    EXPECT_NEAR(guidance_field(*twice[10], *scene)->agreement.log_ratio[210], 1, 2e-3);

    // A point estimate leaves out how uncertain D is: it pulls too hard, more so where there is much noise.
    const std::vector<FramePtr> point = frames_of(test::t9_scenario("dps"), scene);
    EXPECT_GT(field_at_particles(*point[5], *scene).ratio, 5);
    EXPECT_GT(field_at_particles(*point[5], *scene).cosine, 0.99) << "but in the right direction";
}

TEST(GuidanceField, IsWhatTheParticlesFeelWhereTheyAre) {
    const Scenario scenario = test::scene_a("tds");
    const Task task = test::task(scenario);
    const auto sampler = make<Sampler>(scenario.sampler, task);
    State first;
    sampler->init(first, 64, Random{3});
    EXPECT_TRUE(torch::equal(sampler->shift_at(first, first.x), first.at_x.pull * first.shift_scale));
}

TEST(GuidanceField, IsOnlyThereWhereSomeoneAskedAndTheExactOneIsKnown) {
    drift::Run quiet(test::t9_scenario("tds"), {Device::Cpu, Precision::Float64, true, false});
    EXPECT_TRUE(quiet.advance()->field.empty());

    std::shared_ptr<const Scene> scene;
    Scenario line = test::line_scenario("tds", 1.5, 0.1, 10);
    EXPECT_TRUE(frames_of(line, scene)[3]->field.empty()) << "one dimension";
    Scenario unguided = test::t9_scenario("reverse_diffusion");
    EXPECT_TRUE(frames_of(unguided, scene)[3]->field.empty());
    EXPECT_FALSE(has_exact_field(*scene));
}

// The covariance of a grid of places would be another one than that of the particles.
TEST(GuidanceField, IsNotMadeUpWhereParticlesPullOnEachOther) {
    std::shared_ptr<const Scene> scene;
    const std::vector<FramePtr> frames = frames_of(test::t9_scenario("ensemble_kalman"), scene);
    EXPECT_TRUE(has_exact_field(*scene));
    EXPECT_TRUE(frames[5]->field.empty());
    EXPECT_FALSE(frames[5]->shift.empty()) << "where the particles are it is known";
}

TEST(GuidanceField, AgreementIsOfDirectionAndLength) {
    const Agreement each = agreement({1, 0, 0, 4, -3, -3, 0, 0, missing, 1}, {2, 0, 1, 0, 1, 1, 1, 1, 1, 1}, 2);
    ASSERT_EQ(each.cosine.size(), 5U);
    EXPECT_FLOAT_EQ(each.cosine[0], 1);
    EXPECT_FLOAT_EQ(each.log_ratio[0], -1);
    EXPECT_FLOAT_EQ(each.cosine[1], 0);
    EXPECT_FLOAT_EQ(each.log_ratio[1], 2);
    EXPECT_FLOAT_EQ(each.cosine[2], -1);
    EXPECT_TRUE(std::isnan(each.cosine[3])) << "nought has no direction";
    EXPECT_TRUE(std::isnan(each.log_ratio[3]));
    EXPECT_TRUE(std::isnan(each.cosine[4]));
    EXPECT_TRUE(std::isnan(each.log_ratio[4]));
}

TEST(GuidanceField, MedianIsOfTheWeight) {
    EXPECT_DOUBLE_EQ(weighted_median({3, 1, 2}, {}), 2);
    EXPECT_DOUBLE_EQ(weighted_median({3, 1, 2}, {0.6F, 0.2F, 0.2F}), 3);
    EXPECT_DOUBLE_EQ(weighted_median({missing, 1}, {0.9F, 0.1F}), 1);
    EXPECT_TRUE(std::isnan(weighted_median({}, {})));
}

TEST(GuidanceField, RatioOfForcesIsOfShiftAndScore) {
    Frame frame;
    frame.count = 3;
    frame.dimension = 2;
    frame.x = {0, 0, 1, 1, 2, 2};
    frame.denoised = {3, 4, 1, 0, 2, 2};
    frame.shift = {0, 5, 0.5F, 0, 1, 0};
    const std::vector<float> ratios = force_ratios(frame);
    ASSERT_EQ(ratios.size(), 3U);
    EXPECT_FLOAT_EQ(ratios[0], 1);
    EXPECT_FLOAT_EQ(ratios[1], 0.5F);
    EXPECT_TRUE(std::isnan(ratios[2])) << "no score";
    frame.shift.clear();
    EXPECT_TRUE(force_ratios(frame).empty());
}

}  // namespace
}  // namespace drift
