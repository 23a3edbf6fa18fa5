#include "core/oracles.h"

#include <cmath>

namespace drift {

GaussianChain unguided_chain(const GaussianMixture& prior, const Schedule& schedule, const std::vector<double>& etas) {
    const auto [v, basis] = at::linalg_eigh(prior.full_covariances()[0]);  // v [d]
    const torch::Tensor mu = basis.t().matmul(prior.means[0]);
    torch::Tensor mean = torch::zeros_like(mu);
    torch::Tensor variance = torch::full_like(mu, schedule.at(0) * schedule.at(0));
    for (int64_t k = 0; k < schedule.steps(); ++k) {
        const double sigma = schedule.at(k);
        const double tau = injected_noise(sigma, schedule.at(k + 1), etas.at(static_cast<size_t>(k)));
        const double c = keep_factor(sigma, schedule.at(k + 1), tau);
        // x' = (1 - c) D + c x + tau z with D = (v x + sigma^2 mu) / (v + sigma^2)
        const torch::Tensor a = (1 - c) * v / (v + sigma * sigma) + c;
        const torch::Tensor b = (1 - c) * sigma * sigma / (v + sigma * sigma) * mu;
        mean = a * mean + b;
        variance = a.square() * variance + tau * tau;
    }
    return {basis.matmul(mean), basis.matmul(at::diag(variance)).matmul(basis.t())};
}

std::optional<double> discretised_log_z(const Problem& problem, const Schedule& schedule,
                                        const std::vector<double>& etas) {
    const GaussianMixture* prior = problem.prior->mixture();
    if (prior == nullptr || prior->components() != 1 || problem.condition->linear() == nullptr ||
        prior->dimension() > 512 || etas.empty()) {
        return std::nullopt;
    }
    const GaussianChain chain = unguided_chain(*prior, schedule, etas);
    const GaussianMixture model{torch::ones({1}, torch::kFloat64), chain.mean.unsqueeze(0),
                                chain.covariance.unsqueeze(0), CovarianceKind::Full};
    return exact_posterior(model, *problem.condition->linear()).log_z;
}

}  // namespace drift
