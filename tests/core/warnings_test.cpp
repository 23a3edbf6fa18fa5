// What a run warns of, and does not warn of where nothing is the matter.
#include "core/terms.h"
#include "support/problems.h"

#include <algorithm>

namespace drift {
namespace {

/// Whether the finished run says this.
bool says(const Scenario& scenario, const std::string& words) {
    const std::vector<std::string> all = test::finished(scenario).summary().warnings;
    return std::ranges::any_of(
        all, [&words](const std::string& warning) { return warning.find(words) != std::string::npos; });
}

/// |x1| is seen to be 3: no draw around a denoised prediction in the middle explains that.
Scenario seen_by_its_size() {
    Scenario scenario = test::scene_a("tds");
    scenario.condition = default_choice(Kind::Condition, "phase_retrieval");
    scenario.condition.params.set("matrix", Array{{2, 2}, {1, 0, 0, 0}});
    scenario.condition.params.set("observation", test::vector({3}));
    scenario.particles = 256;
    return scenario;
}

TEST(Warnings, TellOfAnEvidenceThatRestsOnFewFamilies) {
    EXPECT_TRUE(says(seen_by_its_size(), "rests on the descendants of effectively"));
    Scenario fine = test::scene_a("tds");
    fine.particles = 256;
    EXPECT_FALSE(says(fine, "rests on the descendants"));
}

TEST(Warnings, TellOfATwistThatWasFallenBackTo) {
    EXPECT_TRUE(says(seen_by_its_size(), "The twist is monte_carlo here"));
    EXPECT_FALSE(says(test::scene_a("tds"), "The twist is"));
}

TEST(Warnings, TellOfGuidanceThatHasNoGradientToFollow) {
    Scenario scenario = test::scene_a("dps");
    scenario.condition = default_choice(Kind::Condition, "half_space");
    scenario.particles = 16;
    EXPECT_TRUE(says(scenario, "no gradient to follow"));
    Scenario soft = scenario;
    soft.condition.params.set("width", 0.5);
    EXPECT_FALSE(says(soft, "no gradient to follow"));
    for (const char* by_values : {"smoothed_guidance", "ais", "fk_steering"}) {
        scenario.sampler = default_choice(Kind::Sampler, by_values);
        EXPECT_FALSE(says(scenario, "no gradient to follow")) << by_values;
    }
}

TEST(Warnings, TellOfValuesThatArePutInWithoutTheirNoise) {
    Scenario scenario = test::scene_a("tds");
    scenario.particles = 16;
    EXPECT_FALSE(says(scenario, "as they were measured"));
    scenario.sampler.params.set("masked_last", true);
    EXPECT_TRUE(says(scenario, "as they were measured"));
}

TEST(Warnings, TellOfScoresThatNobodyGets) {
    Scenario scenario = test::scene_a("fk_steering");
    scenario.particles = 16;
    EXPECT_FALSE(says(scenario, "importance sampling"));
    scenario.sampler.params.set("score_every", 70.0);
    EXPECT_TRUE(says(scenario, "importance sampling")) << "70 of 60 steps";
    scenario.sampler.params.set("score_every", 5.0);
    scenario.sampler.params.set("score_start", 50.0);
    scenario.sampler.params.set("score_end", 20.0);
    EXPECT_TRUE(says(scenario, "importance sampling")) << "from 50 to 20";
}

Scenario with_second_term(const std::string& sampler, double weight) {
    Scenario scenario = test::scene_a(sampler);
    Choice second = scenario.condition;
    second.params.set("matrix", test::row({0, 1}));
    second.params.set("observation", test::vector({3}));
    scenario.condition = default_choice(Kind::Condition, "sum");
    scenario.condition.params.set("terms", terms_of({{test::scene_a(sampler).condition, 1}, {second, weight}}));
    return scenario;
}

// Under tds a weight of -0.1 is enough for a log Z that is e^44 too low.
TEST(Warnings, TellOfANegativeWeightToMethodsThatLookAtItUnderNoise) {
    const auto told = [](const Scenario& scenario) {
        return std::ranges::any_of(drift::Run(scenario).scene()->warnings, [](const std::string& text) {
            return text.starts_with("A weight of the sum is negative");
        });
    };
    EXPECT_TRUE(told(with_second_term("tds", -0.1)));
    EXPECT_FALSE(told(with_second_term("tds", 0.1)));
    EXPECT_FALSE(told(with_second_term("ais", -0.1)));
}

TEST(Warnings, TellOfASumOfNothing) {
    Scenario scenario = test::scene_a("ais");
    scenario.condition = default_choice(Kind::Condition, "sum");
    scenario.particles = 16;
    EXPECT_TRUE(says(scenario, "The sum has no conditions"));
}

}  // namespace
}  // namespace drift
