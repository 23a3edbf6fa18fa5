#include "core/outcomes.h"

#include "support/training.h"

#include <numbers>

namespace drift {
namespace {

/// x ~ N(0, I) in the plane, y = x1 + noise of sd 0.5 seen at 1.
Scenario normal_plane(const std::string& sampler) {
    Scenario scenario = test::t9_scenario(sampler);
    scenario.prior.params.set("mean", test::vector({0, 0}));
    scenario.prior.params.set("covariance", Array{{}, {1}});
    scenario.condition.params.set("matrix", test::row({1, 0}));
    scenario.condition.params.set("observation", test::vector({1}));
    scenario.condition.params.set("noise", 0.5);
    scenario.particles = 2048;
    return scenario;
}

Summary summary_of(const Scenario& scenario) {
    RunOptions options;
    options.outcomes = true;
    Run run(scenario, options);
    while (!run.finished()) {
        run.advance();
    }
    return run.summary();
}

// Standard errors: of a mean reward over 2048 draws about .04, of a mean distance over 1024 about .02.
TEST(Outcomes, AreThoseOfGaussiansInClosedForm) {
    const Summary summary = summary_of(normal_plane("reverse_diffusion"));
    const double constant = -0.5 * std::log(2 * std::numbers::pi * 0.25);
    EXPECT_NEAR(summary.prior_outcome.reward, constant - (1 + 1) / 0.5, 0.3);  // sd of (x - 1)^2 / .5 is 4.9
    EXPECT_NEAR(summary.prior_outcome.diversity, std::sqrt(std::numbers::pi), 0.06);
    // x1 | y ~ N(.8, .2)
    EXPECT_NEAR(summary.exact_outcome.reward, constant - (0.2 + 0.04) / 0.5, 0.05);
    EXPECT_NEAR(summary.reweighted_outcome.reward, summary.exact_outcome.reward, 0.1);
    EXPECT_NEAR(summary.reweighted_outcome.diversity, summary.exact_outcome.diversity, 0.12);
    EXPECT_LT(summary.exact_outcome.diversity, summary.prior_outcome.diversity);
}

// A step to D(x) and fresh noise leaves out the variance of x0 | x: of 30 steps the variance comes out a fifth too
// small, of 400 by 2 %. E |X - X'| of N(0, diag(.2, 1)) is 1.331; a mean over 1024 draws has a standard error of .025.
TEST(Outcomes, OfAGoodMethodAreThoseOfThePosterior) {
    Scenario scenario = normal_plane("tds");
    scenario.schedule.params.set("steps", int64_t{400});
    const Summary summary = summary_of(scenario);
    EXPECT_NEAR(summary.outcome.reward, summary.exact_outcome.reward, 0.1);
    EXPECT_NEAR(summary.outcome.diversity, 1.331 * 0.99, 3 * 0.025);
    EXPECT_NEAR(summary.exact_outcome.diversity, 1.331, 3 * 0.025);
}

TEST(Outcomes, OfNoiseSpaceAreThoseOfItsData) {
    Scenario scenario = test::linear_outsourced("hmc");
    scenario.particles = 1024;
    const Summary summary = summary_of(scenario);
    EXPECT_TRUE(summary.exact_outcome.known()) << "the posterior of z has a closed form";
    EXPECT_NEAR(summary.outcome.reward, summary.exact_outcome.reward, 0.15);
    EXPECT_GT(summary.prior_outcome.diversity, summary.outcome.diversity);
}

TEST(Outcomes, AreUnknownWithoutACondition) {
    Scenario scenario = normal_plane("reverse_diffusion");
    scenario.condition = default_choice(Kind::Condition, "none");
    const Summary summary = summary_of(scenario);
    EXPECT_FALSE(summary.outcome.known());
    EXPECT_FALSE(summary.prior_outcome.known());
}

}  // namespace
}  // namespace drift
