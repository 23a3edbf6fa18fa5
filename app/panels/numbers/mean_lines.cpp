// The mean of the particles shown, beside the exact one.
#include "app/events.h"
#include "app/panels/memory.h"
#include "app/panels/numbers/number_lines.h"
#include "app/posterior_mean.h"

#include <string>

namespace drift {
namespace {

const MeanEstimate& mean_at(PanelContext& context, int64_t step) {
    PanelMemory& memory = *context.memory;
    if (memory.mean_recording != context.recording_id || memory.mean_step != step) {
        memory.mean = mean_of(context.recording, step);
        memory.mean_recording = context.recording_id;
        memory.mean_step = step;
    }
    return memory.mean;
}

}  // namespace

void draw_mean(PanelContext& context, const Scene& scene) {
    if (scene.pictures()) {
        return;
    }
    const int64_t step = context.recording.with_arrays(context.step);
    const MeanEstimate& estimate = mean_at(context, step);
    const std::vector<double> exact = exact_mean(scene);
    const bool few = context.recording.at(step)->numbers.log_z_sd_is_lower_bound;  // families
    for (size_t k = 0; k < estimate.mean.size(); ++k) {
        std::string title = "Mean x";
        title += scene.dimension() > 1 ? std::to_string(k + 1) : "";
        const char* name = context.recording.at(step)->last ? "exact " : "exact at the end ";
        std::string reference = k < exact.size() ? name + short_number(exact[k]) : "";
        if (step != context.step) {
            reference += (reference.empty() ? "" : ", ") + std::string("at step ") + std::to_string(step);
        }
        line(context, title.c_str(), estimate_text(estimate.mean[k], estimate.error[k], few), reference,
             {scene.sigma.empty()
                  ? "The weighted mean of the particles, and its standard error from as many families as there are."
                  : "The weighted mean of the particles, and its standard error from as many families as there are. "
                    "Before the end a particle is where its denoised prediction is.",
              "sum W x ± root of the sum over families of (sum of W (x - mean) in it)²",
              "The error is of the draws alone: what the method leaves out is not in it."});
    }
}

}  // namespace drift
