#include "core/scenario.h"

#include "core/error.h"
#include "core/json_values.h"
#include "core/terms.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

namespace drift {
namespace {

const std::string head = R"("format": "driftscope-scenario", "version": 1, )";
const std::string prior = R"("prior": {"type": "gaussian_mixture", "means": [[0, 1], [2, 3]], "covariance": 0.3})";
const std::string condition =
    R"("condition": {"type": "linear_gaussian", "matrix": [[1, 0]], "observation": [-1], "noise": 0.5})";
const std::string sampler = R"("sampler": {"type": "tds"})";

Scenario read(const std::string& body) {
    return scenario_from_json("{" + head + body + "}", "test.json");
}

Scenario complete() {
    return read(prior + ", " + condition + ", " + sampler);
}

std::string refusal(const std::string& text) {
    try {
        scenario_from_json(text, "test.json");
    } catch (const UserError& error) {
        return error.what();
    }
    return "accepted";
}

std::string refused_part(const std::string& body) {
    return refusal("{" + head + body + "}");
}

TEST(Scenario, ReadsNumbersListsAndText) {
    const Scenario scenario =
        read(R"("title": "T", "caption": "C", "particles": 256, "seed": 18446744073709551615, )" + prior + ", " +
             condition + ", " + sampler + R"(, "schedule": {"type": "edm", "sigma_min": 0.1, "steps": 10})");
    EXPECT_EQ(scenario.title, "T");
    EXPECT_EQ(scenario.caption, "C");
    EXPECT_EQ(scenario.particles, 256);
    EXPECT_EQ(scenario.seed, 18446744073709551615U);
    EXPECT_EQ(scenario.prior.type, "gaussian_mixture");
    const Array means = std::get<Array>(scenario.prior.params.at("means").value);
    EXPECT_EQ(means, (Array{{2, 2}, {0, 1, 2, 3}}));
    EXPECT_EQ(std::get<Array>(scenario.prior.params.at("covariance").value), (Array{{}, {0.3}}));
    EXPECT_EQ(std::get<double>(scenario.schedule.params.at("sigma_min").value), 0.1);
    EXPECT_EQ(std::get<int64_t>(scenario.schedule.params.at("steps").value), 10);
}

TEST(Scenario, TakesTheDefaultScheduleWhereNoneIsGiven) {
    const Scenario scenario = complete();
    EXPECT_EQ(scenario.schedule.type, "edm");
    EXPECT_EQ(std::get<double>(scenario.schedule.params.at("sigma_max").value), 20);
    EXPECT_EQ(std::get<double>(scenario.schedule.params.at("sigma_min").value), 0.02);
    EXPECT_EQ(std::get<double>(scenario.schedule.params.at("rho").value), 7);
    EXPECT_EQ(std::get<int64_t>(scenario.schedule.params.at("steps").value), 60);
}

TEST(Scenario, WritesEveryParameterAndReadsItBackBitByBit) {
    Scenario scenario = complete();
    scenario.title = "Quotes \" and umlauts \xc3\xa4";
    scenario.seed = 18446744073709551615U;
    scenario.prior.params.set("means", Array{{2, 2}, {0.1, 1.0 / 3, -0.0, 1e-300}});
    const std::string text = to_json(scenario);
    const Scenario back = scenario_from_json(text, "test.json");
    EXPECT_TRUE(same_values(back, scenario));
    EXPECT_TRUE(std::signbit(std::get<Array>(back.prior.params.at("means").value).data[2]));
    for (const Param& param : scenario.sampler.params) {
        EXPECT_NE(text.find("\"" + param.key + "\""), std::string::npos) << param.key;
    }
    EXPECT_EQ(to_json(back), text);
}

TEST(Scenario, RoundTripsTheDefaultsOfTheWholeCatalogue) {
    for (const Item& item : items(Kind::Sampler)) {
        for (const Item& schedule : items(Kind::Schedule)) {
            Scenario scenario = complete();
            scenario.sampler = default_choice(Kind::Sampler, item.key);
            scenario.schedule = default_choice(Kind::Schedule, schedule.key);
            EXPECT_TRUE(same_values(scenario_from_json(to_json(scenario), "test.json"), scenario)) << item.key;
        }
    }
    for (const Kind kind : {Kind::Prior, Kind::Condition}) {
        for (const Item& item : items(kind)) {
            Scenario scenario = complete();
            (kind == Kind::Prior ? scenario.prior : scenario.condition) = default_choice(kind, item.key);
            EXPECT_TRUE(same_values(scenario_from_json(to_json(scenario), "test.json"), scenario)) << item.key;
        }
    }
}

TEST(Scenario, ComesBackFromAFileWithItsFolder) {
    const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "drift_scenario";
    std::filesystem::create_directories(folder);
    const std::string path = (folder / "s.json").string();
    const Scenario scenario = complete();
    save_scenario(scenario, path);
    const Scenario back = load_scenario(path);
    EXPECT_TRUE(same_values(back, scenario));
    EXPECT_EQ(back.folder, folder.string());
    EXPECT_THROW(load_scenario((folder / "none.json").string()), UserError);
    std::filesystem::remove_all(folder);
}

struct Refused {
    std::string text;
    std::string says;
};

TEST(Scenario, RefusesFilesThatAreNotScenarios) {
    const std::string rest = prior + ", " + condition + ", " + sampler;
    const std::vector<Refused> cases = {
        {"", "is not JSON"},
        {"{", "is not JSON"},
        {"[]", "the file is a list of 0 but takes an object"},
        {"3", "the file is 3 but takes an object"},
        {"{}", "'format' is missing"},
        {"{\"format\": \"other\", \"version\": 1, " + rest + "}", "'format' is the text 'other'"},
        {"{\"format\": \"driftscope-scenario\", \"version\": 2, " + rest + "}", "'version' is 2"},
        {"{\"format\": \"driftscope-scenario\", \"version\": 1.5, " + rest + "}", "'version' is 1.5"},
        {"{" + head + rest + "} x", "is not JSON"},
        {"{" + head + rest + ", \"colour\": 1}", "'colour' is not a known key; accepted: format, version, title"},
        {"{" + head + rest + ", \"seed\": 1, \"seed\": 2}", "'seed' is given twice"},
        {"{" + head + "\"title\": \"\xff\", " + rest + "}", "is not JSON"},
        {"{" + head + "\"title\": \"a\\nb\", " + rest + "}", "'title' is the text 'a?b'"},
        {"{" + head + "\"title\": 3, " + rest + "}", "'title' is 3"},
        {std::string(100'000, '['), "more than 32 levels"},
        {std::string(1, '\0'), "is not JSON"},
        {"{" + head + "\"particles\": 1e400, " + rest + "}", "number is too large"},
    };
    for (const Refused& refused : cases) {
        const std::string message = refusal(refused.text);
        EXPECT_TRUE(message.starts_with("test.json: ")) << message;
        EXPECT_NE(message.find(refused.says), std::string::npos) << message << " should say " << refused.says;
        EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    }
}

TEST(Scenario, RefusesPartsByTheirPath) {
    const auto with_prior = [](const std::string& text) {
        return "\"prior\": {\"type\": \"gaussian_mixture\", " + text + "}, " + condition + ", " + sampler;
    };
    const auto with_sampler = [](const std::string& text) {
        return prior + ", " + condition + ", \"sampler\": " + text;
    };
    const std::string rest = prior + ", " + condition + ", " + sampler;
    const std::vector<Refused> cases = {
        {prior + ", " + sampler, "'condition' is missing"},
        {with_sampler("3"), "'sampler' is 3 but takes an object with a \"type\""},
        {with_sampler("{}"), "'sampler' is an object without a type"},
        {with_sampler(R"({"type": 7})"), "'sampler.type' is 7"},
        {with_sampler(R"({"type": "tdx"})"), "'sampler.type': 'tdx' is not a known type of sampler; accepted: "},
        {with_sampler(R"({"type": "tds", "etta": 1})"), "'sampler.etta' is not a known key; accepted: type, "},
        {with_sampler(R"({"type": "tds", "resampling": "magic"})"), "'sampler.resampling' is 'magic' but takes one of"},
        {with_sampler(R"({"type": "tds", "resampling": 1})"), "'sampler.resampling' is 1 but takes one of"},
        {with_sampler(R"({"type": "tds", "resample_below": 7})"), "'sampler.resample_below' is 7 but takes a number"},
        {with_sampler(R"({"type": "tds", "resample_below": null})"), "'sampler.resample_below' is null but takes"},
        {with_sampler(R"({"type": "tds", "eta": "x"})"), "'sampler.eta' is the text 'x' but takes a number or a curve"},
        {with_sampler(R"({"type": "tds", "eta": {"knots": [[0, 1], [0, 2]]}})"), "'sampler.eta': a curve has a knot"},
        {with_sampler(R"({"type": "tds", "eta": {"knots": [[0, 1]], "shape": 1}})"), "'sampler.eta.shape' is not a"},
        {with_prior(R"("means": [[0, 1], [2]])"), "'prior.means' has a row of 1 beside one of 2"},
        {with_prior(R"("means": [[0, 1], 2])"), "'prior.means' is 2 but takes"},
        {with_prior(R"("means": [0, [1]])"), "'prior.means' mixes numbers and lists"},
        {with_prior(R"("means": [[]])"), "'prior.means' is a list of 1 but takes lists without empty ones"},
        {with_prior(R"("means": [[[[[1]]]]])"), "nested at most 4 deep"},
        {with_prior(R"("means": [["a", 1]])"), "'prior.means' is the text 'a' but takes a number"},
        {with_prior(R"("means": "x")"), "'prior.means' is the text 'x' but takes"},
        {with_prior(R"("means": {"a": 1, "a": 2})"), "'prior.means.a' is given twice"},
        {rest + ", \"particles\": 0", "'particles' is 0 but takes a whole number from 1 to"},
        {rest + ", \"particles\": 1e12", "'particles' is 1e+12 but takes a whole number from 1 to 10000000"},
        {rest + ", \"particles\": 1.5", "'particles' is 1.5 but takes a whole number"},
        {rest + ", \"particles\": \"many\"", "'particles' is the text 'many' but takes a whole number"},
        {rest + ", \"seed\": -1", "'seed' is -1 but takes a whole number from 0"},
        {rest + ", \"seed\": 18446744073709551616", "'seed' is 18446744073709551616 but takes"},
        {rest + R"(, "schedule": {"type": "edm", "steps": 0})", "'schedule.steps' is 0 but takes a whole number"},
        {rest + R"(, "schedule": {"type": "edm", "steps": 100001})", "'schedule.steps' is 100001 but takes"},
        {rest + R"(, "schedule": "edm")", "'schedule' is the text 'edm' but takes an object"},
    };
    for (const Refused& refused : cases) {
        const std::string message = refused_part(refused.text);
        EXPECT_NE(message.find(refused.says), std::string::npos) << message << "\n  should say " << refused.says;
    }
}

std::string with_terms(const std::string& terms) {
    return prior + R"(, "condition": {"type": "sum", "terms": )" + terms + "}, " + sampler;
}

TEST(Scenario, HoldsConditionsInsideConditions) {
    Scenario scenario = read(with_terms(
        R"([{"type": "linear_gaussian", "noise": 0.25, "weight": 2}, {"type": "sum", "terms": [{"type": "none"}]}])"));
    const std::vector<Term> terms = list_of(std::get<Terms>(scenario.condition.params.at("terms").value));
    ASSERT_EQ(terms.size(), 2U);
    EXPECT_EQ(terms[0].weight, 2);
    EXPECT_EQ(std::get<double>(terms[0].condition.params.at("noise").value), 0.25);
    EXPECT_EQ(terms[1].weight, 1);
    EXPECT_EQ(list_of(std::get<Terms>(terms[1].condition.params.at("terms").value)).at(0).condition.type, "none");
    const std::string text = to_json(scenario);
    const Scenario back = scenario_from_json(text, "test.json");
    EXPECT_TRUE(same_values(back, scenario));
    EXPECT_EQ(to_json(back), text);
    Scenario other = back;
    set_value(other, "condition.terms", R"([{"type": "linear_gaussian", "noise": 0.5, "weight": 2}])");
    EXPECT_FALSE(same_values(other, back));
    EXPECT_FALSE(only_live_changes(back, other));
}

TEST(Scenario, RefusesConditionsInsideConditionsByTheirPath) {
    const std::vector<Refused> cases = {
        {"3", "'condition.terms' is 3 but takes a list of conditions"},
        {R"({"type": "none"})", "'condition.terms' is an object but takes a list of conditions"},
        {"[3]", "'condition.terms[0]' is 3 but takes an object with a \"type\""},
        {R"([{"type": "none"}, {"weight": 1}])", "'condition.terms[1]' is an object without a type"},
        {R"([{"type": "tds"}])", "'condition.terms[0].type': 'tds' is not a known type of condition; accepted: "},
        {R"([{"type": "linear_gaussian", "noize": 1}])",
         "'condition.terms[0].noize' is not a known key; accepted: type, matrix, observation, noise, noise_model, "
         "degrees, gain, floor, step, weight"},
        {R"([{"type": "linear_gaussian", "noise_model": "cauchy"}])",
         "'condition.terms[0].noise_model' is 'cauchy' but takes one of gaussian, student_t, laplace, poisson"},
        {R"([{"type": "none", "weight": "much"}])",
         "'condition.terms[0].weight' is the text 'much' but takes a number"},
        {R"([{"type": "none", "weight": 1e7}])", "'condition.terms[0].weight' is 10000000 but takes a number from"},
        {R"([{"type": "sum", "terms": [{"type": "none", "weight": null}]}])",
         "'condition.terms[0].terms[0].weight' is null but takes"},
    };
    for (const Refused& refused : cases) {
        const std::string message = refused_part(with_terms(refused.text));
        EXPECT_NE(message.find(refused.says), std::string::npos) << message << "\n  should say " << refused.says;
    }
}

TEST(Scenario, SetsValuesByPath) {
    Scenario scenario = complete();
    set_value(scenario, "particles", "64");
    set_value(scenario, "seed", "7");
    set_value(scenario, "sampler.eta", "0.5");
    set_value(scenario, "sampler.resampling", "multinomial");
    set_value(scenario, "prior.means", "[[1,2],[3,4]]");
    set_value(scenario, "sampler.guidance", R"({"curve": "linear", "knots": [[0, 0], [1, 4]]})");
    EXPECT_EQ(scenario.particles, 64);
    EXPECT_EQ(scenario.seed, 7U);
    EXPECT_EQ(std::get<Curve>(scenario.sampler.params.at("eta").value), Curve(0.5));
    EXPECT_EQ(std::get<std::string>(scenario.sampler.params.at("resampling").value), "multinomial");
    EXPECT_EQ(std::get<Array>(scenario.prior.params.at("means").value), (Array{{2, 2}, {1, 2, 3, 4}}));
    EXPECT_EQ(std::get<Curve>(scenario.sampler.params.at("guidance").value).at(0.5), 2);
    set_value(scenario, "sampler.guidance", "schedule v1: interp=linear [(0,2),(1,4)]");
    EXPECT_EQ(std::get<Curve>(scenario.sampler.params.at("guidance").value).at(0.5), 3);
    set_value(scenario, "sampler.type", "dps");
    EXPECT_TRUE(same_values(scenario.sampler, default_choice(Kind::Sampler, "dps")));
}

TEST(Scenario, RefusesToSetWhatIsNotThere) {
    const Scenario before = complete();
    for (const auto& [path, value] : std::vector<std::pair<std::string, std::string>>{
             {"", "1"},
             {"x", "1"},
             {"sampler", "1"},
             {"sampler.", "1"},
             {"sampler.etta", "1"},
             {"sampler.eta", "x"},
             {"sampler.eta", "schedule v1: [(0,-1)]"},
             {"sampler.eta.knots", "[[0,1]]"},
             {"sampler.type", "tdx"},
             {"particles", "0"},
             {"particles", "1000000000000"},
             {"particles.x", "1"},
             {"seed", "-1"},
             {"seed", "one"},
             {"prior.means", "[[1],[2,3]]"},
             {"prior.means", "[[1"},
             {"title", "a\nb"},
         }) {
        Scenario scenario = before;
        EXPECT_THROW(set_value(scenario, path, value), UserError) << path << "=" << value;
        EXPECT_TRUE(same_values(scenario, before)) << path;
    }
}

// formats.md: a schedule given to a method that walks none is refused; one that was chosen before is kept for later.
TEST(Scenario, HasNoScheduleForMethodsThatWalkNone) {
    const std::string chains = R"("sampler": {"type": "mala"})";
    const std::string text =
        refused_part(prior + ", " + condition + ", " + chains + R"(, "schedule": {"type": "edm"})");
    EXPECT_NE(text.find("'schedule' is given, but 'sampler.type' is mala"), std::string::npos) << text;
    Scenario scenario = complete();
    scenario.schedule.params.set("steps", int64_t{17});
    const Scenario walked = scenario;
    set_value(scenario, "sampler.type", "ais");
    EXPECT_EQ(to_json(scenario).find("schedule"), std::string::npos);
    EXPECT_THROW(set_value(scenario, "schedule.steps", "5"), UserError);
    EXPECT_TRUE(same_values(scenario_from_json(to_json(scenario), "test.json"), scenario));
    set_value(scenario, "sampler.type", "tds");
    EXPECT_TRUE(same_values(scenario, walked));
}

TEST(Scenario, KnowsLiveChangesFromThoseThatRestart) {
    const Scenario before = complete();
    Scenario now = before;
    EXPECT_TRUE(only_live_changes(before, now));
    now.title = "Another title";
    EXPECT_TRUE(only_live_changes(before, now));
    for (const Param& param : before.sampler.params) {
        Scenario changed = before;
        if (const auto* number = std::get_if<double>(&param.value)) {
            changed.sampler.params.set(param.key, (*number + param.range.max) / 2);
        } else if (std::holds_alternative<Curve>(param.value)) {
            changed.sampler.params.set(param.key, Curve(param.range.max));
        } else {
            continue;
        }
        EXPECT_EQ(only_live_changes(before, changed), param.effect == Effect::Live || same_values(before, changed))
            << param.key;
    }
    now.seed = 2;
    EXPECT_FALSE(only_live_changes(before, now));
    now = before;
    now.schedule.params.set("steps", int64_t{10});
    EXPECT_FALSE(only_live_changes(before, now));
}

// Chains remember the likelihood of where they are, and annealing has weighed by it.
TEST(Scenario, BeginsChainsAnewWhereTheProblemChanges) {
    const auto goes_on = [](const char* method) {
        Scenario before;
        before.prior = default_choice(Kind::Prior, "diffusion");
        before.condition = default_choice(Kind::Condition, "class");
        before.sampler = default_choice(Kind::Sampler, method);
        Scenario now = before;
        now.condition.params.set("strength", 2.5);
        EXPECT_FALSE(same_values(before, now));
        return only_live_changes(before, now);
    };
    EXPECT_TRUE(goes_on("dps"));
    for (const char* method : {"ula", "mala", "hmc", "ais"}) {
        EXPECT_FALSE(goes_on(method)) << method;
    }
}

TEST(JsonValues, WritesTheAutomaticValueAsAWord) {
    Param param;
    param.key = "spread";
    param.value = param.default_value = 0.0;
    param.range = {0.1, 10};
    param.automatic = 0;
    EXPECT_EQ(to_json(param), "auto");
    EXPECT_EQ(std::get<double>(value_from_json("auto", param, "sampler.spread")), 0);
    EXPECT_EQ(std::get<double>(value_from_json(3, param, "sampler.spread")), 3);
    EXPECT_THROW(value_from_json(0.01, param, "sampler.spread"), UserError);
    EXPECT_THROW(value_from_json("automatic", param, "sampler.spread"), UserError);
}

Param image_param() {
    Param param;
    param.key = "image";
    param.value = param.default_value = ImageSource{};
    return param;
}

TEST(JsonValues, ReadsImagesByDataSetOrByFile) {
    const auto image = [](const std::string& text) {
        return std::get<ImageSource>(value_from_json(parse_json(text, "t"), image_param(), "condition.image"));
    };
    EXPECT_EQ(image(R"({"dataset": "fashion-mnist-test", "index": 7})"), (ImageSource{"fashion-mnist-test", 7, ""}));
    EXPECT_EQ(image(R"({"file": "a.png"})").file, "a.png");
    EXPECT_EQ(image(R"({"dataset": "x"})").index, 0);
    for (const char* text : {"{}", "3", R"({"file": ""})", R"({"file": "a", "index": 3})", R"({"index": 3})",
                             R"({"dataset": "x", "index": -1})", R"({"dataset": "x", "index": 1.5})",
                             R"({"dataset": "x", "file": "y"})", R"({"file": 3})", R"({"path": "x"})"}) {
        EXPECT_THROW(image(text), UserError) << text;
    }
    for (const ImageSource& source : {ImageSource{"fashion-mnist-test", 7, ""}, ImageSource{"", 0, "a.png"}}) {
        const ImageSource back = image(to_json(Value(source)).dump());
        EXPECT_EQ(back.file, source.file);
        EXPECT_EQ(back.file.empty() ? back : source, source);
    }
}

}  // namespace
}  // namespace drift
