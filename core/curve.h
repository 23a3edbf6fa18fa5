// A schedule as a user draws it: knots over u in [0, 1] and a way to interpolate. u = 0 is the noisiest step of a run
// (or the first iteration of a training). Plain values, free of ImGui and LibTorch: the schedule editor, the scenario
// file, the command line and the samplers all use this class (interface.md 4, 5.6; formats.md, Curves).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace drift {

enum class Interpolation { Pchip, Linear, Step };
enum class CurveScale { Linear, Log };

struct Knot {
    double u = 0;
    double value = 0;

    bool operator==(const Knot&) const = default;
};

/// Sorted knots; constant outside them. Always valid: every constructor and setter checks.
class Curve {
public:
    /// The constant curve.
    Curve(double value = 0);  // NOLINT(google-explicit-constructor): a number is a curve wherever one is asked for
    /// Throws UserError when u is not strictly increasing in [0, 1], a value is not finite, there are no knots or more
    /// than 256, or a logarithmic curve has a value that is not positive.
    Curve(std::vector<Knot> knots, Interpolation interpolation, CurveScale scale = CurveScale::Linear);

    /// The value at u, which may lie outside [0, 1]. pchip never overshoots its knots (Fritsch and Carlson 1980).
    double at(double u) const;
    /// The value at step k of a run with `steps` steps, u = k / (steps - 1).
    double at_step(int64_t k, int64_t steps) const;

    bool is_constant() const { return knots_.size() == 1; }
    const std::vector<Knot>& knots() const { return knots_; }
    Interpolation interpolation() const { return interpolation_; }
    CurveScale scale() const { return scale_; }
    double min_value() const;  ///< of the knots, hence of the curve
    double max_value() const;

    bool operator==(const Curve&) const = default;

private:
    void find_slopes();

    std::vector<Knot> knots_;
    std::vector<double> slopes_;  // of pchip, in interpolation coordinates (logarithms for a logarithmic curve)
    Interpolation interpolation_ = Interpolation::Pchip;
    CurveScale scale_ = CurveScale::Linear;
};

/// What the preset menu offers: shapes that run from `from` to `to`, as knots that can be edited afterwards.
struct CurvePreset {
    std::string key;    // "constant", "linear", "cosine", "sigmoid", "power", "window", "inverse_sigma"
    std::string title;  // for the menu
};
const std::vector<CurvePreset>& curve_presets();
/// Throws UserError for a key that is not in curve_presets().
Curve make_curve(std::string_view preset, double from, double to);

/// The one-line form of interface.md 5.6: `schedule v1: x=step01 interp=pchip [(0,0),(0.2,1.1),(1,4)]`.
std::string to_text(const Curve& curve);
/// Reads that form, JSON ({"curve": ...}), a Python or C list of pairs, or a table of two columns; throws UserError.
Curve curve_from_text(std::string_view text);

std::string to_string(Interpolation interpolation);
std::string to_string(CurveScale scale);

}  // namespace drift
