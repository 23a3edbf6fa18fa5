// How a sampler that learns is getting on: what it can do next, how near it is to the posterior, and what it learns
// from (trained_samplers.md 4 and 8.3).
#include "app/events.h"
#include "app/gl/graphics.h"
#include "app/learning.h"
#include "app/panels/borderless.h"
#include "app/panels/click.h"
#include "app/panels/elided.h"
#include "app/panels/flow.h"
#include "app/panels/memory.h"
#include "app/panels/panels.h"
#include "app/panels/training/training_plots.h"
#include "app/params_ui.h"
#include "app/shortcuts.h"
#include "app/theme.h"

#include <imgui.h>
#include <implot.h>

#include <algorithm>
#include <string>

namespace drift {
namespace {

/// Scenarios that have something to show in the panel.
void draw_scenarios_that_learn(PanelContext& context, const std::string& method) {
    ImGui::TextWrapped(
        "%s samples as it is and learns nothing. Methods that are trained show here how their bounds on log Z close in "
        "on the exact value. Scenarios with one of them:",
        method.c_str());
    for (const ScenarioEntry& entry : context.memory->shipped) {
        if (!entry.learns) {
            continue;
        }
        const std::string title = elided(entry.title, ImGui::GetContentRegionAvail().x);
        if (ImGui::Selectable((title + "###" + entry.title).c_str())) {
            context.act("file.open:" + entry.path);
            return;  // the list may be another one now
        }
        if (title != entry.title) {
            ImGui::SetItemTooltip("%s", entry.title.c_str());
        }
    }
}

/// Never an empty pane: what the panel is for, and the comparison, which any method can be part of.
void draw_nothing_learned(PanelContext& context) {
    const Choice& sampler = context.session.scenario().sampler;
    if (learns(sampler)) {
        ImGui::TextWrapped("%s", context.failure.empty() ? empty_text(context).c_str() : context.failure.c_str());
        return;
    }
    constexpr const char* names[] = {"Trainings", "Reward", "Methods"};
    draw_tab_names(context.view, names);
    const Borderless plots;
    if (context.view.training_tab == "Methods") {
        draw_methods(context);
    } else if (context.view.training_tab == "Reward") {
        draw_outcomes(context, ImGui::GetContentRegionAvail().y);
    } else {
        draw_scenarios_that_learn(context, item_at(Kind::Sampler, sampler.type).title);
    }
}

void command(PanelContext& context, const char* label, const char* action, bool enabled, const char* words,
             bool first = false) {
    if (!first) {
        flow(ImGui::CalcTextSize(label).x + 2 * ImGui::GetStyle().FramePadding.x);
    }
    ImGui::BeginDisabled(!enabled);
    if (ImGui::Button((std::string(label) + "###" + action).c_str())) {
        context.act(action);
    }
    ImGui::EndDisabled();
    const Shortcut* shortcut = find_shortcut(action);
    if (explains_itself()) {
        ImGui::SetTooltip("%s\n%s", words, shortcut == nullptr ? "" : keys_text(*shortcut).c_str());
    }
}

/// What the scenario is there for: to train where nothing is under way, else to pause and to continue.
void draw_train_button(PanelContext& context, const TrainingNumbers& newest) {
    const bool under_way = context.running && !context.stale;
    const std::string loaded = loaded_weights(context.session.scenario().sampler);
    if (newest.sampled >= 0 && newest.iteration < newest.iterations && !context.stale) {
        command(context, "Continue", "run.learn_on", true, "Goes on with the training where it was cut short to sample",
                true);
    } else if (under_way) {
        command(context, context.computing ? "Pause" : "Continue", "run.compute", true,
                "Lets the training rest, or go on where it is", true);
    } else if (loaded.empty()) {
        command(context, "Train", "run.new_seed", !context.stale,
                "Trains from the first iteration, with another seed, then samples. Space pauses the picture; samples\n"
                "with the weights as they are can be had at any moment",
                true);
    } else {
        command(context, "Train", "run.forget_weights", true,
                ("Trains, then samples, in place of sampling with the weights of\n" + loaded).c_str(), true);
    }
}

void draw_controls(PanelContext& context) {
    const TrainingNumbers& newest = *context.recording.at(context.recording.size() - 1)->training;
    const bool learning = newest.sampled < 0;
    draw_train_button(context, newest);
    if (const int64_t kept = iterations_to_resume(context); kept > 0) {
        command(
            context, ("Continue from iteration " + grouped(kept)).c_str(), "run.resume", true,
            "With the training of this very problem, network and seed that was kept when the program was closed, or\n"
            "stopped in any other way");
    }
    command(context, "Sample now", "run.sample_now", learning && !context.stale,
            "Samples with the current weights, step by step. Every state of the training shows samples, too, but\n"
            "not how they come about");
    const bool begun = context.running || (!learning && newest.iteration < newest.iterations);
    if (begun && loaded_weights(context.session.scenario().sampler).empty()) {
        command(context, "Train from the start", "run.new_seed", true, "From the first iteration, with another seed");
    }
    const bool in_a_file = !loaded_weights(context.scenario().sampler).empty();  // those of the run on screen
    command(context, "Save weights...", "run.save_weights", newest.iteration > 0 && !in_a_file && !context.stale,
            "Into a file that this problem and network can be sampled with from now on, without a training;\n"
            "with all that is needed to go on from there as a checkpoint");
    command(context, "Load weights...", "run.load_weights", true,
            "From a file, to sample with in place of training. Weights that were learned for another prior,\n"
            "condition or network are refused, saying what differs");
    const std::string progress = progress_of_training(context.recording, context.running, context.computing);
    flow(ImGui::CalcTextSize(progress.c_str()).x);
    ImGui::AlignTextToFramePadding();
    ImGui::TextWrapped("%s", progress.c_str());
    ImGui::SetItemTooltip(
        "Iterations a second of the training alone, over its newest states; the time left counts the looking on\n"
        "the way, too. An iteration learns from one batch of trajectories.");
}

void draw_progress_bar(const PanelContext& context) {
    const TrainingNumbers& newest = *context.recording.at(context.recording.size() - 1)->training;
    const Palette& colours = palette(context.view.light);
    const ImVec2 from = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    const float height = 0.2F * ImGui::GetFontSize();
    const float share =
        newest.iterations > 0 ? static_cast<float>(newest.iteration) / static_cast<float>(newest.iterations) : 1.0F;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(from, {from.x + width, from.y + height}, to_u32(colours.lane), height / 2);
    list.AddRectFilled(from, {from.x + width * share, from.y + height}, to_u32(colours.particle), height / 2);
    ImGui::Dummy({width, height});
}

/// Why the scenario as it is now cannot run, such as weights of another problem.
void draw_failure(const PanelContext& context) {
    if (!context.failure.empty()) {
        ImGui::PushStyleColor(ImGuiCol_Text, palette(context.view.light).error);
        ImGui::TextWrapped("%s. What is below is from before, and its weights can still be saved.",
                           context.failure.c_str());
        ImGui::PopStyleColor();
    }
}

/// In one line, however many there are: the plots need the room. The tooltip has every sentence.
void draw_warnings(const PanelContext& context, const TrainingNumbers& numbers) {
    const std::vector<std::string> warnings = training_warnings(numbers);
    if (warnings.empty()) {
        return;
    }
    const std::string count = warnings.size() > 1 ? std::to_string(warnings.size()) + " warnings: " : "";
    const std::string line = elided(count + warnings.front() + ".", ImGui::GetContentRegionAvail().x);
    ImGui::TextColored(palette(context.view.light).warning, "%s", line.c_str());
    std::string sentences;
    for (const std::string& warning : warnings) {
        sentences += warning + ".\n";
    }
    help_tooltip({sentences,
                  {},
                  "Modes count as missed where less than a quarter of their mass is found within three standard "
                  "deviations; bounds as far apart above 5 nats. Ten iterations on one's own trajectories alone are "
                  "enough to lose a mode, and nothing that the sampler draws by itself will tell."});
}

/// Beside each other where the panel is low and wide.
bool draw_plots_abreast(PanelContext& context, TrainingView& training, const TrainingNumbers& numbers) {
    const float em = ImGui::GetFontSize();
    const ImVec2 room = ImGui::GetContentRegionAvail();
    if (room.y > 24 * em || room.x < 34 * em || !ImGui::BeginTable("plots", 2, ImGuiTableFlags_SizingStretchSame)) {
        return false;
    }
    ImGui::TableNextColumn();
    draw_log_z_plot(context, training, numbers, room.y - ImGui::GetStyle().ItemSpacing.y);
    ImGui::TableNextColumn();
    const float tabs = ImGui::GetFrameHeightWithSpacing() + ImGui::GetStyle().ItemSpacing.y;
    draw_training_tabs(context, training, numbers, room.y - tabs);
    ImGui::EndTable();
    return true;
}

void draw_plots(PanelContext& context, TrainingView& training, const TrainingNumbers& numbers) {
    const Borderless plots;
    const float tabs = ImGui::GetFrameHeightWithSpacing() + ImGui::GetStyle().ItemSpacing.y;
    if (context.view.compares_methods()) {  // names and numbers of many methods want all the room
        draw_training_tabs(context, training, numbers, ImGui::GetContentRegionAvail().y - tabs);
        return;
    }
    if (draw_plots_abreast(context, training, numbers)) {
        return;
    }
    const float least = 9 * ImGui::GetFontSize();
    const float room = ImGui::GetContentRegionAvail().y - tabs;
    if (ImPlot::BeginAlignedPlots("training")) {
        draw_log_z_plot(context, training, numbers, std::max(0.55F * room, least));
        draw_training_tabs(context, training, numbers, std::max(0.45F * room, least));
        ImPlot::EndAlignedPlots();
    }
}

}  // namespace

void draw_training_panel(PanelContext& context) {
    const Frame* frame = context.frame();
    if (context.graphics == nullptr || frame == nullptr || context.scene() == nullptr || frame->training == nullptr) {
        draw_nothing_learned(context);
        return;
    }
    TrainingView& training = training_of(context);
    draw_controls(context);
    draw_progress_bar(context);
    draw_failure(context);
    const TrainingNumbers numbers = *training_at(context.recording, context.step);
    draw_warnings(context, numbers);
    if (training.history.empty()) {
        ImGui::TextWrapped(
            "These weights were learned elsewhere, and nothing was recorded of it. log Z by the samples drawn with "
            "them: %s, between %s and %s; ESS %s.",
            short_number(frame->training->log_z).c_str(), short_number(frame->training->log_z_lower).c_str(),
            short_number(frame->training->log_z_upper).c_str(), share_text(frame->training->ess).c_str());
        const Borderless plots;
        draw_outcomes(context, ImGui::GetContentRegionAvail().y);
        return;
    }
    draw_plots(context, training, numbers);
}

}  // namespace drift
