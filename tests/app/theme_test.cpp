#include "app/theme.h"

#include <gtest/gtest.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace drift {
namespace {

/// WCAG 2 relative luminance.
double luminance(const ImVec4& colour) {
    const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.x) + 0.7152 * linear(colour.y) + 0.0722 * linear(colour.z);
}

double contrast(const ImVec4& a, const ImVec4& b) {
    const double high = std::max(luminance(a), luminance(b));
    const double low = std::min(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

TEST(Theme, TextCanBeReadOnItsGroundInBothThemes) {
    for (const bool light : {false, true}) {
        const Palette& p = palette(light);
        EXPECT_GE(contrast(p.text, p.background), 7) << light;
        for (const ImVec4& colour : {p.faint, p.good, p.warning, p.error}) {
            EXPECT_GE(contrast(colour, p.background), 4.5) << light;
        }
    }
}

TEST(Theme, MarksStandOutFromTheirGroundInBothThemes) {
    for (const bool light : {false, true}) {
        const Palette& p = palette(light);
        for (const ImVec4& colour : {p.truth, p.particle, p.guidance, p.score, p.playhead}) {
            EXPECT_GE(contrast(colour, p.background), 3) << light;
        }
    }
}

TEST(Theme, SevenCategoriesHaveColoursOfTheirOwnInBothThemes) {
    for (const bool light : {false, true}) {
        std::set<ImU32> colours;
        for (int64_t i = 0; i < 7; ++i) {
            EXPECT_GE(contrast(category_colour(i, light), palette(light).background), 3) << light << " " << i;
            colours.insert(to_u32(category_colour(i, light)));
        }
        EXPECT_EQ(colours.size(), 7U) << light << ": as many as sources of trajectories";
    }
}

TEST(Theme, ViridisRisesInLightnessFromEndToEnd) {
    for (int i = 0; i < 20; ++i) {
        EXPECT_LT(luminance(viridis(i / 20.0)), luminance(viridis((i + 1) / 20.0))) << i;
    }
    EXPECT_EQ(to_u32(viridis(-1)), to_u32(viridis(0)));
    EXPECT_EQ(to_u32(viridis(2)), to_u32(viridis(1)));
}

TEST(Theme, GreaterValuesAreEasierToSeeInBothThemes) {
    for (const bool light : {false, true}) {
        const ImVec4& ground = palette(light).background;
        for (int i = 0; i < 20; ++i) {
            EXPECT_LT(contrast(value_colour(i / 20.0, light), ground),
                      contrast(value_colour((i + 1) / 20.0, light), ground))
                << light << " at " << i;
        }
        EXPECT_GE(contrast(value_colour(0.5, light), ground), 3) << "an equal share of the weight";
    }
}

TEST(Theme, FieldsHaveAnEdgeInBothThemes) {
    ImGuiContext* context = ImGui::CreateContext();
    ImPlotContext* plots = ImPlot::CreateContext();
    for (const bool light : {false, true}) {
        View view;
        view.light = light;
        apply_theme(view);
        const ImGuiStyle& style = ImGui::GetStyle();
        EXPECT_GT(style.FrameBorderSize, 0);
        EXPECT_GE(contrast(style.Colors[ImGuiCol_Border], style.Colors[ImGuiCol_WindowBg]), 1.9) << light;
    }
    ImPlot::DestroyContext(plots);
    ImGui::DestroyContext(context);
}

}  // namespace
}  // namespace drift
