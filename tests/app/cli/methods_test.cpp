// Every method in every space that it has, through the real program.
#include "program.h"

#include "core/catalog.h"
#include "core/io/npy.h"
#include "core/scenario.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace drift::test {
namespace {

/// Few and short steps, whoever decides on them.
void shorten(Scenario& scenario) {
    scenario.particles = 8;
    scenario.schedule.params.set("steps", int64_t{4});
    const std::vector<std::pair<const char*, int64_t>> counts{
        {"steps", 3},      {"rungs", 20},       {"moves_per_step", 1}, {"leapfrogs", 3},  {"inner_steps", 3},
        {"data_steps", 5}, {"latent_steps", 5}, {"ode_steps", 5},      {"iterations", 3}, {"batch", 16}};
    for (const auto& [key, value] : counts) {
        if (scenario.sampler.params.contains(key)) {
            scenario.sampler.params.set(key, value);
        }
    }
}

/// What `base` samples, with another method in this space, to the end.
void expect_finite(const std::string& base, const std::string& method, const std::string& space) {
    const Workplace work;
    Scenario scenario = load_scenario(shipped(base));
    scenario.sampler = default_choice(Kind::Sampler, method);
    if (scenario.sampler.params.contains("space")) {
        scenario.sampler.params.set("space", space);
    }
    shorten(scenario);
    save_scenario(scenario, work.path("scenario.json"));
    const Outcome outcome = work.run({"run", work.path("scenario.json"), "--out", work.path("out")});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    std::vector<std::string> files{"out/samples.npy"};
    if (space == "noise") {
        files.emplace_back("out/latents.npy");
    }
    for (const std::string& file : files) {
        const NpyArray array = read_npy(work.path(file), 1000);
        EXPECT_EQ(array.shape.at(0), 8) << file;
        for (const double value : array.values) {
            EXPECT_TRUE(std::isfinite(value)) << file;
        }
    }
}

std::vector<std::string> methods_of(const std::string& space) {
    std::vector<std::string> keys;
    for (const Item& item : items(Kind::Sampler)) {
        const std::vector<std::string> spaces =
            item.params.contains("space") ? item.params.at("space").options : std::vector<std::string>{"data"};
        if (std::ranges::count(spaces, space) > 0) {
            keys.push_back(item.key);
        }
    }
    return keys;
}

class RunsInDataSpace : public ::testing::TestWithParam<std::string> {};

TEST_P(RunsInDataSpace, ToFiniteSamples) {
    expect_finite("scene_a", GetParam(), "data");
}

INSTANTIATE_TEST_SUITE_P(Methods, RunsInDataSpace, ::testing::ValuesIn(methods_of("data")),
                         [](const auto& test) { return test.param; });

class RunsInNoiseSpace : public ::testing::TestWithParam<std::string> {};

// An affine map keeps every closed form, so that no method has a reason to refuse.
TEST_P(RunsInNoiseSpace, ToFiniteSamples) {
    expect_finite("affine_noise_tds", GetParam(), "noise");
}

INSTANTIATE_TEST_SUITE_P(Methods, RunsInNoiseSpace, ::testing::ValuesIn(methods_of("noise")),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace drift::test
