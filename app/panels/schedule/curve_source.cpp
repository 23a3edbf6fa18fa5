#include "app/panels/schedule/curve_source.h"

#include "core/error.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace drift {
namespace {

CurveSource source_of(Kind kind, const Param& param, const Curve& curve) {
    CurveSource source;
    source.target = {kind, param.key};
    source.title = param.title;
    source.name = param.key;
    source.help = param.help;
    source.curve = curve;
    source.limits = {param.range.min, param.range.max, false, param.range.logarithmic};
    source.logarithmic = param.range.logarithmic;
    return source;
}

/// The knots of a drawn schedule, where they make a valid curve.
std::optional<Curve> drawn_curve(const Choice& schedule) {
    if (schedule.type != "drawn" || !schedule.params.contains("knots")) {
        return std::nullopt;
    }
    const auto* array = std::get_if<Array>(&schedule.params.at("knots").value);
    if (array == nullptr || array->data.size() < 2) {
        return std::nullopt;
    }
    std::vector<Knot> knots;
    for (size_t i = 0; i + 1 < array->data.size(); i += 2) {
        knots.push_back({array->data[i], array->data[i + 1]});
    }
    const auto* between = schedule.params.contains("interpolation")
                              ? std::get_if<std::string>(&schedule.params.at("interpolation").value)
                              : nullptr;
    const bool linear = between != nullptr && *between == to_string(Interpolation::Linear);
    try {
        return Curve(std::move(knots), linear ? Interpolation::Linear : Interpolation::Pchip);
    } catch (const UserError&) {
        return std::nullopt;
    }
}

void add_noise(std::vector<CurveSource>& sources, const Scenario& scenario, const std::vector<double>& sigma) {
    CurveSource source;
    source.target = noise_target;
    source.title = "Noise level";
    source.name = "noise";
    source.help = {
        "The noise level sigma of each step, from almost pure noise to almost clean samples.",
        "x = x0 + sigma n; knots are (u, ln sigma)",
        "Steep where few steps are spent, flat where many are. Dragging a knot draws a schedule of its own."};
    source.limits = {std::log(1e-3), std::log(200.0), true, false};
    source.noise = true;
    if (const auto drawn = drawn_curve(scenario.schedule)) {
        source.curve = *drawn;
    } else if (sigma.size() > 2) {
        source.curve = noise_curve(sigma);
        source.drawn = false;
    } else {
        return;
    }
    source.limits.min = std::min(source.limits.min, source.curve.min_value());
    source.limits.max = std::max(source.limits.max, source.curve.max_value());
    sources.push_back(std::move(source));
}

}  // namespace

std::vector<CurveSource> curve_sources(const Scenario& scenario, const std::vector<double>& sigma) {
    std::vector<CurveSource> sources;
    for (const Kind kind : {Kind::Sampler, Kind::Condition, Kind::Prior}) {
        for (const Param& param : part_of(scenario, kind).params) {
            const auto* curve = std::get_if<Curve>(&param.value);
            if (curve != nullptr && in_effect(part_of(scenario, kind).params, param)) {
                sources.push_back(source_of(kind, param, *curve));
            }
        }
    }
    if (!scenario.schedule.type.empty() && walks_noise(scenario)) {
        add_noise(sources, scenario, sigma);
    }
    return sources;
}

Curve noise_curve(const std::vector<double>& sigma) {
    std::vector<Knot> samples;
    const size_t levels = sigma.size() - 1;  // the last one is 0
    for (size_t k = 0; k < levels; ++k) {
        const double u = levels > 1 ? static_cast<double>(k) / static_cast<double>(levels - 1) : 0;
        samples.push_back({u, std::log(std::max(sigma[k], 1e-12))});
    }
    return {fit_knots(samples, CurveEditor::max_freehand_knots, Interpolation::Pchip, false), Interpolation::Pchip};
}

void store_curve(Scenario& scenario, const CurveTarget& target, const Curve& curve) {
    if (!(target == noise_target)) {
        part_of(scenario, target.part).params.set(target.key, Value(curve));
        return;
    }
    if (scenario.schedule.type != "drawn") {
        Choice drawn = default_choice(Kind::Schedule, "drawn");
        if (scenario.schedule.params.contains("steps") && drawn.params.contains("steps")) {
            drawn.params.set("steps", scenario.schedule.params.at("steps").value);
        }
        scenario.schedule = std::move(drawn);
    }
    Array knots{{static_cast<int64_t>(curve.knots().size()), 2}, {}};
    for (const Knot& knot : curve.knots()) {
        knots.data.push_back(knot.u);
        knots.data.push_back(knot.value);
    }
    scenario.schedule.params.set("knots", Value(knots));
    scenario.schedule.params.set("interpolation", Value(to_string(curve.interpolation())));
}

}  // namespace drift
