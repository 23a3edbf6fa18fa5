// Arrows of the forces on the particles: score, guidance and what they add up to.
#include "app/panels/data/arrow.h"
#include "app/panels/data/overlay.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace drift {
namespace {

constexpr size_t most_arrows = 200;  // of each kind
constexpr double usual_length = 40;  // in pixels
constexpr float longest = 130;       // likewise

struct Force {
    bool score, guidance;  // what it adds up
    ImVec4 colour;
};

/// The score (D - x) / sigma^2, the guidance shift / sigma^2, or both of particle i along the two axes shown.
std::array<float, 2> force(const Frame& frame, const DataView& data, size_t i, const Force& kind) {
    const auto d = static_cast<size_t>(frame.dimension);
    const auto scale = static_cast<float>(1 / (frame.numbers.sigma * frame.numbers.sigma));
    std::array<float, 2> result{};
    for (size_t axis = 0; axis < 2; ++axis) {
        const size_t at = i * d + static_cast<size_t>(axis == 0 ? data.axis_x : data.axis_y);
        const float score = kind.score ? frame.denoised[at] - frame.x[at] : 0;
        const float guidance = kind.guidance ? frame.shift[at] : 0;
        result[axis] = scale * (score + guidance);
    }
    return result;
}

/// What is asked for and known: under the noise schedule of the data alone.
std::vector<Force> kinds_of(const PanelContext& context, const DataView& data, const Frame& frame) {
    std::vector<Force> kinds;
    const bool has_score = frame.denoised.size() == frame.x.size();
    const bool has_guidance = !frame.shift.empty() && frame.shift.size() == frame.x.size();
    if (data.space != Space::Data || context.scene()->noise_space() || !(frame.numbers.sigma > 0) || !has_score) {
        return kinds;
    }
    const View& view = context.view;
    const Palette& colours = palette(view.light);
    if (view.score_arrows) {
        kinds.push_back({true, false, colours.score});
    }
    if (view.guidance_arrows && has_guidance) {
        kinds.push_back({false, true, colours.guidance});
    }
    if (view.total_arrows && has_guidance) {
        kinds.push_back({true, true, colours.text});
    }
    return kinds;
}

}  // namespace

void draw_arrows(const PanelContext& context, DataView& data) {
    const Frame& frame = *context.recording.at(data.picture.step);
    const std::vector<Force> kinds = kinds_of(context, data, frame);
    const auto n = static_cast<size_t>(frame.count);
    const size_t stride = std::max<size_t>((n + most_arrows - 1) / most_arrows, 1);
    std::vector<double> lengths;
    for (const Force& kind : kinds) {
        for (size_t i = 0; i < n; i += stride) {
            const auto f = force(frame, data, i, kind);
            lengths.push_back(std::hypot(static_cast<double>(f[0]), static_cast<double>(f[1])));
        }
    }
    data.arrow_scale = arrow_scale(std::move(lengths), usual_length);
    ImPlot::PushPlotClipRect();
    for (const Force& kind : kinds) {
        for (size_t i = 0; i < n; i += stride) {
            const PlanePoint& place = data.picture.places[i];
            const auto f = force(frame, data, i, kind);
            const float dx = static_cast<float>(data.arrow_scale) * f[0];
            const float dy = -static_cast<float>(data.arrow_scale) * f[1];
            const float shrink = std::min(1.0F, longest / std::max(std::hypot(dx, dy), 1.0F));
            if (std::isfinite(place.x) && std::isfinite(dx + dy)) {
                draw_arrow(ImPlot::PlotToPixels(static_cast<double>(place.x), static_cast<double>(place.y)),
                           shrink * dx, shrink * dy, to_u32(kind.colour, 0.9F));
            }
        }
    }
    ImPlot::PopPlotClipRect();
}

}  // namespace drift
