#include "app/panels/data/histogram.h"

#include "app/theme.h"

#include "core/mixture_view.h"

#include <imgui.h>
#include <implot.h>

#include <cmath>

namespace drift {
namespace {

constexpr int curve_points = 400;

void draw_density(const char* name, const MixtureView& mixture, double sigma, const GridBox& box, const ImVec4& colour,
                  float thickness) {
    const std::vector<float> density = density_on_line(mixture, sigma, box.x_min, box.x_max, curve_points);
    std::vector<float> places;
    for (int i = 0; i < curve_points; ++i) {
        places.push_back(static_cast<float>(box.x_min + (box.x_max - box.x_min) * i / (curve_points - 1)));
    }
    ImPlotSpec spec;
    spec.LineColor = colour;
    spec.LineWeight = thickness;
    ImPlot::PlotLine(name, places.data(), density.data(), curve_points, spec);
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

void draw_histogram(const PanelContext& context, const DataView& data, float height) {
    const Scene& scene = *context.scene();
    const Frame& frame = *context.recording.at(data.moment.step);
    const double sigma = data.truth_at == TruthAt::Now ? frame.numbers.sigma : 0;
    const GridBox box = box_at(scene, frame.numbers.sigma, 0, 0, 2.4);
    const Palette& colours = palette(context.view.light);
    if (!ImPlot::BeginPlot("##histogram", {-1, height}, ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect)) {
        return;
    }
    ImPlot::SetupAxes("x1", "density", 0, ImPlotAxisFlags_AutoFit);
    ImPlot::SetupAxisLimits(ImAxis_X1, box.x_min, box.x_max, ImPlotCond_Always);
    ImPlot::SetupLegend(ImPlotLocation_NorthEast);
    const Histogram histogram = histogram_of(frame.x, frame.weights, box.x_min, box.x_max, 90);
    const double width = (box.x_max - box.x_min) / static_cast<double>(histogram.density.size());
    ImPlotSpec bars;
    bars.FillColor = colours.particle;
    bars.FillAlpha = context.stale ? 0.25F : 0.6F;
    bars.LineWeight = 0;
    std::vector<double> centres;
    for (size_t i = 0; i < histogram.density.size(); ++i) {
        centres.push_back(box.x_min + width * (static_cast<double>(i) + 0.5));
    }
    ImPlot::PlotBars("particles", centres.data(), histogram.density.data(), static_cast<int>(centres.size()), width,
                     bars);
    if (data.prior && scene.prior) {
        draw_density("prior", *scene.prior, sigma, box, colours.faint, 1.2F);
    }
    if (context.view.truth && scene.posterior) {
        draw_density("exact posterior", *scene.posterior, sigma, box, colours.truth, 2.4F);
    }
    ImPlot::EndPlot();
}

}  // namespace drift
