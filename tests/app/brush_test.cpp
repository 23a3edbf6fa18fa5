#include "app/panels/data/brush.h"
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

Brush brush_of_data(int64_t step, double from, double to) {
    Brush brush;
    brush.step = step;
    brush.x_min = from;
    brush.x_max = to;
    brush.y_min = -1;
    brush.y_max = 1;
    return brush;
}

TEST(Brush, MarksWhatLiesInItAndWhereThatCameFrom) {
    const Recording recording = latent_run();
    const Brush low = brush_of_data(2, -0.5, 1.5);  // slots 0 and 1, both children of 0
    EXPECT_EQ(brushed(recording, low, 2), (std::vector<bool>{true, true, false, false}));
    EXPECT_EQ(brushed(recording, low, 1), (std::vector<bool>{true, false, false, false}));
    EXPECT_EQ(brushed(recording, low, 0), (std::vector<bool>{true, false, false, false}));
}

TEST(Brush, MarksWhereThatLeads) {
    const Recording recording = latent_run();
    EXPECT_EQ(brushed(recording, brush_of_data(0, 2.5, 3.5), 2), (std::vector<bool>{false, false, true, true}));
    EXPECT_EQ(brushed(recording, brush_of_data(0, 0.5, 2.5), 2), (std::vector<bool>{false, false, false, false}))
        << "1 and 2 had no children";
    Brush noise = brush_of_data(1, 25, 35);
    noise.space = Space::Noise;
    noise.y_min = -2;
    EXPECT_EQ(brushed(recording, noise, 2), (std::vector<bool>{false, false, true, true}));
    EXPECT_TRUE(brushed(recording, Brush{}, 2).empty());
    EXPECT_TRUE(brushed(recording, brush_of_data(7, 0, 1), 2).empty()) << "a state that is not there yet";
}

TEST(Brush, LeavesTheOthersFaintAndWithoutTrailsInBothSpaces) {
    const Recording recording = latent_run();
    for (const Space space : {Space::Data, Space::Noise}) {
        CloudOptions options;
        options.space = space;
        options.brush = brush_of_data(2, 1.5, 9);
        CloudPicture picture;
        build_picture(recording, {2, 0}, options, picture);
        ASSERT_EQ(picture.cloud.line_vertices, 2U * 2 * 2) << "two trails of two steps";
        ASSERT_EQ(picture.cloud.vertices.size(), picture.cloud.line_vertices + 4);
        const auto alpha = [&](size_t i) {
            return picture.cloud.vertices[picture.cloud.line_vertices + i].colour >> 24;
        };
        EXPECT_LT(alpha(0), alpha(3));
        EXPECT_EQ(alpha(0), alpha(1));
        EXPECT_EQ(alpha(2), alpha(3));
    }
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
