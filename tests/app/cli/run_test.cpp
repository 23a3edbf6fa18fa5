#include "program.h"

#include "core/io/npy.h"
#include "core/scenario.h"
#include "core/strict_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace drift::test {
namespace {

const std::vector<std::string> files = {"samples.npy", "log_weights.npy", "steps.csv"};

/// summary.json without the one number that differs between equal runs.
Json summary(const Workplace& work, const std::string& folder) {
    Json json = parse_json(work.read(folder + "/summary.json"), "summary");
    EXPECT_TRUE(json.contains("seconds"));
    json.erase("seconds");
    return json;
}

void expect_same_files(const Workplace& work, const std::string& a, const std::string& b) {
    for (const std::string& name : files) {
        const std::string bytes = work.read(a + "/" + name);
        EXPECT_FALSE(bytes.empty()) << a << "/" << name;
        EXPECT_TRUE(bytes == work.read(b + "/" + name)) << name << " differs between " << a << " and " << b;
    }
}

Outcome run(const Workplace& work, const std::string& out, std::vector<std::string> more,
            const std::string& threads = "2") {
    std::vector<std::string> arguments = {"run", shipped("scene_a"), "--out", work.path(out), "--set", "particles=200"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = work.run(arguments, {"OMP_NUM_THREADS=" + threads});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_TRUE(outcome.err.empty() || outcome.err.starts_with("driftscope: warning: ")) << outcome.err;
    return outcome;
}

TEST(RunCommand, WritesSamplesWeightsStepsAndSummary) {
    const Workplace work;
    run(work, "out", {});
    const NpyArray samples = read_npy(work.path("out/samples.npy"), 1000);
    EXPECT_EQ(samples.shape, (std::vector<int64_t>{200, 2}));
    const NpyArray log_weights = read_npy(work.path("out/log_weights.npy"), 1000);
    EXPECT_EQ(log_weights.shape, (std::vector<int64_t>{200}));
    double total = 0;
    for (const double log_weight : log_weights.values) {
        total += std::exp(log_weight);
    }
    EXPECT_NEAR(total, 1, 1e-12);
    EXPECT_EQ(std::ranges::count(work.read("out/steps.csv"), '\n'), 62) << "a head and the states 0 to 60";
    const Json json = summary(work, "out");
    EXPECT_EQ(json.at("particles"), 200);
    EXPECT_EQ(json.at("steps"), 60);
    EXPECT_EQ(json.at("seed"), 1);
    EXPECT_NEAR(json.at("exact").at("log_z").get<double>(), -2.8763, 1e-4);
    EXPECT_NEAR(json.at("log_z").get<double>(), -2.9, 0.5);
    EXPECT_LT(json.at("exact").at("sliced_w1").get<double>(), 0.3);
}

TEST(RunCommand, GivesNullWhereAMethodHasNoWeights) {
    const Workplace work;
    run(work, "out", {"--set", "sampler.type=dps"});
    const Json json = summary(work, "out");
    EXPECT_TRUE(json.at("log_z").is_null());
    EXPECT_TRUE(json.at("log_z_sd").is_null());
    const NpyArray log_weights = read_npy(work.path("out/log_weights.npy"), 1000);
    EXPECT_NEAR(log_weights.values.at(7), -std::log(200.0), 1e-12);
}

TEST(RunCommand, WritesTheNoiseThatSamplesWereMadeOf) {
    const Workplace work;
    run(work, "data", {});
    EXPECT_FALSE(std::filesystem::exists(work.path("data/latents.npy")));
    run(work, "noise",
        {"--set", "sampler.type=dps", "--set", "sampler.space=noise", "--set", "schedule.steps=5", "--set",
         "sampler.ode_steps=5"});
    const NpyArray latents = read_npy(work.path("noise/latents.npy"), 1000);
    EXPECT_EQ(latents.shape, (std::vector<int64_t>{200, 2}));
    const Outcome outcome = work.run({"run", shipped("affine_noise_tds"), "--out", work.path("affine"), "--set",
                                      "schedule.steps=5", "--particles", "30"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    const NpyArray z = read_npy(work.path("affine/latents.npy"), 1000);
    const NpyArray x = read_npy(work.path("affine/samples.npy"), 1000);
    EXPECT_EQ(z.shape, (std::vector<int64_t>{30, 3}));
    EXPECT_EQ(x.shape, (std::vector<int64_t>{30, 2}));
    for (size_t i = 0; i < 30; ++i) {  // x = M z + o, row 2 of M is (0, 1, -1)
        EXPECT_NEAR(x.values.at(2 * i + 1), z.values.at(3 * i + 1) - z.values.at(3 * i + 2) - 0.5, 1e-5);
    }
}

TEST(RunCommand, TrainsWhereThereAreNoWeightsAndLeavesThem) {
    const Workplace work;
    const std::vector<std::string> brief = {
        "--particles", "50", "--set", "sampler.iterations=30", "--set", "sampler.batch=64", "--set", "sampler.steps=8"};
    const auto train = [&](const std::string& out, std::vector<std::string> more) {
        std::vector<std::string> arguments = {"run", shipped("trained_linear_map"), "--out", work.path(out)};
        arguments.insert(arguments.end(), brief.begin(), brief.end());
        arguments.insert(arguments.end(), more.begin(), more.end());
        return work.run(arguments);
    };
    const Outcome trained = train("trained", {});
    ASSERT_EQ(trained.status, 0) << trained.err;
    EXPECT_EQ(std::ranges::count(work.read("trained/training.csv"), '\n'), 3) << "a head and iterations 20 and 30";
    const Json json = parse_json(work.read("trained/summary.json"), "summary");
    for (const char* key : {"log_z", "log_z_lower", "log_z_upper", "training_seconds"}) {
        EXPECT_TRUE(json.at(key).is_number()) << key;
    }
    EXPECT_LT(json.at("log_z_lower").get<double>(), json.at("log_z_upper").get<double>());
    const std::string weights = work.path("trained/trained.weights");
    const Outcome again = train("again", {"--set", "sampler.weights=" + weights});
    ASSERT_EQ(again.status, 0) << again.err;
    EXPECT_FALSE(std::filesystem::exists(work.path("again/training.csv")));
    EXPECT_TRUE(work.read("again/latents.npy") == work.read("trained/latents.npy"));
    const Outcome other = train("other", {"--set", "sampler.weights=" + weights, "--set", "condition.observation=[1]"});
    EXPECT_EQ(other.status, 2);
    EXPECT_EQ(other.error_lines(), 1) << other.err;
    EXPECT_NE(other.err.find("sampler.weights"), std::string::npos) << other.err;
}

TEST(RunCommand, WritesAllOfATrainingThatItTakesUp) {
    const Workplace work;
    const auto train = [&](const std::string& out) {
        return work.run({"run", shipped("trained_linear_map"), "--out", work.path(out), "--particles", "50", "--set",
                         "sampler.iterations=30", "--set", "sampler.batch=64", "--set", "sampler.steps=8", "--set",
                         "sampler.checkpoint=" + work.path("c")});
    };
    ASSERT_EQ(train("first").status, 0);
    ASSERT_EQ(train("again").status, 0);
    EXPECT_EQ(work.read("again/training.csv"), work.read("first/training.csv"));
    const auto seconds = [&](const std::string& out) {
        return parse_json(work.read(out + "/summary.json"), "summary").at("training_seconds").get<double>();
    };
    EXPECT_GT(seconds("first"), 0);
    EXPECT_EQ(seconds("again"), seconds("first"));
}

TEST(RunCommand, GivesEqualFilesOnOneThreadAndOnTwo) {
    const Workplace work;
    for (const char* sampler : {"tds", "dps", "reverse_diffusion"}) {
        const std::string name = sampler;
        const std::vector<std::string> more = {"--set", "sampler.type=" + name, "--particles", "3000"};
        run(work, name + "1", more, "1");
        run(work, name + "2", more, "2");
        expect_same_files(work, name + "1", name + "2");
    }
}

TEST(RunCommand, RepeatsAreRunsWithTheNextSeeds) {
    const Workplace work;
    run(work, "repeats", {"--seed", "18446744073709551615", "--repeat", "3"});
    run(work, "single", {"--seed", "1"});
    run(work, "single0", {"--seed", "0"});
    expect_same_files(work, "repeats/2", "single");
    expect_same_files(work, "repeats/1", "single0");
    EXPECT_EQ(summary(work, "repeats/2"), summary(work, "single"));
    const Json json = parse_json(work.read("repeats/summary.json"), "summary");
    double mean = 0;
    for (const char* repeat : {"0", "1", "2"}) {
        mean += summary(work, std::string("repeats/") + repeat).at("log_z").get<double>() / 3;
    }
    EXPECT_EQ(json.at("repeats"), 3);
    EXPECT_NEAR(json.at("log_z").at("mean").get<double>(), mean, 1e-12);
    EXPECT_GT(json.at("log_z").at("standard_error").get<double>(), 0);
}

TEST(RunCommand, AppliesChangesInTheirOrder) {
    const Workplace work;
    run(work, "changed",
        {"--set", "schedule.steps=10", "--set", "sampler.eta=0.5", "--set",
         "sampler.guidance={\"curve\": \"linear\", \"knots\": [[0, 0], [1, 2]]}", "--set", "seed=3"});
    EXPECT_EQ(std::ranges::count(work.read("changed/steps.csv"), '\n'), 12);
    EXPECT_EQ(summary(work, "changed").at("seed"), 3);
}

TEST(RunCommand, NeverOverwritesUnlessAsked) {
    const Workplace work;
    run(work, "out", {});
    const std::string before = work.read("out/samples.npy");
    const std::vector<std::string> again = {"run", shipped("scene_a"), "--out", work.path("out"), "--seed", "2"};
    EXPECT_EQ(work.run(again).status, 2);
    EXPECT_TRUE(work.read("out/samples.npy") == before);
    run(work, "out", {"--seed", "2", "--overwrite"});
    EXPECT_FALSE(work.read("out/samples.npy") == before);
}

/// No particle explains an observation that is this far away and this sharp.
std::vector<std::string> failing(const std::string& out) {
    return {"run",         shipped("scene_a"),
            "--out",       out,
            "--set",       "condition.observation=[1e6]",
            "--set",       "condition.noise=1e-4",
            "--set",       "sampler.guidance=1000",
            "--set",       "sampler.twist=point",
            "--particles", "10"};
}

TEST(RunCommand, KeepsWhatWasRecordedWhenARunFails) {
    const Workplace work;
    const Outcome outcome = work.run(failing(work.path("out")));
    EXPECT_EQ(outcome.status, 3) << outcome.err << work.read("out/steps.csv");
    EXPECT_EQ(outcome.error_lines(), 1) << outcome.err;
    EXPECT_NE(outcome.err.find("step"), std::string::npos) << outcome.err;
    EXPECT_FALSE(work.read("out/steps.csv").empty());
    EXPECT_TRUE(parse_json(work.read("out/summary.json"), "summary").contains("error"));
}

TEST(RunCommand, KeepsOlderResultsWhenTheRunThatShouldReplaceThemFails) {
    const Workplace work;
    run(work, "out", {});
    const std::string before = work.read("out/samples.npy");
    std::vector<std::string> arguments = failing(work.path("out"));
    arguments.push_back("--overwrite");
    const Outcome outcome = work.run(arguments);
    EXPECT_EQ(outcome.status, 3) << outcome.err;
    EXPECT_EQ(outcome.error_lines(), 1) << outcome.err;
    EXPECT_NE(outcome.err.find("out.failed'"), std::string::npos) << outcome.err;
    EXPECT_TRUE(work.read("out/samples.npy") == before);
    EXPECT_TRUE(parse_json(work.read("out.failed/summary.json"), "summary").contains("error"));
}

TEST(RunCommand, RefusesCudaWhereThereIsNone) {
    const Workplace work;
    const Outcome outcome =
        work.run({"run", shipped("scene_a"), "--out", work.path("out"), "--device", "cuda"}, {"CUDA_VISIBLE_DEVICES="});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.error_lines(), 1);
    EXPECT_NE(outcome.err.find("cpu"), std::string::npos) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(work.path("out")));
}

TEST(RunCommand, SamplesEveryShippedScenario) {
    const Workplace work;
    for (const auto& entry : std::filesystem::directory_iterator(source_dir() / "assets" / "scenarios")) {
        const std::string name = entry.path().stem().string();
        std::vector<std::string> arguments = {"run",           entry.path().string(), "--out",
                                              work.path(name), "--particles",         "4"};
        const Scenario scenario = load_scenario(entry.path().string());
        if (walks_noise(scenario)) {
            arguments.insert(arguments.end(), {"--set", "schedule.steps=3"});
        }
        if (scenario.sampler.params.contains("iterations")) {
            arguments.insert(arguments.end(), {"--set", "sampler.iterations=3"});
        }
        const Outcome outcome = work.run(arguments);
        EXPECT_EQ(outcome.status, 0) << name << ": " << outcome.err;
        EXPECT_EQ(read_npy(work.path(name + "/samples.npy"), 100'000).shape.at(0), 4) << name;
    }
}

}  // namespace
}  // namespace drift::test
