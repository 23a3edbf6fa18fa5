#include "core/measure.h"

#include "core/publish.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace drift {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Mean |y - A x| over particles and measured values.
double mean_residual(const Task& task, const torch::Tensor& x, const torch::Tensor& weights) {
    const LinearGaussian* linear = task.problem.condition->linear();
    if (linear == nullptr) {
        return nan;
    }
    const torch::Tensor e = linear->y - linear->A->forward(x.flatten(1));
    const std::vector<double> each = to_doubles(e.abs().mean(1));
    const std::vector<double> share = to_doubles(weights);
    // In order: a parallel sum would depend on the number of threads.
    return std::inner_product(each.begin(), each.end(), share.begin(), 0.0);
}

double total_variation(const std::vector<double>& share, const std::vector<double>& exact) {
    double total = 0;
    for (size_t j = 0; j < share.size(); ++j) {
        total += std::abs(share[j] - exact[j]);
    }
    return 0.5 * total;
}

}  // namespace

Summary measure(const Task& task, const Traits& traits, const Scene& scene, const State& state,
                const Cancelled& cancelled) {
    const torch::Tensor log_weights = normalised_log_weights(state);
    Summary summary{};
    const StepNumbers& numbers = state.numbers;
    summary.log_z = traits.weighted ? numbers.log_z : nan;
    summary.log_z_sd = traits.weighted ? numbers.log_z_sd : nan;
    summary.log_z_sd_is_lower_bound = traits.weighted && numbers.log_z_sd_is_lower_bound;
    summary.ess = numbers.ess;
    summary.eves = numbers.eves;
    summary.particles = state.x.size(0);
    summary.steps = state.step;
    summary.denoiser_calls = numbers.denoiser_calls;
    summary.non_finite = numbers.non_finite;
    summary.seconds = numbers.seconds;
    summary.device = scene.device;
    summary.warnings = scene.warnings;
    summary.warnings.insert(summary.warnings.end(), state.warnings.begin(), state.warnings.end());
    summary.exact_log_z = scene.exact_log_z.value_or(nan);
    summary.exact_log_z_discretised = scene.discretised_log_z.value_or(nan);
    summary.residual = mean_residual(task, state.x, log_weights.exp());
    summary.sliced_w1 = summary.sliced_w1_floor = summary.mode_mass_tv = summary.off_manifold = nan;
    if (task.problem.exact) {
        const GaussianMixture& posterior = task.problem.exact->posterior;
        const std::vector<float> weights = traits.weighted ? to_floats(log_weights.exp()) : std::vector<float>{};
        const ModeShares modes = mode_shares(*scene.prior, to_floats(state.x), weights);
        summary.mode_mass_tv = total_variation(modes.share, to_doubles(posterior.weights));
        summary.off_manifold = modes.off_manifold;
        const DistanceToExact distance =
            distance_to_exact(state.x, traits.weighted ? log_weights : torch::Tensor{}, posterior, cancelled);
        summary.sliced_w1 = distance.sliced_w1;
        summary.sliced_w1_floor = distance.floor;
    }
    return summary;
}

}  // namespace drift
