#include "app/events.h"

#include "recordings.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace drift {
namespace {

using test::make_recording;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(Events, NumbersAreShortAndGrouped) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(-1234567), "-1,234,567");
    EXPECT_EQ(short_number(0.123456), "0.123");
    EXPECT_EQ(short_number(1023.4), "1,023");
    EXPECT_EQ(short_number(999.7), "1,000") << "and not 1e+03";
    EXPECT_EQ(short_number(999.4), "999");
    EXPECT_EQ(rough_number(0.0409), "0.041");
    EXPECT_EQ(rough_number(std::nan("")), "-");
    EXPECT_EQ(short_number(-204800), "-204,800");
    EXPECT_EQ(short_number(1.17e11), "1.17e+11");
    EXPECT_EQ(short_number(std::nan("")), "-");
    EXPECT_EQ(percent(0.5), "50 %");
    EXPECT_EQ(percent(0.0123), "1.2 %");
    EXPECT_EQ(duration_text(0.000625), "0.625 ms");
    EXPECT_EQ(duration_text(1.394), "1.39 s");
    EXPECT_EQ(duration_text(125.4), "2 min 5 s");
    EXPECT_EQ(counted(1, "first ancestors"), "1 first ancestor");
    EXPECT_EQ(counted(2, "first ancestors"), "2 first ancestors");
    EXPECT_EQ(counted(0, "steps"), "0 steps");
}

TEST(Events, AResamplingSaysWhatItCost) {
    const Recording recording = make_recording(10, 11, {4});
    const std::string sentence = sentence_of_state(recording, 4);
    EXPECT_TRUE(contains(sentence, "Step 4")) << sentence;
    EXPECT_TRUE(contains(sentence, "resampled")) << sentence;
    EXPECT_TRUE(contains(sentence, "50 %")) << "two of four died: " << sentence;
    EXPECT_TRUE(contains(sentence, "2 first ancestors")) << sentence;
}

TEST(Events, ATrainingIsToldFromItsSamples) {
    Recording recording;
    recording.start(test::make_scene(3));
    TrainingNumbers numbers;
    numbers.iterations = 1500;
    const auto add = [&](int64_t iteration, int64_t sampled, bool last) {
        auto frame = std::make_shared<Frame>(*test::make_frame(recording.size(), false));
        numbers.iteration = iteration;
        numbers.sampled = sampled;
        frame->training = std::make_shared<const TrainingNumbers>(numbers);
        frame->last = last;
        recording.append(frame);
    };
    add(0, -1, false);
    numbers.modes = 9;
    numbers.missing_modes = 2;
    add(420, -1, false);
    add(420, 0, false);
    add(420, 1, true);
    EXPECT_EQ(sentence_of_state(recording, 0), "The start: nothing is learned yet.");
    EXPECT_EQ(sentence_of_state(recording, 1), "Iteration 420 of 1,500: ESS 2 of 4, 2 of 9 modes missed.");
    EXPECT_EQ(sentence_of_state(recording, 2), "Sampling starts, with the weights of iteration 420.");
    EXPECT_EQ(sentence_of_state(recording, 3), "The end: clean samples after 420 iterations, ESS 2 of 4.");
}

TEST(Events, EveryStateHasASentence) {
    const Recording recording = make_recording(10, 11, {4});
    for (int64_t k = 0; k < recording.size(); ++k) {
        EXPECT_FALSE(sentence_of_state(recording, k).empty()) << k;
    }
    EXPECT_TRUE(contains(sentence_of_state(recording, 0), "pure noise"));
    EXPECT_TRUE(contains(sentence_of_state(recording, 10), "clean samples"));
    EXPECT_EQ(sentence_of_state(Recording{}, 0), "");
}

TEST(Events, TheEndNamesTheExactValueWhereThereIsOne) {
    Summary summary{};
    summary.seconds = 0.5;
    summary.log_z = -3.2;
    summary.exact_log_z = -3.25;
    summary.ess = 812;
    summary.particles = 1024;
    EXPECT_TRUE(contains(sentence_of_end(summary, true), "log Z -3.200 (exact -3.250)"));
    summary.exact_log_z = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(contains(sentence_of_end(summary, true), "exact"));
    EXPECT_EQ(sentence_of_end(summary, false), "Finished in 500 ms.");
}

}  // namespace
}  // namespace drift
