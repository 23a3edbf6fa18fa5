#include "app/panels/numbers/number_lines.h"

#include "app/params_ui.h"
#include "app/theme.h"

#include <imgui.h>

namespace drift {
namespace {

void faint_text(PanelContext& context, const std::string& text) {
    ImGui::PushStyleColor(ImGuiCol_Text, palette(context.view.light).faint);
    ImGui::TextWrapped("%s", text.c_str());
    ImGui::PopStyleColor();
}

/// What a value is compared with: beside it where there is room, else below it.
void reference_text(PanelContext& context, const std::string& reference, float right_edge) {
    if (reference.empty()) {
        return;
    }
    const float gap = ImGui::GetFontSize();
    if (right_edge + gap + ImGui::CalcTextSize(reference.c_str()).x <
        ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x) {
        ImGui::SameLine(0, gap);
    }
    faint_text(context, reference);
}

ImVec4 colour_of(Light light, bool on_light_ground) {
    const Palette& colours = palette(on_light_ground);
    return light == Light::Good ? colours.good : light == Light::Caution ? colours.warning : colours.error;
}

void draw_light(PanelContext& context, Light light) {
    const float side = 0.62F * ImGui::GetFontSize();
    const ImVec2 from = ImGui::GetCursorScreenPos();
    const ImVec2 centre{from.x + side / 2, from.y + ImGui::GetTextLineHeight() / 2};
    const ImU32 colour = to_u32(colour_of(light, context.view.light));
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float half = side / 2;
    if (light == Light::Good) {
        list.AddCircleFilled(centre, half, colour);
    } else if (light == Light::Caution) {
        list.AddTriangleFilled({centre.x, centre.y - half}, {centre.x + half, centre.y + half},
                               {centre.x - half, centre.y + half}, colour);
    } else {
        list.AddRectFilled({centre.x - half, centre.y - half}, {centre.x + half, centre.y + half}, colour);
    }
    ImGui::Dummy({side, side});
    ImGui::SameLine(0, 0.35F * ImGui::GetFontSize());
}

void title_text(PanelContext& context, const char* title, const Help& help) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::PushStyleColor(ImGuiCol_Text, palette(context.view.light).faint);
    ImGui::TextUnformatted(title);
    ImGui::PopStyleColor();
    help_tooltip(help);
    ImGui::TableNextColumn();
}

}  // namespace

bool begin_section(PanelContext& context, const char* title, const std::string& summary, bool open) {
    const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
    const ImGuiTreeNodeFlags flags = ImGuiTreeNodeFlags_NoTreePushOnOpen | ImGuiTreeNodeFlags_SpanAvailWidth |
                                     (open ? ImGuiTreeNodeFlags_DefaultOpen : ImGuiTreeNodeFlags_None);
    const bool is_open = ImGui::TreeNodeEx(title, flags);
    const float width = ImGui::CalcTextSize(summary.c_str()).x;
    const float taken = ImGui::CalcTextSize(title, nullptr, true).x + 3 * ImGui::GetFontSize();
    if (!is_open && !summary.empty() && taken + width < right) {
        ImGui::SameLine(right - width);
        ImGui::TextColored(palette(context.view.light).faint, "%s", summary.c_str());
    }
    return is_open;
}

std::string end_note(const PanelContext& context) {
    const bool at_end = context.step + 1 >= context.recording.size();
    return context.summary == nullptr || at_end ? "" : "at the end";
}

void caption_line(PanelContext& context, const std::string& text) {
    if (!text.empty()) {
        faint_text(context, text);
    }
}

bool begin_lines(const char* id) {
    if (!ImGui::BeginTable(id, 2, ImGuiTableFlags_SizingStretchProp)) {
        return false;
    }
    ImGui::TableSetupColumn("title", ImGuiTableColumnFlags_WidthStretch, 0.4F);
    ImGui::TableSetupColumn("value", ImGuiTableColumnFlags_WidthStretch, 0.6F);
    return true;
}

void end_lines() {
    ImGui::EndTable();
}

void line(PanelContext& context, const char* title, const std::string& value, const std::string& reference,
          const Help& help) {
    title_text(context, title, help);
    ImGui::TextUnformatted(value.c_str());
    help_tooltip(help);
    reference_text(context, reference, ImGui::GetItemRectMax().x);
}

void light_line(PanelContext& context, const char* title, const std::string& value, Light light, const char* word,
                const std::string& reference, const Help& help) {
    title_text(context, title, help);
    ImGui::TextUnformatted(value.c_str());
    help_tooltip(help);
    if (light != Light::None) {
        ImGui::SameLine(0, 0.6F * ImGui::GetFontSize());
        draw_light(context, light);
        ImGui::TextUnformatted(word);
        help_tooltip(help);
    }
    reference_text(context, reference, ImGui::GetItemRectMax().x);
}

}  // namespace drift
