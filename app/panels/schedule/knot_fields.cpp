// Numbers of the selected knot, to type.
#include "app/panels/schedule/curve_keys.h"
#include "app/panels/schedule/curve_plot.h"

#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace drift {
namespace {

constexpr char digits[] = "%.5g";

/// The number that the field shows, which is not all of it: looking at one must not round it.
double as_shown(double value) {
    char text[32];
    std::snprintf(text, sizeof text, digits, value);
    return std::strtod(text, nullptr);
}

enum class Typing { Nothing, Goes, Done, GivenUp, NoNumber };

/// Whether the field drawn last, which is being typed into, holds a number.
bool holds_number() {
    const ImGuiInputTextState* state = ImGui::GetInputTextState(ImGui::GetItemID());
    if (state == nullptr) {
        return true;
    }
    char* end = nullptr;
    std::strtod(state->TextA.Data, &end);
    return end != state->TextA.Data;
}

/// A number that changes in `typed` with every key; `value` again where what is there is none, which `no_number` keeps
/// until the typing ends.
Typing type_number(const char* id, double value, double& typed, bool& no_number) {
    ImGui::SetNextItemWidth(4.6F * ImGui::GetFontSize());
    double next = typed;
    ImGui::PushItemFlag(ImGuiItemFlags_LiveEditOnInputScalar, true);
    const bool edited = ImGui::InputDouble(id, &next, 0, 0, digits);
    ImGui::PopItemFlag();
    if (edited && std::isfinite(next)) {
        typed = next == as_shown(value) ? value : next;
    }
    if (ImGui::IsItemDeactivated()) {
        const bool emptied = std::exchange(no_number, false);
        return ImGui::IsKeyPressed(ImGuiKey_Escape) ? Typing::GivenUp : emptied ? Typing::NoNumber : Typing::Done;
    }
    if (ImGui::IsItemActive()) {
        no_number = !holds_number();
        typed = no_number ? value : typed;
    }
    return edited || no_number ? Typing::Goes : Typing::Nothing;
}

void draw_hint() {
    ImGui::AlignTextToFramePadding();
    const char* hint = ImGui::GetContentRegionAvail().x > 34 * ImGui::GetFontSize()
                           ? "Drag knots or the line; double click adds, right click removes; hold F to draw."
                           : "Drag; double click adds, right removes, F draws.";
    ImGui::TextDisabled("%s", hint);
}

/// Both fields; what is typed into them is kept in the entry from the first key on.
void draw_fields(PanelContext& context, ScheduleView& schedule, const CurveSource& source, int index) {
    const Knot knot = schedule.editor.curve().knots()[static_cast<size_t>(index)];
    KnotEntry& entry = schedule.entry;
    Knot typed = entry.knot == index ? entry.wanted : knot;
    double value = source.noise ? std::exp(typed.value) : typed.value;
    ImGui::PushID(entry.id);
    const Typing place = type_number("u##knot", knot.u, typed.u, entry.no_number);
    ImGui::SameLine();
    const double in_force = source.noise ? std::exp(knot.value) : knot.value;
    const Typing height = type_number(source.noise ? "sigma##knot" : "value##knot", in_force, value, entry.no_number);
    ImGui::PopID();
    if (height == Typing::Goes || height == Typing::Done) {
        const bool same = source.noise && value == in_force;
        typed.value = same ? knot.value : source.noise ? std::log(std::max(value, 1e-9)) : value;
    }
    if (place == Typing::NoNumber || height == Typing::NoNumber) {
        const bool at = place == Typing::NoNumber;
        char text[96];
        std::snprintf(text, sizeof text, "That was no number: %s of knot %d stays %.5g.",
                      at             ? "u"
                      : source.noise ? "sigma"
                                     : "the value",
                      index + 1, at ? knot.u : in_force);
        context.log.toast(Level::Warning, text);
        entry.knot = -1;
        return;
    }
    if (place == Typing::GivenUp || height == Typing::GivenUp) {
        entry.knot = -1;
        return;
    }
    if (entry.knot == index || !(typed == knot)) {
        entry.knot = index;
        entry.wanted = typed;
    }
    if (place == Typing::Done || height == Typing::Done) {
        take_typed(context, schedule, source);
    }
}

}  // namespace

void drop_typed(ScheduleView& schedule) {
    schedule.entry.knot = -1;
    ++schedule.entry.id;
}

void take_typed(PanelContext& context, ScheduleView& schedule, const CurveSource& source) {
    const int knot = std::exchange(schedule.entry.knot, -1);
    if (knot >= 0 && schedule.editor.set_knot(knot, schedule.entry.wanted)) {
        store_edit(context, schedule, source, true);
    }
}

void draw_knot_fields(PanelContext& context, ScheduleView& schedule, const CurveSource& source) {
    CurveEditor& editor = schedule.editor;
    const int index = editor.selected();
    if (index != schedule.entry.shown) {
        drop_typed(schedule);
        schedule.entry.shown = index;
    }
    if (index < 0) {
        draw_hint();
        return;
    }
    ImGui::AlignTextToFramePadding();
    ImGui::TextDisabled("knot %d of %d", index + 1, static_cast<int>(editor.curve().knots().size()));
    ImGui::SameLine();
    draw_fields(context, schedule, source, index);
    ImGui::SameLine();
    ImGui::BeginDisabled(editor.curve().knots().size() == 1);
    if (ImGui::Button("Remove") && editor.remove(index)) {
        store_edit(context, schedule, source, true);
        drop_typed(schedule);
    }
    ImGui::EndDisabled();
}

}  // namespace drift
