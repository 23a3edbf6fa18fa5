#include "app/panels/data/residuals.h"

#include "app/panels/data/cloud.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

namespace drift {
namespace {

/// A state of two particles: -1 while the sampler learns, else the step of the sampling that led to it.
FramePtr state(int64_t step, int64_t sampled, std::vector<float> residuals) {
    auto frame = std::make_shared<Frame>();
    frame->numbers.step = step;
    frame->count = 2;
    frame->dimension = 2;
    frame->x = {0, 0, 1, 1};
    frame->weights = {0.5F, 0.5F};
    auto training = std::make_shared<TrainingNumbers>();
    training->sampled = sampled;
    frame->training = training;
    frame->residuals = std::move(residuals);
    return frame;
}

/// A start, one state of the training, a sampling of two steps, training again, and a sampling that goes on.
Recording trained_twice() {
    auto scene = std::make_shared<Scene>();
    scene->sample_shape = {2};
    Recording recording;
    recording.start(scene);
    recording.append(state(0, -1, {}));
    recording.append(state(1, -1, {1, 2}));
    recording.append(state(2, 0, {}));
    recording.append(state(3, 1, {}));
    recording.append(state(4, 2, {0, 50}));
    recording.append(state(5, -1, {3, 4}));
    recording.append(state(6, 0, {}));
    recording.append(state(7, 1, {}));
    return recording;
}

TEST(Residuals, OfASamplingAreThoseOfItsEnd) {
    const Recording recording = trained_twice();
    const std::vector<int64_t> wanted{-1, 1, 4, 4, 4, 5, -1, -1};
    for (size_t k = 0; k < wanted.size(); ++k) {
        EXPECT_EQ(state_with_residuals(recording, static_cast<int64_t>(k)), wanted[k]) << k;
    }
}

TEST(Residuals, LieOnAScaleOfLogarithmsFromNoughtOn) {
    EXPECT_EQ(residual_on_scale(0), 0);
    EXPECT_EQ(residual_on_scale(-3), residual_on_scale(3));
    EXPECT_LT(residual_on_scale(1), residual_on_scale(10));
    EXPECT_EQ(residual_on_scale(1e6), 1);
    EXPECT_EQ(residual_on_scale(std::numeric_limits<double>::quiet_NaN()), 1);
}

TEST(Residuals, ColourTheParticlesOnceTheirTrajectoriesHaveEnded) {
    const Recording recording = trained_twice();
    const auto colours_at = [&recording](int64_t step) {
        CloudOptions options;
        options.colour_by = ColourBy::Residual;
        options.ended = state_with_residuals(recording, step);
        CloudPicture picture;
        build_picture(recording, {step, 0}, options, picture);
        return picture.colours;
    };
    EXPECT_NE(colours_at(2)[0], colours_at(2)[1]) << "as it turns out two steps later";
    EXPECT_EQ(colours_at(2), colours_at(4));
    EXPECT_EQ(colours_at(6)[0], colours_at(6)[1]) << "not known yet";
}

}  // namespace
}  // namespace drift
