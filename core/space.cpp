#include "core/space.h"

namespace drift {
namespace {

const Fields<Space>& fields() {
    static const Fields<Space> all{
        Field<Space>("space", &Space::space, "space",
                     {"Whether the method moves the data themselves or the noise that a map makes them of.",
                      "x, or z ~ N(0, I) with the likelihood p(y | f(z))",
                      "noise: a smooth prior of known density, and a likelihood as crooked as the map."})
            .one_of({"data", "noise"}),
        Field<Space>(
            "ode_steps", &Space::ode_steps, "flow steps",
            {"Steps of the probability flow that is the map of a diffusion prior; other maps have none.",
             "x = f(z) by the midpoint rule, 2 K - 1 denoiser calls", "More: closer to the prior, and slower."})
            .between(1, 1000, true)
            .only_with("space", {std::string("noise")})
            .advanced(),
    };
    return all;  // made on first use: samplers register before main
}

}  // namespace

void add_space(ParamSet& params) {
    for (const Param& param : describe(fields())) {
        if (!params.contains(param.key)) {
            params.add(param);
        }
    }
}

Param noise_space_only() {
    Param param = describe(fields()).at("space");
    param.options = {"noise"};
    param.value = param.default_value = std::string("noise");
    return param;
}

Space space_of(const ParamSet& params) {
    return typed(fields(), params);
}

}  // namespace drift
