// What the weights of the state shown are worth: ESS, log Z with its error, and in detail how uneven they are.
#include "app/events.h"
#include "app/panels/numbers/number_lines.h"

#include "core/io/results.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace drift {
namespace {

constexpr const char* undefined = "-";

std::string signed_number(double value) {
    return (value > 0 ? "+" : "") + short_number(value);
}

/// A number of particles with its share of all.
std::string of_particles(double number, const Frame& frame) {
    return std::isnan(number) ? undefined
                              : short_number(number) + " (" +
                                    percent(number / static_cast<double>(std::max<int64_t>(frame.count, 1))) + ")";
}

/// Where the exact value is known. An estimate on the way is of another integral, hence only that of the end.
void draw_log_z_error(PanelContext& context, const Scene& scene) {
    if (!scene.weighted || !scene.exact_log_z) {
        return;
    }
    const Compared error =
        context.summary != nullptr ? log_z_error_text(*context.summary, end_note(context)) : Compared{};
    line(context, "log Z error", context.summary == nullptr && context.running ? "..." : error.value, error.reference,
         {"Estimate minus exact value at the end of the run, and how many of its standard errors that is.",
          "log Z - log Z_exact, |log Z - log Z_exact| / sd(log Z)",
          "Up to three is chance. Where it is more and the error in these steps is small, add steps; else the weights "
          "miss a part of the posterior."});
}

/// Whether so few particles carry the result that one has to know which.
bool is_uneven(const Summary& summary) {
    constexpr double few = 0.05;
    return summary.ess < few * static_cast<double>(summary.particles);
}

void draw_pareto(PanelContext& context, const Scene& scene) {
    const double k = context.summary != nullptr && scene.weighted ? context.summary->pareto_k : NAN;
    const Light light = !std::isfinite(k) ? Light::None : k < 0.5 ? Light::Good : k < 0.7 ? Light::Caution : Light::Bad;
    const char* word = light == Light::Good ? "good" : light == Light::Caution ? "fair" : "poor";
    light_line(context, "Pareto k", context.summary == nullptr && context.running ? "..." : short_number(k), light,
               word, end_note(context),
               {"How heavy the tail of the final weights is: the shape of a Pareto distribution fitted to the largest.",
                "P(w > t) falls as t^(-1/k); fitted to min(n / 5, 3 sqrt n) weights",
                "Above 0.7 weighted averages are not to be trusted, whatever the ESS says."});
}

}  // namespace

std::string estimate_text(double value, double sd, bool lower_bound) {
    char text[64];
    std::snprintf(text, sizeof text, "%.3f %s %.2g", value, lower_bound ? "±≥" : "±", sd);
    return text;
}

std::string exact_log_z_text(const Scene& scene, bool last) {
    const std::string name = last ? "exact " : "exact at the end ";
    std::string text = scene.exact_log_z ? name + short_number(*scene.exact_log_z) : "";
    if (scene.discretised_log_z) {
        text += (text.empty() ? "" : ", ") + std::string("in these steps ") + short_number(*scene.discretised_log_z);
    }
    return text;
}

Compared log_z_error_text(const Summary& summary, const std::string& note) {
    Compared text;
    const double error = log_z_error(summary);
    if (!std::isfinite(error)) {
        return text;
    }
    text.value = signed_number(error);
    if (summary.log_z_sd > 0) {
        text.reference = summary.log_z_sd_is_lower_bound ? "at most " : "";
        text.reference += short_number(std::abs(error) / summary.log_z_sd) + " standard errors";
    }
    const double in_steps = summary.log_z - summary.exact_log_z_discretised;
    if (std::isfinite(in_steps)) {
        text.reference +=
            (text.reference.empty() ? "" : ", ") + std::string("in these steps ") + signed_number(in_steps);
    }
    if (!note.empty()) {
        text.reference = note + (text.reference.empty() ? "" : ", ") + text.reference;
    }
    return text;
}

void draw_weights(PanelContext& context, const Frame& frame, const Scene& scene) {
    const StepNumbers& numbers = frame.numbers;
    const std::string ess = scene.weighted ? of_particles(numbers.ess, frame) : undefined;
    // Folded or not is remembered for methods with and without weights apart.
    const char* title = scene.weighted ? "Weights" : "Weights##none";
    if (!begin_section(context, title, scene.weighted ? "ESS " + ess : "none", scene.weighted) ||
        !begin_lines("weights")) {
        return;
    }
    line(context, "ESS", ess, scene.weighted ? "" : "no weights",
         {"Effective sample size: how many particles of equal weight would be worth as much.",
          "ESS = 1 / sum of w²  (before resampling)", "Low: few particles carry the picture."});
    line(context, "log Z",
         scene.weighted ? estimate_text(numbers.log_z, numbers.log_z_sd, numbers.log_z_sd_is_lower_bound) : undefined,
         exact_log_z_text(scene, frame.last),
         {"The evidence: how probable the measurement is under the prior, as far as the run has come.",
          "log Z ± standard deviation from the genealogy", "Methods without weights do not estimate it."});
    draw_log_z_error(context, scene);
    line(context, "Ancestors", scene.weighted ? grouped(numbers.eves) + " of " + grouped(frame.count) : undefined, "",
         {"Particles of the start that still have descendants.",
          {},
          "Every resampling costs some: the price of a high ESS."});
    end_lines();
}

void draw_weight_details(PanelContext& context, const Frame& frame, const Scene& scene) {
    if (!scene.weighted) {
        return;
    }
    // Open where they matter; folded or not is remembered for both apart.
    const bool uneven = context.summary != nullptr && is_uneven(*context.summary);
    const char* title = uneven ? "Weights in detail##uneven" : "Weights in detail";
    if (!begin_section(context, title, "", uneven) || !begin_lines("weight_details")) {
        return;
    }
    const StepNumbers& numbers = frame.numbers;
    line(context, "Conditional ESS", of_particles(numbers.conditional_ess, frame), "",
         {"How even the last change of the weights was, whatever they were before.",
          "CESS = n (sum W u)² / sum W u², u = exp(increment)", "Low: this step asked too much at once."});
    line(context, "Perplexity", of_particles(numbers.perplexity, frame), "",
         {"Another count of the particles that matter, gentler to a single heavy one.", "exp(-sum W log W)",
          "Far above the ESS: a few heavy particles and many light ones."});
    line(context, "Largest weight", percent(numbers.max_weight), "",
         {"Share of the heaviest particle.", "max W", "Near 100 %: the picture is that one particle."});
    line(context, "Family ESS", of_particles(numbers.genealogical_ess, frame), "",
         {"Genealogical effective sample size: how many families of equal weight there would be.",
          "1 / sum over families of (sum of W in it)²", "Low: the particles are cousins, however even their weights."});
    draw_pareto(context, scene);
    end_lines();
}

}  // namespace drift
