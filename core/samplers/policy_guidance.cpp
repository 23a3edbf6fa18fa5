// Diffusion policy gradient (DPG, Tang et al. 2024), guidance.md 1.6.6: samples around the denoised prediction get
// rewards, and D is pulled to where these are high,
//
//     x_j = D + r_c u_j,   R_j = exp(log p(y | x_j) / Z),   D_y = D + zeta sigma^2 J^T g
//     g = Z sum_j (R_j - mean_{i != j} R_i) u_j / (r_c sum_j R_j)
//
// Published runs have 5000 samples, reach and temperature by a running mean of the loss, and the pull's direction
// alone. The loss is that of the present step here, since a step knows no earlier one.

#include "core/samplers/guided_fields.h"
#include "core/twists/gradient_free.h"

namespace drift {
namespace {

struct Params : guided::Common {
    int64_t samples = 64;
    std::string reach = "prior";
    double temperature = 1;
    std::string guidance_units = "score";
    bool denoiser_gradient = true;
};

const Fields<Params> fields{
    guided::guidance_field<Params>(),
    Field<Params>("samples", &Params::samples, "samples",
                  {"Points around the denoised prediction that are rewarded, for each particle and step. 5000 are "
                   "customary in published work.",
                   "M in g = Z sum_j (R_j - mean_{i != j} R_i) u_j / (r_c sum_j R_j)",
                   "More: a steadier direction; with few, one lucky sample decides."})
        .between(2, 8192, true)
        .live(),
    Field<Params>("reach", &Params::reach, "reach",
                  {"How far the samples are spread: as far as the denoised prediction may be wrong, or as far as it is "
                   "from the observation, which published work does and which needs a linear measurement.",
                   "prior: r_c^2 = sigma^2 V / (V + sigma^2); loss: r_c = |y - A D| / (2 sqrt(d))",
                   "prior: with Z = 1 the pull of PiGDM; loss: ever closer as the residual falls."})
        .one_of({"prior", "loss"})
        .live(),
    Field<Params>("temperature", &Params::temperature, "temperature",
                  {"How much better a sample must be to count for more; auto takes the particle's own loss, as "
                   "published work does, and needs a linear measurement.",
                   "Z in R = exp(log p(y | x) / Z); auto: |y - A D|^2 / (2 sigma_y^2)",
                   "1: the reward is the likelihood; more: all samples count, and the pull becomes that of DPS."})
        .between(0, 1e9, true)
        .automatic(0)
        .live(),
    Field<Params>("guidance_units", &Params::guidance_units, "guidance units",
                  {"What a guidance of 1 means. g is the direction in which the rewarded samples lie, J the Jacobian "
                   "of the denoiser, which takes it from the prediction back to the state.",
                   "score: zeta sigma^2 J^T g; unit: zeta sigma^2 J^T g / |J^T g|",
                   "score has a natural 1; unit, the direction alone, is what published code uses."})
        .one_of({"score", "unit"})
        .live(),
    guided::denoiser_gradient_field<Params>(),
    guided::eta_field<Params>(0),
    guided::spread_field<Params>(),
};

const Registration<Sampler> registration{
    {"policy_guidance", "DPG, policy gradient",
     "Guidance towards those of many samples around the denoised prediction that explain the observation best; takes "
     "any likelihood that can be evaluated.",
     describe(fields)},
    [](const ParamSet& set, Task task) {
        const Params params = typed(fields, set);
        PolicyGradientOptions options;
        options.samples = params.samples;
        options.reach_by_loss = params.reach == "loss";
        options.temperature = params.temperature;
        options.unit_length = params.guidance_units == "unit";
        options.through_denoiser = params.denoiser_gradient;
        options.spread = params.spread;
        const auto twist = policy_twist(task.problem, options);
        return guided_diffusion(std::move(task), twist, {.eta = params.eta, .guidance = params.guidance});
    }};

}  // namespace
}  // namespace drift
