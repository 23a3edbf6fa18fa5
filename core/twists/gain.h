// Guidance that moves D by a fixed gain of the measurement beside it, for a Gaussian-mixture prior under few values:
// the fused form of the projection and of the proximal step of Gaussian noise.
#pragma once

#include "core/twist.h"

#include <functional>

namespace drift {

/// How D is moved at one noise level: pull = K (y - A D), or, where `spread` > 0, the draw of core/kernels/gain_pull.h
/// around it.
struct Gain {
    torch::Tensor matrix;  // K [d, m] float64 on the host
    double spread = 0;
    torch::Tensor of_draw = {};  // G [d, m] likewise, where `spread` > 0
};

/// K A along a direction with A A^T = gain, at one noise level: the share of the way to y that D is moved there.
using ShareOfWay = std::function<double(double sigma, double gain)>;

/// `gain_at` is asked at every evaluation. Needs closed_form_twist(problem).
std::shared_ptr<const Twist> gain_twist(const Problem& problem, std::function<Gain(double sigma)> gain_at,
                                        ShareOfWay share_of_way);

/// The normal numbers that draws of this state are made of: those that the step which led there has left
/// (kernels::first_beside).
kernels::RandomStream numbers_beside(const Evaluation& at);

/// A^T (noise^2 I + spread^2 A A^T)^{-1}, [d, m], of what is measured, in float64 on the host.
torch::Tensor gain_of(const LinearOperator& measured, double noise_squared, double spread_squared);

}  // namespace drift
