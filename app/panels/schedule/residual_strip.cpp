// What the curves of a training did: how far the residuals of its batches were spread.
#include "app/panels/dimmed.h"
#include "app/panels/schedule/curve_plot.h"

#include "app/panels/borderless.h"
#include "app/panels/training/training_plots.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <vector>

namespace drift {

void draw_residual_strip(const PanelContext& context, const ScheduleView& schedule, float height) {
    const TrainingCurve& spread = training_of(context).history.spread;
    std::vector<double> u = spread.iteration;
    for (double& place : u) {
        place /= static_cast<double>(std::max<int64_t>(steps_of(context) - 1, 1));
    }
    const Borderless plot;
    if (!ImPlot::BeginPlot(
            "##residuals", {-1, height},
            ImPlotFlags_NoLegend | ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect | ImPlotFlags_NoMenus)) {
        return;
    }
    setup_step_axis(step_ticks(schedule.axis, steps_of(context), {}), false);
    const Span span = span_of({&spread}, true);
    ImPlot::SetupAxis(ImAxis_Y1, "spread", ImPlotAxisFlags_Lock | ImPlotAxisFlags_NoMenus);
    if (span.low > 0) {
        ImPlot::SetupAxisScale(ImAxis_Y1, ImPlotScale_Log10);
    }
    ImPlot::SetupAxisLimits(ImAxis_Y1, span.low, span.high, ImPlotCond_Always);
    ImPlot::SetupFinish();
    const Palette& colours = palette(context.view.light);
    ImPlotSpec line;
    line.LineColor = colours.guidance;
    line.LineWeight = 2;
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        ImPlot::PlotLine("spread", u.data(), spread.value.data(), static_cast<int>(u.size()), line);
    }
    const float x = ImPlot::PlotToPixels(place_shown(context), 1.0).x;
    const ImVec2 corner = ImPlot::GetPlotPos();
    ImPlot::PushPlotClipRect();
    ImPlot::GetPlotDrawList()->AddLine({x, corner.y}, {x, corner.y + ImPlot::GetPlotSize().y},
                                       to_u32(colours.playhead, 0.7F), 1.5F);
    ImPlot::PopPlotClipRect();
    ImPlot::EndPlot();
}

}  // namespace drift
