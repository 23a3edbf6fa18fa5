#include "app/panels/data/space.h"
#include "app/panels/data/cloud.h"

#include "recordings.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace drift {
namespace {

/// Three states of four particles: x is the slot, z is 10 times it; of state 1 the survivors are 0 0 3 3.
Recording latent_run() {
    auto scene = std::make_shared<Scene>();
    scene->sample_shape = {1};
    scene->latent_shape = {2};
    Recording recording;
    recording.start(scene);
    for (int64_t k = 0; k < 3; ++k) {
        auto frame = std::make_shared<Frame>();
        frame->numbers.step = k;
        frame->numbers.sigma = 2;
        frame->count = 4;
        frame->dimension = 1;
        frame->latent_dimension = 2;
        for (int i = 0; i < 4; ++i) {
            frame->x.push_back(static_cast<float>(i));
            frame->latent.push_back(static_cast<float>(10 * i));
            frame->latent.push_back(static_cast<float>(-k));
        }
        if (k == 2) {
            frame->ancestors = {0, 0, 3, 3};
        }
        recording.append(frame);
    }
    return recording;
}

TEST(Space, PlacesAreThoseOfThePaneWithTheSameColours) {
    const Recording recording = latent_run();
    CloudOptions options;
    options.trails = false;
    options.colour_by = ColourBy::Ancestor;
    CloudPicture data;
    build_picture(recording, {2, 0}, options, data);
    options.space = Space::Noise;
    CloudPicture noise;
    build_picture(recording, {2, 0}, options, noise);
    EXPECT_EQ(data.places[3].x, 3);
    EXPECT_EQ(data.places[3].y, 0) << "on a line";
    EXPECT_EQ(noise.places[3].x, 30);
    EXPECT_EQ(noise.places[3].y, -2);
    EXPECT_EQ(data.colours, noise.colours);
    const auto path = path_of(recording, {2, 2}, 0, 1, Space::Noise);
    ASSERT_EQ(path.size(), 3U);
    EXPECT_EQ(path[0].x, 30) << "slot 2 came from slot 3";
    EXPECT_EQ(path[2].x, 20);
}

TEST(Space, OfNoiseHasAStandardNormalForItsPriorAndAllTheNoise) {
    const Recording recording = latent_run();
    const Scene& scene = *recording.scene();
    EXPECT_EQ(dimension_of(scene, Space::Data), 1);
    EXPECT_EQ(dimension_of(scene, Space::Noise), 2);
    EXPECT_EQ(axis_name(Space::Noise, 1), "z2");
    const auto prior = prior_of(scene, Space::Noise);
    ASSERT_TRUE(prior);
    EXPECT_EQ(prior->covariances, (std::vector<double>{1, 0, 0, 1}));
    EXPECT_FALSE(prior_of(scene, Space::Data));
    EXPECT_FALSE(posterior_of(scene, Space::Noise)) << "not known here";
    EXPECT_EQ(noise_on(scene, Space::Noise, 2), 2);
    EXPECT_EQ(noise_on(scene, Space::Data, 2), 0) << "x = f(z) has no noise of its own";
    EXPECT_EQ(noise_on(*test::make_scene(3), Space::Data, 2), 2);
}

}  // namespace
}  // namespace drift
