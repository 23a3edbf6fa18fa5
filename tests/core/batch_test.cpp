// T25 of guidance.md 6.2: what happens to a particle does not depend on how many others there are, for every method of
// the catalogue whose particles are not meant to know of each other. Those that are: ensembles, whoever resamples, and
// moves that learn from the cloud, as random walks along its covariance do.
#include "support/problems.h"

#include <algorithm>
#include <ostream>
#include <utility>
#include <variant>

namespace drift {
namespace {

struct Method {
    std::string key;
    std::vector<std::pair<std::string, Value>> settings;  // but for those that make particles learn from each other
};

/// The method on Scene A, in few steps, with nothing learnt from the cloud and nobody drawn anew.
Scenario alone(const Method& method) {
    Scenario scenario = test::scene_a(method.key);
    if (method.key == "latent_pnp") {
        scenario.prior = default_choice(Kind::Prior, "map");
    }
    scenario.schedule.params.set("steps", int64_t{12});
    ParamSet& params = scenario.sampler.params;
    const std::vector<std::pair<std::string, Value>> apart{
        {"resample_below", 0.0},      {"tune", false},
        {"mass", std::string("one")}, {"ladder", std::string("geometric")},
        {"rungs", int64_t{10}},       {"steps", int64_t{10}},
        {"iterations", int64_t{20}},  {"batch", int64_t{32}},
    };
    for (const auto* settings : {&apart, &method.settings}) {
        for (const auto& [key, value] : *settings) {
            if (params.contains(key)) {
                params.set(key, value);
            }
        }
    }
    return scenario;
}

Samples samples_of(Scenario scenario, int64_t particles) {
    scenario.particles = particles;
    return test::finished(scenario, Precision::Float32).samples();
}

/// "dps_norm".
std::string name_of(const Method& method) {
    std::string name = method.key;
    for (const auto& [key, value] : method.settings) {
        const auto* text = std::get_if<std::string>(&value);
        name += "_" + (text != nullptr ? *text : key);
    }
    return name;
}

void PrintTo(const Method& method, std::ostream* stream) {
    *stream << name_of(method);
}

class EveryMethod : public ::testing::TestWithParam<Method> {};

TEST_P(EveryMethod, MovesAParticleAsIfItWereAlone) {
    const Scenario scenario = alone(GetParam());
    const Samples many = samples_of(scenario, 64);
    const Samples few = samples_of(scenario, 37);
    if (GetParam().key == "ensemble_kalman") {  // moves along the covariance of all particles: interacts by design
        EXPECT_FALSE(std::equal(few.values.begin(), few.values.end(), many.values.begin()));
        return;
    }
    for (size_t i = 0; i < few.values.size(); ++i) {
        ASSERT_EQ(few.values[i], many.values[i]) << "value " << i;
    }
    for (size_t i = 0; i < few.log_weights.size();
         ++i) {  // normalised by their sum, so only ratios are a particle's own
        ASSERT_NEAR(few.log_weights[i] - few.log_weights[0], many.log_weights[i] - many.log_weights[0], 1e-12) << i;
    }
}

// The other exception: who is drawn anew is drawn from all.
TEST(Batch, MattersWhereParticlesAreDrawnAnew) {
    for (const char* key : {"tds", "smc", "fk_steering"}) {
        const Scenario scenario = alone({key, {{"resample_below", 1.0}}});
        const Samples many = samples_of(scenario, 64);
        const Samples few = samples_of(scenario, 37);
        EXPECT_FALSE(std::equal(few.values.begin(), few.values.end(), many.values.begin())) << key;
    }
}

/// All of the catalogue with their defaults, and variants that draw or scale in other ways.
std::vector<Method> methods() {
    std::vector<Method> result;
    for (const Item& item : items(Kind::Sampler)) {
        result.push_back({item.key, {}});
    }
    const auto word = [](const char* text) { return Value(std::string(text)); };
    result.push_back({"dps", {{"guidance_units", word("norm")}}});
    result.push_back({"dps", {{"error_model", word("monte_carlo")}, {"draws", int64_t{4}}}});
    result.push_back({"pnp", {{"point", word("draw")}}});
    result.push_back({"policy_guidance", {{"temperature", 0.0}}});
    result.push_back({"fk_steering", {{"potential", word("none")}}});
    result.push_back({"fk_steering", {{"potential", word("max")}, {"reward_at", word("draws")}}});
    result.push_back({"smc", {{"proposal", word("base")}, {"twist", word("monte_carlo")}}});
    result.push_back({"ais", {{"move", word("hmc")}}});
    return result;
}

INSTANTIATE_TEST_SUITE_P(Catalog, EveryMethod, ::testing::ValuesIn(methods()),
                         [](const auto& test) { return name_of(test.param); });

}  // namespace
}  // namespace drift
