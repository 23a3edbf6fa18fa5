#include "app/panels/data/moment.h"

#include "app/panels/data/phase_stage.h"

#include <algorithm>
#include <cmath>

namespace drift {

CloudMoment shown_moment(const Recording& recording, int64_t step, double fraction) {
    if (fraction <= 0 || step + 1 >= recording.size() || recording.at(step)->thinned() ||
        recording.at(step + 1)->thinned()) {
        return {recording.with_arrays(step), 0};
    }
    return {step, std::min(fraction, 1.0)};
}

CloudMoment phase_moment(const Recording& recording, const View& view) {
    const CloudMoment moment{view.phase_step, view.phase_progress, view.phase,
                             has_resampling(recording, view.phase_step)};
    const PhaseStage stage = stage_of(recording, moment);
    if (stage.now->thinned() || (stage.before != nullptr && stage.before->thinned())) {
        return {recording.with_arrays(view.phase_step), 0};
    }
    return moment;
}

double shown_sigma(const Recording& recording, const CloudMoment& moment) {
    if (moment.phase == Phase::Propagate && moment.step > 0) {
        return shown_sigma(recording, {moment.step - 1, moment.fraction});
    }
    if (moment.phase != Phase::Whole) {
        return recording.at(moment.step)->numbers.sigma;
    }
    const double sigma = recording.at(moment.step)->numbers.sigma;
    if (moment.fraction <= 0) {
        return sigma;
    }
    const double next = recording.at(moment.step + 1)->numbers.sigma;
    return next > 0 && sigma > 0 ? sigma * std::pow(next / sigma, moment.fraction) : sigma * (1 - moment.fraction);
}

}  // namespace drift
