// The numbers of the state shown and of the whole run, each beside the exact value where there is one. A dash where the
// method or the problem does not define a number.
#include "app/events.h"
#include "app/panels/memory.h"
#include "app/panels/panels.h"
#include "app/params_ui.h"
#include "app/theme.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace drift {
namespace {

constexpr size_t max_modes = 12;

bool begin_numbers(const char* id) {
    if (!ImGui::BeginTable(id, 2, ImGuiTableFlags_SizingStretchProp)) {
        return false;
    }
    ImGui::TableSetupColumn("title", ImGuiTableColumnFlags_WidthStretch, 0.4F);
    ImGui::TableSetupColumn("value", ImGuiTableColumnFlags_WidthStretch, 0.6F);
    return true;
}

/// One line: title, value, and in grey what to compare it with.
void line(PanelContext& context, const char* title, const std::string& value, const std::string& reference,
          const Help& help) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::PushStyleColor(ImGuiCol_Text, palette(context.view.light).faint);
    ImGui::TextUnformatted(title);
    ImGui::PopStyleColor();
    help_tooltip(help);
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(value.c_str());
    help_tooltip(help);
    if (!reference.empty()) {
        const float gap = ImGui::GetFontSize();
        if (ImGui::CalcTextSize((value + reference).c_str()).x + gap < ImGui::GetContentRegionAvail().x) {
            ImGui::SameLine(0, gap);
        }
        ImGui::PushStyleColor(ImGuiCol_Text, palette(context.view.light).faint);
        ImGui::TextWrapped("%s", reference.c_str());
        ImGui::PopStyleColor();
    }
}

std::string log_z_text(double value, double sd, bool lower_bound) {
    char text[64];
    std::snprintf(text, sizeof text, "%.3f %s %.2g", value, lower_bound ? "±≥" : "±", sd);
    return text;
}

std::string exact_text(const Scene& scene) {
    std::string text = scene.exact_log_z ? "exact " + short_number(*scene.exact_log_z) : "";
    if (scene.discretised_log_z) {
        text += (text.empty() ? "" : ", ") + std::string("in these steps ") + short_number(*scene.discretised_log_z);
    }
    return text;
}

void draw_weight_numbers(PanelContext& context, const Frame& frame, const Scene& scene) {
    const StepNumbers& numbers = frame.numbers;
    const auto n = static_cast<double>(std::max<int64_t>(frame.count, 1));
    const std::string none = "-";
    const Help ess{"Effective sample size: how many particles of equal weight would be worth as much.",
                   "ESS = 1 / sum of w²  (before resampling)", "Low: few particles carry the picture."};
    line(context, "ESS", scene.weighted ? short_number(numbers.ess) + " (" + percent(numbers.ess / n) + ")" : none,
         scene.weighted ? "" : "no weights", ess);
    line(context, "log Z",
         scene.weighted ? log_z_text(numbers.log_z, numbers.log_z_sd, numbers.log_z_sd_is_lower_bound) : none,
         exact_text(scene),
         {"The evidence: how probable the measurement is under the prior, as far as the run has come.",
          "log Z ± standard deviation from the genealogy", "Methods without weights do not estimate it."});
    line(context, "Ancestors", scene.weighted ? grouped(numbers.eves) + " of " + grouped(frame.count) : none, "",
         {"Particles of the start that still have descendants.",
          {},
          "Every resampling costs some: the price of a high ESS."});
}

void draw_run_numbers(PanelContext& context, const Frame& frame, const Scene& scene) {
    const Summary* summary = context.summary;
    const std::string later = context.running ? "..." : "-";
    const auto known = [&](double value) { return summary != nullptr ? short_number(value) : later; };
    line(context, "Sliced W1", scene.posterior ? known(summary != nullptr ? summary->sliced_w1 : 0) : "-",
         summary != nullptr && !std::isnan(summary->sliced_w1_floor) ? "floor " + short_number(summary->sliced_w1_floor)
                                                                     : "",
         {"Distance of the clean samples from the exact posterior, over 128 directions.",
          {},
          "The floor is what two exact sets of this size are apart: better than that cannot be seen."});
    line(context, "Residual", known(summary != nullptr ? summary->residual : 0), "",
         {"How far the clean samples are from the measurement on average.", "mean |y - A x|",
          "Near the noise of the measurement is right; smaller is overfitting."});
    if (std::isfinite(frame.numbers.acceptance)) {
        line(context, "Accepted", percent(frame.numbers.acceptance),
             "step size " + short_number(frame.numbers.step_size),
             {"Share of the moves that led to this state that were accepted, and the step size of the last of them.",
              {},
              "0: the step size is too large; 100 %: the particles crawl."});
    }
    if (frame.numbers.non_finite > 0) {
        line(context, "Not finite", grouped(frame.numbers.non_finite), "particles",
             {"Particles that have left the numbers.", {}, {}});
    }
    line(context, "Calls", grouped(frame.numbers.denoiser_calls), "",
         {"Particles times evaluations of the prior's denoiser so far.", {}, "The budget to compare methods by."});
    line(context, "Time", duration_text(frame.numbers.seconds), "", {"Time of sampling up to this state.", {}, {}});
}

const ModeShares& shares_of(PanelContext& context, const Frame& frame, const MixtureView& modes) {
    PanelMemory& memory = *context.memory;
    if (memory.shares_recording != context.recording_id || memory.shares_step != frame.numbers.step) {
        const bool last = frame.numbers.sigma == 0 || frame.denoised.empty();
        memory.shares = mode_shares(modes, last ? frame.x : frame.denoised, frame.weights);
        memory.shares_recording = context.recording_id;
        memory.shares_step = frame.numbers.step;
    }
    return memory.shares;
}

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

void draw_modes(PanelContext& context, const Scene& scene) {
    const Frame* frame = context.frame_with_arrays();
    if (!scene.posterior || frame == nullptr || frame->x.empty()) {
        return;
    }
    const MixtureView& modes = *scene.posterior;
    const ModeShares& shares = shares_of(context, *frame, modes);
    ImGui::SeparatorText("Modes");
    help_tooltip({"Share of the weight in each mode of the exact posterior; the line across a bar is the exact share.",
                  {},
                  scene.sigma.empty() ? "" : "Before the end it is where the denoised predictions are."});
    std::vector<size_t> order(modes.weights.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return modes.weights[a] > modes.weights[b]; });
    order.resize(std::min(order.size(), max_modes));
    double scale = 0;
    for (const size_t j : order) {
        scale = std::max({scale, modes.weights[j], shares.share.at(j)});
    }
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
        draw_bar(context, shares.share.at(j), modes.weights[j], std::max(scale, 1e-9) * 1.05);
        ImGui::TableNextColumn();
        ImGui::TextUnformatted(percent(shares.share.at(j)).c_str());
    }
    ImGui::EndTable();
    double distance = 0;
    for (size_t j = 0; j < modes.weights.size(); ++j) {
        distance += 0.5 * std::abs(shares.share.at(j) - modes.weights[j]);
    }
    const bool anything = shares.non_finite < 1;
    if (begin_numbers("mode_numbers")) {
        line(context, "Mode error", anything ? percent(distance) : "-", "",
             {"Total variation between these shares and the exact ones.", "sum of |share - exact| / 2", {}});
        line(context, "Off the data", anything ? percent(shares.off_manifold) : "-", "",
             {"Share of the weight farther than four standard deviations from every mode.",
              {},
              "Too much guidance pushes it up."});
        ImGui::EndTable();
    }
}

}  // namespace

void draw_numbers_panel(PanelContext& context) {
    const Frame* frame = context.frame();
    const Scene* scene = context.scene();
    if (frame == nullptr || scene == nullptr) {
        ImGui::TextWrapped("%s", empty_text(context).c_str());
        return;
    }
    ImGui::BeginDisabled(context.stale);
    if (begin_numbers("numbers")) {
        draw_weight_numbers(context, *frame, *scene);
        draw_run_numbers(context, *frame, *scene);
        ImGui::EndTable();
    }
    draw_modes(context, *scene);
    ImGui::EndDisabled();
}

}  // namespace drift
