#include "core/nets/frechet.h"

#include "core/nets/chunks.h"
#include "core/random.h"

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

struct Moments {
    torch::Tensor mean, covariance;
};

Moments moments(const torch::Tensor& rows) {
    const torch::Tensor exact = rows.to(torch::kFloat64);
    const torch::Tensor mean = exact.mean(0);
    const torch::Tensor centred = exact - mean;
    return {mean, centred.t().matmul(centred) / static_cast<double>(rows.size(0) - 1)};
}

/// The root of a symmetric matrix; eigenvalues below zero are rounding.
torch::Tensor matrix_root(const torch::Tensor& m) {
    const auto [values, vectors] = at::linalg_eigh(m);
    return (vectors * values.clamp_min(0).sqrt()).matmul(vectors.t());
}

double edm_level(int64_t k, int64_t steps) {
    constexpr double rho = 7, largest = 10, smallest = 0.02;
    if (k == steps) {
        return 0;
    }
    const double u = static_cast<double>(k) / static_cast<double>(steps - 1);
    const double top = std::pow(largest, 1 / rho);
    return std::pow(top + u * (std::pow(smallest, 1 / rho) - top), rho);
}

}  // namespace

double frechet_distance(const torch::Tensor& a, const torch::Tensor& b) {
    const Moments p = moments(a), q = moments(b);
    const torch::Tensor root = matrix_root(p.covariance);
    const torch::Tensor cross = matrix_root(root.matmul(q.covariance).matmul(root));
    const torch::Tensor spread = p.covariance.trace() + q.covariance.trace() - 2 * cross.trace();
    return ((p.mean - q.mean).square().sum() + spread).item<double>();
}

torch::Tensor picture_features(const Classifier& classifier, const torch::Tensor& pictures) {
    return in_chunks([&](const torch::Tensor& x) { return classifier.features(x); }, pictures);
}

torch::Tensor sample_prior(const TrainedDenoiser& net, int64_t count, int64_t steps, uint64_t seed) {
    const UnetConfig& c = net.config();
    const Random random{seed};
    torch::Tensor x = torch::empty({count, c.channels, c.image, c.image});
    torch::Tensor noise = torch::empty_like(x);
    random.fill_normals(x, kernels::Purpose::InitialNoise, 0);
    x.mul_(edm_level(0, steps));
    for (int64_t k = 0; k < steps; ++k) {
        const double from = edm_level(k, steps), to = edm_level(k + 1, steps);
        torch::Tensor denoised = torch::empty_like(x);
        for (int64_t label = 0; label < c.classes; ++label) {
            const int64_t first = count * label / c.classes, last = count * (label + 1) / c.classes;
            const torch::Tensor labels = torch::full({chunk_size}, label, torch::kInt64);
            const auto denoise = [&](const torch::Tensor& piece) { return net.denoise(piece, from, labels); };
            denoised.narrow(0, first, last - first).copy_(in_chunks(denoise, x.narrow(0, first, last - first)));
        }
        // guidance.md 1.3 with tau = tau_max
        const double tau = to * std::sqrt(std::max(0.0, 1 - to * to / (from * from)));
        const double keep = std::sqrt(to * to - tau * tau) / from;
        random.fill_normals(noise, kernels::Purpose::Proposal, k);
        x = denoised * (1 - keep) + x * keep + noise * tau;
    }
    return x;
}

}  // namespace drift
