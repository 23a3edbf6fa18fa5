#include "app/frame_times.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace drift {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t most_kept = 1'000'000;

double milliseconds(double seconds) {
    return std::round(seconds * 1e5) / 100;
}

Json spread(std::vector<double> values) {
    if (values.empty()) {
        return nullptr;
    }
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
        return milliseconds(values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))]);
    };
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    return {{"mean", milliseconds(sum / static_cast<double>(values.size()))},
            {"median", at(0.5)},
            {"p95", at(0.95)},
            {"worst", milliseconds(values.back())}};
}

Json part(const std::vector<FrameTime>& times, bool only_sampling) {
    std::vector<double> build;
    std::vector<double> raster;
    for (const FrameTime& time : times) {
        if (!only_sampling || time.sampling) {
            build.push_back(time.build);
            raster.push_back(time.raster);
        }
    }
    return {{"frames", build.size()}, {"build_ms", spread(build)}, {"raster_ms", spread(raster)}};
}

}  // namespace

void FrameTimes::add(const FrameTime& time) {
    if (times_.size() < most_kept) {
        times_.push_back(time);
    }
}

void FrameTimes::panel(const std::string& name, double seconds) {
    std::vector<double>& times = panels_[name];
    if (times.size() < most_kept) {
        times.push_back(seconds);
    }
}

void FrameTimes::moving_picture(double seconds) {
    if (first_motion_ < 0) {
        first_motion_ = seconds;
    }
}

double FrameTimes::per_second(double now) const {
    const auto recent =
        std::find_if(times_.rbegin(), times_.rend(), [&](const FrameTime& t) { return t.start < now - 1; });
    return static_cast<double>(recent - times_.rbegin());
}

std::string FrameTimes::report() const {
    double pause = 0;
    for (size_t i = 1; i < times_.size(); ++i) {
        pause = std::max(pause, times_[i].start - times_[i - 1].start);
    }
    Json panels = Json::object();
    for (const auto& [name, times] : panels_) {
        panels[name] = spread(times);
    }
    const Json report = {{"all", part(times_, false)},
                         {"while_sampling", part(times_, true)},
                         {"panels_ms", panels},
                         {"longest_pause_s", std::round(pause * 100) / 100},
                         {"first_moving_picture_s", first_motion_ < 0 ? Json(nullptr) : Json(first_motion_)}};
    return report.dump();
}

}  // namespace drift
