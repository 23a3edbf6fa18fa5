#include "core/guided.h"
#include "support/problems.h"

namespace drift {
namespace {

struct Normal {
    double mean = 0;
    double deviation = 0;
};

enum class Form { Score, Step };

/// O5 of guidance.md 6: in one dimension with A = 1 every form is x' = a x + b + tau z.
Normal guided_chain(const Scenario& scenario, double extra_variance_spread, Form form, double zeta) {
    const Schedule schedule = make_schedule(scenario.schedule);
    const double v = std::get<Array>(scenario.prior.params.at("covariance").value).data[0];
    const double y = std::get<Array>(scenario.condition.params.at("observation").value).data[0];
    const double noise = std::get<double>(scenario.condition.params.at("noise").value);
    double mean = 0;
    double variance = schedule.at(0) * schedule.at(0);
    for (int64_t k = 0; k < schedule.steps(); ++k) {
        const double squared = schedule.at(k) * schedule.at(k);
        const double tau = injected_noise(schedule.at(k), schedule.at(k + 1), 1);
        const double c = keep_factor(schedule.at(k), schedule.at(k + 1), tau);
        const double jacobian = v / (v + squared);
        const double spread = noise * noise + extra_variance_spread * squared / (extra_variance_spread + squared);
        const double pull = form == Form::Score ? zeta * (1 - c) * squared * jacobian / spread : zeta * jacobian;
        const double a = (1 - c) * jacobian + c - pull * jacobian;
        mean = a * mean + pull * y;
        variance = a * a * variance + tau * tau;
    }
    return {mean, std::sqrt(variance)};
}

void expect_samples(Scenario scenario, const Normal& expected) {
    scenario.particles = 20000;
    const test::Moments measured = test::moments(test::finished(scenario).samples(), 0);
    const double n = 20000;
    EXPECT_NEAR(measured.mean, expected.mean, 4 * expected.deviation / std::sqrt(n));
    EXPECT_NEAR(std::sqrt(measured.variance), expected.deviation, 4 * expected.deviation / std::sqrt(2 * n));
}

struct Row {
    double noise_variance;
    std::string error_model;
    int64_t steps;
    Normal expected;
};

// T5, with its reference values.
TEST(Dps, HasTheReferenceMeansAndDeviationsOnAGaussian) {
    const std::vector<Row> rows{
        {1.0, "point", 100, {0.9532, 0.6299}},  {1.0, "pigdm", 100, {0.7491, 0.6805}},
        {0.1, "point", 100, {1.5000, 0.2088}},  {0.1, "pigdm", 100, {1.3633, 0.2883}},
        {0.1, "pigdm", 1000, {1.3633, 0.2996}},
    };
    for (const Row& row : rows) {
        Scenario scenario = test::line_scenario("dps", 1.5, row.noise_variance, row.steps);
        scenario.sampler.params.set("error_model", row.error_model);
        const Normal chain = guided_chain(scenario, row.error_model == "pigdm" ? 1.0 : 0.0, Form::Score, 1);
        EXPECT_NEAR(chain.mean, row.expected.mean, 1e-4) << row.error_model << " " << row.noise_variance;
        EXPECT_NEAR(chain.deviation, row.expected.deviation, 1e-4) << row.error_model << " " << row.noise_variance;
        expect_samples(scenario, row.expected);
    }
}

TEST(Dps, WithTheTweedieModelEqualsPigdmOnAnIsotropicGaussian) {
    Scenario scenario = test::line_scenario("dps", 1.5, 0.1, 100);
    scenario.particles = 50;
    scenario.sampler.params.set("error_model", std::string("tweedie"));
    const Samples tweedie = test::finished(scenario).samples();
    scenario.sampler.params.set("error_model", std::string("pigdm"));
    const Samples pigdm = test::finished(scenario).samples();
    for (size_t i = 0; i < tweedie.values.size(); ++i) {
        EXPECT_NEAR(tweedie.values[i], pigdm.values[i], 1e-6);
    }
}

// With the exact error model guidance is that of the posterior itself: samples of it, but for the coarseness of steps.
TEST(Dps, WithTheExactModelEqualsPigdmOnAGaussianAndKnowsScoreUnitsAlone) {
    Scenario scenario = test::line_scenario("dps", 1.5, 0.1, 100);
    scenario.particles = 50;
    scenario.sampler.params.set("error_model", std::string("exact"));
    const Samples exact = test::finished(scenario).samples();
    scenario.sampler.params.set("error_model", std::string("pigdm"));
    const Samples pigdm = test::finished(scenario).samples();
    for (size_t i = 0; i < exact.values.size(); ++i) {
        EXPECT_NEAR(exact.values[i], pigdm.values[i], 1e-6);
    }
    for (const char* model : {"exact", "monte_carlo"}) {
        scenario.sampler.params.set("error_model", std::string(model));
        scenario.sampler.params.set("guidance_units", std::string("norm"));
        EXPECT_THROW(drift::Run{scenario}, UserError) << model;
    }
}

// T6: a constant step loses its spread as the number of steps grows.
TEST(Dps, WithAConstantStepCollapsesAsTheStepsGrow) {
    for (const auto& [steps, deviation] :
         std::vector<std::pair<int64_t, double>>{{30, 0.2880}, {100, 0.0459}, {1000, 0.0066}}) {
        Scenario scenario = test::line_scenario("dps", 1.5, 0.1, steps);
        scenario.sampler.params.set("guidance_units", std::string("step"));
        scenario.sampler.params.set("guidance", Curve(0.1));
        const Normal chain = guided_chain(scenario, 0, Form::Step, 0.1);
        EXPECT_NEAR(chain.deviation, deviation, 1e-4);
        expect_samples(scenario, chain);
    }
}

// T6: K = 30, sigma_y^2 = .01, point, zeta = 1 leaves the stable regime.
TEST(Dps, GrowsWithoutBoundWhereTheStepIsTooLarge) {
    Scenario scenario = test::line_scenario("dps", 1.5, 0.01, 30);
    scenario.particles = 200;
    const Samples samples = test::finished(scenario).samples();
    EXPECT_GT(std::abs(test::moments(samples, 0).mean), 1e3);
}

// formats.md: the same methods under names of their own.
TEST(Dps, IsPigdmAndTmpdWithTheirErrorModels) {
    for (const auto& [name, model] :
         std::vector<std::pair<std::string, std::string>>{{"pigdm", "pigdm"}, {"tmpd", "tweedie"}}) {
        Scenario named = test::scene_a(name);
        Scenario dps = test::scene_a("dps");
        dps.sampler.params.set("error_model", model);
        named.particles = dps.particles = 64;
        EXPECT_EQ(test::finished(named).samples().values, test::finished(dps).samples().values) << name;
    }
}

/// A row of the table of guidance.md 1.9, measured there with 4000 samples.
struct SceneARow {
    std::string sampler;
    std::string error_model;
    std::string units;
    double guidance;
    std::vector<double> modes;
    double off_manifold;
};

Scenario scenario_of(const SceneARow& row) {
    Scenario scenario = test::scene_a(row.sampler);
    scenario.particles = 64000;  // shares have standard errors of at most .002
    if (row.sampler == "dps") {
        scenario.sampler.params.set("error_model", row.error_model);
        scenario.sampler.params.set("guidance_units", row.units);
        scenario.sampler.params.set("guidance", Curve(row.guidance));
        scenario.sampler.params.set("spread", 1.0);
    }
    return scenario;
}

// T20: what is wrong with each kind of guidance, the ends of its scale included.
TEST(Dps, HasTheModesAndTheStraySamplesOfSceneA) {
    const std::vector<SceneARow> rows{
        {"reverse_diffusion", "", "", 0, {0.51, 0.30, 0.19}, 0.000},
        {"dps", "point", "score", 0.3, {0.35, 0.65, 0.00}, 0.001},
        {"dps", "point", "score", 1, {0.19, 0.81, 0.00}, 0.004},
        {"dps", "point", "score", 3, {0.03, 0.97, 0.00}, 0.019},
        {"dps", "point", "score", 10, {0.03, 0.97, 0.00}, 0.185},
        {"dps", "pigdm", "score", 1, {0.39, 0.61, 0.00}, 0.005},
        {"dps", "pigdm", "score", 3, {0.23, 0.76, 0.01}, 0.045},
        {"dps", "pigdm", "score", 10, {0.08, 0.92, 0.00}, 0.081},
        {"dps", "tweedie", "score", 1, {0.47, 0.51, 0.02}, 0.018},
        {"dps", "tweedie", "score", 3, {0.27, 0.73, 0.00}, 0.161},
        {"dps", "tweedie", "score", 10, {0.14, 0.86, 0.00}, 0.138},
        {"dps", "point", "norm", 0.1, {0.48, 0.48, 0.04}, 0.38},
        {"dps", "point", "norm", 1, {0.26, 0.74, 0.00}, 0.37},
        {"dps", "point", "norm", 4, {0.17, 0.70, 0.13}, 0.56},
    };
    for (const SceneARow& row : rows) {
        SCOPED_TRACE(row.sampler + " " + row.error_model + " " + row.units + " " + std::to_string(row.guidance));
        const Scenario scenario = scenario_of(row);
        const drift::Run run = test::finished(scenario);
        const ModeShares modes = mode_shares(*run.scene()->prior, run.samples().values, {});
        for (size_t j = 0; j < 3; ++j) {
            EXPECT_NEAR(modes.share[j], row.modes[j], 0.03) << "mode " << j;
        }
        EXPECT_NEAR(modes.off_manifold, row.off_manifold, 0.01);
    }
}

}  // namespace
}  // namespace drift
