// The point of a proximal step for a linear measurement with noise that is not Gaussian. Where A A^T = c I every
// measured value moves on its own (guidance.md 1.8): with u = A D,
//
//     D + A^T (u* - u) / c,   u* = argmin_u' (u' - u)^2 / (2 c r^2) - log p(y | u').
//
// Else, where a Gaussian lies below the density of the noise, by a few steps with the variances w of that Gaussian:
//
//     x <- D + r^2 A^T (diag(w(A x)) + r^2 A A^T)^{-1} (y - A D).

#include "core/measured.h"
#include "core/twists/proximal_step.h"

namespace drift {
namespace {

constexpr int64_t most_rows = 16;  // of a matrix for each particle that is decomposed in every step

class ByValue final : public Proximal {
public:
    using Proximal::Proximal;

private:
    torch::Tensor shift(const Evaluation& out, double variance) const override {
        const Measured& measurement = *condition().measured();
        const double scale = *measurement.A->gram_scale();
        const torch::Tensor u = measurement.A->forward(out.denoised.flatten(1));
        const torch::Tensor wanted = measurement.noise->proximal(measurement.y, u, scale * variance);
        return measurement.A->adjoint((wanted.to(u.scalar_type()) - u) / scale);
    }
};

class Reweighted final : public Proximal {
public:
    Reweighted(const Problem& problem, const ProximalOptions& options)
        : Proximal(problem, options), matrix_(condition().measured()->A->matrix()) {
        matrix_ = matrix_.to(condition().measured()->y.device());
        gram_ = matrix_.matmul(matrix_.t());
    }

private:
    torch::Tensor shift(const Evaluation& out, double variance) const override {
        const Measured& measurement = *condition().measured();
        const torch::Tensor y = measurement.y.to(torch::kFloat64);
        const torch::Tensor u = out.denoised.flatten(1).to(torch::kFloat64).matmul(matrix_.t());  // A D
        torch::Tensor moved;  // (x - D) / r^2 = A^T times this
        torch::Tensor at_x = u;
        for (int i = 0; i < proxy_reweightings; ++i) {
            const torch::Tensor covariance =
                at::diag_embed(measurement.noise->proxy_variance(y, at_x)) + variance * gram_;  // [n, m, m]
            moved = at::linalg_solve(covariance, (y - u).unsqueeze(2)).squeeze(2);
            at_x = u + variance * moved.matmul(gram_);
        }
        return (moved.matmul(matrix_) * variance).to(out.denoised.scalar_type());
    }

    torch::Tensor matrix_;  // [m, d] float64
    torch::Tensor gram_;    // A A^T [m, m]
};

/// Whether the noise has a closed form for one value, and A lets each value move on its own.
bool moves_by_value(const Measured& measurement) {
    const torch::Tensor zero = torch::zeros({1, measurement.y.size(0)}, measurement.y.options());
    return measurement.noise->proximal(measurement.y, zero, 1).defined() && measurement.A->gram_scale().has_value();
}

}  // namespace

std::shared_ptr<const Twist> measured_proximal(const Problem& problem, const ProximalOptions& options) {
    const Measured* measurement = problem.condition->measured();
    if (options.draw || measurement == nullptr || measurement->A == nullptr) {
        return nullptr;
    }
    if (moves_by_value(*measurement)) {
        return std::make_shared<const ByValue>(problem, options);
    }
    if (rows_decomposed(problem) > 0) {
        return std::make_shared<const Reweighted>(problem, options);
    }
    return nullptr;
}

int64_t rows_decomposed(const Problem& problem) {
    const Measured* measurement = problem.condition->measured();
    if (problem.condition->linear() != nullptr || measurement == nullptr || measurement->A == nullptr) {
        return 0;
    }
    const int64_t rows = measurement->A->output_size();
    const bool reweighted = rows <= most_rows && measurement->noise->proxy_descends() && !moves_by_value(*measurement);
    return reweighted ? rows : 0;
}

}  // namespace drift
