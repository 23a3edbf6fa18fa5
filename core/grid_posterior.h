// The posterior of a noise space of one or two dimensions on a fine grid, where there is no closed form: log Z that
// the estimates of a sampler have to come to, exact draws, and the density to draw. Any map and any reward will do.
#pragma once

#include "core/decoder.h"
#include "core/problem.h"
#include "core/random.h"

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <optional>

namespace drift {

/// Immutable; safe to share between threads.
class GridPosterior {
public:
    /// Of N(z; 0, I) r(z)^power with the reward of a problem in noise space. Null where the noise has more dimensions,
    /// or where the posterior is too narrow for the grid to hold.
    static std::shared_ptr<const GridPosterior> of(const Problem& in_noise, const torch::TensorOptions& options);

    /// log of the integral, in float64, to 1e-3 and mostly much closer. Nothing where twice the spacing gives another
    /// answer, as at a hard edge.
    std::optional<double> log_z() const { return log_z_; }

    /// Draws [count, d] in float64 by rejection: a cell by the largest density around it, a place within, and the
    /// density there, so that they are exact however coarse the cells are. Depends on seed and purpose alone.
    torch::Tensor sample(int64_t count, const Random& random, kernels::Purpose purpose) const;

    int64_t dimension() const { return dimension_; }
    int64_t points() const { return along_.size(0); }  ///< of a side
    double spacing() const { return spacing_; }
    /// Places along a side, [points].
    const torch::Tensor& along() const { return along_; }
    /// Density of the posterior at the points times their spacing: [points], or [points, points] with z1 along a row.
    const torch::Tensor& mass() const { return mass_; }
    /// KL(posterior || N(0, I)), what there is to learn.
    double divergence_from_prior() const { return divergence_; }

private:
    GridPosterior() = default;
    torch::Tensor log_density(const torch::Tensor& z) const;
    torch::Tensor where_it_matters() const;
    torch::Tensor candidates(int64_t count, const Random& random, kernels::Purpose purpose, int64_t round) const;

    std::shared_ptr<const Condition> reward_;
    torch::TensorOptions options_;
    int64_t dimension_ = 0;
    double spacing_ = 0;
    std::optional<double> log_z_;
    double divergence_ = 0;
    torch::Tensor along_;
    torch::Tensor mass_;
    torch::Tensor log_cover_;   // [points^d] of the largest unnormalised density in and around a cell
    torch::Tensor cumulative_;  // [points^d] of exp(log_cover)
};

/// Rows z [points^d, d] of a grid with these places along each side, z1 fastest; d is 1 or 2.
torch::Tensor rows_of_grid(const torch::Tensor& along, int64_t dimension);

/// Whether it costs little and does no harm to ask for the reward at a hundred thousand places.
bool fits_a_grid(const Decoder& decoder, const Problem& in_data);

}  // namespace drift
