#include "core/problem_key.h"

#include "core/terms.h"

#include <gtest/gtest.h>

#include <string>

namespace drift {
namespace {

Scenario scenario_of(const std::string& prior, const std::string& condition, uint64_t seed = 1) {
    Scenario scenario;
    scenario.prior = default_choice(Kind::Prior, prior);
    scenario.condition = default_choice(Kind::Condition, condition);
    scenario.seed = seed;
    return scenario;
}

Scenario with_term(const std::string& term, uint64_t seed) {
    Scenario scenario = scenario_of("diffusion", "sum", seed);
    scenario.condition.params.set("terms", terms_of({{default_choice(Kind::Condition, "class"), 1.0},
                                                     {default_choice(Kind::Condition, term), 0.5}}));
    return scenario;
}

// Weights that were trained for one key are accepted wherever the key is the same.
TEST(ProblemKey, HasTheSeedWhereTheConditionDrawsFromIt) {
    for (const std::string condition : {"inpainting", "blur", "super_resolution", "phase_retrieval"}) {
        const Scenario one = scenario_of("diffusion", condition, 1);
        const Scenario other = scenario_of("diffusion", condition, 2);
        EXPECT_NE(problem_key(one), problem_key(other)) << condition;
        EXPECT_FALSE(same_problem(one, other)) << condition;
        EXPECT_TRUE(same_problem(one, one)) << condition;
    }
    EXPECT_NE(problem_key(with_term("blur", 1)), problem_key(with_term("blur", 2)));
}

TEST(ProblemKey, HasNoSeedWhereTheScenarioSaysWhatWasSeen) {
    for (const std::string condition : {"linear_gaussian", "phase_retrieval", "half_space", "none"}) {
        const Scenario one = scenario_of("gaussian_mixture", condition, 1);
        const Scenario other = scenario_of("gaussian_mixture", condition, 2);
        EXPECT_EQ(problem_key(one), problem_key(other)) << condition;
        EXPECT_TRUE(same_problem(one, other)) << condition;
    }
    EXPECT_EQ(problem_key(with_term("class", 1)), problem_key(with_term("class", 2)));
}

TEST(ProblemKey, IsTheSameHoweverAFileIsReached) {
    Scenario one = scenario_of("gan", "none");
    Scenario other = one;
    one.prior.params.set("weights", std::string("own.weights"));
    other.prior.params.set("weights", std::string("../elsewhere/own.weights"));
    EXPECT_EQ(problem_key(one), problem_key(other));
    other.prior.params.set("weights", std::string("other.weights"));
    EXPECT_NE(problem_key(one), problem_key(other));
}

TEST(ProblemKey, TellsPriorsAndConditionsApart) {
    const Scenario one = scenario_of("gaussian_mixture", "linear_gaussian");
    Scenario other = one;
    set_value(other, "condition.noise", "0.123");
    EXPECT_NE(problem_key(one), problem_key(other));
    EXPECT_FALSE(same_problem(one, other));
}

}  // namespace
}  // namespace drift
