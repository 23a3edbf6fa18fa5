#include "app/params_ui.h"

#include "app/events.h"
#include "app/panels/borderless.h"
#include "app/params_text.h"
#include "app/theme.h"

#include "core/automatic.h"
#include "core/terms.h"

#include <imgui.h>
#include <misc/cpp/imgui_stdlib.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <variant>

namespace drift {
namespace {

/// What a widget did in this frame.
struct Touch {
    bool changed = false;
    bool finished = false;  // its gesture is over: not true of a widget that nobody has touched
};

Touch touched(bool changed) {
    return {changed, ImGui::IsItemDeactivated()};
}

ImGuiSliderFlags slider_flags(const Range& range) {
    return ImGuiSliderFlags_AlwaysClamp | (range.logarithmic ? ImGuiSliderFlags_Logarithmic : 0);
}

Touch draw(const Param&, bool& value) {
    const bool changed = ImGui::Checkbox("##value", &value);
    return {changed, changed};
}

Touch draw(const Param& param, int64_t& value) {
    const auto min = static_cast<int64_t>(param.range.min);
    const auto max = static_cast<int64_t>(param.range.max);
    return touched(
        ImGui::SliderScalar("##value", ImGuiDataType_S64, &value, &min, &max, nullptr, slider_flags(param.range)));
}

Touch draw_number(const Param& param, double& value, const std::string& format) {
    return touched(ImGui::SliderScalar("##value", ImGuiDataType_Double, &value, &param.range.min, &param.range.max,
                                       format.c_str(), slider_flags(param.range)));
}

Touch draw(const Param& param, double& value) {
    return draw_number(param, value, "%.4g" + (param.unit.empty() ? "" : " " + param.unit));
}

Touch draw(const Param& param, std::string& value) {
    if (param.options.empty()) {
        std::string typed = value;
        ImGui::InputText("##value", &typed, ImGuiInputTextFlags_EnterReturnsTrue);
        const bool changed = ImGui::IsItemDeactivatedAfterEdit() && typed != value;
        value = changed ? typed : value;
        return {changed, changed};
    }
    Touch touch;
    if (ImGui::BeginCombo("##value", value.c_str())) {
        for (const std::string& option : param.options) {
            if (ImGui::Selectable(option.c_str(), option == value) && option != value) {
                value = option;
                touch = {true, true};
            }
        }
        ImGui::EndCombo();
    }
    return touch;
}

/// A number where the curve is constant, else a small picture of it; the button beside it opens the editor.
Touch draw(const Param& param, Curve& curve) {
    if (curve.is_constant()) {
        double value = curve.at(0);
        const Touch touch = draw(param, value);
        if (touch.changed) {
            curve = Curve(value);
        }
        return touch;
    }
    const ImVec2 from = ImGui::GetCursorScreenPos();
    const ImVec2 size{ImGui::CalcItemWidth(), ImGui::GetFrameHeight()};
    ImGui::InvisibleButton("##value", size);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(from, {from.x + size.x, from.y + size.y}, ImGui::GetColorU32(ImGuiCol_FrameBg), 4);
    const double low = std::min(0.0, curve.min_value());
    const double span = std::max(curve.max_value() - low, 1e-12);
    for (int i = 0; i <= 32; ++i) {
        const double u = i / 32.0;
        list.PathLineTo({from.x + 4 + static_cast<float>(u) * (size.x - 8),
                         from.y + size.y - 4 - static_cast<float>((curve.at(u) - low) / span) * (size.y - 8)});
    }
    list.PathStroke(ImGui::GetColorU32(ImGuiCol_CheckMark), 2.0F);
    return {};
}

Touch draw(const Param& param, Array& array) {
    std::string text = array_text(array);
    const std::string before = text;
    ImGui::InputText("##value", &text, ImGuiInputTextFlags_EnterReturnsTrue);
    if (!ImGui::IsItemDeactivatedAfterEdit() || text == before) {
        return {};
    }
    array = array_from_text(text, param.key);  // throws UserError, which becomes a toast
    return {true, true};
}

Touch draw(const Param&, ImageSource& source) {
    if (!source.file.empty()) {
        std::string file = source.file;
        ImGui::InputText("##value", &file, ImGuiInputTextFlags_EnterReturnsTrue);
        const bool changed = ImGui::IsItemDeactivatedAfterEdit() && file != source.file;
        source.file = changed ? file : source.file;
        return {changed, changed};
    }
    int64_t index = source.index;
    const int64_t step = 1;
    const bool changed = ImGui::InputScalar("##value", ImGuiDataType_S64, &index, &step);
    if (changed) {
        source.index = std::max<int64_t>(index, 0);
    }
    const Touch touch = touched(changed);
    ImGui::SetItemTooltip("Picture number of %s", source.dataset.c_str());
    return touch;
}

/// "guidance" as "Guidance", for the window.
std::string capitalised(std::string title) {
    if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') {
        title[0] = static_cast<char>(title[0] - 'a' + 'A');
    }
    return title;
}

Touch draw(const Param& param, Terms& terms);

Touch either(const Touch& a, const Touch& b) {
    return {a.changed || b.changed, a.finished || b.finished};
}

/// The weight and the parameters of one of several conditions, each under its name.
Touch draw_term(Term& term) {
    ImGui::TextDisabled("Weight");
    ImGui::SetNextItemWidth(-FLT_MIN);
    Touch touch = touched(ImGui::InputDouble("##weight", &term.weight, 0, 0, "%.6g"));
    term.weight = std::clamp(term.weight, weight_range.min, weight_range.max);
    const ParamSet params = term.condition.params;
    for (const Param& param : params) {
        if (!in_effect(params, param)) {
            continue;
        }
        ImGui::PushID(param.key.c_str());
        ImGui::TextDisabled("%s", capitalised(param.title).c_str());
        help_tooltip(param.help, "Accepts " + accepted(param) + ".");
        ImGui::SetNextItemWidth(-FLT_MIN);
        Value value = param.value;
        const Touch own = std::visit([&](auto& held) { return draw(param, held); }, value);
        if (own.changed) {
            term.condition.params.set(param.key, value);
        }
        touch = either(touch, own);
        ImGui::PopID();
    }
    return touch;
}

/// Conditions below each other, each with a button that takes it away, and a list of those that can be added.
Touch draw(const Param&, Terms& terms) {
    std::vector<Term> list = list_of(terms);
    Touch touch;
    for (size_t i = 0; i < list.size(); ++i) {
        ImGui::PushID(static_cast<int>(i));
        const bool taken_away = ImGui::SmallButton("-");
        ImGui::SetItemTooltip("Take this condition away");
        ImGui::SameLine();
        ImGui::TextUnformatted(item_at(Kind::Condition, list[i].condition.type).title.c_str());
        touch = taken_away ? Touch{true, true} : either(touch, draw_term(list[i]));
        ImGui::PopID();
        if (taken_away) {
            list.erase(list.begin() + static_cast<ptrdiff_t>(i));
            break;
        }
    }
    ImGui::SetNextItemWidth(-FLT_MIN);
    if (ImGui::BeginCombo("##value", "Add a condition", ImGuiComboFlags_HeightLarge)) {
        for (const Item& item : items(Kind::Condition)) {
            if (ImGui::Selectable(item.title.c_str())) {
                list.push_back({default_choice(Kind::Condition, item.key), 1});
                touch = {true, true};
            }
            help_tooltip({item.help, {}, {}});
        }
        ImGui::EndCombo();
    }
    if (touch.changed) {
        terms = terms_of(std::move(list));
    }
    return touch;
}

bool is_default(const Param& param) {
    return param.value == param.default_value;
}

/// A curve button at the end of the row, for parameters that may vary over the run.
void draw_curve_button(PanelContext& context, Kind kind, const Param& param) {
    const CurveTarget target{kind, param.key};
    const bool shown = context.view.curve == target;
    ImGui::SameLine();
    ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(shown ? ImGuiCol_ButtonActive : ImGuiCol_Button));
    if (ImGui::Button("##curve", {ImGui::GetFrameHeight(), 0})) {
        context.view.curve = target;
        context.view.focus_schedule = true;
    }
    ImGui::PopStyleColor();
    const ImVec2 from = ImGui::GetItemRectMin();
    const ImVec2 to = ImGui::GetItemRectMax();
    const float w = to.x - from.x;
    ImGui::GetWindowDrawList()->AddBezierCubic(
        {from.x + 0.22F * w, to.y - 0.25F * w}, {from.x + 0.6F * w, to.y - 0.25F * w},
        {from.x + 0.4F * w, from.y + 0.25F * w}, {to.x - 0.22F * w, from.y + 0.25F * w},
        ImGui::GetColorU32(ImGuiCol_Text), 2);
    ImGui::SetItemTooltip("Bend %s over the run in the schedule editor", param.title.c_str());
}

/// "auto (7)", or "auto" where it is not known what that is.
std::string automatic_text(const Scenario& scenario, Kind kind, const Param& param) {
    const auto value = kind == Kind::Sampler ? automatic_value(scenario, param.key) : std::nullopt;
    return value ? "auto (" + short_number(*value) + ")" : "auto";
}

/// The widget of the value; where that stands for "auto" it says so.
Touch draw_value(const Scenario& scenario, Kind kind, const Param& param, Value& value) {
    if (param.automatic && value == Value(*param.automatic)) {
        return draw_number(param, std::get<double>(value), automatic_text(scenario, kind, param));
    }
    return std::visit([&](auto& held) { return draw(param, held); }, value);
}

void draw_param(PanelContext& context, Kind kind, const Param& param) {
    ImGui::PushID(param.key.c_str());
    const std::string name = to_string(kind) + ": " + param.title;
    const auto set = [&](const Value& value, bool finished) {
        context.edit(
            name, [&](Scenario& scenario) { part_of(scenario, kind).params.set(param.key, value); }, finished);
    };
    if (row(capitalised(param.title).c_str(), !is_default(param))) {
        set(param.default_value, true);
    }
    help_tooltip(param.help, "Accepts " + accepted(param) + ".");
    ImGui::TableNextColumn();
    const bool may_bend = std::holds_alternative<Curve>(param.value);
    ImGui::SetNextItemWidth(may_bend ? -ImGui::GetFrameHeight() - ImGui::GetStyle().ItemSpacing.x : -FLT_MIN);
    Value value = param.value;
    try {
        const Touch touch = draw_value(context.session.scenario(), kind, param, value);
        if (touch.changed) {
            set(value, touch.finished);
        } else if (touch.finished && context.session.editing()) {
            context.session.finish();
        }
    } catch (const UserError& error) {
        context.log.toast(Level::Error, error.what());
    }
    help_tooltip(param.help, "Accepts " + accepted(param) + ".");
    if (may_bend) {
        draw_curve_button(context, kind, param);
    }
    ImGui::PopID();
}

void draw_some(PanelContext& context, Kind kind, const ParamSet& params, bool advanced) {
    for (const Param& param : params) {
        if (param.advanced == advanced && in_effect(params, param)) {
            draw_param(context, kind, param);
        }
    }
}

}  // namespace

bool begin_rows(const char* id) {
    if (!ImGui::BeginTable(id, 2, ImGuiTableFlags_SizingStretchProp)) {
        return false;
    }
    // In a window of 1280 pixels every layout has room for "Resample below" and its star.
    ImGui::TableSetupColumn("title", ImGuiTableColumnFlags_WidthStretch, 0.46F);
    ImGui::TableSetupColumn("value", ImGuiTableColumnFlags_WidthStretch, 0.54F);
    return true;
}

bool row(const char* title, bool changed) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::AlignTextToFramePadding();
    bool clicked = false;
    if (changed) {
        const float width = ImGui::CalcTextSize("*").x + 2 * ImGui::GetStyle().ItemInnerSpacing.x;
        ImGui::PushStyleColor(ImGuiCol_Button, {0, 0, 0, 0});
        ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyleColorVec4(ImGuiCol_CheckMark));
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() - ImGui::GetStyle().ItemInnerSpacing.x);
        const Borderless star;
        clicked = ImGui::Button("*##default", {width, 0});
        ImGui::PopStyleColor(2);
        ImGui::SetItemTooltip("Changed; click for the default");
        ImGui::SameLine(0, 0);
    }
    ImGui::TextUnformatted(title);
    return clicked;
}

void end_rows() {
    ImGui::EndTable();
}

void help_tooltip(const Help& help, const std::string& more) {
    if (ImGui::IsItemActive() || !ImGui::BeginItemTooltip()) {  // who drags looks at the picture
        return;
    }
    ImGui::PushTextWrapPos(ImGui::GetFontSize() * 26);
    ImGui::TextUnformatted(help.words.c_str());
    ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyleColorVec4(ImGuiCol_TextDisabled));
    for (const std::string* line : {&help.formula, &help.effect, &more}) {
        if (!line->empty()) {
            ImGui::TextUnformatted(line->c_str());
        }
    }
    ImGui::PopStyleColor();
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
}

void choose(PanelContext& context, Kind kind, const std::string& type) {
    context.edit(to_string(kind) + ": " + item_at(kind, type).title, [&](Scenario& scenario) {
        Choice& part = part_of(scenario, kind);
        Choice chosen = default_choice(kind, type);
        for (const Param& param : part.params) {
            if (chosen.params.contains(param.key) && !is_default(param)) {
                try {
                    chosen.params.set(param.key, param.value);
                } catch (const UserError&) {  // not accepted there: the default stays
                    continue;
                }
            }
        }
        part = std::move(chosen);
    });
}

void draw_choice(PanelContext& context, Kind kind) {
    const Choice& choice = part_of(context.session.scenario(), kind);
    const std::string label = "##" + to_string(kind);
    ImGui::SetNextItemWidth(-FLT_MIN);
    if (ImGui::BeginCombo(label.c_str(), item_at(kind, choice.type).title.c_str(), ImGuiComboFlags_HeightLarge)) {
        const std::string current = choice.type;
        for (const Item& item : items(kind)) {
            if (ImGui::Selectable(item.title.c_str(), item.key == current) && item.key != current) {
                choose(context, kind, item.key);
            }
            help_tooltip({item.help, {}, {}});
        }
        ImGui::EndCombo();
    }
    help_tooltip({item_at(kind, part_of(context.session.scenario(), kind).type).help, {}, {}});
}

void draw_params(PanelContext& context, Kind kind) {
    const ParamSet params = part_of(context.session.scenario(), kind).params;  // a copy: edits replace the set
    ImGui::PushID(static_cast<int>(kind));
    if (!params.empty() && begin_rows("params")) {
        draw_some(context, kind, params, false);
        end_rows();
    }
    const bool more = std::any_of(params.begin(), params.end(),
                                  [&](const Param& param) { return param.advanced && in_effect(params, param); });
    if (more &&
        ImGui::TreeNodeEx("Advanced", ImGuiTreeNodeFlags_SpanAvailWidth | ImGuiTreeNodeFlags_NoTreePushOnOpen)) {
        if (begin_rows("advanced")) {
            draw_some(context, kind, params, true);
            end_rows();
        }
    }
    ImGui::PopID();
}

}  // namespace drift
