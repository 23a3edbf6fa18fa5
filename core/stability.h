// Whether guidance makes particles fly apart, known before a run from its schedule alone. Along a direction that A
// measures, about a mode of variance v, a guided step is a line (guidance.md 1.6.2):
//
//     x' = a x + ...,   a = (1 - c) j + c - zeta (1 - c) sigma^2 j^2 lambda / S,   j = v / (v + sigma^2)
//
// with lambda the largest eigenvalue of A A^T. Where |a| > 1 differences between particles grow, and a few such steps
// in a row end beyond all bounds. v is that of the broadest mode: far out, where a blow-up would lead, it is the one
// that counts. What happens between modes is no such growth: there particles only choose a mode. Of a prior without a
// closed form v is the variance of its data: a trained one blows up in much the same steps.
#pragma once

#include "core/problem.h"
#include "core/twist.h"

#include <optional>
#include <string>
#include <vector>

namespace drift {

class Stability {
public:
    /// Nothing for twists that do not pull along J A^T S^{-1} (y - A D).
    static std::optional<Stability> of(const Problem& problem, const Twist& twist);

    /// |a| of the step from noise `sigma` that keeps the share c of x and adds shift_scale * pull to D.
    double amplification(double sigma, double c, double shift_scale) const;

private:
    Stability(TwistOptions options, double variance, double gain, double noise_squared)
        : options_(options), variance_(variance), gain_(gain), noise_squared_(noise_squared) {}

    TwistOptions options_;
    double variance_;       // v
    double gain_;           // lambda
    double noise_squared_;  // sigma_y^2
};

/// A sentence for the user where the |a| of a run, one a step, would multiply differences by ten or more in a row; else
/// empty.
std::string blow_up_warning(const std::vector<double>& amplifications);

}  // namespace drift
