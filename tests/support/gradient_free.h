// What the tests of twists that estimate a gradient have in common: one problem with a closed form at one noise level.
#pragma once

#include "core/twists/gradient_free.h"
#include "support/disguise.h"
#include "support/problems.h"
#include "support/twists.h"

namespace drift::test {

inline constexpr double estimate_sigma = 0.7;

inline Problem seen_with_noise() {
    return task(t9_scenario("dps")).problem;
}

/// That of DPS in closed form.
inline torch::Tensor exact_pull(const Problem& problem, const torch::Tensor& x) {
    return evaluate(*linear_twist(problem, {}), x, estimate_sigma).pull;
}

/// J = r^2 / sigma^2 for a Gaussian prior: what is left out is nothing, and the denoiser is not differentiated.
/// `make` turns a problem and `options` into a twist.
template <class Options, class Make>
void expect_exact_without_jacobian(const Make& make, Options options) {
    const Problem problem = seen_with_noise();
    const torch::Tensor x = cloud(50, 2, 2);
    const torch::Tensor through = evaluate(*make(problem, options), x, estimate_sigma).pull;
    options.through_denoiser = false;
    const torch::Tensor around = evaluate(*make(opaque(problem), options), x, estimate_sigma).pull;
    EXPECT_LT(largest(through, around), 1e-11 * (1 + through.abs().max().template item<double>()));
}

}  // namespace drift::test
