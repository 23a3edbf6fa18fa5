#include "app/phases.h"

#include "app/events.h"
#include "app/resampling_event.h"
#include "app/weight_shape.h"

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

bool climbs(const Recording& recording) {
    return recording.scene()->ladder;
}

/// What a method that learns says of the state; null for others.
const TrainingNumbers* learned_at(const Recording& recording, int64_t step) {
    return step < recording.size() ? recording.at(step)->training.get() : nullptr;
}

/// The phase in which particles travel from one state to the next.
Phase travelling(const Recording& recording) {
    return climbs(recording) ? Phase::Move : Phase::Propagate;
}

/// Puts the playhead where the picture is: before the state while its particles are still on their way.
void place_playhead(View& view, const Recording& recording) {
    const auto step = static_cast<double>(view.phase_step);
    if (view.phase == travelling(recording) && view.phase_step > 0) {
        view.playhead = step - 1 + view.phase_progress;
    } else {
        view.playhead = climbs(recording) && view.phase_step > 0 ? step - 1 : step;
    }
}

void show(View& view, const Recording& recording, int64_t step, Phase phase) {
    view.phase = phase;
    view.phase_step = step;
    view.phase_progress = 0;
    place_playhead(view, recording);
}

/// Whether the recording, which may be another one by now, has that phase.
bool is_phase_of(const View& view, const Recording& recording) {
    if (view.phase_step < 0 || view.phase_step >= recording.size() || recording.scene() == nullptr) {
        return false;
    }
    const std::vector<Phase> phases = phases_at(recording, view.phase_step);
    return std::find(phases.begin(), phases.end(), view.phase) != phases.end();
}

/// False at the last phase of the newest state.
bool advance(View& view, const Recording& recording) {
    const std::vector<Phase> phases = phases_at(recording, view.phase_step);
    const auto here = std::find(phases.begin(), phases.end(), view.phase);
    if (here != phases.end() && here + 1 != phases.end()) {
        show(view, recording, view.phase_step, *(here + 1));
        return true;
    }
    if (view.phase_step + 1 >= recording.size()) {
        return false;
    }
    show(view, recording, view.phase_step + 1, phases_at(recording, view.phase_step + 1).front());
    return true;
}

std::string weight_numbers(const Frame& frame) {
    const WeightShape shape = shape_of(frame.weights);
    if (shape.count == 0) {
        return "all weights are equal.";
    }
    return percent(shape.carry_most) + " of the particles carry 90 % of the weight, ESS " +
           short_number(frame.numbers.ess) + " of " + grouped(frame.count) + ".";
}

std::string propagate_caption(const Recording& recording, int64_t step) {
    if (climbs(recording)) {
        return "the likelihood counts " + percent(recording.at(step)->numbers.beta) + " from here, after " +
               percent(recording.at(step - 1)->numbers.beta) + "; nobody has moved yet.";
    }
    const Frame& frame = *recording.at(step);
    const std::string weights = frame.weights.empty() ? "" : ", with the weight it had";
    if (const TrainingNumbers* now = learned_at(recording, step); now != nullptr && now->sampled < 0) {
        return "the same noise, sent through the policy of iteration " + grouped(now->iteration) + " instead of " +
               grouped(learned_at(recording, step - 1)->iteration) + ".";
    }
    if (recording.scene()->sigma.empty()) {
        return "every particle goes on from its place in step " + std::to_string(step - 1) + weights + ".";
    }
    return "from noise " + short_number(recording.at(step - 1)->numbers.sigma) + " to " +
           short_number(frame.numbers.sigma) + ", each particle from its parent's place" + weights + ".";
}

std::string weight_caption(const Recording& recording, int64_t step) {
    const Frame& frame = *recording.at(step);
    if (climbs(recording) && frame.numbers.resampled) {  // its weights are those after resampling
        return "the likelihood makes them uneven, ESS " + short_number(frame.numbers.ess) + " of " +
               grouped(frame.count) + ".";
    }
    return weight_numbers(frame);
}

std::string resample_caption(const Recording& recording, int64_t step) {
    const Frame& frame = *recording.at(step);
    const auto event = resampling_at(recording, step);
    if (!event) {
        return frame.last && frame.numbers.resampled ? "the run ends here." : "not here; the weights are carried on.";
    }
    const auto died = static_cast<int64_t>(event->counts.size()) - event->survivors;
    return grouped(died) + " of " + grouped(frame.count) + " particles die, the largest family has " +
           std::to_string(event->largest_family) + (event->largest_family == 1 ? " child." : " children.");
}

std::string move_caption(const Recording& recording, int64_t step) {
    const Frame& frame = *recording.at(step);
    if (climbs(recording)) {
        return percent(frame.numbers.acceptance) + " of the moves at this temperature are accepted.";
    }
    if (frame.last) {
        return "the end; these are the samples.";
    }
    return (frame.numbers.resampled ? "all weights are equal now; copies part" : "everybody goes on as they are") +
           std::string(" with the noise of step ") + std::to_string(step + 1) + ".";
}

}  // namespace

std::vector<Phase> phases_of(const Scene& scene) {
    if (!scene.weighted) {
        return {Phase::Propagate};
    }
    return {Phase::Propagate, Phase::Weight, Phase::Resample, Phase::Move};
}

std::vector<Phase> phases_at(const Recording& recording, int64_t step) {
    if (const TrainingNumbers* learned = learned_at(recording, step)) {  // nobody is resampled
        // Nor goes anywhere where new noise is drawn, or where the training goes on after a sampling.
        const bool begins = step == 0 || learned->sampled == 0 ||
                            (learned->sampled < 0) != (learned_at(recording, step - 1)->sampled < 0);
        return begins ? std::vector<Phase>{Phase::Weight} : std::vector<Phase>{Phase::Propagate, Phase::Weight};
    }
    std::vector<Phase> phases = phases_of(*recording.scene());
    if (step == 0) {
        std::erase(phases, Phase::Propagate);
    }
    return step == 0 && climbs(recording) ? std::vector<Phase>{} : phases;
}

const char* phase_name(Phase phase) {
    switch (phase) {
        case Phase::Propagate:
            return "Propagate";
        case Phase::Weight:
            return "Weight";
        case Phase::Resample:
            return "Resample";
        case Phase::Move:
            return "Move";
        case Phase::Whole:
            break;
    }
    return "";
}

void next_phase(View& view, const Recording& recording) {
    if (recording.empty() || recording.scene() == nullptr) {
        return;
    }
    view.follow = false;
    if (view.phase != Phase::Whole) {
        advance(view, recording);
        return;
    }
    view.playing = false;
    const auto shown = static_cast<int64_t>(std::floor(view.playhead + 1e-9));
    int64_t step = std::clamp<int64_t>(shown, 0, recording.size() - 1);
    // Without weights nothing happens at the start, and on a ladder it takes a first rung.
    if (step == 0 && (!recording.scene()->weighted || climbs(recording))) {
        step = std::min<int64_t>(1, recording.size() - 1);
    }
    if (step == 0 && phases_at(recording, 0).empty()) {
        return;
    }
    show(view, recording, step, phases_at(recording, step).front());
}

void leave_phases(View& view) {
    view.phase = Phase::Whole;
    view.phase_progress = 1;
}

void play_phases(View& view, double seconds, const Recording& recording) {
    if (!is_phase_of(view, recording)) {
        leave_phases(view);
        return;
    }
    view.phase_progress += std::clamp(seconds, 0.0, 0.25) / phase_seconds;
    if (view.phase_progress >= 1) {
        view.phase_progress = 1;
        place_playhead(view, recording);
        if (view.playing && !advance(view, recording)) {
            view.playing = false;
        }
        return;
    }
    place_playhead(view, recording);
}

bool phase_moves(const View& view, const Recording& recording) {
    return view.phase != Phase::Whole && !recording.empty() && (view.phase_progress < 1 || view.playing);
}

std::string phase_caption(const View& view, const Recording& recording) {
    const bool there = view.phase_step >= 0 && view.phase_step < recording.size();
    if (view.phase == Phase::Whole || !there || recording.scene() == nullptr) {
        return {};
    }
    const int64_t step = view.phase_step;
    std::string text = std::string(phase_name(view.phase)) + ": ";
    switch (view.phase) {
        case Phase::Propagate:
            return text + propagate_caption(recording, step);
        case Phase::Weight:
            return text + weight_caption(recording, step);
        case Phase::Resample:
            return text + resample_caption(recording, step);
        default:
            return text + move_caption(recording, step);
    }
}

}  // namespace drift
