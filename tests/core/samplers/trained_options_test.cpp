// Which settings of a trained sampler count: those that are said to have no effect change no number of a training, and
// those that are said to have one do.
#include "core/io/npy.h"
#include "support/settings.h"
#include "support/trained.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <tuple>
#include <vector>

namespace drift {
namespace {

/// All that a short training and sampling after it say. Buffers are described whether or not they are drawn from.
std::vector<double> numbers_of(const Scenario& scenario) {
    drift::Run run(scenario, {Device::Cpu, Precision::Float64, false});
    std::vector<double> all;
    while (!run.finished()) {
        const TrainingNumbers& now = *run.advance()->training;
        for (const double value : {now.loss, now.residual_spread, now.learned_log_z, now.gradient_norm, now.log_z_lower,
                                   now.log_z, now.log_z_upper, now.ess}) {
            all.push_back(std::isnan(value) ? -1e300 : value);
        }
    }
    const Samples samples = run.samples();
    all.insert(all.end(), samples.values.begin(), samples.values.end());
    all.insert(all.end(), samples.log_weights.begin(), samples.log_weights.end());
    return all;
}

void write_rows(const std::string& path, const std::vector<double>& values) {
    std::ofstream(path, std::ios::binary) << npy_bytes({static_cast<int64_t>(values.size() / 2), 2}, values);
}

/// Three iterations with a share of every source, and searches between all of them.
Scenario short_training(const std::string& loss, bool amortised) {
    Scenario scenario = test::t9_scenario("diffusion_sampler");
    scenario.folder = test::own_folder("drift_options");
    write_rows(scenario.folder + "/data.npy", {1, 1, 1.4, 0.5, 0.8, 1.3});
    write_rows(scenario.folder + "/more.npy", {1, 1, 1.4, 0.5, 1.1, 0.9, 2, -1});
    test::set_values(scenario, {{"sampler.loss", loss},
                                {"sampler.amortised", amortised ? "true" : "false"},
                                {"sampler.iterations", "3"},
                                {"sampler.report_every", "1"},
                                {"sampler.steps", "4"},
                                {"sampler.batch", "56"},
                                {"sampler.group", "4"},
                                {"sampler.width", "8"},
                                {"sampler.floor", "20"},
                                {"sampler.local_every", "1"},
                                {"sampler.local_steps", "40"},
                                {"sampler.data", "data.npy"},
                                {"particles", "8"}});
    for (const Param& param : default_choice(Kind::Sampler, "diffusion_sampler").params) {
        if (param.key.starts_with("sources.")) {
            scenario.sampler.params.set(param.key, 0.5);
        }
    }
    return scenario;
}

/// Another value that is sure to matter where the parameter does.
Value another(const Param& param) {
    if (param.key == "data") {
        return std::string("more.npy");
    }
    if (param.key == "floor" || param.key == "clip") {
        return Curve(0.1);
    }
    if (param.key == "average") {
        return 0.0;  // in three iterations all others come to the same
    }
    if (param.key == "dead_zone") {
        return 100.0;
    }
    if (param.key == "local_every") {
        return int64_t{2};
    }
    if (const auto* text = std::get_if<std::string>(&param.value)) {
        return param.options.front() == *text ? param.options.back() : param.options.front();
    }
    if (const auto* integer = std::get_if<int64_t>(&param.value)) {
        return param.key.ends_with("buffer") || param.key == "buffer_size" ? int64_t{7} : 2 * *integer;
    }
    if (std::holds_alternative<Curve>(param.value)) {
        return Curve(1.5 * std::get<Curve>(param.value).max_value());
    }
    return std::holds_alternative<bool>(param.value) ? Value(!std::get<bool>(param.value))
                                                     : Value(0.7 * std::get<double>(param.value));
}

Scenario with_another(const Scenario& scenario, const Param& param) {
    Scenario changed = scenario;
    changed.sampler.params.set(param.key, another(param));
    return changed;
}

class TrainedOptions : public ::testing::TestWithParam<std::tuple<std::string, bool>> {};

TEST_P(TrainedOptions, CountExactlyWhereTheyAreShown) {
    const auto& [loss, amortised] = GetParam();
    const Scenario scenario = short_training(loss, amortised);
    const std::vector<double> numbers = numbers_of(scenario);
    EXPECT_EQ(numbers, numbers_of(scenario)) << "the same seed";
    const ParamSet& params = scenario.sampler.params;
    for (const Param& param : params) {
        if (!param.only_with.empty() && param.key != "checkpoint") {  // where a training is kept is no part of it
            EXPECT_EQ(numbers_of(with_another(scenario, param)) != numbers, in_effect(params, param)) << param.key;
        }
    }
}

class OptionsOfSources : public ::testing::TestWithParam<std::string> {};

TEST_P(OptionsOfSources, CountForNothingWithoutAShare) {
    for (const char* left : {"reference", "buffer", "local_search"}) {
        Scenario scenario = short_training(GetParam(), false);
        for (const Param& param : scenario.sampler.params) {
            if (param.key.starts_with("sources.") && param.key != "sources." + std::string(left)) {
                scenario.sampler.params.set(param.key, 0.0);
            }
        }
        const std::vector<double> numbers = numbers_of(scenario);
        const ParamSet& params = scenario.sampler.params;
        for (const Param& param : params) {
            if (!in_effect(params, param)) {
                EXPECT_EQ(numbers_of(with_another(scenario, param)), numbers) << left << ", " << param.key;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Losses, TrainedOptions,
                         ::testing::Combine(::testing::ValuesIn(loss_names()), ::testing::Bool()),
                         [](const auto& test) {
                             return std::get<0>(test.param) + (std::get<1>(test.param) ? "_amortised" : "");
                         });

INSTANTIATE_TEST_SUITE_P(Losses, OptionsOfSources, ::testing::ValuesIn(loss_names(mixes_sources)),
                         [](const auto& test) { return test.param; });

bool shown(const Scenario& scenario, const std::string& key) {
    return in_effect(scenario.sampler.params, scenario.sampler.params.at(key));
}

TEST(TrainedOptionsOfAScenario, AreShownByWhatIsChosen) {
    Scenario scenario = test::t9_scenario("rtb");  // half of its own trajectories, half of the reference's
    EXPECT_TRUE(shown(scenario, "sources.buffer"));
    EXPECT_TRUE(shown(scenario, "buffer_size")) << "it stands in for the reference";
    for (const char* key : {"exploration", "buffer_priority", "local_steps", "local_buffer", "data", "log_z_rate",
                            "flow_rate", "lambda", "group"}) {
        EXPECT_FALSE(shown(scenario, key)) << key;
    }
    test::set_values(scenario, {{"sampler.loss", "subtb"}, {"sampler.policy", "unet"}});
    EXPECT_TRUE(shown(scenario, "flow_rate"));
    EXPECT_TRUE(shown(scenario, "width")) << "of the network for F";
    EXPECT_FALSE(shown(scenario, "dead_zone"));
    test::set_values(scenario, {{"sampler.loss", "adjoint_sampling"}});
    EXPECT_TRUE(shown(scenario, "buffer_size"));
    EXPECT_FALSE(shown(scenario, "buffer_priority"));
    EXPECT_FALSE(shown(scenario, "sources.on_policy"));
    EXPECT_FALSE(shown(scenario, "width"));
}

TEST(TrainedOptionsOfAScenario, OfTheTrainingCountForNothingWithWeights) {
    Scenario scenario = short_training("vargrad", false);
    test::finished(scenario, Precision::Float32).save_training(scenario.folder + "/w");
    scenario.sampler.params.set("weights", std::string("w"));
    for (const char* key : {"iterations", "batch", "loss", "learning_rate", "sources.on_policy", "buffer_size",
                            "report_every", "checkpoint"}) {
        EXPECT_FALSE(shown(scenario, key)) << key;
    }
    for (const char* key : {"steps", "beta", "average", "width", "learn_variance", "amortised", "weights"}) {
        EXPECT_TRUE(shown(scenario, key)) << key;
    }
    const auto sampled = [](const Scenario& given) {
        return test::finished(given, Precision::Float32).samples().log_weights;
    };
    const std::vector<double> log_weights = sampled(scenario);
    const ParamSet& params = scenario.sampler.params;
    for (const Param& param : params) {
        if (param.key != "weights" && !param.only_with.empty() && !in_effect(params, param) &&
            param.key != "checkpoint") {
            EXPECT_EQ(sampled(with_another(scenario, param)), log_weights) << param.key;
        }
    }
    EXPECT_NE(sampled(with_another(scenario, params.at("beta"))), log_weights);
}

TEST(TrainedOptionsOfAScenario, WithoutAnEffectAreNotRefused) {
    Scenario scenario = short_training("vargrad", false);
    scenario.sampler.params.set("data", std::string());
    EXPECT_THROW(drift::Run{scenario}, UserError) << "data has a share, but no file";
    for (const char* loss : {"reverse_kl", "reinforce", "adjoint_sampling"}) {
        test::set_values(scenario, {{"sampler.loss", loss}});
        EXPECT_NO_THROW(drift::Run{scenario}) << loss;
    }
}

TEST(TrainedOptionsOfAScenario, AreCurvesOverTheTrainingOrPlainNumbers) {
    Scenario scenario = short_training("subtb", false);
    test::set_values(scenario, {{"sampler.iterations", "4"}});
    for (const auto& [name, number, other] :
         {std::tuple{"clip", "0.5", "0.01"}, std::tuple{"floor", "10", "0.1"}, std::tuple{"log_z_rate", "0.1", "1"},
          std::tuple{"flow_rate", "0.01", "0.1"}}) {
        const auto with = [&](const std::string& value) {
            Scenario changed = scenario;
            set_value(changed, std::string("sampler.") + name, value);
            return numbers_of(changed);
        };
        const auto step = [](const std::string& first, const std::string& last) {
            return R"({"curve": "step", "knots": [[0, )" + first + "], [0.4, " + last + "]]}";
        };
        const std::vector<double> plain = with(number);
        EXPECT_EQ(with(step(number, number)), plain) << name;
        const std::vector<double> drawn = with(step(number, other));  // u = 0.5 in the third iteration
        EXPECT_NE(drawn, plain) << name;
        const auto apart = std::mismatch(plain.begin(), plain.end(), drawn.begin()).first - plain.begin();
        constexpr ptrdiff_t numbers_of_a_state = 8;
        EXPECT_GE(apart, 3 * numbers_of_a_state) << name << ": the first two iterations are as they were";
    }
}

}  // namespace
}  // namespace drift
