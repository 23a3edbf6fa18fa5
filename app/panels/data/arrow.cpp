#include "app/panels/data/arrow.h"

#include <implot.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace drift {
namespace {

double round_to_125(double value) {
    const double power = std::pow(10, std::floor(std::log10(value)));
    const double lead = value / power;
    return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

}  // namespace

double arrow_scale(std::vector<double> lengths, double pixels) {
    std::erase_if(lengths, [](double length) { return !std::isfinite(length); });
    if (lengths.empty()) {
        return 0;
    }
    const auto place = lengths.begin() + static_cast<std::ptrdiff_t>(9 * lengths.size() / 10);
    std::nth_element(lengths.begin(), place, lengths.end());
    return *place > 0 ? pixels / round_to_125(*place) : 0;
}

void draw_arrow(const ImVec2& from, float dx, float dy, ImU32 colour) {
    const float length = std::hypot(dx, dy);
    if (!(length > 1.5F)) {
        return;
    }
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    const ImVec2 to{from.x + dx, from.y + dy};
    const float head = std::clamp(0.3F * length, 3.0F, 7.0F);
    const ImVec2 u{dx / length, dy / length};
    const ImVec2 neck{to.x - head * u.x, to.y - head * u.y};
    list.AddLine(from, neck, colour, 1.4F);
    list.AddTriangleFilled(to, {neck.x - 0.5F * head * u.y, neck.y + 0.5F * head * u.x},
                           {neck.x + 0.5F * head * u.y, neck.y - 0.5F * head * u.x}, colour);
}

}  // namespace drift
