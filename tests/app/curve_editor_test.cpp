#include "app/curve_editor.h"

#include "app/session.h"

#include <gtest/gtest.h>

#include <cmath>

namespace drift {
namespace {

/// 400 x 200 pixels, u from 0 to 1, values 0 to 2: one pixel is 0.0025 in u and 0.01 in value.
const CurveAxes axes{100, 50, 400, 200, 0, 1, 0, 2, false};
const CurveLimits limits{0, 2, false, false};

CurveEditor three_knots() {
    CurveEditor editor;
    editor.show(Curve({{0, 0.5}, {0.5, 1}, {1, 1.5}}, Interpolation::Linear), limits);
    return editor;
}

PixelPoint moved(PixelPoint point, double dx, double dy) {
    return {point.x + dx, point.y + dy};
}

TEST(CurveAxesTest, GoThereAndBack) {
    for (const bool logarithmic : {false, true}) {
        const CurveAxes some{10, 20, 300, 150, 0, 1, 0.01, 100, logarithmic};
        const Knot back = some.to_knot(some.to_pixel({0.3, 2.5}));
        EXPECT_NEAR(back.u, 0.3, 1e-12);
        EXPECT_NEAR(back.value, 2.5, 1e-10);
    }
    const CurveAxes logs{0, 0, 100, 100, 0, 1, 0.01, 100, true};
    EXPECT_NEAR(logs.to_pixel({0, 1}).y, 50, 1e-9);
    EXPECT_NEAR(logs.to_pixel({0, 0}).y, 100, 1e-9);  // nought lies on the lower edge
}

TEST(CurveEditorTest, FindsTheNearestKnotWithinReach) {
    const CurveEditor editor = three_knots();
    const PixelPoint knot = axes.to_pixel({0.5, 1});
    EXPECT_EQ(editor.knot_at(axes, moved(knot, 5, 5), 10), 1);
    EXPECT_EQ(editor.knot_at(axes, moved(knot, 9, 9), 10), -1);
    EXPECT_TRUE(editor.line_at(axes, axes.to_pixel({0.25, 0.75}), 4));
    EXPECT_FALSE(editor.line_at(axes, axes.to_pixel({0.25, 1.5}), 4));
}

TEST(CurveEditorTest, DragKeepsTheGrabOffset) {
    CurveEditor editor = three_knots();
    const PixelPoint grip = moved(axes.to_pixel({0.5, 1}), 4, -3);  // off the middle of the knot
    editor.begin_drag(axes, 1, grip);
    EXPECT_FALSE(editor.drag_to(axes, grip));
    EXPECT_TRUE(editor.drag_to(axes, moved(grip, 0, -20)));  // straight up
    EXPECT_DOUBLE_EQ(editor.curve().knots()[1].u, 0.5);
    EXPECT_NEAR(editor.curve().knots()[1].value, 1.2, 1e-9);
    EXPECT_TRUE(editor.drag_to(axes, moved(grip, 40, -20)));
    EXPECT_NEAR(editor.curve().knots()[1].u, 0.6, 1e-9);
    EXPECT_TRUE(editor.end_gesture());
    EXPECT_EQ(editor.selected(), 1);
    EXPECT_DOUBLE_EQ(editor.before()->knots()[1].value, 1);
}

TEST(CurveEditorTest, DragIsClampedAndNeverRefused) {
    CurveEditor editor = three_knots();
    const PixelPoint grip = axes.to_pixel({0.5, 1});
    editor.begin_drag(axes, 1, grip);
    EXPECT_TRUE(editor.drag_to(axes, moved(grip, 9999, -9999)));
    EXPECT_NEAR(editor.curve().knots()[1].u, 1 - CurveLimits::least_gap, 1e-12);
    EXPECT_DOUBLE_EQ(editor.curve().knots()[1].value, 2);
    EXPECT_TRUE(editor.drag_to(axes, moved(grip, -9999, 9999)));
    EXPECT_NEAR(editor.curve().knots()[1].u, CurveLimits::least_gap, 1e-12);
    EXPECT_DOUBLE_EQ(editor.curve().knots()[1].value, 0);
    EXPECT_TRUE(editor.drag_to(axes, grip));  // and comes back unharmed
    EXPECT_FALSE(editor.end_gesture());
}

TEST(CurveEditorTest, EndsStayWhereTheyAreInU) {
    CurveEditor editor = three_knots();
    const PixelPoint grip = axes.to_pixel({0, 0.5});
    editor.begin_drag(axes, 0, grip);
    editor.drag_to(axes, moved(grip, 60, -10));
    EXPECT_DOUBLE_EQ(editor.curve().knots()[0].u, 0);
    EXPECT_NEAR(editor.curve().knots()[0].value, 0.6, 1e-9);
}

TEST(CurveEditorTest, ModifiersHoldAnAxisSlowDownAndMoveAll) {
    CurveEditor editor = three_knots();
    const PixelPoint grip = axes.to_pixel({0.5, 1});
    editor.begin_drag(axes, 1, grip);
    editor.drag_to(axes, moved(grip, 40, -10), {.one_axis = true});
    EXPECT_NEAR(editor.curve().knots()[1].u, 0.6, 1e-9);
    EXPECT_DOUBLE_EQ(editor.curve().knots()[1].value, 1);
    editor.drag_to(axes, moved(grip, 40, 0), {.fine = true});
    EXPECT_NEAR(editor.curve().knots()[1].u, 0.51, 1e-9);
    editor.drag_to(axes, moved(grip, 40, -10), {.whole = true});
    EXPECT_NEAR(editor.curve().knots()[0].value, 0.6, 1e-9);
    EXPECT_NEAR(editor.curve().knots()[2].value, 1.6, 1e-9);
    EXPECT_DOUBLE_EQ(editor.curve().knots()[1].u, 0.5);
}

TEST(CurveEditorTest, LineMovesBothItsEnds) {
    CurveEditor editor = three_knots();
    const PixelPoint grip = axes.to_pixel({0.25, 0.75});
    editor.begin_line_drag(axes, grip);
    editor.drag_to(axes, moved(grip, 30, -10));
    EXPECT_NEAR(editor.curve().knots()[0].value, 0.6, 1e-9);
    EXPECT_NEAR(editor.curve().knots()[1].value, 1.1, 1e-9);
    EXPECT_DOUBLE_EQ(editor.curve().knots()[1].u, 0.5);
    EXPECT_DOUBLE_EQ(editor.curve().knots()[2].value, 1.5);
}

TEST(CurveEditorTest, AddsRemovesAndNudges) {
    CurveEditor editor = three_knots();
    EXPECT_TRUE(editor.add(0.25, 1.9));
    EXPECT_EQ(editor.selected(), 1);
    ASSERT_EQ(editor.curve().knots().size(), 4U);
    EXPECT_FALSE(editor.add(0.25, 0.1));  // on top of another
    EXPECT_TRUE(editor.nudge(1, 1, -1));
    EXPECT_NEAR(editor.curve().knots()[1].u, 0.26, 1e-12);
    EXPECT_NEAR(editor.curve().knots()[1].value, 1.88, 1e-12);
    EXPECT_TRUE(editor.remove(1));
    EXPECT_TRUE(editor.remove(1));
    EXPECT_TRUE(editor.remove(0));
    EXPECT_FALSE(editor.remove(0));  // one is left
    EXPECT_TRUE(editor.curve().is_constant());
}

TEST(CurveEditorTest, TabGoesAround) {
    CurveEditor editor = three_knots();
    editor.select_next(1);
    EXPECT_EQ(editor.selected(), 0);
    editor.select_next(-1);
    EXPECT_EQ(editor.selected(), 2);
    editor.select_next(1);
    EXPECT_EQ(editor.selected(), 0);
}

TEST(CurveEditorTest, NoiseStaysStrictlyDecreasing) {
    CurveEditor editor;
    editor.show(Curve({{0, 3}, {0.5, 0}, {1, -4}}, Interpolation::Pchip), {-7, 5, true, false});
    const CurveAxes wide{0, 0, 400, 240, 0, 1, -7, 5, false};
    const PixelPoint grip = wide.to_pixel({0.5, 0});
    editor.begin_drag(wide, 1, grip);
    editor.drag_to(wide, moved(grip, 0, -999));
    EXPECT_LT(editor.curve().knots()[1].value, 3);
    editor.drag_to(wide, moved(grip, 0, 999));
    EXPECT_GT(editor.curve().knots()[1].value, -4);
    editor.end_gesture();
    editor.set_curve(Curve({{0, 1}, {0.5, 2}, {1, 0}}, Interpolation::Linear));
    for (size_t i = 1; i < editor.curve().knots().size(); ++i) {
        EXPECT_LT(editor.curve().knots()[i].value, editor.curve().knots()[i - 1].value);
    }
}

TEST(CurveEditorTest, FreehandIsFittedByFewKnots) {
    CurveEditor editor = three_knots();
    const auto shape = [](double u) { return 1 + 0.8 * std::sin(7 * u); };
    editor.begin_freehand(axes, axes.to_pixel({0, shape(0)}));
    for (int i = 1; i <= 200; ++i) {
        const double u = i / 200.0;
        editor.freehand_to(axes, axes.to_pixel({u, shape(u)}));
    }
    EXPECT_TRUE(editor.end_gesture());
    EXPECT_LE(editor.curve().knots().size(), CurveEditor::max_freehand_knots);
    for (double u = 0; u <= 1; u += 0.05) {
        EXPECT_NEAR(editor.curve().at(u), shape(u), 0.12) << u;
    }
}

TEST(CurveEditorTest, FreehandOverAPieceKeepsTheRest) {
    CurveEditor editor = three_knots();
    editor.begin_freehand(axes, axes.to_pixel({0.3, 1.8}));
    for (double u = 0.3; u <= 0.6; u += 0.01) {
        editor.freehand_to(axes, axes.to_pixel({u, 1.8}));
    }
    editor.end_gesture();
    EXPECT_DOUBLE_EQ(editor.curve().at(0), 0.5);
    EXPECT_DOUBLE_EQ(editor.curve().at(1), 1.5);
    EXPECT_NEAR(editor.curve().at(0.45), 1.8, 1e-6);
}

TEST(CurveEditorTest, OneGestureIsOneStepOfTheHistory) {
    Session session;
    CurveEditor editor = three_knots();
    const Curve first = editor.curve();
    Curve stored = first;
    const auto store = [&](bool finished) {
        session.edit(
            "guidance: " + editor.deed(), [&](Scenario& s) { s.title = to_text(editor.curve()); }, finished);
        stored = editor.curve();
    };
    const PixelPoint grip = axes.to_pixel({0.5, 1});
    editor.begin_drag(axes, 1, grip);
    for (int i = 1; i <= 10; ++i) {
        editor.drag_to(axes, moved(grip, 0, -i));
        store(false);
    }
    editor.end_gesture();
    session.finish();
    EXPECT_EQ(session.undo_size(), 1U);
    EXPECT_EQ(session.undo_name(), "guidance: move knot 2");
    editor.show(stored, limits);
    EXPECT_EQ(editor.curve(), stored);
}

TEST(CurveEditorTest, AnotherCurveDropsASelectionThatIsGone) {
    CurveEditor editor = three_knots();
    editor.select(2);
    editor.show(Curve(1.0), limits);
    EXPECT_EQ(editor.selected(), -1);
}

}  // namespace
}  // namespace drift
