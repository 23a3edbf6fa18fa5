// A variational autoencoder, trained in seconds (core/generators/vae_model.h).

#include "core/generators/vae_model.h"
#include "core/priors/generator_fields.h"

namespace drift {
namespace {

struct Params : GeneratorParams {
    Params() { iterations = 4000; }
    int64_t latent = 2;
    double beta = 1;
};

const Fields<Params>& fields() {
    static const Fields<Params> all = generator_fields<Params>({
        latent_field<Params>(),
        Field<Params>("beta", &Params::beta, "weight of the code",
                      {"How much the code of each point has to look like noise, against how well it is rebuilt.",
                       "misfit + beta KL(q(z | x) | N(0, I))", "More: fewer holes in the noise, and blurred data."})
            .between(0.01, 100, true)
            .only_with("weights", {std::string()}),
    });
    return all;  // made on first use: priors register before main
}

const GeneratorRegistration registration{
    {"vae", "Variational autoencoder", "A decoder that was trained, in seconds, against an encoder of the data.",
     describe(fields())},
    [](const ParamSet& set) {
        const Params params = typed(fields(), set);
        const GeneratorParams& common = params;
        const VaeConfig config{params.latent, params.width, params.layers, params.beta};
        return GeneratorPlan{common, [config] { return std::make_unique<VaeModel>(config); }};
    }};

}  // namespace
}  // namespace drift
