// Where the playhead goes: playing, stepping and jumping over a recording, and the place of a state on the timeline.
// Plain arithmetic, tested without a window.
#pragma once

#include "app/view.h"

#include "core/recording.h"

#include <cstdint>

namespace drift {

/// The state that the picture shows: playhead within what has been recorded.
int64_t shown_step(const View& view, const Recording& recording);

/// Lets `seconds` pass. At the end of the recording the playhead waits where more states are coming, begins again where
/// it loops, and else stops playing. In phases of a step (app/phases.h) they go on instead.
void play_on(View& view, double seconds, const Recording& recording, bool growing);
/// Whether time alone changes the picture: false at rest, and where the playhead waits for a state to come.
bool moves(const View& view, const Recording& recording, bool growing);
/// Starts or stops; at the end it starts from the beginning.
void toggle_play(View& view, const Recording& recording, bool growing);
/// Another run comes: plays whole states from its start.
void begin_again(View& view);
/// By hand: stops playing and following, and shows whole states.
void move_to(View& view, double step, const Recording& recording);
void move_by(View& view, int64_t steps, const Recording& recording);
/// To the next resampled state after the playhead, or the last one before it; stays where there is none.
void move_to_resampling(View& view, int direction, const Recording& recording);

/// States per second of the keys 1 to 9: a tenth to ten times the usual speed.
double speed_of_key(int digit);

/// The timeline's horizontal axis: state 0 (noise) on the left, state `last` (data) on the right.
struct TimeAxis {
    float left = 0;
    float width = 1;
    int64_t last = 1;

    float x_of(double step) const;
    double step_at(float x) const;  ///< within [0, last]
    /// Of so many states one is drawn: about two for each pixel, however long the run.
    int64_t stride() const;
};

/// The number of steps of the run, whether recorded yet or not.
int64_t last_step(const Recording& recording);

}  // namespace drift
