#include "core/training/path_metrics.h"

#include "core/log_weights.h"
#include "core/publish.h"
#include "core/training/grid_floor.h"
#include "core/training/residual.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace drift {
namespace {

constexpr double widest_bracket = 5;    // of the bounds on log Z, before a warning
constexpr double fewest_expected = 20;  // draws of a mode, before it is missed
constexpr double missing_share = 0.25;  // of a mode's mass
constexpr double three_deviations = 9;  // squared

double mean_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Sources that show modes which the policy does not visit, where they have no share yet.
std::string remedy(const TrainingNumbers& numbers) {
    std::string idle;
    for (const TrajectorySource source :
         {TrajectorySource::Reference, TrajectorySource::Buffer, TrajectorySource::LocalSearch}) {
        if (numbers.source_count.at(static_cast<size_t>(source)) == 0) {
            idle += (idle.empty() ? "" : " or ") + to_string(source);
        }
    }
    return idle.empty() ? "train longer, at a lower learning rate, or let beta rise from a tenth"
                        : "let it learn from " + idle + ", too, where the loss takes such sources";
}

}  // namespace

void describe_weights(const std::vector<double>& log_w, TrainingNumbers& numbers) {
    numbers.log_z_lower = mean_of(log_w);
    numbers.log_z = log_mean_exp(log_w);
    numbers.ess = effective_share(log_w);
}

void describe_target(const Model& model, const Policy& policy, const torch::Tensor& draws, const Random& random,
                     TrainingNumbers& numbers) {
    const int64_t count = draws.size(0);
    Trajectories trajectories = room_for(model, count, TrajectorySource::Data);
    trajectories.last().copy_(draws);
    trajectories.observed = model.terminal->given_observed(count);
    go_back(model, random, trajectories);
    look_around(model, trajectories);
    look_at_ends(model, trajectories);
    const Scored scored = score(model, policy, trajectories, false);
    const std::vector<double> log_w =
        to_doubles(trajectories.value.log_w(model.power) - scored.log_ratio.to(torch::kCPU).sum(0));
    std::vector<double> inverse = log_w;
    for (double& value : inverse) {
        value = -value;
    }
    numbers.log_z_upper = mean_of(log_w);
    numbers.forward_ess = std::exp(-log_mean_exp(log_w) - log_mean_exp(inverse));
}

void describe_modes(const GaussianMixture& exact, const torch::Tensor& x, TrainingNumbers& numbers) {
    const torch::Tensor points = x.flatten(1).to(torch::kCPU, torch::kFloat64);
    const torch::Tensor precisions = at::linalg_inv(exact.full_covariances());   // [J, d, d]
    const torch::Tensor apart = points.unsqueeze(0) - exact.means.unsqueeze(1);  // [J, n, d]
    const torch::Tensor distance = (apart.matmul(precisions) * apart).sum(2);    // [J, n]
    const std::vector<double> inside = to_doubles(distance.le(three_deviations).to(torch::kFloat64).mean(1));
    const std::vector<double> wanted = to_doubles(exact.weights);
    numbers.modes = numbers.missing_modes = 0;
    for (size_t j = 0; j < wanted.size(); ++j) {
        if (wanted[j] * static_cast<double>(points.size(0)) >= fewest_expected) {
            ++numbers.modes;
            numbers.missing_modes += inside[j] < missing_share * wanted[j] ? 1 : 0;
        }
    }
}

std::vector<std::string> collapse_warnings(const TrainingNumbers& numbers) {
    std::vector<std::string> warnings;
    if (numbers.missing_modes > 0) {
        warnings.push_back("The trained sampler has lost " + std::to_string(numbers.missing_modes) + " of " +
                           std::to_string(numbers.modes) + " modes that so many draws would show; " + remedy(numbers));
    }
    if (numbers.log_z_upper - numbers.log_z_lower > widest_bracket) {
        warnings.push_back("The bounds on log Z are " +
                           shown(std::round(10 * (numbers.log_z_upper - numbers.log_z_lower)) / 10) +
                           " apart: the trained sampler is far from the posterior or misses a part of it");
    }
    return warnings;
}

double floor_of(const Model& model, const Task& task) {
    const Reference& reference = *model.reference;
    if (task.on_grid != nullptr && reference.kind() == Reference::Kind::Stationary) {
        return floor_on_grid(*task.on_grid, reference, model.policy.learn_variance ? model.policy.variance_range : 0);
    }
    const GaussianMixture* exact = task.problem.exact ? &task.problem.exact->posterior : nullptr;
    if (exact == nullptr || model.policy.learn_variance || reference.kind() == Reference::Kind::Diffusion) {
        return TrainingNumbers::unknown;
    }
    const bool stationary = reference.kind() == Reference::Kind::Stationary;
    const std::vector<double> weights = to_doubles(exact->weights);
    const torch::Tensor variances = at::linalg_eigvalsh(exact->full_covariances());  // [J, d]
    double floor = 0;
    for (size_t j = 0; j < weights.size(); ++j) {
        for (const double variance : to_doubles(variances[static_cast<int64_t>(j)])) {
            floor += weights[j] * discretisation_floor(reference.grid(), stationary, std::sqrt(variance), 1);
        }
    }
    return floor;
}

double discretisation_floor(const TimeGrid& grid, bool stationary, double spread, int64_t dimension) {
    const double target = spread * spread;
    const int64_t steps = grid.steps();
    double floor = 0;
    const auto add = [&](double exact, double given) {
        const double ratio = exact / given;
        floor += 0.5 * static_cast<double>(dimension) * (ratio - 1 - std::log(ratio));
    };
    if (stationary) {
        // Backwards through the noising chain: S is the variance of the target there, by which b_k is conditioned.
        double s = target;
        for (int64_t k = steps - 1; k >= 0; --k) {
            const double b = grid.at(k);
            const double noised = (1 - b) * s + b;
            add(s * b / noised, b);
            s = noised;
        }
        return floor;
    }
    const double sigma_squared = grid.at(0) * static_cast<double>(steps);
    const auto marginal = [&](double t) { return t * t * target + sigma_squared * t * (1 - t); };
    for (int64_t k = 0; k < steps; ++k) {
        const double t = grid.time(k);
        const double next = grid.time(k + 1);
        const double shared = t * next * target + sigma_squared * t * (1 - next);
        const double exact = marginal(next) - (k == 0 ? 0 : shared * shared / marginal(t));
        add(exact, grid.at(k));
    }
    return floor;
}

}  // namespace drift
