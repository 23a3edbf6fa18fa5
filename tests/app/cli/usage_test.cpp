#include "program.h"

#include "core/strict_json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace drift::test {
namespace {

void expect_refused(const Outcome& outcome, const std::string& what) {
    EXPECT_EQ(outcome.status, 2) << what;
    EXPECT_EQ(outcome.error_lines(), 1) << what << "\n" << outcome.err;
    EXPECT_TRUE(outcome.err.starts_with("driftscope: ")) << what << "\n" << outcome.err;
    EXPECT_EQ(outcome.out, "") << what;
}

TEST(Usage, RefusesBadArgumentsWithOneLine) {
    const Workplace work;
    const std::string scene = shipped("scene_a");
    const std::string out = work.path("out");
    const std::vector<std::vector<std::string>> cases = {
        {"run"},
        {"run", scene},
        {"run", "--out", out},
        {"run", scene, "--out", out, "--unknown"},
        {"run", scene, "--out", out, "--set", "sampler.eta"},
        {"run", scene, "--out", out, "--set", "sampler.etta=1"},
        {"run", scene, "--out", out, "--set", "sampler.type=magic"},
        {"run", scene, "--out", out, "--set", "sampler.resample_below=7"},
        {"run", scene, "--out", out, "--set", "=1"},
        {"run", scene, "--out", out, "--seed", "-1"},
        {"run", scene, "--out", out, "--seed", "one"},
        {"run", scene, "--out", out, "--particles", "0"},
        {"run", scene, "--out", out, "--particles", "1e9"},
        {"run", scene, "--out", out, "--particles", "many"},
        {"run", scene, "--out", out, "--device", "tpu"},
        {"run", scene, "--out", out, "--repeat", "0"},
        {"run", scene, "--out", out, "--repeat", "-3"},
        {"run", scene, "--out", out, "--repeat", "x"},
        {"run", scene, "--out", ""},
        {"run", scene, "--out", "/proc/nowhere/out"},
        {"run", work.path("none.json"), "--out", out},
        {"run", work.path(""), "--out", out},
        {"shot", scene, "--out", work.path("a.png"), "--size", "big"},
        {"shot", scene, "--out", work.path("a.png"), "--size", "1x1"},
        {"shot", scene, "--out", work.path("a.png"), "--step", "-1"},
        {"list", "--json", "--markdown"},
        {"list", "everything"},
        {"doctor", "who"},
        {"fit"},
        {"fit", "magic", "--data", work.path(""), "--out", out},
        {"fit", "fashion-diffusion", "--data", work.path("none"), "--out", out},
        {"--nonsense"},
        {scene, "and", "more"},
        {work.path("none.json")},
    };
    for (const std::vector<std::string>& arguments : cases) {
        std::string line;
        for (const std::string& argument : arguments) {
            line += " " + argument;
        }
        expect_refused(work.run(arguments), line);
        EXPECT_FALSE(std::filesystem::exists(out)) << line;
    }
}

// The key, what was given and what is accepted, and no bounds of three hundred digits.
TEST(Usage, NamesWhatWasGivenAndWhatIsAccepted) {
    const Workplace work;
    const std::string scene = shipped("scene_a");
    const std::string out = work.path("out");
    struct Case {
        std::vector<std::string> arguments;
        std::string says;
    };
    const std::vector<std::string> fit{"fit", "fashion-diffusion", "--data", out, "--out", out};
    const auto with = [](std::vector<std::string> words, const std::string& option, const std::string& value) {
        words.push_back(option);
        words.push_back(value);
        return words;
    };
    const std::vector<std::string> run{"run", scene, "--out", out};
    const std::vector<Case> cases{
        {with(run, "--set", "sampler.eta=nan"),
         "'sampler.eta' is 'nan' but takes a number or a curve of numbers from 0.001 to 1.5"},
        {with(run, "--set", "sampler.eta=inf"), "'sampler.eta' is 'inf' but takes a number or a curve of numbers"},
        {with(run, "--set", "sampler.eta="), "'sampler.eta' is '' but takes a number or a curve of numbers"},
        {with(run, "--set", "sampler.eta=[(0, 1), (x, 1)]"), "from 0.001 to 1.5: the text of a curve contains 'x'"},
        {with(run, "--repeat", "99999999999999999999"),
         "--repeat: is '99999999999999999999' but takes a whole number from 1 to 100000"},
        {with(run, "--repeat", "100001"), "--repeat: is '100001' but takes a whole number from 1 to 100000"},
        {with(run, "--repeat", "x"), "--repeat: is 'x' but takes a whole number from 1 to 100000"},
        {with({"shot", scene, "--out", out}, "--step", "x"), "--step: is 'x' but takes a whole number from 0"},
        {with(fit, "--iterations", "-4"), "--iterations: is '-4' but takes a whole number from 1"},
        {with(fit, "--iterations", "1.5"), "--iterations: is '1.5' but takes a whole number from 1"},
        {with(fit, "--threads", "0"), "--threads: is '0' but takes a whole number from 1"},
        {with(fit, "--hours", "0"), "--hours: is '0' but takes a number above 0"},
        {with(fit, "--seed", "-1"), "--seed: is '-1' but takes a whole number from 0"},
    };
    for (const Case& each : cases) {
        const Outcome outcome = work.run(each.arguments);
        expect_refused(outcome, each.says);
        EXPECT_NE(outcome.err.find(each.says), std::string::npos) << outcome.err;
        EXPECT_LT(outcome.err.size(), 400U) << outcome.err;
        EXPECT_FALSE(std::filesystem::exists(out)) << each.says;
    }
}

// Before any data are read, of which there are none here.
TEST(Usage, FitSaysAtOnceWhereItsWeightsCannotGo) {
    const Workplace work;
    const std::string nowhere = work.path("none/weights");
    for (const auto& [out, why] : std::vector<std::pair<std::string, std::string>>{
             {work.path(""), "is a folder"}, {nowhere, "no folder"}, {"/proc/weights", "cannot be written"}}) {
        const Outcome outcome = work.run({"fit", "fashion-diffusion", "--data", work.path("no_data"), "--out", out});
        expect_refused(outcome, out);
        EXPECT_NE(outcome.err.find("'--out' is '" + out + "'"), std::string::npos) << outcome.err;
        EXPECT_NE(outcome.err.find(why), std::string::npos) << outcome.err;
    }
    const std::string out = work.path("weights");
    const Outcome outcome = work.run({"fit", "fashion-diffusion", "--data", work.path("no_data"), "--out", out});
    expect_refused(outcome, out);
    EXPECT_NE(outcome.err.find("no_data"), std::string::npos) << outcome.err;
    const std::filesystem::directory_iterator left{work.path("")};
    EXPECT_TRUE(std::ranges::all_of(left, [](const auto& entry) {
        const std::string name = entry.path().filename().string();
        return name == "stdout.txt" || name == "stderr.txt";
    }));
}

TEST(Usage, SaysWhatWorksWithoutADisplay) {
    const Workplace work;
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{}, std::vector<std::string>{shipped("scene_a")}}) {
        const Outcome outcome = work.run(arguments);
        expect_refused(outcome, "no display");
        EXPECT_NE(outcome.err.find("driftscope run"), std::string::npos) << outcome.err;
        EXPECT_NE(outcome.err.find("driftscope shot"), std::string::npos) << outcome.err;
    }
}

TEST(Usage, HelpsWithoutComplaining) {
    const Workplace work;
    for (const char* word : {"run", "list", "shot", "fit", "doctor"}) {
        const Outcome outcome = work.run({word, "--help"});
        EXPECT_EQ(outcome.status, 0) << word;
        EXPECT_EQ(outcome.err, "") << word;
        EXPECT_NE(work.run({"--help"}).out.find(word), std::string::npos) << word;
    }
    EXPECT_EQ(work.run({"--version"}).status, 0);
}

TEST(Usage, DoctorFindsWhatIsShipped) {
    const Workplace work;
    const Outcome outcome = work.run({"doctor"});
    EXPECT_EQ(outcome.status, 0);
    for (const char* word : {"LibTorch", "device", "threads", "no display", "assets", "weights", "data"}) {
        EXPECT_NE(outcome.out.find(word), std::string::npos) << word << "\n" << outcome.out;
    }
}

/// The parameter of a method that learns, as it is listed.
Json listed(const Json& all, const std::string& key) {
    for (const Json& item : all.at("sampler")) {
        for (const Json& param : item.at("parameters")) {
            if (item.at("type") == "outsourced" && param.at("key") == key) {
                return param;
            }
        }
    }
    return {};
}

TEST(Usage, ListsWhatParametersDependOn) {
    const Workplace work;
    const Json json = parse_json(work.run({"list", "--json"}).out, "list");
    EXPECT_FALSE(listed(json, "beta").contains("only_with"));
    EXPECT_EQ(listed(json, "batch").at("only_with"),
              Json::parse(R"([{"any_of": [{"key": "weights", "values": [""]}]}])"))
        << "where nothing is trained it does nothing";
    EXPECT_EQ(listed(json, "lambda").at("only_with"),
              Json::parse(R"([{"any_of": [{"key": "loss", "values": ["subtb"]}]},
                                                                     {"any_of": [{"key": "weights", "values": [""]}]}])"));
    EXPECT_EQ(listed(json, "buffer_priority").at("only_with"),
              Json::parse(R"([{"any_of": [{"key": "sources.buffer", "above": 0},
                                          {"key": "sources.local_search", "above": 0}]},
                              {"any_of": [{"key": "weights", "values": [""]}]}])"));
    EXPECT_EQ(listed(json, "sources.data").at("only_with").size(), 3U) << "the loss, one observation, and a training";
    const std::string words =
        "Counts only where sources.buffer is above 0 or sources.local_search is above 0, and weights is not given.";
    EXPECT_NE(work.run({"list"}).out.find(words), std::string::npos);
    EXPECT_NE(work.run({"list", "--markdown"}).out.find(words), std::string::npos);
}

TEST(Usage, ListsTheWholeCatalogueInEveryForm) {
    const Workplace work;
    const Outcome as_json = work.run({"list", "--json"});
    EXPECT_EQ(as_json.status, 0);
    const Json json = parse_json(as_json.out, "list");
    const std::string markdown = work.run({"list", "--markdown"}).out;
    const std::string text = work.run({"list"}).out;
    for (const auto& [kind, list] : json.items()) {
        ASSERT_FALSE(list.empty()) << kind;
        for (const Json& item : list) {
            const std::string type = item.at("type");
            EXPECT_NE(markdown.find("`" + type + "`"), std::string::npos) << type;
            EXPECT_NE(text.find("  " + type + ":"), std::string::npos) << type;
            for (const Json& param : item.at("parameters")) {
                EXPECT_TRUE(param.contains("default")) << type;
                EXPECT_NE(markdown.find("`" + param.at("key").get<std::string>() + "`"), std::string::npos);
            }
        }
    }
    for (const char* type : {"gaussian_mixture", "linear_gaussian", "edm", "reverse_diffusion", "dps", "tds"}) {
        EXPECT_NE(text.find(type), std::string::npos) << type;
    }
}

}  // namespace
}  // namespace drift::test
