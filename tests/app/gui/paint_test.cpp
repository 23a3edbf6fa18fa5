// Painting a prior with the mouse, in the real window without a display.
#include "gui_harness.h"
#include "gui_places.h"

#include "app/gl/graphics.h"

#include "app/painting.h"
#include "app/paths.h"
#include "core/scenario.h"
#include "support/settings.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace drift {
namespace {

using test::drive;
using test::Gui;

/// The shipped painting, learned in a moment and badly.
WindowOptions painted() {
    WindowOptions options;
    options.scenario = load_scenario(asset_path("scenarios/painted_flow.json"));
    test::set_values(*options.scenario, {{"prior.iterations", "20"},
                                         {"prior.batch", "32"},
                                         {"prior.width", "8"},
                                         {"prior.couplings", "2"},
                                         {"sampler.steps", "5"}});
    options.scenario->particles = 40;
    options.panel = "Data";
    return options;
}

Painting painting_in(Gui& gui) {
    return painting_of(gui.app.session().scenario().prior);
}

/// Whether the cell at that place of the plane is painted.
bool painted_at(const Painting& painting, double x, double y) {
    const auto columns = static_cast<size_t>(painting.density.shape.back());
    const auto column = static_cast<size_t>((x + painting.half_width) / painting.cell());
    const auto row = static_cast<size_t>((painting.half_width - y) / painting.cell());
    return painting.density.data.at(row * columns + column) > 0;
}

ImVec2 place(Gui& gui, double x, double y) {
    return test::place_in_plot(gui.hands.ItemInfo("//Data/##data").ID, x, y);
}

TEST(PaintPanel, AStrokeInThePictureIsOneEditFromWhichThePriorIsLearnedAnew) {
    drive(painted(), [](Gui& gui) {
        gui.wait_for_run();
        gui.rest_at_the_end();
        const Painting before = painting_in(gui);
        ASSERT_FALSE(painted_at(before, -1, 0));
        const size_t undo = gui.app.session().undo_size();
        const uint64_t recording = gui.app.live().recording_id();
        gui.hands.MouseMoveToPos(place(gui, -1.5, 0));
        gui.hands.MouseDown();
        for (const double x : {-0.5, 0.5, 1.5}) {
            gui.hands.MouseMoveToPos(place(gui, x, 0));
        }
        EXPECT_TRUE(gui.app.graphics->data.paint.stroke.has_value()) << "to be seen at once";
        EXPECT_EQ(painting_in(gui).density, before.density) << "and learned when it ends";
        gui.hands.MouseUp();
        gui.hands.Yield(2);
        const Painting after = painting_in(gui);
        for (const double x : {-1.4, -0.6, 0.4, 1.4}) {  // between the places where the mouse was, too
            EXPECT_TRUE(painted_at(after, x, 0)) << x;
        }
        EXPECT_FALSE(painted_at(after, -2.5, 0)) << "no farther than the brush";
        EXPECT_FALSE(painted_at(after, 0, 0.8));
        EXPECT_EQ(gui.app.session().undo_size(), undo + 1);
        gui.wait_for_run();
        EXPECT_NE(gui.app.live().recording_id(), recording);
        EXPECT_EQ(gui.app.live().error(), "");
        gui.press(ImGuiMod_Ctrl | ImGuiKey_Z);
        gui.hands.Yield(2);
        EXPECT_EQ(painting_in(gui).density, before.density);
    });
}

TEST(PaintPanel, TheEraserTakesAwayAndAnUntickedBrushLeavesAlone) {
    drive(painted(), [](Gui& gui) {
        gui.wait_for_run();
        gui.rest_at_the_end();
        ASSERT_TRUE(painted_at(painting_in(gui), -1.5, 2)) << "one of the eyes";
        const auto stroke_over_it = [&gui] {
            gui.hands.MouseMoveToPos(place(gui, -1.6, 2));
            gui.hands.MouseDown();
            gui.hands.MouseMoveToPos(place(gui, -1.4, 2));
            gui.hands.MouseUp();
            gui.hands.Yield(2);
        };
        gui.hands.SetRef("Data");
        gui.hands.ItemClick("Erase");
        stroke_over_it();
        EXPECT_FALSE(painted_at(painting_in(gui), -1.5, 2));
        gui.press(ImGuiMod_Ctrl | ImGuiKey_Z);
        gui.hands.Yield(2);
        EXPECT_TRUE(painted_at(painting_in(gui), -1.5, 2));
        gui.hands.ItemClick("Paint");
        gui.hands.Yield(2);
        stroke_over_it();
        EXPECT_TRUE(painted_at(painting_in(gui), -1.5, 2)) << "the drag moves the picture";
    });
}

}  // namespace
}  // namespace drift
