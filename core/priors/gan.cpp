// A generative adversarial network, trained in seconds (core/generators/gan_model.h).

#include "core/generators/gan_model.h"
#include "core/priors/generator_fields.h"

namespace drift {
namespace {

struct Params : GeneratorParams {
    Params() { iterations = 4000; }
    int64_t latent = 2;
    double penalty = 0.1;
};

const Fields<Params>& fields() {
    static const Fields<Params> all = generator_fields<Params>({
        latent_field<Params>(),
        Field<Params>(
            "penalty", &Params::penalty, "gradient penalty",
            {"How much the critic that tells data from fakes is kept from being steep.",
             "gamma / 2 (E |grad c(x)|^2 + E |grad c(g(z))|^2)", "Less: sharper data; far less: the training circles."})
            .between(1e-4, 100, true)
            .only_with("weights", {std::string()}),
    });
    return all;  // made on first use: priors register before main
}

const GeneratorRegistration registration{
    {"gan", "Adversarial network", "A generator that was trained, in seconds, against a critic of what it makes.",
     describe(fields())},
    [](const ParamSet& set) {
        const Params params = typed(fields(), set);
        const GeneratorParams& common = params;
        const GanConfig config{params.latent, params.width, params.layers, params.penalty};
        // No momentum: two networks that answer each other would swing.
        return GeneratorPlan{common, [config] { return std::make_unique<GanModel>(config); }, 0.0, 1e6};
    }};

}  // namespace
}  // namespace drift
