#include "core/outcomes.h"

#include "core/decoder.h"
#include "core/log_weights.h"
#include "core/metrics.h"
#include "core/noise_view.h"
#include "core/posterior_draws.h"
#include "core/publish.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace drift {
namespace {

constexpr int64_t most_pairs_of = 1024;  // samples whose distances are taken
constexpr int64_t draws_of_prior = 2048;
constexpr int64_t most_reweighted = 16384;
constexpr Random showing{3'141'592'653};  // of these numbers, not of the run

/// E |X - X'| over pairs of different rows.
double mean_distance(const torch::Tensor& x) {
    const int64_t n = x.size(0);
    if (n < 2) {
        return Outcome{}.diversity;
    }
    const torch::Tensor rows = x.flatten(1).to(torch::kCPU, torch::kFloat64);
    return at::pdist(rows).mean().item<double>();
}

torch::Tensor every(const torch::Tensor& x, int64_t most) {
    const int64_t stride = std::max<int64_t>(1, (x.size(0) + most - 1) / most);
    return x.slice(0, 0, x.size(0), stride);
}

/// Draws from the prior in data space, [count, ...]; undefined where they are not to be had cheaply.
torch::Tensor draws_from_prior(const Task& task, int64_t count) {
    const Prior& prior = *data_problem(task).prior;
    if (const GaussianMixture* mixture = prior.mixture()) {
        return mixture->sample(count, showing, kernels::Purpose::Metric).to(task.options);
    }
    const auto decoder = task.decoder != nullptr ? task.decoder : prior.decoder();
    if (decoder == nullptr || decoder->calls() > 0) {
        return {};
    }
    std::vector<int64_t> shape = decoder->latent_shape();
    shape.insert(shape.begin(), count);
    torch::Tensor z = torch::empty(shape, task.options);
    showing.fill_normals(z, kernels::Purpose::Metric, 1);
    return decoder->decode(z);
}

/// Equally weighted rows that stand for the particles of a state. Of a method that learns as the policy draws them:
/// importance weights would hide what it has not learned.
torch::Tensor representing(const State& state) {
    if (state.trained != nullptr) {
        return every(state.x, draws_of_prior);
    }
    const torch::Tensor x = every(state.x, most_reweighted);
    const torch::Tensor log_weights = every(state.log_weights, most_reweighted).to(torch::kCPU) - state.log_sum;
    const std::vector<int64_t> rows =
        representatives(to_doubles(log_weights.exp()), std::min(x.size(0), draws_of_prior));
    return x.index_select(0, torch::tensor(rows, torch::kInt64).to(x.device()));
}

Outcome reweighted_outcome(const Condition& condition, const torch::Tensor& draws) {
    const std::vector<double> weights = relative_weights(to_doubles(condition.log_likelihood(draws)));
    if (std::ranges::none_of(weights, [](double weight) { return weight > 0; })) {
        return {};
    }
    const std::vector<int64_t> rows = representatives(weights, std::min(draws.size(0), most_pairs_of));
    return outcome_of(condition, draws.index_select(0, torch::tensor(rows, torch::kInt64).to(draws.device())));
}

}  // namespace

Outcome outcome_of(const Condition& condition, const torch::Tensor& x) {
    if (condition.is_none() || x.size(0) == 0) {
        return {};
    }
    const std::vector<double> log_r = to_doubles(condition.log_likelihood(x));
    double sum = 0;
    for (const double value : log_r) {
        sum += value;
    }
    return {sum / static_cast<double>(log_r.size()), mean_distance(every(x, most_pairs_of))};
}

void add_outcomes(const Task& task, const State& state, Summary& summary) {
    const Problem& problem = data_problem(task);
    if (problem.condition->is_none()) {
        return;
    }
    summary.outcome = outcome_of(*problem.condition, representing(state));
    const int64_t count = state.x.size(0);
    if (const torch::Tensor draws = draws_from_prior(task, std::clamp(count, draws_of_prior, most_reweighted));
        draws.defined()) {
        summary.prior_outcome = outcome_of(*problem.condition, every(draws, draws_of_prior));
        summary.reweighted_outcome = reweighted_outcome(*problem.condition, draws.slice(0, 0, count));
    }
    if (const torch::Tensor draws = posterior_draws_in_data(task, draws_of_prior, showing); draws.defined()) {
        summary.exact_outcome = outcome_of(*problem.condition, draws.to(task.options));
    }
}

}  // namespace drift
