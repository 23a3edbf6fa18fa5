// How long frames take: the interface's own work and, apart from it, rasterising and showing the picture.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace drift {

struct FrameTime {
    double start = 0;   // seconds since the program started
    double build = 0;   // seconds from the input to the finished draw lists
    double raster = 0;  // seconds of drawing and swapping
    bool sampling = false;
};

class FrameTimes {
public:
    void add(const FrameTime& time);
    void moving_picture(
        double seconds);  ///< the first time that two states have been on screen; later calls do nothing
    void panel(const std::string& name, double seconds);  ///< one panel's part of the building of a frame
    /// Redraws within the last second before `now`.
    double per_second(double now) const;
    int64_t count() const { return static_cast<int64_t>(times_.size()); }
    /// One JSON object: frames, build and raster in ms (mean, median, 95 %, worst; while sampling and over all), the
    /// same of each panel's part of building, the longest pause between two frames, and when the picture first moved.
    std::string report() const;

private:
    std::vector<FrameTime> times_;
    std::map<std::string, std::vector<double>> panels_;
    double first_motion_ = -1;
};

}  // namespace drift
