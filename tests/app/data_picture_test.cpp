#include "app/lineage.h"
#include "app/panels/data/cloud.h"
#include "app/panels/data/measurement.h"
#include "core/mixture_view.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace drift {
namespace {

/// Three states of four particles in the plane: state 1 was resampled, 0 0 3 3 being the survivors.
Recording resampled_run() {
    auto scene = std::make_shared<Scene>();
    scene->sample_shape = {2};
    Recording recording;
    recording.start(scene);
    for (int64_t k = 0; k < 3; ++k) {
        auto frame = std::make_shared<Frame>();
        frame->numbers.step = k;
        frame->numbers.resampled = k == 1;
        frame->count = 4;
        frame->dimension = 2;
        for (int i = 0; i < 4; ++i) {
            frame->x.push_back(static_cast<float>(i));
            frame->x.push_back(static_cast<float>(10 * k));
        }
        frame->weights = {0.25F, 0.25F, 0.25F, 0.25F};
        if (k == 2) {
            frame->ancestors = {0, 0, 3, 3};
        }
        recording.append(frame);
    }
    return recording;
}

CloudPicture picture_of(const Recording& recording, const CloudMoment& moment, const CloudOptions& options) {
    CloudPicture picture;
    build_picture(recording, {0, 0}, {}, picture);  // whatever was there before leaves no trace
    build_picture(recording, moment, options, picture);
    return picture;
}

TEST(CloudTest, ShowsEveryParticleOnce) {
    const Recording recording = resampled_run();
    CloudOptions options;
    options.trails = false;
    const CloudPicture picture = picture_of(recording, {1, 0}, options);
    EXPECT_EQ(picture.cloud.vertices.size(), 4U);
    EXPECT_EQ(picture.cloud.line_vertices, 0U);
    EXPECT_EQ(picture.step, 1);
    EXPECT_EQ(picture.places[2].y, 10);
}

TEST(CloudTest, BetweenStatesChildrenComeFromTheirParents) {
    const Recording recording = resampled_run();
    const CloudPicture picture = picture_of(recording, {1, 0.5}, {});
    EXPECT_EQ(picture.step, 2);
    EXPECT_FLOAT_EQ(picture.places[1].x, 0.5F);  // from parent 0 at 0 to 1
    EXPECT_FLOAT_EQ(picture.places[1].y, 15);
    EXPECT_FLOAT_EQ(picture.places[2].x, 2.5F);  // from parent 3 to 2
}

TEST(CloudTest, TrailsFollowAncestors) {
    const Recording recording = resampled_run();
    const CloudPicture picture = picture_of(recording, {2, 0}, {});
    ASSERT_EQ(picture.cloud.line_vertices, 4U * 2 * 2);  // two steps back, two ends each
    const auto& vertices = picture.cloud.vertices;
    EXPECT_EQ(vertices[4].x, 1);  // particle 1 ...
    EXPECT_EQ(vertices[5].x, 0);  // ... came from particle 0
    const ParticleRef particle{2, 2};
    const auto path = path_of(recording, particle, 0, 1);
    ASSERT_EQ(path.size(), 3U);
    EXPECT_EQ(path[0].x, 3);
    EXPECT_EQ(path[2].x, 2);
    EXPECT_EQ(first_ancestors(recording, 2), (std::vector<int32_t>{0, 0, 3, 3}));
}

TEST(CloudTest, CountsWhatIsNotFiniteAndLeavesItOut) {
    Recording recording = resampled_run();
    auto frame = std::make_shared<Frame>(*recording.at(2));
    frame->x[3] = std::numeric_limits<float>::infinity();
    recording.append(frame);
    CloudOptions options;
    options.trails = false;
    const CloudPicture picture = picture_of(recording, {3, 0}, options);
    EXPECT_EQ(picture.non_finite, 1);
    EXPECT_EQ(picture.cloud.vertices.size(), 3U);
}

TEST(CloudTest, FractionNeedsBothStates) {
    const Recording recording = resampled_run();
    EXPECT_EQ(shown_moment(recording, 1, 0.5), (CloudMoment{1, 0.5}));
    EXPECT_EQ(shown_moment(recording, 2, 0.5), (CloudMoment{2, 0}));
    EXPECT_EQ(shown_moment(recording, 0, 0), (CloudMoment{0, 0}));
}

TEST(CloudTest, AnEqualShareIsInTheMiddleOfTheScale) {
    EXPECT_DOUBLE_EQ(weight_on_scale(1.0 / 64, 64), 0.5);
    EXPECT_DOUBLE_EQ(weight_on_scale(0, 64), 0);
    EXPECT_DOUBLE_EQ(weight_on_scale(1, 1000000), 1);
}

const GridBox box{-2, 2, -1, 1, 2, 2};

TEST(MeasurementTest, LineAndBandAreCutToTheBox) {
    const LineMeasurement upright{{1, 0}, 0.5, 0.25};
    const auto line = line_in_box(upright, box);
    ASSERT_TRUE(line);
    EXPECT_FLOAT_EQ(line->first.x, 0.5F);
    EXPECT_FLOAT_EQ(std::abs(line->first.y - line->second.y), 2);
    EXPECT_EQ(band_in_box(upright, 0.25, box).size(), 4U);
    const LineMeasurement slanted{{1, 1}, 2.5, 0.1};
    const auto corner = line_in_box(slanted, box);
    ASSERT_TRUE(corner);
    EXPECT_NEAR(corner->first.x + corner->first.y, 2.5, 1e-6);
    EXPECT_FALSE(line_in_box({{1, 0}, 3, 0.1}, box));
    EXPECT_FALSE(line_in_box({{0, 0}, 0, 0.1}, box));
    EXPECT_TRUE(band_in_box({{1, 0}, 3, 0.1}, 0.1, box).empty());
}

TEST(MeasurementTest, AnEdgeLeavesOutTheSideBelowIt) {
    const std::vector<PlanePoint> left = left_out_in_box({{1, 0}, 0.5, 0, true}, box);
    ASSERT_EQ(left.size(), 4U);
    for (const PlanePoint& point : left) {
        EXPECT_LE(point.x, 0.5F);
    }
    EXPECT_EQ(left_out_in_box({{0, 1}, 5, 0, true}, box).size(), 4U) << "all of it";
    EXPECT_TRUE(left_out_in_box({{0, 1}, -5, 0, true}, box).empty());
}

TEST(MeasurementTest, IsSeenInTheNoiseThroughTheMap) {
    DecoderGrid map{{-3, 3, -3, 3, 61, 61}, {}};  // the squares of two numbers
    for (const std::vector<float> z = grid_points(map.box); map.x.size() < z.size();) {
        map.x.push_back(z[map.x.size()] * z[map.x.size()]);
    }
    const std::vector<Polyline> lines = line_in_noise({{1, 0}, 2, 0.5}, map);
    ASSERT_EQ(lines.size(), 2U);
    for (const Polyline& line : lines) {
        for (const PlanePoint& point : line) {
            EXPECT_NEAR(std::abs(point.x), std::sqrt(2.0F), 2e-3F);
        }
    }
    EXPECT_TRUE(line_in_noise({{1, 0}, -1, 0.5}, map).empty()) << "no noise is that";
}

TEST(MeasurementTest, DragKeepsTheGrabOffset) {
    const LineMeasurement line{{2, 0}, 1, 0.1};
    const LineDrag drag(line, 0.6, 0);  // the line is at 0.5, gripped a little to the right
    EXPECT_DOUBLE_EQ(drag.observation_at(0.6, 0.9), 1);
    EXPECT_NEAR(drag.observation_at(1.6, 0), 3, 1e-12);
    const PlanePoint near = nearest_on_line(line, 3, 0.7);
    EXPECT_FLOAT_EQ(near.x, 0.5F);
    EXPECT_FLOAT_EQ(near.y, 0.7F);
}

}  // namespace
}  // namespace drift
