// What a hand does to a drawn schedule: hit tests, dragging with the grab offset kept, adding, removing, nudging,
// drawing freehand, and the limits that all of them are clamped to. Free of ImGui; the panel draws what it says.
// interface.md 5.6.
#pragma once

#include "core/curve.h"

#include <optional>
#include <string>
#include <vector>

namespace drift {

/// A place on the screen, in pixels, y downwards.
struct PixelPoint {
    double x = 0, y = 0;
};

/// Where the plot lies on the screen and which part of the curve's plane it shows.
struct CurveAxes {
    double left = 0, top = 0, width = 1, height = 1;  // pixels
    double u_min = 0, u_max = 1;
    double v_min = 0, v_max = 1;
    bool logarithmic = false;  // the vertical axis; then v_min > 0

    PixelPoint to_pixel(const Knot& knot) const;
    Knot to_knot(const PixelPoint& pixel) const;
};

/// What the knots may not leave.
struct CurveLimits {
    double min = 0;
    double max = 1;
    bool decreasing = false;   // strictly, as a noise schedule has to be
    bool logarithmic = false;  // steps of the keyboard are factors

    static constexpr double least_gap = 1e-3;  // between neighbours, in u
};

/// How a drag is meant: Shift, Ctrl and Alt.
struct DragMode {
    bool one_axis = false;  // only the direction that the drag went first
    bool fine = false;      // a tenth of the way
    bool whole = false;     // scale (logarithmic axis) or shift all values together
};

class CurveEditor {
public:
    static constexpr size_t max_freehand_knots = 12;

    /// Takes over a curve, unless a gesture is going on. Keeps the selection where the knot is still there.
    void show(const Curve& curve, const CurveLimits& limits);

    const Curve& curve() const { return curve_; }
    /// The curve as it was before the latest gesture, for the ghost that is left behind.
    const std::optional<Curve>& before() const { return before_; }
    const CurveLimits& limits() const { return limits_; }

    int selected() const { return selected_; }  ///< index of a knot, -1 for none
    void select(int index);
    void select_next(int direction);  ///< +1 or -1, around the ends

    /// The nearest knot within `radius` pixels, -1 for none.
    int knot_at(const CurveAxes& axes, const PixelPoint& mouse, double radius) const;
    /// Whether the line between two knots runs within `radius` pixels of the mouse.
    bool line_at(const CurveAxes& axes, const PixelPoint& mouse, double radius) const;

    // One gesture, from press to release. The knot keeps the distance to the mouse that it had when it was gripped.
    void begin_drag(const CurveAxes& axes, int index, const PixelPoint& mouse);
    /// Grips the line: the knots at both ends of the piece move up and down together.
    void begin_line_drag(const CurveAxes& axes, const PixelPoint& mouse);
    /// Returns whether the curve changed. Never refuses: what is not allowed is clamped.
    bool drag_to(const CurveAxes& axes, const PixelPoint& mouse, const DragMode& mode = {});
    void begin_freehand(const CurveAxes& axes, const PixelPoint& mouse);
    bool freehand_to(const CurveAxes& axes, const PixelPoint& mouse);
    /// Ends whatever gesture there is; a freehand line becomes at most max_freehand_knots knots. Returns whether the
    /// curve differs from the one before the gesture.
    bool end_gesture();
    bool dragging() const { return gesture_ != Gesture::None; }
    const std::vector<Knot>& freehand_line() const { return drawn_; }

    // Single edits. Each returns whether the curve changed.
    /// Selects the new knot.
    bool add(double u, double value);
    bool remove(int index);  ///< not the last one that is left
    /// By hundredths of the width and of the height, or factors of 10^(1/50) where the limits are logarithmic.
    /// Where it `goes_on` from a nudge before, the curve before that one stays as the ghost.
    bool nudge(int index, double du, double dv, bool goes_on = false);
    bool set_knot(int index, const Knot& knot);
    bool set_curve(const Curve& curve);  ///< a preset or pasted text; clamped to the limits
    bool set_interpolation(Interpolation interpolation);
    bool set_scale(CurveScale scale);  ///< not to logarithmic where a value is 0

    /// "move knot 3", "add a knot": what the latest change did, for its name in the history.
    const std::string& deed() const { return deed_; }

private:
    enum class Gesture { None, Knot, Line, Freehand };

    double clamp_value(double value) const;
    Knot clamp_knot(const std::vector<Knot>& knots, size_t index, Knot wanted) const;
    bool replace(std::vector<Knot> knots);
    bool drag_all(const CurveAxes& axes, double dy);
    std::vector<Knot> fitted() const;

    Curve curve_;
    std::optional<Curve> before_;
    CurveLimits limits_;
    int selected_ = -1;
    Gesture gesture_ = Gesture::None;
    Curve start_;              // at the beginning of the gesture
    int gripped_ = -1;         // first knot that moves
    int gripped_last_ = -1;    // last one
    PixelPoint grip_;          // the mouse when it was pressed
    std::vector<Knot> drawn_;  // freehand
    std::string deed_;
};

/// At most `most` knots through `samples` (u increasing), placed where the curve through them is farthest off.
/// Distances are measured in logarithms where `logarithmic`.
std::vector<Knot> fit_knots(const std::vector<Knot>& samples, size_t most, Interpolation interpolation,
                            bool logarithmic);

}  // namespace drift
