// One resampling opened up: the parents with what they had to expect and what they got, their children, and what every
// scheme would have drawn from the same weights.
#include "app/events.h"
#include "app/gl/graphics.h"
#include "app/icon_button.h"
#include "app/panels/dimmed.h"
#include "app/panels/panels.h"
#include "app/panels/weights/event_drawing.h"
#include "app/playback.h"
#include "app/theme.h"

#include "core/resampling_study.h"

#include <imgui.h>

#include <algorithm>
#include <string>
#include <variant>

namespace drift {
namespace {

constexpr size_t most_parents = 64;

/// The scheme of the run, empty where the method has none.
std::string scheme_of_run(const PanelContext& context) {
    const ParamSet& params = context.scenario().sampler.params;
    if (!params.contains("resampling")) {
        return {};
    }
    const auto* name = std::get_if<std::string>(&params.at("resampling").value);
    return name == nullptr ? "" : *name;
}

void study(const PanelContext& context, ResamplingView& view) {
    view.schemes.clear();
    const ResamplingEvent& event = *view.event;
    const auto children = static_cast<int64_t>(event.ancestors.size());
    const bool any = std::any_of(event.weights.begin(), event.weights.end(), [](float weight) { return weight > 0; });
    if (!any) {
        return;
    }
    for (const std::string& name : studied_schemes()) {
        if (!fits(name, static_cast<int64_t>(event.weights.size()), children)) {
            continue;
        }
        SchemeDraw draw;
        draw.name = name;
        draw.counts = drawn_counts(name, event.weights, children, context.scenario().seed, event.step);
        draw.variance = variance_of_counts(name, event.weights, children);
        draw.died = std::count(draw.counts.begin(), draw.counts.end(), 0);
        view.schemes.push_back(std::move(draw));
    }
}

/// In every frame: a live change takes the mark from an event that is already shown.
void mark_scheme_of_run(const PanelContext& context, ResamplingView& view) {
    const std::string scheme = scheme_of_run(context);
    for (SchemeDraw& draw : view.schemes) {
        draw.of_run = draw.name == scheme && drawn_by_run(context.recording, *view.event, draw.counts);
    }
}

/// The event at or before the playhead.
void update_event(const PanelContext& context, ResamplingView& view) {
    const int64_t step = resampled_state(context.recording, context.step);
    if (view.recording == context.recording_id && view.step == step) {
        return;
    }
    view.recording = context.recording_id;
    view.step = step;
    view.event = step < 0 ? std::nullopt : resampling_at(context.recording, step);
    view.schemes.clear();
    if (view.event) {
        view.parents = heaviest_parents(*view.event, most_parents);
        view.children = children_of(*view.event, view.parents);
        study(context, view);
    }
}

void draw_buttons(PanelContext& context) {
    for (const bool next : {false, true}) {
        const int64_t there = resampled_state(context.recording, context.step, next ? 1 : -1);
        ImGui::BeginDisabled(there < 0);
        if (icon_button(next ? "##next" : "##previous", next ? Icon::NextMark : Icon::PreviousMark,
                        next ? "Next resampling (Ctrl+Right)" : "Previous resampling (Ctrl+Left)")) {
            move_to(context.view, static_cast<double>(there), context.recording);
        }
        ImGui::EndDisabled();
        ImGui::SameLine(0, ImGui::GetStyle().ItemInnerSpacing.x);
    }
}

void draw_sentence(const PanelContext& context, const ResamplingView& view) {
    const ResamplingEvent& event = *view.event;
    const auto n = static_cast<int64_t>(event.counts.size());
    ImGui::TextWrapped("Step %lld: ESS %s of %s. %s of %s parents have children, one of them %d.",
                       static_cast<long long>(event.step),
                       short_number(context.recording.at(event.step)->numbers.ess).c_str(), grouped(n).c_str(),
                       grouped(event.survivors).c_str(), grouped(n).c_str(), event.largest_family);
}

/// Rows of the pictures: a name on the left, columns, a number on the right.
struct Sheet {
    ImVec2 corner;
    float gutter = 0, edge = 0;
    Columns columns;

    Sheet(const ResamplingView& view, bool schemes) {
        const float em = ImGui::GetFontSize();
        corner = ImGui::GetCursorScreenPos();
        float widest = ImGui::CalcTextSize("this run").x;
        for (const SchemeDraw& scheme : view.schemes) {
            widest = std::max(widest, ImGui::CalcTextSize(scheme.name.c_str()).x);
        }
        gutter = widest + 2.2F * em;  // with the numbers of the scale
        edge = schemes ? ImGui::CalcTextSize("Var 1,024  died 1,024").x + 0.8F * em : 0.5F * em;
        const float room = std::max(ImGui::GetContentRegionAvail().x - gutter - edge, 4 * em);
        columns = {corner.x + gutter, room / static_cast<float>(std::max<size_t>(view.parents.size(), 1)),
                   view.parents.size()};
    }
    float right() const { return columns.left + columns.width * static_cast<float>(columns.count); }
};

void draw_row_text(const Sheet& sheet, const VerticalRange& range, const std::string& name, const std::string& number,
                   const ImVec4& colour) {
    const float y = (range.top + range.bottom - ImGui::GetFontSize()) / 2;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddText({sheet.corner.x, y}, to_u32(colour), name.c_str());
    list.AddText({sheet.right() + 0.5F * ImGui::GetFontSize(), y}, to_u32(colour), number.c_str());
}

/// What the top and the foot of the bars stand for; of all rows, but written once.
void draw_scale(const Sheet& sheet, const VerticalRange& range, double most, const ImVec4& colour) {
    const float size = 0.82F * ImGui::GetFontSize();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const auto write = [&](const std::string& number, float y) {
        const float width = 0.82F * ImGui::CalcTextSize(number.c_str()).x;
        list.AddText(ImGui::GetFont(), size, {sheet.columns.left - width - 0.25F * ImGui::GetFontSize(), y},
                     to_u32(colour), number.c_str());
    };
    write(short_number(most), range.top);
    write("0", range.bottom - size);
}

/// The parent under the mouse is hovered everywhere.
void hover_parent(PanelContext& context, const ResamplingView& view, const Sheet& sheet, const SchemeDraw* scheme) {
    const int column = sheet.columns.at(ImGui::GetMousePos().x);
    if (!ImGui::IsItemHovered() || column < 0) {
        return;
    }
    const ResamplingEvent& event = *view.event;
    const int32_t parent = view.parents[static_cast<size_t>(column)];
    const auto i = static_cast<size_t>(parent);
    context.view.hovered = context.view.hovering = {event.parents, parent};
    if (ImGui::IsItemClicked()) {
        context.view.selected = context.view.hovered;
    }
    if (!ImGui::BeginTooltip()) {
        return;
    }
    ImGui::Text("parent %d of step %lld", parent, static_cast<long long>(event.parents));
    if (!event.weights.empty()) {
        const double expected = static_cast<double>(event.weights[i]) * static_cast<double>(event.ancestors.size());
        ImGui::Text("n W = %.3g children to be expected", expected);
    }
    ImGui::Text("%d in this run", event.counts[i]);
    if (scheme != nullptr) {
        ImGui::Text("%d in the draw of %s", scheme->counts[i], scheme->name.c_str());
    }
    ImGui::EndTooltip();
}

/// Likewise the child at the foot of the families; whether there is one.
bool hover_child(PanelContext& context, const ResamplingView& view, const Sheet& sheet, const VerticalRange& family) {
    const ImVec2 mouse = ImGui::GetMousePos();
    const int place = ChildRow(view, sheet.columns).at(mouse.x);
    if (!ImGui::IsItemHovered() || place < 0 || mouse.y < (family.top + 2 * family.bottom) / 3) {
        return false;
    }
    const ResamplingEvent& event = *view.event;
    const int32_t child = view.children[static_cast<size_t>(place)];
    context.view.hovered = context.view.hovering = {event.children, child};
    if (ImGui::IsItemClicked()) {
        context.view.selected = context.view.hovered;
    }
    const int32_t parent = event.ancestors[static_cast<size_t>(child)];
    ImGui::SetTooltip("particle %d of step %lld\nchild of parent %d, one of %d", child,
                      static_cast<long long>(event.children), parent, event.counts[static_cast<size_t>(parent)]);
    return true;
}

VerticalRange next_row(const Sheet& sheet, const char* id, float height) {
    const ImVec2 from = ImGui::GetCursorScreenPos();
    ImGui::SetCursorScreenPos({sheet.columns.left, from.y});
    ImGui::InvisibleButton(id, {std::max(sheet.right() - sheet.columns.left, 1.0F), height});
    ImGui::SetCursorScreenPos({from.x, from.y + height + ImGui::GetStyle().ItemSpacing.y});
    return {from.y, from.y + height};
}

void draw_run(PanelContext& context, const ResamplingView& view, const Sheet& sheet, float counts, float links) {
    const Palette& colours = palette(context.view.light);
    const VerticalRange bars = next_row(sheet, "##counts", counts);
    hover_parent(context, view, sheet, nullptr);
    draw_counts(context, view, sheet.columns, view.event->counts, bars);
    draw_row_text(sheet, bars, "this run", "", colours.text);
    draw_scale(sheet, bars, most_shown(view), colours.faint);
    const VerticalRange family = next_row(sheet, "##links", links);
    if (!hover_child(context, view, sheet, family)) {
        hover_parent(context, view, sheet, nullptr);
    }
    draw_links(context, view, sheet.columns, family);
    const float em = ImGui::GetFontSize();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddText({sheet.corner.x, family.top}, to_u32(colours.faint), "parents");
    list.AddText({sheet.corner.x, family.bottom - em}, to_u32(colours.faint), "children");
}

void draw_schemes(PanelContext& context, const ResamplingView& view, const Sheet& sheet, float height) {
    const Palette& colours = palette(context.view.light);
    for (const SchemeDraw& scheme : view.schemes) {
        const VerticalRange range = next_row(sheet, ("##" + scheme.name).c_str(), height);
        hover_parent(context, view, sheet, &scheme);
        draw_counts(context, view, sheet.columns, scheme.counts, range);
        draw_row_text(sheet, range, scheme.name,
                      "Var " + short_number(scheme.variance) + "  died " + grouped(scheme.died),
                      scheme.of_run ? colours.text : colours.faint);
    }
}

/// What the signs mean, at the foot.
std::string key_text(const ResamplingView& view) {
    const ResamplingEvent& event = *view.event;
    std::string text = view.parents.size() < event.counts.size()
                           ? "The " + std::to_string(view.parents.size()) + " heaviest of " +
                                 grouped(static_cast<int64_t>(event.counts.size())) + " parents. "
                           : "All parents, the heaviest first. ";
    if (event.weights.empty()) {
        return text +
               "Bars: children N of each. A few chains are drawn and every place that they pass is a child: what "
               "the weights expect and other schemes would draw does not compare.";
    }
    return text +
           "Bars: children N of each, all on one scale; lines: n W, what is to be expected of n particles and a share "
           "W of the weight. One draw of each scheme with the random numbers of this run; Var is the sum of the "
           "variances of all N.";
}

void draw_event(PanelContext& context, const ResamplingView& view) {
    const float em = ImGui::GetFontSize();
    const Sheet sheet(view, !view.schemes.empty());
    const std::string key = key_text(view);
    const float spacing = ImGui::GetStyle().ItemSpacing.y;
    const float foot = ImGui::CalcTextSize(key.c_str(), nullptr, false, ImGui::GetContentRegionAvail().x).y;
    const auto rows = static_cast<float>(view.schemes.size());
    const float room = ImGui::GetContentRegionAvail().y - foot - (rows + 3) * spacing;
    // The run takes the height of two schemes for its counts and three for its families.
    const float unit = std::clamp(room / (rows + 5), 1.4F * em, 5 * em);
    {
        const Dimmed old(*ImGui::GetWindowDrawList(), context.stale);
        draw_run(context, view, sheet, 2 * unit, 3 * unit);
        draw_schemes(context, view, sheet, unit);
    }
    ImGui::PushStyleColor(ImGuiCol_Text, palette(context.view.light).faint);
    ImGui::TextWrapped("%s", key.c_str());
    ImGui::PopStyleColor();
}

/// Why there is no event to show.
std::string no_event_text(const PanelContext& context) {
    const int64_t next = resampled_state(context.recording, context.step, 1);
    if (next >= 0) {
        return "Nobody has been resampled up to step " + std::to_string(context.step) + "; the first time is step " +
               std::to_string(next) + ".";
    }
    return context.running ? "Nobody has been resampled so far."
                           : "Nobody is resampled in this run: the weights stay even enough, or resampling is off.";
}

}  // namespace

void draw_resampling_panel(PanelContext& context) {
    if (context.graphics == nullptr || context.recording.empty() || context.scene() == nullptr) {
        ImGui::TextWrapped("%s", empty_text(context).c_str());
        return;
    }
    if (!context.scene()->weighted) {
        ImGui::TextWrapped("This method has no weights and never resamples.");
        return;
    }
    ResamplingView& view = context.graphics->resampling;
    update_event(context, view);
    mark_scheme_of_run(context, view);
    draw_buttons(context);
    if (!view.event) {
        ImGui::TextWrapped("%s", no_event_text(context).c_str());
        return;
    }
    view.followed_parents.update(context, view.event->parents);
    view.followed_children.update(context, view.event->children);
    draw_sentence(context, view);
    draw_event(context, view);
}

}  // namespace drift
