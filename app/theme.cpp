#include "app/theme.h"

#include <implot.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace drift {
namespace {

constexpr ImVec4 rgb(int hex, float alpha = 1) {
    return {static_cast<float>((hex >> 16) & 255) / 255.0F, static_cast<float>((hex >> 8) & 255) / 255.0F,
            static_cast<float>(hex & 255) / 255.0F, alpha};
}

// Okabe and Ito (2008).
constexpr ImVec4 orange = rgb(0xE69F00);
constexpr ImVec4 sky_blue = rgb(0x56B4E9);
constexpr ImVec4 bluish_green = rgb(0x009E73);
constexpr ImVec4 yellow = rgb(0xF0E442);
constexpr ImVec4 blue = rgb(0x0072B2);
constexpr ImVec4 vermilion = rgb(0xD55E00);
constexpr ImVec4 reddish_purple = rgb(0xCC79A7);

void set_colours(ImGuiStyle& style, bool light) {
    const ImVec4 panel = light ? rgb(0xFAFBFC) : rgb(0x1B2129);
    const ImVec4 raised = light ? rgb(0xE9EDF2) : rgb(0x29323E);
    const ImVec4 hover = light ? rgb(0xD5DEE9) : rgb(0x37445A);
    const ImVec4 active = light ? rgb(0xB9CCE2) : rgb(0x3F5A80);
    const ImVec4 border = light ? rgb(0xA9B5C2) : rgb(0x465366);  // of fields: an empty checkbox has to be seen
    const ImVec4 line = light ? rgb(0xCBD3DC) : rgb(0x323C49);
    const ImVec4 bar = light ? rgb(0xE1E6EC) : rgb(0x12171D);
    const ImVec4 accent = light ? blue : sky_blue;
    const Palette& p = palette(light);
    ImVec4* c = style.Colors;
    c[ImGuiCol_Text] = p.text;
    c[ImGuiCol_TextDisabled] = p.faint;
    c[ImGuiCol_WindowBg] = panel;
    c[ImGuiCol_ChildBg] = {0, 0, 0, 0};
    c[ImGuiCol_PopupBg] = light ? rgb(0xFFFFFF) : rgb(0x222A34);
    c[ImGuiCol_Border] = border;
    c[ImGuiCol_FrameBg] = raised;
    c[ImGuiCol_CheckboxSelectedBg] = raised;
    c[ImGuiCol_FrameBgHovered] = hover;
    c[ImGuiCol_FrameBgActive] = active;
    c[ImGuiCol_TitleBg] = c[ImGuiCol_TitleBgActive] = c[ImGuiCol_TitleBgCollapsed] = c[ImGuiCol_MenuBarBg] = bar;
    c[ImGuiCol_ScrollbarBg] = {0, 0, 0, 0};
    c[ImGuiCol_ScrollbarGrab] = hover;
    c[ImGuiCol_ScrollbarGrabHovered] = c[ImGuiCol_ScrollbarGrabActive] = active;
    c[ImGuiCol_CheckMark] = c[ImGuiCol_PlotHistogram] = accent;
    // A slider's number is written over its grab: dark enough, or light enough, to be read there.
    c[ImGuiCol_SliderGrab] = light ? rgb(0x93BFE8) : rgb(0x2F6A9B);
    c[ImGuiCol_SliderGrabActive] = light ? rgb(0x74ABDD) : rgb(0x397FB9);
    c[ImGuiCol_Button] = c[ImGuiCol_Header] = raised;
    c[ImGuiCol_ButtonHovered] = c[ImGuiCol_HeaderHovered] = hover;
    c[ImGuiCol_ButtonActive] = c[ImGuiCol_HeaderActive] = active;
    c[ImGuiCol_Separator] = line;
    c[ImGuiCol_SeparatorHovered] = c[ImGuiCol_SeparatorActive] = accent;
    c[ImGuiCol_ResizeGrip] = {0, 0, 0, 0};
    c[ImGuiCol_ResizeGripHovered] = c[ImGuiCol_ResizeGripActive] = accent;
    c[ImGuiCol_Tab] = c[ImGuiCol_TabDimmed] = bar;
    c[ImGuiCol_TabHovered] = hover;
    c[ImGuiCol_TabSelected] = c[ImGuiCol_TabDimmedSelected] = panel;
    c[ImGuiCol_TabSelectedOverline] = accent;
    c[ImGuiCol_TabDimmedSelectedOverline] = line;
    c[ImGuiCol_DockingEmptyBg] = bar;
    c[ImGuiCol_TableHeaderBg] = raised;
    c[ImGuiCol_TableBorderStrong] = c[ImGuiCol_TableBorderLight] = line;
    c[ImGuiCol_TextSelectedBg] = {accent.x, accent.y, accent.z, 0.35F};
    c[ImGuiCol_NavCursor] = orange;
    c[ImGuiCol_ModalWindowDimBg] = {0, 0, 0, light ? 0.3F : 0.5F};
}

void set_plot_style(bool light) {
    const Palette& p = palette(light);
    ImPlotStyle& style = ImPlot::GetStyle();
    ImVec4* c = style.Colors;
    c[ImPlotCol_FrameBg] = {0, 0, 0, 0};
    c[ImPlotCol_PlotBg] = p.background;
    c[ImPlotCol_PlotBorder] = light ? rgb(0xCBD3DC) : rgb(0x323C49);
    c[ImPlotCol_AxisText] = p.text;
    c[ImPlotCol_AxisGrid] = {p.faint.x, p.faint.y, p.faint.z, 0.25F};
    c[ImPlotCol_InlayText] = p.text;
    c[ImPlotCol_TitleText] = p.text;
    c[ImPlotCol_LegendBg] = light ? rgb(0xFFFFFF, 0.85F) : rgb(0x1B2129, 0.85F);
    c[ImPlotCol_LegendText] = p.text;
    style.PlotPadding = {6, 6};
}

}  // namespace

const Palette& palette(bool light) {
    static const Palette dark_colours{rgb(0x10151B), rgb(0xE8ECF1), rgb(0x9AA7B5), rgb(0x2C3A4A), rgb(0xC9D2DC),
                                      sky_blue,      vermilion,     sky_blue,      orange,        rgb(0xFFFFFF),
                                      rgb(0x35C79B), orange,        rgb(0xFF7A45)};
    static const Palette light_colours{rgb(0xFFFFFF), rgb(0x1A222B), rgb(0x566371), rgb(0xD9E4F0), rgb(0x47525E),
                                       blue,          vermilion,     blue,          rgb(0xC98500), rgb(0x000000),
                                       rgb(0x00795A), rgb(0x9A6B00), rgb(0xB84300)};
    return light ? light_colours : dark_colours;
}

ImVec4 category_colour(int64_t index, bool light) {
    static constexpr std::array<ImVec4, 7> dark{sky_blue, orange,    bluish_green, reddish_purple,
                                                yellow,   vermilion, blue};
    // The same hues, those that are too pale on a pale ground as dark as it takes.
    static constexpr std::array<ImVec4, 7> pale{blue,      rgb(0xC98500), bluish_green, rgb(0xBF6396),
                                                vermilion, rgb(0x2E95D3), rgb(0x7A7400)};
    const auto place = static_cast<size_t>(index < 0 ? -index : index);
    return light ? pale[place % pale.size()] : dark[place % dark.size()];
}

ImVec4 viridis(double share) {
    static constexpr std::array<ImVec4, 9> stops{rgb(0x440154), rgb(0x472D7B), rgb(0x3B528B),
                                                 rgb(0x2C728E), rgb(0x21918C), rgb(0x28AE80),
                                                 rgb(0x5EC962), rgb(0xADDC30), rgb(0xFDE725)};
    const double place = std::clamp(std::isnan(share) ? 0.0 : share, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
    const size_t left = std::min(static_cast<size_t>(place), stops.size() - 2);
    const auto t = static_cast<float>(place - static_cast<double>(left));
    const ImVec4& a = stops[left];
    const ImVec4& b = stops[left + 1];
    return {a.x + t * (b.x - a.x), a.y + t * (b.y - a.y), a.z + t * (b.z - a.z), 1};
}

ImVec4 value_colour(double share, bool light) {
    const double t = std::clamp(std::isnan(share) ? 0.0 : share, 0.0, 1.0);
    return viridis(light ? 0.9 * (1 - t) : 0.12 + 0.88 * t);
}

ImVec4 diverging_colour(double value, bool light) {
    const double t = std::clamp(std::isnan(value) ? 0.0 : value, -1.0, 1.0);
    const ImVec4 middle = light ? rgb(0xF4F5F7) : rgb(0x252D37);
    const ImVec4 end = t < 0 ? (light ? rgb(0xC25E00) : rgb(0xFFA02E)) : (light ? rgb(0x005A9C) : rgb(0x4DB3F5));
    const auto share = static_cast<float>(std::abs(t));
    return {middle.x + share * (end.x - middle.x), middle.y + share * (end.y - middle.y),
            middle.z + share * (end.z - middle.z), 1};
}

ImU32 to_u32(const ImVec4& colour, float alpha) {
    return ImGui::ColorConvertFloat4ToU32({colour.x, colour.y, colour.z, colour.w * alpha});
}

ImVec4 level_colour(Level level, bool light) {
    const Palette& p = palette(light);
    switch (level) {
        case Level::Good:
            return p.good;
        case Level::Warning:
            return p.warning;
        case Level::Error:
            return p.error;
        case Level::Info:
            break;
    }
    return p.text;
}

void apply_theme(const View& view) {
    ImGuiStyle& current = ImGui::GetStyle();
    ImGuiStyle style;
    style.FontSizeBase = current.FontSizeBase;
    style.FontScaleDpi = current.FontScaleDpi;
    set_colours(style, view.light);
    style.WindowPadding = {10, 8};
    style.FramePadding = {8, 4};
    style.ItemSpacing = {8, 6};
    style.ItemInnerSpacing = {6, 4};
    style.CellPadding = {6, 3};
    style.ScrollbarSize = 14;
    style.GrabMinSize = 14;
    style.FrameRounding = style.GrabRounding = style.PopupRounding = style.ScrollbarRounding = 4;
    style.WindowRounding = style.ChildRounding = 4;
    style.TabRounding = 3;
    style.TabBarOverlineSize = 2;
    style.WindowBorderSize = style.ChildBorderSize = style.PopupBorderSize = style.FrameBorderSize = 1;
    style.WindowMenuButtonPosition = ImGuiDir_None;
    style.DockingSeparatorSize = 4;
    style.SeparatorTextBorderSize = 1;
    style.SeparatorTextPadding = {4, 4};
    style.HoverDelayNormal = 0.3F;
    style.ScaleAllSizes(static_cast<float>(view.type_size) * style.FontScaleDpi);
    style.FontScaleMain = static_cast<float>(view.type_size);
    current = style;
    set_plot_style(view.light);
}

}  // namespace drift
