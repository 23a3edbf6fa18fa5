// Files that are not scenarios, through the real program: exit 2 and exactly one line.
#include "program.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace drift::test {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

struct Case {
    std::string name;
    std::string text;
    std::string says;
};

std::string good_file() {
    return R"({"format": "driftscope-scenario", "version": 1,
  "prior": {"type": "gaussian_mixture", "means": [[0, 1], [2, 3]], "covariance": 0.3, "weights": [0.5, 0.5]},
  "condition": {"type": "linear_gaussian", "matrix": [[1, 0]], "observation": [-1], "noise": 0.5},
  "schedule": {"type": "edm", "steps": 5},
  "sampler": {"type": "tds"}, "particles": 16, "seed": 1})";
}

std::vector<Case> cases() {
    const std::string good = good_file();
    const auto with = [&good](const std::string& from, const std::string& to) { return replaced(good, from, to); };
    const auto picture = [&with](const std::string& image) {
        return with("\"linear_gaussian\", \"matrix\": [[1, 0]], \"observation\": [-1], \"noise\": 0.5",
                    "\"inpainting\", \"image\": " + image);
    };
    std::string deep = std::string(5'000'000, '[');
    std::string many = "[[0, 1]";
    for (int i = 0; i < 200'000; ++i) {
        many += ", [1]";
    }
    return {
        {"empty", "", "not JSON"},
        {"zeros", std::string(1000, '\0'), "not JSON"},
        {"picture", "\x89PNG\r\n\x1a\n", "not JSON but a PNG picture"},
        {"array", "\x93NUMPY\x01", "not JSON but an array of NumPy"},
        {"weights", "DRIFTARR\x01", "not JSON but the weights of a network"},
        {"TorchScript", "PK\x03\x04\x01", "not JSON but a ZIP archive"},
        {"text that begins like one", "PKW: 4", "not JSON"},
        {"truncated", good.substr(0, good.size() - 40), "not JSON"},
        {"truncated in a text", good.substr(0, 20), "not JSON"},
        {"two documents", good + good, "not JSON"},
        {"list", "[" + good + "]", "a list of 1"},
        {"invalid UTF-8", with("driftscope-scenario", "driftscope-\xc3\x28"), "UTF-8"},
        {"invalid UTF-8 in a key", with("\"seed\"", "\"\xff\xfe\""), "UTF-8"},
        {"deep nesting", deep, "nested"},
        {"deep nesting in a key", with("[[0, 1], [2, 3]]", std::string(40, '[') + "1" + std::string(40, ']')),
         "nested"},
        {"five dimensions", with("[[0, 1], [2, 3]]", "[[[[[1]]]]]"), "prior.means"},
        {"duplicate key", with("\"seed\": 1", "\"seed\": 1, \"seed\": 2"), "'seed' is given twice"},
        {"duplicate key inside", with("\"noise\": 0.5", "\"noise\": 0.5, \"noise\": 1"), "'condition.noise'"},
        {"unknown key", with("\"seed\"", "\"sead\""), "'sead'"},
        {"unknown key inside", with("\"noise\"", "\"noize\""), "'condition.noize'"},
        {"key with a line break", with("\"noise\"", "\"a\\nb\""), "condition.a"},
        {"very long key", with("\"noise\"", "\"" + std::string(100'000, 'k') + "\""), "kkk"},
        {"unknown prior", with("gaussian_mixture", "gaussian_mix"), "prior.type"},
        {"type of another kind", with("\"type\": \"tds\"", "\"type\": \"edm\""), "sampler.type"},
        {"schedule that nobody walks", with("\"tds\"", "\"mala\""), "'schedule'"},
        {"annealing along a schedule", with("\"tds\"", "\"ais\""), "walks no noise schedule"},
        {"no sampler", with("\"sampler\": {\"type\": \"tds\"}, ", ""), "'sampler' is missing"},
        {"text for a number", with("0.5}", "\"half\"}"), "condition.noise"},
        {"null for a number", with("0.5}", "null}"), "condition.noise"},
        {"object for a list", with("[-1]", "{\"a\": 1}"), "condition.observation"},
        {"boolean for a count", with("\"particles\": 16", "\"particles\": true"), "particles"},
        {"infinity", with("0.5}", "1e999}"), "too large"},
        {"NaN", with("0.5}", "NaN}"), "not JSON"},
        {"huge number", with("[-1]", "[1e300]"), "condition.observation"},
        {"negative noise", with("0.5}", "-0.5}"), "condition.noise"},
        {"no particles", with("\"particles\": 16", "\"particles\": 0"), "particles"},
        {"too many particles", with("\"particles\": 16", "\"particles\": 10000001"), "particles"},
        {"far too many particles", with("\"particles\": 16", "\"particles\": 99999999999999999999999"), "particles"},
        {"too many steps", with("\"steps\": 5", "\"steps\": 1000000000"), "schedule.steps"},
        {"half a step", with("\"steps\": 5", "\"steps\": 5.5"), "schedule.steps"},
        {"rows of different length", with("[2, 3]", "[2]"), "prior.means"},
        {"many rows of another length", with("[[0, 1], [2, 3]]", many + "]"), "prior.means"},
        {"matrix of another width", with("[[1, 0]]", "[[1, 0, 0]]"), "condition.matrix"},
        {"observation of another length", with("[-1]", "[-1, 2]"), "condition.observation"},
        {"weights of another length", with("[0.5, 0.5]", "[0.5, 0.3, 0.2]"), "prior.weights"},
        {"weight of nothing", with("[0.5, 0.5]", "[0.5, 0]"),
         "'prior.weights' contains 0 but takes a number, a list or a table of numbers from 1e-12"},
        {"negative weight", with("[0.5, 0.5]", "[0.5, -0.5]"), "prior.weights"},
        {"covariance of another shape", with("\"covariance\": 0.3", "\"covariance\": [[1, 2, 3]]"), "prior.covariance"},
        {"covariance that is none", with("\"covariance\": 0.3", "\"covariance\": [[1, 2], [2, 1]]"),
         "prior.covariance"},
        {"asymmetric covariance", with("\"covariance\": 0.3", "\"covariance\": [[1, 0.5], [0, 1]]"),
         "prior.covariance"},
        {"schedule that rises", with("\"steps\": 5", "\"steps\": 5, \"sigma_min\": 3, \"sigma_max\": 2"), "sigma"},
        {"drawn schedule that rises",
         with("\"edm\"", "\"drawn\", \"knots\": [[0, 2], [0.5, -1], [0.7, -0.5], [1, -3]]"),
         "'schedule.knots' must fall strictly in ln sigma, but knot 2 is -0.5 after -1"},
        {"drawn schedule that stays", with("\"edm\"", "\"drawn\", \"knots\": [[0, 2], [0.5, 2], [1, -3]]"),
         "'schedule.knots' must fall"},
        {"drawn schedule that goes back", with("\"edm\"", "\"drawn\", \"knots\": [[0, 2], [0.6, 1], [0.4, -3]]"),
         "'schedule.knots': a curve"},
        {"drawn schedule of single numbers", with("\"edm\"", "\"drawn\", \"knots\": [2, 1, -3]"),
         "'schedule.knots' must be a list of pairs"},
        {"curve that goes back", with("\"type\": \"tds\"", "\"type\": \"tds\", \"eta\": {\"knots\": [[1, 1], [0, 1]]}"),
         "sampler.eta"},
        {"curve of another kind",
         with("\"type\": \"tds\"", "\"type\": \"tds\", \"eta\": {\"curve\": \"cubic\", \"knots\": [[0, 1]]}"), "cubic"},
        {"negative seed", with("\"seed\": 1", "\"seed\": -1"), "seed"},
        {"sum of a number",
         with("\"linear_gaussian\", \"matrix\": [[1, 0]], \"observation\": [-1], \"noise\": 0.5",
              "\"sum\", \"terms\": [7]"),
         "'condition.terms[0]'"},
        {"sum of what does not fit",
         with("\"linear_gaussian\", \"matrix\": [[1, 0]], \"observation\": [-1], \"noise\": 0.5",
              "\"sum\", \"terms\": [{\"type\": \"half_space\", \"normal\": [1, 2, 3]}]"),
         "'condition.terms[0]': 'condition.normal'"},
        {"kind of noise that is none", with("0.5}", "0.5, \"noise_model\": \"cauchy\"}"), "'condition.noise_model'"},
        {"negative count", with("0.5}", "0.5, \"noise_model\": \"poisson\"}"), "'condition.observation' holds -1"},
        {"label of no component",
         with("\"linear_gaussian\", \"matrix\": [[1, 0]], \"observation\": [-1], \"noise\": 0.5",
              "\"label\", \"labels\": [2]"),
         "'condition.labels' holds 2"},
        {"no label at all",
         with("\"linear_gaussian\", \"matrix\": [[1, 0]], \"observation\": [-1], \"noise\": 0.5",
              "\"label\", \"labels\": []"),
         "'condition.labels' is an empty list, but must be a list of one number or more"},
        {"picture from nowhere", picture("{}"), "'condition.image' is empty but takes either"},
        {"picture from two places", picture("{\"dataset\": \"a\", \"file\": \"b\"}"),
         "'condition.image' has dataset, file but takes either"},
        {"half a component",
         with("\"linear_gaussian\", \"matrix\": [[1, 0]], \"observation\": [-1], \"noise\": 0.5",
              "\"mixture_ratio\", \"keep\": [0.5]"),
         "'condition.keep' holds 0.5"},
        {"one row of a pair",
         with("\"linear_gaussian\", \"matrix\": [[1, 0]], \"observation\": [-1]",
              "\"phase_retrieval\", \"matrix\": [[1, 0]], \"observation\": [1]"),
         "'condition.matrix' has 1 rows"},
        {"reward without a file",
         with("\"linear_gaussian\", \"matrix\": [[1, 0]], \"observation\": [-1], \"noise\": 0.5",
              "\"reward\", \"function\": \"torchscript\""),
         "'condition.file'"},
        {"future version", with("\"version\": 1", "\"version\": 2"), "version"},
        {"other format", with("driftscope-scenario", "driftscope-session"), "format"},
    };
}

TEST(MalformedScenario, IsRefusedWithOneLine) {
    const Workplace work;
    EXPECT_EQ(work.run({"run", work.file("good.json", good_file()), "--out", work.path("good")}).status, 0);
    for (const Case& malformed : cases()) {
        const Outcome outcome = work.run({"run", work.file("bad.json", malformed.text), "--out", work.path("out")});
        EXPECT_EQ(outcome.status, 2) << malformed.name << ": " << outcome.err;
        EXPECT_EQ(outcome.error_lines(), 1) << malformed.name << ": " << outcome.err;
        EXPECT_LT(outcome.err.size(), 1200U) << malformed.name;
        EXPECT_NE(outcome.err.find(malformed.says), std::string::npos) << malformed.name << ": " << outcome.err;
        EXPECT_EQ(outcome.out, "") << malformed.name;
        EXPECT_FALSE(std::filesystem::exists(work.path("out"))) << malformed.name;
    }
}

TEST(MalformedScenario, IsRefusedWhenItIsTooLong) {
    const Workplace work;
    std::string text = good_file();
    text.resize((size_t{64} << 20) + 10, ' ');
    const Outcome outcome = work.run({"run", work.file("long.json", text), "--out", work.path("out")});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_NE(outcome.err.find("64 MiB"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace drift::test
