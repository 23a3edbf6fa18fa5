#include "core/guided.h"
#include "core/oracles.h"
#include "support/problems.h"

namespace drift {
namespace {

/// T3: prior N((.5, -.3), .7 I); the variance and mean of the discretised model by K.
struct Expected {
    int64_t steps;
    double variance;
};

/// T3's recursion by hand: x' = (1 - c) D(x) + c x + tau z with D(x) = mean + v / (v + sigma^2) (x - mean).
Expected by_hand(const Schedule& schedule, double mean, double& end) {
    double variance = schedule.at(0) * schedule.at(0);
    end = 0;
    for (int64_t k = 0; k < schedule.steps(); ++k) {
        const double tau = injected_noise(schedule.at(k), schedule.at(k + 1), 1);
        const double c = keep_factor(schedule.at(k), schedule.at(k + 1), tau);
        const double a = (1 - c) * 0.7 / (0.7 + schedule.at(k) * schedule.at(k)) + c;
        end = a * end + (1 - a) * mean;
        variance = a * a * variance + tau * tau;
    }
    return {schedule.steps(), variance};
}

TEST(ReverseDiffusion, FollowsTheAffineRecursionOnAGaussian) {
    for (const Expected expected : {Expected{10, 0.34950}, Expected{30, 0.54870}, Expected{100, 0.64966}}) {
        Scenario scenario = test::t9_scenario("reverse_diffusion");
        scenario.schedule.params.set("steps", expected.steps);
        const Task task = test::task(scenario);
        const GaussianChain chain =
            unguided_chain(*task.problem.prior->mixture(), task.schedule, at_steps(Curve(1), task.schedule));
        EXPECT_NEAR(chain.covariance[0][0].item<double>(), expected.variance, 6e-6) << "which has five digits";
        double mean = 0;
        EXPECT_NEAR(chain.covariance[0][0].item<double>(), by_hand(task.schedule, 0.5, mean).variance, 1e-9);
        EXPECT_NEAR(chain.mean[0].item<double>(), mean, 1e-9);
        by_hand(task.schedule, -0.3, mean);
        EXPECT_NEAR(chain.mean[1].item<double>(), mean, 1e-9);

        scenario.particles = 40000;
        const Samples samples = test::finished(scenario).samples();
        for (const size_t coordinate : {0U, 1U}) {
            const test::Moments measured = test::moments(samples, coordinate);
            const double variance = chain.covariance[0][0].item<double>();
            const double centre = chain.mean[static_cast<int64_t>(coordinate)].item<double>();
            EXPECT_NEAR(measured.mean, centre, 4 * std::sqrt(variance / 40000));
            EXPECT_NEAR(measured.variance, variance, 4 * variance * std::sqrt(2.0 / 40000));
        }
    }
}

TEST(ReverseDiffusion, HasTheMeansOfTheSpecification) {
    Scenario scenario = test::t9_scenario("reverse_diffusion");
    scenario.schedule.params.set("steps", int64_t{100});
    const Task task = test::task(scenario);
    const GaussianChain chain =
        unguided_chain(*task.problem.prior->mixture(), task.schedule, at_steps(Curve(1), task.schedule));
    EXPECT_NEAR(chain.mean[0].item<double>(), 0.499127, 1e-6);
    EXPECT_NEAR(chain.mean[1].item<double>(), -0.299476, 1e-6);
}

// T25: without resampling the path of a particle does not depend on the others.
TEST(ReverseDiffusion, MovesEveryParticleOnItsOwn) {
    Scenario scenario = test::scene_a("dps");
    scenario.particles = 300;
    const Samples many = test::finished(scenario, Precision::Float32).samples();
    scenario.particles = 37;
    const Samples few = test::finished(scenario, Precision::Float32).samples();
    for (size_t i = 0; i < few.values.size(); ++i) {
        ASSERT_EQ(few.values[i], many.values[i]) << "value " << i;
    }
}

}  // namespace
}  // namespace drift
