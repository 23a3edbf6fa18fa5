#include "app/playback.h"

#include "recordings.h"

#include <gtest/gtest.h>

namespace drift {
namespace {

using test::make_recording;

TEST(Playback, MovesAtItsSpeedAndStopsAtTheEnd) {
    const Recording recording = make_recording(10, 11);
    View view;
    play_on(view, 0.1, recording, false);
    EXPECT_DOUBLE_EQ(view.playhead, 2);
    EXPECT_EQ(shown_step(view, recording), 2);
    for (int i = 0; i < 10; ++i) {
        play_on(view, 0.1, recording, false);
    }
    EXPECT_EQ(shown_step(view, recording), 10);
    EXPECT_FALSE(view.playing);
}

TEST(Playback, WaitsAtTheEndWhileTheRunGoesOn) {
    const Recording recording = make_recording(10, 3);
    View view;
    play_on(view, 0.2, recording, true);
    play_on(view, 0.2, recording, true);
    EXPECT_EQ(shown_step(view, recording), 2);
    EXPECT_TRUE(view.playing);
}

TEST(Playback, KeepsItsPlaceWhereTheNewRecordingIsStillShort) {
    View view;
    view.playhead = 8;
    play_on(view, 0.1, make_recording(10, 3), true);
    EXPECT_DOUBLE_EQ(view.playhead, 8);
    EXPECT_EQ(shown_step(view, make_recording(10, 3)), 2);
    EXPECT_EQ(shown_step(view, make_recording(10, 11)), 8);
}

TEST(Playback, LoopsFromTheEndToTheStart) {
    const Recording recording = make_recording(10, 11);
    View view;
    view.loop = true;
    view.playhead = 9.9;
    play_on(view, 0.1, recording, false);
    EXPECT_DOUBLE_EQ(view.playhead, 10);
    play_on(view, 0.1, recording, false);
    EXPECT_DOUBLE_EQ(view.playhead, 0);
}

TEST(Playback, FollowingStaysAtTheNewestState) {
    View view;
    view.follow = true;
    view.playing = false;
    play_on(view, 0.01, make_recording(10, 7), true);
    EXPECT_DOUBLE_EQ(view.playhead, 6);
}

TEST(Playback, PlayingAtTheEndBeginsAgain) {
    const Recording recording = make_recording(10, 11);
    View view;
    view.playing = false;
    view.playhead = 10;
    toggle_play(view, recording, false);
    EXPECT_TRUE(view.playing);
    EXPECT_DOUBLE_EQ(view.playhead, 0);
}

TEST(Playback, StepsStopPlayingAndStayWithinTheRecording) {
    const Recording recording = make_recording(10, 11);
    View view;
    view.playhead = 9.7;
    move_by(view, 10, recording);
    EXPECT_FALSE(view.playing);
    EXPECT_DOUBLE_EQ(view.playhead, 10);
    move_by(view, -100, recording);
    EXPECT_DOUBLE_EQ(view.playhead, 0);
}

TEST(Playback, JumpsFromResamplingToResampling) {
    const Recording recording = make_recording(10, 11, {2, 7});
    View view;
    move_to_resampling(view, 1, recording);
    EXPECT_EQ(shown_step(view, recording), 2);
    move_to_resampling(view, 1, recording);
    EXPECT_EQ(shown_step(view, recording), 7);
    move_to_resampling(view, 1, recording);
    EXPECT_EQ(shown_step(view, recording), 7) << "there is none after it";
    move_to_resampling(view, -1, recording);
    EXPECT_EQ(shown_step(view, recording), 2);
}

TEST(Playback, NothingMovesWhileThePlayheadWaits) {
    View view;
    const Recording recording = make_recording(10, 5);
    EXPECT_TRUE(moves(view, recording, true));
    view.playhead = 4;
    EXPECT_FALSE(moves(view, recording, true)) << "the next state wakes the window when it is there";
    EXPECT_TRUE(moves(view, recording, false)) << "the end is noticed";
    EXPECT_FALSE(moves(view, Recording{}, true));
    EXPECT_FALSE(moves(view, Recording{}, false));
    view.playhead = 2;
    view.playing = false;
    EXPECT_FALSE(moves(view, recording, true));
    view.playing = view.follow = true;
    EXPECT_FALSE(moves(view, recording, true));
}

TEST(TimeAxis, MapsStepsToPlacesAndBack) {
    const TimeAxis axis{100, 600, 60};
    EXPECT_FLOAT_EQ(axis.x_of(0), 100);
    EXPECT_FLOAT_EQ(axis.x_of(60), 700);
    for (int k = 0; k <= 60; ++k) {
        EXPECT_NEAR(axis.step_at(axis.x_of(k)), k, 1e-4);
    }
    EXPECT_DOUBLE_EQ(axis.step_at(-50), 0);
    EXPECT_DOUBLE_EQ(axis.step_at(5000), 60);
}

TEST(TimeAxis, DrawsNoMoreOfALongRunThanCanBeSeen) {
    EXPECT_EQ((TimeAxis{0, 600, 60}.stride()), 1);
    EXPECT_EQ((TimeAxis{0, 600, 1000}.stride()), 1);
    EXPECT_EQ((TimeAxis{0, 600, 12'000}.stride()), 10);
    EXPECT_EQ((TimeAxis{0, 0, 10}.stride()), 5);
}

TEST(TimeAxis, SpansTheWholeRunBeforeItIsRecorded) {
    EXPECT_EQ(last_step(make_recording(10, 3)), 10);
}

}  // namespace
}  // namespace drift
