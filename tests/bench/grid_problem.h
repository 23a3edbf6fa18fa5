// The 25-mode grid under a line measurement, and the plain LibTorch expression of what the kernels do with it: written
// as one writes it in Python, with the Jacobian by autograd as in every published code, or in closed form by hand.
#pragma once

#include "core/kernels/mixture_oracle.h"
#include "core/torch.h"

#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>  // nested lists in torch::tensor

#include <cmath>
#include <functional>
#include <vector>

namespace drift::bench {

/// How the plain expression gets J A^T, or the gradient of a density.
enum class PlainJacobian { Autograd, ByHand };

struct GridProblem {
    test::MixtureData mixture = test::grid_mixture();
    double variance = .3;
    torch::Tensor matrix = torch::tensor({{1., .4}}, torch::kFloat64);
    torch::Tensor observation = torch::tensor({1.6}, torch::kFloat64);
    double noise_variance = .25;
};

/// EDM schedule of guidance.md 1.2 with 0 appended: steps + 1 values.
inline std::vector<double> edm_schedule(double sigma_max, double sigma_min, int64_t steps) {
    std::vector<double> sigma;
    for (int64_t i = 0; i < steps; ++i) {
        const double u = static_cast<double>(i) / static_cast<double>(steps - 1);
        sigma.push_back(
            std::pow(std::pow(sigma_max, 1 / 7.) + u * (std::pow(sigma_min, 1 / 7.) - std::pow(sigma_max, 1 / 7.)), 7));
    }
    sigma.push_back(0);
    return sigma;
}

/// The denoiser and J A^T in plain LibTorch, in the type of x.
class PlainGrid {
public:
    PlainGrid(const GridProblem& problem, torch::ScalarType type, PlainJacobian jacobian = PlainJacobian::ByHand)
        : jacobian_(jacobian),
          means_(problem.mixture.means.to(type)),
          log_weights_(problem.mixture.log_weights.to(type)),
          row_(problem.matrix[0].to(type)),
          projected_(means_.matmul(row_)),
          variance_(problem.variance) {}

    struct Result {
        torch::Tensor denoised, jacobian_row;
    };

    torch::Tensor shares(const torch::Tensor& x, double sigma) const {
        const double s = variance_ + sigma * sigma;
        const torch::Tensor difference = x.unsqueeze(1) - means_;
        return torch::softmax(log_weights_ - difference.square().sum(2) / (2 * s), 1);
    }

    torch::Tensor denoise(const torch::Tensor& x, double sigma) const {
        const double s = variance_ + sigma * sigma;
        return (variance_ * x + sigma * sigma * shares(x, sigma).matmul(means_)) / s;
    }

    /// log p0 [n] and its gradient.
    struct Density {
        torch::Tensor log, score;
    };

    Density density(const torch::Tensor& x) const {
        if (jacobian_ == PlainJacobian::ByHand) {
            const torch::Tensor logs = log_terms(x);
            return {logs.logsumexp(1) - std::log(2 * M_PI * variance_),
                    (torch::softmax(logs, 1).matmul(means_) - x) / variance_};
        }
        const torch::AutoGradMode gradients(true);
        const torch::Tensor leaf = x.detach().requires_grad_(true);
        const torch::Tensor log = log_terms(leaf).logsumexp(1) - std::log(2 * M_PI * variance_);
        return {log.detach(), torch::autograd::grad({log.sum()}, {leaf})[0]};
    }

    Result denoise_with_row(const torch::Tensor& x, double sigma) const {
        if (jacobian_ == PlainJacobian::Autograd) {
            return differentiate(x, sigma);
        }
        return denoise_with_product(x, sigma, row_.expand_as(x), projected_.expand({x.size(0), -1}));
    }

    Result denoise_with_vector(const torch::Tensor& x, double sigma, const torch::Tensor& w) const {
        return denoise_with_product(x, sigma, w, w.matmul(means_.t()));
    }

    /// D and J w of a vector w that depends on D.
    Result denoise_with_vector(const torch::Tensor& x, double sigma,
                               const std::function<torch::Tensor(const torch::Tensor& denoised)>& vector) const {
        if (jacobian_ == PlainJacobian::ByHand) {
            const torch::Tensor denoised = denoise(x, sigma);
            return {denoised, denoise_with_vector(x, sigma, vector(denoised)).jacobian_row};
        }
        const torch::AutoGradMode gradients(true);
        const torch::Tensor leaf = x.detach().requires_grad_(true);
        const torch::Tensor denoised = denoise(leaf, sigma);
        const torch::Tensor w = vector(denoised.detach());
        return {denoised.detach(), torch::autograd::grad({denoised}, {leaf}, {w})[0]};
    }

private:
    torch::Tensor log_terms(const torch::Tensor& x) const {
        return log_weights_ - (x.unsqueeze(1) - means_).square().sum(2) / (2 * variance_);
    }

    Result differentiate(const torch::Tensor& x, double sigma) const {
        const torch::AutoGradMode gradients(true);
        const torch::Tensor leaf = x.detach().requires_grad_(true);
        const torch::Tensor denoised = denoise(leaf, sigma);
        return {denoised.detach(), torch::autograd::grad({denoised.matmul(row_).sum()}, {leaf})[0]};
    }

    Result denoise_with_product(const torch::Tensor& x, double sigma, const torch::Tensor& a,
                                const torch::Tensor& projected) const {
        const double s = variance_ + sigma * sigma;
        const torch::Tensor share = shares(x, sigma);
        const torch::Tensor mean = share.matmul(means_);
        const torch::Tensor second = (share * projected).matmul(means_) - mean * (mean * a).sum(1, true);
        return {(variance_ * x + sigma * sigma * mean) / s, variance_ / s * a + sigma * sigma / (s * s) * second};
    }

    PlainJacobian jacobian_;
    torch::Tensor means_, log_weights_, row_, projected_;
    double variance_;
};

}  // namespace drift::bench
