// A density in closed form that is no mixture, for priors that know theirs.
#pragma once

#include "core/problem.h"
#include "core/random.h"
#include "core/torch.h"

namespace drift {

/// Immutable.
class Density {
public:
    virtual ~Density() = default;
    virtual torch::Tensor log_density(const torch::Tensor& x) const = 0;  ///< [n] float64 for x [n, ...]
    virtual torch::Tensor gradient(const torch::Tensor& x) const = 0;     ///< of it, [n, ...]
    /// Draws x [n, ...]; row i depends on (seed, i) alone.
    virtual void sample(torch::Tensor& x, const Random& random) const = 0;
    /// The logarithm of its integral, which need not be 0.
    virtual double log_total() const = 0;
};

/// That of a prior, or null.
inline const Density* density_of(const Prior& prior) {
    return dynamic_cast<const Density*>(&prior);
}

}  // namespace drift
