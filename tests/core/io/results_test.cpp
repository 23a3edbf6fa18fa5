#include "core/io/results.h"

#include "core/strict_json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace drift {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Summary summary(double log_z, uint64_t seed) {
    Summary result{};
    result.log_z = log_z;
    result.log_z_sd = std::isnan(log_z) ? nan : 0.1;
    result.ess = 12.5;
    result.particles = 64;
    result.steps = 10;
    result.seed = seed;
    result.device = "cpu";
    result.exact_log_z = -3;
    result.exact_log_z_discretised = nan;
    result.sliced_w1 = result.sliced_w1_floor = result.mode_mass_tv = result.off_manifold = result.residual = nan;
    return result;
}

TEST(Results, WriteOneRowForEachState) {
    StepNumbers start;
    start.sigma = 20;
    start.ess = 64;
    StepNumbers next = start;
    next.step = 1;
    next.resampled = true;
    next.log_z = -0.1;
    const std::string csv = steps_csv({start, next}, true);
    EXPECT_EQ(std::ranges::count(csv, '\n'), 3);
    EXPECT_TRUE(csv.starts_with("step,sigma,sigma_next,tau,eta,guidance,ess,")) << csv;
    const std::string row = csv.substr(csv.find("\n1,") + 1);
    EXPECT_TRUE(row.starts_with("1,20,0,0,0,0,64,0,0,1,0,0,-0.1,0,0,")) << row;
    EXPECT_TRUE(row.ends_with(",nan,nan,nan,nan,nan,nan,nan,nan,nan,nan\n"))
        << row << ": what no move was made for and nobody measured";
    EXPECT_NE(steps_csv({start, next}, false).find("nan,nan,nan"), std::string::npos);
}

std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> cells{""};
    for (const char c : line) {
        if (c == ',') {
            cells.emplace_back();
        } else if (c != '\n') {
            cells.back() += c;
        }
    }
    return cells;
}

TEST(Results, WriteEveryDiagnosticOfAState) {
    StepNumbers state;
    state.conditional_ess = 30;
    state.genealogical_ess = 20;
    state.log_prior = -2.5;
    state.amplification = 1.25;
    state.reward_median = -4;
    state.reward_low = -8;
    state.reward_high = -1;
    for (const bool weighted : {true, false}) {
        const std::string csv = steps_csv({state}, weighted);
        const size_t end = csv.find('\n');
        const std::vector<std::string> names = split(csv.substr(0, end));
        const std::vector<std::string> cells = split(csv.substr(end + 1));
        ASSERT_EQ(names.size(), cells.size());
        const auto cell = [&](const std::string& name) {
            return cells.at(static_cast<size_t>(std::ranges::find(names, name) - names.begin()));
        };
        EXPECT_EQ(cell("conditional_ess"), weighted ? "30" : "nan");
        EXPECT_EQ(cell("genealogical_ess"), weighted ? "20" : "nan");
        EXPECT_EQ(cell("log_prior"), "-2.5");
        EXPECT_EQ(cell("amplification"), "1.25");
        EXPECT_EQ(cell("reward_median") + cell("reward_low") + cell("reward_high"), "-4-8-1");
    }
}

TEST(Results, WriteEveryDiagnosticOfARun) {
    Summary known = summary(-1, 1);
    known.pareto_k = 0.4;
    known.genealogical_ess = 12;
    known.log_prior = -3;
    known.mmd = 0.1;
    known.mmd_floor = 0.2;
    known.energy = 0.3;
    known.energy_floor = 0.4;
    known.mode_mass_tv_floor = 0.5;
    const Json json = parse_json(summary_json(known), "summary");
    EXPECT_EQ(json.at("pareto_k"), 0.4);
    EXPECT_EQ(json.at("genealogical_ess"), 12);
    EXPECT_EQ(json.at("log_prior"), -3);
    EXPECT_EQ(json.at("exact").at("mmd"), 0.1);
    EXPECT_EQ(json.at("exact").at("mmd_floor"), 0.2);
    EXPECT_EQ(json.at("exact").at("energy"), 0.3);
    EXPECT_EQ(json.at("exact").at("energy_floor"), 0.4);
    EXPECT_EQ(json.at("exact").at("mode_mass_tv_floor"), 0.5);
}

TEST(Results, WriteNullForWhatIsNotDefined) {
    const Json json = parse_json(summary_json(summary(nan, 18446744073709551615U)), "summary");
    EXPECT_TRUE(json.at("log_z").is_null());
    EXPECT_TRUE(json.at("log_z_sd").is_null());
    EXPECT_TRUE(json.at("log_z_sd_is_lower_bound").is_null());
    EXPECT_TRUE(json.at("exact").at("sliced_w1").is_null());
    EXPECT_EQ(json.at("exact").at("log_z"), -3);
    EXPECT_EQ(json.at("seed").get<uint64_t>(), 18446744073709551615U);
    EXPECT_FALSE(json.contains("error"));
    for (const char* key : {"ess", "eves", "seconds", "training_seconds", "denoiser_calls", "particles", "steps",
                            "device", "non_finite", "warnings"}) {
        EXPECT_TRUE(json.contains(key)) << key;
    }
    EXPECT_EQ(parse_json(summary_json(summary(1, 1), "stopped at step 3"), "summary").at("error"), "stopped at step 3");
}

TEST(Results, SayByHowMuchLogZMissesTheExactValueWhereThatIsKnown) {
    const auto error_of = [](const Summary& of) { return parse_json(summary_json(of), "summary").at("log_z_error"); };
    EXPECT_EQ(error_of(summary(-2.5, 1)), 0.5);
    EXPECT_TRUE(error_of(summary(nan, 1)).is_null()) << "nothing was estimated";
    Summary unknown = summary(-2.5, 1);
    unknown.exact_log_z = nan;
    EXPECT_TRUE(error_of(unknown).is_null());
}

TEST(Results, AverageRepeats) {
    const Json json = parse_json(repeats_json({summary(-1, 5), summary(-2, 6), summary(-6, 7)}), "summary");
    EXPECT_NEAR(json.at("log_z_error").at("mean").get<double>(), 0, 1e-12);
    EXPECT_EQ(json.at("log_z_error").at("standard_error"), json.at("log_z").at("standard_error"));
    EXPECT_EQ(json.at("repeats"), 3);
    EXPECT_EQ(json.at("seed"), 5);
    EXPECT_NEAR(json.at("log_z").at("mean").get<double>(), -3, 1e-12);
    EXPECT_NEAR(json.at("log_z").at("standard_error").get<double>(), std::sqrt(14.0 / 2 / 3), 1e-12);
    EXPECT_TRUE(json.at("residual").at("mean").is_null());
    EXPECT_TRUE(parse_json(repeats_json({summary(1, 1)}), "s").at("log_z").at("standard_error").is_null());
    EXPECT_TRUE(parse_json(repeats_json({summary(1, 1), summary(nan, 1)}), "s").at("log_z").at("mean").is_null());
}

}  // namespace
}  // namespace drift
