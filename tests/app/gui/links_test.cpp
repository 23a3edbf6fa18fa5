// A particle under the mouse in one panel is marked in the others: what is drawn there, on the real program without a
// display.
#include "gui_harness.h"
#include "gui_places.h"

#include "app/gl/graphics.h"
#include "app/lineage.h"
#include "app/paths.h"

#include <gtest/gtest.h>

#include <imgui_internal.h>

#include <algorithm>
#include <map>
#include <string>

namespace drift {
namespace {

using test::drive;
using test::Gui;
using test::place_in_plot;
using test::vertices_in;

WindowOptions ancestry_of(const std::string& scenario) {
    WindowOptions options;
    options.scenario = load_scenario(asset_path("scenarios/" + scenario + ".json"));
    options.layout = "Ancestry";
    options.width = 1600;
    options.height = 900;
    return options;
}

void rest_with_tree_at(Gui& gui, double step) {
    gui.rest_at(step);
    const TreeView& tree = gui.app.graphics->tree;
    gui.wait_until([&] { return tree.complete && !tree.genealogy.empty(); }, "the tree");
    gui.hands.Yield(3);
}

/// The mouse on a survivor of the newest state.
ParticleRef hover_in_tree(Gui& gui) {
    const Genealogy& genealogy = gui.app.graphics->tree.genealogy;
    const auto step = static_cast<double>(genealogy.generations().back().last);
    gui.hands.MouseMoveToPos(place_in_plot(gui.hands.ItemInfo("//Genealogy/##tree").ID, step, 0.4));
    gui.hands.Yield(3);
    return gui.app.view().hovered;
}

void hover_nothing(Gui& gui) {
    gui.hands.MouseMoveToPos({10, 10});
    gui.hands.Yield(3);
    ASSERT_FALSE(gui.app.view().hovered);
}

/// Who of the start has the most descendants in the newest state.
int32_t most_fertile(Gui& gui) {
    const Recording& recording = gui.app.live().shown();
    std::map<int32_t, int> descendants;
    for (const int32_t first : first_ancestors(recording, recording.size() - 1)) {
        ++descendants[first];
    }
    return std::ranges::max_element(descendants, {}, [](const auto& each) { return each.second; })->first;
}

ParticleRef hover_most_fertile(Gui& gui) {
    const double height = gui.app.graphics->tree.genealogy.place_of(0, most_fertile(gui));
    gui.hands.MouseMoveToPos(place_in_plot(gui.hands.ItemInfo("//Genealogy/##tree").ID, 0, height));
    gui.hands.Yield(3);
    return gui.app.view().hovered;
}

/// Brings a panel to the front and compares what is drawn in it with and without a particle under the mouse; returns
/// how many vertices more there are.
template <class Hover>
int expect_marked(Gui& gui, const std::string& panel, const Hover& hover) {
    gui.hands.WindowFocus(("//" + panel).c_str());
    gui.hands.Yield(3);
    hover_nothing(gui);
    const int without = vertices_in(panel);
    EXPECT_TRUE(hover(gui));
    const int more = vertices_in(panel) - without;
    EXPECT_GT(more, 0) << panel;
    hover_nothing(gui);
    EXPECT_EQ(vertices_in(panel), without) << panel;
    return more;
}

TEST(Links, AParticleOfTheTreeIsMarkedInEveryPanel) {
    WindowOptions options = ancestry_of("scene_a");
    options.scenario->particles = 64;  // the Resampling panel shows no more parents
    drive(options, [](Gui& gui) {
        rest_with_tree_at(gui, 40);
        for (const char* panel : {"Data", "Field", "Weights", "Resampling"}) {
            expect_marked(gui, panel, hover_in_tree);
        }
    });
}

TEST(Links, TheDescendantsOfAParticleOfTheTreeAreMarkedInEveryPanel) {
    WindowOptions options = ancestry_of("scene_a");
    options.scenario->particles = 64;
    drive(options, [](Gui& gui) {
        rest_with_tree_at(gui, 40);
        for (const char* panel : {"Data", "Field", "Weights", "Resampling"}) {
            const int for_one = expect_marked(gui, panel, hover_in_tree);
            const int for_descendants = expect_marked(gui, panel, hover_most_fertile);
            const size_t descendants = kin_at(gui.app.live().shown(), {0, most_fertile(gui)}, 40).size();
            ASSERT_GT(descendants, 1U);
            if (std::string(panel) == "Field") {  // where each is a ring and nothing else is drawn
                EXPECT_EQ(for_descendants, for_one * static_cast<int>(descendants));
            }
        }
    });
}

TEST(Links, AParticleOfTheTreeIsMarkedOnTheLine) {
    WindowOptions options = ancestry_of("failure_point_estimate_bias");
    options.scenario->sampler = default_choice(Kind::Sampler, "tds");
    set_value(*options.scenario, "sampler.resample_below", "1");
    options.scenario->particles = 256;
    drive(options, [](Gui& gui) {
        rest_with_tree_at(gui, 20);
        expect_marked(gui, "Data", hover_in_tree);
        expect_marked(gui, "Data", hover_most_fertile);
    });
}

TEST(Links, ParentsAndChildrenOfAResamplingAreFoundInEitherDirection) {
    WindowOptions options = ancestry_of("scene_a");
    options.panel = "Resampling";
    drive(options, [](Gui& gui) {
        rest_with_tree_at(gui, 60);
        const Recording& recording = gui.app.live().shown();
        const ResamplingView& view = gui.app.graphics->resampling;
        ASSERT_TRUE(view.event);
        const ParticleRef late = hover_in_tree(gui);
        ASSERT_GT(late.step, view.event->children);
        const int32_t child = kin_at(recording, late, view.event->children).at(0);
        EXPECT_TRUE(view.followed_children.contains(child));
        EXPECT_TRUE(view.followed_parents.contains(view.event->ancestors[static_cast<size_t>(child)]));
        const ImRect families = gui.hands.ItemInfo("//Resampling/##links").RectFull;
        gui.hands.MouseMoveToPos({families.GetCenter().x, families.Max.y - 2});
        gui.hands.Yield(3);
        const ParticleRef hovered = gui.app.view().hovered;
        EXPECT_EQ(hovered.step, view.event->children);
        EXPECT_TRUE(view.followed_parents.contains(view.event->ancestors[static_cast<size_t>(hovered.index)]));
        gui.hands.MouseMoveToPos({families.Min.x + 2, families.Min.y + 2});
        gui.hands.Yield(3);
        EXPECT_EQ(gui.app.view().hovered, (ParticleRef{view.event->parents, view.parents[0]}));
        for (const int32_t i : view.children) {
            EXPECT_EQ(view.followed_children.contains(i),
                      view.event->ancestors[static_cast<size_t>(i)] == view.parents[0]);
        }
    });
}

TEST(Links, ParticlesOfTheFieldAreHoveredAndSelected) {
    drive(ancestry_of("scene_a"), [](Gui& gui) {
        rest_with_tree_at(gui, 30);
        gui.hands.WindowFocus("//Field");
        gui.hands.Yield(3);
        hover_nothing(gui);
        const int tree_alone = vertices_in("Genealogy");
        const Frame& frame = *gui.app.live().shown().at(30);
        gui.hands.MouseMoveToPos(place_in_plot(gui.hands.ItemInfo("//Field/##method field").ID,
                                               static_cast<double>(frame.x[0]), static_cast<double>(frame.x[1])));
        gui.hands.Yield(3);
        const ParticleRef hovered = gui.app.view().hovered;
        ASSERT_TRUE(hovered);
        EXPECT_EQ(hovered.step, 30);
        const auto row = 2 * static_cast<size_t>(hovered.index);
        EXPECT_NEAR(frame.x[row], frame.x[0], 0.2F);
        EXPECT_NEAR(frame.x[row + 1], frame.x[1], 0.2F);
        EXPECT_GT(vertices_in("Genealogy"), tree_alone);
        gui.hands.MouseClick();
        gui.hands.Yield(2);
        EXPECT_EQ(gui.app.view().selected, hovered);
    });
}

}  // namespace
}  // namespace drift
