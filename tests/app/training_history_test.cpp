#include "app/panels/training/training_history.h"

#include "recordings.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace drift {
namespace {

/// A training of `of` iterations, twenty from state to state, that takes a second for forty of them.
TrainingNumbers learned(int64_t iteration, int64_t of = 200) {
    TrainingNumbers numbers;
    numbers.iteration = iteration;
    numbers.iterations = of;
    numbers.seconds = static_cast<double>(iteration) / 40;
    const double left = 10.0 / (1 + static_cast<double>(iteration));
    numbers.log_z_lower = -2 - left;
    numbers.log_z = -2 - left / 10;
    numbers.log_z_upper = -2 + left;
    numbers.loss = left;
    numbers.residual_spread = left;
    numbers.ess = 1 / (1 + left);
    return numbers;
}

FramePtr state(int64_t step, const TrainingNumbers& numbers, bool last = false) {
    auto frame = std::make_shared<Frame>(*test::make_frame(step, false));
    frame->training = std::make_shared<const TrainingNumbers>(numbers);
    frame->numbers.seconds = 2 * numbers.seconds;  // half of the time is looked on
    frame->last = last;
    return frame;
}

/// The start and the states up to `iteration`.
Recording training_up_to(int64_t iteration) {
    Recording recording;
    recording.start(test::make_scene(20));
    for (int64_t k = 0; 20 * k <= iteration; ++k) {
        recording.append(state(k, learned(20 * k)));
    }
    return recording;
}

/// Three states of sampling with the weights of that iteration.
void sample(Recording& recording, int64_t iteration) {
    for (int64_t k = 0; k < 3; ++k) {
        TrainingNumbers numbers = learned(iteration);
        numbers.sampled = k;
        recording.append(state(recording.size(), numbers, k == 2));
    }
}

TEST(TrainingHistory, FollowsTheRecordingAsItGrows) {
    TrainingHistory whole;
    whole.extend(training_up_to(100), 1, true);
    TrainingHistory grown;
    for (int64_t iteration = 0; iteration <= 100; iteration += 20) {
        grown.extend(training_up_to(iteration), 1, true);
    }
    EXPECT_EQ(grown.lower.iteration, (std::vector<double>{0, 20, 40, 60, 80, 100}));
    EXPECT_EQ(grown.lower.value, whole.lower.value);
    EXPECT_EQ(grown.last_iteration(), 200);
    EXPECT_TRUE(grown.acceptance.empty()) << "nothing was searched";
}

TEST(TrainingHistory, FindsTheStateOfAnIteration) {
    TrainingHistory history;
    EXPECT_EQ(history.state_at(3), -1);
    history.extend(training_up_to(100), 1, true);
    EXPECT_EQ(history.state_at(-5), 0);
    EXPECT_EQ(history.state_at(29), 1);
    EXPECT_EQ(history.state_at(31), 2);
    EXPECT_EQ(history.state_at(1e6), 5);
}

TEST(TrainingHistory, TellsSamplesFromTheTrainingAndGoesOnAfterThem) {
    Recording recording = training_up_to(60);
    sample(recording, 60);
    recording.append(state(recording.size(), learned(80)));
    TrainingHistory history;
    history.extend(recording, 1, true);
    EXPECT_EQ(history.weighted.iteration, (std::vector<double>{0, 20, 40, 60, 80}));
    EXPECT_EQ(history.state_at(80), 7) << "behind three states of sampling";
    EXPECT_EQ(history.sampled.iteration, (std::vector<double>{60})) << "the end of it alone has weights";
    EXPECT_EQ(history.sampled.value, (std::vector<double>{learned(60).log_z}));
}

TEST(TrainingHistory, KeepsWhatWasLearnedWhileItIsSampledWith) {
    TrainingHistory history;
    const Choice before{"before", {}};
    const Choice now{"now", {}};
    history.extend(training_up_to(100), 1, true, before);
    EXPECT_FALSE(history.of_another_condition());
    Recording dragged;
    dragged.start(test::make_scene(3));
    sample(dragged, 100);
    TrainingHistory from_file = history;
    history.extend(dragged, 2, true, now);
    EXPECT_EQ(history.lower.value.size(), 6U) << "the curves stay";
    EXPECT_EQ(history.state_at(40), -1) << "but not the states that they are of";
    EXPECT_TRUE(history.of_another_condition()) << "the curves are those of the observation before";
    EXPECT_EQ(history.sampled.iteration, (std::vector<double>{100})) << "and the samples those of this one";
    EXPECT_EQ(history.sampled_lower.value, (std::vector<double>{learned(100).log_z_lower}));
    EXPECT_EQ(history.sampled_upper.value, (std::vector<double>{learned(100).log_z_upper}));
    TrainingHistory again = history;
    again.extend(dragged, 3, true, before);
    EXPECT_FALSE(again.of_another_condition()) << "dragged back";
    EXPECT_EQ(again.sampled.value.size(), 1U) << "samples of another observation are gone";
    from_file.extend(dragged, 2, false);
    EXPECT_TRUE(from_file.empty()) << "weights of a file have another history";
    history.extend(training_up_to(20), 3, true);
    EXPECT_EQ(history.lower.value.size(), 2U) << "another training";
    EXPECT_EQ(history.state_at(40), 1);
}

TEST(TrainingHistory, AxisOfLogZLeavesOutTheStart) {
    TrainingHistory history;
    history.extend(training_up_to(100), 1, true);
    const Span span = log_z_span(history, -2, 0.3);
    EXPECT_LT(span.low, -2.3);
    EXPECT_GT(span.high, -1.7);
    EXPECT_GT(span.low, -3) << "-12 at the start would press the rest into a line";
    const Span unknown = log_z_span(history, TrainingNumbers::unknown, TrainingNumbers::unknown);
    EXPECT_LT(unknown.low, history.lower.value[3]);
    EXPECT_GT(unknown.high, history.upper.value[3]);
    EXPECT_EQ(log_z_span({}, TrainingNumbers::unknown, 0), (Span{0, 1}));
}

TEST(TrainingHistory, AxesHaveAMargin) {
    TrainingCurve curve;
    curve.add(0, 1);
    curve.add(1, TrainingNumbers::unknown);
    curve.add(2, 3);
    EXPECT_EQ(curve.value.size(), 2U);
    const Span span = span_of({&curve});
    EXPECT_LT(span.low, 1);
    EXPECT_GT(span.high, 3);
    EXPECT_EQ(span_of({}), (Span{0, 1}));
    EXPECT_EQ(span_of({}, true), (Span{0, 1}));
    EXPECT_GT(span_of({&curve}, true).low, 0) << "where the logarithm can be taken";
}

TEST(TrainingHistory, ShowsWhatWasMeasuredLast) {
    Recording recording = training_up_to(20);
    TrainingNumbers unseen;
    unseen.iteration = 40;
    unseen.loss = 7;
    recording.append(state(2, unseen));
    const auto numbers = training_at(recording, 2);
    ASSERT_TRUE(numbers);
    EXPECT_EQ(numbers->iteration, 40);
    EXPECT_EQ(numbers->loss, 7);
    EXPECT_EQ(numbers->log_z_lower, learned(20).log_z_lower);
    EXPECT_EQ(numbers->ess, learned(20).ess);
    EXPECT_FALSE(training_at(test::make_recording(3, 2), 1));
    EXPECT_FALSE(training_at(recording, 3));
}

TEST(TrainingPace, IsThatOfTheNewestStates) {
    const TrainingPace pace = pace_of(training_up_to(100));
    EXPECT_NEAR(pace.per_second, 40, 1e-9);
    EXPECT_NEAR(pace.seconds_left, 5, 1e-9) << "100 iterations at 20 a second, with the looking on";
    EXPECT_TRUE(std::isnan(pace_of(training_up_to(0)).per_second)) << "nothing was learned yet";
    Recording recording = training_up_to(100);
    sample(recording, 100);
    EXPECT_NEAR(pace_of(recording).per_second, 40, 1e-9) << "of before the sampling";
}

TEST(TrainingPace, IsToldInWords) {
    Recording recording = training_up_to(100);
    EXPECT_EQ(progress_of_training(recording, true, true), "Iteration 100 of 200, 40 a second, 5 s left");
    EXPECT_EQ(progress_of_training(recording, true, false), "Iteration 100 of 200, 40 a second, paused");
    sample(recording, 100);
    EXPECT_EQ(progress_of_training(recording, true, true), "Iteration 100 of 200, 40 a second, sampling");
    EXPECT_EQ(progress_of_training(recording, false, true), "Iteration 100 of 200, 40 a second, sampled");
    EXPECT_EQ(progress_of_training(test::make_recording(3, 2), false, true), "");
}

TEST(TrainingWarnings, ComeOnceTheSamplerCouldHaveLearned) {
    TrainingNumbers numbers = learned(20, 3000);
    numbers.modes = 9;
    numbers.missing_modes = 3;
    EXPECT_TRUE(training_warnings(numbers).empty()) << "every sampler misses modes at the start";
    numbers.iteration = 1000;
    ASSERT_EQ(training_warnings(numbers).size(), 1U);
    EXPECT_NE(training_warnings(numbers).front().find("3 of 9 modes"), std::string::npos);
    numbers.log_z_upper = numbers.log_z_lower + 20;
    EXPECT_EQ(training_warnings(numbers).size(), 2U);
    numbers = learned(20);
    numbers.restored = 2;
    EXPECT_EQ(training_warnings(numbers).size(), 1U) << "at any time";
}

TEST(TrainingSources, AreSharesOfTheNewestBatch) {
    TrainingNumbers numbers;
    EXPECT_EQ(source_shares(numbers).at(0), 0);
    numbers.source_count.at(0) = 30;
    numbers.source_count.at(2) = 10;
    EXPECT_EQ(source_shares(numbers).at(0), 0.75);
    EXPECT_EQ(source_shares(numbers).at(2), 0.25);
}

}  // namespace
}  // namespace drift
