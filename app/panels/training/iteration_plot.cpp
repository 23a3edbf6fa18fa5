#include "app/panels/training/iteration_plot.h"

#include "app/events.h"
#include "app/panels/flow.h"
#include "app/panels/label.h"
#include "app/params_ui.h"
#include "app/playback.h"
#include "app/theme.h"

#include <implot.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace drift {
namespace {

int percent_label(double value, char* text, int size, void*) {
    return std::snprintf(text, static_cast<size_t>(size), "%.0f %%", 100 * value);
}

/// Powers of ten, and between them whatever has room on an axis of that height: none without marks, and no two numbers
/// on each other.
void set_logarithmic_ticks(Span span, float height) {
    const double per_decade = height / std::log10(span.high / span.low);
    const double apart = 1.3 * ImGui::GetFontSize() / per_decade;  // in decades
    std::vector<double> places;
    const auto first = static_cast<int>(std::floor(std::log10(span.low)));
    const auto last = static_cast<int>(std::floor(std::log10(span.high)));
    for (const double lead : {1.0, 2.0, 5.0, 3.0, 1.5, 4.0, 7.0}) {
        for (int power = first; power <= last; ++power) {
            const double place = lead * std::pow(10, power);
            const bool free =
                std::ranges::none_of(places, [&](double other) { return std::abs(std::log10(place / other)) < apart; });
            if (place >= span.low && place <= span.high && free) {
                places.push_back(place);
            }
        }
    }
    std::vector<std::string> labels;
    std::vector<const char*> texts;
    for (const double place : places) {
        labels.push_back(short_number(place));
    }
    for (const std::string& label : labels) {
        texts.push_back(label.c_str());
    }
    if (!places.empty()) {
        ImPlot::SetupAxisTicks(ImAxis_Y1, places.data(), static_cast<int>(places.size()), texts.data());
    }
}

void draw_playhead(const PanelContext& context, double iteration) {
    const float x = ImPlot::PlotToPixels(iteration, 0.0).x;
    const ImVec2 corner = ImPlot::GetPlotPos();
    ImPlot::PushPlotClipRect();
    ImPlot::GetPlotDrawList()->AddLine({x, corner.y}, {x, corner.y + ImPlot::GetPlotSize().y},
                                       to_u32(palette(context.view.light).playhead, 0.7F), 1.5F);
    ImPlot::PopPlotClipRect();
}

void tell_state(const PanelContext& context, int64_t state) {
    const TrainingNumbers& numbers = *context.recording.at(state)->training;
    std::string text =
        "iteration " + grouped(numbers.iteration) + ", step " + std::to_string(state) + " of the recording";
    const auto add = [&text](const char* name, double value, const std::string& words) {
        text += std::isfinite(value) ? std::string("\n") + name + " " + words : std::string{};
    };
    add("log Z above", numbers.log_z_lower, short_number(numbers.log_z_lower));
    add("log Z below", numbers.log_z_upper, short_number(numbers.log_z_upper));
    add("log Z, weighted,", numbers.log_z, short_number(numbers.log_z));
    add("loss", numbers.loss, short_number(numbers.loss));
    // Losses that learn no log Z take the mean out: what is left of it is rounding.
    const bool rounding = std::abs(numbers.residual) < 1e-6 * numbers.residual_spread;
    add("residual", numbers.residual,
        (rounding ? "0" : short_number(numbers.residual)) + " ± " + short_number(numbers.residual_spread));
    add("ESS", numbers.ess, share_text(numbers.ess));
    ImGui::SetTooltip("%s", text.c_str());
}

void scrub(PanelContext& context, TrainingView& training, const char* id) {
    const bool hovered = ImPlot::IsPlotHovered();
    if (hovered && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
        training.scrubbing = id;
    }
    const bool held = training.scrubbing == id && ImGui::IsMouseDown(ImGuiMouseButton_Left);
    if (training.scrubbing == id && !held) {
        training.scrubbing.clear();
    }
    if (!hovered && !held) {
        return;
    }
    const int64_t state = training.history.state_at(ImPlot::GetPlotMousePos().x);
    if (state < 0 || state >= context.recording.size() || context.recording.at(state)->training == nullptr) {
        return;
    }
    if (held) {
        move_to(context.view, static_cast<double>(state), context.recording);
    } else {
        tell_state(context, state);
    }
}

}  // namespace

float rest_of(float room, float top) {
    return std::max(room - (ImGui::GetCursorPosY() - top), 6.5F * ImGui::GetFontSize());
}

std::string share_text(double share) {
    return std::isfinite(share) ? percent(share) : "-";
}

void draw_line_names(const std::vector<TrainingLine>& lines) {
    const float em = ImGui::GetFontSize();
    const float swatch = 1.1F * em;
    const float gap = 0.35F * em;
    for (const TrainingLine& line : lines) {
        const std::string name = line.name;
        if (&line != &lines.front()) {
            flow(swatch + 2 * gap + ImGui::CalcTextSize((name + line.value).c_str()).x);
        }
        ImGui::BeginGroup();
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float middle = at.y + ImGui::GetTextLineHeight() / 2;
        ImGui::GetWindowDrawList()->AddLine({at.x, middle}, {at.x + swatch, middle}, to_u32(line.colour), line.width);
        ImGui::Dummy({swatch, ImGui::GetTextLineHeight()});
        ImGui::SameLine(0, gap);
        ImGui::TextDisabled("%s", name.c_str());
        ImGui::SameLine(0, gap);
        ImGui::TextUnformatted(line.value.c_str());
        ImGui::EndGroup();
        help_tooltip(line.help);
    }
}

bool begin_iteration_plot(const TrainingView& training, const char* id, float height, Span span, Scale scale) {
    if (!ImPlot::BeginPlot(
            id, {-1, height},
            ImPlotFlags_NoLegend | ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect | ImPlotFlags_NoMenus)) {
        return false;
    }
    const auto last = static_cast<double>(std::max<int64_t>(training.history.last_iteration(), 1));
    ImPlot::SetupAxes("iteration", nullptr, ImPlotAxisFlags_Lock, ImPlotAxisFlags_Lock);
    ImPlot::SetupAxisLimits(ImAxis_X1, -0.02 * last, 1.02 * last, ImPlotCond_Always);
    if (scale == Scale::Logarithmic && span.low > 0) {
        ImPlot::SetupAxisScale(ImAxis_Y1, ImPlotScale_Log10);
        const float axis = 3.2F * ImGui::GetFontSize();  // numbers and name of the other one
        set_logarithmic_ticks(span, std::max(height - axis, ImGui::GetFontSize()));
    } else if (scale == Scale::Percent) {
        ImPlot::SetupAxisFormat(ImAxis_Y1, percent_label);
    }
    ImPlot::SetupAxisLimits(ImAxis_Y1, span.low, span.high, ImPlotCond_Always);
    ImPlot::SetupFinish();
    return true;
}

void draw_training_line(const TrainingLine& line) {
    const TrainingCurve& curve = *line.curve;
    const int count = static_cast<int>(curve.value.size());
    ImPlotSpec spec;
    spec.LineColor = line.colour;
    spec.LineWeight = line.width;
    ImPlot::PlotLine(line.name, curve.iteration.data(), curve.value.data(), count, spec);
    if (count == 1) {  // a line of one point would not be seen
        const ImVec2 at = ImPlot::PlotToPixels(curve.iteration.front(), curve.value.front());
        ImPlot::PushPlotClipRect();
        ImPlot::GetPlotDrawList()->AddCircleFilled(at, 1.5F * line.width, to_u32(line.colour));
        ImPlot::PopPlotClipRect();
    }
}

void draw_sampled(const PanelContext& context, const TrainingCurve& sampled, const ImVec4& colour) {
    ImPlot::PushPlotClipRect();
    for (size_t i = 0; i < sampled.value.size(); ++i) {
        const ImVec2 at = ImPlot::PlotToPixels(sampled.iteration[i], sampled.value[i]);
        const float radius = 0.28F * ImGui::GetFontSize();
        ImPlot::GetPlotDrawList()->AddCircleFilled(at, radius, to_u32(colour));
        ImPlot::GetPlotDrawList()->AddCircle(at, radius, to_u32(palette(context.view.light).background), 0, 1.5F);
    }
    ImPlot::PopPlotClipRect();
}

void draw_condition_note(const PanelContext& context) {
    const ImVec2 corner = ImPlot::GetPlotPos();
    const float inset = 2 * label_pad();
    draw_label(*ImPlot::GetPlotDrawList(), {corner.x + inset, corner.y + inset},
               to_u32(palette(context.view.light).faint), "of the observation before");
}

void end_iteration_plot(PanelContext& context, TrainingView& training, const char* id) {
    if (const Frame* frame = context.frame(); frame != nullptr && frame->training != nullptr) {
        draw_playhead(context, static_cast<double>(frame->training->iteration));
    }
    scrub(context, training, id);
    ImPlot::EndPlot();
}

}  // namespace drift
