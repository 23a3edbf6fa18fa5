// How a trained sampler begins, goes on, is kept, spared and shown, whatever it learns.
#include "core/io/results.h"
#include "core/scenario_files.h"

#include "support/noise_space.h"
#include "support/settings.h"
#include "support/trained.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace drift {
namespace {

using test::own_folder;

/// A training of a moment.
Scenario momentary() {
    Scenario scenario = test::linear_outsourced("outsourced");
    scenario.folder = own_folder("drift_momentary");
    test::set_values(scenario, {{"sampler.iterations", "12"},
                                {"sampler.report_every", "5"},
                                {"sampler.batch", "32"},
                                {"sampler.steps", "6"},
                                {"particles", "200"}});
    return scenario;
}

TEST(TrainedSampler, SaysHowTheTrainingGoesAndThenSamples) {
    drift::Run run(momentary(), {Device::Cpu, Precision::Float32, true});
    std::vector<int64_t> iterations;
    while (!run.finished()) {
        const FramePtr frame = run.advance();
        ASSERT_NE(frame->training, nullptr);
        iterations.push_back(frame->training->iteration);
        EXPECT_EQ(frame->count, 200);
    }
    EXPECT_EQ(iterations, (std::vector<int64_t>{0, 5, 10, 12, 12, 12, 12, 12, 12, 12, 12}))
        << "the start, three reports, a fresh start and six steps";
}

TEST(TrainedSampler, IsCutShortToSampleAndLearnsOn) {
    const Scenario scenario = momentary();
    drift::Run run(scenario, {Device::Cpu, Precision::Float32, true});
    EXPECT_FALSE(run.sample_now()) << "nothing has begun";
    run.advance();
    run.advance();
    EXPECT_FALSE(run.learn_on()) << "it does";
    EXPECT_TRUE(run.sample_now());
    std::vector<std::pair<int64_t, int64_t>> states;
    const auto to_the_end = [&] {
        while (!run.finished()) {
            const FramePtr frame = run.advance();
            states.emplace_back(frame->training->iteration, frame->training->sampled);
        }
    };
    to_the_end();
    const std::vector<std::pair<int64_t, int64_t>> sampled{{5, 0}, {5, 1}, {5, 2}, {5, 3}, {5, 4}, {5, 5}, {5, 6}};
    EXPECT_EQ(states, sampled);
    EXPECT_FALSE(run.sample_now()) << "it has";
    EXPECT_TRUE(run.learn_on());
    EXPECT_FALSE(run.finished());
    states.clear();
    to_the_end();
    EXPECT_EQ(states, (std::vector<std::pair<int64_t, int64_t>>{
                          {10, -1}, {12, -1}, {12, 0}, {12, 1}, {12, 2}, {12, 3}, {12, 4}, {12, 5}, {12, 6}}));
    EXPECT_FALSE(run.learn_on()) << "all has been learned";
    EXPECT_EQ(run.samples().latents, test::finished(scenario, Precision::Float32).samples().latents)
        << "as without the interlude";
}

TEST(TrainedSampler, KnowsWhatNoTrainingCanClose) {
    Scenario scenario = test::linear_outsourced("outsourced");
    test::set_values(scenario, {{"sampler.iterations", "1"}, {"sampler.batch", "8"}, {"particles", "10"}});
    EXPECT_TRUE(std::isnan(drift::Run(scenario).advance()->training->floor)) << "the variance is learned";
    test::set_values(scenario, {{"sampler.learn_variance", "false"}});
    EXPECT_NEAR(drift::Run(scenario).advance()->training->floor, 0.186, 0.05) << "6.5, beta 1, T = 25";
    Scenario grid = test::grid_25("mixture_ratio", "rtb");
    test::set_values(
        grid, {{"sampler.iterations", "1"}, {"sampler.steps", "50"}, {"sampler.batch", "8"}, {"particles", "10"}});
    EXPECT_NEAR(drift::Run(grid).advance()->training->floor, 2 * 0.06960, 1e-3) << "6.4, each mode in two dimensions";
}

// Half of the batch follows the policy; the other half is chosen from four times as many ways of the reference. The
// samples that are shown come on top.
TEST(TrainedSampler, CountsTheCallsOfWaysThatAreNotChosen) {
    Scenario scenario = test::t9_scenario("rtb");
    test::set_values(scenario, {{"sampler.iterations", "3"},
                                {"sampler.report_every", "3"},
                                {"sampler.batch", "8"},
                                {"sampler.steps", "5"},
                                {"particles", "10"}});
    drift::Run run(scenario);
    EXPECT_EQ(run.advance()->numbers.denoiser_calls, 0);
    EXPECT_EQ(run.advance()->numbers.denoiser_calls, 3 * (4 + 4 * 4) * 5 + 10 * 5);
}

TEST(TrainedSampler, SamplesTheSameFromItsWeightsWithoutTraining) {
    Scenario scenario = momentary();
    const drift::Run first = test::finished(scenario, Precision::Float32);
    first.save_training(scenario.folder + "/w");
    scenario.sampler.params.set("weights", std::string("w"));
    const drift::Run second = test::finished(scenario, Precision::Float32);
    EXPECT_EQ(first.samples().latents, second.samples().latents);
    EXPECT_EQ(second.steps(), 6);
}

TEST(TrainedSampler, SaysInWhichKeysItsFilesAreOfAnother) {
    Scenario scenario = momentary();
    test::finished(scenario, Precision::Float32).save_training(scenario.folder + "/w");
    const auto expect_refused = [&](const char* file, const std::string& key, const std::string& value,
                                    const std::string& sentence) {
        Scenario other = scenario;
        other.sampler.params.set(file, std::string("w"));
        set_value(other, key, value);
        EXPECT_EQ(test::refusal(other),
                  "'sampler." + std::string(file) + "' names the file '" + scenario.folder + "/w', which " + sentence);
    };
    const std::string sampler = "was trained for another sampler: ";
    expect_refused("weights", "condition.observation", "[1]",
                   sampler + "'condition.observation' is [2] there and [1] here");
    expect_refused("weights", "sampler.steps", "7", sampler + "'sampler.steps' is 6 there and 7 here");
    expect_refused("weights", "sampler.width", "32", sampler + "'sampler.width' is 64 there and 32 here");
    expect_refused("weights", "sampler.langevin", "true", sampler + "'sampler.langevin' is false there and true here");
    expect_refused("weights", "sampler.amortised", "true",
                   sampler + "'sampler.amortised' is false there and true here");
}

TEST(TrainedSampler, SaysAtOnceThatItsCheckpointIsOfAnotherOrHasNoPlace) {
    Scenario scenario = momentary();
    scenario.sampler.params.set("checkpoint", std::string("c"));
    test::finished(scenario, Precision::Float32);
    Scenario other = scenario;
    test::set_values(other, {{"seed", "7"}, {"sampler.loss", "tb"}});
    try {
        drift::Run(other).advance();
        FAIL() << "another training was gone on with";
    } catch (const UserError& error) {
        EXPECT_EQ(std::string(error.what()).find("'sampler.checkpoint' names the file '" + scenario.folder + "/c'"), 0U)
            << error.what();
        EXPECT_NE(
            std::string(error.what()).find("'seed' is 1 there and 7 here; 'sampler.loss' is vargrad there and tb"),
            std::string::npos)
            << error.what();
    }
    scenario.sampler.params.set("checkpoint", std::string("nowhere/c"));
    EXPECT_EQ(test::refusal(scenario), "'sampler.checkpoint' is '" + scenario.folder +
                                           "/nowhere/c', but there is no folder '" + scenario.folder + "/nowhere'");
    scenario.sampler.params.set("checkpoint", std::string("."));
    EXPECT_NE(test::refusal(scenario).find("which is a folder"), std::string::npos);
    for (const auto& entry : std::filesystem::directory_iterator(scenario.folder)) {
        EXPECT_EQ(entry.path().filename(), "c") << "nothing is left of trying";
    }
}

// A run whose scenario was saved in another folder goes on with names that lead from there.
TEST(TrainedSampler, IsAdjustedWithFilesThatAreReachedFromElsewhere) {
    Scenario scenario = momentary();
    test::finished(scenario, Precision::Float32).save_training(scenario.folder + "/w");
    scenario.sampler.params.set("weights", std::string("w"));
    drift::Run run(scenario, {Device::Cpu, Precision::Float32, false});
    run.advance();
    const std::string deep = scenario.folder + "/b/deep";
    std::filesystem::create_directories(deep);
    const Scenario moved = moved_to(scenario, deep);
    EXPECT_EQ(std::get<std::string>(moved.sampler.params.at("weights").value), "../../w");
    run.adjust(moved);
    EXPECT_EQ(run.scenario().folder, deep);
    while (!run.finished()) {
        run.advance();
    }
    EXPECT_EQ(run.samples().latents, test::finished(scenario, Precision::Float32).samples().latents);
}

// What was learned for any observation serves a run with another one, as the worker of the window makes it.
TEST(TrainedSampler, SparesATrainingThatWouldComeToTheSame) {
    Scenario scenario = momentary();
    test::set_values(scenario, {{"sampler.amortised", "true"}});
    const drift::Run first = test::finished(scenario, Precision::Float32);
    scenario.condition.params.set("observation", test::vector({-1}));
    drift::Run spared(scenario, {Device::Cpu, Precision::Float32, false});
    spared.spare_training(first);
    EXPECT_EQ(spared.steps(), 6);
    while (!spared.finished()) {
        spared.advance();
    }
    EXPECT_EQ(spared.samples().latents, test::finished(scenario, Precision::Float32).samples().latents);
    test::set_values(scenario, {{"sampler.amortised", "false"}});
    const drift::Run single = test::finished(scenario, Precision::Float32);
    scenario.condition.params.set("observation", test::vector({1}));
    drift::Run other(scenario);
    other.spare_training(single);
    EXPECT_GT(other.steps(), 6) << "another posterior has to be learned anew";
}

TEST(TrainedSampler, GoesOnFromItsCheckpoint) {
    Scenario scenario = momentary();
    const Samples whole = test::finished(scenario, Precision::Float32).samples();
    scenario.sampler.params.set("checkpoint", std::string("c"));
    {
        drift::Run killed(scenario, {Device::Cpu, Precision::Float32, false});
        for (int i = 0; i < 3; ++i) {
            killed.advance();
        }
    }
    EXPECT_TRUE(std::filesystem::exists(scenario.folder + "/c"));
    EXPECT_EQ(test::finished(scenario, Precision::Float32).samples().latents, whole.latents);
}

/// training.csv as `driftscope run` writes it.
std::string told_by(drift::Run& run) {
    std::vector<TrainingNumbers> rows;
    while (!run.finished()) {
        const FramePtr frame = run.advance();
        if (frame->training->sampled < 0 && frame->training->iteration > (rows.empty() ? 0 : rows.back().iteration)) {
            rows.push_back(*frame->training);
        }
    }
    return training_csv(rows);
}

TEST(TrainedSampler, TellsOfATrainingThatIsGoneOnWithFromItsStart) {
    Scenario scenario = momentary();
    const RunOptions how{Device::Cpu, Precision::Float32, false};
    drift::Run whole(scenario, how);
    const std::string told = told_by(whole);
    EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 4) << "a head and iterations 5, 10 and 12";
    scenario.sampler.params.set("checkpoint", std::string("c"));
    double learned_for = 0;
    {
        drift::Run killed(scenario, how);
        for (int i = 0; i < 2; ++i) {
            killed.advance();
        }
        learned_for = killed.advance()->training->seconds;
    }
    drift::Run resumed(scenario, how);
    EXPECT_EQ(told_by(resumed), told);
    EXPECT_GT(resumed.summary().training_seconds, learned_for) << "two iterations came on top";
    EXPECT_GT(resumed.summary().seconds, 0) << "what was learned before is no part of this run";
    drift::Run finished(scenario, how);
    EXPECT_EQ(told_by(finished), told) << "with nothing left to be learned";
    EXPECT_EQ(finished.summary().training_seconds, resumed.summary().training_seconds);
    EXPECT_GT(finished.summary().seconds, 0);
}

std::vector<std::string> files_in(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        files.push_back(entry.path().string());
    }
    return files;
}

RunOptions keeping(const Scenario& scenario, bool resume) {
    RunOptions options;
    options.frames = false;
    options.trainings = scenario.folder + "/kept";
    options.resume = resume;
    return options;
}

Samples finish(drift::Run& run) {
    while (!run.finished()) {
        run.advance();
    }
    return run.samples();
}

TEST(TrainedSampler, IsKeptOnTheWayAndGoneOnWithOnlyIfThatIsAskedFor) {
    const Scenario scenario = momentary();
    drift::Run first(scenario, keeping(scenario, false));
    EXPECT_EQ(first.scene()->kept_iterations, 0);
    const Samples whole = finish(first);
    const std::vector<std::string> files = files_in(scenario.folder + "/kept");
    ASSERT_EQ(files.size(), 1U);
    {
        drift::Run killed(scenario, keeping(scenario, false));
        EXPECT_EQ(killed.scene()->kept_iterations, 12);
        for (int i = 0; i < 3; ++i) {
            killed.advance();
        }
        killed.save_training(files.front());  // as if it had been killed after ten iterations
    }
    drift::Run anew(scenario, keeping(scenario, false));
    EXPECT_EQ(anew.scene()->kept_iterations, 10);
    EXPECT_EQ(anew.advance()->training->iteration, 0) << "never silently";
    drift::Run resumed(scenario, keeping(scenario, true));
    for (const int64_t iteration : {0, 5, 10}) {
        EXPECT_EQ(resumed.advance()->training->iteration, iteration) << "what was told is told again";
    }
    EXPECT_EQ(finish(resumed).latents, whole.latents);
    EXPECT_EQ(drift::Run(scenario, keeping(scenario, false)).scene()->kept_iterations, 12) << "and is kept in turn";
}

TEST(TrainedSampler, KeepsTheTrainingThatHasComeFarthestOfEachScenario) {
    Scenario scenario = momentary();
    drift::Run first(scenario, keeping(scenario, false));
    finish(first);
    test::set_values(scenario, {{"sampler.iterations", "5"}});
    drift::Run shorter(scenario, keeping(scenario, false));
    finish(shorter);
    EXPECT_EQ(drift::Run(scenario, keeping(scenario, false)).scene()->kept_iterations, 12);
    test::set_values(scenario, {{"seed", "7"}});
    EXPECT_EQ(drift::Run(scenario, keeping(scenario, false)).scene()->kept_iterations, 0) << "another training";
    for (int i = 0; i < 30; ++i) {
        std::ofstream(scenario.folder + "/kept/" + std::to_string(i) + ".training") << "old";
    }
    drift::Run other(scenario, keeping(scenario, false));
    finish(other);
    EXPECT_LE(files_in(scenario.folder + "/kept").size(), 20U);
    EXPECT_EQ(drift::Run(scenario, keeping(scenario, false)).scene()->kept_iterations, 5) << "the newest stay";
}

TEST(TrainedSampler, GoesOnWhereItCannotBeKept) {
    const Scenario scenario = momentary();
    std::ofstream(scenario.folder + "/kept") << "a file in the place of the folder";
    drift::Run run(scenario, keeping(scenario, false));
    finish(run);
    const std::vector<std::string> warnings = run.warnings();
    EXPECT_EQ(std::count_if(warnings.begin(), warnings.end(),
                            [](const std::string& each) { return each.find("not kept") != std::string::npos; }),
              1)
        << "once, whatever else there is to be warned of";
}

TEST(TrainedSampler, ReadsItsSourcesAsAnObject) {
    const Scenario scenario = momentary();
    const std::string text = to_json(scenario);
    EXPECT_NE(text.find("\"sources\": {"), std::string::npos) << text;
    Scenario other = scenario_from_json(text, "test.json");
    EXPECT_TRUE(same_values(other, scenario));
    set_value(other, "sampler.sources.buffer", "0.25");
    EXPECT_EQ(std::get<double>(other.sampler.params.at("sources.buffer").value), 0.25);
    std::string wrong = text;
    wrong.replace(wrong.find("\"on_policy\""), 11, "\"of_policy\"");
    EXPECT_THROW(scenario_from_json(wrong, "test.json"), UserError);
}

TEST(TrainedSampler, RefusesToLearnFromNothing) {
    Scenario scenario = momentary();
    test::set_values(scenario, {{"sampler.sources.on_policy", "0"}, {"sampler.sources.reference", "0"}});
    EXPECT_EQ(test::refusal(scenario),
              "'sampler.sources' gives no source a share, so that there is nothing to learn from: set one of "
              "on_policy, exploration, reference, buffer, local_search, data, back_and_forth above 0");
    set_value(scenario, "sampler.loss", "reverse_kl");
    EXPECT_EQ(test::refusal(scenario), "") << "no share counts";
    test::set_values(scenario, {{"sampler.loss", "vargrad"}, {"sampler.amortised", "true"}});
    EXPECT_EQ(test::refusal(scenario), "") << "nor here";
}

// delta = log Z - log w, with log Z the log of the mean of w
TEST(Trained, FramesCarryTheResidualsOfTrajectoriesThatHaveEnded) {
    Scenario scenario = test::linear_outsourced("outsourced");
    test::set_values(scenario,
                     {{"sampler.iterations", "4"},
                      {"sampler.report_every", "2"},
                      {"sampler.steps", "6"},
                      {"sampler.batch", "16"},  // with two iterations a report as many trajectories as particles
                      {"particles", "32"}});
    drift::Run run(scenario);
    std::vector<FramePtr> frames;
    while (!run.finished()) {
        frames.push_back(run.advance());
    }
    EXPECT_TRUE(frames.front()->residuals.empty());
    for (const FramePtr& frame : {frames.at(1), frames.back()}) {
        ASSERT_EQ(frame->residuals.size(), 32U);
        double mean = 0;
        for (const float delta : frame->residuals) {
            mean += std::exp(-static_cast<double>(delta)) / 32;
        }
        EXPECT_NEAR(mean, 1, 1e-4);
    }
    EXPECT_TRUE(frames.at(frames.size() - 2)->residuals.empty()) << "they are on their way";
}

// The noise is a plane, the data are a line.
TEST(Trained, FramesCarryTheFieldOfARing) {
    Scenario scenario = test::scenario("map", "linear_gaussian", "outsourced");
    test::set_values(scenario, {{"prior.function", "ring"},
                                {"prior.latent", "2"},
                                {"condition.matrix", "[[1]]"},
                                {"condition.observation", "[2]"},
                                {"sampler.iterations", "2"},
                                {"sampler.steps", "4"},
                                {"sampler.batch", "8"},
                                {"particles", "16"}});
    RunOptions options;
    options.field = true;
    drift::Run run(scenario, options);
    int fields = 0;
    while (!run.finished()) {
        fields += run.advance()->correction != nullptr ? 1 : 0;
    }
    EXPECT_GT(fields, 3);
}

}  // namespace
}  // namespace drift
