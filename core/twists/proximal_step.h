// What all proximal steps share, however they come to their point. core/twist.h, proximal_twist.
#pragma once

#include "core/twist.h"

namespace drift {

class Proximal : public Twist {
public:
    Proximal(const Problem& problem, const ProximalOptions& options);

    void evaluate(const torch::Tensor& x, double sigma, Evaluation& out) const override;
    bool has_density() const override { return false; }

protected:
    /// What leads from out.denoised to the wanted point, for r^2 = `variance`.
    virtual torch::Tensor shift(const Evaluation& out, double variance) const = 0;

    /// Standard normal numbers like `shape`, the `index`-th of the state.
    static torch::Tensor normals(const Evaluation& out, const torch::Tensor& shape, int64_t index);

    const Condition& condition() const { return *condition_; }
    const ProximalOptions& options() const { return options_; }

private:
    std::shared_ptr<const Prior> prior_;
    std::shared_ptr<const Condition> condition_;
    ProximalOptions options_;
};

/// Any likelihood or reward with a gradient, by a fixed number of inner steps that start at D.
std::shared_ptr<const Twist> searched_proximal(const Problem& problem, const ProximalOptions& options);

/// A linear measurement with noise that is not Gaussian, in closed form or by a few Gaussian steps (guidance.md 1.8);
/// null where neither is known.
std::shared_ptr<const Twist> measured_proximal(const Problem& problem, const ProximalOptions& options);

/// The side of the matrix that those Gaussian steps decompose for each particle; 0 where there are no such steps.
int64_t rows_decomposed(const Problem& problem);

}  // namespace drift
