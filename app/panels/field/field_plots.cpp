#include "app/panels/field/field_plots.h"

#include "app/gl/graphics.h"
#include "app/panels/borderless.h"
#include "app/panels/data/overlay.h"
#include "app/panels/dimmed.h"
#include "app/panels/field/field_particles.h"
#include "app/panels/field/field_plane.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace drift {
namespace {

double number(float value) {
    return static_cast<double>(value);
}

/// The grid point nearest to the mouse with everything that is known of it.
void describe_point(const FieldView& view) {
    const GridBox& box = view.field->box;
    const int point = point_at_mouse(box);
    if (point < 0 || !ImGui::BeginTooltip()) {
        return;
    }
    const double step = (box.x_max - box.x_min) / (box.columns - 1);
    const int column = point % box.columns;
    const int row = point / box.columns;
    const auto i = static_cast<size_t>(point);
    const std::vector<float>& method = view.field->method;
    const std::vector<float>& exact = view.field->exact;
    ImGui::Text("at x = (%.3g, %.3g)", box.x_min + step * column, box.y_min + step * row);
    ImGui::Text("method: shift (%.3g, %.3g)", number(method[2 * i]), number(method[2 * i + 1]));
    ImGui::Text("exact:  shift (%.3g, %.3g)", number(exact[2 * i]), number(exact[2 * i + 1]));
    ImGui::Text("cosine %.3f, |method| / |exact| %.3g", number(view.field->agreement.cosine[i]),
                std::exp2(number(view.field->agreement.log_ratio[i])));
    ImGui::TextDisabled("shift = zeta sigma^2 grad log psi; exact: sigma^2 grad log p(y | x_sigma)");
    ImGui::EndTooltip();
}

void draw_map_plane(PanelContext& context, FieldView& view, const ImVec2& size, const HeatMap& map) {
    if (!begin_plane((std::string("##") + map.title).c_str(), size, view, view.field->box)) {
        return;
    }
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_cells(view.field->box, map, context.view.light);
        draw_truth_contours(context, context.graphics->data);
        draw_field_particles(context);
    }
    draw_plane_title(map.title, palette(context.view.light).text);
    describe_point(view);
    describe_field_particle(context);
    end_plane(view);
}

/// With its colours below it; `size` holds both.
void draw_heat_map(PanelContext& context, FieldView& view, const ImVec2& size, const HeatMap& map) {
    ImGui::BeginGroup();
    const float below = colour_bar_height() + ImGui::GetStyle().ItemSpacing.y;
    draw_map_plane(context, view, {size.x, size.y - below}, map);
    draw_colour_bar(map, size.x, context.view.light);
    ImGui::EndGroup();
}

ImVec2 half_of_the_row(float height) {
    return {(ImGui::GetContentRegionAvail().x - ImGui::GetStyle().ItemSpacing.x) / 2, height};
}

}  // namespace

void draw_field_arrows(PanelContext& context, FieldView& view, float height) {
    const Palette& colours = palette(context.view.light);
    const GridBox& box = view.field->box;
    const double cell = cell_width(view, box);
    const double scale = scale_for(view.field->exact, cell);
    const ImVec2 size = half_of_the_row(height);
    const Borderless plots;
    for (const bool exact : {false, true}) {
        if (begin_plane(exact ? "##exact field" : "##method field", size, view, box)) {
            const ImVec4& colour = exact ? colours.score : colours.guidance;
            {
                const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
                draw_truth_contours(context, context.graphics->data);
                draw_field_particles(context);
                draw_vectors(box, exact ? view.field->exact : view.field->method, scale, cell, to_u32(colour));
            }
            draw_plane_title(exact ? "exact guidance" : "guidance of the method", colour);
            describe_point(view);
            describe_field_particle(context);
            end_plane(view);
        }
        if (!exact) {
            ImGui::SameLine();
        }
    }
}

void draw_field_agreement(PanelContext& context, FieldView& view, float height) {
    const ImVec2 size = half_of_the_row(height);
    const Agreement& agreement = view.field->agreement;
    const Borderless plots;
    draw_heat_map(context, view, size, cosine_map("cosine of the angle", agreement.cosine));
    ImGui::SameLine();
    draw_heat_map(context, view, size, ratio_map("|method| / |exact|", agreement.log_ratio));
}

}  // namespace drift
