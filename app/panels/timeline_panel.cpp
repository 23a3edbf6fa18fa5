// Time: play controls, the scrubber with noise on the left and data on the right, the effective sample size and the
// evidence over the steps, and a tick for each resampling (interface.md 5.4).
#include "app/events.h"
#include "app/icon_button.h"
#include "app/panels/dimmed.h"
#include "app/panels/panels.h"
#include "app/panels/phase_text.h"
#include "app/panels/timeline/lanes.h"
#include "app/playback.h"
#include "app/shortcuts.h"
#include "app/theme.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

namespace drift {
namespace {

constexpr float playhead_radius = 8;  // pixels

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
    if (frame.training != nullptr) {
        return frame.training->sampled < 0 ? "iteration " + grouped(frame.training->iteration)
                                           : "sampling " + grouped(frame.training->sampled);
    }
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
    const bool goes_on = context.set_up != nullptr ? context.computing : view.playing;
    command(context, "time.play", goes_on ? Icon::Pause : Icon::Play, goes_on);
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
        const bool learned = frame->training != nullptr;
        ImGui::SetItemTooltip("%s", learned ? "First the states of the training, with samples of the policy as it is "
                                              "there, then the steps of sampling"
                                    : noisy ? "Step 0 is pure noise, the last one the clean samples"
                                            : "Step 0 is drawn from the prior, the last one stands for the posterior");
        const std::string level = level_text(context, *frame);
        ImGui::SameLine();
        // Left out where half a number would be seen; the scrubber says it to the mouse.
        const bool room = ImGui::CalcTextSize(level.c_str()).x <= ImGui::GetContentRegionAvail().x;
        if (room && (noisy || learned || context.scene()->ladder)) {
            ImGui::TextDisabled("%s", level.c_str());
            ImGui::SetItemTooltip("%s", learned ? "Batches learned from so far, or how far a sample is on its way"
                                        : noisy
                                            ? "The standard deviation of the noise that is left on the particles"
                                            : "How much the likelihood counts: 0 at the prior, 1 at the posterior.\n"
                                              "An inverse temperature");
        } else {
            ImGui::NewLine();
        }
    }
}

/// The name of the newest state's mark, on the side of it that has room.
void draw_now(const Lane& lane, float newest, float right, ImU32 colour) {
    const char* text = "now";
    const ImVec2 size = ImGui::CalcTextSize(text);
    const float pad = playhead_radius + 4;  // often the playhead rests there
    const float left = newest + pad + size.x + 4 < right ? newest + pad : newest - pad - size.x;
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
    list.AddCircleFilled({x, top + 8}, playhead_radius, to_u32(colours.playhead));
    list.AddCircleFilled({x, top + 8}, playhead_radius - 3, to_u32(colours.particle));
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
    if (context.scene()->weighted) {
        ImGui::Text("%s of %s first ancestors alive, the line", grouped(numbers.eves).c_str(),
                    grouped(context.recording.at(0)->count).c_str());
    }
    if (const auto threshold = threshold_worth_a_line(context.scenario().sampler);
        threshold && context.scene()->weighted) {
        ImGui::TextDisabled("resampled where ESS is below %s, the broken line", percent(*threshold).c_str());
    }
    if (numbers.resampled) {
        ImGui::Text("resampled here: %s", counted(numbers.distinct_parents, "distinct parents").c_str());
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

/// What there is to see of the run in the lanes below the scrubber; their names begin at `left`.
void draw_numbers_of_run(const PanelContext& context, const Lane& room, float left) {
    const float font = ImGui::GetFontSize();
    const ImU32 faint = to_u32(palette(context.view.light).faint);
    if (!context.scene()->weighted) {
        draw_only_lane(context, {room.list, room.time, room.top, std::max(room.height - 8, font)}, left);
        return;
    }
    const bool both = room.height > 3.2F * font;
    const float height = std::max((room.height - 8) * (both ? 0.5F : 1.0F), font);
    const Lane ess{room.list, room.time, room.top, height};
    draw_ess(context, ess);
    draw_ess_labels(ess, left, context.view.light);
    draw_scale(ess, "100 %", "0", faint);
    if (both) {
        const Lane log_z{room.list, room.time, ess.top + height + 8, height - 2};
        const auto [low, high] = log_z_range(context.recording);
        draw_log_z(context, log_z, low, high);
        draw_scale(log_z, short_number(high), short_number(low), faint);
        draw_label(log_z, left, "log Z", faint);
    }
    if (context.frame()->training != nullptr) {
        draw_training_parts(context, room);
    }
}

void draw_lanes(PanelContext& context) {
    const Palette& colours = palette(context.view.light);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float font = ImGui::GetFontSize();
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
    const bool learned = context.frame() != nullptr && context.frame()->training != nullptr;
    list.AddText({from.x, from.y + bar / 2 - font / 2}, faint, learned ? "untrained" : noisy ? "noise" : "prior");
    list.AddText({time.left + time.width + font * 0.8F, from.y + bar / 2 - font / 2}, faint,
                 learned ? "samples"
                 : noisy ? "data"
                         : "posterior");
    draw_scrubber(context, {list, time, from.y, bar});
    if (!context.recording.empty()) {
        const Dimmed old(list, context.stale);
        draw_numbers_of_run(context, {list, time, from.y + bar + 2, rest}, from.x);
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
