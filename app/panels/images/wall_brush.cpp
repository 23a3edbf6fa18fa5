#include "app/panels/images/wall_brush.h"

#include "app/lineage.h"
#include "app/panels/data/brush.h"
#include "app/panels/label.h"
#include "app/theme.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace drift {

bool brush_wall(PanelContext& context, Wall& wall, double x, double y) {
    if (ImGui::IsItemActivated() && ImGui::GetIO().KeyShift) {
        wall.brush_from = {x, y};
    }
    if (!wall.brush_from) {
        return false;
    }
    const auto [from_x, from_y] = *wall.brush_from;
    wall.brush_to = {x, y};
    if (!ImGui::IsItemActive()) {
        Brush brush{wall.order_frame.step, {}};
        for (const int64_t position : wall.layout.within(
                 {std::min(x, from_x), std::min(y, from_y), std::abs(x - from_x), std::abs(y - from_y)})) {
            brush.particles.push_back(wall.positions[static_cast<size_t>(position)]);
        }
        std::sort(brush.particles.begin(), brush.particles.end());
        context.view.brush = std::move(brush);
        wall.brush_from.reset();
    }
    return true;
}

void update_wall_brush(const PanelContext& context, Wall& wall, const Frame& frame) {
    const FrameKey key = key_of(context, frame);
    if (wall.brush == context.view.brush && wall.brush_frame == key) {
        return;
    }
    wall.brush = context.view.brush;
    wall.brush_frame = key;
    wall.brushed = brushed_at(context.recording, wall.brush, frame.numbers.step);
}

bool is_brushed(const Wall& wall, int32_t particle) {
    return std::binary_search(wall.brushed.begin(), wall.brushed.end(), particle);
}

void draw_wall_brush(const PanelContext& context, const Wall& wall, const Frame& frame, const ImVec2& corner,
                     const ImVec2& size) {
    const Palette& colours = palette(context.view.light);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    if (wall.brush_from) {
        const auto [x0, y0] = *wall.brush_from;
        const auto [x1, y1] = wall.brush_to;
        const WallRect rect =
            wall.camera.to_screen({std::min(x0, x1), std::min(y0, y1), std::abs(x1 - x0), std::abs(y1 - y0)});
        const ImVec2 low{corner.x + static_cast<float>(rect.x), corner.y + static_cast<float>(rect.y)};
        const ImVec2 high{low.x + static_cast<float>(rect.width), low.y + static_cast<float>(rect.height)};
        list.AddRectFilled(low, high, to_u32(colours.particle, 0.15F));
        list.AddRect(low, high, to_u32(colours.particle));
    }
    if (wall.brush) {
        const std::string text = brush_text(wall.brush, frame.numbers.step, wall.brushed.size());
        const float pad = label_pad();
        const ImVec2 room = ImGui::CalcTextSize(text.c_str());
        const ImVec2 at{corner.x + size.x - room.x - 3 * pad, corner.y + size.y - room.y - 2 * pad};
        draw_label(list, at, to_u32(colours.text), text.c_str());
    }
}

}  // namespace drift
