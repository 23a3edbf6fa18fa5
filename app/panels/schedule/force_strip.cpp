// What the schedule did: how hard the guidance pulled against the score, step by step.
#include "app/panels/dimmed.h"
#include "app/panels/schedule/curve_plot.h"

#include "app/panels/borderless.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

constexpr int64_t most_points = 2000;  // more than there are pixels

struct ForceLines {
    std::vector<double> u, low, median, high;
};

ForceLines force_lines(const Recording& recording, int64_t steps) {
    ForceLines lines;
    const int64_t stride = std::max<int64_t>(1, steps / most_points);
    for (int64_t k = 0; k < std::min(recording.size(), steps); k += stride) {
        const StepNumbers& numbers = recording.at(k)->numbers;
        if (numbers.force_median > 0 && std::isfinite(numbers.force_high)) {
            lines.u.push_back(steps > 1 ? static_cast<double>(k) / static_cast<double>(steps - 1) : 0);
            lines.low.push_back(std::max(numbers.force_low, 1e-9));
            lines.median.push_back(numbers.force_median);
            lines.high.push_back(std::max(numbers.force_high, 1e-9));
        }
    }
    return lines;
}

void setup_force_axis(const ForceLines& lines) {
    double low = 0.1;
    double high = 10;
    if (!lines.u.empty()) {
        low = std::min(low, *std::min_element(lines.low.begin(), lines.low.end()) / 1.5);
        high = std::max(high, *std::max_element(lines.high.begin(), lines.high.end()) * 1.5);
    }
    ImPlot::SetupAxis(ImAxis_Y1, "ratio", ImPlotAxisFlags_Lock | ImPlotAxisFlags_NoMenus);
    ImPlot::SetupAxisScale(ImAxis_Y1, ImPlotScale_Log10);
    ImPlot::SetupAxisLimits(ImAxis_Y1, std::max(low, 1e-6), std::min(high, 1e6), ImPlotCond_Always);
}

void draw_force_lines(const ForceLines& lines, const Palette& colours) {
    const int count = static_cast<int>(lines.u.size());
    ImPlotSpec band;
    band.FillColor = colours.guidance;
    band.FillAlpha = 0.38F;
    ImPlot::PlotShaded("10 to 90 %", lines.u.data(), lines.low.data(), lines.high.data(), count, band);
    ImPlotSpec median;
    median.LineColor = colours.guidance;
    median.LineWeight = 2;
    ImPlot::PlotLine("median", lines.u.data(), lines.median.data(), count, median);
    const double ends[] = {-1, 2};
    const double one[] = {1, 1};
    ImPlotSpec even;
    even.LineColor = colours.text;
    even.LineWeight = 1;
    ImPlot::PlotLine("##even", ends, one, 2, even);
}

}  // namespace

void draw_force_strip(const PanelContext& context, const ScheduleView& schedule, float height) {
    const int64_t steps = steps_of(context);
    const ForceLines lines = force_lines(context.recording, steps);
    const Borderless plot;
    if (!ImPlot::BeginPlot(
            "##strip", {-1, height},
            ImPlotFlags_NoLegend | ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect | ImPlotFlags_NoMenus)) {
        return;
    }
    setup_step_axis(
        step_ticks(schedule.axis, steps, context.scene() == nullptr ? std::vector<double>{} : context.scene()->sigma),
        false);
    setup_force_axis(lines);
    ImPlot::SetupFinish();
    const Palette& colours = palette(context.view.light);
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_force_lines(lines, colours);
    }
    const double share = static_cast<double>(context.step) / static_cast<double>(std::max<int64_t>(steps - 1, 1));
    const ImVec2 corner = ImPlot::GetPlotPos();
    const float x = ImPlot::PlotToPixels(std::min(share, 1.0), 1.0).x;
    ImPlot::PushPlotClipRect();
    ImPlot::GetPlotDrawList()->AddLine({x, corner.y}, {x, corner.y + ImPlot::GetPlotSize().y},
                                       to_u32(colours.playhead, 0.7F), 1.5F);
    ImPlot::PopPlotClipRect();
    if (lines.u.empty()) {
        const char* text = context.scene() != nullptr && !context.scene()->guided ? "this method has no guidance"
                                                                                  : "no steps with guidance yet";
        ImPlot::GetPlotDrawList()->AddText({corner.x + 8, corner.y + 6}, to_u32(colours.faint), text);
    }
    ImPlot::EndPlot();
}

}  // namespace drift
