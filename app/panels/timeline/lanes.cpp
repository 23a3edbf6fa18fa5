#include "app/panels/timeline/lanes.h"

#include "app/events.h"
#include "app/resampling_rule.h"
#include "app/theme.h"

#include <cfloat>
#include <cmath>
#include <limits>
#include <vector>

namespace drift {
namespace {

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

void draw_broken_line(const Lane& lane, float y, ImU32 colour) {
    const float right = lane.time.left + lane.time.width;
    for (int i = 0; lane.time.left + 10 * static_cast<float>(i) < right; ++i) {
        const float x = lane.time.left + 10 * static_cast<float>(i);
        lane.list.AddLine({x, y}, {std::min(x + 5, right), y}, colour, 1.5F);
    }
}

ImU32 colour_of_eves(bool light) {
    return to_u32(palette(light).truth);  // over the filled curve
}

/// A tick for each of them, and a line through the curves where lines leave something of these to be seen.
void draw_resamplings(const PanelContext& context, const Lane& lane) {
    constexpr float room_for_line = 6;
    const Palette& colours = palette(context.view.light);
    const Recording& recording = context.recording;
    int64_t marks = 0;
    for (int64_t k = 0; k < recording.size(); ++k) {
        marks += recording.at(k)->numbers.resampled ? 1 : 0;
    }
    const bool lines = room_for_line * static_cast<float>(marks) < lane.time.width;
    float last_mark = -INFINITY;
    for (int64_t k = 0; k < recording.size(); ++k) {
        const StepNumbers& numbers = recording.at(k)->numbers;
        const float x = lane.time.x_of(static_cast<double>(k));
        if (numbers.resampled && x - last_mark >= 0.5F) {
            last_mark = x;
            const float foot = lane.top + lane.height;
            if (lines) {
                lane.list.AddLine({x, lane.top}, {x, foot}, to_u32(colours.measurement, 0.9F), 1.5F);
            }
            lane.list.AddTriangleFilled({x - 4, foot + 6}, {x, foot}, {x + 4, foot + 6}, to_u32(colours.measurement));
        }
    }
}

/// The share of first ancestors with descendants: resampling can only lower it.
void draw_eves(const PanelContext& context, const Lane& lane) {
    const Recording& recording = context.recording;
    for (int64_t k = 0; k < recording.size(); k += lane.time.stride()) {
        const double share = static_cast<double>(recording.at(k)->numbers.eves) /
                             static_cast<double>(std::max<int64_t>(recording.at(0)->count, 1));
        const float x = lane.time.x_of(static_cast<double>(k));
        lane.list.PathLineTo({x, lane.y_of(share)});
    }
    lane.list.PathStroke(colour_of_eves(context.view.light), 1.5F);
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

}  // namespace

void draw_label(const Lane& lane, float left, const char* text, ImU32 colour) {
    const float size = ImGui::GetFontSize();
    lane.list.AddText({left, lane.top + std::max(0.0F, (lane.height - size) / 2)}, colour, text);
}

void draw_scale(const Lane& lane, const std::string& high, const std::string& low, ImU32 colour) {
    const float size = 0.82F * ImGui::GetFontSize();
    const float left = lane.time.left + lane.time.width + 0.5F * ImGui::GetFontSize();
    ImFont* const font = ImGui::GetFont();
    if (lane.height >= 1.8F * size) {
        lane.list.AddText(font, size, {left, lane.top - 1}, colour, high.c_str());
        lane.list.AddText(font, size, {left, lane.top + lane.height - size}, colour, low.c_str());
    }
}

std::optional<double> threshold_worth_a_line(const Choice& sampler) {
    const std::optional<double> share = resampling_threshold(sampler);
    return share > 0 && share < 1 ? share : std::nullopt;  // never, and always
}

void draw_ess_labels(const Lane& lane, float left, bool light) {
    const Palette& colours = palette(light);
    const float size = 0.82F * ImGui::GetFontSize();
    if (lane.height < 2 * size) {
        draw_label(lane, left, "ESS", to_u32(colours.faint));
        return;
    }
    const float top = lane.top + (lane.height - 2 * size) / 2;
    lane.list.AddText(ImGui::GetFont(), size, {left, top}, to_u32(colours.particle), "ESS");
    lane.list.AddText(ImGui::GetFont(), size, {left, top + size}, colour_of_eves(light), "ancestors");
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
    draw_resamplings(context, lane);
    if (const auto threshold = threshold_worth_a_line(context.scenario().sampler)) {
        draw_broken_line(lane, lane.y_of(*threshold), to_u32(colours.measurement));
    }
    draw_eves(context, lane);
}

std::pair<double, double> log_z_range(const Recording& recording) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
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
        draw_broken_line(lane, y_of(*recording.scene()->exact_log_z), to_u32(colours.truth));
    }
}

void draw_training_parts(const PanelContext& context, const Lane& lanes) {
    const Palette& colours = palette(context.view.light);
    const Recording& recording = context.recording;
    const float size = 0.82F * ImGui::GetFontSize();
    const float gap = 0.3F * size;
    const auto samples_at = [&](int64_t k) { return recording.at(k)->training->sampled >= 0; };
    for (int64_t begin = 0; begin < recording.size();) {
        int64_t end = begin + 1;
        while (end < recording.size() && samples_at(end) == samples_at(begin)) {
            ++end;
        }
        const bool newest = end == recording.size();
        const float left = lanes.time.x_of(static_cast<double>(begin));
        const float right = lanes.time.x_of(static_cast<double>(newest ? lanes.time.last : end));
        if (begin > 0) {
            lanes.list.AddLine({left, lanes.top}, {left, lanes.top + lanes.height}, to_u32(colours.faint), 1);
        }
        const char* name = samples_at(begin) ? "sampling" : "training";
        ImFont* const font = ImGui::GetFont();
        if (font->CalcTextSizeA(size, FLT_MAX, 0, name).x + 2 * gap < right - left) {
            lanes.list.AddText(font, size, {left + gap, lanes.top + 1}, to_u32(colours.text),
                               name);  // mostly over the filled curve
        }
        begin = end;
    }
}

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

}  // namespace drift
