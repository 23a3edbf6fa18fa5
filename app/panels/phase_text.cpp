#include "app/panels/phase_text.h"

#include "app/panels/memory.h"
#include "app/phases.h"
#include "app/resampling_event.h"
#include "app/theme.h"

namespace drift {
namespace {

float names_height() {
    return 2.2F * ImGui::GetFontSize();
}

float text_height(const std::string& caption, float width) {
    return ImGui::CalcTextSize(caption.c_str(), nullptr, false, width - 2 * phase_pad()).y;
}

}  // namespace

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

float phase_height(const PanelContext& context, float width) {
    const std::string caption = phase_text(context);
    return caption.empty() ? 0 : text_height(caption, width) + names_height() + 2 * phase_pad();
}

void draw_phase(const PanelContext& context, ImDrawList& list, const ImVec2& corner, float width) {
    const std::string caption = phase_text(context);
    if (caption.empty()) {
        return;
    }
    const Palette& colours = palette(context.view.light);
    const float em = ImGui::GetFontSize();
    const float pad = phase_pad();
    list.AddRectFilled(corner, {corner.x + width, corner.y + text_height(caption, width) + names_height()},
                       ImGui::GetColorU32(ImGuiCol_WindowBg, 0.9F), pad);
    float x = corner.x + pad;
    for (const Phase phase : phases_of(*context.scene())) {
        const bool shown = phase == context.view.phase;
        const float length = ImGui::CalcTextSize(phase_name(phase)).x;
        list.AddText({x, corner.y + pad}, to_u32(shown ? colours.text : colours.faint), phase_name(phase));
        const float below = corner.y + pad + 1.15F * em;
        list.AddRectFilled({x, below}, {x + length, below + 2}, to_u32(colours.lane));
        if (shown) {
            list.AddRectFilled({x, below}, {x + length * static_cast<float>(context.view.phase_progress), below + 2},
                               to_u32(colours.particle));
        }
        x += length + 1.5F * em;
    }
    list.AddText(nullptr, 0, {corner.x + pad, corner.y + pad + 1.4F * em}, to_u32(colours.text), caption.c_str(),
                 nullptr, width - 2 * pad);
}

}  // namespace drift
