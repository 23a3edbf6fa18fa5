// Problems of one and of more than two dimensions, on the real program without a display.
#include "gui_harness.h"
#include "gui_places.h"

#include "app/gl/graphics.h"
#include "app/lineage.h"
#include "app/panels/data/badges.h"

#include <gtest/gtest.h>

#include <imgui_internal.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <variant>

namespace drift {
namespace {

using test::drive;
using test::Gui;
using test::place_in_plot;
using test::vertices_in;

WindowOptions problem(const std::string& means, const std::string& matrix, const std::string& observation,
                      const std::string& sampler = R"({"type": "tds"})") {
    WindowOptions options;
    options.scenario = scenario_from_json(
        R"({"format": "driftscope-scenario", "version": 1, "title": "t", "prior": {"type": "gaussian_mixture", "means": )" +
            means + R"(, "covariance": 0.3}, "condition": {"type": "linear_gaussian", "matrix": )" + matrix +
            R"(, "observation": )" + observation +
            R"(, "noise": 0.5}, "schedule": {"type": "edm", "steps": 30}, "sampler": )" + sampler +
            R"(, "particles": 256, "seed": 1})",
        "test");
    return options;
}

double observation(const Gui& gui) {
    return std::get<Array>(gui.app.session().scenario().condition.params.at("observation").value).data.at(0);
}

TEST(OneDimension, TheMeasurementCanBeDraggedAndTheSwitchesOfThePlaneAreGone) {
    drive(problem("[[-3], [0], [4]]", "[[1]]", "[-1]"), [](Gui& gui) {
        gui.wait_for_run();
        gui.app.view().playing = false;
        gui.press(ImGuiKey_End);
        gui.hands.SetRef("//Data");
        EXPECT_FALSE(gui.hands.ItemExists("**/Trails"));
        EXPECT_TRUE(gui.hands.ItemExists("**/Truth"));
        gui.hands.MouseMove("**/measurement");
        const ImVec2 grip = ImGui::GetIO().MousePos;
        gui.hands.MouseDown();
        gui.hands.MouseMoveToPos({grip.x + 30, grip.y});
        gui.hands.MouseMoveToPos({grip.x + 60, grip.y});
        gui.hands.MouseUp();
        gui.wait_for_run();
        EXPECT_GT(observation(gui), -0.9);
        ASSERT_EQ(gui.app.live().shown().scene()->lines.size(), 1U);
        EXPECT_NEAR(gui.app.live().shown().scene()->lines[0].y, observation(gui), 1e-5);
    });
}

/// The place on the screen above x, at some height.
ImVec2 above(Gui& gui, double x) {
    return place_in_plot(gui.hands.ItemInfo("//Data/##histogram").ID, x, 0.05);
}

TEST(OneDimension, TheParticleNearestToTheMouseIsMarkedAndAClickSelectsIt) {
    drive(problem("[[-3], [0], [4]]", "[[1]]", "[-1]"), [](Gui& gui) {
        gui.rest_at_the_end();
        const DataView& data = gui.app.graphics->data;
        const float place = data.picture.places[7].x;
        gui.hands.MouseMoveToPos({10, 10});
        gui.hands.Yield(2);
        const int without = vertices_in("Data");
        gui.hands.MouseMoveToPos(above(gui, static_cast<double>(place)));
        gui.hands.Yield(2);
        const ParticleRef hovered = gui.app.view().hovered;
        ASSERT_TRUE(hovered);
        EXPECT_EQ(hovered.step, data.picture.step);
        EXPECT_NEAR(data.picture.places[static_cast<size_t>(hovered.index)].x, place, 0.05F) << "about a pixel";
        EXPECT_GT(vertices_in("Data"), without + 30) << "its mark and its way";
        gui.hands.MouseClick();
        EXPECT_EQ(gui.app.view().selected, hovered);
        gui.press(ImGuiKey_Home);
        gui.hands.Yield(2);
        gui.hands.MouseMoveToPos({10, 10});
        gui.hands.Yield(2);
        const int marked = vertices_in("Data");
        gui.app.view().selected = {};
        gui.hands.Yield(2);
        EXPECT_GT(marked, vertices_in("Data") + 30) << "at its ancestor";
    });
}

TEST(OneDimension, AnIntervalChoosesParticles) {
    drive(problem("[[-3], [0], [4]]", "[[1]]", "[-1]"), [](Gui& gui) {
        gui.rest_at_the_end();
        const DataView& data = gui.app.graphics->data;
        const auto [low, high] = std::pair{-1.6, -0.4};
        gui.choose_along({above(gui, low), above(gui, -1), above(gui, high)});
        const Brush brush = gui.app.view().brush;
        ASSERT_TRUE(brush);
        EXPECT_EQ(brush.step, data.picture.step);
        EXPECT_LT(brush.particles.size(), 256U);
        for (const int32_t i : brush.particles) {
            EXPECT_NEAR(data.picture.places[static_cast<size_t>(i)].x, (low + high) / 2, (high - low) / 2 + 0.05);
        }
        gui.press(ImGuiKey_Home);
        gui.hands.Yield(3);
        EXPECT_EQ(data.brushed, brushed_at(gui.app.live().shown(), brush, 0));
        EXPECT_FALSE(data.brushed.empty());
    });
}

TEST(ManyDimensions, AnyTwoAxesAreShown) {
    drive(problem("[[-3, 0, 1, 2], [0, 3, -1, 0], [4, -2, 0, 1]]", "[[1, 0, 0, 0]]", "[-1]"), [](Gui& gui) {
        gui.wait_for_run();
        gui.app.view().playing = false;
        gui.press(ImGuiKey_End);
        gui.hands.SetRef("//Data");
        gui.hands.ComboClick("##horizontal axis/x4");
        gui.hands.ComboClick("##vertical axis/x3");
        gui.hands.Yield(2);
        const DataView& data = gui.app.graphics->data;
        ASSERT_EQ(data.axis_x, 3);
        ASSERT_EQ(data.axis_y, 2);
        const Frame& last = *gui.app.live().shown().at(data.picture.step);
        for (size_t i = 0; i < 256; ++i) {
            EXPECT_FLOAT_EQ(data.picture.places[i].x, last.x[4 * i + 3]);
            EXPECT_FLOAT_EQ(data.picture.places[i].y, last.x[4 * i + 2]);
        }
    });
}

TEST(NonFinite, ParticlesAreCountedAndTheWindowGoesOn) {
    drive(problem("[[-3, 0], [0, 3]]", "[[1, 0]]", "[-1]",
                  R"({"type": "dps", "guidance": 1000, "guidance_units": "step"})"),
          [](Gui& gui) {
              gui.app.session().edit("sharper", [](Scenario& scenario) {
                  set_value(scenario, "condition.noise", "0.001");
                  set_value(scenario, "schedule.steps", "200");
              });
              gui.wait_for_run();
              gui.press(ImGuiKey_End);
              gui.hands.Yield(3);
              EXPECT_GT(gui.app.graphics->data.picture.non_finite, 0);
              EXPECT_EQ(gui.app.live().error(), "");
              gui.press(ImGuiKey_Home);
              gui.hands.Yield(3);
              EXPECT_EQ(gui.app.graphics->data.picture.non_finite, 0);
          });
}

TEST(Outside, IsWhatTheLimitsLeaveOutAndNotWhatIsNotFinite) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<PlanePoint> places{{0, 0}, {2, 0}, {0, -2}, {nan, nan}};
    const GridBox limits{-1, 1, -1, 1, 0, 0};
    EXPECT_EQ(count_outside(places, limits, false), 2);
    EXPECT_EQ(count_outside(places, limits, true), 1) << "on a line only the place along it counts";
}

// 33 of the 1,024 particles of failure_over_guidance end up there.
TEST(Badges, TellOfFewerCleanParticlesOutsideThanOfNoisyOnes) {
    EXPECT_TRUE(is_worth_a_badge(33, 1024, 0));
    EXPECT_FALSE(is_worth_a_badge(33, 1024, 1)) << "as many of a Gaussian are";
    EXPECT_TRUE(is_worth_a_badge(110, 1024, 1));
    EXPECT_FALSE(is_worth_a_badge(3, 1024, 0)) << "nor are the tails of the modes told of";
}

}  // namespace
}  // namespace drift
