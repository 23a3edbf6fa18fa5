// Rewards on the way: what steering by FK or by twists goes by.
#include "app/events.h"
#include "app/gl/graphics.h"
#include "app/lineage.h"
#include "app/panels/borderless.h"
#include "app/panels/click.h"
#include "app/panels/dimmed.h"
#include "app/panels/flow.h"
#include "app/panels/memory.h"
#include "app/panels/panels.h"
#include "app/panels/rewards/potential_lines.h"
#include "app/playback.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace drift {
namespace {

constexpr double many_magnitudes = 300;  // a wider range is drawn on a scale that is logarithmic far from 0
constexpr int64_t particles_a_frame = int64_t{1} << 21;

void update_picture(const PanelContext& context, RewardsView& view) {
    if (view.recording != context.recording_id) {
        view = {};
        view.recording = context.recording_id;
    }
    if (!view.history.extend(context.recording, particles_a_frame)) {
        context.memory->unfinished = true;
    }
    const int64_t states = view.history.states();
    const bool over =
        states == context.recording.size() && (!context.running || context.recording.at(states - 1)->last);
    const double now = Log::now();
    if (const double wait = view.due_in(over, now); wait > 0) {
        // A run that is paused brings no state that would wake the window.
        context.memory->redraw_in = std::min(context.memory->redraw_in, wait);
        return;
    }
    view.states = states;
    view.refreshed = now;
    view.history.refresh(context.recording);
}

/// How the scenario splits the reward over the steps; empty for methods that leave no choice.
std::string chosen_potential(const PanelContext& context) {
    const ParamSet& params = context.scenario().sampler.params;
    const auto* name = params.contains("potential") ? std::get_if<std::string>(&params.at("potential").value) : nullptr;
    return name == nullptr ? "" : *name;
}

struct Extent {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    void add(const std::vector<double>& values) {
        for (const double value : values) {
            if (std::isfinite(value)) {
                low = std::min(low, value);
                high = std::max(high, value);
            }
        }
    }
};

/// On a scale that is logarithmic far from 0.
void set_wide_scale(const Extent& range) {
    static const double places[] = {-1e6, -1e5, -1e4, -1e3, -100, -10, 0, 10, 100, 1e3, 1e4, 1e5, 1e6};
    static const char* const texts[] = {"-1e6", "-1e5", "-1e4", "-1000", "-100", "-10", "0",
                                        "10",   "100",  "1000", "1e4",   "1e5",  "1e6"};
    if (range.high - range.low > many_magnitudes) {
        ImPlot::SetupAxisScale(ImAxis_Y1, ImPlotScale_SymLog);
        ImPlot::SetupAxisTicks(ImAxis_Y1, places, 13, texts);
    }
}

bool begin_over_steps(const PanelContext& context, const char* id, float height, const char* y_name, Extent range,
                      bool labels) {
    if (!ImPlot::BeginPlot(
            id, {-1, height},
            ImPlotFlags_NoLegend | ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect | ImPlotFlags_NoMenus)) {
        return false;
    }
    const auto last = static_cast<double>(std::max<int64_t>(last_step(context.recording), 1));
    ImPlot::SetupAxes(labels ? "step" : nullptr, y_name,
                      ImPlotAxisFlags_Lock | (labels ? 0 : ImPlotAxisFlags_NoTickLabels), ImPlotAxisFlags_Lock);
    ImPlot::SetupAxisLimits(ImAxis_X1, -0.02 * last, 1.02 * last, ImPlotCond_Always);
    if (!(range.high >= range.low)) {
        range = {-1, 0};
    }
    const double margin = std::max(0.06 * (range.high - range.low), 1e-6);
    set_wide_scale(range);
    ImPlot::SetupAxisLimits(ImAxis_Y1, range.low - margin, range.high + margin, ImPlotCond_Always);
    ImPlot::SetupFinish();
    return true;
}

void draw_playhead(const PanelContext& context) {
    const float x = ImPlot::PlotToPixels(static_cast<double>(context.step), 0.0).x;
    const ImVec2 corner = ImPlot::GetPlotPos();
    ImPlot::PushPlotClipRect();
    ImPlot::GetPlotDrawList()->AddLine({x, corner.y}, {x, corner.y + ImPlot::GetPlotSize().y},
                                       to_u32(palette(context.view.light).playhead, 0.7F), 1.5F);
    ImPlot::PopPlotClipRect();
}

std::vector<ImVec2> pixels_of(const std::vector<double>& x, const std::vector<double>& y) {
    std::vector<ImVec2> pixels;
    for (size_t i = 0; i < x.size(); ++i) {
        if (std::isfinite(y[i])) {
            pixels.push_back(ImPlot::PlotToPixels(x[i], y[i]));
        }
    }
    return pixels;
}

void stroke(const RewardTrace& trace, ImU32 colour, float thickness) {
    const std::vector<ImVec2> pixels = pixels_of(trace.step, trace.reward);
    ImPlot::GetPlotDrawList()->AddPolyline(pixels.data(), static_cast<int>(pixels.size()), colour, thickness);
}

/// A trace with its name at the end.
void draw_marked(const PanelContext& context, const RewardTrace& trace, const ImVec4& colour, const char* name) {
    const std::vector<ImVec2> pixels = pixels_of(trace.step, trace.reward);
    if (pixels.empty()) {
        return;
    }
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    stroke(trace, to_u32(palette(context.view.light).background, 0.8F), 4);
    stroke(trace, to_u32(colour), 2);
    const ImVec2 end = pixels.back();
    const float em = ImGui::GetFontSize();
    list.AddCircleFilled(end, 0.25F * em, to_u32(colour));
    const ImVec2 size = ImGui::CalcTextSize(name);
    const float top = ImPlot::GetPlotPos().y;
    const float low = top + ImPlot::GetPlotSize().y - size.y;
    const ImVec2 at{end.x - size.x - 0.5F * em, std::clamp(end.y + 0.3F * em, top, low)};
    list.AddRectFilled({at.x - 0.2F * em, at.y}, {at.x + size.x + 0.2F * em, at.y + size.y},
                       ImGui::GetColorU32(ImGuiCol_WindowBg, 0.85F), 0.2F * em);
    list.AddText(at, to_u32(colour), name);
}

/// The trace under the mouse, null where none is near.
const RewardTrace* trace_under_mouse(const RewardPicture& picture) {
    if (!ImPlot::IsPlotHovered()) {
        return nullptr;
    }
    const ImVec2 mouse = ImGui::GetMousePos();
    float least = 0.6F * ImGui::GetFontSize();
    const RewardTrace* nearest = nullptr;
    for (const RewardTrace& trace : picture.traces) {
        const std::vector<ImVec2> pixels = pixels_of(trace.step, trace.reward);
        for (size_t i = 0; i + 1 < pixels.size(); ++i) {
            const ImVec2& a = pixels[i];
            const ImVec2& b = pixels[i + 1];
            const float t = b.x > a.x ? std::clamp((mouse.x - a.x) / (b.x - a.x), 0.0F, 1.0F) : 0;
            const float away = std::hypot(a.x + t * (b.x - a.x) - mouse.x, a.y + t * (b.y - a.y) - mouse.y);
            if (away < least) {
                least = away;
                nearest = &trace;
            }
        }
    }
    return nearest;
}

/// Takes the particle of a trace at the state shown: what the other panels mark.
void take_hovered(PanelContext& context, const RewardTrace& trace) {
    const int64_t step = std::min(trace.end.step, context.step);
    const ParticleRef here{step, context.recording.ancestor(trace.end.step, step, trace.end.index)};
    context.view.hovered = context.view.hovering = here;
    if (clicked_in_place()) {
        context.view.selected = here;
    }
    ImGui::SetTooltip("particle %d at step %lld%s\nreward %s at its end", trace.end.index,
                      static_cast<long long>(trace.end.step), trace.survives ? "" : ", where its line ends",
                      trace.reward.empty() ? "-" : short_number(trace.reward.back()).c_str());
}

/// ImPlot must not be given nothing to shade: there may be traces without a band.
void draw_band(const RewardPicture& picture, const ImVec4& colour) {
    ImPlotSpec band;
    band.FillColor = colour;
    band.FillAlpha = 0.38F;
    if (!picture.step.empty()) {
        ImPlot::PlotShaded("10 to 90 %", picture.step.data(), picture.low.data(), picture.high.data(),
                           static_cast<int>(picture.step.size()), band);
    }
}

void draw_median(const RewardPicture& picture, const ImVec4& colour) {
    ImPlotSpec median;
    median.LineColor = colour;
    median.LineWeight = 2;
    if (!picture.step.empty()) {
        ImPlot::PlotLine("median", picture.step.data(), picture.median.data(), static_cast<int>(picture.step.size()),
                         median);
    }
}

void draw_lines(const PanelContext& context, const RewardPicture& picture) {
    const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
    const Palette& colours = palette(context.view.light);
    draw_band(picture, colours.particle);
    ImPlot::PushPlotClipRect();
    for (const RewardTrace& trace : picture.traces) {
        stroke(trace, trace.survives ? to_u32(colours.particle, 0.22F) : to_u32(colours.faint, 0.2F), 1);
    }
    ImPlot::PopPlotClipRect();
    draw_median(picture, colours.text);
    ImPlot::PushPlotClipRect();
    draw_marked(context, picture.best, colours.good, "best");
    draw_marked(context, picture.worst, colours.guidance, "worst");
    const View& view = context.view;
    for (const ParticleRef& particle : {view.selected, view.hovered}) {
        if (is_recorded(context.recording, particle)) {
            stroke(reward_trace(context.recording, particle), to_u32(colours.playhead), 2);
        }
    }
    ImPlot::PopPlotClipRect();
}

void draw_traces(PanelContext& context, const RewardPicture& picture, float height) {
    Extent range;
    for (const RewardTrace& trace : picture.traces) {
        range.add(trace.reward);
    }
    range.add(picture.low);
    range.add(picture.high);
    const bool alone = chosen_potential(context).empty();
    if (!begin_over_steps(context, "##traces", height, alone ? "log psi" : "lambda r", range, alone)) {
        return;
    }
    draw_lines(context, picture);
    draw_playhead(context);
    if (const RewardTrace* trace = trace_under_mouse(picture)) {
        take_hovered(context, *trace);
    }
    ImPlot::EndPlot();
}

/// What the path of one particle has been given so far, by each potential.
void draw_potentials(const PanelContext& context, const RewardTrace& trace, float height) {
    const bool finished = context.recording.at(context.recording.size() - 1)->last;
    const Potentials totals = potentials_along(trace, finished);
    const std::vector<PotentialLine> lines = potential_lines(chosen_potential(context));
    Extent range;
    for (const PotentialLine& line : lines) {
        range.add(totals.*line.values);
    }
    if (!begin_over_steps(context, "##potentials", height, "log weight", range, true)) {
        return;
    }
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        for (const PotentialLine& line : lines) {
            ImPlotSpec spec;
            spec.LineColor = category_colour(line.colour, context.view.light);
            spec.LineWeight = line.in_use ? 3.0F : 1.4F;
            if (!trace.step.empty()) {
                ImPlot::PlotStairs(line.name, trace.step.data(), (totals.*line.values).data(),
                                   static_cast<int>(trace.step.size()), spec);
            }
        }
    }
    draw_playhead(context);
    ImPlot::EndPlot();
}

void draw_legend(const PanelContext& context) {
    bool first = true;
    for (const PotentialLine& entry : potential_lines(chosen_potential(context))) {
        const std::string name = entry.label();
        const float gap = 0.4F * ImGui::GetFontSize();
        if (!std::exchange(first, false)) {
            flow(ImGui::CalcTextSize((name + entry.formula).c_str()).x + gap);
        }
        ImGui::TextColored(category_colour(entry.colour, context.view.light), "%s", name.c_str());
        ImGui::SameLine(0, gap);
        ImGui::TextDisabled("%s", entry.formula);
    }
}

/// The plot of the traces with what its lines are.
void draw_upper(PanelContext& context, const RewardPicture& picture, float height) {
    ImGui::TextDisabled("%s", "Reward by step, of particles and their ancestors");
    ImGui::SetItemTooltip(
        "FK steering: lambda r, the reward of the denoised prediction D(x), lambda times. TDS: log psi,\n"
        "the logarithm of its stand-in for the likelihood of a noisy state. At the scored steps.\n"
        "Line and band: median and 10 to 90 %% of all particles. Blue lines lead to particles that\n"
        "are alive, grey ones end where a resampling gave them no children.");
    draw_traces(context, picture, height);
}

void draw_lower(PanelContext& context, const RewardPicture& picture, float height) {
    ImGui::TextDisabled("%s", "Log weight of the best one's path, by potential");
    ImGui::SetItemTooltip(
        "Potentials split lambda r(x0) over the scored steps:\n"
        "difference  log G = r - r before, so that the weight always is the reward of now\n"
        "max         log G = the highest r so far: what was good once stays good\n"
        "sum         log G = all r so far: early rewards count many times\n"
        "reward      log G = r; none: nothing before the end; these two are drawn where they are in use\n"
        "The last step takes back what was given too much, so that all end at lambda r(x0). best_of gives\n"
        "no weight at all: at the end the best of each group goes on alone.");
    draw_potentials(context, picture.best, height);
    draw_legend(context);
}

}  // namespace

void draw_rewards_panel(PanelContext& context) {
    if (context.graphics == nullptr || context.recording.empty() || context.scene() == nullptr) {
        ImGui::TextWrapped("%s", empty_text(context).c_str());
        return;
    }
    RewardsView& view = context.graphics->rewards;
    update_picture(context, view);
    const RewardPicture& picture = view.history.picture();
    if (picture.empty()) {
        ImGui::TextWrapped(
            "Nothing scores the particles of this method on their way. FK steering goes by a reward, TDS by log psi.");
        return;
    }
    const float least = 6 * ImGui::GetFontSize();
    const float line = ImGui::GetTextLineHeightWithSpacing();
    const bool potentials = !chosen_potential(context).empty();
    const float room =
        ImGui::GetContentRegionAvail().y - (potentials ? 4.0F : 1.0F) * line - 2 * ImGui::GetStyle().ItemSpacing.y;
    const float lower = potentials ? std::max(0.5F * room, least) : 0;
    const Borderless plots;
    if (ImPlot::BeginAlignedPlots("rewards")) {
        draw_upper(context, picture, std::max(room - lower, least));
        if (potentials) {
            draw_lower(context, picture, lower);
        }
        ImPlot::EndAlignedPlots();
    }
}

}  // namespace drift
