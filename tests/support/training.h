// Small problems for tests of trained samplers, with exact answers from trained_samplers.md 6.
#pragma once

#include "core/training/path_metrics.h"
#include "core/training/trainer.h"
#include "support/noise_space.h"

#include <cmath>
#include <numbers>

namespace drift::test {

/// log N(x; mean, variance I) of rows [..., d], summed over the last dimension.
inline torch::Tensor log_normal(const torch::Tensor& x, const torch::Tensor& mean, double variance) {
    return ((x - mean).square() / (-2 * variance) - 0.5 * std::log(2 * std::numbers::pi * variance)).sum(-1);
}

/// The 25 components of 3.1, in data space.
inline Scenario grid_25(const std::string& condition, const std::string& sampler) {
    Scenario result = scenario("gaussian_mixture", condition, sampler);
    Array means{{25, 2}, {}};
    for (int i = 0; i < 25; ++i) {
        const int row = i / 5;
        means.data.push_back(5.0 * row - 10);
        means.data.push_back(5.0 * (i % 5) - 10);
    }
    result.prior.params.set("means", means);
    result.prior.params.set("covariance", Array{{}, {0.3}});
    result.prior.params.set("weights", vector(std::vector<double>(25, 1)));
    if (condition == "mixture_ratio") {  // the nine modes of 3.1
        result.condition.params.set("keep", vector({1, 5, 7, 21, 12, 13, 16, 17, 19}));
        result.condition.params.set("weights", vector({4, 10, 4, 5, 10, 5, 4, 15, 4}));
    }
    return result;
}

/// The same under y = x1 + x2 / 2 + N(0, 1), seen at 3: 6.6. log Z is -3.3256069.
inline Scenario grid_25_line(const std::string& sampler) {
    Scenario result = grid_25("linear_gaussian", sampler);
    result.condition.params.set("matrix", row({1, 0.5}));
    result.condition.params.set("observation", vector({3}));
    result.condition.params.set("noise", 1.0);
    return result;
}

/// A model and a policy with random weights, the last layer included.
struct Setting {
    Model model;
    Policy policy;
    torch::Tensor weights;
};

inline Setting setting_of(const Task& task, std::shared_ptr<const Reference> reference, double brownian_variance,
                          PolicyOptions options = {}, double randomness = 0.1, bool amortised = false) {
    Model model;
    model.reference = std::move(reference);
    model.terminal = std::make_shared<const Terminal>(
        task, model.reference, TerminalOptions{.brownian_variance = brownian_variance, .amortised = amortised});
    options.observed = model.terminal->observed_size();
    model.policy = options;
    model.numbers = task.options;
    Policy policy(model.reference, options, model.numbers);
    torch::Tensor noise = torch::empty({1, policy.count()}, model.numbers);
    Random{99}.fill_normals(noise, kernels::Purpose::Initialisation, 0);
    torch::Tensor weights = policy.initial_values(7) + noise.flatten() * randomness;
    policy.bind(weights);
    return {std::move(model), std::move(policy), std::move(weights)};
}

/// Trajectories of the policy.
inline Trajectories rolled(const Setting& setting, int64_t count, uint64_t seed = 5, double extra = 0) {
    Trajectories trajectories = room_for(setting.model, count, TrajectorySource::OnPolicy);
    if (setting.model.terminal->amortised()) {
        trajectories.observed = setting.model.terminal->draw_observed(count, Random{seed});
    }
    RollOptions how;
    if (extra > 0) {
        how.extra = torch::full({count, 1}, extra, setting.model.numbers);
    }
    roll(setting.model, &setting.policy, how, Random{seed}, trajectories);
    return trajectories;
}

/// sum_k log q / ref of every trajectory.
inline torch::Tensor ratio_of(const Setting& setting, const Trajectories& trajectories) {
    return score(setting.model, setting.policy, trajectories, false).log_ratio.sum(0);
}

inline double largest(const torch::Tensor& values) {
    return values.abs().max().item<double>();
}

}  // namespace drift::test
