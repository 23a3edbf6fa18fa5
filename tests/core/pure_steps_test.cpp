// A step reads the state before and leaves it as it was, though the two share what the step did not change.
#include "core/sampler.h"

#include "support/problems.h"

#include <array>
#include <utility>

namespace drift {
namespace {

using Held = std::vector<std::pair<const char*, torch::Tensor>>;

Held held_by(const State& state) {
    return {{"x", state.x},
            {"denoised", state.at_x.denoised},
            {"pull", state.at_x.pull},
            {"log_twist", state.at_x.log_twist},
            {"log_weights", state.log_weights},
            {"log_potential", state.log_potential},
            {"running", state.running},
            {"rewards", state.rewards},
            {"eves", state.eves},
            {"parents", state.parents}};
}

/// The same numbers in memory that nobody else has.
Held copies(Held held) {
    for (auto& [name, numbers] : held) {
        numbers = numbers.defined() ? numbers.clone() : numbers;
    }
    return held;
}

void expect_equal(const Held& held, const Held& before, int64_t step) {
    for (size_t i = 0; i < held.size(); ++i) {
        ASSERT_EQ(held[i].second.defined(), before[i].second.defined()) << held[i].first;
        if (held[i].second.defined()) {
            EXPECT_TRUE(at::equal(held[i].second, before[i].second)) << held[i].first << " at step " << step;
        }
    }
}

/// How often it resampled.
int64_t expect_pure_steps(const Scenario& scenario) {
    const Task task = test::task(scenario);
    const auto sampler = make<Sampler>(scenario.sampler, task);
    const Random random{scenario.seed};
    std::array<State, 2> states;
    sampler->init(states[0], scenario.particles, random);
    int64_t resampled = 0;
    for (int64_t k = 0; k < sampler->steps(); ++k) {
        const State& now = states.at(static_cast<size_t>(k % 2));
        const Held before = copies(held_by(now));
        sampler->step(now, states.at(static_cast<size_t>((k + 1) % 2)), random);
        expect_equal(held_by(now), before, k);
        resampled += now.resampled ? 1 : 0;
    }
    return resampled;
}

TEST(PureSteps, LeaveTheStateBeforeAsItWas) {
    for (const char* method : {"reverse_diffusion", "dps", "smc", "tds"}) {
        SCOPED_TRACE(method);
        Scenario scenario = test::scene_a(method);
        scenario.particles = 300;
        const int64_t resampled = expect_pure_steps(scenario);
        EXPECT_EQ(resampled > 0, std::string(method) == "smc" || std::string(method) == "tds");
    }
}

TEST(PureSteps, LeaveWhatAPotentialRemembersAsItWas) {
    for (const char* potential : {"difference", "max", "sum", "reward", "none", "best_of"}) {
        for (const char* kernel : {"base", "gradient"}) {
            SCOPED_TRACE(std::string(potential) + ", " + kernel);
            Scenario scenario = test::scene_a("fk_steering");
            scenario.sampler.params.set("potential", std::string(potential));
            scenario.sampler.params.set("kernel", std::string(kernel));
            scenario.sampler.params.set("resample_below", 0.9);
            scenario.particles = 300;
            const int64_t resampled = expect_pure_steps(scenario);
            const bool draws = std::string(potential) != "none" && std::string(potential) != "best_of";
            EXPECT_TRUE(!draws || std::string(kernel) != "base" || resampled > 0);
        }
    }
}

}  // namespace
}  // namespace drift
