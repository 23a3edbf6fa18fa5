#include "app/panels/data/phase_stage.h"

#include <algorithm>
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

size_t parent_of(const PhaseStage& stage, size_t i) {
    return stage.now->ancestors.empty() ? i : static_cast<size_t>(stage.now->ancestors[i]);
}

void weigh(const PhaseStage& stage, std::vector<float>& weights) {
    const auto n = static_cast<size_t>(stage.now->count);
    const float equal = 1.0F / static_cast<float>(std::max<size_t>(n, 1));
    weights.assign(stage.now->weights.begin(), stage.now->weights.end());
    weights.resize(n, equal);
    if (stage.weights != nullptr && stage.weights->size() == n) {
        for (size_t i = 0; i < n; ++i) {
            weights[i] += stage.weigh * ((*stage.weights)[i] - weights[i]);
        }
        return;
    }
    if (stage.weigh >= 1) {
        return;
    }
    // Weights of a state that was resampled afterwards are gone in its children.
    const bool even = stage.before == nullptr || stage.before->weights.empty() || stage.before->numbers.resampled;
    for (size_t i = 0; i < n; ++i) {
        const float start = even ? equal : stage.before->weights[parent_of(stage, i)];
        weights[i] = start + stage.weigh * (weights[i] - start);
    }
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
