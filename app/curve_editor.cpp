#include "app/curve_editor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace drift {
namespace {

double to_axis(double value, bool logarithmic) {
    return logarithmic ? std::log(std::max(value, std::numeric_limits<double>::min())) : value;
}

double from_axis(double value, bool logarithmic) {
    return logarithmic ? std::exp(value) : value;
}

std::string numbered(const std::string& deed, size_t index) {
    return deed + " " + std::to_string(index + 1);
}

/// A curve of these knots; linear values where the logarithm of one does not exist.
Curve curve_of(std::vector<Knot> knots, Interpolation interpolation, CurveScale scale) {
    const bool positive = std::all_of(knots.begin(), knots.end(), [](const Knot& knot) { return knot.value > 0; });
    return {std::move(knots), interpolation, positive ? scale : CurveScale::Linear};
}

}  // namespace

PixelPoint CurveAxes::to_pixel(const Knot& knot) const {
    const double low = to_axis(v_min, logarithmic);
    const double high = to_axis(v_max, logarithmic);
    const double v = to_axis(logarithmic ? std::max(knot.value, v_min) : knot.value, logarithmic);
    return {left + width * (knot.u - u_min) / (u_max - u_min), top + height * (high - v) / (high - low)};
}

Knot CurveAxes::to_knot(const PixelPoint& pixel) const {
    const double low = to_axis(v_min, logarithmic);
    const double high = to_axis(v_max, logarithmic);
    const double v = high - (high - low) * (pixel.y - top) / height;
    return {u_min + (u_max - u_min) * (pixel.x - left) / width, from_axis(v, logarithmic)};
}

void CurveEditor::show(const Curve& curve, const CurveLimits& limits) {
    limits_ = limits;
    if (gesture_ != Gesture::None) {
        return;
    }
    curve_ = curve;
    if (selected_ >= static_cast<int>(curve_.knots().size())) {
        selected_ = -1;
    }
}

void CurveEditor::select(int index) {
    selected_ = index >= 0 && index < static_cast<int>(curve_.knots().size()) ? index : -1;
}

void CurveEditor::select_next(int direction) {
    const int count = static_cast<int>(curve_.knots().size());
    if (selected_ < 0) {
        selected_ = direction > 0 ? 0 : count - 1;
    } else {
        selected_ = (selected_ + direction + count) % count;
    }
}

int CurveEditor::knot_at(const CurveAxes& axes, const PixelPoint& mouse, double radius) const {
    int nearest = -1;
    double least = radius;
    for (size_t i = 0; i < curve_.knots().size(); ++i) {
        const PixelPoint at = axes.to_pixel(curve_.knots()[i]);
        const double distance = std::hypot(at.x - mouse.x, at.y - mouse.y);
        if (distance <= least) {
            least = distance;
            nearest = static_cast<int>(i);
        }
    }
    return nearest;
}

bool CurveEditor::line_at(const CurveAxes& axes, const PixelPoint& mouse, double radius) const {
    if (mouse.x < axes.left || mouse.x > axes.left + axes.width) {
        return false;
    }
    // Steep pieces: the nearest point need not lie above or below the mouse.
    const auto reach = static_cast<int>(radius);
    for (int dx = -reach; dx <= reach; ++dx) {
        const double u = axes.to_knot({mouse.x + dx, mouse.y}).u;
        const PixelPoint at = axes.to_pixel({u, curve_.at(u)});
        if (std::hypot(at.x - mouse.x, at.y - mouse.y) <= radius) {
            return true;
        }
    }
    return false;
}

void CurveEditor::begin_drag(const CurveAxes&, int index, const PixelPoint& mouse) {
    gesture_ = Gesture::Knot;
    start_ = curve_;
    before_ = curve_;
    gripped_ = gripped_last_ = index;
    grip_ = mouse;
    select(index);
    deed_ = numbered("move knot", static_cast<size_t>(index));
}

void CurveEditor::begin_line_drag(const CurveAxes& axes, const PixelPoint& mouse) {
    const double u = axes.to_knot(mouse).u;
    const std::vector<Knot>& knots = curve_.knots();
    const auto right = std::find_if(knots.begin(), knots.end(), [u](const Knot& knot) { return knot.u > u; });
    const auto index = static_cast<int>(right - knots.begin());
    begin_drag(axes, std::max(index - 1, 0), mouse);
    gesture_ = Gesture::Line;
    gripped_last_ = std::min(index, static_cast<int>(knots.size()) - 1);
    deed_ = numbered("move line", static_cast<size_t>(gripped_));
}

bool CurveEditor::drag_all(const CurveAxes& axes, double dy) {
    std::vector<Knot> knots = start_.knots();
    for (Knot& knot : knots) {
        PixelPoint at = axes.to_pixel(knot);
        at.y += dy;
        knot.value = clamp_value(axes.to_knot(at).value);
    }
    if (limits_.decreasing) {
        for (size_t i = 0; i < knots.size(); ++i) {
            knots[i] = clamp_knot(knots, i, knots[i]);
        }
    }
    deed_ = axes.logarithmic ? "scale all" : "shift all";
    return replace(std::move(knots));
}

bool CurveEditor::drag_to(const CurveAxes& axes, const PixelPoint& mouse, const DragMode& mode) {
    if (gesture_ != Gesture::Knot && gesture_ != Gesture::Line) {
        return false;
    }
    const double pace = mode.fine ? 0.1 : 1;
    double dx = pace * (mouse.x - grip_.x);
    double dy = pace * (mouse.y - grip_.y);
    if (mode.one_axis) {
        (std::abs(dx) > std::abs(dy) ? dy : dx) = 0;
    }
    if (mode.whole) {
        return drag_all(axes, dy);
    }
    if (gesture_ == Gesture::Line) {
        dx = 0;
    }
    std::vector<Knot> knots = start_.knots();
    const bool down = dy > 0;  // a falling line moves its lower end first, so that the upper one has room
    for (int step = 0; step <= gripped_last_ - gripped_; ++step) {
        const auto i = static_cast<size_t>(down ? gripped_last_ - step : gripped_ + step);
        PixelPoint at = axes.to_pixel(start_.knots()[i]);
        at.x += dx;
        at.y += dy;
        Knot wanted = axes.to_knot(at);
        wanted.u = dx == 0 ? start_.knots()[i].u : wanted.u;
        wanted.value = dy == 0 ? start_.knots()[i].value : wanted.value;
        knots[i] = clamp_knot(knots, i, wanted);
    }
    return replace(std::move(knots));
}

void CurveEditor::begin_freehand(const CurveAxes& axes, const PixelPoint& mouse) {
    gesture_ = Gesture::Freehand;
    start_ = curve_;
    before_ = curve_;
    drawn_.clear();
    selected_ = -1;
    deed_ = "draw";
    freehand_to(axes, mouse);
}

bool CurveEditor::freehand_to(const CurveAxes& axes, const PixelPoint& mouse) {
    if (gesture_ != Gesture::Freehand) {
        return false;
    }
    Knot knot = axes.to_knot(mouse);
    knot.u = std::clamp(knot.u, 0.0, 1.0);
    knot.value = clamp_value(knot.value);
    // Going back draws over what was there.
    std::erase_if(drawn_, [&](const Knot& other) { return std::abs(other.u - knot.u) < CurveLimits::least_gap; });
    if (!drawn_.empty() && drawn_.back().u > knot.u) {
        std::erase_if(drawn_, [&](const Knot& other) { return other.u > knot.u; });
    }
    drawn_.push_back(knot);
    return true;
}

std::vector<Knot> CurveEditor::fitted() const {
    const bool logarithmic = limits_.logarithmic && limits_.min > 0;
    std::vector<Knot> knots = fit_knots(drawn_, max_freehand_knots, start_.interpolation(), logarithmic);
    const double from = knots.front().u;
    const double to = knots.back().u;
    const std::vector<Knot> drawn = knots;
    for (const Knot& knot : start_.knots()) {
        if (knot.u < from - 0.02 || knot.u > to + 0.02) {
            knots.push_back(knot);
        }
    }
    std::sort(knots.begin(), knots.end(), [](const Knot& a, const Knot& b) { return a.u < b.u; });
    for (size_t i = 0; i < knots.size(); ++i) {
        knots[i] = clamp_knot(knots, i, knots[i]);
    }
    return knots;
}

bool CurveEditor::end_gesture() {
    if (gesture_ == Gesture::Freehand && drawn_.size() > 1) {
        replace(fitted());
    }
    drawn_.clear();
    gesture_ = Gesture::None;
    return !(curve_ == start_);
}

double CurveEditor::clamp_value(double value) const {
    return std::isfinite(value) ? std::clamp(value, limits_.min, limits_.max) : limits_.min;
}

Knot CurveEditor::clamp_knot(const std::vector<Knot>& knots, size_t index, Knot wanted) const {
    const bool first = index == 0;
    const bool last = index + 1 == knots.size();
    double low = first ? 0 : knots[index - 1].u + CurveLimits::least_gap;
    double high = last ? 1 : knots[index + 1].u - CurveLimits::least_gap;
    if ((first && knots[index].u == 0) || (last && knots[index].u == 1) || low > high) {
        low = high = knots[index].u;  // ends stay where they are
    }
    wanted.u = std::isfinite(wanted.u) ? std::clamp(wanted.u, low, high) : knots[index].u;
    wanted.value = clamp_value(wanted.value);
    if (limits_.decreasing) {
        const double step = 1e-6 * std::max(1.0, limits_.max - limits_.min);
        const double floor = last ? limits_.min : knots[index + 1].value + step;
        const double ceiling = first ? limits_.max : knots[index - 1].value - step;
        wanted.value = std::min(std::max(wanted.value, floor), ceiling);
    }
    return wanted;
}

bool CurveEditor::replace(std::vector<Knot> knots) {
    Curve made = curve_of(std::move(knots), curve_.interpolation(), curve_.scale());
    if (made == curve_) {
        return false;
    }
    curve_ = std::move(made);
    return true;
}

bool CurveEditor::add(double u, double value) {
    std::vector<Knot> knots = curve_.knots();
    u = std::clamp(u, 0.0, 1.0);
    const auto place = std::find_if(knots.begin(), knots.end(), [u](const Knot& knot) { return knot.u >= u; });
    const auto index = static_cast<size_t>(place - knots.begin());
    const bool too_near = (place != knots.end() && place->u - u < CurveLimits::least_gap) ||
                          (index > 0 && u - knots[index - 1].u < CurveLimits::least_gap);
    if (too_near || knots.size() >= 256) {
        return false;
    }
    before_ = curve_;
    knots.insert(place, {u, value});
    knots[index] = clamp_knot(knots, index, {u, value});
    deed_ = "add a knot";
    const bool changed = replace(std::move(knots));
    select(static_cast<int>(index));
    return changed;
}

bool CurveEditor::remove(int index) {
    std::vector<Knot> knots = curve_.knots();
    if (index < 0 || index >= static_cast<int>(knots.size()) || knots.size() == 1) {
        return false;
    }
    before_ = curve_;
    knots.erase(knots.begin() + index);
    deed_ = numbered("remove knot", static_cast<size_t>(index));
    selected_ = std::min(index, static_cast<int>(knots.size()) - 1);
    return replace(std::move(knots));
}

bool CurveEditor::nudge(int index, double du, double dv, bool goes_on) {
    if (index < 0 || index >= static_cast<int>(curve_.knots().size())) {
        return false;
    }
    Knot knot = curve_.knots()[static_cast<size_t>(index)];
    knot.u += du / 100;
    if (limits_.logarithmic && knot.value > 0) {
        knot.value *= std::pow(10, dv / 50);
    } else if (dv != 0) {
        knot.value += dv / 100 * (limits_.max - limits_.min);
    }
    const std::optional<Curve> first = before_;
    const bool changed = set_knot(index, knot);
    if (goes_on) {
        before_ = first;
    }
    return changed;
}

bool CurveEditor::set_knot(int index, const Knot& knot) {
    if (index < 0 || index >= static_cast<int>(curve_.knots().size())) {
        return false;
    }
    std::vector<Knot> knots = curve_.knots();
    const auto i = static_cast<size_t>(index);
    knots[i] = clamp_knot(knots, i, knot);
    deed_ = numbered("move knot", i);
    const Curve old = curve_;
    if (!replace(std::move(knots))) {
        return false;
    }
    before_ = old;
    return true;
}

bool CurveEditor::set_curve(const Curve& curve) {
    std::vector<Knot> knots = curve.knots();
    for (Knot& knot : knots) {
        knot.value = clamp_value(knot.value);
    }
    if (limits_.decreasing) {
        for (size_t i = 1; i < knots.size(); ++i) {
            const double below = knots[i - 1].value - 1e-6 * std::max(1.0, limits_.max - limits_.min);
            knots[i].value = std::min(knots[i].value, below);
        }
    }
    Curve made = curve_of(std::move(knots), curve.interpolation(), curve.scale());
    deed_ = "replace the curve";
    if (made == curve_) {
        return false;
    }
    before_ = curve_;
    curve_ = std::move(made);
    select(selected_);
    return true;
}

bool CurveEditor::set_interpolation(Interpolation interpolation) {
    deed_ = "interpolate by " + to_string(interpolation);
    Curve made(curve_.knots(), interpolation, curve_.scale());
    const bool changed = !(made == curve_);
    curve_ = std::move(made);
    return changed;
}

bool CurveEditor::set_scale(CurveScale scale) {
    deed_ = scale == CurveScale::Log ? "interpolate in logarithms" : "interpolate in values";
    Curve made = curve_of(curve_.knots(), curve_.interpolation(), scale);
    const bool changed = !(made == curve_);
    curve_ = std::move(made);
    return changed;
}

std::vector<Knot> fit_knots(const std::vector<Knot>& samples, size_t most, Interpolation interpolation,
                            bool logarithmic) {
    if (samples.size() <= 2) {
        return samples;
    }
    double low = std::numeric_limits<double>::max();
    double high = std::numeric_limits<double>::lowest();
    for (const Knot& sample : samples) {
        low = std::min(low, to_axis(sample.value, logarithmic));
        high = std::max(high, to_axis(sample.value, logarithmic));
    }
    const double good_enough = 0.01 * (high - low);
    std::vector<Knot> knots{samples.front(), samples.back()};
    while (knots.size() < most) {
        const CurveScale scale = logarithmic ? CurveScale::Log : CurveScale::Linear;
        const Curve curve(knots, interpolation, scale);
        double worst = good_enough;
        const Knot* missing = nullptr;
        for (const Knot& sample : samples) {
            const double off = to_axis(sample.value, logarithmic) - to_axis(curve.at(sample.u), logarithmic);
            const bool free = std::none_of(knots.begin(), knots.end(), [&](const Knot& knot) {
                return std::abs(knot.u - sample.u) < CurveLimits::least_gap;
            });
            if (free && std::abs(off) > worst) {
                worst = std::abs(off);
                missing = &sample;
            }
        }
        if (missing == nullptr) {
            break;
        }
        knots.push_back(*missing);
        std::sort(knots.begin(), knots.end(), [](const Knot& a, const Knot& b) { return a.u < b.u; });
    }
    return knots;
}

}  // namespace drift
