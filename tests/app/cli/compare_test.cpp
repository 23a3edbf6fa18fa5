#include "program.h"

#include "core/strict_json.h"

#include <gtest/gtest.h>

namespace drift::test {
namespace {

TEST(CompareCommand, PrintsATableAndWritesItsNumbers) {
    const Workplace work;
    const Outcome outcome = work.run({"compare", shipped("scene_a"), "--particles", "300", "--methods",
                                      "tds,importance,rejection,sir,hmc", "--out", work.path("out")});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    for (const char* name : {"method", "prior", "exact posterior", "TDS", "importance sampling", "rejection", "SIR",
                             "HMC, noise space", "log Z"}) {
        EXPECT_NE(outcome.out.find(name), std::string::npos) << name << " in\n" << outcome.out;
    }
    EXPECT_EQ(outcome.out.find("RTB"), std::string::npos) << "nobody asked for it";
    const Json rows = parse_json(work.read("out/compare.json"), "compare");
    ASSERT_EQ(rows.size(), 7U) << "prior, exact posterior and five methods";
    for (const Json& row : rows) {
        EXPECT_TRUE(row.at("reward").is_number()) << row;
        EXPECT_TRUE(row.at("diversity").is_number()) << row;
        const std::string method = row.at("method");
        const bool weighted = method == "tds" || method == "importance" || method == "rejection" || method == "sir";
        EXPECT_EQ(row.at("log_z").is_number(), weighted) << row;
        if (weighted) {
            EXPECT_NEAR(row.at("log_z").get<double>(), -2.8763, 5 * row.at("log_z_sd").get<double>()) << method;
        }
    }
    EXPECT_EQ(std::ranges::count(work.read("out/compare.csv"), '\n'), 8) << "and a head";
}

TEST(CompareCommand, SaysWhyAMethodCameToNothing) {
    const Workplace work;
    const Outcome outcome =
        work.run({"compare", shipped("scene_a"), "--particles", "50", "--methods", "importance,rejection", "--set",
                  "condition.observation=[40]", "--set", "condition.noise=0.001"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("\nrejection: rejection accepted none of"), std::string::npos) << outcome.out;
}

TEST(CompareCommand, KeepsWhatIsFinishedWhereItIsInterrupted) {
    const Workplace work;
    const Outcome outcome =
        work.interrupted_at("outsourced", {"compare", shipped("scene_a"), "--particles", "100", "--methods",
                                           "tds,outsourced,rtb", "--out", work.path("out")});
    EXPECT_EQ(outcome.status, 3) << outcome.err;
    EXPECT_NE(outcome.err.find("interrupted during outsourced"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.out.find("TDS"), std::string::npos) << outcome.out;
    const std::string csv = work.read("out/compare.csv");
    EXPECT_NE(csv.find("\ntds,"), std::string::npos) << csv;
    EXPECT_EQ(csv.find("outsourced"), std::string::npos) << "half a training is no result: " << csv;
    EXPECT_EQ(parse_json(work.read("out/compare.json"), "compare").size(), 3U) << "prior, exact posterior and TDS";
}

TEST(CompareCommand, ChangesTheMethodsThatHaveTheSetting) {
    const Workplace work;
    const auto compare = [&](const std::string& out, std::vector<std::string> more) {
        std::vector<std::string> arguments = {"compare",   shipped("scene_a"), "--particles", "100",
                                              "--methods", "tds,dps",          "--out",       work.path(out)};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return work.run(arguments);
    };
    ASSERT_EQ(compare("plain", {}).status, 0);
    const Outcome outcome = compare("changed", {"--set", "sampler.twist=point"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const Json plain = parse_json(work.read("plain/compare.json"), "compare");
    const Json changed = parse_json(work.read("changed/compare.json"), "compare");
    ASSERT_EQ(plain.size(), changed.size());
    for (size_t i = 0; i < plain.size(); ++i) {
        EXPECT_EQ(plain[i].at("reward") != changed[i].at("reward"), plain[i].at("method") == "tds") << plain[i];
    }
    for (const auto& [change, says] :
         {std::pair{"sampler.iterations=5", "none of the methods has a setting"},
          std::pair{"sampler.type=smc", "'--methods' says"}, std::pair{"sampler.space=noise", "'--methods' says"},
          std::pair{"sampler.twist=none", "sampler.twist"}}) {
        const Outcome refused = compare("refused", {"--set", change});
        EXPECT_EQ(refused.status, 2) << change;
        EXPECT_EQ(refused.error_lines(), 1) << refused.err;
        EXPECT_NE(refused.err.find(says), std::string::npos) << refused.err;
    }
}

TEST(CompareCommand, RefusesAnUnknownMethod) {
    const Workplace work;
    const Outcome outcome = work.run({"compare", shipped("scene_a"), "--methods", "tds,nuts"});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_NE(outcome.err.find("nuts"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("rejection"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace drift::test
