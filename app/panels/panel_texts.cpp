// What several panels say about the run as a whole.
#include "app/events.h"
#include "app/panels/panels.h"

#include <cmath>

namespace drift {

std::string set_up_text(const PanelContext& context) {
    const SetUpProgress& progress = *context.set_up;
    const std::string left = !context.computing  ? ", paused"
                             : progress.done > 0 ? ", " + duration_text(std::ceil(progress.seconds_left())) + " left"
                                                 : "";
    return "Training the prior: " + percent(progress.share()) + left;
}

std::string empty_text(const PanelContext& context) {
    if (context.set_up != nullptr) {
        return set_up_text(context) + ".";
    }
    return context.running || context.stale ? "The first state is being computed." : "Nothing has been sampled yet.";
}

int64_t iterations_to_resume(const PanelContext& context) {
    const Recording& recording = context.recording;
    if (context.stale || recording.empty() || context.scene() == nullptr) {
        return 0;
    }
    const TrainingNumbers* newest = recording.at(recording.size() - 1)->training.get();
    const int64_t kept = context.scene()->kept_iterations;
    return newest != nullptr && newest->iteration < kept ? kept : 0;
}

std::string caution_text(const PanelContext& context) {
    if (context.stale) {
        return context.set_up != nullptr ? set_up_text(context) : "waiting for the new run";
    }
    if (!context.failure.empty()) {
        return context.recording.empty() ? context.failure : "cannot run as edited; this is the run before";
    }
    const Frame* frame = context.frame();
    if (!context.preview || frame == nullptr) {
        return {};
    }
    return "preview with " + grouped(frame->count) + " of " + grouped(context.session.scenario().particles);
}

}  // namespace drift
