#include "app/panels/images/wall_drawing.h"

#include "app/panels/data/cloud.h"
#include "app/panels/dimmed.h"
#include "app/panels/images/wall_brush.h"
#include "app/panels/images/wall_update.h"
#include "app/panels/label.h"
#include "app/theme.h"

#include <algorithm>
#include <cstdio>

namespace drift {
namespace {

/// On the way from one state to the next the picture of the parent, and over it more and more the particle's own.
void draw_on_its_way(const WallScene& s, const WallTexture& before, const WallTexture& now, int32_t particle,
                     const ImVec2& from, const ImVec2& to) {
    const auto own = static_cast<size_t>(particle);
    if (s.stage.before != nullptr && s.stage.travel < 1) {
        draw_picture(s, before, parent_of(s.stage, own), from, to);
        const Faded coming(*ImGui::GetWindowDrawList(), s.stage.travel);
        draw_picture(s, now, own, from, to);
    } else {
        draw_picture(s, now, own, from, to);
    }
}

ImU32 frame_colour(const WallScene& s, int32_t particle) {
    if (s.wall.many_families) {
        return to_u32(palette(s.context.view.light).faint, 0.35F);
    }
    return to_u32(category_colour(s.wall.families[static_cast<size_t>(particle)], s.context.view.light));
}

void draw_weight(const WallScene& s, float weight, const ImVec2& at, float width, float height) {
    if (!s.weighted || height < 3) {
        return;
    }
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Palette& colours = palette(s.context.view.light);
    const float bar = std::min(0.35F * height, 5.0F);
    list.AddRectFilled({at.x, at.y + 1}, {at.x + width, at.y + 1 + bar}, to_u32(colours.lane));
    const double t = weight_on_scale(static_cast<double>(weight), s.frame.count);
    list.AddRectFilled({at.x, at.y + 1},
                       {at.x + width * (s.most_weight > 0 ? weight / s.most_weight : 0), at.y + 1 + bar},
                       to_u32(value_colour(t, s.context.view.light)));
    const float font = std::min(0.8F * ImGui::GetFontSize(), height - bar - 1);
    if (font > 9 && width > 3.2F * font) {
        char text[32];
        std::snprintf(text, sizeof text, "%.2g %%", 100 * static_cast<double>(weight));
        list.AddText(ImGui::GetFont(), font, {at.x, at.y + bar + 1}, to_u32(colours.faint), text);
    }
}

/// How many copies there are of a picture, on its corner, where there is room.
void draw_alike(const WallScene& s, const WallTile& tile, const ImVec2& at, float width) {
    char text[16];
    std::snprintf(text, sizeof text, "x %d", tile.alike);
    const float pad = label_pad();
    if (tile.alike > 1 && ImGui::CalcTextSize(text).x + 2 * pad < width) {
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const Faded apart(list, s.stage.apart);
        draw_label(list, {at.x + pad, at.y + pad / 2}, to_u32(palette(s.context.view.light).text), text);
    }
}

void draw_tile(const WallScene& s, const WallTile& tile, const WallRect& rect, const ImVec2& origin, float caption) {
    const auto x = origin.x + static_cast<float>(rect.x);
    const auto y = origin.y + static_cast<float>(rect.y);
    const auto width = static_cast<float>(rect.width);
    const auto height = static_cast<float>(rect.height);
    const int32_t particle = tile.particle;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Wall& wall = s.wall;
    const bool chosen = wall.brush && is_brushed(wall, particle);
    const Dimmed others(list, wall.brush && !chosen);
    const Faded dying(list, tile.alpha);
    const bool both = wall.shows == WallShows::Both && !s.frame.denoised.empty();
    const float middle = both ? x + width / 2 : x;
    if (both || wall.shows == WallShows::State || s.frame.denoised.empty()) {
        draw_on_its_way(s, wall.state_before, wall.state, particle, {x, y}, {both ? middle : x + width, y + height});
    }
    if (both || (wall.shows == WallShows::Denoised && !s.frame.denoised.empty())) {
        draw_on_its_way(s, wall.denoised_before, wall.denoised, particle, {middle, y}, {x + width, y + height});
    }
    const bool marked = wall.followed.contains(particle);
    const ImU32 colour = marked || chosen ? to_u32(palette(s.context.view.light).playhead) : frame_colour(s, particle);
    list.AddRect({x - 1, y - 1}, {x + width + 1, y + height + 1}, colour, 0, marked ? 4.0F : 2.0F);
    draw_weight(s, tile.weight, {x, y + height + 1}, width, caption);
    draw_alike(s, tile, {x, y}, width);
}

}  // namespace

void draw_picture(const WallScene& scene, const WallTexture& source, size_t particle, const ImVec2& from,
                  const ImVec2& to) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const auto index = static_cast<int64_t>(particle);
    if (!scene.gl || index >= most_pictures || source.texture.texture() == 0) {
        list.AddRectFilled(from, to, IM_COL32(90, 90, 90, 255));
        return;
    }
    const Atlas::Place place = source.atlas.place(index, scene.shape);
    list.AddImage(static_cast<ImTextureID>(source.texture.texture()), from, to, {place.u0, place.v0},
                  {place.u1, place.v1});
}

void draw_tiles(const WallScene& scene, const ImVec2& origin, const ImVec2& size) {
    const SharpPixels sharp(scene.gl);
    const auto caption = static_cast<float>(scene.wall.layout.caption * scene.wall.camera.zoom);
    for (const WallTile& tile : scene.wall.tiles) {
        const WallRect rect = scene.wall.camera.to_screen(tile.place);
        const bool seen = rect.x < static_cast<double>(size.x) && rect.x + rect.width > 0 &&
                          rect.y < static_cast<double>(size.y) &&
                          rect.y + rect.height + static_cast<double>(caption) > 0;
        if (seen) {
            draw_tile(scene, tile, rect, origin, caption);
        }
    }
}

}  // namespace drift
