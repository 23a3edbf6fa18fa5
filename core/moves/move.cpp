#include "core/moves/move.h"

#include "core/exec.h"
#include "core/kernels/cloud.h"

#include <ATen/Dispatch.h>

#include <cmath>
#include <numeric>

namespace drift {
namespace {

/// Up to so many dimensions a random walk takes the whole covariance, above only its diagonal.
constexpr int64_t max_full_dims = 128;

double* memory(torch::Tensor& sums, int64_t size, const torch::TensorOptions& options) {
    if (!sums.defined() || sums.numel() < size) {
        sums = torch::empty({size}, options.dtype(torch::kFloat64));
    }
    return sums.data_ptr<double>();
}

template <class T>
std::vector<double> moments(const torch::Tensor& x, const torch::Tensor& log_weights, double log_sum,
                            kernels::Moments which, const std::vector<double>& mean, torch::Tensor& sums) {
    kernels::WeightedCloud<T> cloud;
    cloud.n = x.size(0);
    cloud.dims = x.numel() / cloud.n;
    cloud.x = x.const_data_ptr<T>();
    cloud.log_weights = log_weights.defined() ? log_weights.const_data_ptr<double>() : nullptr;
    cloud.log_sum = log_weights.defined() ? log_sum : std::log(static_cast<double>(cloud.n));
    double* scratch = memory(sums, kernels::cloud_scratch_size(cloud.n, cloud.dims, which), x.options());
    return kernels::cloud_moments(exec_on(x.device()), cloud, which, mean, scratch);
}

/// The Cholesky factor of the covariance, or the roots of its diagonal; a little is added where the cloud is flat.
torch::Tensor factor_of(const std::vector<double>& covariance, int64_t d, const torch::TensorOptions& options) {
    const auto size = static_cast<int64_t>(covariance.size());
    torch::Tensor values = torch::tensor(covariance, torch::kFloat64);
    if (size == d) {
        return values.clamp_min(0).sqrt().to(options);
    }
    torch::Tensor full = torch::zeros({d, d}, torch::kFloat64);
    const torch::Tensor at = at::tril_indices(d, d);
    full.index_put_({at[0], at[1]}, values);
    full = full + full.tril(-1).t();
    const double floor = 1e-9 * full.diagonal().mean().item<double>() + 1e-300;
    const auto [factor, failed] = at::linalg_cholesky_ex(full + torch::eye(d, torch::kFloat64) * floor);
    return (failed.item<int64_t>() == 0 ? factor : full.diagonal().clamp_min(0).sqrt()).contiguous().to(options);
}

}  // namespace

void allocate(MoveScratch& scratch, int64_t n, const Target& target, const torch::TensorOptions& options,
              const Move& move) {
    const bool decides = move.wanted_acceptance() > 0;
    if (decides) {
        allocate(scratch.proposal, n, target, options, move.needs_gradient());
    }
    if (scratch.acceptance.defined() && scratch.acceptance.size(0) == n) {
        return;
    }
    scratch.acceptance = torch::ones({n}, options.dtype(torch::kFloat64));
    scratch.kinetic = torch::empty({n}, options.dtype(torch::kFloat64));
    scratch.momentum = decides && move.needs_gradient() ? torch::empty_like(scratch.proposal.x) : torch::Tensor{};
    scratch.not_finite = torch::zeros({1}, options.dtype(torch::kInt32));
}

double pooled_acceptance(const MoveScratch& scratch, const torch::Tensor& log_weights, double log_sum,
                         torch::Tensor& sums) {
    return moments<double>(scratch.acceptance, log_weights, log_sum, kernels::Moments::Mean, {}, sums).at(0);
}

double learn_shape(const Move& move, const torch::Tensor& x, const torch::Tensor& log_weights, double log_sum,
                   torch::Tensor& sums, Tuning& tuning) {
    const int64_t d = x.numel() / x.size(0);
    const bool full = move.wants() == CloudShape::Covariance && d <= max_full_dims;
    std::vector<double> spread;
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "learn_shape", [&] {
        const auto mean = moments<scalar_t>(x, log_weights, log_sum, kernels::Moments::Mean, {}, sums);
        const auto which = full ? kernels::Moments::Covariance : kernels::Moments::Variances;
        spread = moments<scalar_t>(x, log_weights, log_sum, which, mean, sums);
    });
    double trace = 0;
    for (int64_t k = 0; k < d; ++k) {
        trace += spread[static_cast<size_t>(full ? k * (k + 1) / 2 + k : k)];
    }
    const double variance = trace / static_cast<double>(d);
    if (!(variance > 0) || !std::isfinite(variance)) {
        if (!tuning.factor.defined() && move.wants() == CloudShape::Covariance) {
            tuning.factor = torch::ones({d}, x.options());
        }
        return 0;  // one particle, or all in one place: what was known before stays
    }
    if (move.wants() == CloudShape::Variances) {
        const torch::Tensor floor = torch::full({d}, 1e-9 * variance, torch::kFloat64);
        tuning.inverse_mass = at::maximum(torch::tensor(spread, torch::kFloat64), floor).to(x.options());
    } else if (move.wants() == CloudShape::Covariance) {
        tuning.factor = factor_of(spread, d, x.options());
    }
    return variance;
}

}  // namespace drift
