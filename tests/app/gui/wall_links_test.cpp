// The wall of pictures on the real program without a display: looked at, put in order, chosen from, and linked with the
// family tree. A shipped scenario, cut to seconds.
#include "gui_harness.h"
#include "gui_places.h"

#include "app/gl/graphics.h"
#include "app/lineage.h"
#include "app/paths.h"
#include "app/resampling_event.h"
#include "support/settings.h"

#include <gtest/gtest.h>

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace drift {
namespace {

using test::drive;
using test::Gui;
using test::vertices_in;

WindowOptions pictures(const std::string& name, const std::string& layout = {}) {
    WindowOptions options;
    Scenario scenario = load_scenario(asset_path("scenarios/" + name + ".json"));
    test::set_values(scenario, {{"schedule.steps", "3"}});
    scenario.particles = 6;
    options.scenario = scenario;
    options.layout = layout;
    options.width = 1600;
    options.height = 900;
    return options;
}

const char* const wall_item = "//Data/wall";

/// The middle of a tile of the wall.
ImVec2 tile(Gui& gui, size_t position) {
    const ImRect area = gui.hands.ItemInfo(wall_item).RectFull;
    const Wall& wall = gui.app.graphics->wall;
    const WallRect rect = wall.camera.to_screen(wall.layout.picture(static_cast<int64_t>(position)));
    return {area.Min.x + static_cast<float>(rect.x + rect.width / 2),
            area.Min.y + static_cast<float>(rect.y + rect.height / 2)};
}

TEST(Wall, IsZoomedByTheWheelMovedByADragAndFitted) {
    drive(pictures("fashion_half_dps"), [](Gui& gui) {
        gui.rest_at(2);
        const Wall& wall = gui.app.graphics->wall;
        ASSERT_TRUE(wall.fit);
        gui.hands.MouseMoveToPos(tile(gui, 0));
        const ImVec2 mouse = ImGui::GetIO().MousePos;
        gui.hands.MouseWheelY(4);
        gui.hands.Yield(2);
        EXPECT_NEAR(wall.camera.zoom, std::pow(1.2, 4), 1e-3);
        EXPECT_FALSE(wall.fit);
        EXPECT_EQ(gui.app.view().hovered.index, wall.positions[0]) << "the picture under the mouse stays there";
        const WallCamera before = wall.camera;
        gui.hands.MouseDown();
        gui.hands.MouseMoveToPos({mouse.x - 20, mouse.y - 10});
        gui.hands.MouseMoveToPos({mouse.x - 40, mouse.y - 30});
        gui.hands.MouseUp();
        EXPECT_NEAR(wall.camera.x, before.x + 40 / before.zoom, 0.5);
        EXPECT_NEAR(wall.camera.y, before.y + 30 / before.zoom, 0.5);
        EXPECT_FALSE(gui.app.view().selected) << "a drag is no click";
        gui.hands.ItemClick("//Data/Fit");
        gui.hands.Yield(2);
        EXPECT_TRUE(wall.fit);
        EXPECT_EQ(wall.camera.zoom, 1);
    });
}

// A wall that leaves room beside it is centred: what is pointed at is what lies there.
TEST(Wall, IsPointedAtWhereItIsDrawn) {
    WindowOptions options = pictures("fashion_half_dps");
    options.scenario->particles = 4;
    drive(options, [](Gui& gui) {
        gui.rest_at(2);
        const Wall& wall = gui.app.graphics->wall;
        ASSERT_TRUE(wall.fit);
        ASSERT_LT(wall.camera.x, -0.2 * wall.layout.picture_width) << "it is well away from the corner";
        for (size_t i = 0; i < 4; ++i) {
            const ImVec2 middle = tile(gui, i);
            const auto reach = static_cast<float>(0.45 * wall.layout.picture_width);
            for (const float aside : {-reach, 0.0F, reach}) {
                gui.hands.MouseMoveToPos({middle.x + aside, middle.y});
                gui.hands.Yield(2);
                EXPECT_EQ(gui.app.view().hovered.index, wall.positions[i]) << i << " " << aside;
            }
        }
        const WallCamera before = wall.camera;
        gui.hands.MouseMoveToPos(tile(gui, 0));
        gui.hands.KeyDown(ImGuiMod_Shift);
        gui.hands.MouseDown();
        gui.hands.MouseMoveToPos(tile(gui, 1));
        EXPECT_EQ(wall.camera.x, before.x) << "the wall stays while pictures are chosen";
        gui.hands.MouseUp();
        gui.hands.KeyUp(ImGuiMod_Shift);
        gui.hands.Yield(2);
        ASSERT_TRUE(gui.app.view().brush);
        EXPECT_EQ(gui.app.view().brush.particles.size(), 2U);
    });
}

TEST(Wall, ShowsWhatIsChosen) {
    drive(pictures("fashion_half_tds"), [](Gui& gui) {
        gui.rest_at(2);
        const Wall& wall = gui.app.graphics->wall;
        const Frame& frame = *gui.app.live().shown().at(2);
        ASSERT_EQ(wall.positions.size(), 6U);
        EXPECT_TRUE(std::is_sorted(wall.positions.begin(), wall.positions.end()));
        gui.hands.SetRef("//Data");
        gui.hands.ComboClick("##order/heaviest first");
        gui.hands.Yield(2);
        for (size_t i = 1; i < wall.positions.size(); ++i) {
            EXPECT_GE(frame.weights[static_cast<size_t>(wall.positions[i - 1])],
                      frame.weights[static_cast<size_t>(wall.positions[i])]);
        }
        const double narrow = wall.layout.picture_width / wall.layout.picture_height;
        EXPECT_FALSE(wall.moments_of_state);
        gui.hands.ComboClick("##shows/both");
        gui.hands.Yield(2);
        EXPECT_NEAR(wall.layout.picture_width / wall.layout.picture_height, 2 * narrow, 1e-6);
        gui.hands.ComboClick("##shows/particles x");
        gui.hands.Yield(2);
        EXPECT_TRUE(wall.moments_of_state) << "mean and deviation are of what is shown";
    });
}

TEST(Wall, PicturesAreWalkedThroughThePhases) {
    drive(pictures("fashion_half_tds"), [](Gui& gui) {
        gui.rest_at(2);
        const Recording& recording = gui.app.live().shown();
        const auto event = resampling_at(recording, 2);
        ASSERT_TRUE(event);
        const Wall& wall = gui.app.graphics->wall;
        View& view = gui.app.view();
        const auto half_way_through = [&](Phase phase) {
            gui.press(ImGuiKey_Period);
            view.phase_progress = 0.5;
            gui.hands.Yield();
            EXPECT_EQ(view.phase, phase);
        };
        half_way_through(Phase::Propagate);
        EXPECT_EQ(wall.order_frame.step, 2) << "those that are on their way";
        EXPECT_NEAR(wall.tiles[0].weight, 1 / 6.0F, 1e-6F) << "all were alike before";
        const double width = wall.layout.picture_width;
        half_way_through(Phase::Weight);
        EXPECT_NEAR(wall.tiles[0].weight, (1 / 6.0F + recording.at(2)->weights[0]) / 2, 0.05F);
        half_way_through(Phase::Resample);
        EXPECT_EQ(static_cast<int64_t>(wall.tiles.size()), 6 + 6 - event->survivors) << "copies, and those that die";
        EXPECT_LT(wall.tiles.front().alpha, 1);
        EXPECT_EQ(wall.tiles.back().particle, event->ancestors.back());
        EXPECT_EQ(wall.tiles.back().alike, event->counts[static_cast<size_t>(event->ancestors.back())]);
        half_way_through(Phase::Move);
        ASSERT_EQ(wall.tiles.size(), 6U);
        for (size_t i = 0; i < 6; ++i) {
            EXPECT_EQ(wall.tiles[i].particle, event->ancestors[i]);
            EXPECT_EQ(wall.tiles[i].place.x, wall.layout.picture(static_cast<int64_t>(i)).x) << "it has come home";
        }
        EXPECT_EQ(wall.layout.picture_width, width) << "no phase moves the pictures of another";
        gui.press(ImGuiKey_Escape);
        gui.hands.Yield(2);
        EXPECT_EQ(wall.tiles[3].particle, 3);
    });
}

TEST(Wall, AParticleOfTheTreeIsMarkedInOtherStates) {
    drive(pictures("fashion_half_tds", "Ancestry"), [](Gui& gui) {
        gui.rest_at(1);
        const Recording& recording = gui.app.live().shown();
        const TreeView& tree = gui.app.graphics->tree;
        gui.wait_until([&] { return tree.complete && !tree.genealogy.empty(); }, "the tree");
        const ImGuiID plot = gui.hands.ItemInfo("//Genealogy/##tree").ID;
        gui.hands.MouseMoveToPos(test::place_in_plot(plot, 3, tree.genealogy.place_of(0, 2)));
        gui.hands.Yield(3);
        const ParticleRef hovered = gui.app.view().hovered;
        ASSERT_EQ(hovered.step, 3);
        const Wall& wall = gui.app.graphics->wall;
        const int32_t here = kin_at(recording, hovered, 1).at(0);
        for (int32_t i = 0; i < 6; ++i) {
            EXPECT_EQ(wall.followed.contains(i), i == here) << i;
        }
        gui.hands.MouseMoveToPos(test::place_in_plot(plot, 0, tree.genealogy.place_of(0, here)));
        gui.hands.Yield(3);
        const ParticleRef earlier = gui.app.view().hovered;
        ASSERT_EQ(earlier.step, 0);
        for (int32_t i = 0; i < 6; ++i) {
            EXPECT_EQ(wall.followed.contains(i), recording.ancestor(1, 0, i) == earlier.index) << i;
        }
        const int64_t found = wall.followed.found();
        gui.hands.MouseMoveToPos(test::place_in_plot(plot, 3, tree.genealogy.place_of(0, 2)));
        gui.hands.Yield(3);
        EXPECT_EQ(gui.app.view().hovered, hovered);
        EXPECT_TRUE(wall.followed.contains(here));
        EXPECT_EQ(wall.followed.found(), found) << "it was known";
    });
}

TEST(Wall, ARectangleChoosesPicturesAndShowsTheirAncestry) {
    drive(pictures("fashion_half_tds", "Ancestry"), [](Gui& gui) {
        gui.rest_at(3);
        const Wall& wall = gui.app.graphics->wall;
        const WallCamera camera = wall.camera;
        gui.choose_along({tile(gui, 1), tile(gui, 2)});
        const Brush brush = gui.app.view().brush;
        EXPECT_EQ(brush, (Brush{3, {1, 2}}));
        EXPECT_EQ(wall.camera.x, camera.x) << "the wall has not moved";
        EXPECT_FALSE(gui.app.view().selected);
        EXPECT_EQ(gui.app.graphics->tree.brushed.size(), 2U) << "their ancestry is in the tree";
        gui.app.view().playhead = 0;
        gui.hands.Yield(3);
        EXPECT_EQ(wall.brushed, brushed_at(gui.app.live().shown(), brush, 0));
        const int marked = vertices_in("Data");
        gui.press(ImGuiKey_Escape);
        gui.hands.Yield(3);
        EXPECT_FALSE(gui.app.view().brush);
        EXPECT_TRUE(wall.brushed.empty());
        EXPECT_LT(vertices_in("Data"), marked) << "the words are gone";
    });
}

}  // namespace
}  // namespace drift
