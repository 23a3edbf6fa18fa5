#include "core/runner.h"

#include "support/problems.h"

#include <chrono>

namespace drift {
namespace {

using namespace std::chrono_literals;

/// Collects news until `done` says so; fails after a while.
class Listener {
public:
    template <class Done>
    void wait(Runner& runner, const Done& done) {
        const auto until = std::chrono::steady_clock::now() + 60s;
        while (!done(*this)) {
            ASSERT_LT(std::chrono::steady_clock::now(), until) << "no news of what was awaited";
            News news = runner.take_news();
            revision = news.revision;
            if (news.scene) {
                scene = news.scene;
                frames.clear();
                summary.reset();
            }
            frames.insert(frames.end(), news.frames.begin(), news.frames.end());
            if (news.summary) {
                summary = news.summary;
            }
            if (!news.error.empty()) {
                error = news.error;
            }
            std::this_thread::sleep_for(1ms);
        }
    }

    uint64_t revision = 0;
    std::shared_ptr<const Scene> scene;
    std::vector<FramePtr> frames;
    std::optional<Summary> summary;
    std::string error;
};

Scenario small(const std::string& sampler) {
    Scenario scenario = test::scene_a(sampler);
    scenario.particles = 64;
    return scenario;
}

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

TEST(Runner, StepsOnceAndWaits) {
    Runner runner([] {});
    runner.post(Start{small("dps"), 1, true});
    runner.post(Step{});
    runner.post(Step{});
    Listener listener;
    listener.wait(runner, [](const Listener& heard) { return heard.frames.size() >= 2; });
    std::this_thread::sleep_for(30ms);
    listener.wait(runner, [](const Listener& heard) { return heard.frames.size() >= 2; });
    EXPECT_LE(listener.frames.size(), 3U);
    runner.post(Play{true});
    listener.wait(runner, [](const Listener& heard) { return heard.summary.has_value(); });
    EXPECT_EQ(listener.frames.size(), 61U);
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

}  // namespace
}  // namespace drift
