#include "support/ensembles.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace drift {
namespace {

using test::Ensemble;
using test::expect_unbiased;
using test::model_log_z;
using test::repeat;

Scenario with(const std::string& twist, int64_t particles, double threshold = 0.5) {
    Scenario scenario = test::t9_scenario("tds");
    scenario.sampler.params.set("twist", twist);
    scenario.sampler.params.set("resample_below", threshold);
    scenario.particles = particles;
    return scenario;
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

    expect_unbiased(repeat(with("exact", 64), 100));
    Scenario drawn = with("monte_carlo", 64);
    drawn.condition.params.set("noise", 0.7);
    expect_unbiased(repeat(drawn, 100));
}

// T9: on a Gaussian prior the exact twist is the Tweedie one.
TEST(Tds, WithTheExactTwistIsTheSameRunOnAGaussian) {
    const Samples exact = test::finished(with("exact", 100)).samples();
    const Samples tweedie = test::finished(with("tweedie", 100)).samples();
    for (size_t i = 0; i < exact.values.size(); ++i) {
        EXPECT_NEAR(exact.values[i], tweedie.values[i], 1e-5);
    }
    EXPECT_NEAR(test::finished(with("exact", 100)).summary().log_z,
                test::finished(with("tweedie", 100)).summary().log_z, 1e-9);
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

/// Root of the mean squared distance of the posterior mean from that of the discretised model, with its standard error.
std::pair<double, double> error_of_mean(const Scenario& scenario, int64_t runs) {
    const Ensemble ensemble = repeat(scenario, runs);
    std::vector<double> squares;
    for (size_t r = 0; r < ensemble.first.size(); ++r) {
        squares.push_back(std::pow(ensemble.first[r].mean - 1.474780, 2) +
                          std::pow(ensemble.second[r].mean - 0.090786, 2));
    }
    const test::Repeated mean = test::repeated(squares);
    return {std::sqrt(mean.mean), mean.error / (2 * std::sqrt(mean.mean))};
}

// T10: with the exact twist the error of the posterior mean falls by 4 from 16 particles to 256, as that of independent
// draws does, and from .234 to .057.
TEST(Tds, ConvergesAtTheRateOfMonteCarlo) {
    const auto [few, error_of_few] = error_of_mean(with("exact", 16), 400);
    const auto [many, error_of_many] = error_of_mean(with("exact", 256), 400);
    EXPECT_NEAR(few, 0.234, 4 * error_of_few);
    EXPECT_NEAR(many, 0.057, 4 * error_of_many);
    EXPECT_NEAR(std::log(many / few) / std::log(16.0), -0.5, 0.1);
}

/// Z-hat and, weighed by it, the posterior means of the discretised model.
void expect_right_on_average(const Scenario& scenario) {
    const Ensemble ensemble = repeat(scenario, 80);
    expect_unbiased(ensemble);
    test::expect_average(ensemble, test::means(ensemble.first), 1.474780);
    test::expect_average(ensemble, test::means(ensemble.second), 0.090786);
}

// T12: whether and when it resamples changes no expectation, nor how.
TEST(Tds, HasTheSameExpectationForEveryThreshold) {
    for (const double threshold : {0.0, 0.5, 0.9, 1.0}) {
        SCOPED_TRACE(threshold);
        expect_right_on_average(with("tweedie", 64, threshold));
    }
    Scenario seldom = with("tweedie", 64);
    seldom.sampler.params.set("resample_every", int64_t{7});
    expect_right_on_average(seldom);
}

TEST(Tds, HasTheSameExpectationForEverySchemeAndOrder) {
    for (const std::string& scheme : resampling_names()) {
        for (const std::string& order : particle_order_names()) {
            SCOPED_TRACE(testing::Message() << scheme << " " << order);
            Scenario scenario = with("tweedie", 64, 1.0);
            scenario.sampler.params.set("resampling", scheme);
            scenario.sampler.params.set("order", order);
            expect_right_on_average(scenario);
        }
    }
}

TEST(Tds, ResamplesAtEverySoManiethStateOnDemand) {
    Scenario scenario = with("tweedie", 64);
    scenario.sampler.params.set("resample_every", int64_t{7});
    drift::Run run(scenario);
    while (!run.finished()) {
        const FramePtr frame = run.advance();
        EXPECT_EQ(frame->numbers.resampled, !frame->last && (frame->numbers.step + 1) % 7 == 0);
    }
}

// T16: families and their weights as numbers of a run, against paths that are composed of the recorded ancestors.
TEST(Tds, TellsFamiliesByTheirAncestors) {
    for (const auto& [scheme, order] : std::vector<std::pair<std::string, std::string>>{
             {"systematic", "none"}, {"systematic", "hilbert"}, {"killing", "none"}, {"residual", "hilbert"}}) {
        SCOPED_TRACE(testing::Message() << scheme << " " << order);
        Scenario scenario = with("tweedie", 100, 0.9);
        scenario.sampler.params.set("resampling", scheme);
        scenario.sampler.params.set("order", order);
        drift::Run run(scenario);
        std::vector<size_t> eve(100);
        std::iota(eve.begin(), eve.end(), 0);
        int64_t resamplings = 0;
        while (!run.finished()) {
            const FramePtr frame = run.advance();
            if (!frame->ancestors.empty()) {
                ++resamplings;
                const std::vector<size_t> before = eve;
                for (size_t i = 0; i < eve.size(); ++i) {
                    eve[i] = before[static_cast<size_t>(frame->ancestors[i])];
                }
            }
            std::vector<double> share(100);
            for (size_t i = 0; i < eve.size(); ++i) {
                share[eve[i]] += static_cast<double>(frame->weights[i]);
            }
            double squares = 0;
            for (const double each : share) {
                squares += each * each;
            }
            EXPECT_EQ(frame->numbers.eves, static_cast<int64_t>(std::set<size_t>(eve.begin(), eve.end()).size()));
            EXPECT_NEAR(frame->numbers.genealogical_ess * squares, 1, 1e-5);
            EXPECT_NEAR(std::accumulate(share.begin(), share.end(), 0.0), 1, 1e-5);
        }
        EXPECT_GT(resamplings, 1);
    }
}

/// The evidence where the last step fills in what was measured and r^2 = C: p(y | x) is exact at the last noise level.
double filled_in_log_z(const Scenario& scenario) {
    const Task task = test::task(scenario);
    Schedule before = task.schedule;
    const double sigma = before.at(before.steps() - 1);
    before.sigma.pop_back();
    const GaussianChain noisy =
        unguided_chain(*task.problem.prior->mixture(), before, at_steps(Curve(1), task.schedule));
    const double gain = 0.7 / (0.7 + sigma * sigma);
    const double mean = gain * noisy.mean[0].item<double>() + (1 - gain) * 0.5;
    const double spread =
        gain * gain * noisy.covariance[0][0].item<double>() + 0.7 * sigma * sigma / (0.7 + sigma * sigma) + 0.05;
    return -0.5 * (1.6 - mean) * (1.6 - mean) / spread - 0.5 * std::log(2 * M_PI * spread);
}

// guidance.md 1.6.8: the mask's last step.
TEST(Tds, PutsMeasuredValuesInTheirPlacesWhereAskedTo) {
    Scenario scenario = with("pigdm", 64);
    scenario.condition.params.set("matrix", test::row({1, 0}));
    scenario.schedule.params.set("sigma_min", 0.3);
    scenario.sampler.params.set("masked_last", true);
    expect_unbiased(repeat(scenario, 200, filled_in_log_z(scenario)));
    const Samples samples = test::finished(scenario).samples();
    for (size_t i = 0; i < samples.values.size(); i += 2) {
        EXPECT_NEAR(samples.values[i], 1.6, 1e-5);
    }
    scenario.condition.params.set("matrix", test::row({1, 0.4}));
    EXPECT_THROW(drift::Run{scenario}, UserError);
}

/// The variance told by the families is the one seen over runs.
void expect_known_error(const Scenario& scenario) {
    const Ensemble ensemble = repeat(scenario, 400);
    const test::Repeated ratio = test::repeated(ensemble.ratio);
    const double seen = ratio.deviation * ratio.deviation;
    const double told = test::repeated(ensemble.relative_variance).mean;
    EXPECT_NEAR(told / seen, 1, 0.25) << "told " << told << ", seen " << seen;
}

// T16: with guidance, without, and without a twist as well.
TEST(Tds, KnowsItsOwnError) {
    for (const double guidance : {1.0, 0.0}) {
        SCOPED_TRACE(guidance);
        Scenario scenario = with("tweedie", 256);
        scenario.sampler.params.set("guidance", Curve(guidance));
        expect_known_error(scenario);
    }
    Scenario importance = test::t9_scenario("smc");
    importance.sampler.params.set("proposal", std::string("base"));
    importance.sampler.params.set("twist", std::string("none"));
    importance.particles = 256;
    expect_known_error(importance);
}

/// A row of the table of guidance.md 1.9, and what runs of it say.
struct SceneARow {
    std::string twist;
    double spread;  // 0: automatic
    double residual;
    double log_z;
    double log_z_within;
};
struct SceneARun {
    ModeShares modes;
    double residual;
    double log_z;
};

std::vector<SceneARun> runs_of(const SceneARow& row, int64_t particles, uint64_t runs) {
    Scenario scenario = test::scene_a("tds");
    scenario.sampler.params.set("twist", row.twist);
    scenario.sampler.params.set("spread", row.spread);
    scenario.particles = particles;
    std::vector<SceneARun> result;
    for (scenario.seed = 1; scenario.seed <= runs; ++scenario.seed) {
        drift::Run run(scenario, {Device::Cpu, Precision::Float32, true});
        FramePtr frame;
        while (!run.finished()) {
            frame = run.advance();
        }
        result.push_back(
            {mode_shares(*run.scene()->prior, frame->x, frame->weights), run.summary().residual, frame->numbers.log_z});
    }
    return result;
}

/// The mean over runs of a number of each.
template <class Number>
double mean_over(const std::vector<SceneARun>& runs, const Number& number) {
    std::vector<double> each(runs.size());
    std::ranges::transform(runs, each.begin(), number);
    return test::repeated(each).mean;
}

double log_z_over(const std::vector<SceneARun>& runs) {
    return mean_over(runs, [](const SceneARun& run) { return run.log_z; });
}

/// The row's mode shares and residual, on average over runs.
void expect_on_average(const std::vector<SceneARun>& runs, const SceneARow& row, double left) {
    const auto share = [&](size_t mode) {
        return mean_over(runs, [mode](const SceneARun& run) { return run.modes.share[mode]; });
    };
    EXPECT_NEAR(share(0), left, 0.03);
    EXPECT_NEAR(share(1), 1 - left, 0.03);
    EXPECT_NEAR(share(2), 0, 0.03);
    EXPECT_LE(mean_over(runs, [](const SceneARun& run) { return run.modes.off_manifold; }), 0.01);
    EXPECT_NEAR(mean_over(runs, [](const SceneARun& run) { return run.residual; }), row.residual, 0.06);
    EXPECT_NEAR(log_z_over(runs), row.log_z, row.log_z_within);
}

// T20: Scene A of guidance.md 1.9. A twist that trusts the prediction too much still gets the modes right; its log Z is
// far too low in most runs, and the mean of eight is known to no better than four standard errors. Its weights have
// heavy tails: one run in a dozen has up to a quarter of them in the left mode, though none of these eight.
TEST(Tds, ReproducesSceneA) {
    const double of_eight = 4 / std::sqrt(8.0);
    const std::vector<std::pair<SceneARow, double>> rows{
        {{"point", 1, 0.64, -3.5, 0.5 * of_eight}, 0.00},
        {{"pigdm", 1, 0.68, -2.92, 0.1}, 0.04},
        {{"pigdm", 0, 0.69, -2.89, 0.05 * of_eight}, 0.03},
        {{"tweedie", 1, 0.69, -2.90, 0.1}, 0.038},
    };
    for (const auto& [row, left] : rows) {
        SCOPED_TRACE(row.twist + " " + std::to_string(row.spread));
        const std::vector<SceneARun> runs = runs_of(row, 1024, 8);
        expect_on_average(runs, row, left);
        for (const SceneARun& run : runs) {
            EXPECT_NEAR(run.modes.share[0], left, 0.03);
            EXPECT_NEAR(run.modes.share[1], 1 - left, 0.03);
            EXPECT_NEAR(run.modes.share[2], 0, 0.03);
            EXPECT_LE(run.modes.off_manifold, 0.01);
            EXPECT_NEAR(run.residual, row.residual, 0.06);
        }
    }
}

// T20, the rows of 64 particles: on average over runs, as one run has two or three particles in the left mode.
TEST(Tds, ReproducesSceneAWithFewParticles) {
    const double of_eight = 4 / std::sqrt(8.0);
    const std::vector<std::pair<SceneARow, double>> rows{
        {{"point", 1, 0.64, -3.8, 0.7 * of_eight}, 0.00},
        {{"pigdm", 1, 0.68, -3.08, 0.25 * of_eight}, 0.04},
        {{"pigdm", 0, 0.69, -2.93, 0.12 * of_eight}, 0.04},
        {{"tweedie", 1, 0.69, -2.92, 0.15 * of_eight}, 0.04},
    };
    for (const auto& [row, left] : rows) {
        SCOPED_TRACE(row.twist + " " + std::to_string(row.spread));
        expect_on_average(runs_of(row, 64, 64), row, left);
    }
}

int64_t told_of_point(const drift::Run& run) {
    return std::ranges::count_if(run.scene()->warnings,
                                 [](const std::string& text) { return text.starts_with("The twist is point"); });
}

// A point twist is off by e^-0.9 there, many times the error that it tells.
TEST(Tds, FindsTheEvidenceByDefaultWhereTheMeasurementIsNotLinear) {
    for (const char* condition : {"label", "mixture_ratio"}) {
        SCOPED_TRACE(condition);
        Scenario scenario = test::scene_a("tds");
        scenario.condition = default_choice(Kind::Condition, condition);
        scenario.schedule.params.set("sigma_max", 40.0);  // a start at 20 is biased by a hundredth
        scenario.particles = 2000;
        const drift::Run run = test::finished(scenario);
        EXPECT_EQ(told_of_point(run), 0);
        const Summary summary = run.summary();
        ASSERT_TRUE(std::isfinite(summary.exact_log_z));
        EXPECT_LT(summary.log_z_sd, 0.05);
        EXPECT_NEAR(summary.log_z, summary.exact_log_z, 4 * summary.log_z_sd);
        Scenario named = scenario;
        named.sampler.params.set("twist", std::string("exact"));
        EXPECT_EQ(test::finished(named).summary().log_z, summary.log_z);
    }
}

TEST(Tds, AveragesOverDrawsByDefaultWhereThereIsNoClosedForm) {
    Scenario scenario = test::scene_a("tds");
    scenario.condition = default_choice(Kind::Condition, "nonlinear");
    scenario.particles = 200;
    Scenario named = scenario;
    named.sampler.params.set("twist", std::string("monte_carlo"));
    EXPECT_EQ(test::finished(scenario).samples().values, test::finished(named).samples().values);
}

// Draws fill no space of many dimensions.
TEST(Tds, WarnsOfThePointTwistThatItFallsBackTo) {
    Scenario scenario = test::scenario("gaussian", "half_space", "tds");
    const auto warnings = [&](const std::string& sampler, const std::string& twist) {
        scenario.sampler = default_choice(Kind::Sampler, sampler);
        scenario.sampler.params.set("twist", twist);
        scenario.prior.params.set("mean", test::vector(std::vector<double>(17, 0.0)));
        scenario.condition.params.set("width", 0.5);
        scenario.condition.params.set("normal", test::vector(std::vector<double>(17, 1.0)));
        return told_of_point(drift::Run(scenario, {Device::Cpu, Precision::Float64, false}));
    };
    for (const char* sampler : {"tds", "smc"}) {
        EXPECT_EQ(warnings(sampler, "auto"), 1) << sampler;
        EXPECT_EQ(warnings(sampler, "monte_carlo"), 0) << sampler;
    }
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
