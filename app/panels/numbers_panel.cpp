// The numbers of the state shown and of the whole run, each beside the exact value where there is one. A dash where the
// method or the problem does not define a number.
#include "app/events.h"
#include "app/panels/data/space.h"
#include "app/panels/memory.h"
#include "app/panels/numbers/number_lines.h"
#include "app/panels/panels.h"
#include "app/params_ui.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

namespace drift {
namespace {

constexpr const char* undefined = "-";

Help help_of_amplification(bool guided) {
    if (!guided) {
        return {
            "By how much the moves that leave this state stretch a difference between two particles along the "
            "direction in which the posterior is narrowest.",
            "|1 - eps h|^moves, h the largest curvature of -log pi",
            "Above 1 the step size is more than twice the variance there, and particles fly apart: lower it."};
    }
    return {
        "By how much the step that leaves this state stretches a difference between two particles of the broadest "
        "mode, or of the data as a whole, along what is measured.",
        "|(1 - c) J + c - zeta (1 - c) G|, G = -d pull / dx: of DPS sigma² J A^T S^-1 A J",
        "Above 1 in several steps in a row, guidance overshoots and particles fly apart: lower it or add "
        "steps. The largest of all steps is known before the run starts."};
}

/// `frame` is null before there is a state: then that of all steps, as foretold.
void draw_amplification(PanelContext& context, const Frame* frame, const Scene& scene) {
    const Foretold largest = largest_amplification(scene);
    const double factor = frame != nullptr ? frame->numbers.amplification : largest.factor;
    const double shown = std::isfinite(factor) ? factor : largest.factor;  // the last state has none
    const Light light = !std::isfinite(shown) ? Light::None
                        : shown <= 1          ? Light::Good
                        : shown <= 2          ? Light::Caution
                                              : Light::Bad;
    const char* word = light == Light::Good ? "steady" : light == Light::Caution ? "grows" : "blows up";
    std::string reference;
    if (frame == nullptr) {
        reference = "at step " + std::to_string(largest.step) + ", the largest of the run";
    } else if (largest.factor > 1 && !(factor >= largest.factor)) {
        reference = "up to " + short_number(largest.factor) + " at step " + std::to_string(largest.step);
    }
    light_line(context, "Amplification", short_number(factor), light, word, reference,
               help_of_amplification(scene.guided));
}

const ModeShares& shares_of(PanelContext& context, const Frame& frame, const MixtureView& modes) {
    PanelMemory& memory = *context.memory;
    if (memory.shares_recording != context.recording_id || memory.shares_step != frame.numbers.step) {
        const bool last = frame.numbers.sigma == 0 || frame.denoised.empty();
        memory.shares = mode_shares(modes, last ? frame.x : frame.denoised, frame.weights);
        memory.shares_recording = context.recording_id;
        memory.shares_step = frame.numbers.step;
    }
    return memory.shares;
}

/// Where the prior has modes, whether or not the posterior is known: no more is needed.
void draw_off_the_data(PanelContext& context, const Frame& frame, const Scene& scene) {
    const Frame* with_arrays = context.frame_with_arrays();
    if (!scene.prior || with_arrays == nullptr || with_arrays->x.empty()) {
        return;
    }
    const ModeShares& shares = shares_of(context, *with_arrays, *scene.prior);
    const int64_t step = with_arrays->numbers.step;
    line(
        context, "Off the data", shares.non_finite < 1 ? percent(shares.off_manifold) : undefined,
        step == frame.numbers.step ? "" : "at step " + std::to_string(step),
        {scene.sigma.empty() ? "Share of the weight farther than four standard deviations from every mode of the prior."
                             : "Share of the weight farther than four standard deviations from every mode of the "
                               "prior. Before the end a particle is where its denoised prediction is.",
         "(x - m_j)^T Sigma_j^-1 (x - m_j) > 16 for every j", "Too much guidance pushes it up."});
}

void draw_particle_lines(PanelContext& context, const Frame& frame, const Scene& scene) {
    const Summary* summary = context.summary;
    const StepNumbers& numbers = frame.numbers;
    const std::string later = context.running ? "..." : undefined;
    if (!knows_posterior(scene, Space::Data)) {
        draw_mean(context, scene);
    }
    line(context, "Residual", summary != nullptr ? short_number(summary->residual) : later, end_note(context),
         {"How far the clean samples are from the measurement on average.", "mean |y - A x|",
          "Near the noise of the measurement is right; smaller is overfitting."});
    line(context, "Log prior", short_number(numbers.log_prior), "",
         {"How probable the particles are under the prior at this noise level, on average.", "mean log p_sigma(x)",
          "Much lower than in other runs of the problem: pushed off what the prior believes."});
    draw_off_the_data(context, frame, scene);
    if (scene.guided || !scene.amplification.empty()) {
        draw_amplification(context, &frame, scene);
    }
    if (std::isfinite(numbers.reward_median)) {
        line(context, "Reward", short_number(numbers.reward_median),
             short_number(numbers.reward_low) + " to " + short_number(numbers.reward_high),
             {"What steers the particles: median, and the band that holds 80 % of them.", "lambda r(x) or log psi(x)",
              "A wide band: the weights are about to become uneven."});
    }
    if (std::isfinite(numbers.acceptance)) {
        line(context, "Accepted", percent(numbers.acceptance), "step size " + short_number(numbers.step_size),
             {"Share of the moves that led to this state that were accepted, and the step size of the last of them.",
              {},
              "0: the step size is too large; 100 %: the particles crawl."});
    }
    if (numbers.non_finite > 0) {
        line(context, "Not finite", grouped(numbers.non_finite), "particles",
             {"Particles that have left the numbers.", {}, {}});
    }
}

void draw_particles(PanelContext& context, const Frame& frame, const Scene& scene) {
    const char* title = scene.weighted ? "Particles##weighted" : "Particles";
    if (begin_section(context, title, "log prior " + short_number(frame.numbers.log_prior), !scene.weighted) &&
        begin_lines("particles")) {
        draw_particle_lines(context, frame, scene);
        end_lines();
    }
}

/// A distance of the clean samples to the exact posterior, with what two exact sets have.
void distance_line(PanelContext& context, const char* title, double Summary::*value, double Summary::*floor,
                   const Help& help) {
    const Summary* summary = context.summary;
    const std::string later = context.running ? "..." : undefined;
    line(context, title, summary != nullptr ? short_number(summary->*value) : later,
         summary != nullptr && std::isfinite(summary->*floor) ? "floor " + short_number(summary->*floor) : "", help);
}

void draw_modes(PanelContext& context, const Scene& scene) {
    const Frame* frame = context.frame_with_arrays();
    if (frame == nullptr || frame->x.empty()) {
        return;
    }
    const MixtureView& modes = *scene.posterior;
    const ModeShares& shares = shares_of(context, *frame, *scene.prior);  // as the summary counts them
    caption_line(context, end_note(context).empty() ? "" : "Modes at step " + std::to_string(frame->numbers.step));
    draw_mode_bars(context, modes, shares);
    double distance = 0;
    for (size_t j = 0; j < modes.weights.size(); ++j) {
        distance += 0.5 * std::abs(shares.share.at(j) - modes.weights[j]);
    }
    const bool anything = shares.non_finite < 1;
    const double floor = context.summary != nullptr ? context.summary->mode_mass_tv_floor : NAN;
    if (begin_lines("mode_numbers")) {
        line(
            context, "Mode error", anything ? percent(distance) : undefined,
            std::isfinite(floor) ? "floor " + percent(floor) : "",
            {scene.sigma.empty() ? "Total variation between these shares and the exact ones, the lines across the bars."
                                 : "Total variation between these shares and the exact ones, the lines across the "
                                   "bars. Before the end a share is where the denoised predictions are.",
             "sum of |share - exact| / 2", "The floor is that of as many exact draws."});
        end_lines();
    }
}

void draw_truth(PanelContext& context, const Scene& scene) {
    const std::string note = end_note(context);
    const std::string distance = context.summary != nullptr ? "sliced W1 " + short_number(context.summary->sliced_w1) +
                                                                  (note.empty() ? "" : " " + note)
                                                            : "";
    const bool known =
        knows_posterior(scene, Space::Data) || knows_posterior(scene, Space::Noise);  // f takes draws along
    if (!known || !begin_section(context, "Against the truth", distance, true)) {
        return;
    }
    caption_line(context, note.empty() ? "" : "Distances " + note);
    const char* floor = "The floor is what two exact sets of this size are apart: better than that cannot be seen.";
    if (begin_lines("distances")) {
        distance_line(context, "Sliced W1", &Summary::sliced_w1, &Summary::sliced_w1_floor,
                      {"Distance of the clean samples from the exact posterior, over 128 directions.",
                       "mean over u of W1(u x, u x_exact)", floor});
        distance_line(context, "MMD", &Summary::mmd, &Summary::mmd_floor,
                      {"Maximum mean discrepancy: how different averages over neighbourhoods are, whose width is the "
                       "median distance.",
                       "MMD² = E k(x, x') + E k(y, y') - 2 E k(x, y)", floor});
        distance_line(context, "Energy", &Summary::energy, &Summary::energy_floor,
                      {"Energy distance: how much farther samples are from exact draws than each are from their own.",
                       "2 E|x - y| - E|x - x'| - E|y - y'|", floor});
        end_lines();
    }
    if (scene.posterior) {
        draw_modes(context, scene);
    }
    if (knows_posterior(scene, Space::Data) && begin_lines("means")) {
        draw_mean(context, scene);
        end_lines();
    }
}

void draw_work(PanelContext& context, const Frame& frame) {
    const std::string calls = grouped(frame.numbers.denoiser_calls);
    if (!begin_section(context, "Work", calls + " calls", false) || !begin_lines("work")) {
        return;
    }
    line(context, "Calls", calls, "",
         {"Particles times evaluations of the prior's denoiser so far.", {}, "The budget to compare methods by."});
    line(context, "Time", duration_text(frame.numbers.seconds), "", {"Time of sampling up to this state.", {}, {}});
    end_lines();
}

}  // namespace

Foretold largest_amplification(const Scene& scene) {
    const auto largest = std::max_element(scene.amplification.begin(), scene.amplification.end());
    return largest == scene.amplification.end() ? Foretold{}
                                                : Foretold{*largest, largest - scene.amplification.begin()};
}

void draw_numbers_panel(PanelContext& context) {
    const Frame* frame = context.frame();
    const Scene* scene = context.scene();
    if (frame == nullptr || scene == nullptr) {
        ImGui::TextWrapped("%s", empty_text(context).c_str());
        if (context.coming != nullptr && !context.coming->amplification.empty() && begin_lines("foretold")) {
            draw_amplification(context, nullptr, *context.coming);
            end_lines();
        }
        return;
    }
    ImGui::BeginDisabled(context.stale);
    draw_weights(context, *frame, *scene);
    draw_weight_details(context, *frame, *scene);
    draw_particles(context, *frame, *scene);
    draw_truth(context, *scene);
    draw_work(context, *frame);
    ImGui::EndDisabled();
}

}  // namespace drift
