#include "app/preview.h"

#include "recordings.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>

namespace drift {
namespace {

/// Two of ten steps with `count` particles took 0.2 s.
Recording slow_recording(int64_t count) {
    Recording recording;
    recording.start(test::make_scene(10));
    for (int64_t k = 0; k <= 2; ++k) {
        auto frame = std::make_shared<Frame>(*test::make_frame(k, false, count));
        frame->numbers.seconds = 0.1 * static_cast<double>(k);
        recording.append(frame);
    }
    return recording;
}

TEST(Preview, TheWholeRunIsJudgedByItsFirstSteps) {
    EXPECT_DOUBLE_EQ(expected_seconds(slow_recording(100), 100), 1);
    EXPECT_DOUBLE_EQ(expected_seconds(slow_recording(100), 300), 3);
    EXPECT_EQ(expected_seconds(Recording{}, 100), 0);
}

TEST(Preview, FastRunsAreShownWhole) {
    EXPECT_EQ(preview_particles(100'000, 0.05, 0.1), 100'000);
    EXPECT_EQ(preview_particles(1024, 0, 0.1), 1024) << "nothing is known yet";
}

TEST(Preview, SlowRunsAnswerWithAsManyAsCanBeAfforded) {
    EXPECT_EQ(preview_particles(1'000'000, 10, 0.1), most_preview_particles);
    EXPECT_EQ(preview_particles(1000, 1, 0.1), 100);
    EXPECT_EQ(preview_particles(64, 100, 0.1), least_preview_particles);
    EXPECT_EQ(preview_particles(2, 100, 0.1), 2) << "never more than were asked for";
}

}  // namespace
}  // namespace drift
