#include "core/gaussian_mixture.h"

#include "core/problem.h"

#include <cmath>

namespace drift {
namespace {

constexpr double log_two_pi = 1.8378770664093454836;

/// log N(x; m_j, S_j) for every row and component, [n, J].
torch::Tensor log_normals(const torch::Tensor& x, const torch::Tensor& means, const torch::Tensor& covariances) {
    const torch::Tensor cholesky = at::linalg_cholesky(covariances);                                  // [J, d, d]
    const torch::Tensor apart = x.unsqueeze(0) - means.unsqueeze(1);                                  // [J, n, d]
    const torch::Tensor white = at::linalg_solve_triangular(cholesky, apart.transpose(1, 2), false);  // [J, d, n]
    const torch::Tensor log_det = 2 * at::diagonal(cholesky, 0, 1, 2).log().sum(1);                   // [J]
    const double d = static_cast<double>(means.size(1));
    return (-0.5 * (white.square().sum(1) + log_det.unsqueeze(1) + d * log_two_pi)).t();
}

torch::Tensor noisy(const GaussianMixture& mixture, double sigma) {
    return mixture.full_covariances() + sigma * sigma * torch::eye(mixture.dimension(), torch::kFloat64);
}

/// Gains G_j = Sigma_j (Sigma_j + sigma^2 I)^{-1}, [J, d, d].
torch::Tensor gains(const GaussianMixture& mixture, double sigma) {
    return at::linalg_solve(noisy(mixture, sigma), mixture.full_covariances()).transpose(1, 2);
}

/// Component-wise predictions m_j + G_j (x - m_j), [J, n, d].
torch::Tensor component_means(const GaussianMixture& mixture, const torch::Tensor& x, double sigma) {
    const torch::Tensor apart = x.unsqueeze(0) - mixture.means.unsqueeze(1);
    return mixture.means.unsqueeze(1) + apart.matmul(gains(mixture, sigma).transpose(1, 2));
}

}  // namespace

torch::Tensor GaussianMixture::full_covariances() const {
    const torch::Tensor eye = torch::eye(dimension(), torch::kFloat64);
    switch (kind) {
        case CovarianceKind::Scalar:
            return covariances.view({-1, 1, 1}) * eye;
        case CovarianceKind::Diagonal:
            return at::diag_embed(covariances);
        default:
            return covariances;
    }
}

double GaussianMixture::data_variance() const {
    const torch::Tensor centre = weights.matmul(means);
    const torch::Tensor spread = (means - centre).square().sum(1);
    torch::Tensor trace;  // [J]
    switch (kind) {
        case CovarianceKind::Scalar:
            trace = covariances * dimension();
            break;
        case CovarianceKind::Diagonal:
            trace = covariances.sum(1);
            break;
        default:
            trace = at::diagonal(covariances, 0, 1, 2).sum(1);
    }
    return weights.dot(spread + trace).item<double>() / static_cast<double>(dimension());
}

torch::Tensor GaussianMixture::log_joint(const torch::Tensor& x, double sigma) const {
    return log_normals(x, means, noisy(*this, sigma)) + weights.log();
}

torch::Tensor GaussianMixture::log_density(const torch::Tensor& x, double sigma) const {
    return log_joint(x, sigma).logsumexp(1);
}

torch::Tensor GaussianMixture::denoise(const torch::Tensor& x, double sigma) const {
    const torch::Tensor rho = log_joint(x, sigma).softmax(1);  // [n, J]
    return (rho.t().unsqueeze(2) * component_means(*this, x, sigma)).sum(0);
}

torch::Tensor GaussianMixture::denoised_covariance(const torch::Tensor& x, double sigma) const {
    const torch::Tensor rho = log_joint(x, sigma).softmax(1).t();      // [J, n]
    const torch::Tensor mu = component_means(*this, x, sigma);         // [J, n, d]
    const torch::Tensor apart = mu - (rho.unsqueeze(2) * mu).sum(0);   // [J, n, d]
    const torch::Tensor within = sigma * sigma * gains(*this, sigma);  // Sigma - Sigma P Sigma = sigma^2 G
    return at::einsum("jn,jab->nab", {rho, within}) + at::einsum("jn,jna,jnb->nab", {rho, apart, apart});
}

torch::Tensor GaussianMixture::sample(int64_t count, const Random& random, kernels::Purpose purpose) const {
    torch::Tensor normals = torch::empty({count, dimension() + 1}, torch::kFloat64);
    random.fill_normals(normals, purpose, 0);
    // The first normal of a row picks its component: Phi(z) is uniform.
    const torch::Tensor uniform = 0.5 * at::erfc(-normals.select(1, 0) * std::sqrt(0.5));
    const torch::Tensor edges = weights.cumsum(0);
    const torch::Tensor component =
        at::searchsorted(edges, uniform.contiguous() * edges[-1], false, true).clamp_max(components() - 1);
    const torch::Tensor z = normals.slice(1, 1);
    torch::Tensor apart;
    if (kind == CovarianceKind::Full) {
        const torch::Tensor cholesky = at::linalg_cholesky(covariances);
        apart = torch::empty_like(z);
        for (int64_t j = 0; j < components(); ++j) {
            const torch::Tensor rows = (component == j).nonzero().squeeze(1);
            apart.index_copy_(0, rows, z.index_select(0, rows).matmul(cholesky[j].t()));
        }
    } else {
        const torch::Tensor spread = covariances.sqrt().index_select(0, component);
        apart = z * (kind == CovarianceKind::Scalar ? spread.unsqueeze(1) : spread);
    }
    return means.index_select(0, component) + apart;
}

MixturePosterior exact_posterior(const GaussianMixture& prior, const LinearGaussian& measurement) {
    const torch::Tensor a = measurement.A->matrix();                         // [m, d]
    const torch::Tensor y = measurement.y.to(torch::kCPU, torch::kFloat64);  // [m]
    const torch::Tensor sigma = prior.full_covariances();                    // [J, d, d]
    const torch::Tensor cross = sigma.matmul(a.t());                         // [J, d, m]
    const torch::Tensor noise = measurement.noise * measurement.noise * torch::eye(a.size(0), torch::kFloat64);
    const torch::Tensor evidence = a.matmul(cross) + noise;     // [J, m, m], Cov[y | j]
    const torch::Tensor predicted = prior.means.matmul(a.t());  // [J, m]
    const torch::Tensor gain = at::linalg_solve(evidence, cross.transpose(1, 2)).transpose(1, 2);  // [J, d, m]

    MixturePosterior result;
    result.posterior.kind = CovarianceKind::Full;
    result.posterior.means = prior.means + gain.matmul((y - predicted).unsqueeze(2)).squeeze(2);
    const torch::Tensor covariance = sigma - gain.matmul(cross.transpose(1, 2));
    result.posterior.covariances = 0.5 * (covariance + covariance.transpose(1, 2));
    // log N(y; A m_j, A Sigma_j A^T + sigma_y^2 I): one row, y, against a Gaussian per component.
    const torch::Tensor log_weight = prior.weights.log() + log_normals(y.unsqueeze(0), predicted, evidence).squeeze(0);
    result.log_z = log_weight.logsumexp(0).item<double>();
    result.posterior.weights = log_weight.softmax(0);
    return result;
}

torch::Tensor exact_log_twist(const GaussianMixture& prior, const LinearGaussian& measurement, const torch::Tensor& x,
                              double sigma) {
    const torch::Tensor a = measurement.A->matrix();
    const torch::Tensor y = measurement.y.to(torch::kCPU, torch::kFloat64);
    const torch::Tensor log_rho = prior.log_joint(x, sigma).log_softmax(1);  // [n, J]
    const torch::Tensor mu = component_means(prior, x, sigma);               // [J, n, d]
    const torch::Tensor noise = measurement.noise * measurement.noise * torch::eye(a.size(0), torch::kFloat64);
    const torch::Tensor spread = a.matmul(sigma * sigma * gains(prior, sigma)).matmul(a.t()) + noise;  // [J, m, m]
    const torch::Tensor predicted = mu.matmul(a.t());                                                  // [J, n, m]
    torch::Tensor log_likelihood = torch::empty({x.size(0), prior.components()}, torch::kFloat64);
    for (int64_t j = 0; j < prior.components(); ++j) {
        const torch::Tensor zero = torch::zeros({1, a.size(0)}, torch::kFloat64);
        log_likelihood.select(1, j) = log_normals(y - predicted[j], zero, spread.slice(0, j, j + 1)).squeeze(1);
    }
    return (log_rho + log_likelihood).logsumexp(1);
}

}  // namespace drift
