#include "core/grid_posterior.h"

#include "core/tempered.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace drift {
namespace {

constexpr double half_width = 6.5;  // one in 1e10 lies outside
constexpr int64_t points_of_line = 2001;
constexpr int64_t points_of_plane = 401;
constexpr double agreement = 1e-3;          // of log Z with that of twice the spacing, whose error is far larger
constexpr double rough_agreement = 0.2;     // where the grid still tells where the posterior is
constexpr double log_headroom = 0.2;        // a peak within a cell is above the points around it
constexpr int64_t most_rounds = 1000;       // of candidates
constexpr int64_t first_round = 1 << 20;    // steps below are those of other draws of the same purpose
constexpr int64_t first_look = 4;           // every so many-th point tells where to look closer
constexpr double log_negligible = 20;       // below the largest density
constexpr int64_t most_calls = 100;         // of a denoiser, that the map may cost a point
constexpr double smallest_normal = 1e-300;  // below any mass that counts

/// log of the integral over every `stride`-th point.
double log_integral(const torch::Tensor& log_density, double spacing, int64_t stride) {
    torch::Tensor some = log_density;
    for (int64_t axis = 0; axis < log_density.dim(); ++axis) {
        some = some.slice(axis, 0, some.size(axis), stride);
    }
    return some.flatten().logsumexp(0).item<double>() +
           static_cast<double>(log_density.dim()) * std::log(spacing * static_cast<double>(stride));
}

/// The largest value in and next to each cell.
torch::Tensor widened(const torch::Tensor& values) {
    const torch::Tensor batch = values.unsqueeze(0).unsqueeze(0);
    const torch::Tensor largest =
        values.dim() == 1 ? at::max_pool1d(batch, {3}, {1}, {1}) : at::max_pool2d(batch, {3, 3}, {1, 1}, {1, 1});
    return largest.view(values.sizes());
}

}  // namespace

torch::Tensor rows_of_grid(const torch::Tensor& along, int64_t dimension) {
    const int64_t points = along.size(0);
    return dimension == 1 ? along.unsqueeze(1)
                          : torch::stack({along.repeat({points}), along.repeat_interleave(points)}, 1);
}

bool fits_a_grid(const Decoder& decoder, const Problem& in_data) {
    return decoder.calls() <= most_calls && in_data.condition->warning().empty() && in_data.prior->warning().empty();
}

std::shared_ptr<const GridPosterior> GridPosterior::of(const Problem& in_noise, const torch::TensorOptions& options) {
    const at::NoGradGuard no_autograd;
    const int64_t dimension = in_noise.prior->sample_shape().at(0);
    if (dimension > 2) {
        return nullptr;
    }
    const int64_t points = dimension == 1 ? points_of_line : points_of_plane;
    std::shared_ptr<GridPosterior> grid(new GridPosterior);
    grid->reward_ = tempered(in_noise.condition, in_noise.power);
    grid->options_ = options;
    grid->dimension_ = dimension;
    grid->along_ = torch::linspace(-half_width, half_width, points, torch::kFloat64);
    grid->spacing_ = 2 * half_width / static_cast<double>(points - 1);
    const torch::Tensor log_density = grid->where_it_matters();
    const double log_z = log_integral(log_density, grid->spacing_, 1);
    const double apart = std::abs(log_z - log_integral(log_density, grid->spacing_, 2));
    if (!(apart < rough_agreement)) {  // nor where it is not a number
        return nullptr;
    }
    if (apart < agreement) {
        grid->log_z_ = log_z;
    }
    grid->mass_ = (log_density - log_z).exp_().mul_(std::pow(grid->spacing_, dimension));
    const torch::Tensor prior =
        (grid->along_.square() * -0.5).exp_() * (grid->spacing_ / std::sqrt(2 * std::numbers::pi));
    const torch::Tensor of_prior = dimension == 1 ? prior : at::outer(prior, prior);
    grid->divergence_ = (grid->mass_ * (grid->mass_.clamp_min(smallest_normal) / of_prior).log_()).sum().item<double>();
    grid->log_cover_ = widened(log_density).flatten() + log_headroom;
    grid->cumulative_ = (grid->log_cover_ - grid->log_cover_.max()).exp_().cumsum(0);
    return grid;
}

torch::Tensor GridPosterior::log_density(const torch::Tensor& z) const {
    const torch::Tensor log_r = reward_->log_likelihood(z.to(options_)).to(torch::kCPU, torch::kFloat64);
    return log_r - z.square().sum(1) * 0.5 - 0.5 * static_cast<double>(dimension_) * std::log(2 * std::numbers::pi);
}

/// The logarithm of the density at the points of the grid; at those that few others show to be in vain, nothing.
torch::Tensor GridPosterior::where_it_matters() const {
    std::vector<int64_t> shape(static_cast<size_t>(dimension_), (points() + first_look - 1) / first_look);
    const torch::Tensor few = along_.slice(0, 0, points(), first_look);
    const torch::Tensor first = widened(log_density(rows_of_grid(few, dimension_)).view(shape));
    torch::Tensor wanted = first > first.max() - log_negligible;
    const torch::Tensor nearest = (torch::arange(points()) + first_look / 2).floor_divide(first_look);
    for (int64_t axis = 0; axis < dimension_; ++axis) {
        wanted = wanted.index_select(axis, nearest);
    }
    const torch::Tensor which = wanted.flatten().nonzero().flatten();
    torch::Tensor all = torch::full({wanted.numel()}, -std::numeric_limits<double>::infinity(), torch::kFloat64);
    all.index_copy_(0, which, log_density(rows_of_grid(along_, dimension_).index_select(0, which)));
    return all.view(wanted.sizes());
}

/// Places proposed in a round, of which those that are accepted are draws, [at most count, d].
torch::Tensor GridPosterior::candidates(int64_t count, const Random& random, kernels::Purpose purpose,
                                        int64_t round) const {
    const kernels::RandomStream stream{random.seed, purpose, static_cast<uint32_t>(first_round + round)};
    torch::Tensor uniforms = torch::empty({count, dimension_ + 2}, torch::kFloat64);
    auto* value = uniforms.data_ptr<double>();
    for (int64_t i = 0; i < count; ++i) {
        for (int64_t k = 0; k < dimension_ + 2; ++k) {
            *value++ = kernels::uniform(stream, static_cast<uint64_t>(i), static_cast<uint64_t>(k));
        }
    }
    const torch::Tensor cell = at::searchsorted(cumulative_, uniforms.select(1, 0) * cumulative_[-1], false, true)
                                   .clamp_max_(cumulative_.size(0) - 1);
    const torch::Tensor column = cell.remainder(points());
    torch::Tensor z = along_.index_select(0, column).unsqueeze(1);
    if (dimension_ == 2) {
        z = torch::cat({z, along_.index_select(0, cell.floor_divide(points())).unsqueeze(1)}, 1);
    }
    z = z + (uniforms.narrow(1, 1, dimension_) - 0.5) * spacing_;
    const torch::Tensor accepted =
        uniforms.select(1, dimension_ + 1).log() < log_density(z) - log_cover_.index_select(0, cell);
    return z.index_select(0, accepted.nonzero().flatten());
}

torch::Tensor GridPosterior::sample(int64_t count, const Random& random, kernels::Purpose purpose) const {
    const at::NoGradGuard no_autograd;
    std::vector<torch::Tensor> found;
    int64_t have = 0;
    for (int64_t round = 0; have < count && round < most_rounds; ++round) {
        found.push_back(candidates(count, random, purpose, round));
        have += found.back().size(0);
    }
    TORCH_CHECK(have >= count, "a reward changes between two looks at it");
    return torch::cat(found).slice(0, 0, count);
}

}  // namespace drift
