#include "core/measure.h"

#include "core/decoder.h"
#include "core/measured.h"
#include "core/noise_view.h"
#include "core/pareto.h"
#include "core/posterior_draws.h"
#include "core/priors/mixture_prior.h"
#include "core/publish.h"
#include "core/training/trainer_state.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace drift {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
/// A mean over more rows says little more; the end of a run can take its time.
constexpr int64_t rows_per_state = 128;
constexpr int64_t rows_at_the_end = 8192;
constexpr int64_t most_candidates = 2048;       // of more rows these are chosen from every so many-th
constexpr int64_t most_by_rejection = 100'000;  // particles whose exact draws cost a map each
constexpr double most_coefficients = 2e5;       // of the means or the axes of all components

/// y - h(x) [n, m]; undefined where y is on another scale than h(x), as counts are, or nothing was measured.
torch::Tensor residuals(const Condition& condition, const torch::Tensor& x) {
    if (const LinearGaussian* linear = condition.linear()) {
        return linear->y - linear->A->forward(x.flatten(1));
    }
    const Measured* measured = condition.measured();
    const bool comparable = measured != nullptr && measured->noise->takes_negative();
    return comparable ? measured->y - measured->h->forward(x.flatten(1)) : torch::Tensor{};
}

/// Mean |y - h(x)| over particles and measured values.
double mean_residual(const Condition& condition, const torch::Tensor& x, const torch::Tensor& weights) {
    const torch::Tensor e = residuals(condition, x);
    if (!e.defined()) {
        return nan;
    }
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

/// Whether log p can be had at little cost.
bool has_density(const GaussianMixture& mixture) {
    return static_cast<double>(std::max(mixture.means.numel(), mixture.covariances.numel())) <= most_coefficients;
}

/// `count` rows of x [n, ...] that stand for the weighted particles of `state`.
torch::Tensor chosen_rows(const State& state, const torch::Tensor& x, int64_t count) {
    const int64_t n = state.x.size(0);
    std::vector<int64_t> rows;
    if (state.numbers.ess >= static_cast<double>(n)) {  // equal weights
        for (int64_t i = 0; i < std::min(n, count); ++i) {
            rows.push_back(i * n / std::min(n, count));
        }
    } else {
        const int64_t stride = std::max<int64_t>(1, n / std::max(count, most_candidates));
        const torch::Tensor log_weights = state.log_weights.slice(0, 0, n, stride).to(torch::kCPU) - state.log_sum;
        rows = representatives(to_doubles(log_weights.exp_()), std::min(n, count));
        for (int64_t& row : rows) {
            row *= stride;
        }
    }
    return x.index_select(0, torch::tensor(rows, torch::kInt64).to(x.device()));
}

/// [n, d] float64 on the host.
torch::Tensor plain_rows(const torch::Tensor& x) {
    return x.flatten(1).to(torch::kCPU, torch::kFloat64).contiguous();
}

/// How far the particles are from exact draws, and exact draws from each other.
void measure_distance(const torch::Tensor& x, const torch::Tensor& log_weights, const torch::Tensor& draws,
                      const Cancelled& cancelled, Summary& summary) {
    const DistanceToExact distance = distance_to_exact(x, log_weights, draws, cancelled);
    summary.sliced_w1 = distance.sliced_w1;
    summary.sliced_w1_floor = distance.sliced_w1_floor;
    summary.mmd = distance.mmd;
    summary.mmd_floor = distance.mmd_floor;
    summary.energy = distance.energy;
    summary.energy_floor = distance.energy_floor;
}

/// What a prior with modes says of the particles, and of exact draws [2 n, d] where there are some.
void measure_modes(const Problem& problem, const MixtureView& prior, const State& state,
                   const torch::Tensor& log_weights, const torch::Tensor& draws, Summary& summary) {
    const std::vector<float> weights = log_weights.defined() ? to_floats(log_weights.exp()) : std::vector<float>{};
    const ModeShares modes = mode_shares(prior, to_floats(state.x), weights);
    summary.off_manifold = modes.off_manifold;
    if (!draws.defined()) {
        return;
    }
    const int64_t n = state.x.size(0);
    const ModeShares of_draws = mode_shares(prior, to_floats(draws.slice(0, 0, n)), {});
    const std::vector<double> exact = problem.exact != nullptr
                                          ? to_doubles(problem.exact->posterior.weights)
                                          : mode_shares(prior, to_floats(draws.slice(0, n, 2 * n)), {}).share;
    summary.mode_mass_tv = total_variation(modes.share, exact);
    summary.mode_mass_tv_floor = total_variation(of_draws.share, exact);
}

}  // namespace

PriorDensity::PriorDensity(const GaussianMixture& mixture) : kernel_(std::make_shared<const KernelMixture>(mixture)) {}

double PriorDensity::mean_log_density(const torch::Tensor& rows, double sigma) const {
    std::vector<double> logs(static_cast<size_t>(rows.size(0)));
    if (logs.empty()) {
        return nan;
    }
    torch::Tensor memory;
    kernels::MixtureTask<double> task;
    task.n = rows.size(0);
    task.x = rows.const_data_ptr<double>();
    task.log_density = logs.data();
    kernels::mixture_denoise({}, kernel_->level<double>(sigma, {}, rows, memory), task);
    return std::accumulate(logs.begin(), logs.end(), 0.0) / static_cast<double>(logs.size());
}

StateMeasure::StateMeasure(const Task& task) : decoder_(task.decoder) {
    const GaussianMixture* mixture = data_problem(task).prior->mixture();
    if (mixture != nullptr && has_density(*mixture)) {
        density_ = std::make_shared<const PriorDensity>(*mixture);
    }
}

void StateMeasure::complete(State& state) const {
    if (!density_) {
        return;
    }
    if (decoder_) {
        const torch::Tensor x = decoder_->decode(chosen_rows(state, shown_noise(state), rows_per_state));
        state.numbers.log_prior = density_->mean_log_density(plain_rows(x), 0);
    } else {
        const torch::Tensor x = chosen_rows(state, state.x, rows_per_state);
        state.numbers.log_prior = density_->mean_log_density(plain_rows(x), state.numbers.sigma);
    }
}

Summary measure(const Task& task, const Traits& traits, const Scene& scene, const State& state,
                const Cancelled& cancelled) {
    const Problem& problem = data_problem(task);
    const torch::Tensor log_weights = normalised_log_weights(state);
    Summary summary;
    const StepNumbers& numbers = state.numbers;
    if (traits.weighted) {
        summary.log_z = numbers.log_z;
        summary.log_z_sd = numbers.log_z_sd;
        summary.log_z_sd_is_lower_bound = numbers.log_z_sd_is_lower_bound;
        summary.genealogical_ess = numbers.genealogical_ess;
        summary.pareto_k = pareto_k(to_doubles(log_weights));
    }
    summary.seconds = numbers.seconds;
    if (state.trained != nullptr) {
        summary.log_z_lower = state.trained->log_z_lower;
        summary.log_z_upper = state.trained->log_z_upper;
        summary.training_seconds = state.trained->seconds;
        const double trained_now = std::max(0.0, state.trained->seconds - state.training->earlier_seconds);
        summary.seconds = std::max(0.0, numbers.seconds - trained_now);
    }
    summary.ess = numbers.ess;
    summary.acceptance = numbers.acceptance;
    summary.eves = numbers.eves;
    summary.particles = state.x.size(0);
    summary.steps = state.step;
    summary.denoiser_calls = numbers.denoiser_calls;
    summary.non_finite = numbers.non_finite;
    summary.device = scene.device;
    summary.warnings = scene.warnings;
    summary.warnings.insert(summary.warnings.end(), state.warnings.begin(), state.warnings.end());
    summary.exact_log_z = scene.exact_log_z.value_or(nan);
    summary.exact_log_z_discretised = scene.discretised_log_z.value_or(nan);
    summary.residual = mean_residual(*problem.condition, state.x, log_weights.exp());
    if (const GaussianMixture* prior = problem.prior->mixture(); prior != nullptr && has_density(*prior)) {
        const torch::Tensor x = plain_rows(chosen_rows(state, state.x, rows_at_the_end));
        summary.log_prior = PriorDensity(*prior).mean_log_density(x, numbers.sigma);
    }
    const torch::Tensor weighted_by = traits.weighted ? log_weights : torch::Tensor{};
    const bool by_rejection = problem.exact == nullptr && task.problem.exact == nullptr;
    const bool drawn_in_time = !by_rejection || state.x.size(0) <= most_by_rejection;
    const torch::Tensor draws =
        drawn_in_time ? posterior_draws_in_data(task, 2 * state.x.size(0), measuring) : torch::Tensor{};
    if (scene.prior) {
        measure_modes(problem, *scene.prior, state, weighted_by, draws, summary);
    }
    if (draws.defined()) {
        measure_distance(state.x, weighted_by, draws, cancelled, summary);
    }
    return summary;
}

}  // namespace drift
