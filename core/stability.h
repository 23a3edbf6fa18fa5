// Whether particles fly apart, known before a run from its steps alone.
//
// Along a direction that A measures, about a mode of variance v, a guided step is a line (guidance.md 1.6.2, 1.6.3):
//
//     x' = a x + ...,   a = (1 - c) j + c - zeta (1 - c) g,   j = v / (v + sigma^2),   g = -d pull / dx,
//
//     DPS and its kin       g = sigma^2 j^2 lambda / S
//     a proximal step       g = j r^2 lambda / (sigma_y^2 + r^2 lambda), so that 0 < a < 1 for zeta = 1
//     a projection          the same without noise: g = j
//
// with lambda the largest eigenvalue of A A^T. Where |a| > 1 differences between particles grow, and a few such steps
// in a row end beyond all bounds. v is that of the broadest mode: far out, where a blow-up would lead, it is the one
// that counts. What happens between modes is no such growth: there particles only choose a mode. Of a prior without a
// closed form v is the variance of its data: a trained one blows up in much the same steps.
//
// A Langevin move without a decision is a line, too, x' = (1 - eps h) x + ..., with h the largest curvature of -log pi.
#pragma once

#include "core/problem.h"
#include "core/twist.h"

#include <optional>
#include <string>
#include <vector>

namespace drift {

class Stability {
public:
    /// Nothing where the pull of the twist is no line.
    static std::optional<Stability> of(const Problem& problem, std::shared_ptr<const Twist> twist);

    /// |a| of the step from noise `sigma` that keeps the share c of x and adds shift_scale * pull to D.
    double amplification(double sigma, double c, double shift_scale) const;

private:
    Stability(std::shared_ptr<const Twist> twist, double variance, double gain)
        : twist_(std::move(twist)), variance_(variance), gain_(gain) {}

    std::shared_ptr<const Twist> twist_;
    double variance_;  // v
    double gain_;      // lambda
};

/// g of pulls along J A^T S^{-1} (y - A D), the spread filled in.
double slope_of_score(const TwistOptions& options, double noise, double sigma, double j, double gain);

/// The share of the way to what was measured that D goes by r^2 A^T (noise^2 I + r^2 A A^T)^{-1} (y - A D).
double share_of_way(double noise_squared, double spread_squared, double gain);

/// A sentence for the user where the |a| of a run, one a step, would multiply differences by ten or more in a row; else
/// empty.
std::string blow_up_warning(const std::vector<double>& amplifications);

/// h of the posterior of a mixture under a linear measurement or none: the largest eigenvalue of Sigma^{-1} + A^T A /
/// sigma_y^2 in the mode where that is least, which is the one that counts far out in the direction that it belongs to.
/// Nothing elsewhere, and where the covariances are so large that it would take a while.
std::optional<double> largest_curvature(const Problem& problem);

}  // namespace drift
