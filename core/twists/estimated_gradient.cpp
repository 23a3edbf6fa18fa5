#include "core/twists/estimated_gradient.h"

#include <algorithm>
#include <cmath>

namespace drift {
namespace {

/// Of a tile of random vectors: with the points, their images and the copies in float64 that a condition makes of these
/// some 64 MB, and little enough to stay in a cache.
constexpr int64_t tile_numbers = 1 << 20;

}  // namespace

torch::Tensor per_particle(const torch::Tensor& numbers, const torch::Tensor& particles) {
    std::vector<int64_t> shape(static_cast<size_t>(particles.dim()), 1);
    shape[0] = particles.size(0);
    return numbers.to(particles.scalar_type()).view(shape);
}

EstimatedGradient::EstimatedGradient(const Problem& problem, const EstimateOptions& options)
    : prior_(problem.prior), condition_(problem.condition), options_(options) {
    if (options_.spread <= 0) {
        options_.spread = prior_->data_variance();
    }
    if (condition_->linear() != nullptr) {
        few_ = FewValues::of(*condition_->linear(), condition_->linear()->y.options());
    }
}

bool EstimatedGradient::probed_in_kernels(const torch::Tensor& denoised) const {
    return few_ && few_->takes(denoised) && denoised.numel() <= kernels::max_probe_dims * denoised.size(0);
}

template <class T>
kernels::Probes<T> EstimatedGradient::probes(const Evaluation& out, int64_t count, double distance,
                                             torch::Tensor& gradient) const {
    kernels::Probes<T> probes;
    probes.likelihood = few_->task<T>(out.denoised);
    probes.noise = {out.random.seed, kernels::Purpose::Move, static_cast<uint32_t>(out.step * draws_per_state)};
    probes.count = count;
    probes.distance = distance;
    probes.gradient = gradient.data_ptr<T>();
    return probes;
}
template kernels::Probes<float> EstimatedGradient::probes(const Evaluation&, int64_t, double, torch::Tensor&) const;
template kernels::Probes<double> EstimatedGradient::probes(const Evaluation&, int64_t, double, torch::Tensor&) const;

void EstimatedGradient::evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const {
    const double variance = denoised_variance(sigma, options_.spread);  // r^2
    const double reach = std::sqrt(variance);
    if (options_.through_denoiser) {
        const Linearised at_x = prior_->linearise(x, sigma);
        out.denoised.copy_(at_x.denoised);
        at::mul_out(out.pull, at_x.pullback(gradient(out, reach)), torch::full({}, sigma * sigma, x.options()));
    } else {
        prior_->denoise_into(x, sigma, out.denoised);
        at::mul_out(out.pull, gradient(out, reach), torch::full({}, variance, x.options()));
    }
    out.log_twist.copy_(condition_->log_likelihood(out.denoised));
}

void EstimatedGradient::for_queries(const Evaluation& out, int64_t count,
                                    const std::function<void(torch::Tensor u)>& visit) {
    const int64_t most = std::clamp<int64_t>(tile_numbers / out.denoised.numel(), 1, count);
    std::vector<int64_t> shape = out.denoised.sizes().vec();
    shape.insert(shape.begin(), most);
    const torch::Tensor tile = torch::empty(shape, out.denoised.options());
    for (int64_t first = 0; first < count; first += most) {
        const torch::Tensor u = tile.slice(0, 0, std::min(most, count - first));
        for (int64_t j = 0; j < u.size(0); ++j) {
            torch::Tensor vectors = u.select(0, j);
            out.random.fill_normals(vectors, kernels::Purpose::Move, out.step * draws_per_state + first + j);
        }
        visit(u);
    }
}

torch::Tensor EstimatedGradient::values(const torch::Tensor& points) const {
    return condition_->log_likelihood(points.flatten(0, 1)).view({points.size(0), points.size(1)});
}

}  // namespace drift
