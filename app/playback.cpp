#include "app/playback.h"

#include "app/phases.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace drift {
namespace {

double newest(const Recording& recording) {
    return static_cast<double>(std::max<int64_t>(recording.size() - 1, 0));
}

}  // namespace

int64_t shown_step(const View& view, const Recording& recording) {
    return static_cast<int64_t>(std::floor(std::clamp(view.playhead, 0.0, newest(recording)) + 1e-9));
}

void play_on(View& view, double seconds, const Recording& recording, bool growing) {
    if (view.phase != Phase::Whole) {
        play_phases(view, seconds, recording);
        return;
    }
    const double end = newest(recording);
    if (view.follow && growing) {
        view.playhead = end;
        return;
    }
    if (!view.playing || recording.empty()) {
        return;
    }
    const double next = view.playhead + std::clamp(seconds, 0.0, 0.25) * view.speed;
    if (next < end) {
        view.playhead = next;
    } else if (growing) {
        view.playhead = std::max(view.playhead, end);
    } else if (view.loop && view.playhead >= end) {
        view.playhead = 0;
    } else {
        view.playhead = end;
        view.playing = view.loop;
    }
}

bool moves(const View& view, const Recording& recording, bool growing) {
    if (view.phase != Phase::Whole) {
        return phase_moves(view, recording);
    }
    const bool waits = growing && (view.follow || view.playhead >= newest(recording));
    return view.playing && !recording.empty() && !waits;
}

void toggle_play(View& view, const Recording& recording, bool growing) {
    view.playing = !view.playing;
    if (view.phase != Phase::Whole) {
        return;
    }
    if (view.playing && !growing && view.playhead >= newest(recording)) {
        view.playhead = 0;
    }
    if (!view.playing) {
        view.follow = false;
        view.playhead = static_cast<double>(shown_step(view, recording));
    }
}

void begin_again(View& view) {
    leave_phases(view);
    view.playhead = 0;
    view.playing = true;
}

void move_to(View& view, double step, const Recording& recording) {
    leave_phases(view);
    view.playing = false;
    view.follow = false;
    view.playhead = std::clamp(step, 0.0, newest(recording));
}

void move_by(View& view, int64_t steps, const Recording& recording) {
    move_to(view, static_cast<double>(shown_step(view, recording) + steps), recording);
}

void move_to_resampling(View& view, int direction, const Recording& recording) {
    const int64_t from = shown_step(view, recording);
    for (int64_t k = from + direction; k >= 0 && k < recording.size(); k += direction) {
        if (recording.at(k)->numbers.resampled) {
            move_to(view, static_cast<double>(k), recording);
            return;
        }
    }
}

double speed_of_key(int digit) {
    static constexpr std::array<double, 9> factors{0.1, 0.2, 0.4, 0.7, 1, 2, 3.5, 6, 10};
    return 20 * factors.at(static_cast<size_t>(std::clamp(digit, 1, 9) - 1));
}

float TimeAxis::x_of(double step) const {
    return left + width * static_cast<float>(step / static_cast<double>(std::max<int64_t>(last, 1)));
}

double TimeAxis::step_at(float x) const {
    const double share = width > 0 ? std::clamp(static_cast<double>((x - left) / width), 0.0, 1.0) : 0.0;
    return share * static_cast<double>(std::max<int64_t>(last, 1));
}

int64_t TimeAxis::stride() const {
    return std::max<int64_t>(1, last / (2 * std::max<int64_t>(1, static_cast<int64_t>(width))));
}

int64_t last_step(const Recording& recording) {
    const bool over = !recording.empty() && recording.at(recording.size() - 1)->last;
    const bool known = !over && recording.scene() != nullptr && !recording.scene()->open_ended;
    // Where nobody knows how many steps there will be, the axis grows with the recording.
    const int64_t planned = known ? recording.scene()->steps : over ? 0 : recording.size();
    return std::max<int64_t>({planned, recording.size() - 1, 1});
}

}  // namespace drift
