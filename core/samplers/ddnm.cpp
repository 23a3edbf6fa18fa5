// DDNM (Wang et al. 2023): every denoised prediction is projected onto what was measured. For measurements without
// noise, whose noise it would copy into the samples. guidance.md 1.5.

#include "core/samplers/guided_fields.h"

namespace drift {
namespace {

using Params = guided::Common;

const Fields<Params> fields{
    Field<Params>("guidance", static_cast<Curve Params::*>(&Params::guidance), "projection",
                  {"How far the denoised prediction goes towards what was measured.", "D + zeta A^+ (y - A D)",
                   "1: all the way; less leaves room for noise in the measurement."})
        .between(0, 1)
        .live(),
    guided::eta_field<Params>(0),
};

const Registration<Sampler> registration{
    {"ddnm", "DDNM", "Projects every denoised prediction onto what was measured; for measurements without noise.",
     describe(fields)},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        const auto twist = projection_twist(task.problem);
        return guided_diffusion(std::move(task), twist, {.eta = params.eta, .guidance = params.guidance});
    }};

}  // namespace
}  // namespace drift
