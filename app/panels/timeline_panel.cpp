// Time: play controls, the scrubber with noise on the left and data on the right, the effective sample size and the
// evidence over the steps, and a tick for each resampling (interface.md 5.4).
#include "app/events.h"
#include "app/icon_button.h"
#include "app/panels/panels.h"
#include "app/panels/phase_text.h"
#include "app/phases.h"
#include "app/playback.h"
#include "app/shortcuts.h"
#include "app/theme.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace drift {
namespace {

/// A rectangle of the panel that shows one quantity over all steps.
struct Lane {
    ImDrawList& list;
    TimeAxis time;
    float top = 0;
    float height = 1;

    float y_of(double share) const { return top + height * (1 - static_cast<float>(std::clamp(share, 0.0, 1.0))); }
};

/// No smoothed edges while it lives: neighbouring areas meet without a seam.
class SharpFill {
public:
    explicit SharpFill(ImDrawList& list) : list_(list), before_(list.Flags) { list.Flags &= ~ImDrawFlags_AAFill; }
    ~SharpFill() { list_.Flags = before_; }
    SharpFill(const SharpFill&) = delete;
    SharpFill& operator=(const SharpFill&) = delete;

private:
    ImDrawList& list_;
    ImDrawFlags before_;
};

std::string with_key(const char* action) {
    const Shortcut* shortcut = find_shortcut(action);
    return shortcut == nullptr ? action : std::string(shortcut->title) + " (" + keys_text(*shortcut) + ")";
}

void command(PanelContext& context, const char* action, Icon icon, bool lit = false) {
    if (icon_button((std::string("##") + action).c_str(), icon, with_key(action).c_str(), lit)) {
        context.act(action);
    }
    ImGui::SameLine(0, ImGui::GetStyle().ItemInnerSpacing.x);
}

void draw_speed(View& view) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g x", view.speed / 20);
    ImGui::SetNextItemWidth(ImGui::GetFontSize() * 5);
    if (ImGui::BeginCombo("##speed", text)) {
        for (int digit = 1; digit <= 9; ++digit) {
            const double speed = speed_of_key(digit);
            std::snprintf(text, sizeof text, "%.3g x", speed / 20);
            if (ImGui::Selectable(text, speed == view.speed)) {
                view.speed = speed;
            }
        }
        ImGui::EndCombo();
    }
    ImGui::SetItemTooltip("Speed of playing (keys 1 to 9); 1 x is 20 steps a second");
}

/// How far a state is on the way from the start to the end.
std::string level_text(const PanelContext& context, const Frame& frame) {
    if (!context.scene()->sigma.empty()) {
        return "noise σ = " + short_number(frame.numbers.sigma);
    }
    return "β = " + short_number(frame.numbers.beta);
}

void draw_controls(PanelContext& context) {
    View& view = context.view;
    command(context, "time.start", Icon::Start);
    command(context, "time.previous_resampling", Icon::PreviousMark);
    command(context, "time.back", Icon::Back);
    command(context, "time.play", view.playing ? Icon::Pause : Icon::Play, view.playing);
    command(context, "time.forward", Icon::Forward);
    command(context, "time.phase", Icon::Phase, view.phase != Phase::Whole);
    command(context, "time.next_resampling", Icon::NextMark);
    command(context, "time.end", Icon::End);
    command(context, "time.loop", Icon::Loop, view.loop);
    command(context, "time.follow", Icon::Follow, view.follow);
    draw_speed(view);
    if (const Frame* frame = context.frame()) {
        ImGui::SameLine();
        ImGui::Text("step %lld of %lld", static_cast<long long>(context.step),
                    static_cast<long long>(last_step(context.recording)));
        const bool noisy = !context.scene()->sigma.empty();
        ImGui::SetItemTooltip("%s", noisy ? "Step 0 is pure noise, the last one the clean samples"
                                          : "Step 0 is drawn from the prior, the last one stands for the posterior");
        if (noisy || context.scene()->ladder) {
            ImGui::SameLine();
            ImGui::TextDisabled("%s", level_text(context, *frame).c_str());
        }
    }
}

void draw_label(const Lane& lane, float left, const char* text, ImU32 colour) {
    const float size = ImGui::GetFontSize();
    lane.list.AddText({left, lane.top + std::max(0.0F, (lane.height - size) / 2)}, colour, text);
}

/// What the top and the foot of a lane stand for, right of it.
void draw_scale(const Lane& lane, const std::string& high, const std::string& low, ImU32 colour) {
    const float size = 0.82F * ImGui::GetFontSize();
    const float left = lane.time.left + lane.time.width + 0.5F * ImGui::GetFontSize();
    ImFont* const font = ImGui::GetFont();
    if (lane.height >= 1.8F * size) {
        lane.list.AddText(font, size, {left, lane.top - 1}, colour, high.c_str());
        lane.list.AddText(font, size, {left, lane.top + lane.height - size}, colour, low.c_str());
    }
}

void draw_ess(const PanelContext& context, const Lane& lane) {
    const Palette& colours = palette(context.view.light);
    const Recording& recording = context.recording;
    lane.list.AddRectFilled({lane.time.left, lane.top}, {lane.time.left + lane.time.width, lane.top + lane.height},
                            to_u32(colours.lane, 0.5F), 2);
    const auto share_at = [&](int64_t k) {
        const Frame& frame = *recording.at(k);
        return frame.numbers.ess / static_cast<double>(std::max<int64_t>(frame.count, 1));
    };
    const SharpFill sharp(lane.list);
    const int64_t stride = lane.time.stride();
    // The least of a stride stands for it, so that no collapse is missed.
    const auto least_from = [&](int64_t k) {
        double least = share_at(k);
        for (int64_t i = k + 1; i < std::min(k + stride, recording.size()); ++i) {
            least = std::min(least, share_at(i));
        }
        return least;
    };
    double share = recording.empty() ? 0 : least_from(0);
    for (int64_t k = 0; k + 1 < recording.size(); k += stride) {
        const int64_t next = std::min(k + stride, recording.size() - 1);
        const float x0 = lane.time.x_of(static_cast<double>(k));
        const float x1 = lane.time.x_of(static_cast<double>(next));
        const double next_share = least_from(next);
        lane.list.AddQuadFilled({x0, lane.y_of(0)}, {x0, lane.y_of(share)}, {x1, lane.y_of(next_share)},
                                {x1, lane.y_of(0)}, to_u32(colours.particle, 0.55F));
        share = next_share;
    }
    float last_mark = -INFINITY;
    for (int64_t k = 0; k < recording.size(); ++k) {
        const StepNumbers& numbers = recording.at(k)->numbers;
        const float x = lane.time.x_of(static_cast<double>(k));
        if (numbers.resampled && x - last_mark >= 0.5F) {
            last_mark = x;
            const float foot = lane.top + lane.height;
            lane.list.AddLine({x, lane.top}, {x, foot}, to_u32(colours.measurement, 0.9F), 1.5F);
            lane.list.AddTriangleFilled({x - 4, foot + 6}, {x, foot}, {x + 4, foot + 6}, to_u32(colours.measurement));
        }
    }
}

/// The range of log Z with two standard deviations, and the exact value where it is known.
std::pair<double, double> log_z_range(const Recording& recording) {
    double low = INFINITY;
    double high = -INFINITY;
    const auto include = [&](double value) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    };
    for (int64_t k = 0; k < recording.size(); ++k) {
        const StepNumbers& numbers = recording.at(k)->numbers;
        include(numbers.log_z - 2 * numbers.log_z_sd);
        include(numbers.log_z + 2 * numbers.log_z_sd);
    }
    if (recording.scene()->exact_log_z) {
        include(*recording.scene()->exact_log_z);
    }
    if (!(low < high)) {
        return {low - 1, low + 1};
    }
    const double margin = 0.08 * (high - low);
    return {low - margin, high + margin};
}

void draw_log_z(const PanelContext& context, const Lane& lane, double low, double high) {
    const Palette& colours = palette(context.view.light);
    const Recording& recording = context.recording;
    const auto y_of = [&](double value) { return lane.y_of((value - low) / (high - low)); };
    lane.list.AddRectFilled({lane.time.left, lane.top}, {lane.time.left + lane.time.width, lane.top + lane.height},
                            to_u32(colours.lane, 0.5F), 2);
    const SharpFill sharp(lane.list);
    const int64_t stride = lane.time.stride();
    for (int64_t k = 0; k + 1 < recording.size(); k += stride) {
        const int64_t next = std::min(k + stride, recording.size() - 1);
        const StepNumbers& a = recording.at(k)->numbers;
        const StepNumbers& b = recording.at(next)->numbers;
        if (!std::isfinite(a.log_z) || !std::isfinite(b.log_z)) {
            continue;
        }
        const float x0 = lane.time.x_of(static_cast<double>(k));
        const float x1 = lane.time.x_of(static_cast<double>(next));
        lane.list.AddQuadFilled({x0, y_of(a.log_z - 2 * a.log_z_sd)}, {x0, y_of(a.log_z + 2 * a.log_z_sd)},
                                {x1, y_of(b.log_z + 2 * b.log_z_sd)}, {x1, y_of(b.log_z - 2 * b.log_z_sd)},
                                to_u32(colours.score, 0.35F));
        lane.list.AddLine({x0, y_of(a.log_z)}, {x1, y_of(b.log_z)}, to_u32(colours.score), 2);
    }
    if (recording.scene()->exact_log_z) {
        const float y = y_of(*recording.scene()->exact_log_z);
        for (float x = lane.time.left; x < lane.time.left + lane.time.width; x += 10) {
            lane.list.AddLine({x, y}, {std::min(x + 5, lane.time.left + lane.time.width), y}, to_u32(colours.truth),
                              1.5F);
        }
    }
}

/// The noise level on a logarithmic scale: what there is to see of methods without weights.
void draw_noise(const PanelContext& context, const Lane& lane) {
    const Palette& colours = palette(context.view.light);
    lane.list.AddRectFilled({lane.time.left, lane.top}, {lane.time.left + lane.time.width, lane.top + lane.height},
                            to_u32(colours.lane, 0.5F), 2);
    const std::vector<double>& sigma = context.scene()->sigma;
    const auto levels = static_cast<int64_t>(sigma.size()) - 1;  // the last one is 0
    if (levels < 2) {
        return;
    }
    const double high = std::log(sigma.front());
    const double span = std::max(high - std::log(sigma[static_cast<size_t>(levels) - 1]), 1e-9);
    for (int64_t k = 0; k < levels; k += lane.time.stride()) {
        const double share = 1 - (high - std::log(sigma[static_cast<size_t>(k)])) / span;
        lane.list.PathLineTo({lane.time.x_of(static_cast<double>(k)), lane.y_of(share)});
    }
    lane.list.PathStroke(to_u32(colours.particle), 2.0F);
    lane.list.AddText({lane.time.left + 8, lane.top + lane.height - ImGui::GetFontSize() - 2}, to_u32(colours.faint),
                      "This method has no weights: no ESS, no log Z, no resampling.");
}

/// The share of moves accepted: what there is to see of chains.
void draw_acceptance(const PanelContext& context, const Lane& lane) {
    const Palette& colours = palette(context.view.light);
    lane.list.AddRectFilled({lane.time.left, lane.top}, {lane.time.left + lane.time.width, lane.top + lane.height},
                            to_u32(colours.lane, 0.5F), 2);
    for (int64_t k = 1; k < context.recording.size(); k += lane.time.stride()) {
        const double share = context.recording.at(k)->numbers.acceptance;
        lane.list.PathLineTo({lane.time.x_of(static_cast<double>(k)), lane.y_of(std::isfinite(share) ? share : 0)});
    }
    lane.list.PathStroke(to_u32(colours.particle), 2.0F);
    lane.list.AddText({lane.time.left + 8, lane.top + lane.height - ImGui::GetFontSize() - 2}, to_u32(colours.faint),
                      "Chains have no weights: no ESS, no log Z, no resampling.");
}

/// The one lane of methods without weights.
void draw_only_lane(const PanelContext& context, const Lane& lane, float left) {
    const ImU32 faint = to_u32(palette(context.view.light).faint);
    const std::vector<double>& sigma = context.scene()->sigma;
    if (sigma.empty()) {
        draw_acceptance(context, lane);
        draw_label(lane, left, "accepted", faint);
        draw_scale(lane, "100 %", "0", faint);
        return;
    }
    draw_noise(context, lane);
    draw_label(lane, left, "noise σ", faint);
    if (sigma.size() > 2) {
        draw_scale(lane, short_number(sigma.front()), short_number(sigma[sigma.size() - 2]), faint);
    }
}

/// The name of the newest state's mark, on the side of it that has room.
void draw_now(const Lane& lane, float newest, float right, ImU32 colour) {
    const char* text = "now";
    const ImVec2 size = ImGui::CalcTextSize(text);
    const float pad = 4;
    const float left = newest + 2 * pad + size.x < right ? newest + pad : newest - pad - size.x;
    const float top = lane.top + (lane.height - size.y) / 2;
    lane.list.AddRectFilled({left - 1, top}, {left + size.x + 1, top + size.y}, ImGui::GetColorU32(ImGuiCol_WindowBg),
                            3);
    lane.list.AddText({left, top}, colour, text);
}

void draw_scrubber(const PanelContext& context, const Lane& lane) {
    const Palette& colours = palette(context.view.light);
    const float middle = lane.top + lane.height / 2;
    const float right = lane.time.left + lane.time.width;
    lane.list.AddRectFilled({lane.time.left, middle - 3}, {right, middle + 3}, to_u32(colours.lane), 3);
    const float newest = lane.time.x_of(static_cast<double>(std::max<int64_t>(context.recording.size() - 1, 0)));
    lane.list.AddRectFilled({lane.time.left, middle - 3}, {newest, middle + 3}, to_u32(colours.particle), 3);
    if (context.running && context.recording.size() <= lane.time.last) {  // the last state needs no mark
        lane.list.AddRectFilled({newest - 1.5F, lane.top}, {newest + 1.5F, lane.top + lane.height},
                                to_u32(colours.score));
        draw_now(lane, newest, right, to_u32(colours.score));
    }
}

void draw_playhead(const PanelContext& context, const TimeAxis& time, float top, float bottom) {
    const Palette& colours = palette(context.view.light);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float x = time.x_of(static_cast<double>(context.step));
    list.AddLine({x, top}, {x, bottom}, to_u32(colours.playhead), 2);
    list.AddCircleFilled({x, top + 8}, 8, to_u32(colours.playhead));
    list.AddCircleFilled({x, top + 8}, 5, to_u32(colours.particle));
}

void hover_text(const PanelContext& context, int64_t k) {
    if (!ImGui::BeginTooltip()) {
        return;
    }
    const Frame& frame = *context.recording.at(k);
    const StepNumbers& numbers = frame.numbers;
    ImGui::Text("step %lld, %s", static_cast<long long>(k), level_text(context, frame).c_str());
    if (std::isfinite(numbers.acceptance)) {
        ImGui::Text("%s of the moves accepted", percent(numbers.acceptance).c_str());
    }
    if (context.scene()->weighted) {
        ImGui::Text("ESS %s of %s, log Z %s ± %s", short_number(numbers.ess).c_str(), grouped(frame.count).c_str(),
                    short_number(numbers.log_z).c_str(), short_number(numbers.log_z_sd).c_str());
    }
    if (numbers.resampled) {
        ImGui::Text("resampled here: %s distinct parents, %s first ancestors alive",
                    grouped(numbers.distinct_parents).c_str(), grouped(numbers.eves).c_str());
    }
    if (context.scene()->exact_log_z) {
        ImGui::TextDisabled("exact log Z %s, the broken line", short_number(*context.scene()->exact_log_z).c_str());
    }
    ImGui::EndTooltip();
}

/// Scrubbing with the mouse, over all lanes.
void scrub(PanelContext& context, const TimeAxis& time) {
    const double at = std::round(time.step_at(ImGui::GetIO().MousePos.x));
    if (ImGui::IsItemActive()) {
        move_to(context.view, at, context.recording);
    } else if (ImGui::IsItemHovered() && at < static_cast<double>(context.recording.size())) {
        hover_text(context, static_cast<int64_t>(at));
    }
}

void draw_lanes(PanelContext& context) {
    const Palette& colours = palette(context.view.light);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float font = ImGui::GetFontSize();
    const bool weighted = context.scene() != nullptr && context.scene()->weighted;
    const ImVec2 from = ImGui::GetCursorScreenPos();
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const bool noisy = context.scene() == nullptr || !context.scene()->sigma.empty();
    const float gutter = ImGui::CalcTextSize(noisy ? "noise σ  " : "accepted  ").x;
    // The widest number of a scale, and the name of the end.
    const float edge = ImGui::CalcTextSize(noisy ? "  -0.001" : "   posterior").x;
    const TimeAxis time{from.x + gutter, std::max(room.x - gutter - edge, 10.0F), last_step(context.recording)};
    const float bar = font * 1.25F;
    const float rest = std::max(room.y - bar - 10, font);
    ImGui::SetCursorScreenPos({time.left - 8, from.y});
    ImGui::InvisibleButton("##scrub", {time.width + 16, std::max(room.y, bar)});
    const ImU32 faint = to_u32(colours.faint);
    list.AddText({from.x, from.y + bar / 2 - font / 2}, faint, noisy ? "noise" : "prior");
    list.AddText({time.left + time.width + font * 0.8F, from.y + bar / 2 - font / 2}, faint,
                 noisy ? "data" : "posterior");
    draw_scrubber(context, {list, time, from.y, bar});
    if (weighted && !context.recording.empty()) {
        const float height = std::max((rest - 8) * (rest > 3.2F * font ? 0.5F : 1.0F), font);
        const Lane ess{list, time, from.y + bar + 2, height};
        draw_ess(context, ess);
        draw_label(ess, from.x, "ESS", faint);
        draw_scale(ess, "100 %", "0", faint);
        if (rest > 3.2F * font) {
            const Lane log_z{list, time, ess.top + height + 8, height - 2};
            const auto [low, high] = log_z_range(context.recording);
            draw_log_z(context, log_z, low, high);
            draw_scale(log_z, short_number(high), short_number(low), faint);
            draw_label(log_z, from.x, "log Z", faint);
        }
    } else if (!context.recording.empty()) {
        draw_only_lane(context, {list, time, from.y + bar + 2, std::max(rest - 8, font)}, from.x);
    }
    if (!context.recording.empty()) {
        draw_playhead(context, time, from.y + bar / 2 - 8, from.y + room.y);
        scrub(context, time);
    }
}

}  // namespace

void draw_timeline_panel(PanelContext& context) {
    draw_controls(context);
    const std::string phase = phase_text(context);
    const std::string sentence = phase.empty() ? sentence_of_state(context.recording, context.step) : phase;
    ImGui::TextUnformatted(sentence.empty() ? empty_text(context).c_str() : sentence.c_str());
    draw_lanes(context);
}

}  // namespace drift
