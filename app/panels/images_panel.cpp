// The wall of pictures: every particle with its weight and family, beside what was measured.
#include "app/events.h"
#include "app/gl/graphics.h"
#include "app/panels/click.h"
#include "app/panels/dimmed.h"
#include "app/panels/flow.h"
#include "app/panels/images/wall_brush.h"
#include "app/panels/images/wall_drawing.h"
#include "app/panels/images/wall_update.h"
#include "app/panels/panels.h"
#include "app/panels/phase_text.h"
#include "app/theme.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace drift {
namespace {

constexpr double least_zoom = 0.25;
constexpr double most_zoom = 40;

/// A moment of the run: the state shown, or in a phase the way to it.
CloudMoment moment_of(const PanelContext& context) {
    return context.view.phase != Phase::Whole ? phase_moment(context.recording, context.view)
                                              : shown_moment(context.recording, context.step, 0);
}

void draw_toolbar(WallScene& s) {
    Wall& wall = s.wall;
    const float em = ImGui::GetFontSize();
    const char* shows[] = {"particles x", "denoised D(x)", "both"};
    int shown = static_cast<int>(wall.shows);
    ImGui::SetNextItemWidth(8.5F * em);
    if (ImGui::Combo("##shows", &shown, shows, 3)) {
        wall.shows = static_cast<WallShows>(shown);
        wall.fit = true;
    }
    ImGui::SetItemTooltip(
        "The noisy states themselves (with their contrast evened out),\n"
        "the clean pictures that the model predicts from them, or both");
    const char* orders[] = {"in order of slots", "heaviest first"};
    int order = static_cast<int>(wall.order);
    flow(9.5F * em);
    ImGui::SetNextItemWidth(9.5F * em);
    ImGui::BeginDisabled(s.frame.weights.empty());
    if (ImGui::Combo("##order", &order, orders, 2)) {
        wall.order = static_cast<WallOrder>(order);
    }
    ImGui::EndDisabled();
    ImGui::SetItemTooltip("A slot keeps its place from step to step; heavy pictures come first in the other order");
    flow(ImGui::CalcTextSize("Fit").x + 2 * ImGui::GetStyle().FramePadding.x);
    ImGui::BeginDisabled(wall.fit);
    if (ImGui::Button("Fit")) {
        wall.fit = true;
    }
    ImGui::EndDisabled();
    ImGui::SetItemTooltip("Show the whole wall again (wheel to zoom, drag to move, Shift and drag to choose)");
    std::string text = "step " + std::to_string(s.frame.numbers.step);
    if (!s.context.scene()->sigma.empty()) {
        text += ", sigma " + short_number(shown_sigma(s.context.recording, moment_of(s.context)));
    }
    const auto shown_count = static_cast<int64_t>(wall.positions.size());
    if (shown_count < s.frame.count) {
        text += ", the first " + grouped(shown_count) + " of " + grouped(s.frame.count) + " pictures";
    }
    // Room for any number: a line that wraps in some states only would move all pictures.
    flow(std::max(ImGui::CalcTextSize(text.c_str()).x, 11 * em));
    ImGui::AlignTextToFramePadding();
    ImGui::TextDisabled("%s", text.c_str());
    if (const std::string caution = caution_text(s.context); !caution.empty()) {
        const Palette& colours = palette(s.context.view.light);
        flow(ImGui::CalcTextSize(caution.c_str()).x);
        ImGui::TextColored(s.context.failure.empty() ? colours.warning : colours.error, "%s", caution.c_str());
    }
}

void draw_reference(const WallScene& s, const gl::PixelTexture& texture, const char* title, const char* help) {
    const float side = 6 * ImGui::GetFontSize();
    const float wide = side * static_cast<float>(s.shape.width) / static_cast<float>(s.shape.height);
    const float column = std::max(wide, ImGui::CalcTextSize(title).x);
    flow(column);
    ImGui::BeginGroup();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::Dummy({column, side});
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Dimmed old(list, s.context.stale);
    if (s.gl && texture.texture() != 0) {
        list.AddImage(static_cast<ImTextureID>(texture.texture()), at, {at.x + wide, at.y + side});
    } else {
        list.AddRectFilled(at, {at.x + wide, at.y + side}, IM_COL32(90, 90, 90, 255));
    }
    ImGui::TextDisabled("%s", title);
    ImGui::EndGroup();
    ImGui::SetItemTooltip("%s", help);
}

void draw_references(WallScene& s) {
    const Scene& scene = *s.context.scene();
    const SharpPixels sharp(s.gl);
    ImGui::Dummy({0, 0});
    if (!scene.measurement_picture.empty()) {
        draw_reference(s, s.wall.measurement, "measurement",
                       "What was measured. Striped pixels are unknown: the model has to fill them in.");
    }
    if (!scene.true_picture.empty()) {
        draw_reference(s, s.wall.truth, "true picture",
                       "The picture that the measurement was taken of. The run does not see it.");
    }
    draw_reference(s, s.wall.mean, "mean", "The weighted mean of the pictures below");
    char help[120];
    std::snprintf(
        help, sizeof help,
        "How much the pictures below differ: standard deviation, violet 0 to yellow %.2g (black to white is 2)",
        s.wall.most_deviation);
    draw_reference(s, s.wall.deviation, "deviation", help);
}

void describe_tile(WallScene& s, int32_t particle) {
    if (!ImGui::BeginTooltip()) {
        return;
    }
    const float zoom = 0.36F * ImGui::GetFontSize();
    const ImVec2 size{zoom * static_cast<float>(s.shape.width), zoom * static_cast<float>(s.shape.height)};
    ensure_texture(s.context, s.wall.state, s.frame, s.frame.x, s.gl);
    if (!s.frame.denoised.empty()) {
        ensure_texture(s.context, s.wall.denoised, s.frame, s.frame.denoised, s.gl);
    }
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const SharpPixels sharp(s.gl);
    draw_picture(s, s.wall.state, static_cast<size_t>(particle), at, {at.x + size.x, at.y + size.y});
    float right = at.x + size.x;
    if (!s.frame.denoised.empty()) {
        draw_picture(s, s.wall.denoised, static_cast<size_t>(particle), {right + 8, at.y},
                     {right + 8 + size.x, at.y + size.y});
        right += 8 + size.x;
    }
    ImGui::Dummy({right - at.x, size.y});
    ImGui::TextDisabled("the particle x%s", s.frame.denoised.empty() ? "" : ", and its denoised prediction D(x)");
    ImGui::Text("slot %d at step %lld", particle, static_cast<long long>(s.frame.numbers.step));
    if (!s.frame.weights.empty()) {
        const auto weight = static_cast<double>(s.frame.weights[static_cast<size_t>(particle)]);
        ImGui::Text("weight %.3g, %.3g of an equal share", weight, weight * static_cast<double>(s.frame.count));
    }
    if (!s.frame.ancestors.empty()) {
        ImGui::Text("parent in the step before: slot %d", s.frame.ancestors[static_cast<size_t>(particle)]);
    }
    ImGui::Text("first ancestor: slot %d", s.wall.families[static_cast<size_t>(particle)]);
    ImGui::EndTooltip();
}

/// Wheel, drag, double click and the rectangle; returns the particle under the mouse or -1.
int32_t handle_mouse(WallScene& s, const ImVec2& origin, const ImVec2& size) {
    Wall& wall = s.wall;
    ImGui::SetCursorScreenPos(origin);
    ImGui::InvisibleButton("wall", size);
    const ImVec2 mouse = ImGui::GetMousePos();
    const double x = static_cast<double>(mouse.x - origin.x);
    const double y = static_cast<double>(mouse.y - origin.y);
    if (ImGui::IsItemHovered()) {
        ImGui::SetItemKeyOwner(ImGuiKey_MouseWheelY);
        if (const float wheel = ImGui::GetIO().MouseWheel; wheel != 0) {
            wall.camera.zoom_at(x, y, std::pow(1.2, static_cast<double>(wheel)), least_zoom, most_zoom);
            wall.fit = false;
        }
        if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
            wall.fit = true;
        }
    }
    const bool brushes = wall.brush_from || (ImGui::IsItemActivated() && ImGui::GetIO().KeyShift);
    if (!brushes && ImGui::IsItemActive() && ImGui::IsMouseDragging(ImGuiMouseButton_Left)) {
        wall.camera.pan(static_cast<double>(ImGui::GetIO().MouseDelta.x),
                        static_cast<double>(ImGui::GetIO().MouseDelta.y));
        wall.fit = false;
    }
    // What is pointed at is where it is drawn: a wall that fits is centred by this.
    wall.camera.keep_inside(wall.layout, static_cast<double>(size.x), static_cast<double>(size.y));
    const double wall_x = wall.camera.x + x / wall.camera.zoom;
    const double wall_y = wall.camera.y + y / wall.camera.zoom;
    if (brush_wall(s.context, wall, wall_x, wall_y)) {
        return -1;
    }
    const int64_t position = ImGui::IsItemHovered() ? wall.layout.at(wall_x, wall_y) : -1;
    return position < 0 ? -1 : pictured_at(s.stage, wall.positions[static_cast<size_t>(position)]);
}

/// What the caption of a phase takes. Room for two lines: pictures would move with one that wraps in some phases only.
float foot_height(const PanelContext& context, float width) {
    const float height = phase_height(context, width);
    return height > 0 ? std::max(height, 5.2F * ImGui::GetFontSize()) : 0;
}

void draw_wall(WallScene& s) {
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const ImVec2 size{std::max(room.x, 32.0F), std::max(room.y - foot_height(s.context, room.x), 64.0F)};
    Wall& wall = s.wall;
    const double aspect = static_cast<double>(s.shape.width) / static_cast<double>(s.shape.height) *
                          (wall.shows == WallShows::Both ? 2 : 1);
    const double caption = s.weighted ? 1.15 * static_cast<double>(ImGui::GetFontSize()) : 0;
    WallLayout layout = fit_wall(static_cast<int64_t>(wall.positions.size()), static_cast<double>(size.x) - 4,
                                 static_cast<double>(size.y) - 4, aspect, 6, caption);
    if (layout.picture_height < 40) {  // many: no room for numbers
        layout = fit_wall(layout.count, static_cast<double>(size.x) - 4, static_cast<double>(size.y) - 4, aspect, 3,
                          caption > 0 ? 5 : 0);
    }
    wall.layout = layout;
    if (wall.fit) {
        wall.camera = {};
    }
    const int32_t under_mouse = handle_mouse(s, origin, size);
    if (under_mouse >= 0) {
        s.context.view.hovered = s.context.view.hovering = {s.frame.numbers.step, under_mouse};
        if (clicked_in_place()) {
            s.context.view.selected = s.context.view.hovered;
        }
    }
    wall.followed.update(s.context, s.frame.numbers.step);
    update_wall_brush(s.context, wall, s.frame);
    wall.tiles = tiles_of(s.stage, wall.positions, wall.layout);
    ImGui::PushClipRect(origin, {origin.x + size.x, origin.y + size.y}, true);
    {
        const Dimmed old(*ImGui::GetWindowDrawList(), s.context.stale);
        draw_tiles(s, origin, size);
    }
    draw_wall_brush(s.context, wall, s.frame, origin, size);
    ImGui::PopClipRect();
    draw_phase(s.context, *ImGui::GetWindowDrawList(), {origin.x, origin.y + size.y}, size.x);
    if (under_mouse >= 0 && !ImGui::IsMouseDragging(ImGuiMouseButton_Left)) {
        describe_tile(s, under_mouse);
    }
}

/// Between the weights that a phase begins with and those that it ends with: bars keep their scale all along.
float most_weight(PhaseStage stage) {
    float most = 0;
    std::vector<float> weights;
    for (const float way : {0.0F, 1.0F}) {
        stage.weigh = way;
        weigh(stage, weights);
        most = std::max(most, *std::max_element(weights.begin(), weights.end()));
    }
    return most;
}

}  // namespace

void draw_images_panel(PanelContext& context) {
    const Frame* frame = context.frame_with_arrays();
    if (context.graphics == nullptr || frame == nullptr || context.scene() == nullptr || !context.scene()->pictures()) {
        ImGui::TextWrapped("%s", empty_text(context).c_str());
        return;
    }
    const auto& shape = context.scene()->sample_shape;
    const PhaseStage stage = stage_of(context.recording, moment_of(context));
    WallScene s{context,
                context.graphics->wall,
                stage,
                *stage.now,
                {shape[0], shape[1], shape[2]},
                context.graphics->gl,
                !stage.now->weights.empty() || stage.weights != nullptr,
                most_weight(stage)};
    update_wall(context, s.wall, stage, s.gl);
    draw_toolbar(s);
    draw_references(s);
    draw_wall(s);
}

}  // namespace drift
