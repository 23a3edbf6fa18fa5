#include "app/phases.h"

#include "app/panels/data/cloud.h"
#include "app/panels/data/phase_stage.h"
#include "app/playback.h"
#include "trees.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace drift {
namespace {

using test::make_tree;
using test::small_tree;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

void finish(View& view, const Recording& recording) {
    for (int i = 0; i < 8; ++i) {
        play_on(view, 0.2, recording, false);
    }
}

TEST(Phases, OneKeyWalksThroughTheStepAndIntoTheNext) {
    const Recording recording = small_tree();
    View view;
    view.playhead = 3;
    std::vector<Phase> seen;
    for (int i = 0; i < 5; ++i) {
        next_phase(view, recording);
        seen.push_back(view.phase);
        EXPECT_EQ(view.phase_step, i < 4 ? 3 : 4);
    }
    EXPECT_EQ(seen,
              (std::vector<Phase>{Phase::Propagate, Phase::Weight, Phase::Resample, Phase::Move, Phase::Propagate}));
    EXPECT_FALSE(view.playing);
}

TEST(Phases, EachTakesItsTimeAndThenWaits) {
    const Recording recording = small_tree();
    View view;
    view.playhead = 3;
    next_phase(view, recording);
    play_on(view, 0.24, recording, false);
    EXPECT_NEAR(view.phase_progress, 0.2, 1e-9);
    EXPECT_EQ(shown_step(view, recording), 2) << "on the way from the state before";
    EXPECT_TRUE(moves(view, recording, false));
    finish(view, recording);
    EXPECT_EQ(view.phase, Phase::Propagate);
    EXPECT_EQ(view.phase_progress, 1);
    EXPECT_EQ(shown_step(view, recording), 3);
    EXPECT_FALSE(moves(view, recording, false));
}

TEST(Phases, ATrainingIsNeitherResampledNorMovedAcrossItsSampling) {
    Recording recording;
    recording.start(std::make_shared<Scene>(*small_tree().scene()));
    const int64_t sampled[] = {-1, -1, 0, 1, -1};
    for (int64_t k = 0; k < 5; ++k) {
        auto frame = std::make_shared<Frame>(*small_tree().at(k));
        TrainingNumbers numbers;
        numbers.iteration = 20 * k;
        numbers.sampled = sampled[k];
        frame->training = std::make_shared<const TrainingNumbers>(numbers);
        recording.append(frame);
    }
    const std::vector<Phase> both{Phase::Propagate, Phase::Weight};
    const std::vector<Phase> weight{Phase::Weight};
    EXPECT_EQ(phases_at(recording, 0), weight);
    EXPECT_EQ(phases_at(recording, 1), both);
    EXPECT_EQ(phases_at(recording, 2), weight) << "new noise";
    EXPECT_EQ(phases_at(recording, 3), both);
    EXPECT_EQ(phases_at(recording, 4), weight) << "samples are not where the training was";
    View view;
    view.phase = Phase::Propagate;
    view.phase_step = 1;
    EXPECT_TRUE(contains(phase_caption(view, recording), "iteration 20 instead of 0"));
}

TEST(Phases, PlayingGoesThroughThemToTheEnd) {
    const Recording recording = small_tree();
    View view;
    view.playhead = 5;
    next_phase(view, recording);
    toggle_play(view, recording, false);
    EXPECT_TRUE(view.playing);
    for (int i = 0; i < 200 && view.playing; ++i) {
        play_on(view, 0.2, recording, false);
    }
    EXPECT_FALSE(view.playing);
    EXPECT_EQ(view.phase, Phase::Move);
    EXPECT_EQ(view.phase_step, 6);
    EXPECT_FALSE(moves(view, recording, false));
}

TEST(Phases, StepsAndScrubbingShowWholeStatesAgain) {
    const Recording recording = small_tree();
    View view;
    view.playhead = 3;
    next_phase(view, recording);
    move_by(view, 1, recording);
    EXPECT_EQ(view.phase, Phase::Whole);
    next_phase(view, recording);
    leave_phases(view);
    EXPECT_EQ(view.phase, Phase::Whole);
}

TEST(Phases, TheStartIsOnlyWeighedAndAMethodWithoutWeightsOnlyPropagates) {
    const Recording weighted = small_tree();
    View view;
    next_phase(view, weighted);
    EXPECT_EQ(view.phase, Phase::Weight);
    EXPECT_EQ(view.phase_step, 0);

    auto scene = std::make_shared<Scene>(*weighted.scene());
    scene->weighted = false;
    Recording plain;
    plain.start(scene);
    for (int64_t k = 0; k < 3; ++k) {
        plain.append(weighted.at(k));
    }
    view = {};
    next_phase(view, plain);
    EXPECT_EQ(view.phase, Phase::Propagate);
    EXPECT_EQ(view.phase_step, 1);
    next_phase(view, plain);
    EXPECT_EQ(view.phase, Phase::Propagate);
    EXPECT_EQ(view.phase_step, 2);
}

TEST(Phases, AnotherRecordingWithoutThatStateEndsThem) {
    View view;
    view.playhead = 5;
    next_phase(view, small_tree());
    play_on(view, 0.1, make_tree(4, {{}, {}}), false);
    EXPECT_EQ(view.phase, Phase::Whole);
    next_phase(view, Recording{});
    EXPECT_EQ(view.phase, Phase::Whole);
}

TEST(Phases, ANewRunBeginsWithWholeStates) {
    View view;
    view.playhead = 3;
    next_phase(view, small_tree());
    begin_again(view);
    EXPECT_EQ(view.phase, Phase::Whole);
    EXPECT_EQ(view.playhead, 0);
    EXPECT_TRUE(view.playing);
}

TEST(Phases, AStateHasThoseThatLeadToIt) {
    const Recording weighted = small_tree();
    EXPECT_EQ(phases_at(weighted, 0), (std::vector<Phase>{Phase::Weight, Phase::Resample, Phase::Move}));
    EXPECT_EQ(phases_at(weighted, 1),
              (std::vector<Phase>{Phase::Propagate, Phase::Weight, Phase::Resample, Phase::Move}));
    auto scene = std::make_shared<Scene>(*weighted.scene());
    scene->ladder = true;
    Recording ladder;
    ladder.start(scene);
    ladder.append(weighted.at(0));
    EXPECT_TRUE(phases_at(ladder, 0).empty()) << "it takes a first rung";
    View view;
    next_phase(view, ladder);
    EXPECT_EQ(view.phase, Phase::Whole);
    scene->ladder = scene->weighted = false;
    EXPECT_TRUE(phases_at(ladder, 0).empty());
    ladder.append(weighted.at(1));
    EXPECT_EQ(phases_at(ladder, 1), (std::vector<Phase>{Phase::Propagate}));
}

TEST(Phases, APictureIsMadeAnewOnceTheChildrenAreThere) {
    const Recording whole = small_tree();
    Recording growing;
    growing.start(whole.scene());
    for (int64_t k = 0; k <= 3; ++k) {
        growing.append(whole.at(k));
    }
    View view;
    view.phase = Phase::Resample;
    view.phase_step = 3;
    view.phase_progress = 1;
    const CloudMoment childless = phase_moment(growing, view);
    EXPECT_EQ(phase_moment(growing, view), childless);
    growing.append(whole.at(4));
    EXPECT_FALSE(phase_moment(growing, view) == childless);
}

TEST(Phases, CaptionsNameThePhaseAndGiveNumbers) {
    const Recording recording = small_tree();
    View view;
    view.playhead = 3;
    next_phase(view, recording);
    EXPECT_TRUE(contains(phase_caption(view, recording), "Propagate: from noise 4 to 3"))
        << phase_caption(view, recording);
    next_phase(view, recording);
    // Weights 1, 2, 3, 4: the three heaviest carry 90 %.
    EXPECT_TRUE(contains(phase_caption(view, recording), "Weight: 75 % of the particles carry 90 %"))
        << phase_caption(view, recording);
    next_phase(view, recording);
    EXPECT_TRUE(contains(phase_caption(view, recording), "Resample: 1 of 4 particles die"))
        << phase_caption(view, recording);
    next_phase(view, recording);
    EXPECT_TRUE(contains(phase_caption(view, recording), "Move: all weights are equal now"))
        << phase_caption(view, recording);
    view.phase_step = 2;
    view.phase = Phase::Resample;
    EXPECT_TRUE(contains(phase_caption(view, recording), "not here")) << phase_caption(view, recording);
    view.phase_step = -1;
    EXPECT_EQ(phase_caption(view, recording), "") << "no such state";
    leave_phases(view);
    EXPECT_EQ(phase_caption(view, recording), "");
}

CloudPicture picture_of(const Recording& recording, const CloudMoment& moment) {
    CloudOptions options;
    options.trails = false;
    options.per_pixel = 1;
    CloudPicture picture;
    build_picture(recording, moment, options, picture);
    return picture;
}

TEST(PhasePicture, ParticlesTravelWithTheirOldWeightsAndThenGetNewOnes) {
    const Recording recording = small_tree();
    // Into state 4, whose parents 1, 1, 2, 3 of state 3 were resampled.
    CloudPicture picture = picture_of(recording, {4, 0.5, Phase::Propagate});
    EXPECT_EQ(picture.step, 4);
    EXPECT_FLOAT_EQ(picture.places[0].x, 0.5F) << "half way from parent 1";
    EXPECT_FLOAT_EQ(picture.places[0].y, 35);
    EXPECT_FLOAT_EQ(picture.weights[3], 0.25F) << "equal after resampling";
    picture = picture_of(recording, {4, 0.5, Phase::Weight});
    EXPECT_FLOAT_EQ(picture.places[0].x, 0);
    EXPECT_FLOAT_EQ(picture.weights[3], (0.25F + 0.4F) / 2);
    picture = picture_of(recording, {4, 1, Phase::Weight});
    EXPECT_FLOAT_EQ(picture.weights[3], 0.4F);
}

TEST(PhasePicture, ParentsSplitIntoTheirChildrenAndTheDeadFade) {
    const Recording recording = small_tree();
    const CloudPicture begun = picture_of(recording, {3, 0, Phase::Resample});
    EXPECT_EQ(begun.step, 3) << "the particles that can be pointed at are the parents";
    ASSERT_EQ(begun.cloud.line_vertices, 8U) << "a line to every child";
    const CloudPicture done = picture_of(recording, {3, 1, Phase::Resample});
    const size_t dots = done.cloud.vertices.size() - done.cloud.line_vertices;
    EXPECT_EQ(dots, 4U) << "the children alone are left";
    const CloudVertex& first = done.cloud.vertices[done.cloud.line_vertices];
    const CloudVertex& second = done.cloud.vertices[done.cloud.line_vertices + 1];
    EXPECT_GT(std::hypot(first.x - second.x, first.y - second.y), 1) << "siblings are apart";
    EXPECT_FLOAT_EQ(done.cloud.vertices[done.cloud.line_vertices + 2].x, 2) << "an only child stays where it was";
    const CloudPicture moved = picture_of(recording, {3, 1, Phase::Move});
    EXPECT_FLOAT_EQ(moved.cloud.vertices[moved.cloud.line_vertices].x, 1) << "and they go back to where they start";
}

TEST(PhasePicture, OnALadderParticlesMoveLast) {
    const Recording recording = make_tree(3, {{}, {1, 1, 2}, {}}, true);
    EXPECT_EQ(picture_of(recording, {1, 0.5, Phase::Propagate}).step, 0);
    EXPECT_EQ(picture_of(recording, {1, 0.5, Phase::Resample}).step, 0);
    const CloudPicture moving = picture_of(recording, {1, 0.5, Phase::Move});
    EXPECT_EQ(moving.step, 1);
    EXPECT_FLOAT_EQ(moving.places[0].x, 0.5F);
    EXPECT_FLOAT_EQ(moving.places[0].y, 5);
    const CloudPicture weighed = picture_of(recording, {2, 1, Phase::Weight});
    EXPECT_FLOAT_EQ(weighed.weights[2], 0.5F) << "those of the state that the step leads to";
    EXPECT_FLOAT_EQ(weighed.places[2].y, 10) << "at the places before the moves";
}

TEST(PhasePicture, SiblingsLieApartAndAnOnlyChildStays) {
    EXPECT_EQ(sibling_offset(0, 1).x, 0);
    for (int32_t i = 0; i < 40; ++i) {
        for (int32_t j = 0; j < i; ++j) {
            const PlanePoint a = sibling_offset(i, 40);
            const PlanePoint b = sibling_offset(j, 40);
            EXPECT_GT(std::hypot(a.x - b.x, a.y - b.y), 0.9) << i << " " << j;
        }
    }
}

}  // namespace
}  // namespace drift
