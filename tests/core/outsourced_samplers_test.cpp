// Every sampler of the catalogue in noise space.
#include "support/noise_space.h"

#include <ATen/Parallel.h>

namespace drift {
namespace {

using test::linear_outsourced;
using test::measured_map;

std::vector<std::string> keys() {
    std::vector<std::string> result;
    for (const Item& item : items(Kind::Sampler)) {
        result.push_back(item.key);
    }
    return result;
}

class EverySamplerInNoise : public ::testing::TestWithParam<std::string> {};

/// Few and short steps, whoever decides on them.
void shorten(Scenario& scenario) {
    scenario.schedule.params.set("steps", int64_t{12});
    scenario.particles = 100;
    const std::vector<std::pair<const char*, int64_t>> counts{
        {"steps", 3},       {"rungs", 20},        {"moves_per_step", 1}, {"leapfrogs", 3},  {"inner_steps", 3},
        {"data_steps", 20}, {"latent_steps", 10}, {"ode_steps", 5},      {"iterations", 4}, {"batch", 64}};
    for (const auto& [key, value] : counts) {
        if (scenario.sampler.params.contains(key)) {
            scenario.sampler.params.set(key, value);
        }
    }
}

TEST_P(EverySamplerInNoise, RunsOrIsRefusedWithASentence) {
    std::vector<Scenario> scenarios{linear_outsourced(GetParam()), measured_map("swirl", 2, GetParam(), 0.8, 0.5)};
    scenarios.push_back(test::scene_a(GetParam()));
    scenarios.back().sampler.params.set("space", std::string("noise"));
    int finished = 0;
    for (size_t i = 0; i < scenarios.size(); ++i) {
        shorten(scenarios[i]);
        try {
            const Samples samples = test::finished(scenarios[i], Precision::Float32).samples();
            for (const float value : samples.values) {
                ASSERT_TRUE(std::isfinite(value)) << i;
            }
            ++finished;
        } catch (const UserError& error) {
            const std::string sentence = error.what();
            EXPECT_GT(i, 0U) << "an affine map keeps every closed form: " << sentence;
            EXPECT_NE(sentence.find('\''), std::string::npos) << "it names what is wrong: " << sentence;
        } catch (const RunError& error) {
            EXPECT_NE(std::string(error.what()).find("step"), std::string::npos) << error.what();
        }
    }
    EXPECT_GT(finished, 0) << "every problem was refused";
}

TEST_P(EverySamplerInNoise, GivesTheSameNumbersOnOneThreadAndOnTwo) {
    Scenario scenario = measured_map("swirl", 2, GetParam(), 0.8, 0.5);
    shorten(scenario);
    scenario.particles = 20000;  // above the size from which LibTorch shares its loops among threads
    scenario.schedule.params.set("steps", int64_t{4});
    const auto run_on = [&](int threads) -> std::vector<float> {
        at::set_num_threads(threads);
        try {
            const Samples samples = test::finished(scenario, Precision::Float32).samples();
            std::vector<float> all = samples.values;
            all.insert(all.end(), samples.latents.begin(), samples.latents.end());
            return all;
        } catch (const UserError&) {
            return {};  // needs a linear measurement
        }
    };
    const int before = at::get_num_threads();
    const std::vector<float> one = run_on(1);
    const std::vector<float> two = run_on(2);
    at::set_num_threads(before);
    EXPECT_TRUE(one == two);
}

// So many that exact draws by rejection would take too long; the ones in data space need none.
TEST(SamplersInNoise, AreMeasuredByTheClosedFormInDataSpaceHoweverManyParticles) {
    Scenario scenario = test::scene_a("mala");
    shorten(scenario);
    scenario.sampler.params.set("space", std::string("noise"));
    scenario.particles = 100'001;
    const Summary summary = test::finished(scenario, Precision::Float32).summary();
    EXPECT_TRUE(std::isfinite(summary.sliced_w1));
    EXPECT_TRUE(std::isfinite(summary.mode_mass_tv));
}

INSTANTIATE_TEST_SUITE_P(Catalog, EverySamplerInNoise, ::testing::ValuesIn(keys()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace drift
