// What several panels say about the run as a whole.
#include "app/events.h"
#include "app/panels/panels.h"

namespace drift {

std::string empty_text(const PanelContext& context) {
    if (!context.failure.empty()) {
        return "There is nothing to show: " + context.failure;
    }
    return context.running || context.stale ? "The first state is being computed." : "Nothing has been sampled yet.";
}

std::string preview_text(const PanelContext& context) {
    const Frame* frame = context.frame();
    return "preview with " + grouped(frame == nullptr ? 0 : frame->count) + " of " +
           grouped(context.session.scenario().particles);
}

}  // namespace drift
