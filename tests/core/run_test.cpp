#include "core/run.h"

#include "support/problems.h"

#include <ATen/Parallel.h>

namespace drift {
namespace {

/// Restores LibTorch's number of threads.
class Threads {
public:
    explicit Threads(int count) : before_(at::get_num_threads()) { at::set_num_threads(count); }
    ~Threads() { at::set_num_threads(before_); }
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;

private:
    int before_;
};

/// Short searches inside a step, short trainings, and a coarse map from noise.
void set_inner_steps(Scenario& scenario) {
    for (const char* key : {"data_steps", "latent_steps", "ode_steps", "iterations", "report_every"}) {
        if (scenario.sampler.params.contains(key)) {
            scenario.sampler.params.set(key, int64_t{5});
        }
    }
}

/// Few steps, whoever decides on them.
void set_steps(Scenario& scenario, int64_t steps) {
    set_inner_steps(scenario);
    scenario.schedule.params.set("steps", steps);
    for (const char* key : {"steps", "rungs"}) {
        if (scenario.sampler.params.contains(key)) {
            scenario.sampler.params.set(key, steps);
        }
    }
}

void expect_the_same_for_any_number_of_threads(const Scenario& scenario) {
    const auto run_on = [&](int threads) {
        const Threads limit(threads);
        const drift::Run run = test::finished(scenario, Precision::Float32);
        return std::pair(run.samples(), run.summary());
    };
    const auto [one, one_summary] = run_on(1);
    for (const int threads : {2, 3}) {
        const auto [many, many_summary] = run_on(threads);
        EXPECT_EQ(one.values, many.values) << threads;
        EXPECT_EQ(one.log_weights, many.log_weights) << threads;
        EXPECT_EQ(one_summary.ess, many_summary.ess) << threads;
        EXPECT_EQ(one_summary.sliced_w1, many_summary.sliced_w1) << threads;
    }
}

// T24, with tiles of weights for one thread and too few for more.
TEST(Run, GivesTheSameNumbersWhereOnlyOneThreadHasTilesEnough) {
    Scenario scenario = test::scene_a("tds");
    scenario.particles = 12000;
    set_steps(scenario, 10);
    expect_the_same_for_any_number_of_threads(scenario);
}

class EverySampler : public ::testing::TestWithParam<std::string> {};

// T24: bit-identical for any number of threads.
TEST_P(EverySampler, GivesTheSameNumbersOnOneThreadAndOnMany) {
    Scenario scenario = test::scene_a(GetParam());
    scenario.particles = 36000;  // above the size from which LibTorch splits its own sums
    set_steps(scenario, 10);
    expect_the_same_for_any_number_of_threads(scenario);
}

TEST_P(EverySampler, RunsWithOneParticleAndOneStep) {
    Scenario scenario = test::scene_a(GetParam());
    scenario.particles = 1;
    set_steps(scenario, 1);
    const Samples samples = test::finished(scenario).samples();
    EXPECT_EQ(samples.values.size(), 2U);
    EXPECT_NEAR(samples.log_weights[0], 0, 1e-12);
}

TEST_P(EverySampler, KeepsWeightsNormalisedAndAncestorsInRange) {
    Scenario scenario = test::scene_a(GetParam());
    set_inner_steps(scenario);
    scenario.particles = 200;
    drift::Run run(scenario);
    int64_t eves = 200;
    while (!run.finished()) {
        const FramePtr frame = run.advance();
        double total = 0;
        for (const float weight : frame->weights) {
            total += static_cast<double>(weight);
        }
        if (run.scene()->weighted) {
            EXPECT_NEAR(total, 1, 1e-5);
        }
        for (const int32_t parent : frame->ancestors) {
            ASSERT_GE(parent, 0);
            ASSERT_LT(parent, 200);
        }
        EXPECT_LE(frame->numbers.eves, eves) << "families only die out";
        eves = frame->numbers.eves;
        EXPECT_EQ(frame->numbers.non_finite, 0);
    }
    EXPECT_EQ(run.samples().shape, (std::vector<int64_t>{200, 2}));
}

// Every parameter at both ends of its range either runs or is refused by name.
TEST_P(EverySampler, AcceptsOrRefusesTheEndsOfEveryRange) {
    Scenario defaults = test::scene_a(GetParam());
    set_inner_steps(defaults);
    for (const Param& param : defaults.sampler.params) {
        for (const double end : {param.range.min, param.range.max}) {
            Scenario scenario = defaults;
            scenario.particles = 20;
            if (std::holds_alternative<double>(param.value)) {
                scenario.sampler.params.set(param.key, end);
            } else if (std::holds_alternative<Curve>(param.value)) {
                scenario.sampler.params.set(param.key, Curve(end));
            } else {
                continue;
            }
            try {
                test::finished(scenario);
            } catch (const UserError& error) {
                EXPECT_NE(std::string(error.what()).find(param.key), std::string::npos) << error.what();
            } catch (const RunError&) {
                // a named failure, too: at the far end of guidance no particle may be left
            }
        }
    }
}

std::vector<std::string> keys() {
    std::vector<std::string> result;
    for (const Item& item : items(Kind::Sampler)) {
        result.push_back(item.key);
    }
    return result;
}

INSTANTIATE_TEST_SUITE_P(Catalog, EverySampler, ::testing::ValuesIn(keys()),
                         [](const auto& test) { return test.param; });

TEST(Run, TakesOverLiveParametersAndRefusesOthers) {
    Scenario scenario = test::scene_a("tds");
    scenario.particles = 50;
    drift::Run run(scenario);
    for (int i = 0; i < 10; ++i) {
        run.advance();
    }
    Scenario louder = scenario;
    louder.sampler.params.set("guidance", Curve(2));
    run.adjust(louder);
    const FramePtr edited = run.advance();
    EXPECT_TRUE(edited->edited);
    EXPECT_FALSE(run.advance()->edited);
    Scenario other = louder;
    other.particles = 51;
    EXPECT_THROW(run.adjust(other), UserError);
}

// log Z of the model that the steps define is known for one set of steps only.
TEST(Run, ForgetsTheModelOfItsStepsWhereTheyChangeOnTheWay) {
    const Scenario scenario = test::t9_scenario("tds");
    Scenario calmer = scenario;
    calmer.sampler.params.set("eta", Curve(0.5));
    const double of_calmer = *drift::Run(calmer).scene()->discretised_log_z;
    drift::Run run(scenario);
    EXPECT_NE(*run.scene()->discretised_log_z, of_calmer);
    run.advance();
    run.adjust(calmer);
    EXPECT_EQ(*run.scene()->discretised_log_z, of_calmer) << "no step was taken yet";
    run.advance();
    run.adjust(scenario);
    EXPECT_FALSE(run.scene()->discretised_log_z);
    run.adjust(calmer);
    EXPECT_FALSE(run.scene()->discretised_log_z) << "nor does it come back";
    EXPECT_TRUE(std::isnan(run.summary().exact_log_z_discretised));
    EXPECT_TRUE(run.scene()->exact_log_z);
}

// Guidance that is about right for this problem, and a hundred times as much.
TEST(Run, WarnsOfWhatAChangeOnTheWayBrings) {
    const Scenario scenario = test::t9_scenario("tds");
    Scenario louder = scenario;
    louder.sampler.params.set("guidance", Curve(100));
    drift::Run run(scenario);
    run.advance();
    const std::shared_ptr<const Scene> before = run.scene();
    EXPECT_TRUE(before->warnings.empty());
    run.adjust(louder);
    EXPECT_EQ(run.scene()->warnings, drift::Run(louder).scene()->warnings);
    ASSERT_EQ(run.scene()->warnings.size(), 1U);
    EXPECT_NE(run.scene()->warnings[0].find("expect them to blow up"), std::string::npos);
    EXPECT_EQ(run.summary().warnings, run.scene()->warnings);
    EXPECT_EQ(run.scene()->discretised_log_z, before->discretised_log_z) << "guidance is no part of that model";
    run.adjust(scenario);
    EXPECT_TRUE(run.scene()->warnings.empty());
    EXPECT_TRUE(run.summary().warnings.empty());
}

TEST(Run, KeepsItsSceneWhereAChangeSaysNothingNew) {
    const Scenario scenario = test::t9_scenario("tds");
    Scenario other = scenario;
    other.sampler.params.set("resample_below", 0.9);
    drift::Run run(scenario);
    run.advance();
    const std::shared_ptr<const Scene> before = run.scene();
    run.adjust(other);
    EXPECT_EQ(run.scene(), before);
}

TEST(Run, CountsTheMemoryOfSolversAndConditions) {
    const auto bytes = [](const std::string& condition, const std::string& sampler, const std::string& solver) {
        Scenario scenario = test::scenario("gaussian_mixture", condition, sampler);
        if (!solver.empty()) {
            scenario.sampler.params.set("solver", solver);
        }
        scenario.particles = 1;
        return estimated_bytes(scenario, {.sample = 100, .decomposed = 10, .components = 50});
    };
    EXPECT_GE(bytes("label", "dps", "") - bytes("none", "dps", ""), 3 * 50 * 100 * 8) << "[J, n, d] three times";
    EXPECT_GE(bytes("none", "pnp", "lbfgs") - bytes("none", "pnp", "adam"), 2 * 7 * 100 * 4) << "seven pairs";
    EXPECT_GE(bytes("none", "pnp", "adam") - bytes("none", "dps", ""), 3 * 10 * 10 * 8) << "[n, m, m] three times";
    EXPECT_GE(bytes("none", "best_of_candidates", "") - bytes("none", "dps", ""), 3 * 100 * 4);
}

TEST(Run, RefusesWhatDoesNotFitInMemory) {
    Scenario scenario = test::scene_a("tds");
    scenario.particles = max_particles;
    scenario.prior = default_choice(Kind::Prior, "gaussian");
    scenario.prior.params.set("mean", test::vector(std::vector<double>(1000, 0.0)));
    scenario.condition = default_choice(Kind::Condition, "none");
    try {
        const drift::Run run(scenario);
        FAIL() << "560 GB were promised";
    } catch (const UserError& error) {
        EXPECT_NE(std::string(error.what()).find("GB"), std::string::npos);
    }
}

TEST(Run, CountsParticlesThatAreNotFinite) {
    Scenario scenario = test::line_scenario("dps", 1.5, 1e-8, 60);
    scenario.sampler.params.set("guidance", Curve(1000));
    scenario.particles = 30;
    drift::Run run(scenario);
    FramePtr frame;
    while (!run.finished()) {
        frame = run.advance();
    }
    EXPECT_EQ(frame->numbers.non_finite, 30);
    EXPECT_EQ(run.summary().non_finite, 30);
}

TEST(Run, WarnsWhereItStartsTooCloseToTheData) {
    Scenario scenario = test::scene_a("dps");
    scenario.schedule.params.set("sigma_max", 3.0);
    EXPECT_EQ(drift::Run(scenario).scene()->warnings.size(), 1U);
    scenario.schedule.params.set("sigma_max", 100.0);
    EXPECT_TRUE(drift::Run(scenario).scene()->warnings.empty());
}

// T23: rotating the data and the measurement together changes no distance. The noise is not rotated, so this compares
// distributions by their exact parts: log Z and the modes' weights.
TEST(Run, MeasuresTheSameAfterARotationOfTheProblem) {
    const Scenario plain = test::scene_a("tds");
    Scenario turned = plain;
    const double c = std::cos(0.7);
    const double s = std::sin(0.7);
    Array means = std::get<Array>(plain.prior.params.at("means").value);
    for (size_t i = 0; i < means.data.size(); i += 2) {
        const double x = means.data[i];
        const double y = means.data[i + 1];
        means.data[i] = c * x - s * y;
        means.data[i + 1] = s * x + c * y;
    }
    turned.prior.params.set("means", means);
    turned.condition.params.set("matrix", test::row({c, s}));
    const Task before = test::task(plain);
    const Task after = test::task(turned);
    EXPECT_NEAR(before.problem.exact->log_z, after.problem.exact->log_z, 1e-9);
    EXPECT_TRUE(at::allclose(before.problem.exact->posterior.weights, after.problem.exact->posterior.weights, 0, 1e-9));
}

}  // namespace
}  // namespace drift
