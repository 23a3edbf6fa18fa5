#include "support/listener.h"

#include <algorithm>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

namespace drift {
namespace {

using namespace std::chrono_literals;

using test::Listener;
using test::long_one;
using test::small;

TEST(Runner, RunsToTheEndWithTheNumbersOfARunWithoutIt) {
    Runner runner([] {});
    runner.post(Start{small("tds"), 7});
    Listener listener;
    listener.wait(runner, [](const Listener& heard) { return heard.summary.has_value(); });
    EXPECT_EQ(listener.revision, 7U);
    ASSERT_EQ(listener.frames.size(), 61U);
    drift::Run run(small("tds"));
    for (const FramePtr& frame : listener.frames) {
        const FramePtr expected = run.advance();
        EXPECT_EQ(frame->x, expected->x);
        EXPECT_EQ(frame->weights, expected->weights);
        EXPECT_EQ(frame->numbers.log_z, expected->numbers.log_z);
    }
}

// Every command is answered by news, so what is awaited here is not time: when the second answer is there, the worker
// has been once round its loop with nothing else to do, and a runner that did not wait would have made another step.
TEST(Runner, StepsOnceAndWaits) {
    Runner runner([] {});
    const Scenario scenario = long_one();
    uint64_t revision = 1;
    runner.post(Start{scenario, revision, true});
    Listener listener;
    listener.wait(runner, [](const Listener& heard) { return heard.frames.size() == 1; });
    for (size_t steps = 1; steps <= 3; ++steps) {
        runner.post(Step{});
        listener.wait(runner, [&](const Listener& heard) { return heard.frames.size() > steps; });
        for (int round = 0; round < 2; ++round) {
            runner.post(Adjust{scenario, ++revision});
            listener.wait(runner, [&](const Listener& heard) { return heard.revision == revision; });
        }
        EXPECT_EQ(listener.frames.size(), steps + 1);
    }
}

TEST(Runner, AdjustContinuesALiveRun) {
    const Scenario before = long_one();
    Scenario after = before;
    after.sampler.params.set("guidance", Curve(2));
    Listener listener;
    {
        Runner runner([] {});
        runner.post(Start{before, 1});
        listener.wait(runner, [](const Listener& heard) { return heard.frames.size() >= 2; });
        runner.post(Adjust{after, 2});
        listener.wait(runner, [](const Listener& heard) {
            return heard.frames.size() >= 2 && heard.frames.at(heard.frames.size() - 2)->edited;
        });
    }
    EXPECT_EQ(listener.scenes, 1) << "the recording goes on";
    EXPECT_EQ(listener.revision, 2U);
    drift::Run run(before);
    for (const FramePtr& frame : listener.frames) {
        if (frame->edited) {
            run.adjust(after);
        }
        const FramePtr expected = run.advance();
        ASSERT_EQ(frame->numbers.step, expected->numbers.step);
        EXPECT_EQ(frame->numbers.guidance, expected->numbers.guidance);
        EXPECT_EQ(frame->x, expected->x);
    }
    EXPECT_EQ(listener.frames.front()->numbers.guidance, 1);
    EXPECT_EQ(listener.frames.back()->numbers.guidance, 2);
    EXPECT_EQ(std::ranges::count_if(listener.frames, [](const FramePtr& frame) { return frame->edited; }), 1);
}

TEST(Runner, HandsOnWhatAChangeMeansForTheRunUnderWay) {
    Scenario before = test::t9_scenario("tds");
    before.particles = 400000;  // long enough to go on with changes, as long_one() is
    before.schedule.params.set("steps", int64_t{5000});
    before.sampler.params.set("twist", std::string("point"));
    Scenario calmer = before;
    calmer.sampler.params.set("eta", Curve(0.5));
    Scenario louder = calmer;
    louder.sampler.params.set("guidance", Curve(1000));
    Runner runner([] {});
    runner.post(Start{before, 1, true});
    Listener listener;
    listener.wait(runner, [](const Listener& heard) { return heard.frames.size() == 1; });
    const std::optional<double> at_first = listener.scene->discretised_log_z;
    ASSERT_TRUE(at_first);
    runner.post(Adjust{calmer, 2});
    listener.wait(runner, [](const Listener& heard) { return heard.revision == 2; });
    const std::optional<double> of_calmer = listener.scene->discretised_log_z;
    EXPECT_NE(of_calmer, at_first);
    EXPECT_EQ(of_calmer, drift::Run(calmer).scene()->discretised_log_z);
    EXPECT_TRUE(listener.scene->warnings.empty());
    runner.post(Adjust{louder, 3});
    listener.wait(runner, [](const Listener& heard) { return heard.revision == 3; });
    EXPECT_FALSE(listener.scene->warnings.empty());
    EXPECT_EQ(listener.scenes, 1) << "the recording goes on";
    EXPECT_EQ(listener.frames.size(), 1U);
}

// Everything is collected on the worker thread at the moment of its publication, so nothing that was published is
// missed.
TEST(Runner, StartReplacesARunInItsMiddle) {
    std::vector<News> heard;
    std::promise<void> finished;
    std::optional<Runner> runner;
    const auto collect = [&] {
        heard.push_back(runner->take_news());
        if (heard.size() == 4) {  // a scene and three frames
            runner->post(Start{small("tds"), 2});
        }
        if (heard.back().summary) {
            finished.set_value();
        }
    };
    runner.emplace(collect);
    runner->post(Start{long_one(), 1});
    const bool done = finished.get_future().wait_for(60s) == std::future_status::ready;
    runner.reset();
    ASSERT_TRUE(done);
    for (size_t i = 1; i < 4; ++i) {
        ASSERT_EQ(heard[i].frames.size(), 1U);
        EXPECT_EQ(heard[i].frames[0]->numbers.step, static_cast<int64_t>(i) - 1);
        EXPECT_EQ(heard[i].frames[0]->count, long_one().particles);
    }
    EXPECT_EQ(heard[4].revision, 2U) << "not one more step of the old run";
    EXPECT_NE(heard[4].scene, nullptr);
    int64_t step = 0;
    for (size_t i = 4; i < heard.size(); ++i) {
        for (const FramePtr& frame : heard[i].frames) {
            EXPECT_EQ(frame->count, small("tds").particles);
            EXPECT_EQ(frame->numbers.step, step++);
        }
    }
    EXPECT_EQ(step, 61);
}

TEST(Runner, ReplacesARunThatIsUnderWay) {
    Runner runner([] {});
    for (uint64_t revision = 1; revision <= 20; ++revision) {
        Scenario scenario = small("tds");
        scenario.seed = revision;
        runner.post(Start{scenario, revision});
    }
    Listener listener;
    listener.wait(runner, [](const Listener& heard) { return heard.revision == 20 && heard.summary.has_value(); });
    EXPECT_EQ(listener.frames.size(), 61U);
    EXPECT_EQ(listener.summary->seed, 20U);
}

// Collected at each publication, as above: those that arise come with the state that they are about.
TEST(Runner, TellsWarningsWhenTheyAriseAndOnce) {
    Scenario scenario = small("ais");
    scenario.sampler.params.set("rungs", int64_t{2});  // too few for so even a ladder
    scenario.sampler.params.set("rho", 0.99);
    std::vector<News> heard;
    std::promise<void> finished;
    std::optional<Runner> runner;
    const auto collect = [&] {
        heard.push_back(runner->take_news());
        if (heard.back().summary) {
            finished.set_value();
        }
    };
    runner.emplace(collect);
    runner->post(Start{scenario, 1, false});
    const bool done = finished.get_future().wait_for(60s) == std::future_status::ready;
    runner.reset();
    ASSERT_TRUE(done);
    std::vector<std::string> told;
    std::vector<std::string> all;
    for (const News& news : heard) {
        if (news.scene) {
            told = news.scene->warnings;
        }
        EXPECT_TRUE(news.warnings.empty() || (!news.frames.empty() && !news.summary));
        told.insert(told.end(), news.warnings.begin(), news.warnings.end());
        if (news.summary) {
            all = news.summary->warnings;
            EXPECT_EQ(told, all) << "those of the scene, and then every other one once";
        }
    }
    ASSERT_NE(heard.front().scene, nullptr);
    EXPECT_GT(all.size(), heard.front().scene->warnings.size()) << "nothing arose";
}

TEST(Runner, ReportsAFailureAndGoesOnLiving) {
    Runner runner([] {});
    Scenario broken = small("tds");
    broken.condition.params.set("matrix", test::row({1, 2, 3}));
    runner.post(Start{broken, 1});
    Listener listener;
    listener.wait(runner, [](const Listener& heard) { return !heard.error.empty(); });
    EXPECT_NE(listener.error.find("condition.matrix"), std::string::npos);
    runner.post(Start{small("tds"), 2});
    listener.wait(runner, [](const Listener& heard) { return heard.summary.has_value(); });
    EXPECT_EQ(listener.frames.size(), 61U);
}

TEST(Runner, KeepsTheRunThatWasThereWhenAChangeIsRefused) {
    Runner runner([] {});
    runner.post(Start{small("tds"), 1, true});
    Listener listener;
    listener.wait(runner, [](const Listener& heard) { return heard.frames.size() == 1; });
    Scenario broken = small("tds");
    broken.condition.params.set("matrix", test::row({1, 2, 3}));
    runner.post(Adjust{broken, 2});
    listener.wait(runner, [](const Listener& heard) { return !heard.error.empty(); });
    runner.post(Play{true});
    listener.wait(runner, [](const Listener& heard) { return heard.summary.has_value(); });
    EXPECT_EQ(listener.frames.size(), 61U);
}

TEST(Runner, StopsWithinAStepWhenItIsDestroyed) {
    Scenario scenario = small("tds");
    scenario.particles = 20000;
    scenario.schedule.params.set("steps", int64_t{5000});
    const auto start = std::chrono::steady_clock::now();
    {
        Runner runner([] {});
        runner.post(Start{scenario, 1});
        std::this_thread::sleep_for(50ms);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
}

// As when a weight file was refused and that is undone.
TEST(Runner, GoesOnLearningAfterAChangeThatWasRefusedAndTakenBack) {
    Scenario scenario = small("rtb");
    set_value(scenario, "sampler.iterations", "200");
    set_value(scenario, "sampler.report_every", "1");
    set_value(scenario, "sampler.batch", "8");
    set_value(scenario, "sampler.steps", "4");
    Scenario refused = scenario;
    set_value(refused, "sampler.weights", "none.weights");
    Runner runner([] {});
    runner.post(Start{scenario, 1, true});
    runner.post(Step{});
    Listener listener;
    listener.wait(runner, [](const Listener& heard) { return heard.frames.size() == 2; });
    runner.post(Adjust{refused, 2});
    listener.wait(runner, [](const Listener& heard) { return !heard.error.empty(); });
    EXPECT_NE(listener.error.find("none.weights"), std::string::npos) << listener.error;
    runner.post(Adjust{scenario, 3});
    runner.post(Play{true});
    listener.wait(runner, [](const Listener& heard) { return heard.summary.has_value(); });
    EXPECT_EQ(listener.scenes, 1) << "the training went on";
    EXPECT_EQ(listener.revision, 3U);
    for (size_t k = 0; k < listener.frames.size(); ++k) {
        ASSERT_EQ(listener.frames[k]->numbers.step, static_cast<int64_t>(k));
    }
}

TEST(Runner, WeightsAreSavedBesideARunThatGoesOn) {
    Runner runner([] {});
    Scenario scenario = small("rtb");
    set_value(scenario, "sampler.iterations", "2");
    set_value(scenario, "sampler.batch", "8");
    set_value(scenario, "sampler.steps", "4");
    runner.post(Start{scenario, 1, false});
    Listener listener;
    listener.wait(runner, [](const Listener& heard) { return heard.summary.has_value(); });
    const std::string path = ::testing::TempDir() + "/driftscope_runner.weights";
    std::filesystem::remove(path);
    runner.post(SaveTraining{path});
    listener.wait(runner, [](const Listener& heard) { return !heard.notes.empty(); });
    EXPECT_TRUE(listener.notes.front().good) << listener.notes.front().text;
    EXPECT_TRUE(std::filesystem::exists(path));
    listener.notes.clear();
    runner.post(SaveTraining{"/no/such/folder/weights"});
    listener.wait(runner, [](const Listener& heard) { return !heard.notes.empty(); });
    EXPECT_FALSE(listener.notes.front().good);
    EXPECT_EQ(listener.error, "") << "the run is as good as before";
    set_value(scenario, "sampler.weights", path);
    const std::string last = path + ".last";
    std::filesystem::remove(last);
    runner.post(SaveTraining{last});
    runner.post(Start{scenario, 2, false});
    listener.wait(runner, [](const Listener& heard) { return heard.revision == 2 && heard.summary.has_value(); });
    EXPECT_EQ(listener.frames.front()->training->iterations, 0) << "nothing is left to be learned";
    EXPECT_TRUE(std::filesystem::exists(last)) << "what was to be saved before the next run began";
    std::filesystem::remove(path);
    std::filesystem::remove(last);
}

}  // namespace
}  // namespace drift
