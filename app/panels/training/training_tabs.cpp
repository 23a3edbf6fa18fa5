// What else there is to see of a training, one plot at a time.
#include "app/events.h"
#include "app/panels/dimmed.h"
#include "app/panels/flow.h"
#include "app/panels/training/training_plots.h"
#include "app/params_ui.h"
#include "app/theme.h"

#include <implot.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace drift {
namespace {

/// Lines that depend on the observation are dimmed where they were measured under another one.
void draw_lines(const PanelContext& context, const TrainingHistory& history, const std::vector<TrainingLine>& lines,
                Scale scale) {
    const bool before = scale == Scale::Percent && history.of_another_condition();
    {
        const Dimmed dimmed(*ImPlot::GetPlotDrawList(), before);
        for (const TrainingLine& line : lines) {
            draw_training_line(line);
        }
    }
    if (before) {
        draw_sampled(context, history.sampled_ess, lines.front().colour);
        draw_condition_note(context);
    }
}

void draw_plot(PanelContext& context, TrainingView& training, const std::vector<TrainingLine>& lines, Span span,
               Scale scale, float room) {
    constexpr char id[] = "##more";
    const float top = ImGui::GetCursorPosY();
    draw_line_names(lines);
    if (begin_iteration_plot(training, id, rest_of(room, top), span, scale)) {
        {
            const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
            draw_lines(context, training.history, lines, scale);
        }
        end_iteration_plot(context, training, id);
    }
}

void draw_residuals(PanelContext& context, TrainingView& training, const TrainingNumbers& numbers, float room) {
    const TrainingHistory& history = training.history;
    const bool light = context.view.light;
    std::vector<TrainingLine> lines{
        {"spread",
         &history.spread,
         palette(light).text,
         short_number(numbers.residual_spread),
         {"Standard deviation of the residual over a batch: 0 for a sampler that has become the posterior.",
          "delta = log Z + sum log q / ref - log w", "In nats. Rests above 0 where the floor does."}}};
    std::vector<const TrainingCurve*> curves{&history.spread};
    for (int64_t i = 0; i < trajectory_sources; ++i) {
        const TrainingCurve& curve = history.source.at(static_cast<size_t>(i));
        if (curve.empty()) {
            continue;
        }
        lines.push_back({source_title(static_cast<TrajectorySource>(i)),
                         &curve,
                         source_colour(i, light),
                         short_number(numbers.source_residual.at(static_cast<size_t>(i))),
                         {"Mean size of the residual of the trajectories from this source.", "mean |delta|",
                          "In nats. Large for one source alone: the sampler does not go where that one does."},
                         1.5F});
        curves.push_back(&curve);
    }
    draw_plot(context, training, lines, span_of(curves, true), Scale::Logarithmic, room);
}

void draw_loss(PanelContext& context, TrainingView& training, const TrainingNumbers& numbers, float room) {
    const std::vector<TrainingLine> lines{
        {"loss",
         &training.history.loss,
         category_colour(0, context.view.light),
         short_number(numbers.loss),
         {"What is made small, as a mean over the iterations between two states.",
          "vargrad: variance of delta; tb: mean delta²; others by their own formula",
          "In nats squared, of its own batches: losses of two trainings with other sources do not compare."}}};
    draw_plot(context, training, lines, span_of({&training.history.loss}, true), Scale::Logarithmic, room);
}

void draw_shares(PanelContext& context, TrainingView& training, const TrainingNumbers& numbers, float room) {
    const TrainingHistory& history = training.history;
    const bool light = context.view.light;
    std::vector<TrainingLine> lines{{"ESS",
                                     &history.ess,
                                     category_colour(0, light),
                                     share_text(numbers.ess),
                                     {"Effective sample size of the sampler's own trajectories, as a share of them.",
                                      "(sum w)² / (n sum w²)", "Does not notice lost modes."}}};
    if (!history.forward_ess.empty()) {
        lines.push_back({"forward ESS",
                         &history.forward_ess,
                         category_colour(1, light),
                         share_text(numbers.forward_ess),
                         {"The same over trajectories that end in exact draws of the posterior.",
                          "1 / (mean w mean 1/w)", "Goes to 0 where the sampler misses a part of the posterior."}});
    }
    if (!history.acceptance.empty()) {
        lines.push_back({"accepted",
                         &history.acceptance,
                         category_colour(2, light),
                         share_text(numbers.acceptance),
                         {"Share of the moves of the local search that were accepted.", "MALA, step size tuned to 57 %",
                          "Near 0: its chains stand still."}});
    }
    draw_plot(context, training, lines, {-0.03, 1.03}, Scale::Percent, room);
}

}  // namespace

/// In rows that wrap: a tab bar would clip the names where the panel is narrow.
void draw_tab_names(View& view, std::span<const char* const> names) {
    if (std::ranges::none_of(names, [&view](const std::string& name) { return view.training_tab == name; })) {
        view.training_tab = names.front();
    }
    bool first = true;
    for (const char* name : names) {
        if (view.takes_focus(name)) {
            view.training_tab = name;
        }
        if (!std::exchange(first, false)) {
            flow(ImGui::CalcTextSize(name).x + 2 * ImGui::GetStyle().FramePadding.x);
        }
        const bool chosen = view.training_tab == name;
        ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(chosen ? ImGuiCol_ButtonActive : ImGuiCol_Tab));
        ImGui::PushStyleColor(ImGuiCol_ButtonHovered, ImGui::GetStyleColorVec4(ImGuiCol_TabHovered));
        if (ImGui::Button(name)) {
            view.training_tab = name;
        }
        ImGui::PopStyleColor(2);
    }
}

void draw_training_tabs(PanelContext& context, TrainingView& training, const TrainingNumbers& numbers, float room) {
    const float top = ImGui::GetCursorPosY();
    constexpr const char* names[] = {"Residuals", "Loss", "ESS", "Sources", "Reward", "Methods"};
    draw_tab_names(context.view, names);
    // `room` knows of a single row of names.
    room -= ImGui::GetCursorPosY() - top - ImGui::GetFrameHeightWithSpacing();
    const std::string& tab = context.view.training_tab;
    if (tab == "Loss") {
        draw_loss(context, training, numbers, room);
    } else if (tab == "ESS") {
        draw_shares(context, training, numbers, room);
    } else if (tab == "Sources") {
        draw_sources(context, numbers);
    } else if (tab == "Reward") {
        draw_outcomes(context, room);
    } else if (tab == "Methods") {
        draw_methods(context);
    } else {
        draw_residuals(context, training, numbers, room);
    }
}

}  // namespace drift
