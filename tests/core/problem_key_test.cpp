#include "core/problem_key.h"

#include "core/terms.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
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

void write(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
}

/// A scenario in `folder` with a prior from this file.
Scenario with_weights(const std::filesystem::path& folder, const std::string& name) {
    Scenario scenario = scenario_of("gan", "none");
    scenario.prior.params.set("weights", name);
    scenario.folder = folder.string();
    return scenario;
}

void expect_same(const Scenario& one, const Scenario& other, bool same) {
    EXPECT_EQ(problem_key(one) == problem_key(other), same);
    EXPECT_EQ(same_problem(one, other), same);
}

TEST(ProblemKey, IsTheSameHoweverAFileIsReachedAndAnotherForAnotherFile) {
    const std::filesystem::path root = std::filesystem::path(::testing::TempDir()) / "driftscope_problem_key";
    write(root / "a/own.weights", "one");
    write(root / "b/own.weights", "two");
    write(root / "c/own.weights", "one");
    const Scenario own = with_weights(root / "a", "own.weights");
    expect_same(own, with_weights(root / "b", "../a/own.weights"), true);
    expect_same(own, with_weights(root / "c", "own.weights"), true);   // a copy
    expect_same(own, with_weights(root / "b", "own.weights"), false);  // another file of the same name
    expect_same(own, with_weights(root / "a", "../b/own.weights"), false);
    expect_same(with_weights("", "own.weights"), with_weights("", "other.weights"), false);
    const std::string before = problem_key(own);
    write(root / "a/own.weights", "three");
    EXPECT_NE(problem_key(own), before);
    std::filesystem::remove_all(root);
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
