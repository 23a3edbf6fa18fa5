// Problems with exact answers, as scenarios and as tasks, for the tests of samplers.
#pragma once

#include "core/run.h"
#include "core/sampler.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace drift::test {

inline constexpr int64_t default_steps = 60;

/// A scenario by types, everything else at its default; schedule EDM 20 to 0.02, rho 7.
inline Scenario scenario(const std::string& prior, const std::string& condition, const std::string& sampler) {
    Scenario result;
    result.prior = default_choice(Kind::Prior, prior);
    result.condition = default_choice(Kind::Condition, condition);
    result.schedule = default_choice(Kind::Schedule, "edm");
    result.sampler = default_choice(Kind::Sampler, sampler);
    return result;
}

inline Array vector(std::vector<double> values) {
    return {{static_cast<int64_t>(values.size())}, std::move(values)};
}

inline Array row(std::vector<double> values) {
    return {{1, static_cast<int64_t>(values.size())}, std::move(values)};
}

/// Scene A of guidance.md 1.9: the defaults of the catalogue, with the weights of its modes.
inline Scenario scene_a(const std::string& sampler) {
    Scenario result = scenario("gaussian_mixture", "linear_gaussian", sampler);
    result.prior.params.set("weights", vector({0.5, 0.3, 0.2}));
    return result;
}

/// One dimension: prior N(mean, variance), y seen with this variance of the noise.
inline Scenario line_scenario(const std::string& sampler, double y, double noise_variance, int64_t steps,
                              double variance = 1) {
    Scenario result = scenario("gaussian", "linear_gaussian", sampler);
    result.prior.params.set("mean", vector({0}));
    result.prior.params.set("covariance", Array{{}, {variance}});
    result.condition.params.set("matrix", row({1}));
    result.condition.params.set("observation", vector({y}));
    result.condition.params.set("noise", std::sqrt(noise_variance));
    result.schedule.params.set("steps", steps);
    return result;
}

/// The problem of T3 and T9: prior N((.5, -.3), .7 I), A = [1, .4], y = 1.6, sigma_y^2 = .05, 30 steps.
inline Scenario t9_scenario(const std::string& sampler) {
    Scenario result = scenario("gaussian", "linear_gaussian", sampler);
    result.prior.params.set("mean", vector({0.5, -0.3}));
    result.prior.params.set("covariance", Array{{}, {0.7}});
    result.condition.params.set("matrix", row({1, 0.4}));
    result.condition.params.set("observation", vector({1.6}));
    result.condition.params.set("noise", std::sqrt(0.05));
    result.schedule.params.set("steps", int64_t{30});
    return result;
}

inline Task task(const Scenario& scenario) {
    const MakeContext context{torch::kFloat64, "", scenario.seed};
    return {make_problem(scenario.prior, scenario.condition, context), make_schedule(scenario.schedule),
            context.options};
}

inline Run finished(const Scenario& scenario, Precision precision = Precision::Float64) {
    Run run(scenario, {Device::Cpu, precision, false});
    while (!run.finished()) {
        run.advance();
    }
    return run;
}

/// Weighted mean and variance of one coordinate of the samples.
struct Moments {
    double mean = 0;
    double variance = 0;
};
inline Moments moments(const Samples& samples, size_t coordinate) {
    const size_t n = samples.log_weights.size();
    const size_t d = samples.values.size() / n;
    Moments result;
    for (size_t i = 0; i < n; ++i) {
        result.mean += std::exp(samples.log_weights[i]) * static_cast<double>(samples.values[i * d + coordinate]);
    }
    for (size_t i = 0; i < n; ++i) {
        const double apart = static_cast<double>(samples.values[i * d + coordinate]) - result.mean;
        result.variance += std::exp(samples.log_weights[i]) * apart * apart;
    }
    return result;
}

/// Mean of repeated measurements with its standard error.
struct Repeated {
    double mean = 0;
    double error = 0;
    double deviation = 0;
};
inline Repeated repeated(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    Repeated result;
    for (const double value : values) {
        result.mean += value / n;
    }
    for (const double value : values) {
        result.deviation += (value - result.mean) * (value - result.mean) / (n - 1);
    }
    result.deviation = std::sqrt(result.deviation);
    result.error = result.deviation / std::sqrt(n);
    return result;
}

}  // namespace drift::test
