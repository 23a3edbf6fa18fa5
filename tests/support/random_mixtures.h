// Random problems with exact answers, for accuracy tables and for tests of what must hold for any problem (formats.md,
// "Random mixtures for accuracy tables"): 8 modes N(m_j, I / 2) with m_j ~ N(0, 16 I) and weights ~ Dirichlet(2), m
// orthonormal random directions, each measured with a gain U(.5, 1.5) and noise .3, y from a draw of the prior.
#pragma once

#include "core/random.h"
#include "core/scenario.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace drift::test {

struct RandomMixture {
    torch::Tensor weights;      // [8]
    torch::Tensor means;        // [8, d]
    torch::Tensor matrix;       // A [m, d]
    torch::Tensor observation;  // y [m]
    double variance = 0.5;
    double noise = 0.3;

    /// V = tr Cov[x0] / d
    double data_variance() const {
        const torch::Tensor apart = means - weights.matmul(means);
        return variance + weights.dot(apart.square().sum(1)).item<double>() / static_cast<double>(means.size(1));
    }
};

/// Problem `number` of its size; different numbers are independent.
inline RandomMixture random_mixture(int64_t d, int64_t m, uint64_t number) {
    constexpr int64_t modes = 8;
    enum Part : uint32_t { Means, Weights, Directions, Gains, Truth, Noise };
    const auto normals = [number](Part part, int64_t rows, int64_t columns) {
        torch::Tensor z = torch::empty({rows, columns}, torch::kFloat64);
        Random{number}.fill_normals(z, kernels::Purpose::Problem, part);
        return z;
    };
    const auto uniform = [number](Part part, int64_t row, int64_t column) {
        return kernels::uniform({number, kernels::Purpose::Problem, part}, static_cast<uint64_t>(row),
                                static_cast<uint64_t>(column));
    };
    RandomMixture result;
    result.means = 4 * normals(Means, modes, d);
    std::vector<double> shares;
    for (int64_t j = 0; j < modes; ++j) {  // Gamma(2): the sum of two exponential numbers
        shares.push_back(-std::log1p(-uniform(Weights, j, 0)) - std::log1p(-uniform(Weights, j, 1)));
    }
    result.weights = torch::tensor(at::ArrayRef<double>(shares), torch::kFloat64);
    result.weights /= result.weights.sum();
    result.matrix = std::get<0>(at::linalg_qr(normals(Directions, m, d).t())).t().contiguous();
    for (int64_t row = 0; row < m; ++row) {
        result.matrix[row] *= 0.5 + uniform(Gains, row, 0);
    }
    const double pick = uniform(Truth, 0, 0);
    const int64_t mode = std::min<int64_t>(result.weights.cumsum(0).le(pick).sum().item<int64_t>(), modes - 1);
    const torch::Tensor truth = result.means[mode] + std::sqrt(result.variance) * normals(Truth, 2, d)[1];
    result.observation = result.matrix.matmul(truth) + result.noise * normals(Noise, 1, m)[0];
    return result;
}

/// The problem as a scenario with 100 steps from ten times the spread of its data, where the start is not biased.
inline Scenario random_mixture_scenario(const RandomMixture& problem, const std::string& sampler) {
    const auto array = [](const torch::Tensor& tensor) {
        const torch::Tensor plain = tensor.contiguous();
        return Array{tensor.sizes().vec(),
                     {plain.const_data_ptr<double>(), plain.const_data_ptr<double>() + plain.numel()}};
    };
    Scenario scenario;
    scenario.prior = default_choice(Kind::Prior, "gaussian_mixture");
    scenario.prior.params.set("means", array(problem.means));
    scenario.prior.params.set("covariance", Array{{}, {problem.variance}});
    scenario.prior.params.set("weights", array(problem.weights));
    scenario.condition = default_choice(Kind::Condition, "linear_gaussian");
    scenario.condition.params.set("matrix", array(problem.matrix));
    scenario.condition.params.set("observation", array(problem.observation));
    scenario.condition.params.set("noise", problem.noise);
    scenario.schedule = default_choice(Kind::Schedule, "edm");
    scenario.schedule.params.set("sigma_max", std::ceil(10 * std::sqrt(problem.data_variance())));
    scenario.schedule.params.set("steps", int64_t{100});
    scenario.sampler = default_choice(Kind::Sampler, sampler);
    return scenario;
}

}  // namespace drift::test
