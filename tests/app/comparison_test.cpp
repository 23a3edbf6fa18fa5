#include "app/comparison.h"

#include "app/compared_methods.h"
#include "app/panels/training/outcome_points.h"

#include <gtest/gtest.h>

#include <algorithm>
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
    EXPECT_EQ(comparison.missing(scenario_with("tds"), {"rtb", "dps", "smc"}),
              (std::vector<std::string>{"smc", "rtb"}));
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
    comparison.start(scenario_with("tds", 7), {"dps", "smc", "outsourced", "rtb"});
    for (const std::string method : {"dps", "outsourced", "rtb"}) {
        ASSERT_NE(sent.newest(), nullptr);
        EXPECT_EQ(sent.newest()->scenario.sampler.type, method);
        EXPECT_EQ(sent.newest()->scenario.seed, 7U);
        EXPECT_TRUE(comparison.running());
        EXPECT_FALSE(comparison.take(news_of(sent.newest()->revision + 9, achieving(0, 0)))) << "of something else";
        EXPECT_TRUE(comparison.take(news_of(sent.newest()->revision, achieving(-2, 2))));
    }
    EXPECT_FALSE(comparison.running());
    EXPECT_TRUE(comparison.missing(scenario_with("tds"), {"dps", "smc", "outsourced", "rtb"}).empty());
    EXPECT_EQ(comparison.progress(), "");
}

TEST(Comparison, TriesNoiseSpaceWhereDataSpaceWillNotDoAndSaysWhyNothingCame) {
    Sent sent;
    Comparison& comparison = sent.comparison;
    comparison.start(scenario_with("tds"), {"dps", "smc"});
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
    comparison.start(scenario_with("tds"), {"dps", "smc"});
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

// The baselines are settings of samplers, and a run by hand with the same settings is theirs.
TEST(ComparedMethods, AreToldApartBySettings) {
    const auto key_of = [](const Scenario& scenario) {
        const ComparedMethod* method = compared_method_of(scenario);
        return method == nullptr ? "" : method->key;
    };
    for (const ComparedMethod& method : compared_methods()) {
        EXPECT_EQ(key_of(by_method(scenario_with("dps"), method)), method.key);
    }
    EXPECT_EQ(key_of(scenario_with("hmc")), "") << "in data space";
    Scenario sir = scenario_with("importance");
    sir.sampler.params.set("use", std::string("resample"));
    EXPECT_EQ(compared_name(sir), "SIR");
    for (const char* key : {"tds", "importance", "rejection", "sir", "mala", "hmc"}) {
        const std::vector<std::string> keys = compared_keys();
        EXPECT_NE(std::find(keys.begin(), keys.end(), key), keys.end()) << key;
    }
}

TEST(ComparedMethods, HaveARowEachWithNumbersOrWithTheReason) {
    Sent sent;
    Comparison& comparison = sent.comparison;
    Summary summary = achieving(-2, 1);
    summary.log_z = -3.5;
    summary.log_z_sd = 0.25;
    summary.ess = 999.7;
    summary.seconds = 2;
    comparison.add(scenario_with("tds"), summary);
    comparison.add(scenario_with("ula"), achieving(-4, 2));
    comparison.start(scenario_with("tds"), {"rejection"});
    News refused;
    refused.error = "nothing was accepted";
    comparison.take(refused);
    comparison.take(refused);  // in noise space
    const std::vector<MethodRow> rows = method_rows(comparison.problem_of(scenario_with("tds")));
    ASSERT_EQ(rows.size(), 1 + compared_methods().size() + 1) << "the prior, all methods, and ula";
    EXPECT_EQ(rows.front().name, "prior");
    EXPECT_EQ(rows.back().reward, "-4");
    EXPECT_EQ(rows.back().log_z, "-") << "it has no weights";
    EXPECT_TRUE(rows.back().key.empty());
    const auto row = [&rows](const std::string& key) {
        return *std::find_if(rows.begin(), rows.end(), [&key](const MethodRow& each) { return each.key == key; });
    };
    EXPECT_EQ(row("tds").log_z, "-3.5 ± 0.25");
    EXPECT_EQ(row("tds").ess, "1,000");
    EXPECT_EQ(row("tds").seconds, "2 s");
    EXPECT_EQ(row("tds").space, "data");
    EXPECT_TRUE(row("rejection").failed);
    EXPECT_EQ(row("rejection").note, "nothing was accepted");
    EXPECT_EQ(row("dps").reward, "") << "not run";
}

TEST(OutcomePoints, NamesLieWithinThePlotAndOverNothing) {
    const Box plot{0, 0, 300, 100};
    std::vector<Box> markers(12, Box{2, 50, 10, 10});  // a pile at the left edge
    markers.push_back({288, 2, 10, 10});
    const std::vector<Box> places = place_names(markers, std::vector<float>(13, 80), 15, plot);
    int placed = 0;
    for (size_t i = 0; i < places.size(); ++i) {
        const Box& box = places[i];
        if (box.width == 0) {
            continue;
        }
        ++placed;
        EXPECT_GE(box.x, 0);
        EXPECT_GE(box.y, 0);
        EXPECT_LE(box.x + box.width, 300);
        EXPECT_LE(box.y + box.height, 100);
        for (size_t j = 0; j < places.size(); ++j) {
            for (const Box& other : {markers[j], i == j ? Box{} : places[j]}) {
                EXPECT_FALSE(box.x < other.x + other.width && other.x < box.x + box.width &&
                             box.y < other.y + other.height && other.y < box.y + box.height)
                    << i << " over " << j;
            }
        }
    }
    EXPECT_GE(placed, 4);
    EXPECT_GT(places.back().width, 0) << "in the corner, to the left of its marker";
}

}  // namespace
}  // namespace drift
