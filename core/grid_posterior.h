// The posterior under a mixture prior of one or two dimensions on a fine grid, where there is no closed form: log Z
// that the estimates of a sampler have to come to, exact draws, and the density to draw. Any likelihood and any reward
// will do, of the data or, where the prior is the N(0, I) of a noise space, through any map.
#pragma once

#include "core/problem.h"
#include "core/random.h"
#include "core/torch.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace drift {

/// Immutable; safe to share between threads.
class GridPosterior {
public:
    /// Of p(x) r(x)^power, in a box that the components of the prior are in, with half the spacing until log Z stays
    /// the same or that would take too many looks. Null where there are more dimensions, where the prior is no mixture
    /// or one of very many components, or where the posterior is too narrow for the grid to hold or reaches beyond the
    /// box.
    static std::shared_ptr<const GridPosterior> of(const Problem& problem, const torch::TensorOptions& options);

    /// log of the integral, in float64, to 1e-3 and mostly much closer. Nothing where twice the spacing gives another
    /// answer, as at a hard edge.
    std::optional<double> log_z() const { return log_z_; }

    /// Draws [count, d] in float64 by rejection: a cell by the largest density around it, a place within, and the
    /// density there, so that they are exact however coarse the cells are. Depends on seed and purpose alone.
    torch::Tensor sample(int64_t count, const Random& random, kernels::Purpose purpose) const;

    int64_t dimension() const { return static_cast<int64_t>(along_.size()); }
    int64_t points() const { return along_.front().size(0); }  ///< of a side
    double spacing(int64_t axis) const { return spacing_.at(static_cast<size_t>(axis)); }
    double cell() const;  ///< its length or area
    /// Places along a side, [points].
    const torch::Tensor& along(int64_t axis) const { return along_.at(static_cast<size_t>(axis)); }
    /// Density of the posterior at the points times their spacing: [points], or [points, points] with x1 along a row.
    const torch::Tensor& mass() const { return mass_; }

private:
    GridPosterior(const Problem& problem, const torch::TensorOptions& options, int64_t points);
    torch::Tensor log_density(const torch::Tensor& x) const;
    torch::Tensor log_prior(const torch::Tensor& x) const;
    std::optional<torch::Tensor> where_it_matters() const;
    bool misses_components() const;
    bool integrate();
    void prepare_draws(const torch::Tensor& on_grid);
    torch::Tensor candidates(int64_t count, const Random& random, kernels::Purpose purpose, int64_t round) const;

    std::shared_ptr<const Prior> prior_;
    std::shared_ptr<const Condition> reward_;
    torch::TensorOptions options_;
    std::vector<torch::Tensor> along_;  // of each axis, x1 first
    std::vector<double> spacing_;
    double apart_ = 0;  // log Z from that of twice the spacing
    std::optional<double> log_z_;
    torch::Tensor mass_;
    torch::Tensor log_cover_;   // [points^d] of the largest unnormalised density in and around a cell
    torch::Tensor cumulative_;  // [points^d] of exp(log_cover)
};

/// Rows [points^d, d] of a grid with these places along each axis, x1 fastest; d is 1 or 2.
torch::Tensor rows_of_grid(const std::vector<torch::Tensor>& along);

}  // namespace drift
