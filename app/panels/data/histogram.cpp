#include "app/panels/data/histogram.h"

#include "app/panels/data/badges.h"
#include "app/panels/data/brush.h"
#include "app/panels/data/overlay.h"
#include "app/panels/dimmed.h"
#include "app/theme.h"

#include "core/grid_view.h"
#include "core/mixture_view.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace drift {
namespace {

constexpr int curve_points = 400;
constexpr int bins = 90;

struct DensityLine {
    std::vector<float> places, density;
    double highest = 0;
};

DensityLine density_line(std::vector<float> density, const ImPlotRange& range) {
    DensityLine line;
    line.density = std::move(density);
    for (int i = 0; i < curve_points; ++i) {
        line.places.push_back(static_cast<float>(range.Min + range.Size() * i / (curve_points - 1)));
    }
    line.highest = static_cast<double>(*std::max_element(line.density.begin(), line.density.end()));
    return line;
}

std::optional<DensityLine> posterior_line(const Scene& scene, Space space, double sigma, const ImPlotRange& range) {
    if (const auto& mixture = posterior_of(scene, space)) {
        return density_line(density_on_line(*mixture, sigma, range.Min, range.Max, curve_points), range);
    }
    if (const auto& grid = posterior_on_grid(scene, space)) {
        return density_line(density_on_grid(*grid, sigma, {range.Min, range.Max, 0, 0, curve_points, 1}), range);
    }
    return std::nullopt;
}

void draw_density(const char* name, const DensityLine& line, const ImVec4& colour, float thickness) {
    ImPlotSpec spec;
    spec.LineColor = colour;
    spec.LineWeight = thickness;
    ImPlot::PlotLine(name, line.places.data(), line.density.data(), static_cast<int>(line.places.size()), spec);
}

void draw_bars(const Histogram& histogram, const ImVec4& colour, float alpha) {
    const double width = (histogram.to - histogram.from) / static_cast<double>(histogram.density.size());
    std::vector<double> centres;
    for (size_t i = 0; i < histogram.density.size(); ++i) {
        centres.push_back(histogram.from + width * (static_cast<double>(i) + 0.5));
    }
    ImPlotSpec bars;
    bars.FillColor = colour;
    bars.FillAlpha = alpha;
    bars.LineWeight = 0;
    ImPlot::PlotBars("particles", centres.data(), histogram.density.data(), static_cast<int>(centres.size()), width,
                     bars);
}

/// The horizontal range of the frame before, or the one that holds the noise where the view follows it.
ImPlotRange shown_range(const PanelContext& context, DataView& data) {
    if (data.follow_noise || !(data.line_max > data.line_min)) {
        const GridBox box = box_at(*context.scene(), data.space, data.sigma, 0, 0, 2.4);
        data.line_min = box.x_min;
        data.line_max = box.x_max;
    }
    return {data.line_min, data.line_max};
}

}  // namespace

Histogram histogram_of(const std::vector<float>& values, const std::vector<float>& weights, double from, double to,
                       int bins) {
    Histogram histogram{from, to, std::vector<double>(static_cast<size_t>(bins), 0.0)};
    const double per_width = bins / (to - from);
    for (size_t i = 0; i < values.size(); ++i) {
        const double place = (static_cast<double>(values[i]) - from) * per_width;
        if (place >= 0 && place < bins) {  // false for values that are not finite
            const double weight =
                weights.empty() ? 1.0 / static_cast<double>(values.size()) : static_cast<double>(weights[i]);
            histogram.density[static_cast<size_t>(place)] += weight * per_width;
        }
    }
    return histogram;
}

void draw_histogram(PanelContext& context, DataView& data, float height) {
    const Scene& scene = *context.scene();
    const double sigma = data.truth_at == TruthAt::Now ? data.sigma : 0;
    const Palette& colours = palette(context.view.light);
    const ImPlotRange range = shown_range(context, data);
    std::vector<float> values;
    values.reserve(data.picture.places.size());
    for (const PlanePoint& place : data.picture.places) {
        values.push_back(place.x);
    }
    const Histogram histogram = histogram_of(values, data.picture.weights, range.Min, range.Max, bins);
    std::optional<DensityLine> prior;
    std::optional<DensityLine> posterior;
    double highest = *std::max_element(histogram.density.begin(), histogram.density.end());
    if (const auto mixture = prior_of(scene, data.space); data.prior && mixture) {
        prior = density_line(density_on_line(*mixture, sigma, range.Min, range.Max, curve_points), range);
        highest = std::max(highest, prior->highest);
    }
    if (context.view.truth) {
        posterior = posterior_line(scene, data.space, sigma, range);
    }
    if (posterior) {
        highest = std::max(highest, posterior->highest);
    }
    highest = highest > 0 ? highest : 1;
    if (!ImPlot::BeginPlot("##histogram", {-1, height},
                           ImPlotFlags_NoLegend | ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect)) {
        return;
    }
    ImPlot::SetupAxes(axis_name(data.space, 0).c_str(), "density", 0, ImPlotAxisFlags_Lock);
    ImPlot::SetupAxisLimits(ImAxis_X1, range.Min, range.Max, data.follow_noise ? ImPlotCond_Always : ImPlotCond_Once);
    // Below the line is room for the rug, whatever the height.
    const double foot = 0.75 * static_cast<double>(ImGui::GetFontSize() / std::max(height, 1.0F));
    ImPlot::SetupAxisLimits(ImAxis_Y1, -foot * 1.2 * highest, 1.2 * highest, ImPlotCond_Always);
    ImPlot::SetupFinish();
    draw_measurement_bands(context, data);
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_bars(histogram, colours.particle, 0.6F);
        if (prior) {
            draw_density("prior", *prior, colours.faint, 1.2F);
        }
        if (posterior) {
            draw_density("exact posterior", *posterior, colours.truth, 2.4F);
        }
        draw_rug(context, data);
    }
    draw_measurement_lines(context, data);  // as it is being edited
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_brush(context, data);
        draw_selection(context, data);
    }
    draw_badges(context, data);
    data.line_min = ImPlot::GetPlotLimits().X.Min;
    data.line_max = ImPlot::GetPlotLimits().X.Max;
    watch_hand(data);
    ImPlot::EndPlot();
}

}  // namespace drift
