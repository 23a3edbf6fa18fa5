#include "app/panels/data/badges.h"

#include "app/events.h"
#include "app/panels/label.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace drift {
namespace {

/// Of noisy particles, of which a view fitted to Gaussian noise leaves out a few in a hundred, and of clean ones.
constexpr double many_outside = 0.1;
constexpr double many_clean_outside = 0.005;

/// A line of text on a ground that keeps it readable; `row` counts from the corner.
void draw_badge(const std::string& text, const ImVec4& colour, bool right, int row) {
    const ImVec2 size = ImGui::CalcTextSize(text.c_str());
    const ImVec2 corner = ImPlot::GetPlotPos();
    const float pad = label_pad();
    const float x = right ? corner.x + ImPlot::GetPlotSize().x - size.x - 3 * pad : corner.x + 2 * pad;
    const float y = corner.y + 2 * pad + static_cast<float>(row) * (size.y + 2.5F * pad);
    draw_label(*ImPlot::GetPlotDrawList(), {x, y}, to_u32(colour), text.c_str());
}

/// Marks along the upper border for particles that are not finite.
void mark_non_finite(const PanelContext& context, const DataView& data) {
    const ImVec4 colour = palette(context.view.light).error;
    const ImVec2 corner = ImPlot::GetPlotPos();
    const float width = ImPlot::GetPlotSize().x;
    const float size = 0.3F * ImGui::GetFontSize();
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    const auto n = static_cast<float>(data.picture.places.size());
    float last = -size;
    for (size_t i = 0; i < data.picture.places.size(); ++i) {
        const float x = size + (width - 2 * size) * (static_cast<float>(i) + 0.5F) / n;
        if (std::isnan(data.picture.places[i].x) && x - last >= 2.5F * size) {  // apart, however many there are
            const ImVec2 at{corner.x + x, corner.y + size + 1};
            list.AddTriangleFilled({at.x - size, at.y + size}, {at.x + size, at.y + size}, {at.x, at.y - size},
                                   to_u32(colour));
            last = x;
        }
    }
}

void draw_cautions(const PanelContext& context, const DataView& data) {
    const Palette& colours = palette(context.view.light);
    const auto n = static_cast<int64_t>(data.picture.places.size());
    int row = data.picture.non_finite > 0 ? 1 : 0;  // the marks have the border
    if (const std::string caution = caution_text(context); !caution.empty()) {
        draw_badge(caution, context.failure.empty() ? colours.warning : colours.error, false, row++);
    }
    if (data.picture.non_finite > 0) {
        mark_non_finite(context, data);
        draw_badge(grouped(data.picture.non_finite) + " of " + grouped(n) + " particles are not finite", colours.error,
                   false, row++);
    }
    if (!data.follow_noise) {
        return;  // who zooms in knows that there is more
    }
    const ImPlotRect limits = ImPlot::GetPlotLimits();
    const int64_t outside =
        count_outside(data.picture.places, {limits.X.Min, limits.X.Max, limits.Y.Min, limits.Y.Max, 0, 0},
                      dimension_of(*context.scene(), data.space) == 1);
    if (is_worth_a_badge(outside, n, data.sigma)) {
        draw_badge(grouped(outside) + " of " + grouped(n) + " particles outside the view", colours.warning, false, row);
    }
}

}  // namespace

bool is_worth_a_badge(int64_t outside, int64_t n, double sigma) {
    return static_cast<double>(outside) > (sigma > 0 ? many_outside : many_clean_outside) * static_cast<double>(n);
}

int64_t count_outside(const std::vector<PlanePoint>& places, const GridBox& limits, bool flat) {
    const auto x_min = static_cast<float>(limits.x_min);
    const auto x_max = static_cast<float>(limits.x_max);
    const auto y_min = static_cast<float>(limits.y_min);
    const auto y_max = static_cast<float>(limits.y_max);
    return std::count_if(places.begin(), places.end(), [=](const PlanePoint& place) {
        return place.x < x_min || place.x > x_max || (!flat && (place.y < y_min || place.y > y_max));  // NaN is neither
    });
}

void draw_badges(const PanelContext& context, const DataView& data) {
    const Palette& colours = palette(context.view.light);
    const StepNumbers& numbers = context.recording.at(data.picture.step)->numbers;
    char text[96];
    const auto step = static_cast<long long>(context.step);
    if (!context.scene()->sigma.empty()) {
        std::snprintf(text, sizeof text, "step %lld   sigma %.3g", step, data.sigma);
    } else if (context.scene()->ladder) {
        std::snprintf(text, sizeof text, "step %lld   beta %.3g", step, context.frame()->numbers.beta);
    } else {
        std::snprintf(text, sizeof text, "step %lld", step);
    }
    draw_badge(text, colours.faint, true, 0);
    int row = 1;
    if (data.moment.fraction > 0 && data.moment.phase == Phase::Whole) {
        draw_badge("display interpolated", colours.faint, true, row++);
    }
    if (data.picture.step != context.step && data.moment.fraction == 0 && data.moment.phase == Phase::Whole) {
        std::snprintf(text, sizeof text, "thinned here: particles of step %lld", static_cast<long long>(numbers.step));
        draw_badge(text, colours.warning, true, row++);
    }
    draw_cautions(context, data);
}

}  // namespace drift
