// Pseudo-inverse guidance (Song et al. 2023): DPS whose error model knows that the denoised prediction is uncertain by
// r^2 = sigma^2 V / (V + sigma^2), the same in every direction. guidance.md 1.5.

#include "core/samplers/guided_fields.h"

namespace drift {
namespace {

using Params = guided::Common;

const Fields<Params> fields{guided::guidance_field<Params>(), guided::eta_field<Params>(0),
                            guided::spread_field<Params>()};

const Registration<Sampler> registration{
    {"pigdm", "PiGDM", "Guidance that counts with an error of the denoised prediction, the same in every direction.",
     describe(fields)},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        const auto twist = make_twist(task.problem, {ErrorModel::Pigdm, PullForm::Score, params.spread});
        return guided_diffusion(std::move(task), twist, {.eta = params.eta, .guidance = params.guidance});
    }};

}  // namespace
}  // namespace drift
