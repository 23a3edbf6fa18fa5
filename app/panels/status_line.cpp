// One line at the foot of the window: device, speed, memory, frames a second, and what to be warned of.
#include "app/events.h"
#include "app/panels/memory.h"
#include "app/panels/panels.h"
#include "app/panels/status_text.h"
#include "app/theme.h"

#include <imgui.h>

#include <string>
#include <vector>

namespace drift {
namespace {

std::string mebibytes(int64_t bytes) {
    return short_number(static_cast<double>(bytes) / (1 << 20)) + " MiB";
}

void part(PanelContext& context, const std::string& text, const char* tooltip, Level level = Level::Info) {
    const ImVec4 colour =
        level == Level::Info ? palette(context.view.light).faint : level_colour(level, context.view.light);
    ImGui::TextColored(colour, "%s", text.c_str());
    ImGui::SetItemTooltip("%s", tooltip);
    ImGui::SameLine(0, ImGui::GetFontSize() * 1.5F);
}

/// Some turn out on the way; the summary has all of them.
std::vector<std::string> warnings_so_far(const PanelContext& context, const Scene& scene) {
    if (context.summary != nullptr) {
        return context.summary->warnings;
    }
    std::vector<std::string> all = scene.warnings;
    if (context.warnings != nullptr) {
        all.insert(all.end(), context.warnings->begin(), context.warnings->end());
    }
    return all;
}

}  // namespace

std::string worker_text(const PanelContext& context) {
    if (context.set_up != nullptr) {
        return set_up_text(context);
    }
    if (context.running && !context.computing) {
        return "paused";  // whatever else it would be at
    }
    if (context.stale || context.preview) {
        return caution_text(context);
    }
    if (!context.failure.empty()) {
        return "cannot run";
    }
    return context.running ? "sampling" : "finished";
}

void draw_status_line(PanelContext& context) {
    const Scene* scene = context.scene();
    const Recording& recording = context.recording;
    part(context, worker_text(context), "What the worker is doing; Ctrl+Space pauses it and lets it go on",
         context.failure.empty() ? Level::Info : Level::Error);
    if (context.set_up != nullptr) {
        const float em = ImGui::GetFontSize();
        ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {0, 0});  // or what follows would stand lower
        ImGui::ProgressBar(static_cast<float>(context.set_up->share()), {8 * em, ImGui::GetTextLineHeight()}, "");
        ImGui::PopStyleVar();
        ImGui::SetItemTooltip("The run begins when its prior is trained; Space pauses that, another scenario ends it");
        ImGui::SameLine(0, 1.5F * em);
    }
    if (scene != nullptr) {
        part(context, scene->device, "Where the sampler computes");
        part(context, duration_text(context.ms_per_step / 1000) + " a step", "Time of the sampler for one step");
        part(context, "recording " + mebibytes(recording.bytes()) + " of " + mebibytes(recording.max_bytes()),
             "Memory of the recording and its bound");
        if (recording.thinned()) {
            part(context, "thinned", "The bound was reached: some states between resamplings keep their numbers only",
                 Level::Warning);
        }
        const std::vector<std::string> warnings = warnings_so_far(context, *scene);
        if (!warnings.empty()) {
            std::string all;
            for (const std::string& warning : warnings) {
                all += (all.empty() ? "" : "\n") + warning;
            }
            const std::string count = std::to_string(warnings.size());
            part(context, count == "1" ? "1 warning" : count + " warnings", all.c_str(), Level::Warning);
        }
        const Frame* frame = context.frame();
        if (frame != nullptr && scene->weighted && frame->numbers.ess < 0.05 * static_cast<double>(frame->count)) {
            const std::string worth = short_number(frame->numbers.ess);
            part(context, "effectively " + worth + (worth == "1" ? " particle" : " particles"),
                 "ESS is below 5 %: a few heavy particles make the picture", Level::Warning);
        }
    }
    if (context.running || context.view.playing) {  // at rest nothing is redrawn, this line neither
        part(context, short_number(context.memory->frames_per_second) + " fps",
             "Redraws a second, while something moves; none otherwise");
    }
    ImGui::NewLine();
}

}  // namespace drift
