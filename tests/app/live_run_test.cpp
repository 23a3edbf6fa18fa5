#include "app/live_run.h"

#include "recordings.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace drift {
namespace {

using test::make_frame;
using test::make_scene;

/// A live run whose commands are kept instead of carried out.
struct Bench {
    std::vector<Command> posted;
    LiveRun live{[this](Command command) { posted.push_back(std::move(command)); }};

    /// The first states of a new run arrive.
    LiveRun::Changes begins(uint64_t revision, int64_t frames, double playhead, double now = 0) {
        News news;
        news.revision = revision;
        news.scene = make_scene(10);
        for (int64_t k = 0; k < frames; ++k) {
            news.frames.push_back(make_frame(k, false));
        }
        return live.take(std::move(news), playhead, now);
    }
    LiveRun::Changes goes_on(uint64_t revision, int64_t from, int64_t to, double playhead, double now = 0) {
        News news;
        news.revision = revision;
        for (int64_t k = from; k < to; ++k) {
            news.frames.push_back(make_frame(k, false));
        }
        return live.take(std::move(news), playhead, now);
    }
    LiveRun::Changes ends(uint64_t revision, double playhead) {
        News news;
        news.revision = revision;
        news.summary = Summary{};
        return live.take(std::move(news), playhead, 0);
    }
};

TEST(LiveRun, SaysHowFarTheTrainingOfAPriorIsUntilTheRunBeginsOrIsRefused) {
    Bench bench;
    const auto train = [&bench](int64_t done) {
        News news;
        news.set_up = SetUpProgress{done, 100, 1};
        return bench.live.take(std::move(news), 0, 0);
    };
    bench.live.order({});
    EXPECT_EQ(bench.live.set_up(), nullptr);
    EXPECT_TRUE(train(43).any);
    ASSERT_NE(bench.live.set_up(), nullptr);
    EXPECT_EQ(bench.live.set_up()->done, 43);
    EXPECT_TRUE(bench.live.stale());
    bench.begins(1, 1, 0);
    EXPECT_EQ(bench.live.set_up(), nullptr);
    bench.live.order({});
    train(1);
    News refused;
    refused.error = "it diverged";
    refused.failed = 2;
    bench.live.take(std::move(refused), 0, 0);
    EXPECT_EQ(bench.live.set_up(), nullptr);
}

TEST(LiveRun, AFinishedRunMayGoOn) {
    Bench bench;
    bench.live.order({});
    bench.begins(1, 3, 0);
    bench.ends(1, 0);
    EXPECT_FALSE(bench.live.running());
    bench.live.tell(LearnOn{});
    ASSERT_GE(bench.posted.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<LearnOn>(bench.posted[bench.posted.size() - 2]));
    EXPECT_TRUE(std::get<Play>(bench.posted.back()).on);
    bench.goes_on(1, 3, 4, 0);
    EXPECT_TRUE(bench.live.running());
    EXPECT_EQ(bench.live.summary(), nullptr) << "that of the end before";
    EXPECT_EQ(bench.live.shown().size(), 4);
    EXPECT_TRUE(bench.ends(1, 0).finished);
}

Scenario with_seed(uint64_t seed) {
    Scenario scenario;
    scenario.seed = seed;
    return scenario;
}

News refusal(uint64_t revision) {
    News news;
    news.revision = revision;  // of the run that stays
    news.error = "no such file";
    news.failed = revision + 1;
    return news;
}

// The run that is to be replaced may fail while its successor waits.
TEST(LiveRun, GoesOnWaitingWhereAnOlderRunFails) {
    Bench bench;
    bench.live.order(with_seed(1));
    bench.begins(1, 3, 0);
    bench.live.order(with_seed(2));
    News news;
    news.revision = news.failed = 1;
    news.error = "step 3 failed";
    EXPECT_EQ(bench.live.take(std::move(news), 0, 0).error, "step 3 failed") << "it is said";
    EXPECT_TRUE(bench.live.stale());
    EXPECT_TRUE(bench.live.running());
    EXPECT_EQ(bench.live.error(), "") << "of the newest scenario nothing is known yet";
    bench.begins(2, 3, 0);
    EXPECT_FALSE(bench.live.stale());
}

// As when a weight file was refused and that is undone: what the run has learned so far is not learned again.
TEST(LiveRun, TakesUpTheRunBeforeAChangeThatWasRefused) {
    Bench bench;
    bench.live.order(with_seed(1));
    bench.begins(1, 3, 0);
    bench.live.order(with_seed(2));
    bench.live.take(refusal(1), 0, 0);
    EXPECT_FALSE(bench.live.running());
    bench.posted.clear();
    bench.live.order(with_seed(1));
    ASSERT_EQ(bench.posted.size(), 2U);
    ASSERT_TRUE(std::holds_alternative<Adjust>(bench.posted[0])) << "a Start would begin anew";
    EXPECT_TRUE(std::get<Play>(bench.posted[1]).on) << "it was stopped by the error";
    EXPECT_TRUE(bench.live.running());
    EXPECT_EQ(bench.live.error(), "");
    bench.goes_on(3, 3, 5, 0);
    EXPECT_EQ(bench.live.shown().size(), 5);
    EXPECT_FALSE(bench.live.stale());
}

TEST(LiveRun, LeavesAFinishedRunAloneAfterAChangeThatWasRefused) {
    Bench bench;
    bench.live.order(with_seed(1));
    bench.begins(1, 3, 0);
    bench.ends(1, 0);
    bench.live.order(with_seed(2));
    bench.live.take(refusal(1), 0, 0);
    bench.posted.clear();
    bench.live.order(with_seed(1));
    EXPECT_TRUE(bench.posted.empty()) << "it is there already";
    EXPECT_EQ(bench.live.error(), "");
    EXPECT_FALSE(bench.live.stale());
    EXPECT_FALSE(bench.live.running());
    EXPECT_NE(bench.live.summary(), nullptr);
    bench.live.order(with_seed(1));
    ASSERT_EQ(bench.posted.size(), 1U) << "without a refusal it is asked for anew";
}

TEST(LiveRun, BeginsAnewAfterARunThatFailedOnItsWay) {
    Bench bench;
    bench.live.order(with_seed(1));
    bench.begins(1, 3, 0);
    bench.live.take(refusal(1), 0, 0);  // of the newest order itself
    bench.live.order(with_seed(1));
    ASSERT_EQ(bench.posted.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<Start>(bench.posted.back()));
}

TEST(LiveRun, ShowsTheFirstRunFromItsFirstState) {
    Bench bench;
    bench.live.order({});
    EXPECT_TRUE(bench.live.stale());
    EXPECT_TRUE(bench.begins(1, 1, 0).replaced);
    EXPECT_FALSE(bench.live.stale());
    EXPECT_TRUE(bench.live.running());
    EXPECT_EQ(bench.live.shown().size(), 1);
}

TEST(LiveRun, KeepsTheOldPictureUntilTheNewRunHasReachedThePlayhead) {
    Bench bench;
    bench.live.order({});
    bench.begins(1, 11, 0);
    bench.ends(1, 0);
    const uint64_t old = bench.live.recording_id();
    bench.live.order({});
    EXPECT_TRUE(bench.live.stale());
    bench.begins(2, 3, 7);
    EXPECT_EQ(bench.live.recording_id(), old);
    EXPECT_EQ(bench.live.shown().size(), 11);
    EXPECT_TRUE(bench.live.stale());
    EXPECT_TRUE(bench.goes_on(2, 3, 8, 7).replaced);
    EXPECT_NE(bench.live.recording_id(), old);
    EXPECT_FALSE(bench.live.stale());
    EXPECT_EQ(bench.live.summary(), nullptr);
}

TEST(LiveRun, KnowsWhatTheRecordingOnScreenIsARunOf) {
    Bench bench;
    Scenario scenario;
    scenario.seed = 1;
    bench.live.order(scenario);
    bench.begins(1, 11, 0);
    EXPECT_EQ(bench.live.scenario().seed, 1U);
    bench.ends(1, 0);
    scenario.seed = 2;
    bench.live.order(scenario);
    EXPECT_EQ(bench.live.scenario().seed, 1U) << "the new run is not here yet";
    bench.begins(2, 3, 7);
    EXPECT_EQ(bench.live.scenario().seed, 1U) << "nor on screen";
    scenario.seed = 3;
    bench.live.order(scenario);
    bench.goes_on(3, 3, 8, 7);
    EXPECT_EQ(bench.live.scenario().seed, 3U) << "a live parameter was taken over on the way";
}

TEST(LiveRun, HandsOnWarningsOfTheRunOnScreenWhileItGoesOn) {
    Bench bench;
    bench.live.order({});
    bench.begins(1, 3, 0);
    EXPECT_TRUE(bench.live.warnings().empty());
    News news;
    news.revision = 1;
    news.warnings = {"uneven"};
    EXPECT_TRUE(bench.live.take(std::move(news), 0, 0).any);
    EXPECT_TRUE(bench.live.running());
    EXPECT_EQ(bench.live.warnings(), (std::vector<std::string>{"uneven"}));
    bench.live.order({});
    bench.begins(2, 3, 0);
    EXPECT_TRUE(bench.live.warnings().empty()) << "of another run";
}

TEST(LiveRun, ASlowRunIsShownAfterAMomentAllTheSame) {
    Bench bench;
    bench.live.order({});
    bench.begins(1, 11, 0);
    bench.ends(1, 0);
    bench.live.order({});
    EXPECT_FALSE(bench.begins(2, 1, 7, 1.0).replaced);
    EXPECT_TRUE(bench.goes_on(2, 1, 2, 7, 2.0).replaced);
}

TEST(LiveRun, AnErrorEndsTheWaitAndKeepsThePicture) {
    Bench bench;
    bench.live.order({});
    bench.begins(1, 11, 0);
    bench.ends(1, 0);
    bench.live.order({});
    News news;
    news.revision = news.failed = 2;
    news.error = "sampler: no";
    EXPECT_EQ(bench.live.take(std::move(news), 0, 0).error, "sampler: no");
    EXPECT_FALSE(bench.live.stale());
    EXPECT_FALSE(bench.live.running());
    EXPECT_EQ(bench.live.shown().size(), 11);
    EXPECT_EQ(bench.live.error(), "sampler: no");
}

TEST(LiveRun, AFinishedRunIsStartedAgain) {
    Bench bench;
    bench.live.order({});
    bench.begins(1, 11, 0);
    bench.ends(1, 0);
    bench.posted.clear();
    bench.live.order({});
    ASSERT_FALSE(bench.posted.empty());
    EXPECT_TRUE(std::holds_alternative<Start>(bench.posted.front()));
}

TEST(LiveRun, ARunUnderWayIsAdjustedAndMayGoOn) {
    Bench bench;
    bench.live.order({});
    bench.begins(1, 3, 0);
    bench.posted.clear();
    bench.live.order({});
    ASSERT_EQ(bench.posted.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<Adjust>(bench.posted.front()));
    EXPECT_TRUE(bench.live.stale());
    bench.goes_on(2, 3, 5, 0);
    EXPECT_EQ(bench.live.shown().size(), 5);
    EXPECT_FALSE(bench.live.stale());
}

TEST(LiveRun, ARunThatWasAdjustedKeepsItsStatesUnderItsNewScene) {
    Bench bench;
    bench.live.order({});
    bench.begins(1, 3, 0);
    const uint64_t recording = bench.live.recording_id();
    bench.live.order({});
    News news;
    news.revision = 2;
    const auto scene = make_scene(10);
    scene->discretised_log_z = -1;
    news.adjusted_scene = scene;
    const LiveRun::Changes changes = bench.live.take(std::move(news), 0, 0);
    EXPECT_TRUE(changes.any);
    EXPECT_FALSE(changes.replaced);
    EXPECT_EQ(bench.live.shown().scene(), scene);
    EXPECT_EQ(bench.live.shown().size(), 3);
    EXPECT_EQ(bench.live.recording_id(), recording);
}

TEST(LiveRun, AnAdjustedSceneIsThatOfTheRunThatIsComing) {
    Bench bench;
    bench.live.order({});
    bench.begins(1, 11, 0);
    bench.ends(1, 0);
    const auto old = bench.live.shown().scene();
    bench.live.order({});
    bench.begins(2, 3, 7);
    bench.live.order({});
    News news;
    news.revision = 3;
    const auto scene = make_scene(10);
    news.adjusted_scene = scene;
    bench.live.take(std::move(news), 7, 0);
    EXPECT_EQ(bench.live.shown().scene(), old);
    EXPECT_TRUE(bench.goes_on(3, 3, 8, 7).replaced);
    EXPECT_EQ(bench.live.shown().scene(), scene);
}

TEST(LiveRun, TheEndOfARunThatWasReplacedIsNotTheEnd) {
    Bench bench;
    bench.live.order({});
    bench.begins(1, 11, 0);
    bench.live.order({});
    EXPECT_FALSE(bench.ends(1, 0).finished);
    EXPECT_TRUE(bench.live.running());
    EXPECT_EQ(bench.live.summary(), nullptr);
}

TEST(LiveRun, APreviewIsKnownAsOneUntilTheWholeRunTakesItsPlace) {
    Bench bench;
    bench.live.order({});
    bench.begins(1, 11, 0);
    bench.ends(1, 0);
    bench.live.order({}, true);
    EXPECT_TRUE(bench.live.preview_ordered());
    EXPECT_FALSE(bench.live.preview()) << "the old picture is still there";
    bench.begins(2, 11, 5);
    bench.ends(2, 5);
    EXPECT_TRUE(bench.live.preview());
    EXPECT_FALSE(bench.live.running());
    bench.live.order({});
    EXPECT_FALSE(bench.live.preview_ordered());
    EXPECT_TRUE(bench.live.preview());
    EXPECT_TRUE(bench.live.stale());
    bench.begins(3, 11, 5);
    EXPECT_FALSE(bench.live.preview());
}

TEST(LiveRun, NewsOfAPreviewAreNotTakenForTheWholeRun) {
    Bench bench;
    bench.live.order({});
    bench.begins(1, 11, 0);
    bench.ends(1, 0);
    bench.live.order({}, true);
    bench.live.order({});  // the knob was let go before the preview had answered
    bench.begins(2, 11, 5);
    EXPECT_TRUE(bench.live.preview());
    EXPECT_FALSE(bench.ends(2, 5).finished);
    EXPECT_TRUE(bench.live.running());
    EXPECT_TRUE(bench.live.stale());
}

}  // namespace
}  // namespace drift
