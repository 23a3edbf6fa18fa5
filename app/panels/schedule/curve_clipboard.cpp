#include "app/panels/schedule/curve_clipboard.h"

#include "core/error.h"
#include "core/schedule.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

namespace drift {
namespace {

constexpr int64_t preset_levels = 200;  // that show the shape of a formula, however many steps the run has

std::string brief(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

std::string ordinal(size_t index) {
    return "knot " + std::to_string(index + 1);
}

/// A little beyond the limits is rounding: text of a curve at its limit must come back.
void check_range(const std::string& name, const std::vector<Knot>& knots, double min, double max) {
    const double room = 1e-9 * std::max(std::abs(min), std::abs(max));
    for (size_t i = 0; i < knots.size(); ++i) {
        if (knots[i].value < min - room || knots[i].value > max + room) {
            throw UserError(name + " goes from " + brief(min) + " to " + brief(max) + ", but " + ordinal(i) + " is " +
                            brief(knots[i].value));
        }
    }
}

/// Whether the text says that values, not their logarithms, run straight between knots; most forms do not say.
bool says_linear(std::string_view text, const Curve& curve) {
    return curve.scale() == CurveScale::Linear &&
           (text.find("y=linear") != std::string_view::npos || text.find("\"scale\"") != std::string_view::npos);
}

/// Noise levels fall from step to step, so theirs is a narrower language.
Curve noise_from(const CurveSource& source, const Curve& levels) {
    std::vector<Knot> knots = levels.knots();
    if (knots.size() < 2) {
        throw UserError("sigma falls over the steps, which takes two knots or more");
    }
    if (levels.interpolation() == Interpolation::Step) {
        throw UserError("sigma falls at every step, which interp=step does not; take pchip or linear");
    }
    check_range("sigma", knots, std::exp(source.limits.min), std::exp(source.limits.max));
    for (size_t i = 1; i < knots.size(); ++i) {
        if (!(knots[i].value < knots[i - 1].value)) {
            throw UserError("sigma falls from knot to knot, but " + ordinal(i) + " is " + brief(knots[i].value) +
                            " after " + brief(knots[i - 1].value));
        }
    }
    for (Knot& knot : knots) {
        knot.value = std::log(knot.value);
    }
    return {std::move(knots), levels.interpolation()};
}

}  // namespace

std::string clipboard_text(const CurveSource& source, const Curve& curve) {
    if (!source.noise) {
        return to_text(curve);
    }
    std::vector<Knot> knots = curve.knots();
    for (Knot& knot : knots) {
        knot.value = std::exp(knot.value);
    }
    return to_text({std::move(knots), curve.interpolation(), CurveScale::Log});
}

Curve curve_from_clipboard(const CurveSource& source, std::string_view text) {
    Curve curve = curve_from_text(text);
    if (source.noise) {
        if (says_linear(text, curve)) {
            throw UserError(
                "between knots sigma runs in logarithms, which y=linear does not; take y=log or leave it out");
        }
        return noise_from(source, curve);
    }
    check_range(source.name, curve.knots(), source.limits.min, source.limits.max);
    return curve;
}

Curve noise_preset(const std::string& schedule, const Curve& now) {
    Choice choice = default_choice(Kind::Schedule, schedule);
    const auto set = [&choice](const char* key, const Value& value) {
        if (choice.params.contains(key)) {
            choice.params.set(key, value);
        }
    };
    try {
        set("steps", Value(preset_levels));
        set("sigma_max", Value(std::exp(now.at(0))));
        set("sigma_min", Value(std::exp(now.at(1))));
        return noise_curve(make_schedule(choice).sigma);
    } catch (const UserError&) {
        return now;
    }
}

}  // namespace drift
