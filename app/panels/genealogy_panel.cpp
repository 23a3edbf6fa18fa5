// The family tree: who descends from whom, how many first ancestors are left, and how far back all have one in common
// (interface.md 5.5).
#include "app/events.h"
#include "app/gl/graphics.h"
#include "app/panels/borderless.h"
#include "app/panels/click.h"
#include "app/panels/dimmed.h"
#include "app/panels/flow.h"
#include "app/panels/genealogy/tree_drawing.h"
#include "app/panels/memory.h"
#include "app/panels/panels.h"
#include "app/playback.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace drift {
namespace {

constexpr int64_t work_a_frame = 150'000;    // particles looked at
constexpr float compact_height = 14;         // in lines of text: below this the plot gets the room of the legend
constexpr double pause_while_growing = 0.2;  // seconds between two layouts of a tree that has not ended
constexpr double least_meeting = 0.04;       // share of the newest state that a family has to have for a mark

/// Steps of a line over the generations.
template <class Value>
StepLine step_line(const Genealogy& genealogy, const Value& value) {
    StepLine line;
    for (size_t g = 0; g < genealogy.generations().size(); ++g) {
        line.steps.push_back(static_cast<double>(genealogy.generations()[g].first));
        line.values.push_back(value(g));
    }
    line.steps.push_back(static_cast<double>(genealogy.generations().back().last));
    line.values.push_back(line.values.back());
    return line;
}

/// Lines that can be told apart in the height of the panel, in leaps so that resizing it does not lay out every frame
/// anew.
int64_t rows_that_fit() {
    const auto height = static_cast<int64_t>(ImGui::GetContentRegionAvail().y / (0.28F * ImGui::GetFontSize()));
    return std::clamp<int64_t>(height / 16 * 16, 32, 512);
}

void update_tree(const PanelContext& context, TreeView& tree) {
    const int64_t last = last_step(context.recording);
    const bool replaced = tree.recording != context.recording_id;
    tree.fit = tree.fit || replaced || tree.last != last;
    if (replaced) {  // what was laid out names particles of another recording
        tree.version = 0;
        tree.layout = {};
        tree.meetings.clear();
    }
    tree.recording = context.recording_id;
    tree.last = last;
    tree.complete = tree.genealogy.update(context.recording, context.recording_id, work_a_frame);
    const int64_t rows = rows_that_fit();
    if ((tree.version == tree.genealogy.version() && tree.rows == rows) || tree.genealogy.empty()) {
        return;
    }
    const double now = ImGui::GetTime();
    if (context.running && tree.version != 0 && now < tree.laid_out + pause_while_growing) {
        return;
    }
    tree.laid_out = now;
    tree.version = tree.genealogy.version();
    tree.rows = rows;
    tree.coloured_version = 0;
    const Genealogy& genealogy = tree.genealogy;
    TreeLimits limits;
    limits.leaves = rows;
    tree.layout = lay_out(genealogy, context.recording, limits);
    tree.meetings = genealogy.meetings(least_meeting);
    tree.eves =
        step_line(genealogy, [&](size_t g) { return static_cast<double>(genealogy.generations()[g].families.size()); });
    tree.ancestors = step_line(genealogy, [&](size_t g) { return static_cast<double>(genealogy.survivors(g).size()); });
    tree.met = step_line(genealogy, [&](size_t g) {
        const int64_t met = genealogy.generations()[g].met;
        return met < 0 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(met);
    });
}

void draw_switches(View& view, TreeView& tree) {
    struct Choice {
        TreeShows shows;
        const char* name;
        const char* help;
    };
    static constexpr Choice choices[] = {
        {TreeShows::Tree, "Tree", "Every line is a particle with its ancestors; families lie together"},
        {TreeShows::Ancestors, "Distinct ancestors", "How many particles of each step the others descend from"},
        {TreeShows::CommonAncestor, "Common ancestor",
         "The last step in which all particles of a later one have a single ancestor"}};
    ImGui::Dummy({0, 0});  // what flow() looks back at
    for (const Choice& choice : choices) {
        flow(checkbox_width(choice.name));
        if (ImGui::RadioButton(choice.name, tree.shows == choice.shows) || view.takes_focus(choice.name)) {
            tree.shows = choice.shows;
            tree.fit = true;
        }
        ImGui::SetItemTooltip("%s", choice.help);
    }
    flow(ImGui::CalcTextSize("Fit").x + 2 * ImGui::GetStyle().FramePadding.x);
    if (ImGui::Button("Fit")) {
        tree.fit = true;
    }
    ImGui::SetItemTooltip("Show all of it again (wheel to zoom, drag to move)");
}

/// What the picture says, in a sentence.
std::string tree_sentence(const TreeView& tree) {
    const Generation& newest = tree.genealogy.generations().back();
    if (tree.genealogy.generations().size() == 1) {
        return "Nobody has been resampled up to step " + std::to_string(newest.last) + ": every line goes straight.";
    }
    std::string text = "Of " + grouped(tree.genealogy.count()) + " particles of the start " +
                       grouped(static_cast<int64_t>(newest.families.size())) +
                       (newest.families.size() == 1 ? " has" : " have") + " descendants at step " +
                       std::to_string(newest.last);
    if (newest.met >= 0) {
        return text + "; all of them descend from one particle of step " + std::to_string(newest.met) + ".";
    }
    return text + "; they have no common ancestor.";
}

/// A click without a drag goes there, and follows that particle.
void click_time(PanelContext& context, TreeView& tree) {
    if (!ImPlot::IsPlotHovered()) {
        return;
    }
    if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
        tree.fit = true;
    } else if (clicked_in_place()) {
        move_to(context.view, std::round(ImPlot::GetPlotMousePos().x), context.recording);
        if (tree.shows == TreeShows::Tree) {
            context.view.selected = context.view.hovered;
        }
    }
}

void draw_playhead(const PanelContext& context) {
    const Palette& colours = palette(context.view.light);
    const auto x = ImPlot::PlotToPixels(static_cast<double>(context.step), 0).x;
    const ImVec2 corner = ImPlot::GetPlotPos();
    ImPlot::PushPlotClipRect();
    ImPlot::GetPlotDrawList()->AddLine({x, corner.y}, {x, corner.y + ImPlot::GetPlotSize().y},
                                       to_u32(colours.playhead, 0.8F), 1.5F);
    ImPlot::PopPlotClipRect();
}

void set_step_axis(const TreeView& tree) {
    const auto last = static_cast<double>(tree.last);
    const double margin = 0.01 * last + 0.3;
    ImPlot::SetupAxisLimits(ImAxis_X1, -margin, last + margin, tree.fit ? ImPlotCond_Always : ImPlotCond_Once);
    ImPlot::SetupAxisLimitsConstraints(ImAxis_X1, -margin, last + margin);
    ImPlot::SetupAxisFormat(ImAxis_X1, "%.0f");
}

constexpr ImPlotFlags plot_flags = ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect | ImPlotFlags_NoMenus;

void draw_tree_plot(PanelContext& context, TreeView& tree, float height) {
    if (!ImPlot::BeginPlot("##tree", {-1, height}, plot_flags | ImPlotFlags_NoLegend)) {
        return;
    }
    const bool roomy = height > 12 * ImGui::GetFontSize();  // for the title of the upright axis
    ImPlot::SetupAxes("step", roomy ? "particles, families together" : nullptr, 0,
                      ImPlotAxisFlags_Invert | ImPlotAxisFlags_NoTickLabels | ImPlotAxisFlags_NoTickMarks |
                          ImPlotAxisFlags_NoGridLines);
    set_step_axis(tree);
    ImPlot::SetupAxisLimits(ImAxis_Y1, -0.015, 1.015, tree.fit ? ImPlotCond_Always : ImPlotCond_Once);
    ImPlot::SetupAxisLimitsConstraints(ImAxis_Y1, -0.015, 1.015);
    tree.fit = false;
    ImPlot::SetupFinish();
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_tree(context, tree);
    }
    draw_playhead(context);
    hover_tree(context, tree);
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_tree_paths(context, tree);
    }
    click_time(context, tree);
    ImPlot::EndPlot();
}

void plot_steps(const char* name, const StepLine& line, const ImVec4& colour) {
    ImPlotSpec spec;
    spec.LineColor = colour;
    spec.LineWeight = 2;
    ImPlot::PlotStairs(name, line.steps.data(), line.values.data(), static_cast<int>(line.steps.size()), spec);
}

void draw_ancestor_curves(PanelContext& context, TreeView& tree, float height) {
    if (!ImPlot::BeginPlot("##ancestors", {-1, height}, plot_flags)) {
        return;
    }
    const Palette& colours = palette(context.view.light);
    const auto n = static_cast<double>(tree.genealogy.count());
    ImPlot::SetupLegend(ImPlotLocation_SouthWest);
    ImPlot::SetupAxes("step", "particles");
    set_step_axis(tree);
    ImPlot::SetupAxisScale(ImAxis_Y1, ImPlotScale_Log10);
    ImPlot::SetupAxisLimits(ImAxis_Y1, 0.8, std::max(1.4 * n, 2.0), tree.fit ? ImPlotCond_Always : ImPlotCond_Once);
    tree.fit = false;
    ImPlot::SetupFinish();
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        plot_steps("first ancestors alive at that step", tree.eves, colours.particle);
        plot_steps("ancestors there of the newest state", tree.ancestors, colours.measurement);
    }
    draw_playhead(context);
    click_time(context, tree);
    ImPlot::EndPlot();
}

void draw_common_ancestor(PanelContext& context, TreeView& tree, float height) {
    if (!ImPlot::BeginPlot("##common ancestor", {-1, height}, plot_flags)) {
        return;
    }
    const Palette& colours = palette(context.view.light);
    const auto last = static_cast<double>(tree.last);
    ImPlot::SetupLegend(ImPlotLocation_NorthWest);
    ImPlot::SetupAxes("step", "step of the last common ancestor");
    set_step_axis(tree);
    ImPlot::SetupAxisFormat(ImAxis_Y1, "%.0f");
    ImPlot::SetupAxisLimits(ImAxis_Y1, -0.03 * last, 1.03 * last, tree.fit ? ImPlotCond_Always : ImPlotCond_Once);
    tree.fit = false;
    ImPlotSpec now;
    now.LineColor = colours.faint;
    const double ends[2] = {0, last};
    ImPlot::PlotLine("the step itself", ends, ends, 2, now);
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        plot_steps("last common ancestor of all", tree.met, colours.measurement);
    }
    draw_playhead(context);
    click_time(context, tree);
    ImPlot::EndPlot();
}

/// The signs of the tree, and what was left out of it.
void draw_tree_legend(const PanelContext& context, const TreeView& tree) {
    const Palette& colours = palette(context.view.light);
    const float em = ImGui::GetFontSize();
    const auto entry = [&](float width, const std::string& text) {
        flow(width + 1.2F * em + ImGui::CalcTextSize(text.c_str()).x);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImGui::Dummy({width, em});
        ImGui::SameLine(0, 0.4F * em);
        ImGui::TextDisabled("%s", text.c_str());
        return ImVec2{at.x, at.y + 0.55F * em};
    };
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImGui::Dummy({0, 0});
    ImVec2 at = entry(1.4F * em, "survivors, thicker with more descendants");
    list.AddLine(at, {at.x + 1.4F * em, at.y}, to_u32(colours.particle), 2.5F);
    at = entry(1.4F * em, "branches that died");
    list.AddLine(at, {at.x + 1.4F * em, at.y}, to_u32(colours.faint, 0.6F), 1);
    if (!tree.meetings.empty()) {
        at = entry(0.8F * em, "last common ancestor of a family's survivors");
        list.AddNgonFilled({at.x + 0.4F * em, at.y}, 0.36F * em, to_u32(colours.measurement), 4);
    }
    if (const std::string drawn = drawn_text(tree.layout); !drawn.empty()) {
        ImGui::PushStyleColor(ImGuiCol_Text, colours.faint);
        ImGui::TextWrapped("%s", drawn.c_str());
        ImGui::PopStyleColor();
    }
}

}  // namespace

void draw_genealogy_panel(PanelContext& context) {
    const Scene* scene = context.scene();
    if (context.graphics == nullptr || context.recording.empty() || scene == nullptr) {
        ImGui::TextWrapped("%s", empty_text(context).c_str());
        return;
    }
    if (!scene->weighted) {
        ImGui::TextWrapped(
            "This method has no weights and never resamples: every particle is its own only ancestor from the start to "
            "the end, and there is no family tree. Methods with weights, such as TDS or annealing, have one.");
        return;
    }
    TreeView& tree = context.graphics->tree;
    update_tree(context, tree);
    context.memory->unfinished = context.memory->unfinished || !tree.complete;
    if (tree.genealogy.too_many() || tree.genealogy.empty()) {
        ImGui::TextWrapped("%s", tree.genealogy.too_many()
                                     ? ("The tree is drawn for up to " + grouped(Genealogy::most_particles) +
                                        " particles; this run has " + grouped(context.frame()->count) + ".")
                                           .c_str()
                                     : empty_text(context).c_str());
        return;
    }
    draw_switches(context.view, tree);
    ImGui::TextWrapped("%s", tree_sentence(tree).c_str());
    const bool roomy = ImGui::GetContentRegionAvail().y > compact_height * ImGui::GetFontSize();
    const bool legend = tree.shows == TreeShows::Tree && roomy;
    const float below = legend ? tree.legend_height + ImGui::GetStyle().ItemSpacing.y : 0;
    const float height = std::max(ImGui::GetContentRegionAvail().y - below, 8 * ImGui::GetFontSize());
    const Borderless plots;
    switch (tree.shows) {
        case TreeShows::Tree:
            draw_tree_plot(context, tree, height);
            break;
        case TreeShows::Ancestors:
            draw_ancestor_curves(context, tree, height);
            break;
        case TreeShows::CommonAncestor:
            draw_common_ancestor(context, tree, height);
            break;
    }
    if (legend) {
        const float top = ImGui::GetCursorPosY();
        draw_tree_legend(context, tree);
        tree.legend_height = ImGui::GetCursorPosY() - top;
    }
}

}  // namespace drift
