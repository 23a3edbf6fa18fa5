// Problems whose methods work in noise space, x = f(z).
#pragma once

#include "core/outsourced.h"
#include "support/problems.h"

namespace drift::test {

/// trained_samplers.md 6.5: x = M z + b in R^2 of z in R^3, y = x1 + x2 with noise .5 seen at 2. log Z is -2.1154217.
inline Scenario linear_outsourced(const std::string& sampler) {
    Scenario result = scenario("map", "linear_gaussian", sampler);
    result.prior.params.set("function", std::string("affine"));
    result.prior.params.set("matrix", Array{{2, 3}, {1, 0.5, 0, 0, 1, -1}});
    result.prior.params.set("offset", vector({0.5, -0.5}));
    result.condition.params.set("matrix", row({1, 1}));
    result.condition.params.set("observation", vector({2}));
    result.condition.params.set("noise", 0.5);
    result.sampler.params.set("space", std::string("noise"));
    return result;
}

/// A map of one kind from two numbers of noise under a measurement of the first number of the data.
inline Scenario measured_map(const std::string& function, int64_t latent, const std::string& sampler, double y,
                             double noise) {
    Scenario result = scenario("map", "linear_gaussian", sampler);
    result.prior.params.set("function", function);
    result.prior.params.set("latent", latent);
    const bool line = function == "ring" || latent == 1;
    result.condition.params.set("matrix", row(line ? std::vector<double>{1} : std::vector<double>{1, 0}));
    result.condition.params.set("observation", vector({y}));
    result.condition.params.set("noise", noise);
    result.sampler.params.set("space", std::string("noise"));
    return result;
}

/// r = 1[z1 > a] on two numbers of noise, with a floor of e^-20: 6.5 again.
inline Scenario rare_half_space(const std::string& sampler, double a) {
    Scenario result = scenario("map", "half_space", sampler);
    result.prior.params.set("function", std::string("affine"));
    result.prior.params.set("matrix", Array{{2, 2}, {1, 0, 0, 1}});
    result.condition.params.set("normal", vector({1, 0}));
    result.condition.params.set("offset", a);
    result.sampler.params.set("space", std::string("noise"));
    return result;
}

inline Task noise_task(const Scenario& scenario) {
    return in_space(task(scenario), space_of(scenario.sampler.params));
}

inline std::string refusal(const Scenario& scenario) {
    try {
        const drift::Run run(scenario);
        return "";
    } catch (const UserError& error) {
        return error.what();
    }
}

inline Moments of_latent(const Samples& samples, size_t coordinate) {
    Samples latents = samples;
    latents.values = samples.latents;
    return moments(latents, coordinate);
}

}  // namespace drift::test
