#include "core/training/grid_floor.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace drift {
namespace {

constexpr double narrowest_kernel = 0.75;  // in spacings: a sum over points is an integral to 1e-4 there
constexpr double fineness = 0.4;           // spacing of the places looked at, in standard deviations of the kernel
constexpr double reach = 6.5;              // of the kernel, in standard deviations
constexpr double negligible = 1e-10;       // of the probability along an axis
constexpr double dust = 1e-40;

/// The posterior on every `stride`-th point, cut down to where it is.
struct Nodes {
    std::vector<torch::Tensor> along;  // of each axis, z2 first as it is the slow one
    torch::Tensor mass;
};

torch::Tensor total_along(const torch::Tensor& mass, int64_t axis) {
    return mass.dim() == 1 ? mass : mass.sum(1 - axis);
}

/// Numbers that count for nothing as 0: arithmetic with denormal ones is a hundred times slower.
torch::Tensor without_dust(const torch::Tensor& values) {
    return at::threshold(values, dust, 0);
}

Nodes nodes_of(const GridPosterior& posterior, int64_t stride) {
    Nodes nodes;
    nodes.mass = posterior.mass();
    for (int64_t axis = 0; axis < posterior.dimension(); ++axis) {
        nodes.mass = nodes.mass.slice(axis, 0, posterior.points(), stride);
    }
    nodes.mass = without_dust(nodes.mass / nodes.mass.sum());
    for (int64_t axis = 0; axis < posterior.dimension(); ++axis) {
        const torch::Tensor kept = (total_along(nodes.mass, axis) > negligible * 1e-2).nonzero().flatten();
        const torch::Tensor& every = posterior.along(posterior.dimension() - 1 - axis);
        const torch::Tensor along = every.slice(0, 0, posterior.points(), stride);
        nodes.along.push_back(along.index_select(0, kept));
        nodes.mass = nodes.mass.index_select(axis, kept);
    }
    return nodes;
}

/// KL(posterior || N(0, I)) of the nodes, each with so much room. Of the nodes and not of all points: at a hard edge
/// these are two posteriors, whose divergences differ by more than a floor.
double divergence_from_prior(const Nodes& nodes, double room) {
    torch::Tensor log_prior = torch::full({}, std::log(room), torch::kFloat64);
    for (int64_t axis = 0; axis < nodes.mass.dim(); ++axis) {
        const torch::Tensor& z = nodes.along[static_cast<size_t>(axis)];
        const torch::Tensor of_axis = z.square() * -0.5 - 0.5 * std::log(2 * std::numbers::pi);
        log_prior = log_prior + (nodes.mass.dim() == 2 && axis == 0 ? of_axis.unsqueeze(1) : of_axis);
    }
    return at::where(nodes.mass > 0, nodes.mass * (nodes.mass.log() - log_prior), 0.0).sum().item<double>();
}

/// N(s; z, sigma^2) for places s of an axis, as many as the posterior that was blurred needs, [places, nodes], times
/// their spacing.
torch::Tensor kernel_along(const Nodes& nodes, int64_t axis, double sigma, torch::Tensor& places) {
    const torch::Tensor& z = nodes.along[static_cast<size_t>(axis)];
    const double spacing = fineness * sigma;
    const double low = z[0].item<double>() - reach * sigma;
    const double high = z[-1].item<double>() + reach * sigma;
    places = torch::arange(low, high, spacing, torch::kFloat64);
    const torch::Tensor apart = (places.unsqueeze(1) - z.unsqueeze(0)) / sigma;
    const torch::Tensor kernel =
        without_dust((apart.square() * -0.5).exp_()) * (spacing / (sigma * std::sqrt(2 * std::numbers::pi)));
    const torch::Tensor kept = (kernel.mv(total_along(nodes.mass, axis)) > negligible).nonzero().flatten();
    places = places.index_select(0, kept);
    return kernel.index_select(0, kept);
}

/// What a step of the best policy achieves, E_P of the terms of the sum.
class BestStep {
public:
    BestStep(const Nodes& nodes, const Bridge& bridge, double b) : nodes_(nodes), bridge_(bridge), b_(b) {
        for (int64_t axis = 0; axis < nodes.mass.dim(); ++axis) {
            kernels_.push_back(kernel_along(nodes, axis, bridge.sigma, places_.emplace_back()));
        }
        probability_ = blurred(nodes.mass).clamp_min_(dust);  // corners may have none
    }

    double gain(double variance_range) const {
        const double of_prior = bridge_.sigma * bridge_.sigma / (1 + bridge_.sigma * bridge_.sigma);
        const double given_end = b_ - bridge_.share * bridge_.share * of_prior;  // variance that the end leaves open
        double gain = 0;
        for (int64_t axis = 0; axis < nodes_.mass.dim(); ++axis) {
            const torch::Tensor z = oriented(nodes_.along[static_cast<size_t>(axis)], axis);
            const torch::Tensor seen = oriented(places_[static_cast<size_t>(axis)], axis);
            const torch::Tensor mean = blurred(nodes_.mass * z) / probability_;
            // scale x_k = z + sigma n, of which the prior expects z = seen (1 - of_prior).
            const torch::Tensor shift = (mean - seen * (1 - of_prior)) * bridge_.share;
            const torch::Tensor of_end =
                (blurred(nodes_.mass * z.square()) / probability_ - mean.square()).clamp_min_(0);
            const torch::Tensor ratio = (of_end * (bridge_.share * bridge_.share) + given_end) / b_;
            const torch::Tensor allowed = ratio.clamp(std::exp(-variance_range), std::exp(variance_range));
            const torch::Tensor terms = shift.square() / b_ + ratio - ratio / allowed - allowed.log();
            gain += 0.5 * (probability_ * terms).sum().item<double>();
        }
        return gain;
    }

private:
    torch::Tensor oriented(const torch::Tensor& values, int64_t axis) const {
        return nodes_.mass.dim() == 2 && axis == 0 ? values.unsqueeze(1) : values;
    }
    torch::Tensor blurred(const torch::Tensor& mass) const {
        return mass.dim() == 1 ? kernels_[0].mv(mass) : kernels_[0].matmul(mass).matmul(kernels_[1].t());
    }

    const Nodes& nodes_;
    Bridge bridge_;
    double b_;
    std::vector<torch::Tensor> places_;
    std::vector<torch::Tensor> kernels_;
    torch::Tensor probability_;  // of x_k
};

}  // namespace

double floor_on_grid(const GridPosterior& posterior, const Reference& reference, double variance_range) {
    const at::NoGradGuard no_autograd;
    const int64_t steps = reference.steps();
    const double narrowest = reference.bridge(steps - 1).value().sigma;  // of the last step: what noise is left
    const double stride = std::floor(narrowest / (narrowest_kernel * posterior.spacing(0)));
    if (stride < 1) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    const int64_t taken = stride >= 2 ? 2 : 1;
    const Nodes nodes = nodes_of(posterior, taken);
    double floor = divergence_from_prior(
        nodes, posterior.cell() * std::pow(static_cast<double>(taken), static_cast<double>(posterior.dimension())));
    for (int64_t k = 0; k < steps; ++k) {
        floor -= BestStep(nodes, reference.bridge(k).value(), reference.variance(k)).gain(variance_range);
    }
    return std::max(floor, 0.0);
}

}  // namespace drift
