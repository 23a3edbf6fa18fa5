#include "app/panels/schedule/curve_keys.h"

#include "app/icon_button.h"
#include "app/panels/flow.h"
#include "app/panels/schedule/curve_clipboard.h"
#include "app/panels/schedule/curve_plot.h"

#include "core/error.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace drift {
namespace {

void copy_curve(PanelContext& context, const ScheduleView& schedule, const CurveSource& source) {
    ImGui::SetClipboardText(clipboard_text(source, schedule.editor.curve()).c_str());
    context.log.toast(Level::Good, "The curve was copied as text.");
}

void paste_curve(PanelContext& context, ScheduleView& schedule, const CurveSource& source) {
    const char* text = ImGui::GetClipboardText();
    try {
        if (schedule.editor.set_curve(curve_from_clipboard(source, text == nullptr ? "" : text))) {
            store_edit(context, schedule, source, true);
        }
    } catch (const UserError& error) {
        context.log.toast(Level::Error, std::string("Nothing was pasted from the clipboard: ") + error.what());
    }
}

struct ArrowKey {
    ImGuiKey key;
    double du, dv;
};
constexpr std::array<ArrowKey, 4> arrow_keys{
    {{ImGuiKey_LeftArrow, -1, 0}, {ImGuiKey_RightArrow, 1, 0}, {ImGuiKey_UpArrow, 0, 1}, {ImGuiKey_DownArrow, 0, -1}}};

/// Those that also are keys of commands: arrows nudge the knot instead of moving the playhead, Escape lets go of it
/// before anything else stops.
void take_knot_keys(View& view) {
    for (const ArrowKey& arrow : arrow_keys) {
        view.keys_taken.insert(view.keys_taken.end(), {arrow.key, ImGuiMod_Shift | arrow.key});
        ImGui::Shortcut(ImGuiMod_Ctrl | arrow.key);  // or ImGui would walk from widget to widget with it
    }
    view.keys_taken.push_back(ImGuiKey_Escape);
}

/// All repeats of a key that is held down are one gesture, like a drag.
void nudge_by_arrows(PanelContext& context, ScheduleView& schedule, const CurveSource& source) {
    CurveEditor& editor = schedule.editor;
    const double factor = ImGui::GetIO().KeyShift ? 5 : 1;
    for (const ArrowKey& arrow : arrow_keys) {
        const ImGuiKeyChord chord = arrow.key | (ImGui::GetIO().KeyShift ? ImGuiMod_Shift : 0);
        if (ImGui::Shortcut(chord, ImGuiInputFlags_Repeat) &&
            editor.nudge(editor.selected(), factor * arrow.du, factor * arrow.dv, schedule.nudging)) {
            store_edit(context, schedule, source, false);
            schedule.nudging = true;
        }
    }
}

/// Insert, or the character plus, wherever the keyboard has it; also what stands under it on an English one.
bool pressed_add() {
    const ImGuiIO& io = ImGui::GetIO();
    const bool typed = !io.KeyCtrl && (io.InputQueueCharacters.contains('+') || io.InputQueueCharacters.contains('='));
    return ImGui::Shortcut(ImGuiKey_Insert) || typed;
}

/// A knot on the curve, half way from the selected one to the next; after the last one half way to the one before.
bool add_beside(CurveEditor& editor) {
    const std::vector<Knot>& knots = editor.curve().knots();
    const auto i = static_cast<size_t>(editor.selected());
    const double here = knots[i].u;
    double other = here < 0.5 ? 1 : 0;  // a single knot has no neighbours
    if (i + 1 < knots.size()) {
        other = knots[i + 1].u;
    } else if (i > 0) {
        other = knots[i - 1].u;
    }
    const double u = (here + other) / 2;
    return editor.add(u, editor.curve().at(u));
}

/// Where the presets run: between the ends of the curve, or from almost nothing up to a constant.
void preset_ends(const CurveSource& source, const Curve& curve, double& from, double& to) {
    from = curve.at(0);
    to = curve.at(1);
    const double spread = 0.02 * std::max(std::abs(from), std::abs(to));
    if (std::abs(to - from) <= spread) {
        from = source.limits.logarithmic && source.limits.min > 0 ? std::max(source.limits.min, to / 10)
                                                                  : source.limits.min;
        if (from == to) {
            to = std::min(source.limits.max, source.limits.min + 1);
        }
    }
}

struct Preset {
    std::string title;
    std::function<Curve()> curve;
};

/// Shapes for any curve; of noise levels those of the schedules by formula, from the first level to the last.
std::vector<Preset> presets_of(const CurveSource& source, const Curve& now) {
    std::vector<Preset> presets;
    if (source.noise) {
        for (const Item& item : items(Kind::Schedule)) {
            if (item.key != "drawn") {
                presets.push_back({item.title, [&item, now] { return noise_preset(item.key, now); }});
            }
        }
        return presets;
    }
    double from = 0;
    double to = 1;
    preset_ends(source, now, from, to);
    for (const CurvePreset& preset : curve_presets()) {
        presets.push_back({preset.title, [&preset, from, to] {
                               return make_curve(preset.key, preset.key == "constant" ? to : from, to);
                           }});
    }
    return presets;
}

void draw_presets(PanelContext& context, ScheduleView& schedule, const CurveSource& source) {
    schedule.preview.reset();
    ImGui::SetNextItemWidth(5 * ImGui::GetFontSize());
    if (!ImGui::BeginCombo("##preset", "preset", ImGuiComboFlags_HeightLarge)) {
        ImGui::SetItemTooltip("Shapes to begin with; their knots can be edited. Hover one to see it first.");
        return;
    }
    for (const Preset& preset : presets_of(source, schedule.editor.curve())) {
        const bool chosen = ImGui::Selectable(preset.title.c_str());
        if (chosen || ImGui::IsItemHovered() || ImGui::IsItemFocused()) {
            schedule.preview = preset.curve();
        }
        if (chosen && schedule.editor.set_curve(*schedule.preview)) {
            store_edit(context, schedule, source, true);
        }
    }
    ImGui::EndCombo();
}

void draw_interpolation(PanelContext& context, ScheduleView& schedule, const CurveSource& source) {
    const char* names[] = {"smooth", "linear", "steps"};
    int chosen = static_cast<int>(schedule.editor.curve().interpolation());
    flow(5.2F * ImGui::GetFontSize());
    ImGui::SetNextItemWidth(5.2F * ImGui::GetFontSize());
    if (ImGui::Combo("##interpolation", &chosen, names, source.noise ? 2 : 3) &&
        schedule.editor.set_interpolation(static_cast<Interpolation>(chosen))) {
        store_edit(context, schedule, source, true);
    }
    ImGui::SetItemTooltip(
        "%s", source.noise ? "Between knots: a smooth curve that never overshoots them, or straight lines"
                           : "Between knots: a smooth curve that never overshoots them, straight lines, or steps");
}

void draw_log_switches(PanelContext& context, ScheduleView& schedule, const CurveSource& source) {
    bool& logarithmic = schedule.logarithmic.try_emplace(source.target.key, source.logarithmic).first->second;
    flow_checkbox("log axis", logarithmic, "Logarithmic vertical axis");
    bool log_scale = schedule.editor.curve().scale() == CurveScale::Log;
    if (flow_checkbox("log between", log_scale,
                      "Interpolate in logarithms: factors instead of differences. Needs positive values",
                      schedule.editor.curve().min_value() > 0) &&
        schedule.editor.set_scale(log_scale ? CurveScale::Log : CurveScale::Linear)) {
        store_edit(context, schedule, source, true);
    }
}

/// Axes, copy and paste.
void draw_more(PanelContext& context, ScheduleView& schedule, const CurveSource& source) {
    if (!source.noise) {
        draw_log_switches(context, schedule, source);
        flow_checkbox("noise", schedule.noise_lines,
                      "The noise level sigma and the injected noise tau of the run behind the curve, in logarithms");
    }
    const char* axes[] = {"step", "u", "sigma"};
    int axis = static_cast<int>(schedule.axis);
    flow(5 * ImGui::GetFontSize());
    ImGui::SetNextItemWidth(5 * ImGui::GetFontSize());
    if (ImGui::Combo("##axis", &axis, axes, 3)) {
        schedule.axis = static_cast<StepAxis>(axis);
    }
    ImGui::SetItemTooltip("What the horizontal axis counts: steps, u from 0 to 1, or the noise level");
}

void draw_clipboard_buttons(PanelContext& context, ScheduleView& schedule, const CurveSource& source) {
    flow(ImGui::GetFrameHeight());
    if (icon_button("##copy", Icon::Copy, "Copy the curve as one line of text (Ctrl+C)")) {
        copy_curve(context, schedule, source);
    }
    flow(ImGui::GetFrameHeight());
    if (icon_button("##paste", Icon::Paste,
                    "Paste a curve (Ctrl+V): that line, JSON, a list of pairs, or a table of two columns")) {
        paste_curve(context, schedule, source);
    }
}

}  // namespace

void handle_curve_keys(PanelContext& context, ScheduleView& schedule, const CurveSource& source) {
    CurveEditor& editor = schedule.editor;
    if (ImGui::GetIO().WantTextInput || editor.dragging() ||
        !ImGui::IsWindowFocused(ImGuiFocusedFlags_RootAndChildWindows)) {
        return;
    }
    if (ImGui::Shortcut(ImGuiMod_Ctrl | ImGuiKey_C)) {
        copy_curve(context, schedule, source);
    }
    if (ImGui::Shortcut(ImGuiMod_Ctrl | ImGuiKey_V)) {
        paste_curve(context, schedule, source);
    }
    const bool forth = ImGui::Shortcut(ImGuiKey_Tab);
    if (forth || ImGui::Shortcut(ImGuiMod_Shift | ImGuiKey_Tab)) {
        finish_nudge(schedule, context.session);
        editor.select_next(forth ? 1 : -1);
    }
    if (editor.selected() < 0) {
        return;
    }
    take_knot_keys(context.view);
    if (ImGui::Shortcut(ImGuiKey_Escape)) {
        finish_nudge(schedule, context.session);
        editor.select(-1);
        return;
    }
    nudge_by_arrows(context, schedule, source);
    const bool adds = pressed_add();
    const bool removes = ImGui::Shortcut(ImGuiKey_Delete) || ImGui::Shortcut(ImGuiKey_Backspace);
    if (adds || removes) {
        finish_nudge(schedule, context.session);
    }
    if ((adds && add_beside(editor)) || (removes && editor.remove(editor.selected()))) {
        store_edit(context, schedule, source, true);
    }
}

void finish_nudge(ScheduleView& schedule, Session& session) {
    if (std::exchange(schedule.nudging, false)) {
        session.finish();
    }
}

void end_nudge(ScheduleView& schedule, Session& session) {
    const bool held = std::any_of(arrow_keys.begin(), arrow_keys.end(),
                                  [](const ArrowKey& arrow) { return ImGui::IsKeyDown(arrow.key); });
    if (!held) {
        finish_nudge(schedule, session);
    }
}

void draw_curve_toolbar(PanelContext& context, ScheduleView& schedule, const CurveSource& source) {
    draw_presets(context, schedule, source);
    draw_interpolation(context, schedule, source);
    if (source.noise) {
        const char* origin = source.drawn ? "drawn by hand" : "by formula, until it is edited";
        flow(ImGui::CalcTextSize(origin).x);
        ImGui::AlignTextToFramePadding();
        ImGui::TextDisabled("%s", origin);
    }
    const float em = ImGui::GetFontSize();
    if (ImGui::GetContentRegionAvail().y > 24 * em && ImGui::GetContentRegionAvail().x > 26 * em) {
        draw_more(context, schedule, source);
    } else {
        flow(ImGui::CalcTextSize("View...").x + 2 * ImGui::GetStyle().FramePadding.x);
        if (ImGui::Button("View...")) {
            ImGui::OpenPopup("view");
        }
        if (ImGui::BeginPopup("view")) {
            ImGui::Dummy({16 * em, 0});
            draw_more(context, schedule, source);
            ImGui::EndPopup();
        }
    }
    draw_clipboard_buttons(context, schedule, source);
}

}  // namespace drift
