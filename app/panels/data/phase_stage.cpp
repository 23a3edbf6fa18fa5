#include "app/panels/data/phase_stage.h"

#include <cmath>

namespace drift {
namespace {

const Frame* frame_at(const Recording& recording, int64_t step) {
    return step >= 0 ? recording.at(step).get() : nullptr;
}

/// The weights go on in the particles of `now`: seen while they go from those of the state before to their own.
PhaseStage stage_after_moving(const Recording& recording, const CloudMoment& moment) {
    const auto t = static_cast<float>(moment.fraction);
    PhaseStage stage;
    stage.step = moment.step;
    stage.now = frame_at(recording, stage.step);
    switch (moment.phase) {
        case Phase::Propagate:
            stage.before = frame_at(recording, moment.step - 1);
            stage.travel = t;
            stage.weigh = 0;
            break;
        case Phase::Weight:
            stage.before = frame_at(recording, moment.step - 1);
            stage.weigh = t;
            break;
        case Phase::Resample:
            stage.split = resampling_at(recording, moment.step);
            stage.apart = stage.fade = t;
            break;
        default:
            stage.split = resampling_at(recording, moment.step);
            stage.apart = 1 - t;
            stage.fade = 1;
    }
    return stage;
}

/// On a ladder particles are weighed and resampled where they are, and then move.
PhaseStage stage_before_moving(const Recording& recording, const CloudMoment& moment) {
    const auto t = static_cast<float>(moment.fraction);
    const bool resampled = recording.at(moment.step)->numbers.resampled;
    PhaseStage stage;
    stage.step = moment.phase == Phase::Move ? moment.step : moment.step - 1;
    stage.now = frame_at(recording, stage.step);
    switch (moment.phase) {
        case Phase::Weight:
        case Phase::Resample:
            if (!resampled) {
                stage.weights = &recording.at(moment.step)->weights;
                stage.weigh = moment.phase == Phase::Weight ? t : 1;
            } else if (moment.phase == Phase::Resample) {
                stage.split = resampling_at(recording, moment.step);
                stage.apart = stage.fade = t;
            }
            break;
        case Phase::Move:
            stage.before = frame_at(recording, moment.step - 1);
            stage.travel = t;
            break;
        default:
            break;
    }
    return stage;
}

}  // namespace

PhaseStage stage_of(const Recording& recording, const CloudMoment& moment) {
    if (moment.phase != Phase::Whole) {
        const bool ladder = recording.scene()->ladder && moment.step > 0;
        return ladder ? stage_before_moving(recording, moment) : stage_after_moving(recording, moment);
    }
    PhaseStage stage;
    stage.step = moment.fraction > 0 ? moment.step + 1 : moment.step;
    stage.now = frame_at(recording, stage.step);
    if (moment.fraction > 0) {
        stage.before = frame_at(recording, moment.step);
        stage.travel = stage.weigh = static_cast<float>(moment.fraction);
    }
    return stage;
}

PlanePoint sibling_offset(int32_t child, int32_t family) {
    if (family < 2) {
        return {};
    }
    // The seeds of a sunflower: evenly spread, however many.
    constexpr float golden_angle = 2.39996F;
    const auto i = static_cast<float>(child);
    const float radius = std::sqrt(i + 0.6F);
    return {radius * std::cos(golden_angle * i), radius * std::sin(golden_angle * i)};
}

}  // namespace drift
