// What moves at a fixed temperature sample: pi_beta(x) proportional to p0(x) L(x)^beta, by the logarithms of both parts
// and their gradients. The moves know nothing else of a problem, so that they work wherever the prior is a density: in
// data space, or in a noise space where it is the standard normal and L(z) = p(y | f(z)).
#pragma once

#include "core/problem.h"
#include "core/random.h"
#include "core/torch.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace drift {

/// Particles and what is known where they are. Buffers, allocated once.
struct Cloud {
    torch::Tensor x;                    // [n, ...]
    torch::Tensor log_prior;            // [n] float64; not written for a target without a density
    torch::Tensor log_likelihood;       // [n] float64
    torch::Tensor prior_gradient;       // [n, ...]; undefined where nobody wants gradients
    torch::Tensor likelihood_gradient;  // [n, ...]; likewise
};

/// Immutable; safe to share between threads. What is known of a particle depends on its own place alone.
class Target {
public:
    virtual ~Target() = default;
    /// Shape of one particle.
    virtual std::vector<int64_t> shape() const = 0;
    /// Whether log_prior is known; else only its gradient is.
    virtual bool has_density() const { return true; }
    /// Draws x [n, ...] from the prior; row i depends on (seed, i) alone. Returns the denoiser calls a particle costs.
    virtual int64_t draw_prior(torch::Tensor& x, const Random& random) const = 0;
    /// Fills what is known at cloud.x. One evaluation of the prior a particle.
    virtual void evaluate(Cloud& cloud) const = 0;
};

/// Memory for n particles; does nothing where it is there already.
void allocate(Cloud& cloud, int64_t n, const Target& target, const torch::TensorOptions& options, bool gradients);

/// The problem in data space. Where the prior has no density in closed form, its score under the noise `score_noise`,
/// in units of the prior's spread, stands for the gradient.
std::shared_ptr<const Target> data_target(const Problem& problem, const torch::TensorOptions& options,
                                          double score_noise = 0);

/// Throws UserError, naming `method`, unless the target has a density.
void require_density(const Target& target, const std::string& method);

}  // namespace drift
