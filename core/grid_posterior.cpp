#include "core/grid_posterior.h"

#include "core/tempered.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace drift {
namespace {

constexpr double half_width = 6.5;        // of a box around a Gaussian, in its deviations: one in 1e10 lies outside
constexpr int64_t points_of_line = 2001;  // to begin with
constexpr int64_t points_of_plane = 401;
constexpr int64_t most_looks = 450'000;     // at a reward, on one grid
constexpr int64_t most_terms = 40'000'000;  // of a prior: components times looks
constexpr int64_t terms_at_once = 1 << 22;
constexpr double agreement = 1e-3;       // of log Z with that of twice the spacing, whose error is far larger
constexpr double rough_agreement = 0.2;  // where the grid still tells where the posterior is
constexpr double log_spike = 1;          // a Gaussian of 0.7 spacings
constexpr double most_in_spikes = 0.01;  // of the mass, in a grid that is fine enough
constexpr double most_at_border = 1e-6;
constexpr double log_headroom = 0.2;      // a peak within a cell is above the points around it
constexpr int64_t most_rounds = 1000;     // of candidates
constexpr int64_t first_round = 1 << 20;  // steps below are those of other draws of the same purpose
constexpr int64_t first_look = 4;         // every so many-th point tells where to look closer
constexpr double log_negligible = 20;     // below the largest density

/// log of the integral over every `stride`-th point, which has so much room to itself.
double log_integral(const torch::Tensor& log_density, double room, int64_t stride) {
    torch::Tensor some = log_density;
    for (int64_t axis = 0; axis < log_density.dim(); ++axis) {
        some = some.slice(axis, 0, some.size(axis), stride);
    }
    return some.flatten().logsumexp(0).item<double>() + std::log(room);
}

/// The share of the mass at points that stand out from both their neighbours along an axis: what lies between those is
/// not seen, even where sums over many such points come out right.
double share_of_spikes(const torch::Tensor& log_density, const torch::Tensor& mass) {
    torch::Tensor spikes = torch::zeros(mass.sizes(), torch::kBool);
    const int64_t inner = mass.size(0) - 2;
    for (int64_t axis = 0; axis < mass.dim(); ++axis) {
        const torch::Tensor beside =
            at::maximum(log_density.narrow(axis, 0, inner), log_density.narrow(axis, 2, inner));
        spikes.narrow(axis, 1, inner).logical_or_(log_density.narrow(axis, 1, inner) > beside + log_spike);
    }
    return mass.masked_select(spikes).sum().item<double>();
}

/// The largest share of the mass on a border of the box: a posterior that is not negligible there goes on outside.
double share_at_border(const torch::Tensor& mass) {
    double most = 0;
    for (int64_t axis = 0; axis < mass.dim(); ++axis) {
        for (const int64_t end : {int64_t{0}, mass.size(axis) - 1}) {
            most = std::max(most, mass.select(axis, end).sum().item<double>());
        }
    }
    return most;
}

/// The largest value in and next to each cell.
torch::Tensor widened(const torch::Tensor& values) {
    const torch::Tensor batch = values.unsqueeze(0).unsqueeze(0);
    const torch::Tensor largest =
        values.dim() == 1 ? at::max_pool1d(batch, {3}, {1}, {1}) : at::max_pool2d(batch, {3, 3}, {1, 1}, {1, 1});
    return largest.view(values.sizes());
}

}  // namespace

torch::Tensor rows_of_grid(const std::vector<torch::Tensor>& along) {
    return along.size() == 1
               ? along[0].unsqueeze(1)
               : torch::stack({along[0].repeat({along[1].size(0)}), along[1].repeat_interleave(along[0].size(0))}, 1);
}

std::shared_ptr<const GridPosterior> GridPosterior::of(const Problem& problem, const torch::TensorOptions& options) {
    const at::NoGradGuard no_autograd;
    const GaussianMixture* mixture = problem.prior->mixture();
    if (mixture == nullptr || mixture->dimension() > 2) {
        return nullptr;
    }
    std::shared_ptr<GridPosterior> best;
    int64_t points = mixture->dimension() == 1 ? points_of_line : points_of_plane;
    for (; best == nullptr || !best->log_z_; points = 2 * points - 1) {
        std::shared_ptr<GridPosterior> finer(new GridPosterior(problem, options, points));
        if (!finer->integrate()) {
            break;
        }
        best = std::move(finer);
    }
    return best != nullptr && best->apart_ < rough_agreement ? best : nullptr;
}

GridPosterior::GridPosterior(const Problem& problem, const torch::TensorOptions& options, int64_t points)
    : prior_(problem.prior), reward_(tempered(problem.condition, problem.power)), options_(options) {
    const GaussianMixture& mixture = *prior_->mixture();
    const torch::Tensor reach = at::diagonal(mixture.full_covariances(), 0, 1, 2).sqrt() * half_width;  // [J, d]
    const torch::Tensor low = std::get<0>((mixture.means - reach).min(0));
    const torch::Tensor high = std::get<0>((mixture.means + reach).max(0));
    for (int64_t axis = 0; axis < mixture.dimension(); ++axis) {
        along_.push_back(torch::linspace(low[axis].item(), high[axis].item(), points, torch::kFloat64));
        spacing_.push_back((high[axis] - low[axis]).item<double>() / static_cast<double>(points - 1));
    }
}

double GridPosterior::cell() const {
    return std::accumulate(spacing_.begin(), spacing_.end(), 1.0, std::multiplies<>());
}

/// Whether a component of the prior may lie unseen between the points.
bool GridPosterior::misses_components() const {
    const double narrowest = at::linalg_eigvalsh(prior_->mixture()->full_covariances()).min().item<double>();
    const double widest = *std::max_element(spacing_.begin(), spacing_.end());
    return widest * widest > 2 * log_spike * narrowest;
}

/// False where that takes too many looks, nothing is to be seen, or the posterior does not end within the box.
bool GridPosterior::integrate() {
    const std::optional<torch::Tensor> seen = where_it_matters();
    if (!seen) {
        return false;
    }
    const double log_z = log_integral(*seen, cell(), 1);
    if (!std::isfinite(log_z)) {
        return false;
    }
    mass_ = (*seen - log_z).exp_().mul_(cell());
    if (share_at_border(mass_) > most_at_border) {
        return false;
    }
    const auto fewer = static_cast<double>(int64_t{1} << dimension());
    apart_ = misses_components() || share_of_spikes(*seen, mass_) > most_in_spikes
                 ? std::numeric_limits<double>::infinity()
                 : std::abs(log_z - log_integral(*seen, cell() * fewer, 2));
    if (apart_ < agreement) {
        log_z_ = log_z;
    }
    prepare_draws(*seen);
    return true;
}

void GridPosterior::prepare_draws(const torch::Tensor& on_grid) {
    log_cover_ = widened(on_grid).flatten() + log_headroom;
    cumulative_ = (log_cover_ - log_cover_.max()).exp_().cumsum(0);
}

torch::Tensor GridPosterior::log_prior(const torch::Tensor& x) const {
    const GaussianMixture& mixture = *prior_->mixture();
    std::vector<torch::Tensor> parts;
    for (const torch::Tensor& rows : x.split(std::max<int64_t>(1, terms_at_once / mixture.components()))) {
        parts.push_back(mixture.log_density(rows));
    }
    return torch::cat(parts);
}

torch::Tensor GridPosterior::log_density(const torch::Tensor& x) const {
    return reward_->log_likelihood(x.to(options_)).to(torch::kCPU, torch::kFloat64) + log_prior(x);
}

/// The logarithm of the density at the points of the grid; at those that few others show to be in vain, nothing.
/// Nothing at all where it would take too many looks.
std::optional<torch::Tensor> GridPosterior::where_it_matters() const {
    const int64_t most = std::min(most_looks, most_terms / prior_->mixture()->components());
    std::vector<torch::Tensor> few;
    for (const torch::Tensor& along : along_) {
        few.push_back(along.slice(0, 0, points(), first_look));
    }
    const std::vector<int64_t> shape(along_.size(), few[0].size(0));
    const torch::Tensor first_rows = rows_of_grid(few);
    if (first_rows.size(0) > most) {
        return std::nullopt;
    }
    const torch::Tensor first = widened(log_density(first_rows).view(shape));
    torch::Tensor wanted = first > first.max() - log_negligible;
    const torch::Tensor nearest = (torch::arange(points()) + first_look / 2).floor_divide(first_look);
    for (int64_t axis = 0; axis < dimension(); ++axis) {
        wanted = wanted.index_select(axis, nearest);
    }
    const torch::Tensor which = wanted.flatten().nonzero().flatten();
    if (first_rows.size(0) + which.size(0) > most) {
        return std::nullopt;
    }
    const torch::Tensor here = log_density(rows_of_grid(along_).index_select(0, which));
    return torch::full({wanted.numel()}, -std::numeric_limits<double>::infinity(), torch::kFloat64)
        .index_copy_(0, which, here)
        .view(wanted.sizes());
}

/// Places proposed in a round, of which those that are accepted are draws, [at most count, d].
torch::Tensor GridPosterior::candidates(int64_t count, const Random& random, kernels::Purpose purpose,
                                        int64_t round) const {
    const kernels::RandomStream stream{random.seed, purpose, static_cast<uint32_t>(first_round + round)};
    torch::Tensor uniforms = torch::empty({count, dimension() + 2}, torch::kFloat64);
    auto* value = uniforms.data_ptr<double>();
    for (int64_t i = 0; i < count; ++i) {
        for (int64_t k = 0; k < dimension() + 2; ++k) {
            *value++ = kernels::uniform(stream, static_cast<uint64_t>(i), static_cast<uint64_t>(k));
        }
    }
    const torch::Tensor cell = at::searchsorted(cumulative_, uniforms.select(1, 0) * cumulative_[-1], false, true)
                                   .clamp_max_(cumulative_.size(0) - 1);
    std::vector<torch::Tensor> places{along_[0].index_select(0, cell.remainder(points()))};
    if (dimension() == 2) {
        places.push_back(along_[1].index_select(0, cell.floor_divide(points())));
    }
    const torch::Tensor x =
        torch::stack(places, 1) + (uniforms.narrow(1, 1, dimension()) - 0.5) * torch::tensor(spacing_, torch::kFloat64);
    const torch::Tensor accepted =
        uniforms.select(1, dimension() + 1).log() < log_density(x) - log_cover_.index_select(0, cell);
    return x.index_select(0, accepted.nonzero().flatten());
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
