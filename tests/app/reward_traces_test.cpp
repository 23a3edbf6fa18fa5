#include "app/panels/rewards/reward_traces.h"

#include "app/panels/rewards/rewards_view.h"

#include "recordings.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <set>
#include <vector>

namespace drift {
namespace {

using test::make_frame;

/// The band, as the core measures it.
void put_band(Frame& frame, double low, double median, double high) {
    frame.numbers.reward_low = low;
    frame.numbers.reward_median = median;
    frame.numbers.reward_high = high;
}

/// Four states of four particles, scored at 0, 1 and 3; those of state 2 descend from 3 3 0 1.
Recording scored_run() {
    Recording recording;
    recording.start(test::make_scene(3));
    const std::vector<std::vector<float>> rewards{{-4, -3, -2, -1}, {-5, -2, -9, -1}, {}, {0, -1, -2, -3}};
    for (int64_t k = 0; k < 4; ++k) {
        auto frame = std::make_shared<Frame>(*make_frame(k, k == 1));
        frame->rewards = rewards[static_cast<size_t>(k)];
        if (!frame->rewards.empty()) {
            const auto at = static_cast<double>(k);
            put_band(*frame, -3 - at, -2 - at, -1 - at);
        }
        frame->last = k == 3;
        if (k == 2) {
            frame->ancestors = {3, 3, 0, 1};
        }
        recording.append(frame);
    }
    return recording;
}

TEST(RewardTraces, FollowTheAncestorsThroughScoredStates) {
    const RewardTrace trace = reward_trace(scored_run(), {3, 1});
    EXPECT_EQ(trace.step, (std::vector<double>{0, 1, 3}));
    EXPECT_EQ(trace.reward, (std::vector<double>{-1, -1, -1})) << "slot 1, before that slot 3";
    const RewardTrace other = reward_trace(scored_run(), {3, 3});
    EXPECT_EQ(other.reward, (std::vector<double>{-3, -2, -3}));
}

TEST(RewardTraces, OfAllParticlesEndWhereTheyDiedOrAtTheNewestState) {
    const RewardPicture picture = reward_picture(scored_run());
    ASSERT_EQ(picture.traces.size(), 5U);
    EXPECT_FALSE(picture.traces[0].survives);
    EXPECT_EQ(picture.traces[0].end, (ParticleRef{1, 2})) << "nobody descends from slot 2";
    EXPECT_EQ(picture.traces[0].reward, (std::vector<double>{-2, -9}));
    for (size_t i = 1; i < 5; ++i) {
        EXPECT_TRUE(picture.traces[i].survives);
        EXPECT_EQ(picture.traces[i].end, (ParticleRef{3, static_cast<int32_t>(i - 1)}));
    }
    EXPECT_EQ(picture.best.end, (ParticleRef{3, 0}));
    EXPECT_EQ(picture.worst.end, (ParticleRef{3, 3}));
}

TEST(RewardTraces, BandIsThatOfTheNumbersOfTheScoredStates) {
    const RewardPicture picture = reward_picture(scored_run());
    EXPECT_EQ(picture.step, (std::vector<double>{0, 1, 3}));
    EXPECT_EQ(picture.low, (std::vector<double>{-3, -4, -6}));
    EXPECT_EQ(picture.median, (std::vector<double>{-2, -3, -5}));
    EXPECT_EQ(picture.high, (std::vector<double>{-1, -2, -4}));
}

TEST(RewardTraces, BandIsThereForAStateThatHasLostItsRewards) {
    const Recording whole = scored_run();
    Recording thinned;
    thinned.start(whole.scene());
    for (int64_t k = 0; k < whole.size(); ++k) {
        auto frame = std::make_shared<Frame>(*whole.at(k));
        if (k == 1) {
            frame->rewards.clear();
        }
        thinned.append(frame);
    }
    const RewardPicture picture = reward_picture(thinned);
    EXPECT_EQ(picture.step, (std::vector<double>{0, 1, 3}));
    EXPECT_EQ(picture.median, (std::vector<double>{-2, -3, -5}));
    EXPECT_EQ(picture.traces.back().step, (std::vector<double>{0, 3})) << "lines have no point there";
}

TEST(RewardTraces, AreFewHoweverManyParticlesThereAre) {
    Recording recording;
    recording.start(test::make_scene(30));
    for (int64_t k = 0; k < 30; ++k) {
        auto frame = std::make_shared<Frame>(*make_frame(k, true, 1000));
        frame->rewards.assign(1000, static_cast<float>(k));
        put_band(*frame, static_cast<double>(k), static_cast<double>(k), static_cast<double>(k));
        for (int32_t i = 0; k > 0 && i < 1000; ++i) {
            frame->ancestors.push_back(i / 2);
        }
        recording.append(frame);
    }
    const RewardPicture picture = reward_picture(recording);
    EXPECT_LE(picture.traces.size(), most_traces);
    EXPECT_GE(picture.traces.size(), most_traces / 2);
    std::set<bool> kinds;
    for (const RewardTrace& trace : picture.traces) {
        kinds.insert(trace.survives);
        EXPECT_EQ(trace.reward.size(), static_cast<size_t>(trace.end.step + 1));
    }
    EXPECT_EQ(kinds.size(), 2U) << "of the dead and of the living";
}

TEST(RewardTraces, GrowWithTheRecordingIntoWhatTheWholeGivesAtOnce) {
    const Recording whole = scored_run();
    Recording growing;
    growing.start(test::make_scene(3));
    RewardHistory history;
    for (int64_t k = 0; k < whole.size(); ++k) {
        growing.append(whole.at(k));
        EXPECT_TRUE(history.extend(growing, 100));
        history.refresh(growing);
        EXPECT_EQ(history.states(), k + 1);
    }
    const RewardPicture picture = reward_picture(whole);
    EXPECT_EQ(history.picture().step, picture.step);
    EXPECT_EQ(history.picture().median, picture.median);
    ASSERT_EQ(history.picture().traces.size(), picture.traces.size());
    for (size_t i = 0; i < picture.traces.size(); ++i) {
        EXPECT_EQ(history.picture().traces[i].end, picture.traces[i].end);
        EXPECT_EQ(history.picture().traces[i].reward, picture.traces[i].reward);
    }
    EXPECT_EQ(history.picture().best.end, picture.best.end);

    RewardHistory slow;
    EXPECT_FALSE(slow.extend(whole, 5)) << "two states of four particles, and no more at once";
    EXPECT_EQ(slow.states(), 2);
    EXPECT_TRUE(slow.extend(whole, 100));
    EXPECT_EQ(slow.picture().step, picture.step);
}

TEST(RewardTraces, BestAndWorstOutliveTheRewardsThatTheyWereFoundBy) {
    const int64_t count = 1000;
    const auto state = [](int64_t k) {
        auto frame = std::make_shared<Frame>(*make_frame(k, false, count));
        if (k == 0 || k == 3) {
            frame->rewards.assign(count, -5);
            frame->rewards[20] = k == 0 ? -5.0F : -1.0F;
            frame->rewards[30] = k == 0 ? -5.0F : -9.0F;
            put_band(*frame, -5, -5, -5);
        }
        return frame;
    };
    Recording bounded(5 * state(0)->bytes());
    bounded.start(test::make_scene(8));
    RewardHistory history;
    for (int64_t k = 0; k < 8; ++k) {
        bounded.append(state(k));
        EXPECT_TRUE(history.extend(bounded, count));
        history.refresh(bounded);
    }
    ASSERT_TRUE(bounded.at(3)->rewards.empty()) << "thinned";
    EXPECT_EQ(history.picture().best.end, (ParticleRef{3, 20}));
    EXPECT_EQ(history.picture().worst.end, (ParticleRef{3, 30}));
}

TEST(RewardTraces, WhatIsNotFiniteIsNeitherBestNorInTheBand) {
    Recording recording;
    recording.start(test::make_scene(1));
    auto frame = std::make_shared<Frame>(*make_frame(0, false));
    frame->rewards = {std::numeric_limits<float>::quiet_NaN(), -1, 2, -std::numeric_limits<float>::infinity()};
    put_band(*frame, -std::numeric_limits<double>::infinity(), -1, 2);
    recording.append(frame);
    const RewardPicture picture = reward_picture(recording);
    EXPECT_EQ(picture.best.end.index, 2);
    EXPECT_EQ(picture.worst.end.index, 3);
    EXPECT_TRUE(picture.step.empty()) << "a band without an end cannot be drawn";
    EXPECT_FALSE(picture.empty()) << "but the particles were scored";
    EXPECT_TRUE(reward_picture(test::make_recording(3, 3)).empty()) << "nothing was scored";
}

TEST(RewardsView, AsksForAnotherLookUntilItsTracesShowAllStates) {
    const Recording recording = scored_run();
    RewardsView view;
    EXPECT_TRUE(view.history.extend(recording, 100));
    EXPECT_EQ(view.due_in(false, 10), 0) << "nothing is shown yet";
    view.states = 2;
    view.refreshed = 10;
    EXPECT_NEAR(view.due_in(false, 10.05), refresh_seconds - 0.05, 1e-12) << "skipped, but not forgotten";
    EXPECT_EQ(view.due_in(false, 10 + 2 * refresh_seconds), 0);
    EXPECT_EQ(view.due_in(true, 10.05), 0) << "the end is shown at once";
    view.states = recording.size();
    EXPECT_TRUE(std::isinf(view.due_in(false, 20))) << "and nothing keeps the window busy";
}

TEST(RewardTraces, PotentialsSplitTheSameReward) {
    RewardTrace trace;
    trace.step = {0, 1, 2, 3};
    trace.reward = {-4, -1, -2, -3};
    const Potentials on_the_way = potentials_along(trace, false);
    EXPECT_EQ(on_the_way.difference, trace.reward) << "differences telescope";
    EXPECT_EQ(on_the_way.max, (std::vector<double>{-4, -5, -6, -7}));
    EXPECT_EQ(on_the_way.sum, (std::vector<double>{-4, -9, -16, -26}));
    EXPECT_EQ(on_the_way.reward, (std::vector<double>{-4, -5, -7, -10}));
    EXPECT_EQ(on_the_way.none, (std::vector<double>{0, 0, 0, 0}));
    const Potentials whole = potentials_along(trace, true);
    for (const auto* each : {&whole.difference, &whole.max, &whole.sum, &whole.reward, &whole.none}) {
        EXPECT_DOUBLE_EQ(each->back(), -3);
    }
    EXPECT_EQ(whole.sum[2], -16) << "only the last step corrects";
    EXPECT_EQ(whole.none[2], 0);
    EXPECT_EQ(whole.best_of, (std::vector<double>{0, 0, 0, 0})) << "it chooses and does not weigh";
}

}  // namespace
}  // namespace drift
