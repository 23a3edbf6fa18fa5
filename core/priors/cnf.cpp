// A continuous normalising flow, trained in seconds by flow matching (core/generators/cnf_model.h). What it makes of
// noise is followed by a fixed number of steps, so that f is the same smooth map each time.

#include "core/generators/cnf_model.h"
#include "core/priors/generator_fields.h"

namespace drift {
namespace {

struct Params : GeneratorParams {
    Params() {
        iterations = 5000;
        batch = 512;
    }
    int64_t ode_steps = 8;
};

const Fields<Params>& fields() {
    static const Fields<Params> all = generator_fields<Params>({
        Field<Params>("ode_steps", &Params::ode_steps, "flow steps",
                      {"Steps from noise to data, by the Runge-Kutta method of fourth order.",
                       "dx/dt = v(x, t), t from 0 to 1; four evaluations of v a step", "More: exacter, and slower."})
            .between(1, 1000, true),
    });
    return all;  // made on first use: priors register before main
}

const GeneratorRegistration registration{
    {"cnf", "Continuous flow",
     "A flow from noise to data along a learned velocity, trained in seconds by flow matching.", describe(fields())},
    [](const ParamSet& set) {
        const Params params = typed(fields(), set);
        const GeneratorParams& common = params;
        const CnfConfig config{params.width, params.layers, params.ode_steps};
        return GeneratorPlan{common, [config] { return std::make_unique<CnfModel>(config); }};
    },
    {"ode_steps"}};

}  // namespace
}  // namespace drift
