#include "core/curve.h"

#include "core/error.h"
#include "core/text.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace drift {
namespace {

constexpr size_t max_knots = 256;

void check(const std::vector<Knot>& knots, CurveScale scale) {
    if (knots.empty() || knots.size() > max_knots) {
        throw UserError("a curve has " + std::to_string(knots.size()) + " knots but takes 1 to " +
                        std::to_string(max_knots));
    }
    double before = -1;
    for (const Knot& knot : knots) {
        if (!(knot.u >= 0 && knot.u <= 1)) {
            throw UserError("a curve has a knot at u = " + number_text(knot.u) + " but takes u from 0 to 1");
        }
        if (knot.u <= before) {
            throw UserError("a curve has a knot at u = " + number_text(knot.u) +
                            " after one at u = " + number_text(before) + " but takes strictly increasing u");
        }
        if (!std::isfinite(knot.value)) {
            throw UserError("a curve has the value " + number_text(knot.value) + " but takes finite numbers");
        }
        if (scale == CurveScale::Log && knot.value <= 0) {
            throw UserError("a curve on a logarithmic scale has the value " + number_text(knot.value) +
                            " but takes positive numbers");
        }
        before = knot.u;
    }
}

/// The slope at the end of a curve from its two nearest intervals, kept from overshooting.
double end_slope(double h0, double h1, double secant0, double secant1) {
    const double slope = ((2 * h0 + h1) * secant0 - h0 * secant1) / (h0 + h1);
    if (slope * secant0 <= 0) {
        return 0;
    }
    if (secant0 * secant1 < 0 && std::abs(slope) > 3 * std::abs(secant0)) {
        return 3 * secant0;
    }
    return slope;
}

/// Where the interpolation happens: logarithms for a logarithmic curve.
double coordinate(double value, CurveScale scale) {
    return scale == CurveScale::Log ? std::log(value) : value;
}

}  // namespace

Curve::Curve(double value) : Curve({{0, value}}, Interpolation::Pchip) {}

Curve::Curve(std::vector<Knot> knots, Interpolation interpolation, CurveScale scale)
    : knots_(std::move(knots)), interpolation_(interpolation), scale_(scale) {
    check(knots_, scale_);
    find_slopes();
}

// Harmonic means of the neighbouring secants (Fritsch and Butland 1984), which satisfy the monotonicity condition of
// Fritsch and Carlson 1980; the same slopes as SciPy's PchipInterpolator.
void Curve::find_slopes() {
    const size_t count = knots_.size();
    slopes_.assign(count, 0.0);
    if (count < 2 || interpolation_ != Interpolation::Pchip) {
        return;
    }
    std::vector<double> width(count - 1);
    std::vector<double> secant(count - 1);
    for (size_t i = 0; i + 1 < count; ++i) {
        width[i] = knots_[i + 1].u - knots_[i].u;
        secant[i] = (coordinate(knots_[i + 1].value, scale_) - coordinate(knots_[i].value, scale_)) / width[i];
    }
    if (count == 2) {
        slopes_.assign(2, secant[0]);
        return;
    }
    slopes_.front() = end_slope(width[0], width[1], secant[0], secant[1]);
    slopes_.back() = end_slope(width[count - 2], width[count - 3], secant[count - 2], secant[count - 3]);
    for (size_t i = 1; i + 1 < count; ++i) {
        const double w0 = 2 * width[i] + width[i - 1];
        const double w1 = width[i] + 2 * width[i - 1];
        const bool turns = secant[i - 1] * secant[i] <= 0;
        slopes_[i] = turns ? 0 : (w0 + w1) / (w0 / secant[i - 1] + w1 / secant[i]);
    }
}

double Curve::at(double u) const {
    if (!(u > knots_.front().u)) {
        return knots_.front().value;
    }
    if (u >= knots_.back().u) {
        return knots_.back().value;
    }
    const auto right = std::upper_bound(knots_.begin(), knots_.end(), u,
                                        [](double position, const Knot& knot) { return position < knot.u; });
    const auto left = right - 1;
    if (interpolation_ == Interpolation::Step || u == left->u) {
        return left->value;
    }
    const double h = right->u - left->u;
    const double t = (u - left->u) / h;
    const double a = coordinate(left->value, scale_);
    const double b = coordinate(right->value, scale_);
    double y = a + t * (b - a);
    if (interpolation_ == Interpolation::Pchip) {
        const auto i = static_cast<size_t>(left - knots_.begin());
        const double secant = (b - a) / h;
        const double c2 = (3 * secant - 2 * slopes_[i] - slopes_[i + 1]) * h;
        const double c3 = (slopes_[i] + slopes_[i + 1] - 2 * secant) * h;
        y = a + t * (slopes_[i] * h + t * (c2 + t * c3));
    }
    const double value = scale_ == CurveScale::Log ? std::exp(y) : y;
    // Rounding alone could leave the interval of the two knots.
    return std::clamp(value, std::min(left->value, right->value), std::max(left->value, right->value));
}

double Curve::at_step(int64_t k, int64_t steps) const {
    return at(steps > 1 ? static_cast<double>(k) / static_cast<double>(steps - 1) : 0.0);
}

double Curve::min_value() const {
    return std::ranges::min_element(knots_, {}, &Knot::value)->value;
}

double Curve::max_value() const {
    return std::ranges::max_element(knots_, {}, &Knot::value)->value;
}

const std::vector<CurvePreset>& curve_presets() {
    static const std::vector<CurvePreset> presets = {
        {"constant", "Constant"}, {"linear", "Linear"}, {"cosine", "Cosine"},           {"sigmoid", "Sigmoid"},
        {"power", "Power 3"},     {"window", "Window"}, {"inverse_sigma", "1 / sigma"},
    };
    return presets;
}

namespace {

/// Knots of from + (to - from) * shape(u), where shape runs from 0 to 1.
template <class Shape>
Curve sampled(double from, double to, const Shape& shape) {
    constexpr int intervals = 10;
    std::vector<Knot> knots;
    for (int i = 0; i <= intervals; ++i) {
        const double u = static_cast<double>(i) / intervals;
        const double value = i == intervals ? to : from + (to - from) * shape(u);
        knots.push_back({u, value});
    }
    return {std::move(knots), Interpolation::Pchip};
}

double sigmoid(double u) {
    const auto s = [](double x) { return 1 / (1 + std::exp(-10 * (x - 0.5))); };
    return (s(u) - s(0)) / (s(1) - s(0));
}

/// 1 / sigma along the customary schedule (EDM, rho 7, sigma from 20 to 0.02), shifted and scaled to run from 0 to 1.
double inverse_sigma(double u) {
    const auto inverse = [](double x) {
        const double start = std::pow(20.0, 1.0 / 7);
        const double end = std::pow(0.02, 1.0 / 7);
        return std::pow(start + x * (end - start), -7);
    };
    return (inverse(u) - inverse(0)) / (inverse(1) - inverse(0));
}

}  // namespace

Curve make_curve(std::string_view preset, double from, double to) {
    if (preset == "constant") {
        return {from};
    }
    if (preset == "linear") {
        return {{{0, from}, {1, to}}, Interpolation::Linear};
    }
    if (preset == "cosine") {
        return sampled(from, to, [](double u) { return (1 - std::cos(std::numbers::pi * u)) / 2; });
    }
    if (preset == "sigmoid") {
        return sampled(from, to, sigmoid);
    }
    if (preset == "power") {
        return sampled(from, to, [](double u) { return u * u * u; });
    }
    if (preset == "window") {  // `to` inside, `from` during the first and the last tenth
        return {{{0, from}, {0.1, to}, {0.9, from}}, Interpolation::Step};
    }
    if (preset == "inverse_sigma") {
        return sampled(from, to, inverse_sigma);
    }
    std::vector<std::string> keys;
    for (const CurvePreset& known : curve_presets()) {
        keys.push_back(known.key);
    }
    throw UserError("there is no curve preset " + in_quotes(preset) + "; accepted: " + joined(keys));
}

std::string to_string(Interpolation interpolation) {
    switch (interpolation) {
        case Interpolation::Pchip:
            return "pchip";
        case Interpolation::Linear:
            return "linear";
        case Interpolation::Step:
            return "step";
    }
    return "pchip";
}

std::string to_string(CurveScale scale) {
    return scale == CurveScale::Log ? "log" : "linear";
}

}  // namespace drift
