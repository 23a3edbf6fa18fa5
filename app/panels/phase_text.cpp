#include "app/panels/phase_text.h"

#include "app/panels/memory.h"
#include "app/phases.h"
#include "app/resampling_event.h"

namespace drift {

std::string phase_text(const PanelContext& context) {
    const View& view = context.view;
    const bool there = view.phase_step >= 0 && view.phase_step < context.recording.size();
    if (view.phase == Phase::Whole || !there || context.memory == nullptr) {
        return phase_caption(view, context.recording);
    }
    PhaseText& kept = context.memory->phase_text;
    const FrameKey frame = key_of(context, *context.recording.at(view.phase_step));
    const bool children = has_resampling(context.recording, view.phase_step);
    if (kept.frame != frame || kept.phase != view.phase || kept.children != children) {
        kept = {frame, view.phase, children, phase_caption(view, context.recording)};
    }
    return kept.text;
}

}  // namespace drift
