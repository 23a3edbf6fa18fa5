#include "app/frame_times.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace drift {
namespace {

TEST(FrameTimes, ReportsTheInterfaceApartFromRasterising) {
    FrameTimes times;
    for (int i = 0; i < 100; ++i) {
        times.add({i * 0.02, 0.001 * (i + 1), 0.01, i < 10});
    }
    times.panel("Data", 0.002);
    times.panel("Data", 0.004);
    times.moving_picture(0.7);
    times.moving_picture(0.9);
    const auto report = nlohmann::json::parse(times.report());
    EXPECT_EQ(report["all"]["frames"], 100);
    EXPECT_DOUBLE_EQ(report["all"]["build_ms"]["worst"].get<double>(), 100);
    EXPECT_DOUBLE_EQ(report["all"]["raster_ms"]["median"].get<double>(), 10);
    EXPECT_DOUBLE_EQ(report["panels_ms"]["Data"]["worst"].get<double>(), 4);
    EXPECT_EQ(report["while_sampling"]["frames"], 10);
    EXPECT_DOUBLE_EQ(report["first_moving_picture_s"].get<double>(), 0.7);
    EXPECT_DOUBLE_EQ(report["longest_pause_s"].get<double>(), 0.02);
}

TEST(FrameTimes, CountsTheRedrawsOfTheLastSecond) {
    FrameTimes times;
    for (int i = 0; i < 100; ++i) {
        times.add({i * 0.1, 0, 0, false});
    }
    EXPECT_NEAR(times.per_second(10.0), 10, 1);
    EXPECT_DOUBLE_EQ(times.per_second(60.0), 0);
}

TEST(FrameTimes, AnEmptyReportIsValid) {
    const auto report = nlohmann::json::parse(FrameTimes{}.report());
    EXPECT_TRUE(report["all"]["build_ms"].is_null());
    EXPECT_TRUE(report["first_moving_picture_s"].is_null());
}

}  // namespace
}  // namespace drift
