// Particles in the plane: our own points in a texture, inside ImPlot's axes.
#include "app/panels/data/plane.h"

#include "app/gl/graphics.h"
#include "app/panels/borderless.h"
#include "app/panels/data/badges.h"
#include "app/panels/data/brush.h"
#include "app/panels/data/histogram.h"
#include "app/panels/data/legend.h"
#include "app/panels/data/overlay.h"
#include "app/panels/data/paint.h"
#include "app/panels/data/residuals.h"
#include "app/panels/dimmed.h"
#include "app/panels/phase_text.h"
#include "app/theme.h"

#include "core/error.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace drift {
namespace {

CloudMoment moment_of(const PanelContext& context) {
    if (context.view.phase != Phase::Whole) {
        return phase_moment(context.recording, context.view);
    }
    const double fraction = context.view.playing ? context.view.playhead - static_cast<double>(context.step) : 0;
    return shown_moment(context.recording, context.step, fraction);
}

/// Builds the cloud where what it shows has changed.
void update_picture(PanelContext& context, DataView& data, bool gl) {
    if (context.view.colour_by == ColourBy::Residual && context.frame()->training == nullptr) {
        context.view.colour_by = ColourBy::Weight;  // the method on screen has no residuals, and will have none
    }
    const View& view = context.view;
    const CloudMoment moment = moment_of(context);
    CloudOptions options;
    options.colour_by = view.colour_by;
    options.size_by_weight = view.weights;
    options.trails = view.trails;
    options.ghosts = view.ghosts;
    const bool arrows = data.space == Space::Data && !context.scene()->noise_space();
    options.faded = arrows && ((view.score_arrows && !context.scene()->sigma.empty()) ||
                               ((view.guidance_arrows || view.total_arrows) && context.scene()->guided));
    options.space = data.space;
    options.axis_x = data.axis_x;
    options.axis_y = data.axis_y;
    options.light = view.light;
    options.pixel = ImGui::GetFontSize() / 16;
    const bool split = moment.phase == Phase::Resample || moment.phase == Phase::Move;
    options.per_pixel = split ? static_cast<float>(data.per_pixel) : 0;
    if (view.colour_by == ColourBy::Residual) {
        options.ended = state_with_residuals(context.recording, moment.step + (moment.fraction > 0 ? 1 : 0));
    }
    const FrameKey frame = key_of(context, *context.recording.at(moment.step));
    if (data.frame == frame && data.moment == moment && data.options == options) {
        return;
    }
    data.frame = frame;
    data.moment = moment;
    data.sigma = noise_on(*context.scene(), data.space, shown_sigma(context.recording, moment));
    data.options = options;
    build_picture(context.recording, moment, options, data.picture);
    if (gl && data.points != nullptr) {
        data.points->show(data.picture.cloud);
    }
}

void set_limits(const PanelContext& context, DataView& data) {
    const GridBox box = box_at(*context.scene(), data.space, data.sigma, data.axis_x, data.axis_y, 2.4);
    const double half = (box.x_max - box.x_min) / 2;
    const double aspect = std::max(0.2, static_cast<double>(data.plot_aspect));
    const double half_x = aspect > 1 ? half * aspect : half;
    const double half_y = aspect > 1 ? half : half / aspect;
    const double x = (box.x_min + box.x_max) / 2;
    const double y = (box.y_min + box.y_max) / 2;
    const ImPlotCond when = data.follow_noise ? ImPlotCond_Always : ImPlotCond_Once;
    ImPlot::SetupAxisLimits(ImAxis_X1, x - half_x, x + half_x, when);
    ImPlot::SetupAxisLimits(ImAxis_Y1, y - half_y, y + half_y, when);
}

void blend_premultiplied(const ImDrawList*, const ImDrawCmd*) {
    glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
}

/// The texture with the particles, drawn anew where they, the limits or the size have changed.
void show_points(const PanelContext& context, DataView& data) {
    const ImPlotRect limits = ImPlot::GetPlotLimits();
    const ImVec2 size = ImPlot::GetPlotSize();
    const float quality = context.view.low_fill ? 0.75F : 1.0F;
    const float ratio = quality * ImGui::GetIO().DisplayFramebufferScale.x;
    CloudView view{limits.X.Min, limits.X.Max, limits.Y.Min, limits.Y.Max};
    view.width = std::clamp(static_cast<int>(size.x * ratio), 1, 8192);
    view.height = std::clamp(static_cast<int>(size.y * ratio), 1, 8192);
    view.pixel_ratio = ratio;
    view.samples = context.view.low_fill ? 0 : 4;
    const ImVec4 rim = context.view.light ? ImVec4{1, 1, 1, 1} : palette(false).background;
    view.rim[0] = rim.x;
    view.rim[1] = rim.y;
    view.rim[2] = rim.z;
    data.points->look(view);
    const float tint = context.stale ? dimmed_alpha : 1.0F;
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    list.AddCallback(blend_premultiplied, nullptr);
    ImPlot::PlotImage("##particles", static_cast<ImTextureID>(data.points->texture()), {limits.X.Min, limits.Y.Min},
                      {limits.X.Max, limits.Y.Max}, {0, 1}, {1, 0}, {tint, tint, tint, tint});
    list.AddCallback(ImGui::GetPlatformIO().DrawCallback_ResetRenderState, nullptr);
}

void draw_plane(PanelContext& context, DataView& data, bool gl, float height) {
    if (!ImPlot::BeginPlot(
            "##data", {-1, height},
            ImPlotFlags_Equal | ImPlotFlags_NoLegend | ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect)) {
        return;
    }
    const std::string x_label = axis_name(data.space, data.axis_x);
    const std::string y_label = axis_name(data.space, data.axis_y);
    ImPlot::SetupAxes(x_label.c_str(), y_label.c_str());
    set_limits(context, data);
    ImPlot::SetupFinish();
    data.per_pixel = ImPlot::GetPlotLimits().X.Size() / static_cast<double>(std::max(ImPlot::GetPlotSize().x, 1.0F));
    data.plot_aspect = ImPlot::GetPlotSize().x / std::max(ImPlot::GetPlotSize().y, 1.0F);
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_decoder_grid(context, data);
        draw_prior_contours(context, data);
    }
    draw_measurement_bands(context, data);
    draw_measurement_in_noise(context, data);
    if (gl && data.points != nullptr) {
        show_points(context, data);
    }
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_truth_contours(context, data);
        draw_arrows(context, data);
    }
    draw_measurement_lines(context, data);  // as it is being edited
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_brush(context, data);
        draw_selection(context, data);
    }
    draw_painting(context, data);
    draw_badges(context, data);
    watch_hand(data);
    ImPlot::EndPlot();
}

/// The height below the plot that the phases of a step take: the same for all of a walk, or the picture would jump.
float room_for_phase(const PanelContext& context, DataView& data) {
    const float now = phase_height(context, ImGui::GetContentRegionAvail().x);
    data.phase_height = now > 0 ? std::max(data.phase_height, now) : 0;
    return data.phase_height > 0 ? data.phase_height + ImGui::GetStyle().ItemSpacing.y : 0;
}

void make_points(DataView& data) {
    if (data.points != nullptr || !data.failure.empty()) {
        return;
    }
    try {
        data.points = std::make_unique<PointPicture>();
    } catch (const std::exception& error) {
        data.failure = error.what();
    }
}

}  // namespace

void draw_space(PanelContext& context, DataView& data) {
    const bool gl = context.graphics->gl;
    if (gl) {
        make_points(data);
    }
    const int64_t d = dimension_of(*context.scene(), data.space);
    data.axis_x = std::min(data.axis_x, d - 1);
    data.axis_y = std::min(data.axis_y, d - 1);
    if (d > 1 && data.axis_x == data.axis_y) {
        data.axis_x = 0;
        data.axis_y = 1;
    }
    if (!data.failure.empty()) {
        ImGui::TextWrapped("The particles cannot be drawn: %s", data.failure.c_str());
    }
    update_picture(context, data, gl);
    draw_data_toolbar(context, data);
    draw_paint_toolbar(context, data);
    const bool legend_below = legend_fits();
    const float legend = legend_below ? data.legend_height + ImGui::GetStyle().ItemSpacing.y : 0;
    const float phase = room_for_phase(context, data);
    const float height = std::max(ImGui::GetContentRegionAvail().y - legend - phase, 8 * ImGui::GetFontSize());
    const Borderless plots;
    if (d == 1) {
        draw_histogram(context, data, height);
    } else {
        draw_plane(context, data, gl, height);
    }
    if (phase > 0) {
        const float width = ImGui::GetContentRegionAvail().x;
        draw_phase(context, *ImGui::GetWindowDrawList(), ImGui::GetCursorScreenPos(), width);
        ImGui::Dummy({width, phase - ImGui::GetStyle().ItemSpacing.y});
    }
    if (legend_below) {
        const float top = ImGui::GetCursorPosY();
        draw_data_legend(context, data);
        data.legend_height = ImGui::GetCursorPosY() - top;
    }
}

}  // namespace drift
