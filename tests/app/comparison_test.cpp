#include "app/comparison.h"

#include "app/panels/training/outcome_points.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace drift {
namespace {

Scenario scenario_with(const std::string& sampler, uint64_t seed = 1) {
    Scenario scenario;
    scenario.prior = default_choice(Kind::Prior, "gaussian_mixture");
    scenario.condition = default_choice(Kind::Condition, "linear_gaussian");
    scenario.schedule = default_choice(Kind::Schedule, "edm");
    scenario.sampler = default_choice(Kind::Sampler, sampler);
    scenario.seed = seed;
    return scenario;
}

Summary achieving(double reward, double diversity) {
    Summary summary{};
    summary.outcome = {reward, diversity};
    summary.prior_outcome = {-9, 4};
    return summary;
}

News news_of(uint64_t revision, const Summary& summary) {
    News news;
    news.revision = revision;
    news.summary = summary;
    return news;
}

struct Sent {
    std::vector<Command> commands;
    Comparison comparison{[this](Command command) { commands.push_back(std::move(command)); }};

    const Start* newest() const { return commands.empty() ? nullptr : std::get_if<Start>(&commands.back()); }
};

TEST(Comparison, CollectsTheRunsOfAProblem) {
    Sent sent;
    Comparison& comparison = sent.comparison;
    EXPECT_EQ(comparison.problem_of(scenario_with("dps")), nullptr);
    comparison.add(scenario_with("dps"), achieving(-2, 1));
    comparison.add(scenario_with("dps"), achieving(-2, 1.5));  // the same run again
    comparison.add(scenario_with("dps", 2), achieving(-2, 2));
    Scenario other = scenario_with("dps");
    set_value(other, "condition.noise", "0.123");
    comparison.add(other, achieving(-5, 5));
    const ComparedProblem* problem = comparison.problem_of(scenario_with("rtb"));
    ASSERT_NE(problem, nullptr);
    ASSERT_EQ(problem->runs.size(), 2U);
    EXPECT_EQ(problem->runs.front().outcome.diversity, 1.5);
    EXPECT_EQ(problem->of_prior.reward, -9);
    EXPECT_FALSE(problem->exact.known());
    EXPECT_EQ(comparison.missing(scenario_with("tds")), (std::vector<std::string>{"smc", "outsourced", "rtb"}));
}

// Another seed, other noise on the picture: the rewards of the two runs are those of two observations.
TEST(Comparison, KeepsSeedsApartWhereTheConditionDrawsFromThem) {
    Sent sent;
    Comparison& comparison = sent.comparison;
    const auto picture = [](uint64_t seed) {
        Scenario scenario = scenario_with("dps", seed);
        scenario.prior = default_choice(Kind::Prior, "diffusion");
        scenario.condition = default_choice(Kind::Condition, "inpainting");
        return scenario;
    };
    comparison.add(picture(1), achieving(-2, 1));
    EXPECT_EQ(comparison.problem_of(picture(2)), nullptr);
    comparison.add(picture(2), achieving(-3, 1));
    ASSERT_NE(comparison.problem_of(picture(1)), nullptr);
    EXPECT_EQ(comparison.problem_of(picture(1))->runs.size(), 1U);
}

TEST(Comparison, RunsWhatIsMissingOneAfterTheOther) {
    Sent sent;
    Comparison& comparison = sent.comparison;
    comparison.add(scenario_with("smc"), achieving(-1, 1));
    comparison.start(scenario_with("tds", 7));
    for (const std::string method : {"dps", "outsourced", "rtb"}) {
        ASSERT_NE(sent.newest(), nullptr);
        EXPECT_EQ(sent.newest()->scenario.sampler.type, method);
        EXPECT_EQ(sent.newest()->scenario.seed, 7U);
        EXPECT_TRUE(comparison.running());
        EXPECT_FALSE(comparison.take(news_of(sent.newest()->revision + 9, achieving(0, 0)))) << "of something else";
        EXPECT_TRUE(comparison.take(news_of(sent.newest()->revision, achieving(-2, 2))));
    }
    EXPECT_FALSE(comparison.running());
    EXPECT_TRUE(comparison.missing(scenario_with("tds")).empty());
    EXPECT_EQ(comparison.progress(), "");
}

TEST(Comparison, TriesNoiseSpaceWhereDataSpaceWillNotDoAndSaysWhyNothingCame) {
    Sent sent;
    Comparison& comparison = sent.comparison;
    comparison.start(scenario_with("tds"));
    News refused;
    refused.error = "this prior has no denoiser";
    EXPECT_TRUE(comparison.take(refused));
    EXPECT_EQ(sent.newest()->scenario.sampler.type, "dps");
    EXPECT_EQ(sent.newest()->scenario.sampler.params.at("space").value, Value(std::string("noise")));
    EXPECT_TRUE(comparison.take(refused));
    EXPECT_EQ(sent.newest()->scenario.sampler.type, "smc") << "on to the next";
    const ComparedProblem& problem = *comparison.problem_of(scenario_with("tds"));
    ASSERT_EQ(outcome_failures(problem).size(), 1U);
    EXPECT_NE(outcome_failures(problem).front().find("no denoiser"), std::string::npos);
}

TEST(Comparison, IsStoppedAtOnce) {
    Sent sent;
    Comparison& comparison = sent.comparison;
    comparison.start(scenario_with("tds"));
    const uint64_t revision = sent.newest()->revision;
    comparison.stop();
    EXPECT_FALSE(comparison.running());
    ASSERT_TRUE(std::holds_alternative<Play>(sent.commands.back()));
    EXPECT_FALSE(std::get<Play>(sent.commands.back()).on);
    EXPECT_FALSE(comparison.take(news_of(revision, achieving(0, 0))));
    EXPECT_EQ(comparison.problem_of(scenario_with("tds")), nullptr);
}

TEST(OutcomePoints, HaveReferencesFirstAndTheNewestRunOfAMethodInFront) {
    Sent sent;
    sent.comparison.add(scenario_with("rtb", 1), achieving(-2, 1));
    sent.comparison.add(scenario_with("tds", 1), achieving(-1, 2));
    sent.comparison.add(scenario_with("rtb", 2), achieving(-3, 3));
    const std::vector<OutcomePoint> points = outcome_points(*sent.comparison.problem_of(scenario_with("rtb")));
    ASSERT_EQ(points.size(), 4U);
    EXPECT_EQ(points[0].name, "prior");
    EXPECT_TRUE(points[0].reference);
    EXPECT_TRUE(points[1].earlier);
    EXPECT_FALSE(points[2].earlier);
    EXPECT_FALSE(points[3].earlier);
    EXPECT_EQ(points[1].colour, points[3].colour);
    EXPECT_NE(points[1].colour, points[2].colour);
}

TEST(OutcomePoints, NamesAreSpreadApartWithinThePlot) {
    EXPECT_EQ(spread_apart({50, 10}, 20, 0, 100), (std::vector<float>{50, 10})) << "far enough apart";
    EXPECT_EQ(spread_apart({50, 50, 55}, 20, 0, 100), (std::vector<float>{50, 70, 90}));
    EXPECT_EQ(spread_apart({95, 99}, 20, 0, 100), (std::vector<float>{80, 100})) << "back up at the foot";
    EXPECT_EQ(spread_apart({-5}, 20, 0, 100), (std::vector<float>{0}));
}

}  // namespace
}  // namespace drift
