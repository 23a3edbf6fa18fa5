// The share of the weight in each mode of the exact posterior, beside the exact share.
#include "app/events.h"
#include "app/panels/numbers/number_lines.h"
#include "app/params_ui.h"
#include "app/theme.h"

#include <imgui.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace drift {
namespace {

constexpr size_t max_modes = 12;

void draw_bar(PanelContext& context, double share, double truth, double scale) {
    const Palette& colours = palette(context.view.light);
    const ImVec2 from = ImGui::GetCursorScreenPos();
    const float height = ImGui::GetTextLineHeight();
    const float width = ImGui::GetContentRegionAvail().x;
    ImGui::Dummy({width, height});
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const auto x_of = [&](double value) { return from.x + width * static_cast<float>(std::min(value / scale, 1.0)); };
    list.AddRectFilled(from, {from.x + width, from.y + height}, to_u32(colours.lane, 0.6F), 2);
    list.AddRectFilled({from.x, from.y + height * 0.2F}, {x_of(share), from.y + height * 0.8F},
                       to_u32(colours.particle), 2);
    const float x = x_of(truth);
    list.AddRectFilled({x - 1.5F, from.y - 1}, {x + 1.5F, from.y + height + 1}, to_u32(colours.playhead));
    ImGui::SetItemTooltip("here %s, exact posterior %s", percent(share).c_str(), percent(truth).c_str());
}

/// A square in the colour that the picture may give a mode: as text some of these colours could not be read.
void draw_swatch(const ImVec4& colour) {
    const float side = 0.62F * ImGui::GetFontSize();
    const ImVec2 from = ImGui::GetCursorScreenPos();
    const float top = from.y + (ImGui::GetTextLineHeight() - side) / 2;
    ImGui::GetWindowDrawList()->AddRectFilled({from.x, top}, {from.x + side, top + side}, to_u32(colour), 2);
    ImGui::Dummy({side, side});
    ImGui::SameLine(0, 0.4F * ImGui::GetFontSize());
}

/// What is left beside the modes that are shown, as one.
struct Rest {
    size_t count = 0;
    double share = 0, truth = 0;
};

Rest rest_of(const std::vector<size_t>& order, const MixtureView& modes, const ModeShares& shares) {
    Rest rest;
    for (size_t i = max_modes; i < order.size(); ++i) {
        ++rest.count;
        rest.share += shares.share.at(order[i]);
        rest.truth += modes.weights[order[i]];
    }
    return rest;
}

/// The last row: the rest can be much of the mass where there are many modes.
void draw_rest(PanelContext& context, const Rest& rest, double scale) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::TextDisabled("%zu others", rest.count);
    ImGui::SetItemTooltip("All modes that are not among the %zu with the largest exact shares", max_modes);
    ImGui::TableNextColumn();
    draw_bar(context, rest.share, rest.truth, scale);
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(percent(rest.share).c_str());
}

}  // namespace

void draw_mode_bars(PanelContext& context, const MixtureView& modes, const ModeShares& shares) {
    std::vector<size_t> order(modes.weights.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return modes.weights[a] > modes.weights[b]; });
    const Rest rest = rest_of(order, modes, shares);
    order.resize(std::min(order.size(), max_modes));
    double scale = std::max({1e-9, rest.share, rest.truth});
    for (const size_t j : order) {
        scale = std::max({scale, modes.weights[j], shares.share.at(j)});
    }
    scale *= 1.05;
    if (!ImGui::BeginTable("modes", 3, ImGuiTableFlags_SizingStretchProp)) {
        return;
    }
    ImGui::TableSetupColumn("mode", ImGuiTableColumnFlags_WidthFixed);
    ImGui::TableSetupColumn("bar", ImGuiTableColumnFlags_WidthStretch);
    ImGui::TableSetupColumn("share", ImGuiTableColumnFlags_WidthFixed);
    for (const size_t j : order) {
        ImGui::TableNextRow();
        ImGui::TableNextColumn();
        draw_swatch(category_colour(static_cast<int64_t>(j), context.view.light));
        ImGui::Text("%d", static_cast<int>(j) + 1);
        ImGui::TableNextColumn();
        draw_bar(context, shares.share.at(j), modes.weights[j], scale);
        ImGui::TableNextColumn();
        ImGui::TextUnformatted(percent(shares.share.at(j)).c_str());
    }
    if (rest.count > 0) {
        draw_rest(context, rest, scale);
    }
    ImGui::EndTable();
}

}  // namespace drift
