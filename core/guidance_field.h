// The field of a method's guidance beside the exact one, which is known for mixtures under a linear measurement
// (guidance.md 7 and O3). Plain numbers, no LibTorch.
#pragma once

#include "core/frame.h"
#include "core/scene.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace drift {

/// Whether a scene is guided in the plane and has closed forms for both prior and posterior.
bool has_exact_field(const Scene& scene);

/// Points of a field along each side.
inline constexpr int field_side = 20;
/// How far beyond the data a field reaches at noise sigma, in units of sigma: as the data panel shows.
inline constexpr double widths_of_noise = 2.4;

/// The grid on which frames carry the guidance at noise level sigma: what the data panel shows there.
GridBox field_box(const Scene& scene, double sigma);

/// What exact guidance adds to D for every row of x [n * d] at noise sigma > 0:
///
///     sigma^2 grad log p(y | x_sigma) = E[x0 | x_sigma, y] - E[x0 | x_sigma]
std::vector<float> exact_shift(const MixtureView& prior, const MixtureView& posterior, double sigma,
                               const std::vector<float>& x);

/// How vectors agree with others, row by row of [n * d]. NaN where either is nought or not finite, or the other one
/// shorter than `least`.
struct Agreement {
    std::vector<float> cosine;     // [n] of the angle between them: 1 the same way, -1 the opposite way
    std::vector<float> log_ratio;  // [n] log2 of |vector| / |other|: 0 equally strong, 1 twice as strong
};
Agreement agreement(const std::vector<float>& vectors, const std::vector<float>& others, int64_t dimension,
                    double least = 0);

/// The picture of one state: both fields on the frame's grid.
struct GuidanceField {
    GridBox box;
    std::vector<float> method, exact;  // [rows * columns * 2]
    Agreement agreement;               // of the method with the exact field
};
/// Nothing where the frame carries no field or the scene has no closed form.
std::optional<GuidanceField> guidance_field(const Frame& frame, const Scene& scene);

/// The same where it matters: weighted medians over the particles. NaN where nothing is known.
struct FieldNumbers {
    double cosine = std::numeric_limits<double>::quiet_NaN();
    double ratio = std::numeric_limits<double>::quiet_NaN();  // |method| / |exact|
};
FieldNumbers field_at_particles(const Frame& frame, const Scene& scene);

/// |shift| / |D - x| of every particle, guidance against score; empty where the frame has no shift.
std::vector<float> force_ratios(const Frame& frame);

/// The value below which half of the weight lies; equal weights where `weights` is empty. Values that are not finite
/// are left out; NaN where none is left.
double weighted_median(const std::vector<float>& values, const std::vector<float>& weights);

}  // namespace drift
