// Three curves that close in on one line (trained_samplers.md 4): no single one of them tells how good a sampler is.
#include "app/events.h"
#include "app/panels/dimmed.h"
#include "app/panels/training/training_plots.h"
#include "app/params_ui.h"
#include "app/theme.h"

#include <implot.h>

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

struct Truth {
    double exact = TrainingNumbers::unknown;
    double floor = TrainingNumbers::unknown;
};

bool learns_variance(const PanelContext& context) {
    const ParamSet& params = context.scenario().sampler.params;
    const bool* on =
        params.contains("learn_variance") ? std::get_if<bool>(&params.at("learn_variance").value) : nullptr;
    return on != nullptr && *on;
}

Truth truth_of(const PanelContext& context, const TrainingNumbers& numbers) {
    Truth truth;
    if (context.scene()->exact_log_z) {
        const double exact = *context.scene()->exact_log_z;
        truth.exact = std::abs(exact) < 1e-9 ? 0 : exact;  // what is left of a sum of shares is no number to show
    }
    truth.floor = numbers.floor;
    return truth;
}

/// Dashes across the whole plot.
void draw_level(double value, ImU32 colour, float dash, float thickness) {
    const ImVec2 corner = ImPlot::GetPlotPos();
    const float right = corner.x + ImPlot::GetPlotSize().x;
    const float y = ImPlot::PlotToPixels(0.0, value).y;
    const auto dashes = static_cast<int>(std::ceil((right - corner.x) / (2 * dash)));
    for (int i = 0; i < dashes; ++i) {
        const float x = corner.x + 2 * dash * static_cast<float>(i);
        ImPlot::GetPlotDrawList()->AddLine({x, y}, {std::min(x + dash, right), y}, colour, thickness);
    }
}

/// The exact value, and on both sides what steps of a given variance leave open whatever is learned.
void draw_truth(const PanelContext& context, const Truth& truth) {
    if (!std::isfinite(truth.exact)) {
        return;
    }
    const Palette& colours = palette(context.view.light);
    ImDrawList& list = *ImPlot::GetPlotDrawList();
    const ImVec2 corner = ImPlot::GetPlotPos();
    const float right = corner.x + ImPlot::GetPlotSize().x;
    const float em = ImGui::GetFontSize();
    ImPlot::PushPlotClipRect();
    if (std::isfinite(truth.floor) && truth.floor > 0) {
        const float top = ImPlot::PlotToPixels(0.0, truth.exact + truth.floor).y;
        const float foot = ImPlot::PlotToPixels(0.0, truth.exact - truth.floor).y;
        list.AddRectFilled({corner.x, top}, {right, foot}, to_u32(colours.truth, 0.16F));
        draw_level(truth.exact + truth.floor, to_u32(colours.truth, 0.5F), 0.15F * em, 1);
        draw_level(truth.exact - truth.floor, to_u32(colours.truth, 0.5F), 0.15F * em, 1);
    }
    draw_level(truth.exact, to_u32(colours.truth), 0.4F * em, 1.5F);
    ImPlot::PopPlotClipRect();
}

std::vector<TrainingLine> lines_of(const PanelContext& context, const TrainingHistory& history,
                                   const TrainingNumbers& numbers) {
    const bool light = context.view.light;
    return {
        {"upper bound",
         &history.upper,
         category_colour(1, light),
         short_number(numbers.log_z_upper),
         {"Mean log weight of trajectories that end in exact draws of the posterior and are taken backwards: the only "
          "curve that sees modes the sampler has lost. Known where exact draws are.",
          "mean log w over the posterior's trajectories >= log Z",
          "Rising while the lower bound rises, too: collapse."}},
        {"weighted",
         &history.weighted,
         palette(light).text,
         short_number(numbers.log_z),
         {"The estimate of log Z by the importance weights of the sampler's own trajectories.",
          "log mean w, w = reference times reward over policy", "Means little where the ESS is tiny."}},
        {"lower bound",
         &history.lower,
         category_colour(0, light),
         short_number(numbers.log_z_lower),
         {"The evidence lower bound, ELBO: mean log weight of the sampler's own trajectories.", "mean log w <= log Z",
          "Alone it ranks a sampler that has lost modes above one that keeps them."}},
    };
}

const char* floor_in_words(const PanelContext& context, bool known) {
    if (!known) {
        return learns_variance(context)
                   ? "No floor is drawn: the variance of the steps is learned, and what that leaves open is known only "
                     "by quadrature, for one or two numbers of noise."
                   : "No floor is drawn: it is known for posteriors in closed form or on a grid, and processes that "
                     "walk "
                     "no noise schedule.";
    }
    if (context.scene()->latent_on_grid) {
        return "The floor, the band around it: the steps of a policy are Gaussian, those of the posterior's own way "
               "are "
               "not. The upper bound cannot come nearer on average, however long is trained, and the lower bound stays "
               "about as far below; more steps, or learning the variance, make it smaller. By quadrature: the "
               "divergence of the best policy from the trajectories of the posterior.";
    }
    return "The floor, the band around it: steps whose noise is given cannot make a posterior narrower than it. "
           "Neither "
           "bound can come nearer on average, however long is trained; more steps, or learning the variance, lower it. "
           "By the modes of the posterior, one by one: sum over steps of (q - 1 - ln q) / 2, q = wanted variance / "
           "given "
           "variance.";
}

/// The truth in words, at the end of the names.
void draw_truth_names(const PanelContext& context, const Truth& truth) {
    const Help exact{"The exact value, by a closed form or by quadrature: the broken line.", "log Z = log E[r(x)]", {}};
    std::string text = std::isfinite(truth.exact) ? "exact " + short_number(truth.exact) : "exact value not known";
    const bool floor = std::isfinite(truth.floor) && truth.floor > 0;
    if (floor && std::isfinite(truth.exact)) {
        text += " ± floor " + short_number(truth.floor);
    } else if (std::isfinite(truth.exact)) {
        text += ", floor not known";
    }
    ImGui::SameLine(0, ImGui::GetStyle().ItemSpacing.x);
    const float width = ImGui::CalcTextSize(text.c_str()).x;
    if (width > ImGui::GetContentRegionAvail().x) {
        ImGui::NewLine();
    }
    ImGui::TextColored(palette(context.view.light).truth, "%s", text.c_str());
    help_tooltip(exact, floor_in_words(context, floor));
}

void draw_lines(const PanelContext& context, const TrainingHistory& history, const std::vector<TrainingLine>& lines) {
    {
        const Dimmed before(*ImPlot::GetPlotDrawList(), history.of_another_condition());
        for (const TrainingLine& line : lines) {
            draw_training_line(line);
        }
    }
    if (history.of_another_condition()) {
        draw_sampled(context, history.sampled_upper, lines.front().colour);
        draw_sampled(context, history.sampled_lower, lines.back().colour);
        draw_condition_note(context);
    }
    draw_sampled(context, history.sampled, palette(context.view.light).good);
}

}  // namespace

void draw_log_z_plot(PanelContext& context, TrainingView& training, const TrainingNumbers& numbers, float room) {
    const float top = ImGui::GetCursorPosY();
    const Truth truth = truth_of(context, numbers);
    const std::vector<TrainingLine> lines = lines_of(context, training.history, numbers);
    ImGui::TextDisabled("log Z");
    help_tooltip({"How probable the measurement is under the prior. Three curves close in on it as the sampler learns.",
                  "in nats", "Far apart at the end: the sampler is far from the posterior, or misses a part of it."});
    ImGui::SameLine();
    draw_line_names(lines);
    draw_truth_names(context, truth);
    constexpr char id[] = "##log_z";
    if (!begin_iteration_plot(training, id, rest_of(room, top), log_z_span(training.history, truth.exact, truth.floor),
                              Scale::Linear)) {
        return;
    }
    // Beneath the curves the lines of the truth, above them the samples that were drawn on the way.
    {
        const Dimmed old(*ImPlot::GetPlotDrawList(), context.stale);
        draw_truth(context, truth);
        draw_lines(context, training.history, lines);
    }
    end_iteration_plot(context, training, id);
}

}  // namespace drift
