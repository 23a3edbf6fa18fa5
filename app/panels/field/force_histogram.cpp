// How hard the guidance pulls against the score, particle by particle: too hard is seen here before it does damage.
#include "app/panels/borderless.h"
#include "app/panels/data/histogram.h"
#include "app/panels/dimmed.h"
#include "app/panels/field/field_plots.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace drift {
namespace {

constexpr int bins = 60;
constexpr int64_t most_states = 500;  // looked at for the range

struct Decades {
    double low = -1, high = 1;  // log10
};

/// One range for the whole run, so that the bars move and not the axis.
Decades range_of(const Recording& recording) {
    Decades range;
    const int64_t stride = std::max<int64_t>(1, recording.size() / most_states);
    for (int64_t k = 0; k < recording.size(); k += stride) {
        const StepNumbers& numbers = recording.at(k)->numbers;
        if (numbers.force_low > 0 && std::isfinite(numbers.force_high)) {
            range.low = std::min(range.low, std::log10(numbers.force_low) - 0.7);
            range.high = std::max(range.high, std::log10(numbers.force_high) + 0.7);
        }
    }
    return {std::max(range.low, -6.0), std::min(range.high, 6.0)};
}

void setup_ticks(const Decades& range) {
    static const double places[] = {-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6};
    static const char* const texts[] = {"1e-6", "1e-5", "1e-4", "0.001", "0.01", "0.1", "1",
                                        "10",   "100",  "1000", "1e4",   "1e5",  "1e6"};
    ImPlot::SetupAxes("|guidance| / |score|", "density per decade", ImPlotAxisFlags_Lock, ImPlotAxisFlags_NoTickLabels);
    ImPlot::SetupAxisTicks(ImAxis_X1, places, 13, texts);
    ImPlot::SetupAxisLimits(ImAxis_X1, range.low, range.high, ImPlotCond_Always);
}

void update_bars(FieldView& view, const Decades& range) {
    if (view.bars.frame == view.frame && view.bars.low == range.low && view.bars.high == range.high) {
        return;
    }
    std::vector<float> logarithms;
    for (const float ratio : view.ratios) {
        logarithms.push_back(std::log10(ratio));  // -infinity and NaN are left out
    }
    view.bars = {view.frame, range.low, range.high,
                 histogram_of(logarithms, view.ratio_weights, range.low, range.high, bins).density,
                 weighted_median(logarithms, view.ratio_weights)};
}

void draw_upright(double x, const ImVec4& colour) {
    const ImVec2 corner = ImPlot::GetPlotPos();
    const float at = ImPlot::PlotToPixels(x, 0.0).x;
    ImPlot::PushPlotClipRect();
    ImPlot::GetPlotDrawList()->AddLine({at, corner.y}, {at, corner.y + ImPlot::GetPlotSize().y}, to_u32(colour), 1.5F);
    ImPlot::PopPlotClipRect();
}

/// The name of a line in the first or second row, on the side of it that has room, over whatever is there.
void name_upright(double x, const ImVec4& colour, const char* text, int row) {
    const ImVec2 corner = ImPlot::GetPlotPos();
    const ImVec2 size = ImGui::CalcTextSize(text);
    const float at = ImPlot::PlotToPixels(x, 0.0).x;
    const bool right = at + 4 + size.x < corner.x + ImPlot::GetPlotSize().x;
    const ImVec2 place{right ? at + 4 : at - 4 - size.x, corner.y + 2 + 1.1F * static_cast<float>(row) * size.y};
    ImPlot::PushPlotClipRect();
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    list.AddRectFilled({place.x - 1, place.y}, {place.x + size.x + 1, place.y + size.y},
                       ImGui::GetColorU32(ImGuiCol_WindowBg, 0.8F), 2);
    list.AddText(place, to_u32(colour), text);
    ImPlot::PopPlotClipRect();
}

}  // namespace

void draw_force_histogram(const PanelContext& context, FieldView& view, float height) {
    const Decades range = range_of(context.recording);
    update_bars(view, range);
    const double highest = *std::max_element(view.bars.density.begin(), view.bars.density.end());
    const Borderless plot;
    if (!ImPlot::BeginPlot(
            "##forces", {-1, height},
            ImPlotFlags_NoLegend | ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect | ImPlotFlags_NoMenus)) {
        return;
    }
    setup_ticks(range);
    ImPlot::SetupAxisLimits(ImAxis_Y1, 0, highest > 0 ? 1.25 * highest : 1, ImPlotCond_Always);
    ImPlot::SetupFinish();
    const Palette& colours = palette(context.view.light);
    const double width = (range.high - range.low) / bins;
    std::vector<double> centres;
    centres.reserve(bins);
    for (int i = 0; i < bins; ++i) {
        centres.push_back(range.low + width * (i + 0.5));
    }
    ImPlotSpec bars;
    bars.FillColor = colours.guidance;
    bars.FillAlpha = 0.7F;
    bars.LineWeight = 0;
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        ImPlot::PlotBars("particles", centres.data(), view.bars.density.data(), bins, width, bars);
    }
    draw_upright(0, colours.faint);
    if (std::isfinite(view.bars.median)) {
        draw_upright(view.bars.median, colours.text);
        name_upright(view.bars.median, colours.text, "median", 0);
    }
    name_upright(0, colours.faint, "even", 1);
    if (ImPlot::IsPlotHovered()) {
        ImGui::SetTooltip(
            "|shift| / |D - x| of each particle, by weight: what the guidance adds to the denoised\n"
            "prediction D, against the way from the particle x to D that the prior alone asks for.\n"
            "Above 1 the measurement pulls harder than the model: such particles are torn off the data.");
    }
    ImPlot::EndPlot();
}

}  // namespace drift
