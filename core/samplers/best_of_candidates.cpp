// Stochastic control guidance (SCG, Huang et al. 2024), guidance.md 1.6.6: every step is drawn M times from the plain
// reverse diffusion, and each particle goes where the denoised prediction explains the observation best,
//
//     x' = argmax_j log p(y | D(x'_j)),   x'_j = (1 - c) D + c x + tau z_j
//
// It needs no gradient at all, neither of the likelihood nor of the denoiser, and M denoiser calls a step.

#include "core/samplers/guided_fields.h"
#include "core/twists/gradient_free.h"

#include <cmath>

namespace drift {
namespace {

struct Params : guided::Common {
    int64_t candidates = 16;
    double start = 0.25;
};

const Fields<Params> fields{
    Field<Params>(
        "candidates", &Params::candidates, "candidates",
        {"How many next states each particle tries at a step, with different noise. 512 are customary in "
         "published work.",
         "M in x' = argmax_j log p(y | D(x'_j)), j = 1..M",
         "1: plain reverse diffusion; more: closer to the observation than its noise allows, off the prior, and M "
         "denoiser calls a step."})
        .between(1, 4096, true)
        .live(),
    Field<Params>("start", &Params::start, "search from",
                  {"Share of the steps that are plain before the search begins; 0.25 is customary.",
                   "searched while k >= start K",
                   "Later: fewer denoiser calls; the prior alone chooses between modes that are far apart."})
        .between(0, 1)
        .live(),
    guided::eta_field<Params>(1e-3),
};

const Registration<Sampler> registration{
    {.key = "best_of_candidates",
     .title = "SCG, best of candidates",
     .help =
         "Draws every step several times and keeps what explains the observation best; needs no gradient of anything.",
     .params = describe(fields),
     .passing_bytes = [](const ParamSet&, const ParticleSize& size) { return 3 * size.moved() * sizeof(float); }},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        CandidateOptions options;
        options.candidates = params.candidates;
        options.first_step = static_cast<int64_t>(std::ceil(params.start * static_cast<double>(task.schedule.steps())));
        const auto twist = candidate_twist(task.problem, options);
        return guided_diffusion(std::move(task), twist, {.eta = params.eta});
    }};

}  // namespace
}  // namespace drift
