// Ticks along the steps of a run.
#include "app/panels/schedule/curve_plot.h"

#include "app/playback.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace drift {
namespace {

int64_t tick_distance(int64_t steps) {
    int64_t distance = 1;
    for (const int64_t factor : {2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000}) {
        if (steps / distance > 8) {
            distance = factor;
        }
    }
    return distance;
}

void add_steps(StepTicks& ticks, int64_t steps) {
    ticks.title = "step";
    const int64_t distance = tick_distance(steps);
    for (int64_t k = 0; k < steps; k += distance) {
        ticks.places.push_back(steps > 1 ? static_cast<double>(k) / static_cast<double>(steps - 1) : 0);
        ticks.labels.push_back(std::to_string(k));
    }
}

/// u where the noise falls to `level`, between two steps in logarithms.
double place_of(double level, int64_t steps, const std::vector<double>& sigma) {
    for (size_t k = 0; k + 1 < static_cast<size_t>(steps); ++k) {
        if (sigma[k] >= level && sigma[k + 1] < level) {
            const double t = std::log(sigma[k] / level) / std::log(sigma[k] / sigma[k + 1]);
            return (static_cast<double>(k) + t) / static_cast<double>(steps - 1);
        }
    }
    return -1;
}

void add_levels(StepTicks& ticks, int64_t steps, const std::vector<double>& sigma) {
    ticks.title = "sigma";
    double last = -1;
    for (int power = 4; power >= -5; --power) {
        for (const double lead : {5.0, 2.0, 1.0}) {
            const double level = lead * std::pow(10, power);
            const double place = place_of(level, steps, sigma);
            if (place >= 0 && (last < 0 || place - last > 0.06)) {
                char text[24];
                std::snprintf(text, sizeof text, "%g", level);
                ticks.places.push_back(place);
                ticks.labels.emplace_back(text);
                last = place;
            }
        }
    }
}

}  // namespace

StepTicks step_ticks(StepAxis axis, int64_t steps, const std::vector<double>& sigma) {
    StepTicks ticks;
    if (axis == StepAxis::Sigma && steps > 1 && static_cast<int64_t>(sigma.size()) == steps + 1) {
        add_levels(ticks, steps, sigma);
    } else if (axis == StepAxis::U) {
        ticks.title = "u";
        for (int i = 0; i <= 5; ++i) {
            char text[16];
            std::snprintf(text, sizeof text, "%.1f", 0.2 * i);
            ticks.places.push_back(0.2 * i);
            ticks.labels.emplace_back(text);
        }
    } else {
        add_steps(ticks, steps);
    }
    return ticks;
}

void setup_step_axis(const StepTicks& ticks, bool labels) {
    std::vector<const char*> texts;
    for (const std::string& label : ticks.labels) {
        texts.push_back(label.c_str());
    }
    const std::string title = ticks.title + "  (" + ticks.ends + ")";
    ImPlot::SetupAxis(ImAxis_X1, labels ? title.c_str() : nullptr,
                      ImPlotAxisFlags_Lock | ImPlotAxisFlags_NoMenus | (labels ? 0 : ImPlotAxisFlags_NoTickLabels));
    ImPlot::SetupAxisLimits(ImAxis_X1, -0.02, 1.02, ImPlotCond_Always);
    ImPlot::SetupAxisTicks(ImAxis_X1, ticks.places.data(), static_cast<int>(ticks.places.size()), texts.data());
}

bool shows_noise(const PanelContext& context) {
    return context.scene() == nullptr || !context.scene()->sigma.empty();
}

std::string ends_of(const PanelContext& context) {
    if (training_shown(context) != nullptr) {
        return "over the training";
    }
    return shows_noise(context) ? StepTicks{}.ends : "from prior to posterior";
}

int64_t steps_of(const PanelContext& context) {
    if (const TrainingNumbers* training = training_shown(context)) {
        return std::max(training->iterations, training->iteration) + 1;
    }
    return last_step(context.recording) + (shows_noise(context) ? 0 : 1);
}

double place_shown(const PanelContext& context) {
    const TrainingNumbers* training = training_shown(context);
    const auto at = static_cast<double>(training != nullptr ? training->iteration : context.step);
    return std::min(at / static_cast<double>(std::max<int64_t>(steps_of(context) - 1, 1)), 1.0);
}

const TrainingNumbers* training_shown(const PanelContext& context) {
    return context.frame() == nullptr ? nullptr : context.frame()->training.get();
}

}  // namespace drift
