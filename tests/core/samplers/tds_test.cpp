#include "core/guided.h"
#include "core/oracles.h"
#include "support/problems.h"

namespace drift {
namespace {

/// Z-hat / Z of the discretised model in `runs` runs with different seeds, and what else each run said.
struct Ensemble {
    std::vector<double> ratio;
    std::vector<double> log_z;
    std::vector<double> mean;               // of the first coordinate
    std::vector<double> relative_variance;  // as estimated from the genealogy
    std::vector<double> least_ess;          // smallest ESS / n of the run
};

double model_log_z(const Scenario& scenario) {
    const Task task = test::task(scenario);
    return *discretised_log_z(task.problem, task.schedule, at_steps(Curve(1), task.schedule));
}

Ensemble repeat(Scenario scenario, int64_t runs) {
    const double exact = model_log_z(scenario);
    Ensemble result;
    for (int64_t r = 0; r < runs; ++r) {
        scenario.seed = 1000 + static_cast<uint64_t>(r);
        drift::Run run(scenario, {Device::Cpu, Precision::Float64, false});
        FramePtr frame;
        double least_ess = 1;
        while (!run.finished()) {
            frame = run.advance();
            least_ess = std::min(least_ess, frame->numbers.ess / static_cast<double>(scenario.particles));
        }
        result.least_ess.push_back(least_ess);
        result.log_z.push_back(frame->numbers.log_z);
        result.ratio.push_back(std::exp(frame->numbers.log_z - exact));
        result.relative_variance.push_back(frame->numbers.log_z_sd * frame->numbers.log_z_sd);
        result.mean.push_back(test::moments(run.samples(), 0).mean);
    }
    return result;
}

Scenario with(const std::string& twist, int64_t particles, double threshold = 0.5) {
    Scenario scenario = test::t9_scenario("tds");
    scenario.sampler.params.set("twist", twist);
    scenario.sampler.params.set("resample_below", threshold);
    scenario.particles = particles;
    return scenario;
}

void expect_unbiased(const Ensemble& ensemble) {
    const test::Repeated ratio = test::repeated(ensemble.ratio);
    EXPECT_LT(std::abs(ratio.mean - 1), 4 * ratio.error) << "mean " << ratio.mean << " +- " << ratio.error;
}

// T9 of guidance.md 6.2: Z-hat is unbiased for the discretised model.
TEST(Tds, EstimatesTheEvidenceWithoutBias) {
    EXPECT_NEAR(model_log_z(with("tweedie", 16)), -1.816097, 1e-6);
    const Ensemble few = repeat(with("tweedie", 16), 400);
    expect_unbiased(few);
    EXPECT_NEAR(test::repeated(few.log_z).deviation, 0.18, 0.04);

    const Ensemble many = repeat(with("tweedie", 256), 200);
    expect_unbiased(many);
    EXPECT_NEAR(test::repeated(many.log_z).deviation, 0.047, 0.012);
    EXPECT_NEAR(test::repeated(many.least_ess).mean, 0.63, 0.06);

    Scenario wide = with("pigdm", 256);
    wide.sampler.params.set("spread", 1.0);
    const Ensemble pigdm = repeat(wide, 200);
    expect_unbiased(pigdm);
    EXPECT_NEAR(test::repeated(pigdm.log_z).deviation, 0.058, 0.015);
}

// T9: the posterior of the discretised model, not that of the continuous one.
TEST(Tds, ConvergesToThePosteriorOfTheDiscretisedModel) {
    Scenario scenario = with("tweedie", 20000);
    const Samples samples = test::finished(scenario).samples();
    const test::Moments first = test::moments(samples, 0);
    const test::Moments second = test::moments(samples, 1);
    const double effective = 20000 * 0.5;
    EXPECT_NEAR(first.mean, 1.474780, 4 * std::sqrt(0.110135 / effective));
    EXPECT_NEAR(second.mean, 0.090786, 4 * std::sqrt(0.478532 / effective));
    EXPECT_NEAR(first.variance, 0.110135, 4 * 0.110135 * std::sqrt(2 / effective));
    EXPECT_NEAR(second.variance, 0.478532, 4 * 0.478532 * std::sqrt(2 / effective));
}

// T10: the error of the posterior mean falls with the root of the number of particles.
TEST(Tds, ConvergesAtTheRateOfMonteCarlo) {
    const auto error = [](int64_t particles) {
        double squares = 0;
        const Ensemble ensemble = repeat(with("tweedie", particles), 150);
        for (const double mean : ensemble.mean) {
            squares += (mean - 1.474780) * (mean - 1.474780) / static_cast<double>(ensemble.mean.size());
        }
        return std::sqrt(squares);
    };
    const double slope = std::log(error(256) / error(16)) / std::log(16.0);
    EXPECT_NEAR(slope, -0.5, 0.1);
}

// T12: whether and when it resamples changes no expectation; the same for both schemes.
TEST(Tds, HasTheSameExpectationForEveryThresholdAndScheme) {
    for (const double threshold : {0.0, 0.5, 0.9, 1.0}) {
        SCOPED_TRACE(threshold);
        expect_unbiased(repeat(with("tweedie", 64, threshold), 150));
    }
    Scenario multinomial = with("tweedie", 64, 1.0);
    multinomial.sampler.params.set("resampling", std::string("multinomial"));
    expect_unbiased(repeat(multinomial, 150));
}

// T16: the variance told by the families is the one seen over runs, with guidance and without.
TEST(Tds, KnowsItsOwnError) {
    for (const double guidance : {1.0, 0.0}) {
        Scenario scenario = with("tweedie", 256);
        scenario.sampler.params.set("guidance", Curve(guidance));
        const Ensemble ensemble = repeat(scenario, 400);
        const test::Repeated ratio = test::repeated(ensemble.ratio);
        const double seen = ratio.deviation * ratio.deviation;
        const double told = test::repeated(ensemble.relative_variance).mean;
        EXPECT_NEAR(told / seen, 1, 0.25) << "told " << told << ", seen " << seen << ", guidance " << guidance;
    }
}

// T20: Scene A of guidance.md 1.9.
TEST(Tds, ReproducesSceneA) {
    Scenario scenario = test::scene_a("tds");
    scenario.particles = 1024;
    std::vector<double> log_z;
    std::vector<double> left;
    for (uint64_t seed = 1; seed <= 8; ++seed) {
        scenario.seed = seed;
        drift::Run run(scenario, {Device::Cpu, Precision::Float32, true});
        FramePtr frame;
        while (!run.finished()) {
            frame = run.advance();
        }
        const ModeShares modes = mode_shares(*run.scene()->prior, frame->x, frame->weights);
        EXPECT_NEAR(modes.share[0], 0.038, 0.03);
        EXPECT_NEAR(modes.share[1], 0.962, 0.03);
        EXPECT_NEAR(modes.share[2], 0.0, 0.03);
        EXPECT_LE(modes.off_manifold, 0.01);
        log_z.push_back(frame->numbers.log_z);
        EXPECT_NEAR(run.summary().residual, 0.69, 0.06);
    }
    EXPECT_NEAR(test::repeated(log_z).mean, -2.90, 0.1);
}

TEST(Tds, NeedsNoiseInEveryStep) {
    Scenario scenario = test::scene_a("tds");
    scenario.sampler.params.set("eta", Curve({{0, 1}, {1, 0.01}}, Interpolation::Linear));
    EXPECT_NO_THROW(drift::Run{scenario});
    EXPECT_THROW(scenario.sampler.params.set("eta", Curve({{0, 1}, {1, 0}}, Interpolation::Linear)), UserError);
}

TEST(Tds, SaysSoWhenNoParticleIsLeft) {
    Scenario scenario = test::scene_a("tds");
    scenario.sampler.params.set("twist", std::string("point"));
    scenario.condition.params.set("observation", test::vector({1e6}));
    scenario.condition.params.set("noise", 1e-4);
    scenario.particles = 10;
    drift::Run run(scenario, {Device::Cpu, Precision::Float32, false});
    EXPECT_THROW(
        {
            while (!run.finished()) {
                run.advance();
            }
        },
        RunError);
}

}  // namespace
}  // namespace drift
