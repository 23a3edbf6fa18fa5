#include "core/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace drift {
namespace {

class EverySchedule : public ::testing::TestWithParam<std::string> {};

TEST_P(EverySchedule, FallsStrictlyToZeroForAnyNumberOfSteps) {
    for (const int64_t steps : {1, 2, 3, 18, 60, 500, 1000}) {
        Choice choice = default_choice(Kind::Schedule, GetParam());
        choice.params.set("steps", steps);
        const Schedule schedule = make_schedule(choice);
        ASSERT_EQ(schedule.steps(), steps);
        EXPECT_EQ(schedule.sigma.back(), 0.0);
        for (int64_t k = 0; k < steps; ++k) {
            EXPECT_GT(schedule.at(k), schedule.at(k + 1)) << GetParam() << " with " << steps << " steps, at " << k;
        }
    }
}

std::vector<std::string> keys() {
    std::vector<std::string> result;
    for (const Item& item : items(Kind::Schedule)) {
        result.push_back(item.key);
    }
    return result;
}

INSTANTIATE_TEST_SUITE_P(Catalog, EverySchedule, ::testing::ValuesIn(keys()),
                         [](const auto& test) { return test.param; });

Choice with(const std::string& type, std::vector<std::pair<std::string, Value>> values) {
    Choice choice = default_choice(Kind::Schedule, type);
    for (const auto& [key, value] : values) {
        choice.params.set(key, value);
    }
    return choice;
}

// T4 of guidance.md 6.2: end points exact.
TEST(Schedules, WithARangeBeginAndEndOnIt) {
    for (const std::string type : {"edm", "ve", "log_linear", "cosine"}) {
        const Schedule schedule =
            make_schedule(with(type, {{"sigma_max", 80.0}, {"sigma_min", 0.002}, {"steps", int64_t{18}}}));
        EXPECT_EQ(schedule.at(0), 80.0) << type;
        EXPECT_EQ(schedule.at(17), 0.002) << type;
    }
}

TEST(Schedules, VariancePreservingStartsWhereTheFormulaSays) {
    const Schedule schedule = make_schedule(default_choice(Kind::Schedule, "vp"));
    EXPECT_NEAR(schedule.at(0), std::sqrt(std::exp(10.05) - 1), 1e-12 * 152.2);
    EXPECT_NEAR(schedule.at(0), 152.2, 0.05);
}

TEST(Schedules, CosineFollowsItsAngle) {
    const Schedule schedule = make_schedule(with("cosine", {{"steps", int64_t{50}}}));
    // In the angle of the VP process, atan sigma up to the normalisation at t = 0, levels are evenly spaced.
    const double s = 0.008;
    const double at_zero = std::cos(M_PI / 2 * s / (1 + s));
    const auto angle = [&](double sigma) { return std::acos(at_zero / std::sqrt(1 + sigma * sigma)); };
    const double first = angle(schedule.at(1)) - angle(schedule.at(0));
    for (int64_t k = 1; k + 1 < 50; ++k) {
        EXPECT_NEAR(angle(schedule.at(k + 1)) - angle(schedule.at(k)), first, 1e-9);
    }
}

TEST(Schedules, DdpmUsesTheTrainedLevels) {
    const Schedule all = make_schedule(with("ddpm", {{"steps", int64_t{1000}}}));
    double abar = 1;
    for (int j = 0; j < 1000; ++j) {
        abar *= 1 - (1e-4 + (0.02 - 1e-4) * j / 999);
        EXPECT_NEAR(all.at(999 - j) / std::sqrt((1 - abar) / abar), 1, 1e-9);
    }
    const Schedule some = make_schedule(with("ddpm", {{"steps", int64_t{20}}, {"spacing", std::string("quad")}}));
    EXPECT_EQ(some.at(0), all.at(0));
    EXPECT_EQ(some.at(19), all.at(999));
    const Schedule five = make_schedule(with("ddpm", {{"steps", int64_t{5}}, {"spacing", std::string("quad")}}));
    for (const auto& [k, index] : std::vector<std::pair<int64_t, int64_t>>{{1, 865}, {2, 706}, {3, 500}}) {
        EXPECT_EQ(five.at(k), all.at(999 - index)) << "T sqrt(u)";
    }
}

TEST(Schedules, DrawnPassesThroughItsKnots) {
    const Schedule schedule =
        make_schedule(with("drawn", {{"knots", Array{{3, 2}, {0, 3, 0.5, 1, 1, -4}}}, {"steps", int64_t{5}}}));
    EXPECT_NEAR(schedule.at(0), std::exp(3), 1e-12);
    EXPECT_NEAR(schedule.at(2), std::exp(1), 1e-12);
    EXPECT_NEAR(schedule.at(4), std::exp(-4), 1e-12);
}

TEST(Schedules, DrawnGoesStraightInLogarithmsWhereItIsToldTo) {
    const Array knots{{3, 2}, {0, 3, 0.5, 1, 1, -4}};
    const Schedule straight = make_schedule(
        with("drawn", {{"knots", knots}, {"interpolation", std::string("linear")}, {"steps", int64_t{5}}}));
    EXPECT_NEAR(straight.at(1), std::exp(2), 1e-12);
    EXPECT_NEAR(straight.at(3), std::exp(-1.5), 1e-12);
    const Schedule smooth = make_schedule(with("drawn", {{"knots", knots}, {"steps", int64_t{5}}}));
    EXPECT_GT(std::abs(smooth.at(1) - straight.at(1)), 1e-3);
}

// Outside its knots a curve is constant, but a schedule goes on falling.
TEST(Schedules, DrawnFallsStrictlyBeyondItsKnotsToo) {
    for (const int64_t steps : {2, 7, 100, 20000}) {
        const Schedule schedule =
            make_schedule(with("drawn", {{"knots", Array{{3, 2}, {0.3, 3, 0.5, -1, 0.6, -1.0001}}}, {"steps", steps}}));
        for (int64_t k = 0; k < steps; ++k) {
            ASSERT_GT(schedule.at(k), schedule.at(k + 1)) << k << " of " << steps;
        }
        EXPECT_NEAR(schedule.at(0), std::exp(3), 1e-9);
        EXPECT_NEAR(schedule.at(steps - 1), std::exp(-1.0001), 1e-4);
    }
}

TEST(Schedules, RefuseWhatDoesNotFall) {
    EXPECT_THROW(make_schedule(with("edm", {{"sigma_min", 30.0}})), UserError);
    EXPECT_THROW(make_schedule(with("drawn", {{"knots", Array{{2, 2}, {0, 1, 1, 2}}}})), UserError);
    EXPECT_THROW(make_schedule(with("drawn", {{"knots", Array{{3, 2}, {0, 1, 0.5, -1, 1, -1}}}})), UserError)
        << "level";
    EXPECT_THROW(make_schedule(with("ddpm", {{"steps", int64_t{1001}}})), UserError);
}

// T2: in VP coordinates x~ = x / sqrt(1 + sigma^2) the step is DDIM with its eta, for any eta.
TEST(ReverseStep, IsDdimInVariancePreservingCoordinates) {
    for (const double eta : {0.0, 0.5, 1.0}) {
        for (const auto& [sigma, next] : std::vector<std::pair<double, double>>{{20, 15}, {1.3, 0.7}, {0.05, 0.02}}) {
            const double abar = 1 / (1 + sigma * sigma);
            const double abar_next = 1 / (1 + next * next);
            const double x = 1.7;
            const double denoised = -0.4;
            const double z = 0.9;
            // Song, Meng and Ermon (2021), equations 12 and 16.
            const double noise = (std::sqrt(abar) * x - std::sqrt(abar) * denoised) / std::sqrt(1 - abar);
            const double spread = eta * std::sqrt((1 - abar_next) / (1 - abar)) * std::sqrt(1 - abar / abar_next);
            const double ddim =
                std::sqrt(abar_next) * denoised + std::sqrt(1 - abar_next - spread * spread) * noise + spread * z;

            const double tau = injected_noise(sigma, next, eta);
            const double c = keep_factor(sigma, next, tau);
            const double ours = (1 - c) * denoised + c * x + tau * z;
            EXPECT_NEAR(ours * std::sqrt(abar_next), ddim, 1e-12) << "eta " << eta << ", sigma " << sigma;
        }
    }
}

TEST(ReverseStep, NeverInjectsMoreThanTheNextLevelHolds) {
    EXPECT_EQ(injected_noise(2, 1, 1.5), 1.0);  // 1.5 times the ancestral .866 would be more
    EXPECT_EQ(keep_factor(2, 1, 1), 0.0);       // full re-noising keeps nothing
    EXPECT_EQ(injected_noise(2, 0, 1), 0.0);
}

}  // namespace
}  // namespace drift
