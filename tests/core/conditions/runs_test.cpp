// Every condition on points with methods that use it in different ways: at the denoised point, by proximal steps, with
// weights, and at fixed temperature. Where the posterior is known, the exact methods have to find it.
#include "core/terms.h"

#include "support/problems.h"

#include <algorithm>

namespace drift {
namespace {

Choice condition(const std::string& type, const std::vector<std::pair<std::string, Value>>& values = {}) {
    Choice choice = default_choice(Kind::Condition, type);
    for (const auto& [key, value] : values) {
        choice.params.set(key, value);
    }
    return choice;
}

std::vector<Choice> conditions() {
    std::vector<Choice> all;
    for (const char* noise : {"student_t", "laplace", "poisson", "quantised"}) {
        all.push_back(
            condition("linear_gaussian", {{"noise_model", std::string(noise)}, {"observation", test::vector({2})}}));
    }
    for (const char* function : {"range", "product", "tanh", "sine", "square"}) {
        all.push_back(condition("nonlinear", {{"function", std::string(function)}}));
    }
    for (const char* function : {"quadratic", "ring", "linear"}) {
        all.push_back(condition("reward", {{"function", std::string(function)}}));
    }
    for (const char* type : {"phase_retrieval", "label", "half_space", "mixture_ratio", "sum"}) {
        all.push_back(condition(type));
    }
    all.push_back(condition("half_space", {{"width", 0.5}}));
    all.push_back(condition(
        "sum",
        {{"terms", terms_of({{condition("linear_gaussian"), 1}, {condition("half_space", {{"width", 0.5}}), 0.5}})}}));
    return all;
}

TEST(Conditions, RunWithEveryKindOfMethod) {
    for (const Choice& choice : conditions()) {
        for (const char* sampler : {"dps", "pnp", "tds", "mala", "ais"}) {
            Scenario scenario = test::scene_a(sampler);
            scenario.condition = choice;
            scenario.particles = 40;
            scenario.schedule.params.set("steps", int64_t{12});
            if (scenario.sampler.params.contains("guidance")) {
                scenario.sampler.params.set("guidance", Curve(0.2));  // few steps: the full pull would throw them about
            }
            if (scenario.sampler.params.contains("moves")) {
                scenario.sampler.params.set("moves", int64_t{2});
            }
            const drift::Run run = test::finished(scenario);
            EXPECT_EQ(run.summary().non_finite, 0) << choice.type << " with " << sampler;
        }
    }
}

// The closed forms are found by annealing, which is exact as the number of particles grows. (The point twist of TDS has
// heavy tails here, guidance.md T10: its error bars say little.)
TEST(Conditions, HaveTheEvidenceThatAnnealingFinds) {
    for (const Choice& choice :
         {condition("label", {{"labels", test::vector({1, 2})}}),
          condition("mixture_ratio", {{"keep", test::vector({0, 2})}, {"weights", test::vector({1, 3})}}),
          condition("reward", {{"centre", test::vector({0, 1})}, {"width", 3.0}}),
          condition("reward", {{"function", std::string("linear")}, {"direction", Array{{}, {0.2}}}})}) {
        Scenario scenario = test::scene_a("ais");
        scenario.condition = choice;
        scenario.particles = 1000;
        const Summary summary = test::finished(scenario).summary();
        ASSERT_TRUE(std::isfinite(summary.exact_log_z)) << choice.type;
        EXPECT_NEAR(summary.log_z, summary.exact_log_z, 4 * std::max(summary.log_z_sd, 0.01)) << choice.type;
        EXPECT_LT(summary.mode_mass_tv, 4 * std::sqrt(3 / summary.ess)) << choice.type;
    }
}

// What the window draws of a measurement: its line on the scale of y, as wide as the noise is likely to be.
TEST(Conditions, ShowTheirLinesWhateverTheNoise) {
    const auto line = [](const std::vector<std::pair<std::string, Value>>& values) {
        Scenario scenario = test::scene_a("dps");
        scenario.condition = condition("linear_gaussian", values);
        const drift::Run run(scenario, {Device::Cpu, Precision::Float64, false});
        EXPECT_EQ(run.scene()->lines.size(), 1U);
        return run.scene()->lines.at(0);
    };
    const std::pair<std::string, Value> y{"observation", test::vector({4})};
    const LineMeasurement plain = line({y});
    EXPECT_EQ(plain.a[0], 1);
    EXPECT_EQ(plain.y, 4);
    EXPECT_EQ(plain.noise, 0.5);
    const LineMeasurement counted = line({y, {"noise_model", std::string("poisson")}, {"gain", 2.0}});
    EXPECT_EQ(counted.a[0], 2) << "2 u = 4 counts";
    EXPECT_EQ(counted.y, 4);
    EXPECT_NEAR(counted.noise, 2, 1e-12);
    EXPECT_NEAR(line({y, {"noise_model", std::string("laplace")}}).noise, 0.5, 1e-12);
    EXPECT_NEAR(line({y, {"noise_model", std::string("student_t")}}).noise, 0.5 * std::sqrt(3.0 / 4), 1e-12);
    EXPECT_GT(line({y, {"noise_model", std::string("quantised")}}).noise, 0.5);
}

}  // namespace
}  // namespace drift
