// The weights of the state shown: their histogram, and how few particles carry most of it.
#include "app/events.h"
#include "app/gl/graphics.h"
#include "app/panels/borderless.h"
#include "app/panels/data/cloud.h"
#include "app/panels/dimmed.h"
#include "app/panels/panels.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace drift {
namespace {

constexpr ImPlotFlags plot_flags =
    ImPlotFlags_NoMouseText | ImPlotFlags_NoBoxSelect | ImPlotFlags_NoMenus | ImPlotFlags_NoInputs;

void update_weights(const PanelContext& context, WeightsView& weights) {
    const Frame& frame = *context.frame();
    const FrameKey key = key_of(context, frame);
    if (weights.frame == key && has_resampling(context.recording, context.step) == (weights.children.count > 0)) {
        return;
    }
    weights.frame = key;
    weights.shape = shape_of(frame.weights);
    weights.children = {};
    if (const auto event = resampling_at(context.recording, context.step)) {
        weights.children = shape_of({event->counts.begin(), event->counts.end()});
    }
}

/// What the pictures below show, in numbers and words.
void draw_numbers(const PanelContext& context, const WeightsView& weights) {
    const WeightShape& shape = weights.shape;
    const StepNumbers& numbers = context.frame()->numbers;
    const auto n = static_cast<double>(shape.count);
    ImGui::TextWrapped(
        "Step %lld: %s of the particles carry 90 %% of the weight, the heaviest %s (%s of an equal share).",
        static_cast<long long>(context.step), percent(shape.carry_most).c_str(),
        (short_number(100 * shape.heaviest) + " %").c_str(), short_number(shape.heaviest * n).c_str());
    std::string text =
        "Gini " + short_number(shape.gini) + ", ESS " + short_number(numbers.ess) + " of " + grouped(shape.count);
    if (shape.zero > 0) {
        text += ", " + grouped(shape.zero) + " without any weight";
    }
    if (context.scene()->ladder && numbers.resampled) {
        text += "; resampled before the moves that led here, so that all are equal";
    } else if (weights.children.count > 0) {
        text += "; resampled here, after which all are equal";
    } else if (context.frame()->last) {
        text += "; the end, where they count in every average";
    } else {
        text += "; not resampled here, they are carried on";
    }
    ImGui::PushStyleColor(ImGuiCol_Text, palette(context.view.light).faint);
    ImGui::TextWrapped("%s.", text.c_str());
    ImGui::PopStyleColor();
}

constexpr size_t most_marked = 64;

/// Weights of the particles that are followed, of their ancestors or of their descendants here.
void update_marks(const PanelContext& context, WeightsView& weights) {
    if (!weights.followed.update(context, context.step)) {
        return;
    }
    weights.marked.clear();
    for (const int32_t here : weights.followed.some(most_marked)) {
        weights.marked.push_back(context.frame()->weights[static_cast<size_t>(here)]);
    }
    weights.marks = places_on_curve(context.frame()->weights, weights.marked);
}

/// "1/100", "1/10", "1", "10": what a power of ten of an equal share is called.
std::string share_name(int power) {
    if (power < -3 || power > 4) {
        return "1e" + std::to_string(power);
    }
    std::string number = "1";
    number.append(static_cast<size_t>(std::abs(power)), '0');
    return power < 0 ? "1/" + number : number;
}

/// With as many ticks as have room for their names in that width.
void set_share_axis(const WeightShape& shape, float width) {
    std::vector<double> ticks;
    std::vector<std::string> names;
    const double room = static_cast<double>(width / (5.5F * ImGui::GetFontSize()));
    const int every = std::max(1, static_cast<int>(std::ceil((shape.high - shape.low) / std::max(room, 1.0))));
    for (int power = static_cast<int>(shape.low) / every * every; power <= static_cast<int>(shape.high);
         power += every) {
        ticks.push_back(power);
        names.push_back(share_name(power));
    }
    std::vector<const char*> labels;
    labels.reserve(names.size());
    for (const std::string& name : names) {
        labels.push_back(name.c_str());
    }
    ImPlot::SetupAxisTicks(ImAxis_X1, ticks.data(), static_cast<int>(ticks.size()), labels.data());
    ImPlot::SetupAxisLimits(ImAxis_X1, shape.low, shape.high, ImPlotCond_Always);
}

void draw_bars(const PanelContext& context, const WeightShape& shape) {
    const double width = (shape.high - shape.low) / static_cast<double>(shape.bins.size());
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    for (size_t i = 0; i < shape.bins.size(); ++i) {
        if (shape.bins[i] == 0) {
            continue;
        }
        const double left = shape.low + width * static_cast<double>(i);
        const double share = std::pow(10, left + width / 2) / static_cast<double>(shape.count);
        const ImVec2 low = ImPlot::PlotToPixels(left, 0);
        ImVec2 high = ImPlot::PlotToPixels(left + width, static_cast<double>(shape.bins[i]));
        high.y = std::min(high.y, low.y - 1.5F);  // a single particle is seen
        list.AddRectFilled({low.x + 0.5F, high.y}, {high.x - 0.5F, low.y},
                           to_u32(value_colour(weight_on_scale(share, shape.count), context.view.light)));
    }
}

void draw_upright(double x, const ImVec4& colour, float thickness) {
    const float at = ImPlot::PlotToPixels(x, 0).x;
    const float top = ImPlot::GetPlotPos().y;
    ImPlot::GetPlotDrawList()->AddLine({at, top}, {at, top + ImPlot::GetPlotSize().y}, to_u32(colour), thickness);
}

/// On the side of its line that has room.
void name_equal_share(const ImVec4& colour) {
    const char* name = "equal share";
    const float width = ImGui::CalcTextSize(name).x;
    const ImVec2 corner = ImPlot::GetPlotPos();
    const float line = ImPlot::PlotToPixels(0, 0).x;
    const bool right = line + 5 + width < corner.x + ImPlot::GetPlotSize().x;
    ImPlot::GetPlotDrawList()->AddText({right ? line + 5 : line - 5 - width, corner.y + 3}, to_u32(colour), name);
}

void draw_histogram(const PanelContext& context, const WeightsView& weights, const ImVec2& size) {
    const WeightShape& shape = weights.shape;
    if (!ImPlot::BeginPlot("##weight histogram", size, plot_flags | ImPlotFlags_NoLegend)) {
        return;
    }
    const Palette& colours = palette(context.view.light);
    const auto highest = static_cast<double>(*std::max_element(shape.bins.begin(), shape.bins.end()));
    ImPlot::SetupAxes("weight, in equal shares", "particles");
    set_share_axis(shape, size.x - 4 * ImGui::GetFontSize());
    ImPlot::SetupAxisLimits(ImAxis_Y1, 0, 1.25 * highest, ImPlotCond_Always);
    ImPlot::SetupFinish();
    ImPlot::PushPlotClipRect();
    draw_upright(0, colours.truth, 1);
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_bars(context, shape);
        for (const float weight : weights.marked) {
            draw_upright(std::log10(std::max(static_cast<double>(weight) * static_cast<double>(shape.count), 1e-30)),
                         colours.playhead, 2);
        }
    }
    name_equal_share(colours.truth);
    ImPlot::PopPlotClipRect();
    ImPlot::EndPlot();
}

void plot_lorenz(const char* name, const WeightShape& shape, const ImVec4& colour, float thickness) {
    std::vector<double> xs;
    std::vector<double> ys;
    for (const LorenzPoint& point : shape.lorenz) {
        xs.push_back(point.particles);
        ys.push_back(point.weight);
    }
    ImPlotSpec spec;
    spec.LineColor = colour;
    spec.LineWeight = thickness;
    ImPlot::PlotLine(name, xs.data(), ys.data(), static_cast<int>(xs.size()), spec);
}

void draw_marks(const PanelContext& context, const WeightsView& weights) {
    for (const LorenzPoint& place : weights.marks) {
        ImPlot::GetPlotDrawList()->AddCircleFilled(ImPlot::PlotToPixels(place.particles, place.weight),
                                                   0.3F * ImGui::GetFontSize(),
                                                   to_u32(palette(context.view.light).playhead));
    }
}

void draw_lorenz(const PanelContext& context, const WeightsView& weights, const ImVec2& size) {
    if (!ImPlot::BeginPlot("##lorenz", size, plot_flags)) {
        return;
    }
    const Palette& colours = palette(context.view.light);
    ImPlot::SetupLegend(ImPlotLocation_NorthWest);
    ImPlot::SetupAxes("particles, lightest first", "of the weight");
    ImPlot::SetupAxisLimits(ImAxis_X1, 0, 1, ImPlotCond_Always);
    ImPlot::SetupAxisLimits(ImAxis_Y1, 0, 1, ImPlotCond_Always);
    ImPlotSpec even;
    even.LineColor = colours.truth;
    even.LineWeight = 1;
    const std::array<double, 2> ends{0, 1};
    const bool before = weights.children.count > 0 && !context.scene()->ladder;
    ImPlot::PlotLine(before ? "equal, after it" : "equal", ends.data(), ends.data(), 2, even);
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        plot_lorenz(before ? "before resampling" : "weights", weights.shape, colours.particle, 2.5F);
        if (weights.children.count > 0) {
            plot_lorenz("children", weights.children, colours.measurement, 1.8F);
        }
        ImPlot::PushPlotClipRect();
        draw_marks(context, weights);
        ImPlot::PopPlotClipRect();
    }
    ImPlot::EndPlot();
}

}  // namespace

void draw_weights_panel(PanelContext& context) {
    const Frame* frame = context.frame();
    if (context.graphics == nullptr || frame == nullptr || context.scene() == nullptr) {
        ImGui::TextWrapped("%s", empty_text(context).c_str());
        return;
    }
    if (frame->weights.empty()) {
        ImGui::TextWrapped("This method has no weights: every particle counts the same.");
        return;
    }
    WeightsView& weights = context.graphics->weights;
    update_weights(context, weights);
    if (weights.shape.count == 0) {
        ImGui::TextWrapped("No particle has a weight at this step.");
        return;
    }
    update_marks(context, weights);
    draw_numbers(context, weights);
    const Borderless plots;
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float gap = ImGui::GetStyle().ItemSpacing.x;
    const float least = 6 * ImGui::GetFontSize();
    const bool beside = room.x > 2.4F * room.y || room.x > 38 * ImGui::GetFontSize();
    const ImVec2 size = beside ? ImVec2{(room.x - gap) / 2, std::max(room.y, least)}
                               : ImVec2{room.x, std::max((room.y - ImGui::GetStyle().ItemSpacing.y) / 2, least)};
    draw_histogram(context, weights, size);
    if (beside) {
        ImGui::SameLine(0, gap);
    }
    draw_lorenz(context, weights, size);
}

}  // namespace drift
